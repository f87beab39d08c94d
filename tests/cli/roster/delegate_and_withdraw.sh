# The county lets the township decide cases of up to 2,000 yuan from a day on, and takes that back.
case_kind
stairs
for number in 1 2 3; do
	expect 0 tiersync add --store town --kind case number=$number text=t income=$((number * 100000))
done
night
expect 3 tiersync set --store town number=1 decision=yes
said 'may be written by county'

expect 2 tiersync roster delegate --store county $town
expect 3 tiersync roster delegate --store county $town --kind nothing --field decision
expect 3 tiersync roster delegate --store county $town --kind case --field nothing
expect 2 tiersync roster delegate --store county $town --kind case --field decision --from 1.7.
expect 3 tiersync roster delegate --store county $town --kind case --field decision --from 2025-07-02 --to 2025-07-01
expect 3 tiersync roster delegate --store county $town --kind case --field decision --limit text=5
expect 3 tiersync roster delegate --store county $town --kind case --field decision --limit 5
expect 3 tiersync roster delegate --store town $county --kind case --field decision
expect 3 tiersync roster delegate --store county 430399000000 --kind case --field decision
expect 0 tiersync roster delegate --store county $town --kind case --field decision --limit income=200000 --from 2020-07-01 --dry-run
expect 0 tiersync roster delegate --store county $town --kind case --field 决定 --limit income=200000 --from 2020-07-01
said '430321100000 may write:'
said 'decision (决定)'
# said again, it stands already; another limit, or the old one after it, is another word
frozen county >county.frozen
expect 0 tiersync roster delegate --store county $town --kind case --field decision --limit income=200000 --from 2020-07-01
said 'stands       already, by statement'
unchanged county
expect 0 tiersync roster delegate --store county $town --kind case --field decision --limit income=100000 --from 2020-07-01
said 'it travels with the next bundles'
expect 0 tiersync roster delegate --store county $town --kind case --field decision --limit income=200000 --from 2020-07-01
said 'it travels with the next bundles'
expect 3 tiersync set --store town number=1 decision=yes # it has not heard of it yet
night
night
expect 0 tiersync roster list --store town $town
said 'may write'

# up to the limit at the desk, and the county takes it
expect 0 tiersync set --store town number=1 decision=yes
expect 0 tiersync set --store town number=2 decision=no
expect 3 tiersync set --store town number=3 decision=yes
said 'over the limit of a delegation'
expect 0 tiersync set --store town number=3 income=150000 decision=yes
night
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"
expect 0 tiersync get --store city --partition $town number=3
said yes
expect 0 tiersync audit --store city

# withdrawn: the desk refuses once it has heard of it
expect 0 tiersync roster withdraw --store county $town --kind case --field decision
frozen county >county.frozen
expect 0 tiersync roster withdraw --store county $town --kind case --field decision --json
said '"known":true'
unchanged county
expect 0 tiersync set --store town number=1 decision=no # not yet: a word counts for who has read it
expect 0 tiersync sync --store town
expect 0 tiersync sync --store county
expect 0 tiersync get --store county --partition $town number=1
said no
expect 0 tiersync sync --store town
expect 3 tiersync set --store town number=2 decision=yes
said 'may be written by county'
night
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"

# given again for a time that is over, and without the kind's other fields
expect 0 tiersync roster delegate --store county $town --kind case --field decision --from 2020-01-01 --to 2020-12-31
night
night
expect 3 tiersync set --store town number=2 decision=yes
