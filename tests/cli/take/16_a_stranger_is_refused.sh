# Threats 16 and 22: offices that this county has never heard of, under a root of their own and even under a name that it knows;
# a bundle signed again by another office that is enrolled; nothing is opened for them, nothing is changed.
tiny_kind
stairs
office town2 430321107000 township 青山桥镇 county
night
expect 0 tiersync sync --store town2 mail

# Two more roots enrol the county by its real card, so they can seal to its real key: one under the name of its own city.
for other in $city 431300000000; do
	expect 0 tiersync init --store root-$other --node $other --level city --name 他市 --root
	expect 0 tiersync schema add --store root-$other kinds/note.json
	expect 0 tiersync enrol --store root-$other county.card --out other.answer
	expect 0 tiersync add --store root-$other --kind note number=1 text=假
	expect 0 tiersync bundle --store root-$other --to $county --out from-$other.tsb
done
expect 0 tiersync add --store town --kind note number=7 text=甲
expect 0 tiersync bundle --store town --to $county --out night.tsb
frozen county >county.frozen
expect 4 tiersync take --store county from-431300000000.tsb
said "is not in the roster"
unchanged county
expect 4 tiersync take --store county from-$city.tsb
said "signature"
unchanged county
for how in as-it-is renamed; do
	attack resign $how town2 night.tsb resigned.tsb
	expect 4 tiersync take --store county resigned.tsb
	unchanged county
done
expect 0 tiersync take --store county night.tsb
