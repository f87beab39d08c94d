# A township and a hub come back from backups of old days: what came since comes home, what was written meanwhile merges, nothing is
# lost, and the neighbours say that something was restored. Threats 11 and 12.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=first
night
expect 0 tiersync backup --store town "$PWD/town.backup"
expect 0 tiersync backup --store county "$PWD/county.backup"
expect 0 tiersync set --store town number=1 text=second
expect 0 tiersync add --store town --kind case number=2 text=new
expect 0 tiersync set --store county --partition $town number=1 decision=yes
night

# the township's disk dies; the old backup writes before it has heard anything
rm -rf town mail/*/$town-*
expect 3 tiersync restore --store town "$PWD"
expect 0 tiersync restore --store town town.backup --dry-run
[ ! -e town ] || fail "a dry run made a store"
expect 0 tiersync restore --store town town.backup
expect 3 tiersync restore --store town town.backup
expect 0 tiersync set --store town number=1 income=77
night
night
same_heads town county city
expect 0 tiersync get --store city --partition $town number=1 --json
said '"text":"second"'
said '"income":77'
said '"decision":"yes"'
expect 0 tiersync get --store town number=2

# the hub's disk dies
rm -rf county mail/*/$county-*
expect 0 tiersync restore --store county county.backup
night
night
same_heads town county city
for store in town county city; do
	expect 0 tiersync fsck --store $store
	expect 0 tiersync audit --store $store
done
waiting county stale-decision
