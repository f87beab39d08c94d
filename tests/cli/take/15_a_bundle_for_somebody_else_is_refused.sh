# Threat 15: a bundle for the county brought to the city, and to another township: not for them, nothing is changed.
tiny_kind
stairs
office town2 430321107000 township 青山桥镇 county
night
expect 0 tiersync sync --store town2 mail
expect 0 tiersync add --store town --kind note number=7 text=甲
expect 0 tiersync bundle --store town --to $county --out night.tsb
for store in city town2 town; do
	frozen $store >$store.frozen
	expect 3 tiersync take --store $store night.tsb
	said "not addressed to"
	unchanged $store
done
expect 0 tiersync take --store county night.tsb
