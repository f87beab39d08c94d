# Scenario 1 of the domain notes: one man applies in two townships in the same week, both offline. The county finds it, each
# township is told of its own case and learns nothing of the other; explained by one, closed when the other withdraws,
# opened again when it comes back.
stairs
other=430321107000
office other $other township 石鼓镇 county
expect 0 tiersync peer add --store county $other "dir:$PWD/mail"
expect 0 tiersync peer add --store other $county "dir:$PWD/mail"
nights() {
	for store in town other county city county town other; do
		expect 0 tiersync sync --store "$store"
	done
}
man=11010519491231002X
expect 0 tiersync add --store town --kind mla_case case_no=D1 programme=02 applicant_id_number=$man \
	applicant_name=王小明 apply_date=2017-11-27 accept_date=2017-11-28 status=accepted
expect 0 tiersync add --store other --kind mla_case case_no=D2 programme=01 applicant_id_number=$man \
	applicant_name=王小明 apply_date=2017-11-29 accept_date=2017-11-30 status=accepted
nights
expect 0 tiersync findings --store town
said "U2"
said "D1"
said "findings explain"
expect 0 tiersync findings --store town --json
said '"rule":"U2"'
said '"others":1'
! grep -q "D2\|$other" said || fail "the township was told whose the other case is"
expect 0 tiersync findings --store other --json
said '"record_kind":"mla_case"'
! grep -q "D1\|$town" said || fail "the other township was told whose the first case is"
expect 0 tiersync findings --store county --json
[ "$(grep -c '"type":"finding"' said)" = 2 ] || fail "the county does not see both"

# nothing new on a quiet night
expect 0 tiersync sync --store county
! grep -q "^found" said || fail "a quiet night found something"

id=$(tiersync findings --store town --json | sed -n 's/.*"id":"\([0-9a-f]*\)","partition".*/\1/p')
expect 2 tiersync findings explain --store town "$id"
expect 2 tiersync findings explain --store town "$id" --reason "not a code"
expect 0 tiersync findings explain --store town "$id" --reason SAMENAME --note "two men, one number was mistyped elsewhere"
expect 0 tiersync findings --store town
said "nothing is open"
expect 3 tiersync findings explain --store town "$id" --reason AGAIN
nights
expect 0 tiersync findings --store town
said "nothing is open"
expect 0 tiersync findings --store other
said "U2"

# the other withdraws: gone in both
expect 0 tiersync set --store other case_no=D2 status=withdrawn
nights
expect 0 tiersync findings --store other
said "nothing is open"
expect 0 tiersync findings --store town --all --json
said '"state":"closed"'

# and comes back: open again in both, with what was explained before forgotten
expect 0 tiersync add --store other --kind mla_case case_no=D3 programme=01 applicant_id_number=$man status=accepted
nights
expect 0 tiersync findings --store town --json
said '"returned":1'
expect 0 tiersync findings --store other --json
said '"rule":"U2"'
expect 0 tiersync audit --store city --root "$root"
