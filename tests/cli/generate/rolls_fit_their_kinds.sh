# Columns are fields, codes are codes, keys are unique, rare characters are there, and GB 18030 says the same as UTF-8.
"$TIERSYNC_SOURCE/tools/generate" --persons 2000 --out utf8
"$TIERSYNC_SOURCE/tools/generate" --persons 2000 --encoding gb18030 --out gb
python3 - "$TIERSYNC_SOURCE/schema" <<'PYTHON'
import csv, glob, json, sys
codes = {}
for path in glob.glob(sys.argv[1] + "/codes/*.json"):
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    codes[content["x-codes"]] = {code["code"] for code in content["codes"]}
    assert len({code["number"] for code in content["codes"]}) == len(content["codes"]), path
text = ""
for name in ("person", "household", "mla_case", "economy_check", "decision", "benefit", "payment"):
    with open(f"utf8/{name}.csv", encoding="utf-8-sig", newline="") as file:
        whole = file.read()
    with open(f"gb/{name}.csv", encoding="gb18030", newline="") as file:
        assert file.read() == whole, name
    text += whole
    with open(f"{sys.argv[1]}/kinds/{'mla_case' if name == 'decision' else name}.json", encoding="utf-8") as file:
        kind = json.load(file)
    keys = set()
    for row in csv.DictReader(whole.splitlines()):
        key = tuple(row[field] for field in kind["x-key"])
        assert key not in keys, (name, key)
        keys.add(key)
        for field, value in row.items():
            wanted = kind["properties"][field]
            assert not value or "x-codes" not in wanted or value in codes[wanted["x-codes"]], (name, field, value)
    assert keys, name
assert sum(character in text for character in "䶮㛃𬭎朗") >= 3
PYTHON
