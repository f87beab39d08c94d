# Seed 5: a fire at 22:00, cash at 23:00, the papers nine days later: never refused, and late only when the papers are.
pilot
policy_pack county
expect 0 tiersync add --store county --kind ta_case case_no=F1 applicant_id_number=11010519491231002X ta_kind=1 path=1 cause=1 \
	reserve_fund=true status=reported reported_at=2018-03-01T22:00:00+08:00 handler=王五
expect 0 tiersync due --store county --at 2018-03-01T22:30:00+08:00 --json
said '"limit":"pay_first"'
said '"due":"2018-03-02T22:00:00+08:00","left":23,"unit":"hours"'
expect 0 tiersync set --store county case_no=F1 status=paid_first paid_at=2018-03-01T23:00:00+08:00 amount_fen=200000
expect 0 tiersync due --store county --at 2018-03-15 --json
said '"limit":"paperwork"'
said '"state":"due"'
said '"due":"2018-03-15","left":0,"unit":"working_days"'
expect 0 tiersync due --store county --at 2018-03-16
said '1 late'
expect 0 tiersync set --store county case_no=F1 status=paperwork
expect 0 tiersync set --store county case_no=F1 status=closed paperwork_done=2018-03-10
expect 0 tiersync due --store county --at 2018-03-16
said '0 late'
