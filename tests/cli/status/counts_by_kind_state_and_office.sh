# Status counts records by kind and state, and says what each office has to do; --json by partition.
stairs
policy_pack city
rolls 100
expect 0 tiersync import --store town --kind mla_case rolls/mla_case.csv
cases=$(tail -n +2 rolls/mla_case.csv | wc -l)
expect 0 tiersync add --store town --kind aid_ticket ticket_no=T1 status=opened opened_at=2018-02-23T10:00:00+08:00 first_asked=李四
night
expect 0 tiersync status --store county
said "mla_case $(printf '%18d' "$cases")  minimum living allowance case: submitted $cases"
said 'aid_ticket                1  request at the one-stop window: opened 1'
said 'to do (tiersync due):'
said '湘潭县 430321000000'
LC_ALL=zh_CN.UTF-8 expect 0 tiersync status --store town
said "最低生活保障: 已上报 $cases"
expect 0 tiersync status --store city --json
said "{\"type\":\"count\",\"partition\":\"$town\",\"kind\":\"mla_case\",\"status\":\"submitted\",\"count\":$cases}"
said "{\"type\":\"office\",\"office\":\"$town\",\"late\":1,"
