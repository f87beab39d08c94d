# A change of keys is done once its statement is in node.git, whatever a kill left of the files.
case_kind
stairs
present() {
	sed -n 's/^sign //p' "$1/keys/node.key"
}

# killed before the statement: the key that was drawn was never used, and goes
cp -r town copy
expect 0 tiersync roster rotate --store copy
cp copy/keys/node.key town/keys/next.key
old=$(present town)
expect 0 tiersync add --store town --kind case number=1 text=a
expect 0 tiersync sync --store town
[ "$(present town)" = "$old" ] || fail "a key without a statement came into use"
[ ! -e town/keys/next.key ] || fail "next.key was left behind"

# killed behind it: the statement is there, the files have their old names
expect 0 tiersync roster rotate --store town
mv town/keys/node.key town/keys/next.key
mv town/keys/old-*.key town/keys/node.key
new=$(sed -n 's/^sign //p' town/keys/next.key)
expect 0 tiersync add --store town --kind case number=2 text=b
expect 0 tiersync sync --store town
[ "$(present town)" = "$new" ] || fail "the new key is not in its place"
[ "$(ls town/keys | grep -c '^old-')" = 1 ] || fail "the old key is gone"

# killed between the two renames
mv town/keys/node.key town/keys/next.key
expect 0 tiersync get --store town number=1
expect 0 tiersync add --store town --kind case number=3 text=c
expect 0 tiersync sync --store town
[ "$(present town)" = "$new" ] || fail "the new key is not in its place"

# killed behind the statement, and run again: it is ended, not begun anew
expect 0 tiersync roster rotate --store town
new=$(present town)
mv town/keys/node.key town/keys/next.key
latest=$(ls -t town/keys/old-*.key | head -n 1)
mv "$latest" town/keys/node.key
git -C town/node.git rev-parse main >before
expect 0 tiersync roster rotate --store town
said 'nothing was signed'
git -C town/node.git rev-parse main | cmp - before || fail "something was signed"
[ "$(present town)" = "$new" ] || fail "not the new key"
expect 0 tiersync roster rotate --store town --json
said '"begun_before":false'

night
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"
expect 0 tiersync audit --store city
