# A township's disk was copied and both machines go on, with the same keys and the same incarnation: each writes, each exchanges. The county
# names it, nobody is locked out, and what either wrote stands everywhere. Threat 9: one number, two bundles.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=first
night
rm -f mail/*/*.tsb
cp -r town clone
heard() { # take, where a bundle may start from what only the other machine holds: then the receipt says so, and the next one does not
	tiersync take --store "$1" "$2" >said 2>&1 || [ $? -eq 7 ] || fail "$1 does not take $2: $(cat said)"
}
bring() { # bring STORE: by stick to the county and its answer back; the county's words are in ./STORE.said
	expect 0 tiersync bundle --store "$1" --to $county --out "$1.up"
	heard county "$1.up"
	cp said "$1.said"
	expect 0 tiersync bundle --store county --to $town --out "$1.down"
	heard "$1" "$1.down"
}
expect 0 tiersync set --store town number=1 text=town
expect 0 tiersync add --store town --kind case number=2 text='by the first machine'
expect 0 tiersync set --store clone number=1 income=7
expect 0 tiersync add --store clone --kind case number=3 text='by the second machine'
bring town
grep -q 'copied disk' town.said && fail "the first machine is called a copy"
bring clone
grep -q 'numbers its bundles anew or goes back: a restored backup or a copied disk' clone.said || fail "nobody says it: $(cat clone.said)"
expect 0 tiersync take --store county clone.up --json
said '"again":true'
for round in 1 2 3; do
	expect 0 tiersync set --store town number=2 income=$((round + 10))
	expect 0 tiersync set --store clone number=3 income=$((round + 20))
	bring town
	bring clone
done
for round in 1 2 3 4 5 6; do
	bring town
	bring clone
done
same_heads town clone county
for store in town clone county; do
	for number in 1 2 3; do
		expect 0 tiersync get --store $store --partition $town number=$number --json
		cp said $store.$number
	done
	grep -q '"text":"town"' $store.1 || fail "$store lacks the first machine's text"
	grep -q '"income":7' $store.1 || fail "$store lacks the second machine's income"
	grep -q '"income":13' $store.2 || fail "$store lacks the first machine's last word"
	grep -q '"income":23' $store.3 || fail "$store lacks the second machine's last word"
	[ $store = county ] || expect 0 tiersync audit --store $store
	expect 0 tiersync fsck --store $store
done
# the two lines that one number stands under are evidence, and stay it
expect 4 tiersync audit --store county
said "$town signed two lines with number"
said 'two histories, or a copied disk'
expect 0 tiersync bundle --store county --to $city --out county.up
expect 0 tiersync take --store city county.up
same_heads county city
expect 0 tiersync audit --store city

# a restore draws another incarnation, so the two are told apart from then on
expect 0 tiersync backup --store clone "$PWD/kept"
expect 0 tiersync restore --store anew kept
[ "$(git -C anew/node.git show main:identity | grep incarnation)" != "$(git -C clone/node.git show main:identity | grep incarnation)" ] ||
	fail "a restored store has the incarnation of the one that it was"
