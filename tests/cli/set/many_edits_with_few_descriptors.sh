# noasan
# Many single edits where few files may be open at a time: every read stays right, and so does a hub that takes them.
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1 text=start
ulimit -n 40
i=0
while [ $i -lt 120 ]; do
	i=$((i + 1))
	expect 0 tiersync set --store town number=1 text="text $i"
	[ $((i % 30)) -ne 0 ] || {
		expect 0 tiersync get --store town number=1
		said "text $i"
	}
done
[ "$(tiersync log --store town number=1 --json | grep -c '"type":"edit"')" -eq 121 ] || fail "$(tiersync log --store town number=1 --json | head -n 2)"
expect 0 tiersync fsck --store town
expect 0 tiersync audit --store town
expect 0 tiersync gc --store town
expect 0 tiersync get --store town number=1
said "text 120"
night
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"
