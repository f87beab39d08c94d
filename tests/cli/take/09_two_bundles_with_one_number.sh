# Threat 9: a copied disk numbers on: two bundles of one office with one number and other contents. Both are taken and merged, and the
# second one is told.
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1 text=甲
night
cp -r town clone
expect 0 tiersync add --store town --kind note number=2 text=乙
expect 0 tiersync add --store clone --kind note number=3 text=丙
for store in town clone; do
	expect 0 tiersync bundle --store $store --to $county --out $store.tsb
	tiersync inspect $store.tsb --json | sed -n 's/.*"type":"bundle".*"number":\([0-9]*\).*/\1/p' >$store.number
done
[ -s town.number ] && cmp -s town.number clone.number || fail "two numbers: the test is about one"
expect 0 tiersync take --store county town.tsb
expect 0 tiersync take --store county clone.tsb
said 'a restored backup or a copied disk'
expect 0 tiersync list --store county --kind note
said '3 records'
expect 0 tiersync audit --store county
