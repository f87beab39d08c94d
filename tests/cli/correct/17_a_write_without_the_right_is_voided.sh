# Threat 17: a township writes a field of the county. It is taken into history and voided in the same publication; the other writes of
# that night arrive; the receipt and `conflicts` say so at the township; the city shows no moment of it.
case_kind
stairs
for number in 1 2 3; do
	expect 0 tiersync add --store town --kind case number=$number text=first income=$number
done
night
# the desk refuses what its roster does not allow; what the roster took back since is the door's matter
expect 3 tiersync set --store town number=1 decision=yes
said county
expect 0 tiersync roster delegate --store county $town --kind case --field decision
night
expect 0 tiersync set --store town number=1 decision=yes text=kept
expect 0 tiersync set --store town number=2 text=also
expect 0 tiersync roster withdraw --store county $town --kind case --field decision --hard
for store in town county; do
	tiersync sync --store $store >said 2>&1 || fail "$(cat said)"
done
said "corrected"
expect 0 tiersync get --store county --partition $town number=1 --json
said '"text":"kept"'
grep -q '"decision"' said && fail "the decision stands"
expect 0 tiersync get --store county --partition $town number=2 --json
said '"text":"also"'
night
night
same_heads town county city
waiting town refused
expect 0 tiersync conflicts --store town --json
said '"field":"decision"'
expect 0 tiersync resolve --store town number=1 --field decision --reason SEEN --drop
waiting town
night
same_heads town county city
waiting city
for store in town county city; do
	expect 0 tiersync fsck --store $store
	expect 0 tiersync audit --store $store
done
