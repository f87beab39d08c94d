# Threat 8: bundles are lost on the way, by chance; the next one to arrive starts at the last receipt and is taken whole.
tiny_kind
stairs
night
n=0
for is_lost in 1 0 1 1 0 1 1 1 0; do
	n=$((n + 1))
	expect 0 tiersync add --store town --kind note number=$n text=甲
	expect 0 tiersync bundle --store town --to $county --out up.tsb
	[ $is_lost -eq 0 ] || continue
	expect 0 tiersync take --store county up.tsb
	[ "$(head_of town)" = "$(head_of county)" ] || fail "bundle $n was not taken whole"
	# every second receipt is lost too
	[ $n -eq 5 ] || {
		expect 0 tiersync bundle --store county --to $town --out down.tsb
		expect 0 tiersync take --store town down.tsb
	}
done
expect 0 tiersync list --store county --kind note
said '9 records'
