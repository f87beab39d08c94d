# An external roll lies in the county's partition of rolls: the city reads it, the township never gets any of it.
stairs
night
cat >deaths.csv <<'CSV'
id_number,source,name,death_date
11010519491231002X,2,王某某,2017-10-03
440524188001010014,1,李某某,2017-09-12
CSV
expect 0 tiersync import --store county --partition rolls --kind death_roll deaths.csv --note "funeral parlour, October"
said "2 added"
night
night
expect 0 tiersync list --store county --partition rolls
said "2 records"
expect 0 tiersync list --store city --partition 430321000000.rolls --kind death_roll --show-personal
said 11010519491231002X
[ "$(head_of county 430321000000.rolls)" = "$(head_of city 430321000000.rolls)" ] || fail "the city has another head"
[ ! -e town/partitions/430321000000.rolls.git ] || fail "the township holds the county's rolls"
expect 3 tiersync list --store town --partition 430321000000.rolls
expect 0 tiersync audit --store city --root "$root"
expect 0 tiersync audit --store county --root "$root"
expect 0 tiersync audit --store town --root "$root"
expect 0 tiersync fsck --store county
