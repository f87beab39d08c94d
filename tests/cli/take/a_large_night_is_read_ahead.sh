# Two hundred changes in one edit: from the 65th on their rows are read by another thread. What comes of it is what the township has, also
# where the county wrote meanwhile; and a record that cannot be read in the middle of it stops all of it, by its name, and changes nothing.
tiny_kind
root_office
office county $county county 湘潭县 city
office town $town township 易俗河镇 county

# notes FROM TO TEXT: rows of the import
notes() {
	seq "$1" "$2" | sed "s/.*/&,$3 &/"
}

{
	echo number,text
	notes 1 600 原
} >before.csv
expect 0 tiersync import --store town --kind note before.csv
expect 0 tiersync bundle --store town --to $county --out first
expect 0 tiersync take --store county first
expect 0 tiersync bundle --store county --to $town --out answer
expect 0 tiersync take --store town answer

{
	echo number,text
	notes 21 400 原
	notes 401 600 改
	notes 601 640 新
} >after.csv
expect 0 tiersync import --store town --kind note --full --allow-removals 100 after.csv
expect 0 tiersync bundle --store town --to $county --out night
cp -r county beside
cp -r county rotten

expect 0 tiersync take --store county night
said '40 added, 200 changed, 20 removed'
[ "$(head_of county)" = "$(head_of town)" ] || fail "another head"
tiersync list --store town --kind note --json >town.list
tiersync list --store county --partition $town --kind note --json >county.list
cmp town.list county.list || fail "other records"
expect 0 tiersync audit --store county

# the county wrote on records that the night changes too, and on others
{
	echo number,text
	notes 391 410 县
} >county.csv
expect 0 tiersync import --store beside --partition $town --kind note county.csv
expect 0 tiersync take --store beside night
said '10 records with new conflicts'
expect 0 tiersync audit --store beside

# the blob of one record that changes near the end of the rows, by its bytes in the pack
python3 - rotten/partitions/$town.git <<'PY'
import glob
import os
import subprocess
import sys

path = os.path.abspath(sys.argv[1])
git = ["git", "-C", path]
names = subprocess.run(git + ["ls-tree", "-r", "refs/heads/main:records"], capture_output=True, text=True, check=True).stdout.splitlines()
blobs = [name.split()[2] for name in names]
pack = glob.glob(path + "/objects/pack/*.pack")
assert len(pack) == 1
os.chmod(pack[0], 0o600)
listed = subprocess.run(git + ["verify-pack", "-v", pack[0]], capture_output=True, text=True, check=True).stdout.splitlines()
offsets = {line.split()[0]: int(line.split()[4]) for line in listed if len(line.split()) == 5 and line.split()[1] == "blob"}
with open(pack[0], "r+b") as file:
    for blob in blobs[-200:]:  # a third of them changes, so some of these do
        file.seek(offsets[blob] + 40)
        byte = file.read(1)[0]
        file.seek(offsets[blob] + 40)
        file.write(bytes([byte ^ 1]))
PY
frozen rotten >rotten.frozen
refused=0
tiersync take --store rotten night >said 2>&1 || refused=$?
[ $refused -ne 0 ] || fail "a record that cannot be read was passed over"
said 'is damaged or cannot be read'
unchanged rotten
