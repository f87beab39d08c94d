# Threat 17: an edit signed well by a sibling township, by a level below, and a root commit that is not the owner's: audit names it,
# with keys and without; so does the door when such a store sends it on.
tiny_kind
stairs_of_two
expect 0 tiersync add --store town --kind note number=1 text=甲
expect 0 tiersync sync --store town2
night
expect 0 tiersync sync --store town2
expect 0 tiersync audit county
for case in "town2 $town" "town $county" "county $city"; do
	signer=${case% *}
	owner=${case#* }
	for round in with without; do
		rm -rf copy
		cp -r county copy
		attack foreign "$signer" copy "$owner" >foreign
		[ $round = with ] || rm -rf copy/keys copy/partitions/*/keyring
		expect 4 tiersync audit copy
		said "commit $(cat foreign)"
		said "neither owns the partition of $owner nor is above it"
	done
done

# The county sends such a head on: the city refuses that partition alone.
cp -r county hostile
attack foreign town2 hostile $town >foreign
expect 0 tiersync bundle --store hostile --to $city --out hostile.tsb
expect 7 tiersync take --store city hostile.tsb
said "neither owns the partition of $town nor is above it"
[ "$(head_of city)" = "$(head_of county)" ] || fail "a foreign edit moved the city's head"
expect 0 tiersync refused --store city
said $town
expect 0 tiersync audit --store city
