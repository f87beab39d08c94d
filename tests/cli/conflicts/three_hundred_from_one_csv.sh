# 300 conflicts are settled through one CSV in one signed edit; a file with one bad answer changes nothing.
case_kind
stairs
awk 'BEGIN { print "number,text"; for (i = 1; i <= 300; i++) print "n" i ",first" }' >base.csv
sed 's/,first/,town/' base.csv >town.csv
sed 's/,first/,county/' base.csv >county.csv
expect 0 tiersync import --store town --kind case base.csv
night
expect 0 tiersync import --store town --kind case town.csv
expect 0 tiersync import --store county --partition $town --kind case county.csv
expect 0 tiersync bundle --store town --to $county --out up.tsb
expect 0 tiersync take --store county up.tsb
said "300 records with new conflicts"
tiersync conflicts --store county --csv >asked.csv
[ "$(wc -l <asked.csv)" -eq 301 ] || fail "$(wc -l <asked.csv) rows where 301 were due"
awk 'NR == 1 { print; next } { sub(/\r$/, ""); sub(/,,$/, NR % 2 ? ",take township,R1" : ",value both,R2"); print $0 "\r" }' asked.csv >answers.csv
sed '40s/,[a-z ]*,R[12]/,maybe,R1/' answers.csv >bad.csv
before=$(head_of county)
expect 3 tiersync resolve --store county --file bad.csv
said "row 40"
[ "$(head_of county)" = "$before" ] || fail "a bad file changed something"
expect 0 tiersync resolve --store county --file answers.csv
said "300 conflicts settled in 1 edits"
waiting county
[ "$(tiersync list --store county --partition $town --where text=both --json | grep -c '"type":"record"')" -eq 150 ] || fail "not every answer took"
