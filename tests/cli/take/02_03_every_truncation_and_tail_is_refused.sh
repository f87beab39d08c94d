# Threats 2 and 3: a bundle cut at any byte, or with anything behind its end, is refused before its inside is touched.
tiny_kind
stairs
expect 0 tiersync bundle --store town --to $city --out stranger.tsb
frozen city >city.frozen
attack cuts city stranger.tsb
attack tails city stranger.tsb
unchanged city
night
expect 0 tiersync add --store town --kind note number=7 text=甲
expect 0 tiersync bundle --store town --to $county --out night.tsb
frozen county >county.frozen
attack cuts county night.tsb
attack tails county night.tsb
size=$(stat -c %s night.tsb)
for cut in 0 1 9 10 100 $((size - 64)) $((size - 1)); do
	head -c "$cut" night.tsb >cut.tsb
	expect 3 tiersync take --store county cut.tsb
done
said truncated
cat night.tsb night.tsb >twice.tsb
expect 3 tiersync take --store county twice.tsb
said "bytes follow its end"
unchanged county
expect 0 tiersync take --store county night.tsb
