# Rows of one import see each other: a doubled key is refused by name; a key given up by one row may be taken by the next.
root_office city
rolls 40
expect 0 tiersync import --store city --kind household rolls/household.csv
{
	cat rolls/household.csv
	sed -n 3p rolls/household.csv
} >doubled.csv
expect 3 tiersync import --store city --kind household doubled.csv
said "a row before this one has the same natural key"
{
	sed -n 1p rolls/household.csv
	sed -n 2p rolls/household.csv | sed 's/^430321100000001/430321100000900/'
	sed -n 2p rolls/household.csv | sed 's/^430321100000001/430321100000900/'
} >fresh.csv
expect 3 tiersync import --store city --kind household fresh.csv
said "row 3"

tiersync export --store city --kind household --format jsonl >all.jsonl
line=$(grep '"household_no": *"430321100000001"' all.jsonl)
{
	printf '%s\n' "$line" | sed 's/430321100000001/430321100000901/'
	printf '%s\n' "$line" | sed -E 's/"id": *"[0-9a-f]{32}", *//'
} >moved.jsonl
expect 0 tiersync import --store city --kind household moved.jsonl
said "1 added, 1 changed"
expect 0 tiersync get --store city household_no=430321100000001
expect 0 tiersync get --store city household_no=430321100000901

# only what is in the file stays
tiersync export --store city --kind household --format csv >all.csv
grep -v 430321100000901 all.csv >left.csv
expect 3 tiersync import --store city --kind household --full left.csv
said "--allow-removals 1"
expect 0 tiersync import --store city --kind household --full left.csv --allow-removals 1
expect 3 tiersync get --store city household_no=430321100000901
expect 0 tiersync get --store city household_no=430321100000001
