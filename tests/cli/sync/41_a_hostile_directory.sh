# Threat 41: a stick with links, pipes, a device, directories named like bundles, and thousands of files: what is no bundle is passed
# over, nothing hangs, and the good one among them is taken.
tiny_kind
stairs
night
expect 0 tiersync add --store town --kind note number=1 text=甲
expect 0 tiersync sync --store town
cd mail/$county
good=$(ls ./*.tsb)
[ -f "$good" ] || fail "the township's bundle does not lie there"
ln -s /etc/passwd "$town-00000001-0000000001.tsb"
ln -s . "$town-00000001-0000000002.tsb"
ln -s /nowhere "$town-00000001-0000000003.tsb"
mkfifo "$town-00000001-0000000004.tsb"
mkdir "$town-00000001-0000000005.tsb"
: >"$town-00000001-0000000006.tsb"
mknod "$town-00000001-0000000007.tsb" c 1 5 2>/dev/null || true
: >'name with blanks.tsb'
: >"$(printf 'esc\033[2J.tsb')"
: >-rf.tsb
i=0
while [ $i -lt 3000 ]; do
	i=$((i + 1))
	echo "$i"
done | xargs touch
cd ../..
status=0
timeout 60 "$TIERSYNC" sync --store county >said 2>&1 || status=$?
[ $status -eq 0 ] || [ $status -eq 7 ] || fail "exit $status: $(cat said)"
! grep -q "$(printf '\033')" said || fail "a name was printed raw"
[ "$(head_of town)" = "$(head_of county)" ] || fail "the good bundle was not taken"
[ -f /etc/passwd ] && [ -L "mail/$county/$town-00000001-0000000001.tsb" ] || true
