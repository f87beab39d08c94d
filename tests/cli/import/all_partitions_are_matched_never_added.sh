# import --partition all: every row is matched in whichever partition its record lies, by id or natural key; nothing is ever added;
# all partitions are tried before the first is written.
tiny_kind
root_office city
office east 430321100000 township 易俗河镇 city
office west 430321101000 township 梅林桥镇 city
mkdir mail
for town in 430321100000 430321101000; do
	expect 0 tiersync peer add --store city $town "dir:$PWD/mail"
done
for store in east west; do
	expect 0 tiersync peer add --store $store $city "dir:$PWD/mail"
done
seq 1 5 | sed 's/.*/{"number": &, "text": "east"}/' >east.jsonl
seq 11 15 | sed 's/.*/{"number": &, "text": "west"}/' >west.jsonl
expect 0 tiersync import --store east --kind note east.jsonl
expect 0 tiersync import --store west --kind note west.jsonl
for store in east west city; do
	expect 0 tiersync sync --store $store
done
tiersync export --store city --kind note --format csv --out all.csv
tiersync export --store city --kind note --format jsonl --out all.jsonl
[ "$(wc -l <all.jsonl)" = 10 ] || fail "the city does not hold both"
frozen city >city.frozen

# what export wrote of all partitions changes nothing in any
for file in all.csv all.jsonl; do
	expect 0 tiersync import --store city --kind note --partition all $file
	said '10 rows: nothing changed'
	unchanged city
done

# one row changed in each, one that nobody has: two edits, nothing added
cat >some.jsonl <<'JSON'
{"number": 2, "text": "changed in the east"}
{"number": 12, "text": "changed in the west"}
{"number": 13}
{"number": 99, "text": "nobody's"}
JSON
expect 0 tiersync import --store city --kind note --partition all --dry-run some.jsonl
unchanged city
expect 0 tiersync import --store city --kind note --partition all some.jsonl
said '4 rows: 0 added, 2 changed, 1 unchanged, 0 removed, 0 bad'
said '1 rows match no record'
expect 0 tiersync list --store city --kind note --json
[ "$(grep -c '"type":"record"' said)" = 10 ] || fail "not 10 records"
said 'changed in the east'
said 'changed in the west'
expect 0 tiersync import --store city --kind note --partition all --json some.jsonl
said '"changed":0,"unchanged":3,"removed":0,"bad":0,"unmatched":1,"commits":0'

# a bad row, wherever it belongs: nothing in any partition, or with --skip-bad one line for it and the rest of both
frozen city >city.frozen
cat >bad.jsonl <<'JSON'
{"number": 1, "text": "east again"}
{"number": 11, "text": "west again"}
{"number": 15, "text": 7}
JSON
expect 3 tiersync import --store city --kind note --partition all bad.jsonl
said 'bad.jsonl row 3'
unchanged city
expect 1 tiersync import --store city --kind note --partition all --skip-bad no/such/place bad.jsonl
unchanged city
expect 7 tiersync import --store city --kind note --partition all --skip-bad rows.jsonl bad.jsonl
said '3 rows: 0 added, 2 changed, 0 unchanged, 0 removed, 1 bad'
[ "$(grep -c 'row 3' said)" = 1 ] || fail "the bad row is told more than once"
[ "$(wc -l <rows.jsonl)" = 1 ] || fail "the bad row is kept more than once"

# --full with all: each partition has the limit for itself, and one that passes it stops all
frozen city >city.frozen
tiersync export --store city --kind note --format jsonl | grep -v '"number":5[,}]' >full.jsonl
expect 3 tiersync import --store city --kind note --partition all --full full.jsonl
said 'would remove 1 of 5'
unchanged city
expect 0 tiersync import --store city --kind note --partition all --full --allow-removals 1 full.jsonl
said '9 rows: 0 added, 0 changed, 9 unchanged, 1 removed, 0 bad'

# a pipe cannot be read twice
frozen city >city.frozen
expect 2 sh -c 'cat full.jsonl | "$TIERSYNC" import --store city --kind note --partition all -'
unchanged city
expect 0 tiersync import --store city --kind note --partition all - <full.jsonl
said 'nothing changed'

# the towns take the city's edits
for store in city east west city; do
	expect 0 tiersync sync --store $store
done
expect 0 tiersync get --store east number=2
said 'changed in the east'
expect 0 tiersync audit --store city
