# So many records that a second thread seals them, and somebody who looks up the last of them before the edit is signed: the state digest that
# is signed must count them all. An import whose last row stands twice, a merge of what both sides wrote; the second is looked at by everybody.
tiny_kind
stairs
number() { # number FROM TO TEXT: rows of notes
	seq "$1" "$2" | sed "s/.*/{\"number\": &, \"text\": \"$3 &\"}/"
}
number 1 400 甲 >notes.jsonl
expect 0 tiersync import --store town --kind note notes.jsonl
night
expect 0 tiersync export --store town --kind note --format jsonl --out all.jsonl
sed 's/甲/乙/' all.jsonl | head -n 150 >changed.jsonl
tail -n 1 changed.jsonl | sed 's/乙/丙/' >>changed.jsonl
expect 7 tiersync import --store town --kind note --skip-bad bad.jsonl changed.jsonl
expect 0 tiersync audit --store town
expect 0 tiersync set --store town number=200 text=丁
night
expect 0 tiersync audit --store county
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"

# both sides write the same 150 records, other fields of them; and each some of its own
number 1 160 戊 >town.jsonl
seq 41 200 | sed 's/.*/{"number": &, "words": ["己"]}/' >county.jsonl
expect 0 tiersync import --store town --kind note town.jsonl
expect 0 tiersync import --store county --partition $town --kind note county.jsonl
night
night
[ "$(head_of town)" = "$(head_of county)" ] && [ "$(head_of town)" = "$(head_of city)" ] || fail "heads differ"
for store in town county city; do
	expect 0 tiersync audit --store "$store"
	said 'state digest'
done
expect 0 tiersync get --store city --partition $town number=160
said '戊 160'
said '己'

# a roll as it comes every month: a few rows are new, nearly all are as they were
seq 1 20000 | sed 's/.*/{"number": &, "text": "庚 &"}/' >roll.jsonl
expect 0 tiersync import --store town --kind note roll.jsonl
sed '1,100s/庚/辛/' roll.jsonl >again.jsonl
expect 0 tiersync import --store town --kind note again.jsonl
said '100 changed, 19900 unchanged'
expect 0 tiersync audit --store town
night
[ "$(head_of town)" = "$(head_of county)" ] || fail "two heads"
