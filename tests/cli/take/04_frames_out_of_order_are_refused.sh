# Threat 4: the encrypted frames reordered, dropped or doubled by whoever carries the file: every sequence of one to five of four.
tiny_kind
stairs
night
python3 - <<'PYTHON'
import base64, json, random
rng = random.Random(4)
with open("notes.jsonl", "w") as file:
    for number in range(58):
        text = base64.b64encode(rng.randbytes(3600)).decode()
        file.write(json.dumps({"number": number, "text": text}) + "\n")
PYTHON
expect 0 tiersync import --store town --kind note notes.jsonl
expect 0 tiersync bundle --store town --to $county --out night.tsb
frozen county >county.frozen
attack frames county night.tsb
unchanged county
expect 0 tiersync take --store county night.tsb
[ "$(head_of town)" = "$(head_of county)" ] || fail "two heads"
