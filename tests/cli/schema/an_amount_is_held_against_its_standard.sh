# What a county grants is held against the standards that hubs keep: more than the standard for each member is found and says by which row;
# a later row bears it out, the county's own counts before the city's, and a mistake in a row is one for as long as it stands.
stairs
policy_pack city
night
man=11010519491231002X
expect 0 tiersync add --store county --partition $town --kind economy_check check_no=H1 check_kind=01 applicant_id_number=$man result=1 \
	report_date=2017-06-01
expect 0 tiersync add --store county --partition $town --kind mla_case case_no=D1 programme=02 applicant_id_number=$man status=active \
	accept_date=2017-05-10 decision=1 decision_date=2017-06-10 begin_month=2017-07 counted_members=2 amount_fen_month=56667
# found RULE...: just these are open at the township, about D1
found() {
	night
	tiersync findings --store town --json --show-personal >found.now
	[ "$(sed -n 's/.*"rule":"\(K[^"]*\)".*/\1/p' found.now | LC_ALL=C sort | tr '\n' ' ')" = "${*:+$* }" ] || fail "found: $(cat found.now)"
}
found
expect 0 tiersync set --store county case_no=D1 status=raised amount_fen_month=56668
found K6
grep -q '"shown":"标准金额 3400.00元; 标准周期 年; 执行日期 2018-01-01"' found.now || fail "not by which row: $(cat found.now)"
grep -q '"source":"L649 12"' found.now || fail "not by which law"
grep -q '"office":"430321000000"' found.now || fail "not by the county"
# nothing new on a quiet night; nothing is read anew either
expect 0 tiersync sync --store county
! grep -q "^found" said || fail "a quiet night found something"

# the county may not pay below the city's standard by its own: its row counts for its townships, before the city's
expect 0 tiersync add --store county --kind standard programme=02 area=2 class=- region=$county valid_from=2018-07-01 std_fen=350000 std_period=2
found
expect 0 tiersync findings --store town --all --json
said '"state":"closed"'
expect 0 tiersync set --store county case_no=D1 amount_fen_month=58334
found
expect 0 tiersync set --store county case_no=D1 amount_fen_month=58335
found K6
grep -q '"returned":1' found.now || fail "another finding instead of the old one"

# a typing error in a row: everybody who was within it is found, until it is set right
row=$(tiersync list --store county --kind standard --json | grep '"2018-07-01"' | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p')
expect 0 tiersync set --store county case_no=D1 amount_fen_month=58334
found
expect 0 tiersync set --store county "$row" valid_from=2017-07-01 std_fen=35000
found K6
expect 0 tiersync set --store county "$row" std_fen=350000
found

# explained by a person: stays explained, also when all is judged anew
expect 0 tiersync set --store county case_no=D1 amount_fen_month=99999
found K6
id=$(sed -n 's/.*"id":"\([0-9a-f]*\)","partition".*/\1/p' found.now)
expect 0 tiersync findings explain --store town "$id" --reason COURT --note "判决"
found
expect 0 tiersync findings check --store county
found
expect 0 tiersync audit --store city
