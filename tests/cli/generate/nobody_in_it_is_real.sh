# Every citizen id has a right check digit and a sequence number (000, 999) that is never given out; no two townships share one.
for code in 430321100000 430321107000 430321202000; do
	"$TIERSYNC_SOURCE/tools/generate" --township $code --persons 2000 --out $code
done
python3 - <<'PYTHON'
import csv, glob
seen = set()
for path in glob.glob("*/person.csv"):
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            number = row["id_number"]
            weights = [2 ** (17 - place) % 11 for place in range(18)]
            value = sum(weight * (10 if digit == "X" else int(digit)) for weight, digit in zip(weights, number))
            assert value % 11 == 1, number
            assert number[14:17] == ("999" if row["gender"] == "1" else "000"), number
            assert number not in seen, number
            seen.add(number)
assert len(seen) == 6000, len(seen)
PYTHON
