# An auditor's copy with one merge forged, one receipt dropped, one head rolled back and one foreign commit, all in one: each is named, exit
# 4. A copy of the county's store, the own store of an auditor who was granted reading, and that of one who was not, both fed by bundles;
# each with its keys and without.
# slow
case_kind
stairs
other=430321107000
office town2 $other township 青山桥镇 county
expect 0 tiersync peer add --store county $other "dir:$PWD/mail"
expect 0 tiersync peer add --store town2 $county "dir:$PWD/mail"
for who in reads blind; do
	expect 0 tiersync init --store $who --node $county.$who --level auditor --name 审计局
	expect 0 tiersync request --store $who --out $who.card
	[ $who = blind ] && read='' || read=--read
	# shellcheck disable=SC2086 # no word for the one without
	expect 0 tiersync roster grant --store county $who.card $read --fingerprint "$(fingerprint)" --out $who.answer
	expect 0 tiersync accept --store $who $who.answer --root "$root"
	expect 0 tiersync peer add --store $who $county "dir:$PWD/mail"
	expect 0 tiersync peer add --store county $county.$who "dir:$PWD/mail"
done
all() {
	for store in town town2 county city county town town2 reads blind county; do
		expect 0 tiersync sync --store $store
	done
}
expect 0 tiersync add --store town --kind case number=1 text=first
expect 0 tiersync add --store town --kind case number=2 text=first
expect 0 tiersync add --store town2 --kind case number=3 text=first
all
expect 0 tiersync set --store town2 number=3 text=second
expect 0 tiersync set --store town number=1 text=second
expect 0 tiersync set --store county --partition $town number=2 decision=yes
all
all
for store in county reads blind; do
	git -C $store/partitions/$town.git cat-file commit "$(head_of $store)" | grep -q '^merge$' || fail "the head of $store is no merge"
	expect 0 tiersync audit $store
done

damage() {
	python3 "$TIERSYNC_SOURCE/tests/cli/audit/damage.py" "$1" "$2" "$3"
}
for store in county reads blind; do
	rm -rf hostile
	cp -r $store hostile
	damage hostile $other head_rolled_back >must-say
	damage hostile $other receipt_given_dropped >>must-say
	forge merge_that_drops_one_side hostile $town
	echo "commit $forged" >>must-say
	echo "commit $(attack foreign town hostile $county)" >>must-say
	set --
	while read -r text; do
		set -- "$@" "$text"
	done <must-say
	[ $# -ge 5 ] || fail "few things are wrong"
	audit_names hostile "$@"
done
