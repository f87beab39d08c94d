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
expect 7 tiersync due --store county
said "left out   易俗河镇 $town"
expect 3 tiersync export --store county --kind note --format jsonl --out all.jsonl
[ ! -e all.jsonl ] || fail 'a part was exported'
