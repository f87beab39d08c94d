# Every bad roll of a long list is refused with exit 3, naming file, row, column and rule, and nothing is written.
root_office town
rolls 5
expect 0 tiersync import --store town --kind person rolls/person.csv
frozen town >town.frozen

# bad NAME TEXT...: ./NAME is refused, and each text is said.
bad() {
	file=$1
	shift
	expect 3 tiersync import --store town --kind person ${options:-} "$file"
	for text in "$@"; do
		said "$text"
	done
	unchanged town
}
roll() {
	python3 -c '
import sys
rows = open("rolls/person.csv", encoding="utf-8-sig", newline="").read().split("\r\n")
exec(sys.argv[2])
open(sys.argv[1], "w", encoding="utf-8-sig", newline="").write("\r\n".join(rows))' "$1" "$2"
}

# columns
roll unknown.csv 'rows[0] = rows[0].replace(",name,", ",nane,")'
bad unknown.csv unknown.csv '"nane"' --map
roll twice.csv 'rows[0] = rows[0].replace(",name,", ",id_number,")'
bad twice.csv '"id_number" stands twice'
roll title-and-name.csv 'rows[0] = rows[0].replace(",gender,", ",姓名,")'
bad title-and-name.csv 'name'
roll no-key.csv 'rows = [",".join(row.split(",")[2:]) for row in rows]'
bad no-key.csv id_number
roll short-row.csv 'rows[2] = ",".join(rows[2].split(",")[:5])'
bad short-row.csv 'row 3'
roll long-row.csv 'rows[2] += ",more"'
bad long-row.csv 'row 3'
roll semicolons.csv 'rows = [row.replace(",", ";") for row in rows]'
bad semicolons.csv comma
roll tabs.csv 'rows = [row.replace(",", "\t") for row in rows]'
bad tabs.csv comma
roll unnamed.csv 'rows[0] = rows[0].replace(",name,", ",,")'
bad unnamed.csv 'cell 3'
: >empty.csv
bad empty.csv empty.csv

# values
roll rounded.csv 'c = rows[2].split(","); c[1] = "4.31221E+17"; rows[2] = ",".join(c)'
bad rounded.csv 'row 3' 'column id_number' 'a spreadsheet turned the digits into the number 4.31221E+17'
roll check-digit.csv 'c = rows[2].split(","); c[1] = c[1][:17] + "0X9876543210"[-2 - int(c[1][16])]; rows[2] = ",".join(c)'
bad check-digit.csv 'row 3' 'column id_number'
! grep -q "$(sed -n 3p rolls/person.csv | cut -d , -f 2 | cut -c 1-17)" said || fail "a refused citizen id is repeated in the message"
roll birth.csv 'c = rows[2].split(","); c[1] = c[1][:6] + "19991332" + c[1][14:]; rows[2] = ",".join(c)'
bad birth.csv 'row 3' 'column id_number'
roll doubled.csv 'rows.insert(4, rows[2])'
bad doubled.csv 'row 5' 'same natural key'
roll code.csv 'c = rows[2].split(","); c[3] = "7"; rows[2] = ",".join(c)'
bad code.csv 'row 3' 'column gender' GENDER
roll division.csv 'c = rows[2].split(","); c[9] = "4303"; rows[2] = ",".join(c)'
bad division.csv 'row 3' 'column hukou_region' '12'
roll date.csv 'c = rows[2].split(","); c[4] = "31/12/1999"; rows[2] = ",".join(c)'
bad date.csv 'row 3' 'column birth_date' 'YYYY-MM-DD'
roll february.csv 'c = rows[2].split(","); c[4] = "2023-02-29"; rows[2] = ",".join(c)'
bad february.csv 'row 3' 'column birth_date'
roll long-text.csv 'c = rows[2].split(","); c[2] = "张" * 51; rows[2] = ",".join(c)'
bad long-text.csv 'row 3' 'column name' '50'
roll grade.csv 'c = rows[2].split(","); c[rows[0].split(",").index("disability_grade")] = "5"; rows[2] = ",".join(c)'
bad grade.csv 'row 3' 'column disability_grade' '4'
roll grade-text.csv 'c = rows[2].split(","); c[rows[0].split(",").index("disability_grade")] = "two"; rows[2] = ",".join(c)'
bad grade-text.csv 'row 3' 'column disability_grade'
roll required.csv 'c = rows[2].split(","); c[2] = ""; rows[2] = ",".join(c)'
bad required.csv 'row 3' name
roll quote.csv 'rows[2] = rows[2] + "\"open"; rows[3] = "\"never closed"'
bad quote.csv quote.csv
roll many.csv 'rows[1:] = [",".join(row.split(",")[:3] + ["7"] + row.split(",")[4:]) for row in rows[1:] if row]'
bad many.csv 'row 2' 'row 6' '5 of 5 rows are wrong'

