# The schema set is held, and cannot be read: what was written by it is neither held as if the set had not come, nor judged without it. The
# bundle waits where it lies, and is taken once a backup is back.
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1 text=a
night
expect 0 tiersync set --store town number=1 text=b
expect 0 tiersync bundle --store town --to $county --out night.tsb
cp -r county good
python3 - county/node.git <<'PY'
import glob
import os
import subprocess
import sys

path = os.path.abspath(sys.argv[1])
git = ["git", "-C", path]
blob = subprocess.run(git + ["ls-tree", "-r", "refs/heads/main:schemas"], capture_output=True, text=True, check=True).stdout.split()[2]
for pack in glob.glob(path + "/objects/pack/*.pack"):
    for line in subprocess.run(git + ["verify-pack", "-v", pack], capture_output=True, text=True, check=True).stdout.splitlines():
        words = line.split()
        if words[0] == blob:
            os.chmod(pack, 0o600)
            with open(pack, "r+b") as file:
                file.seek(int(words[4]) + 100)
                byte = file.read(1)[0]
                file.seek(int(words[4]) + 100)
                file.write(bytes([byte ^ 1]))
PY
before=$(head_of county)
expect 1 tiersync take --store county night.tsb
said 'is damaged or cannot be read'
said 'tiersync audit says what is wrong with the store'
[ "$(head_of county)" = "$before" ] || fail 'something was taken'
expect 0 tiersync sync --store town
expect 7 tiersync sync --store county
said 'not taken'
said "to 湘潭市 $city" # the others are served
expect 0 tiersync held --store county
! grep -q "$town" said || fail 'held as if the set had not come'

rm -rf county
cp -r good county
expect 0 tiersync sync --store county
expect 0 tiersync get --store county --partition $town number=1
said ' b '

# the index of its pack does not name it any more: held, and gone, is not "not held"
expect 0 tiersync set --store town number=1 text=c
expect 0 tiersync bundle --store town --to $county --out next.tsb
python3 - county/node.git <<'PY'
import glob
import os
import subprocess
import sys

path = os.path.abspath(sys.argv[1])
listed = subprocess.run(["git", "-C", path, "ls-tree", "-r", "refs/heads/main:schemas"], capture_output=True, text=True, check=True).stdout
blob = bytes.fromhex(listed.split()[2])
for index in glob.glob(path + "/objects/pack/*.idx"):
    with open(index, "rb") as file:
        content = file.read()
    at = content.find(blob)
    if at >= 0:
        os.chmod(index, 0o600)
        with open(index, "r+b") as file:
            file.seek(at + 19)
            file.write(bytes([blob[19] ^ 1]))
PY
expect 1 tiersync take --store county next.tsb
said 'node.git schemas/'
expect 0 tiersync held --store county
! grep -q "$town" said || fail 'held as if the set had not come'
