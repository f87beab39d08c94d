# A county whose key of the partition is away cannot recompute what comes: it takes nothing, says so, and merges all of it on the first
# night on which the key is there again.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=first
night
expect 0 tiersync set --store town number=1 text=town
expect 0 tiersync set --store county --partition $town number=1 income=5
head=$(head_of county)
keyring=county/partitions/$town.git/keyring
mkdir away
mv "$keyring"/wrap-* away/
expect 0 tiersync bundle --store town --to $county --out up.tsb
expect 7 tiersync take --store county up.tsb
said "no key"
[ "$(head_of county)" = "$head" ] || fail "the head moved"
mv away/* "$keyring"/
night
night
expect 0 tiersync get --store city --partition $town number=1 --json
said '"text":"town"'
said '"income":5'
same_heads town county city
