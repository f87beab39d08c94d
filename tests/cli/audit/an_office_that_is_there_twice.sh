# A copied disk signs other statements under the same numbers: its superior keeps both, says so, and audit reads on.
root_office city
office county $county county 湘潭县 city
cp -r county clone
for store in county clone; do
	expect 0 tiersync init --store "new-$store" --node "43032110$(echo "$store" | wc -c)000" --level township --name 新
	expect 0 tiersync request --store "new-$store" --out new.card
	expect 0 tiersync enrol --store "$store" new.card --out new.answer
	expect 0 tiersync bundle --store "$store" --to $city --out "$store.tsb"
	expect 0 tiersync take --store city "$store.tsb"
done
said "contradict"
expect 0 tiersync roster list --store city
said "disputed"
expect 0 tiersync audit --store city
expect 0 tiersync fsck --store city
