# export --out FILE of 60 MB stays within 100 MiB, and the file gets its name when it is whole.
# noasan
tiny_kind
root_office city
python3 - <<'PYTHON'
import json
with open("notes.jsonl", "w") as file:
    for number in range(12000):
        file.write(json.dumps({"number": number, "text": "%05d " % number * 833}) + "\n")
PYTHON
expect 0 tiersync import --store city --kind note notes.jsonl
expect 0 within 100 "$TIERSYNC" export --store city --kind note --format jsonl --out out.jsonl
expect 0 within 100 "$TIERSYNC" export --store city --kind note --format csv --out out.csv
[ "$(wc -l <out.jsonl)" -eq 12000 ] || fail "rows are missing"
tiersync export --store city --kind note --format jsonl >piped.jsonl
cmp -s out.jsonl piped.jsonl || fail "--out and standard output differ"

# what was there stays when it cannot be made
cp out.jsonl kept.jsonl
rm -rf city/partitions/*/keyring
status=0
"$TIERSYNC" export --store city --kind note --format jsonl --out out.jsonl >said 2>&1 || status=$?
[ $status -ne 0 ] || fail "it exported what it cannot read"
cmp -s out.jsonl kept.jsonl || fail "half a file took the place of a whole one"
[ "$(find . -maxdepth 1 -name '*tiersync-tmp*' | wc -l)" -eq 0 ] || fail "something was left behind"
