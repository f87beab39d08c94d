# Threat 30: keys and texts that look like paths, options, markup or other people's characters are data: never a path, never two records
# in one, out as they came in. A NUL and what no text may hold are refused with the row.
tiny_kind
root_office city
python3 - <<'PYTHON'
import json
texts = ["../../../etc/passwd", "/dev/null", "-rf", "--help", "$(id)", "`id`", "%s%n", "a/b\\c", "CON", ".git", "records/../../x", "null",
         "=1+1", "@SUM(A1)", "\u202e\u0644\u0627", "\u0410\u0412\u0421", "ABC", "\ufeffx", "\U0002070e\U00020731", "\ufa4a\u7422", "é", "x" * 5000, "'", '"', ";;", "\u2028"]
with open("good.jsonl", "w") as file:
    for number, text in enumerate(texts):
        file.write(json.dumps({"number": number, "text": text, "words": [text[:20]]}, ensure_ascii=False) + "\n")
with open("bad.jsonl", "w") as file:
    file.write('{"number": 1000, "text": "nul \\u0000 here"}\n')
with open("long.jsonl", "w") as file:
    file.write(json.dumps({"number": 1000, "text": "x" * 10240}) + "\n")
with open("half.jsonl", "w") as file:
    file.write('{"number": 1000, "text": "half \\ud800 pair"}\n')
PYTHON
status=0
"$TIERSYNC" import --store city --kind note good.jsonl --skip-bad refused >said 2>&1 || status=$?
[ $status -eq 0 ] || [ $status -eq 7 ] || fail "exit $status: $(cat said)"
expect 0 tiersync export --store city --kind note --format jsonl --out one.jsonl
[ "$(wc -l <one.jsonl)" -ge 22 ] || fail "too many were refused: $(cat said)"
expect 0 tiersync import --store city --kind note one.jsonl
said 'nothing changed'
expect 0 tiersync export --store city --kind note --format csv --out one.csv
expect 0 tiersync import --store city --kind note one.csv
said 'nothing changed'
python3 - <<'PYTHON'
import json, unicodedata
came = {row["number"]: row for row in map(json.loads, open("one.jsonl"))}
for row in map(json.loads, open("good.jsonl")):
    if row["number"] in came and unicodedata.normalize("NFC", row["text"]) == row["text"]:
        assert came[row["number"]]["text"] == row["text"], row
assert came[15]["text"] != came[16]["text"], "two alphabets became one"
PYTHON
for file in bad long half; do
	frozen city >city.frozen
	expect 3 tiersync import --store city --kind note $file.jsonl
	said 'row 1'
	unchanged city
done

# and on the command line
frozen city >city.frozen
for id in ../../identity '../../../../etc/passwd' "$(printf 'x%.0s' $(seq 5000))" number=../1; do
	status=0
	"$TIERSYNC" get --store city "$id" >said 2>&1 || status=$?
	case $status in 2 | 3) ;; *) fail "get $id: exit $status" ;; esac
done
expect 2 tiersync list --store city --partition ../../x
expect 2 tiersync init --store other --node ../43032110000 --level township --name x
[ ! -e other ] || fail "a store was made"
unchanged city
expect 0 tiersync fsck --store city
