# Overlapping days, a limit that no kind has, a neighbour's region, a code in no set: refused by name, with file and row.
stairs
policy_pack city
cat >limits.csv <<'EOF'
applies_to,limit,region,valid_from,valid_to,amount,unit
mla_case,survey,430300000000,2013-05-01,,10,working_days
mla_case,serve,430300000000,2022-01-01,,10,working_days
mla_case,county,430400000000,2022-01-01,,10,working_days
mla_case,county,430300000000,2022-01-01,,10,fortnights
mla_case,county,430300000000,2022-01-01,2021-12-31,10,working_days
EOF
expect 3 tiersync import --store city --kind time_limit limits.csv
said 'limits.csv row 2: its days overlap those of time_limit'
said '430300000000 (2012-12-12 to 2021-06-30)'
said 'limits.csv row 3: this time_limit cannot count: no kind has a limit of this name'
said 'limits.csv row 4: this time_limit cannot count: the region does not lie below the office'
said 'limits.csv row 5: column unit: field unit (期限单位): expected a code of LIMITUNIT'
said 'limits.csv row 6: rule order-valid'
said 'nothing was written'
printf '%s\n' '{"region":"430300000000","valid_from":"2026-06-01","valid_to":"2027-12-31"}' >next.jsonl
expect 3 tiersync import --store city --kind calendar next.jsonl
said 'next.jsonl row 1: its days overlap those of calendar'
# two rows of one file contradict each other too
cat >values.csv <<'EOF'
name,region,valid_from,valid_to,value
X,430300000000,2022-01-01,2022-12-31,1
X,430300000000,2022-06-01,,2
EOF
expect 3 tiersync import --store city --kind policy_value values.csv
said 'values.csv row 3: its days overlap'

# what two hubs wrote apart is told by due and status, and the later begin counts
night
expect 0 tiersync add --store county --kind policy_value name=Y region=$county valid_from=2022-01-01 valid_to=2022-12-31 value=1
expect 0 tiersync add --store city --kind policy_value name=Y region=$county valid_from=2022-06-01 value=2
night
expect 0 tiersync due --store town --at 2022-07-20
said 'policy: policy_value '
said '(430321000000): its days overlap those of another record of the same matter; from 2022-06-01 on, with '
expect 0 tiersync status --store county
said 'its days overlap'

# a calendar that ends is told before and after it has
expect 0 tiersync due --store town --at 2026-12-01
said 'policy: the calendar ends on 2026-12-31; what is due after it is counted without holidays'
expect 0 tiersync due --store town --at 2027-03-01
said 'policy: no calendar speaks of today'