# bytes
printf '\377\376' >utf16.csv
iconv -t UTF-16LE rolls/person.csv >>utf16.csv
bad utf16.csv UTF-16
tail -c +4 rolls/person.csv | iconv -t gb18030 >gbk.csv
bad gbk.csv 'line 2' '--encoding gb18030'
cp gbk.csv broken.csv
printf '\200\377,x\r\n' >>broken.csv
options='--encoding gb18030' bad broken.csv 'line 7' 'not GB 18030'
roll nul.csv 'rows[2] = rows[2].replace(",", ",\0", 1)'
bad nul.csv nul.csv
printf 'id_number,name\n\355\240\200,x\n' >surrogate.csv
bad surrogate.csv 'line 2'

# JSON Lines
json() {
	printf '%s\n' "$2" >"$1"
	file=$1
	shift 2
	bad "$file" "$@"
}
json not-json.jsonl 'id_number: 7' 'row 1'
json list.jsonl '["a"]' 'row 1'
json doubled-key.jsonl '{"id_number": "11010519491231002X", "name": "甲", "name": "乙"}' 'row 1' twice
json unknown-key.jsonl '{"id_number": "11010519491231002X", "nane": "甲"}' 'row 1' nane
json number-for-text.jsonl '{"id_number": 110105194912310020, "name": "甲"}' 'row 1' id_number
json text-for-number.jsonl '{"id_number": "11010519491231002X", "name": "甲", "disability_grade": "2"}' 'row 1' disability_grade
json fraction.jsonl '{"id_number": "11010519491231002X", "name": "甲", "disability_grade": 2.5}' 'row 1' disability_grade
json huge.jsonl '{"id_number": "11010519491231002X", "name": "甲", "disability_grade": 1e999}' 'row 1'
json wide.jsonl '{"id_number": "11010519491231002X", "name": "甲", "disability_grade": 123456789012345678901234567890}' 'row 1'
json nan.jsonl '{"id_number": "11010519491231002X", "name": "甲", "disability_grade": NaN}' 'row 1'
json lone.jsonl '{"id_number": "11010519491231002X", "name": "\ud800"}' 'row 1'
json zero.jsonl '{"id_number": "11010519491231002X", "name": "a\u0000b"}' 'row 1'
json two.jsonl '{"id_number": "11010519491231002X", "name": "甲"} {"name": "乙"}' 'row 1'
json cut.jsonl '{"id_number": "11010519491231002X", "name": "' 'row 1'
json object.jsonl '{"id_number": "11010519491231002X", "name": {"a": 1}}' 'row 1' name
python3 -c 'print("{\"name\": " + "[" * 100000 + "]" * 100000 + "}")' >deep.jsonl
bad deep.jsonl 'row 1'
python3 -c 'print("{\"name\": \"" + "x" * 2000000 + "\"}")' >long.jsonl
bad long.jsonl 'row 1'
python3 -c 'print("id_number," + ",".join(f"c{n}" for n in range(5000)))' >columns.csv
bad columns.csv 2048
python3 -c 'print("id_number,name\n\"" + "x" * 3000000)' >cell.csv
bad cell.csv 'row 2'
