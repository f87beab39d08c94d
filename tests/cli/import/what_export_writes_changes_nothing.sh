# What export writes, import takes back as "nothing changed": CSV and JSON Lines, both encodings, by file and by pipe, with values
# that a spreadsheet would run, round or strip. After the values were changed, the same file brings them back.
tiny_kind
root_office town
python3 - <<'PY'
import json
texts = ["=1+1", "+86 731", "-5", "@home", "'tis", "''twice", "'", '="0123"', "123456789012345678", "4.31221E+17", "0012", "1,2", 'a "quote"',
         '"', "two\nlines", "tab\there", "a;b", "[]", "{}", "null", "true", "1e5", "2024/1/2", "易俗河镇", "㐂𠀀", "x" * 5000, "-",
         "’", "\u00e9", "a'b", "id", "' =1", "a\\b", "\\n", "12345678901234.5678"]
with open("all.jsonl", "w") as out:
    for number, text in enumerate(texts):
        print(json.dumps({"number": number - 3, "text": text, "words": sorted({text[:20], "又", "b,c"})}), file=out)
    print(json.dumps({"number": 900, "words": []}), file=out)
    for number in -9007199254740993, 2**63 - 1, -2**63:
        print(json.dumps({"number": number}), file=out)
PY
expect 0 tiersync import --store town --kind note all.jsonl
said '39 added'
head=$(head_of town $city)

# same FILE OPTIONS...: importing it changes nothing.
same() {
	file=$1
	shift
	expect 0 tiersync import --store town --kind note "$@" "$file"
	said '39 rows: nothing changed'
	expect 0 tiersync import --store town --kind note "$@" - <"$file"
	said '39 rows: nothing changed'
	[ "$(head_of town $city)" = "$head" ] || fail "$file made a commit"
}
tiersync export --store town --kind note --format csv >out.csv
tiersync export --store town --kind note --format csv --encoding gb18030 --out gb.csv
tiersync export --store town --kind note --format jsonl >out.jsonl
tiersync export --store town --kind note --format jsonl --encoding gb18030 >gb.jsonl
same all.jsonl
same out.csv
same out.jsonl
same gb.csv --encoding gb18030
same gb.jsonl --encoding gb18030
[ "$(head -c 3 out.csv | od -An -tx1)" = ' ef bb bf' ] || fail "CSV without a byte order mark"
grep -q "'''twice" out.csv || fail "a leading apostrophe is not doubled"
! iconv -f gb18030 -t utf-8 gb.csv | head -c 3 | grep -q "$(printf '\357\273\277')" || fail "a mark in the GB 18030 file"

# a program that reads CSV gets the very texts, apostrophes aside
python3 - <<'PY'
import csv, json
want = {json.loads(line)["number"]: json.loads(line).get("text", "") for line in open("all.jsonl")}
for name, encoding in ("out.csv", "utf-8-sig"), ("gb.csv", "gb18030"):
    rows = list(csv.DictReader(open(name, encoding=encoding, newline="")))
    got = {int(row["number"].removeprefix("'")): row["text"] for row in rows}
    assert {k: v.removeprefix("'") for k, v in got.items()} == {k: v.removeprefix("'") for k, v in want.items()} or \
        all(got[k] in (v, "'" + v) for k, v in want.items()), [(k, got[k], v) for k, v in want.items() if got[k] not in (v, "'" + v)]
    for text in got.values():
        assert not text or text[0] not in "=+@" and text != "-5", text
for name, encoding in ("out.jsonl", "utf-8"), ("gb.jsonl", "gb18030"):
    rows = [json.loads(line) for line in open(name, encoding=encoding)]
    assert {row["number"]: row.get("text", "") for row in rows} == want
    assert all(row["kind"] == "note" and len(row["id"]) == 32 for row in rows)
PY

# what was changed since comes back; what was cleared since comes back
sed 's/"text": *"[^"]*"/"text": "other"/' all.jsonl | grep -v '\\"' >other.jsonl
expect 0 tiersync import --store town --kind note other.jsonl
[ "$(head_of town $city)" != "$head" ] || fail "nothing was changed for the way back"
expect 0 tiersync import --store town --kind note out.csv
tiersync export --store town --kind note --format csv >again.csv
cmp out.csv again.csv
sed -E 's/^(\{"number": -?[0-9]+).*/\1, "text": "", "words": null}/' all.jsonl >clear.jsonl
expect 0 tiersync import --store town --kind note clear.jsonl
said '35 changed'
expect 0 tiersync import --store town --kind note --encoding gb18030 gb.jsonl
said '35 changed'
tiersync export --store town --kind note --format csv >again.csv
cmp out.csv again.csv

# a missing key or column leaves; an empty cell, null, "" and [] clear
expect 0 tiersync add --store town --kind note number=1000 text=stays words='["a"]'
expect 0 tiersync import --store town --kind note - <<'JSON'
{"number": 1000}
JSON
said 'nothing changed'
printf 'number,words\n1000,["b"]\n' >words.csv
expect 0 tiersync import --store town --kind note words.csv
said '1 changed'
tiersync export --store town --kind note --format jsonl --where number=1000 | grep -q '"text":"stays","words":\["b"\]' || fail "a missing column did not leave the field"
for nothing in null '""' '[]' '{}'; do
	expect 0 tiersync import --store town --kind note words.csv
	printf '{"number": 1000, "words": %s}\n' "$nothing" >clear.jsonl
	expect 0 tiersync import --store town --kind note clear.jsonl
	said '1 changed'
	! tiersync export --store town --kind note --format jsonl --where number=1000 | grep -q words || fail "$nothing did not clear"
done
printf 'number,text\n1000,\n' >clear.csv
expect 0 tiersync import --store town --kind note clear.csv
! tiersync export --store town --kind note --format jsonl --where number=1000 | grep -q stays || fail "an empty cell did not clear"
