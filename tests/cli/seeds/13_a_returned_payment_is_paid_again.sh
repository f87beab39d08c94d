# Seed 13: a payment that came back is paid again in the next month: with its reason, as a payment of its own, and late until then.
pilot
policy_pack county
payee=payee_id_number=11010519491231002X
expect 0 tiersync add --store county --kind payment batch_no=B1 programme=02 $payee period=2018-03 fen=30000 pay_status=2
id=$(tiersync list --store county --kind payment --json | grep -o '"id":"[0-9a-f]*"' | head -n 1 | cut -d '"' -f 4)
expect 3 tiersync set --store county "$id" pay_status=4
said 'returned-has-reason'
expect 0 tiersync set --store county "$id" pay_status=4 return_reason=4
expect 0 tiersync set --store county "$id" pay_status=5
expect 0 tiersync add --store county --kind payment batch_no=B2 reissue_of=B1 programme=02 $payee period=2018-03 fen=30000 pay_status=2
expect 0 tiersync due --store county --at 2018-04-12
said 'B2'
said '1 late'
id=$(tiersync list --store county --kind payment --where batch_no=B2 --json | grep -o '"id":"[0-9a-f]*"' | head -n 1 | cut -d '"' -f 4)
expect 3 tiersync set --store county "$id" pay_status=3
said 'paid-is-dated'
expect 0 tiersync set --store county "$id" pay_status=3 paid_date=2018-04-12
expect 0 tiersync due --store county --at 2018-04-12
said '0 late'
