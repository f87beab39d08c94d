# Threat 45: a passphrase, the secret halves of keys, and records go through every kind of verb. Afterwards they are in no output, no
# git object, no cache, no bundle, no file but the key file (which is under the passphrase), and no core file.
# noasan
tiny_kind
stairs
echo canary-of-a-passphrase >word
expect 0 tiersync key passphrase --store town --new-passphrase-file word
TIERSYNC_PASSPHRASE_FILE=$PWD/word
export TIERSYNC_PASSPHRASE_FILE
: >all
tell() {
	"$TIERSYNC" "$@" >>all 2>&1 || true
}
tell add --store town --kind note number=424242 text=canary-of-a-record
tell sync --store town
tell sync --store county
tell audit town
tell fsck --store town
tell status --store town
tell log --store town
tell roster rotate --store town
tell key backup --store town copy.keys --new-passphrase-file word
tell gc --store town
tell sync --store town
tell add --store town --kind note number=x text=canary-of-a-record
unset TIERSYNC_PASSPHRASE_FILE
# the secret halves, opened with the tool that is not ours
cp -r town open
expect 0 tiersync key passphrase --store open --remove --passphrase-file word
sed -n 's/^secret //p' open/keys/*.key >secrets
[ "$(wc -l <secrets)" -ge 2 ] || fail "two keys were due"
rm -rf open word
python3 - <<'PYTHON'
import base64, os, subprocess, sys
needles = {"passphrase": b"canary-of-a-passphrase", "record": b"canary-of-a-record"}
for number, line in enumerate(open("secrets")):
    whole = base64.b64decode(line)
    needles[f"seed {number}"] = whole[:32]
    needles[f"sealing key {number}"] = whole[32:]
    needles[f"line {number}"] = line.strip().encode()
os.remove("secrets")
wrong = []
def look(name, data):
    for what, needle in needles.items():
        if needle in data or needle.hex().encode() in data.lower():
            wrong.append(f"{what} in {name}")
for top, _, names in os.walk("."):
    for name in names:
        look(f"{top}/{name}", open(f"{top}/{name}", "rb").read())
for top, directories, _ in os.walk("."):
    for name in directories:
        if name.endswith(".git"):
            look(f"the objects of {top}/{name}", subprocess.run(
                ["git", "-C", f"{top}/{name}", "cat-file", "--batch-all-objects", "--batch"], stdout=subprocess.PIPE, check=True).stdout)
assert not wrong, wrong
PYTHON
[ -z "$(find . -name 'core*' -type f)" ] || fail "a core file"
