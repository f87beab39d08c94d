# The disk gives other bytes than it was given, in the pack of one township's partition at the county. The other township and the city are
# served, night after night; the one is named; what its township sent lies where it was put, and is taken once a backup is back.
one_note_each
expect 0 tiersync gc --store county
cp -r $held good
pack=$(ls $held/objects/pack/*.pack)
chmod u+w "$pack"
python3 - "$pack" <<'PY'
import sys

with open(sys.argv[1], "r+b") as pack:
    content = bytearray(pack.read())
    for at in range(60, len(content) - 40, 37):  # neither head nor tail
        content[at] ^= 0x5A
    pack.seek(0)
    pack.write(content)
PY
expect 0 tiersync set --store town number=1 text=丙
expect 0 tiersync set --store town2 number=2 text=丁
expect 0 tiersync sync --store town
expect 0 tiersync sync --store town2
expect 7 tiersync sync --store county
said 'not taken'
said '1 partitions that cannot be read'
expect 0 tiersync get --store county --partition 430321107000 number=2
said 丁
expect 0 tiersync sync --store city
expect 0 tiersync get --store city --partition 430321107000 number=2
said 丁
expect 7 tiersync status --store county --strict
said 'CANNOT BE READ'
expect 3 tiersync fsck --store county
said "WRONG      $town"
said '4 partitions'
expect 4 tiersync audit --store county
said $town
rotten=0
tiersync gc --store county >said 2>&1 || rotten=$?
[ $rotten -ne 0 ] || fail "a rotten pack was written anew"
said "$town.git"

cp good/objects/pack/* $held/objects/pack/
expect 0 tiersync sync --store county
expect 0 tiersync get --store county --partition $town number=1
said 丙
expect 0 tiersync fsck --store county
expect 0 tiersync audit --store county
