# Seed 10: a laptop's clock stands four years ahead. It is told to both; who wrote last, which value stands and what is late follow from
# history, level and the county's own clock, never from what the laptop said; set right, the office goes on.
# noasan
stairs
policy_pack county
person=11010519491231002X
laptop() {
	LD_PRELOAD=$TIERSYNC_BUILD/tests/faults.so FAULTS_CLOCK=$((4 * 365 * 86400)) "$TIERSYNC" "$@" --store town
}
value() { # STORE FIELD: what stands
	tiersync get --store "$1" --partition $town id_number=$person --show-personal | sed -n "s/^  $2 *\([^ ]*\).*/\1/p"
}
expect 0 tiersync add --store town --kind person id_number=$person name=张三 phone=19900010000
night

# the laptop writes in "2030" what the county writes now, each without the other; and a case
expect 0 laptop set id_number=$person phone=19900020000 address=老街1号
expect 0 laptop add --kind mla_case case_no=A1 applicant_id_number=$person accept_date=2026-11-25 status=accepted
expect 0 tiersync set --store county --partition $town id_number=$person address=新屋2号
expect 0 laptop sync
expect 0 tiersync sync --store county
grep -q "the clock of 易俗河镇 $town is 14[56][0-9] days ahead of ours" said || fail "the clock is not told: $(cat said)"
for store in city county; do
	expect 0 tiersync sync --store $store
done
expect 0 laptop sync
same_heads town county city
waiting county value
[ "$(value city address)" = 新屋2号 ] || fail "the clock decided: $(value city address)"

# the county's next word knows the laptop's: it stands, and is no conflict, though it is four years "older"
expect 0 tiersync set --store county --partition $town id_number=$person phone=19900030000
expect 0 tiersync resolve --store county --partition $town id_number=$person --field address --reason R1 --take county
for store in county city county; do
	expect 0 tiersync sync --store $store
done
expect 0 laptop sync
waiting town
[ "$(value town phone)" = 19900030000 ] || fail "the older year lost: $(value town phone)"

# what is late is seen by the clock of who asks
expect 0 tiersync due --store county --at 2026-11-27 --json
said '"limit":"survey"'
! grep '"limit":"survey"' said | grep -q '"state":"late"' || fail "late by the laptop's clock"

# the clock is set right: its edits go on from where they were, older than their parents, and everybody takes them
expect 0 tiersync status --store town
said "our clock was ahead then, or is behind now"
expect 0 tiersync set --store town id_number=$person phone=19900040000
night
same_heads town county city
waiting city
[ "$(value city phone)" = 19900040000 ] || fail "the township could not go on: $(value city phone)"
expect 0 tiersync status --store town
! grep -q "our clock" said || fail "still told"
expect 0 tiersync audit --store city
git -C city/partitions/$town.git fsck --strict >said 2>&1 || fail "$(cat said)"
