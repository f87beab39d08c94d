# Seed 14: a county splits central money on day 31: late by one day, and not on day 30; what is split and kept stays within the amount.
stairs
expect 0 tiersync add --store county --kind fund_flow doc_no=湘财社指2018-1 fund_project=1012 region=$county source_level=1 fund_kind=1 \
	fen=1000000 status=received received_date=2018-01-01 handler=周八
expect 0 tiersync due --store county --at 2018-01-31
said '2018-01-31  today'
expect 0 tiersync due --store county --at 2018-02-01
said '1 days late'
said '周八'
id=$(tiersync list --store county --kind fund_flow --json | grep -o '"id":"[0-9a-f]*"' | head -n 1 | cut -d '"' -f 4)
expect 3 tiersync set --store county "$id" status=split split_date=2018-02-01 "split_to=[{\"region\":\"$town\",\"fen\":1000001}]"
said 'split-within-amount'
expect 0 tiersync set --store county "$id" status=split split_date=2018-02-01 kept_fen=100000 "split_to=[{\"region\":\"$town\",\"fen\":900000}]"
expect 0 tiersync due --store county --at 2018-02-01
said '0 late'
