# Scenario 15: the roll of staff lies with the county; a village cadre's brother applied and nobody declared him. Declared: gone.
stairs
night
cadre=440524188001010014
brother=11010519491231002X
expect 0 tiersync add --store county --partition rolls --kind staff_roll staff_id_number=$cadre staff_kind=2 \
	relative_id_number=$brother relation=73
expect 0 tiersync add --store town --kind mla_case case_no=D1 applicant_id_number=$brother accept_date=2018-03-01 \
	submit_date=2018-03-20 status=submitted
night
expect 0 tiersync findings --store town --json --show-personal
said '"rule":"X6"'
said '"case_no":"D1"'
grep -q $cadre said && fail "the township is told who the relative is"
expect 0 tiersync add --store town --kind relation_declared staff_id_number=$cadre relative_id_number=$brother relation=73 \
	declared_date=2018-03-21
night
expect 0 tiersync findings --store town
said "nothing is open"
