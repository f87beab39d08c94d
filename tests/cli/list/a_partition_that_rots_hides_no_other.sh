# Who lists gets what can be read, is told of what cannot, and sees by the exit code that it is not all. A copy for other programs is all
# or nothing.
one_note_each
rm $held/objects/pack/*.pack
expect 7 tiersync list --store county
said "left out   易俗河镇 $town"
said '1 records'
grep -q '  note  2$' said || fail 'the other township is not listed'
expect 7 tiersync list --store county --json
said "{\"type\":\"left-out\",\"partition\":\"$town\""
said '{"type":"summary","exit":7}'
expect 0 tiersync list --store county --partition 430321107000
expect 3 tiersync list --store county --partition $town
expect 7 tiersync list --store county --where number=8 # of the other one there is nothing to list, and it was read
said '0 records'
expect 7 tiersync due --store county
said "left out   易俗河镇 $town"
expect 3 tiersync export --store county --kind note --format jsonl --out all.jsonl
[ ! -e all.jsonl ] || fail 'a part was exported'

# not each partition had the commit that is named, or any on that day: nothing is wrong with them
head=$(head_of town)
expect 0 tiersync list --store town --at "$head"
said '1 records'
grep -q 'left out' said && fail 'an intact partition is told to be unreadable'
expect 0 tiersync list --store town --at "$(TZ=UTC-8 date +%Y-%m-%d)"
said '1 records'
expect 3 tiersync list --store town --at "$(echo "$head" | tr 0-9a-f 1-9a-f0)"

# one whose head is lost may have had it
cp -r town lost
rm lost/partitions/$town.git/refs/heads/main
expect 3 tiersync list --store lost --at "$(TZ=UTC-8 date +%Y-%m-%d)"
said 'is gone'

# our own one, gone with its directory: the others are listed, but nothing at all would be no answer
rm -r county/partitions/$county.git
expect 7 tiersync list --store county
said "left out   湘潭县 $county"
rm -r town/partitions/$town.git
expect 3 tiersync list --store town
said 'is gone'
