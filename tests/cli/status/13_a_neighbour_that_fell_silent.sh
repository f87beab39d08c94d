# Threat 13: somebody serves the township nothing, or an old state, night after night: after some days of silence `status --strict` is
# not content, and says since when.
# noasan
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1 text=甲
night
expect 0 tiersync status --store town --strict
cp -r mail/$town old-mail
in_days() { # in_days N COMMAND...
	days=$1
	shift
	FAULTS_CLOCK=$((days * 86400)) LD_PRELOAD="$TIERSYNC_BUILD/tests/faults.so" "$@"
}
expect 0 in_days 2 "$TIERSYNC" sync --store town
expect 0 in_days 2 "$TIERSYNC" status --store town
said '2 days ago'
expect 0 in_days 40 "$TIERSYNC" sync --store town
expect 7 in_days 40 "$TIERSYNC" status --store town --strict
said '40 days ago'

# what it was given before, again, is no sign of life
cp -r old-mail/. mail/$town/
for file in old-mail/taken/*; do
	cp "$file" mail/$town/
done
expect 0 in_days 41 "$TIERSYNC" sync --store town
expect 7 in_days 41 "$TIERSYNC" status --store town --strict
said '41 days ago'
