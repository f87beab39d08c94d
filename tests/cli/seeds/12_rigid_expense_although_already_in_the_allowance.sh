# Scenario 12: a family is certified for its rigid expenses although it draws a living allowance; found in both records.
stairs
night
man=11010519491231002X
expect 0 tiersync add --store county --partition $town --kind benefit programme=02 recipient_id_number=$man begin_month=2017-01 \
	fen_month=40000
expect 0 tiersync add --store county --partition $town --kind economy_check check_no=H1 check_kind=09 applicant_id_number=$man result=1 \
	report_date=2018-01-10
expect 0 tiersync add --store county --partition $town --kind low_income_cert case_no=B1 programme=05 applicant_id_number=$man low_kind=5 \
	accept_date=2017-12-20 submit_date=2018-01-08 decision=1 decision_date=2018-01-15 valid_from=2018-01-15 valid_to=2018-12-31 \
	status=approved
night
expect 0 tiersync findings --store town --json
[ "$(grep -c '"rule":"X1"' said)" = 2 ] || fail "not found in both records"
said '"record_kind":"low_income_cert"'
said '"record_kind":"benefit"'
grep -q '"rule":"C1"' said && fail "it was checked"
expect 0 tiersync set --store county --partition $town case_no=B1 status=ended
night
expect 0 tiersync findings --store town
said "nothing is open"
