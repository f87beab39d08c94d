# --full: what the file has not is removed. Nothing is removed if a row was refused, if the file is empty, or if more than 5 in 100
# would go, unless as many were allowed; then nothing is written at all.
tiny_kind
root_office town
seq 1 100 | sed 's/.*/{"number": &, "text": "first"}/' >all.jsonl
expect 0 tiersync import --store town --kind note all.jsonl
said '100 added'
frozen town >town.frozen
head -n 95 all.jsonl >five.jsonl
head -n 94 all.jsonl >six.jsonl

# without --full absence means nothing
expect 0 tiersync import --store town --kind note six.jsonl
said '94 rows: nothing changed'
unchanged town

expect 3 tiersync import --store town --kind note --full six.jsonl
said '--full would remove 6 of 100 records, over the 5 allowed; nothing was written; if it is right, add --allow-removals 6'
unchanged town
: >empty.jsonl
expect 3 tiersync import --store town --kind note --full empty.jsonl
said 'nothing was written'
unchanged town
expect 3 tiersync import --store town --kind note --full --allow-removals 100 empty.jsonl
said 'nothing was written'
unchanged town
printf 'number,text\n' >header.csv
expect 3 tiersync import --store town --kind note --full --allow-removals 100 header.csv
unchanged town
(cat five.jsonl && echo '{"text": "no number"}') >bad.jsonl
expect 3 tiersync import --store town --kind note --full bad.jsonl
unchanged town
expect 3 tiersync import --store town --kind note --full --skip-bad rows.jsonl bad.jsonl
said '--full removes nothing while a row is refused; nothing was written'
unchanged town
expect 3 tiersync import --store town --kind note --full --allow-removals 5 six.jsonl
said 'over the 5 allowed'
unchanged town
expect 2 tiersync import --store town --kind note --allow-removals 6 six.jsonl
expect 2 tiersync import --store town --kind note --full --allow-removals -1 six.jsonl
expect 2 tiersync import --store town --kind note --full --allow-removals many six.jsonl
unchanged town
expect 0 tiersync import --store town --kind note --full --dry-run five.jsonl
said '5 removed'
unchanged town

# a row that is refused takes nothing from one that removes nothing
(cat all.jsonl && echo '{"text": "no number"}') >bad.jsonl
expect 7 tiersync import --store town --kind note --full --skip-bad rows.jsonl bad.jsonl
said '100 unchanged, 0 removed, 1 bad'
unchanged town

# 5 of 100: removed, with what the others changed, in one edit
sed '1s/first/second/; 2s/first/third/' five.jsonl >changed.jsonl
expect 0 tiersync import --store town --kind note --full changed.jsonl
said '95 rows: 0 added, 2 changed, 93 unchanged, 5 removed, 0 bad'
[ "$(tiersync list --store town --kind note --json | grep -c '"type":"record"')" = 95 ] || fail "not 95 records are left"
head=$(head_of town $city)
expect 0 tiersync import --store town --kind note --full changed.jsonl
said 'nothing changed'
[ "$(head_of town $city)" = "$head" ] || fail "a second time made a commit"

# as many as are allowed; never records of another kind
expect 0 tiersync import --store town --kind note --full --allow-removals 92 - <<'JSON'
{"number": 1, "text": "alone"}
{"number": 2, "text": "third"}
{"number": 3}
JSON
said '3 rows: 0 added, 1 changed, 2 unchanged, 92 removed, 0 bad'

# a removed number that comes back is a new record
expect 0 tiersync import --store town --kind note --full - <<'JSON'
{"number": 1}
{"number": 2}
{"number": 3}
{"number": 100}
JSON
said '1 added, 0 changed, 3 unchanged, 0 removed'
expect 0 tiersync audit --store town
