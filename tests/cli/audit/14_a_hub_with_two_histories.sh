# Threat 14: a county shows the city one history and the township another: two copies of its store, each with its own edits and
# checkpoints. Nothing is lost: the two meet and a conflict waits. The city, who has the nightly lines of both, proves it: its audit names
# the two lines with one number.
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1 text=甲
night
cp -r county two
expect 0 tiersync set --store county --partition $town number=1 text=乙
expect 0 tiersync set --store two --partition $town number=1 text=丙
expect 0 tiersync bundle --store county --to $city --out one.tsb
expect 0 tiersync bundle --store two --to $town --out two.tsb
expect 0 tiersync take --store city one.tsb
expect 0 tiersync take --store town two.tsb
[ "$(head_of city)" != "$(head_of town)" ] || fail "one history: the test is about two"

# the township's answer shows the county what its double said, and the county's the city
night
night
same_heads city county town
waiting city value

# the double itself at the city's door
expect 0 tiersync bundle --store two --to $city --out two.tsb
expect 0 tiersync take --store city two.tsb
expect 4 tiersync audit --store city
said "$county signed two lines with number"
said 'two histories, or a copied disk'
for store in county town; do
	expect 0 tiersync audit --store $store
done
