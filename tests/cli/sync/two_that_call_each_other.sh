# County and township call each other at the same moment: neither holds its lock while it waits, so both calls come to their end.
tiny_kind
stairs
fake_ssh
expect 0 tiersync peer add --store town $county "ssh://hub$PWD/county"
expect 0 tiersync peer add --store county $town "ssh://town$PWD/town"
expect 0 tiersync peer remove --store county $city
for round in 1 2 3 4; do
	expect 0 tiersync add --store town --kind note number=$round text=town
	[ $round = 1 ] || expect 0 tiersync set --store county --partition $town number=1 text=county$round
	tiersync sync --store county --wait 20 >county.said 2>&1 &
	other=$!
	started=$(date +%s)
	code=0
	tiersync sync --store town --wait 20 >town.said 2>&1 || code=$?
	[ $code -eq 0 ] || fail "the township's call: exit $code: $(cat town.said)"
	wait $other || fail "the county's call: exit $?: $(cat county.said)"
	[ $(($(date +%s) - started)) -lt 15 ] || fail "they waited for each other"
done
expect 0 tiersync sync --store town
expect 0 tiersync sync --store town
same_heads town county
for number in 1 2 3 4; do
	expect 0 tiersync get --store county --partition $town number=$number
done
expect 0 tiersync audit --store county
expect 0 tiersync audit --store town
