# --skip-bad: the good rows are taken (exit 7), the bad ones lie in FILE with their reasons, in the roll's own form and encoding, and
# that file, corrected, is imported as it is. FILE is there before anything is published.
root_office town
rolls 6
python3 - <<'PY'
rows = open("rolls/person.csv", encoding="utf-8-sig", newline="").read().split("\r\n")
columns = rows[0].split(",")
def put(row, column, value):
    cells = rows[row].split(",")
    cells[columns.index(column)] = value
    rows[row] = ",".join(cells)
put(2, "gender", "7")
put(4, "id_number", "4.31221E+17")
put(6, "disability_grade", "9")
open("roll.csv", "w", encoding="utf-8-sig", newline="").write("\r\n".join(rows))
open("gb.csv", "w", encoding="gb18030", newline="").write("\r\n".join(rows))
PY
expect 3 tiersync import --store town --kind person roll.csv
said 'roll.csv row 3: column gender'
said '3 of 6 rows are wrong; nothing was written; --skip-bad FILE'

# not without FILE being written: nothing is published then
frozen town >town.frozen
expect 1 tiersync import --store town --kind person --skip-bad no/such/place.csv roll.csv
unchanged town
expect 7 tiersync import --store town --kind person --skip-bad bad.csv --dry-run roll.csv
unchanged town
[ ! -e bad.csv ] || fail "--dry-run wrote the file of bad rows"

expect 7 tiersync import --store town --kind person --skip-bad bad.csv roll.csv
said '6 rows: 3 added, 0 changed, 0 unchanged, 0 removed, 3 bad'
[ "$(stat -c %a bad.csv)" = 600 ] || fail "others can read the bad rows"
python3 - <<'PY'
import csv
rows = list(csv.DictReader(open("bad.csv", encoding="utf-8-sig", newline="")))
roll = list(csv.DictReader(open("roll.csv", encoding="utf-8-sig", newline="")))
assert len(rows) == 3, rows
for row, number in zip(rows, (1, 3, 5)):
    reason = row.pop("tiersync_reason")
    assert row == roll[number], (row, roll[number])
    assert f"row {number + 2}: " in reason and "column " in reason, reason
    assert roll[number]["id_number"] not in reason or len(roll[number]["id_number"]) < 18
PY

# again: the same rows are bad, the good ones are known; the file is the same
expect 7 tiersync import --store town --kind person --skip-bad again.csv --json roll.csv
said '"added":0,"changed":0,"unchanged":3,"removed":0,"bad":3'
said '{"type":"summary","exit":7}'
cmp bad.csv again.csv

# the file of bad rows as it is: bad once more, one reason each; corrected: taken
expect 7 tiersync import --store town --kind person --skip-bad worse.csv bad.csv
said '3 rows: 0 added, 0 changed, 0 unchanged, 0 removed, 3 bad'
[ "$(head -n 1 worse.csv | grep -o tiersync_reason | wc -l)" = 1 ] || fail "two columns of reasons"
good=$(sed -n 5p rolls/person.csv | cut -d , -f 2)
python3 - "$good" <<'PY'
import csv, sys
rows = list(csv.DictReader(open("worse.csv", encoding="utf-8-sig", newline="")))
rows[0]["gender"], rows[1]["id_number"], rows[2]["disability_grade"] = "1", sys.argv[1], "2"
with open("worse.csv", "w", encoding="utf-8-sig", newline="") as out:
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
PY
expect 0 tiersync import --store town --kind person --skip-bad none.csv worse.csv
said '3 rows: 3 added'
[ ! -e none.csv ] || fail "a file of bad rows without a bad row"

# in GB 18030 the bad rows are in GB 18030
expect 7 tiersync import --store town --kind person --encoding gb18030 --skip-bad bad-gb.csv gb.csv
said '3 bad'
iconv -f gb18030 -t utf-8 bad-gb.csv | grep -q tiersync_reason || fail "the file of bad rows is not GB 18030"
expect 7 tiersync import --store town --kind person --encoding gb18030 --skip-bad bad-gb.csv bad-gb.csv
said '3 rows: 0 added, 0 changed, 0 unchanged, 0 removed, 3 bad'

# JSON Lines: objects keep all they had; what is no object is kept as text
tiersync export --store town --kind person --format jsonl | head -n 3 >roll.jsonl
printf '%s\n' '{"id_number": "11010519491231002X", "name": "甲", "name": "乙"}' 'no object' '[1]' '{"gender":"7"}' >>roll.jsonl
expect 7 tiersync import --store town --kind person --skip-bad bad.jsonl roll.jsonl
said '7 rows: 0 added, 0 changed, 3 unchanged, 0 removed, 4 bad'
python3 - <<'PY'
import json
rows = [json.loads(line) for line in open("bad.jsonl")]
assert [set(row) - {"tiersync_reason"} for row in rows] == [{"tiersync_row"}] * 3 + [{"gender"}], rows
assert rows[1]["tiersync_row"] == "no object" and all("row " in row["tiersync_reason"] for row in rows), rows
PY
expect 7 tiersync import --store town --kind person --skip-bad worse.jsonl bad.jsonl
said '4 rows: 0 added'

# a wrong header is nothing to skip
printf 'id_number,nane\n11010519491231002X,x\n' >header.csv
expect 3 tiersync import --store town --kind person --skip-bad skipped.csv header.csv
[ ! -e skipped.csv ] || fail "rows of a file that was refused"
