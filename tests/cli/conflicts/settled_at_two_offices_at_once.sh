# Two offices settle the same conflicts at once, alike and otherwise: one head results, and what was settled alike is never asked again.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=first
expect 0 tiersync add --store town --kind case number=2 text=first
night
for number in 1 2; do
	expect 0 tiersync set --store town number=$number text=town
	expect 0 tiersync set --store county --partition $town number=$number text=county
done
night
waiting town value value
expect 0 tiersync resolve --store town number=1 --field text --reason R1 --take township
expect 0 tiersync resolve --store county --partition $town number=1 --field text --reason R1 --take township
expect 0 tiersync resolve --store town number=2 --field text --reason R1 --take township
expect 0 tiersync resolve --store county --partition $town number=2 --field text --reason R1 --take county
night
night
same_heads town county city
for store in town county city; do
	waiting $store value
	expect 0 tiersync fsck --store $store
done
expect 0 tiersync resolve --store city number=2 --field text --reason R1 --take county
night
night
same_heads town county city
waiting town
