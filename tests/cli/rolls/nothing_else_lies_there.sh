# A roll goes into a hub's partition of rolls and nowhere else, and nothing else goes there; a township has none.
stairs
night
printf 'id_number,source,death_date\n11010519491231002X,2,2017-10-03\n' >deaths.csv
rolls 20
expect 3 tiersync import --store county --partition rolls --kind death_roll --dry-run deaths.csv
[ ! -e county/partitions/$county.rolls.git ] || fail "a dry run made a partition"
expect 3 tiersync import --store county --kind death_roll deaths.csv
said "--partition rolls"
expect 3 tiersync import --store county --partition $town --kind death_roll deaths.csv
said "--partition rolls"
expect 3 tiersync import --store town --kind death_roll deaths.csv
expect 3 tiersync import --store county --partition rolls --kind person rolls/person.csv
said "is no roll"
expect 3 tiersync import --store town --partition rolls --kind death_roll deaths.csv
said "a township has no partition of rolls"
expect 0 tiersync import --store county --partition rolls --kind death_roll deaths.csv
expect 0 tiersync import --store county --partition rolls --kind death_roll --full deaths.csv
said "nothing changed"
# the code is taken: no office may be called so
expect 0 tiersync init --store other --node $county.rolls --level township --name 名册
expect 0 tiersync request --store other --out other.card
spoken=$(fingerprint)
expect 3 tiersync enrol --store county other.card --fingerprint "$spoken" --out other.answer
