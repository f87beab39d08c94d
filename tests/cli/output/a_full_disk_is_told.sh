# Answers that cannot be written are no success: exit 1, and a word on the other stream.
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1 text=甲
full() {
	expect 1 sh -c '"$TIERSYNC" "$@" >/dev/full' sh "$@"
	said "No space left on device"
}
full list --store town
full list --store town --json
full get --store town number=1
full export --store town --kind note --format csv
full log --store town
full status --store town
full schema list --store town
full roster export-signers --store town
full --help
full --version
expect 0 tiersync fsck --store town
full add --store town --kind note number=2 text=乙
said "what the command did stands"
expect 0 tiersync get --store town number=2
tiersync list --store town --json | head -n 1 >line || fail "a reader that stops early is no error of the pipe's"
[ "$(wc -l <line)" -eq 1 ] || fail "no line"
