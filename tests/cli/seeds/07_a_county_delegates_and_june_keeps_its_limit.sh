# A county delegates from 1 July 2022 on (20 working days instead of 30): cases accepted in June keep their limit, everywhere.
stairs
policy_pack city
expect 0 tiersync add --store county --kind time_limit applies_to=mla_case limit=whole region=$county valid_from=2022-07-01 \
	amount=20 unit=working_days doc_no=县民发2022-7
night
for day in 2022-06-30 2022-07-01; do
	expect 0 tiersync add --store town --kind mla_case case_no=$day status=opinion accept_date=$day opinion_date=$day \
		applicant_id_number=11010519491231002X
done
night
for store in town county city; do
	expect 0 tiersync due --store $store --at 2022-07-20 --within 30 --json
	said '"key":"2022-06-30","rule":"MLA21 22","since":"2022-06-30","due":"2022-08-11"'
	said '"key":"2022-07-01","rule":"MLA21 22","policy":"县民发2022-7","since":"2022-07-01","due":"2022-07-29"'
done
# a later rule ends the older one by itself, and changes nothing that began before
expect 0 tiersync add --store county --kind time_limit applies_to=mla_case limit=whole region=$county valid_from=2022-08-01 \
	amount=15 unit=working_days
night
expect 0 tiersync due --store town --at 2022-07-20 --within 30 --json
said '"due":"2022-08-11"'
said '"due":"2022-07-29"'
