# The county's disk was copied, and both copies said something with the same number. Neither grants anything; a revocation in either
# counts; the chain goes on from the one that the city names.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=t
night
cp -r county clone
expect 0 tiersync roster delegate --store county $town --kind case --field decision
expect 0 tiersync roster delegate --store clone $town --kind case --field income
expect 0 tiersync bundle --store county --to $city --out one.tsb
expect 0 tiersync bundle --store clone --to $city --out other.tsb
expect 0 tiersync take --store city one.tsb
expect 0 tiersync roster list --store city $county
! grep -q disputed said || fail "one statement is no dispute"
expect 0 tiersync take --store city other.tsb
said 'contradict others of the same number'

expect 0 tiersync roster list --store city
said disputed
expect 0 tiersync roster list --store city $town
! grep -q 'may write' said || fail "one of two contradicting statements grants something"
expect 0 tiersync roster list --store city $county
digest=$(grep 'disputed   number' said | head -n 1 | sed 's/.*, //')
expect 3 tiersync roster settle --store county $county "$digest"
expect 3 tiersync roster settle --store city $county 0123456789
expect 3 tiersync roster settle --store city $town "$digest"

# the county learns of it, and can say nothing more until it is settled; the night's work goes on
expect 0 tiersync sync --store city
expect 0 tiersync sync --store county
expect 3 tiersync roster delegate --store county $town --kind case --field text
said 'its superior must settle'
expect 0 tiersync set --store county --partition $town number=1 decision=no
night
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"

expect 0 tiersync roster settle --store city $county "$digest"
said 'goes on from the statement named'
expect 0 tiersync sync --store city
night
night
for store in city county town; do
	expect 0 tiersync roster list --store $store
	! grep -q disputed said || fail "$store has not heard that it was settled"
	expect 0 tiersync roster list --store $store $town
	[ "$(grep -c 'may write' said)" = 1 ] || fail "$store: not just one of the two counts"
done
expect 0 tiersync roster delegate --store county $town --kind case --field text
night
night
expect 0 tiersync roster list --store town $town
[ "$(grep -c 'may write' said)" = 2 ] || fail "the chain does not go on"
expect 0 tiersync audit --store city
