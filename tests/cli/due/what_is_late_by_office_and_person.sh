# What is late and what will be, soonest first: when, by how much, whose duty; the one-stop ticket is in it.
stairs
policy_pack city
night
person=11010519491231002X
expect 0 tiersync add --store town --kind aid_ticket ticket_no=T1 status=routed route=3 'to_depts=["hr"]' first_asked=李四 \
	dept_handler=赵六 opened_at=2018-02-09T10:00:00+08:00 routed_at=2018-02-09T15:00:00+08:00 applicant_id_number=$person
expect 0 tiersync add --store town --kind aid_ticket ticket_no=T2 status=opened first_asked=李四 \
	opened_at=2018-02-23T10:00:00+08:00 applicant_id_number=$person
expect 0 tiersync add --store town --kind child_case case_no=C1 child_id_number=430321201002030000 status=submitted \
	accept_date=2018-02-01 submit_date=2018-02-12 verify_date=2018-02-02 handler=王五
expect 0 tiersync add --store town --kind safety_check inst_code=I1 check_date=2018-01-10 hazard_no=1 hazard_level=2 hazard_kind=1 \
	rectify_due=2018-02-20 status=open handler=孙七
night
expect 0 tiersync due --store county --at 2018-02-24
said '2018-02-20  4 days late          易俗河镇 430321100000  safety check of an institution I1 2018-01-10 1'
said '2018-02-22  2 working days late  湘潭县 430321000000    request at the one-stop window T1'
said '赵六'
said '2018-02-24  today                易俗河镇 430321100000  request at the one-stop window T2'
grep -q 'support of a child' said && fail "thirteen days away is listed"
said '2 late, 1 due within 7 days, 1 later; 0 stand still, 0 without a date'
[ "$(head -n 1 said | cut -c 1-10)" = 2018-02-20 ] || fail "the oldest does not come first"

expect 0 tiersync due --store county --at 2018-02-24 --within 14 --office $county
said 'support of a child in difficulty C1'
grep -q 430321100000 said && fail "another office's duty is listed"
said '1 late, 1 due within 14 days, 0 later'

# a shop window shows no citizen id, and speaks Chinese where the locale does
grep -q $person said && fail "a citizen id is shown"
LC_ALL=zh_CN.UTF-8 expect 0 tiersync due --store county --at 2018-02-24
said '求助事项 T1'
said '承办部门办结'

# what is done is gone
expect 0 tiersync set --store town ticket_no=T1 status=done 'result=已落实' done_at=2018-02-24T09:00:00+08:00
expect 0 tiersync due --store town --at 2018-02-24 --kind aid_ticket --json
grep -c '"limit":"answer"' said && fail "answered, and still due"
said '"type":"due","state":"due","partition":"430321100000"'
said '"limit":"tell","zh":"结果反馈","en":"person told","status":"done","office":"430321100000","person":"李四","key":"T1"'
said '"since":"2018-02-24","due":"2018-02-26","left":1,"unit":"working_days","exact":true'
said '{"type":"summary","exit":0}'
expect 0 tiersync due --store town --at 2018-02-24 --quiet
[ ! -s said ] || fail "--quiet speaks"
expect 2 tiersync due --store town --at 24.2.2018
said 'not '"'"'24.2.2018'"'"
