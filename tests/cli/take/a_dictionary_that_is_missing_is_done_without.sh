# A county that lost the salts of older records cannot show its model the sample that the township used: the delta is refused by
# that name and kept, nothing is lost, and the township's next bundle comes without a sample and is taken whole.
tiny_kind
stairs
night_up() {
	expect 0 tiersync bundle --store town --to $county --out "$1.tsb"
}
i=0
while [ $i -lt 30 ]; do
	i=$((i + 1))
	echo "{\"number\": $i, \"text\": \"第${i}号\"}"
done >old.jsonl
echo '{"number": 100, "text": "新的"}' >new.jsonl
for roll in old new; do
	expect 0 tiersync import --store town --kind note $roll.jsonl
	night_up $roll
	expect 0 tiersync take --store county $roll.tsb
	expect 0 tiersync bundle --store county --to $town --out answer.tsb
	expect 0 tiersync take --store town answer.tsb
done
[ -f county/partitions/$town.git/keyring/salts-00000001 ] || fail "no salts of the first roll"
mv county/partitions/$town.git/keyring/salts-00000001 kept
before=$(head_of county)

expect 0 tiersync set --store town number=100 text=改了
night_up changed
expect 7 tiersync take --store county changed.tsb
said "records that are not the ones held here; nothing is lost, the receipt asks for it anew"
[ "$(head_of county)" = "$before" ] || fail "the county's head moved"
expect 0 tiersync fsck --store town
expect 0 tiersync bundle --store county --to $town --out answer.tsb
expect 0 tiersync take --store town answer.tsb

night_up again
expect 0 tiersync take --store county again.tsb
same_heads town county
expect 0 tiersync get --store county --partition $town number=100
said 改了

# with the salts back where they were, samples are used again after that bundle was answered
mv kept county/partitions/$town.git/keyring/salts-00000001
expect 0 tiersync bundle --store county --to $town --out answer.tsb
expect 0 tiersync take --store town answer.tsb
expect 0 tiersync set --store town number=1 text=也改了
night_up more
expect 0 tiersync take --store county more.tsb
same_heads town county
