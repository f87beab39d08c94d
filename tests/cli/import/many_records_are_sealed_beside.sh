# Past some hundred new records another thread seals. The same ids and the same tree come out, whatever is mixed in between.
root_office city
repository=city/partitions/$city.git
"$TIERSYNC_SOURCE/tools/generate" --cases 1500 --township $city --out many
expect 0 tiersync import --store city --kind mla_case many/mla_case.csv
said "1500 added"
tiersync export --store city --kind mla_case --format csv >all.csv
expect 0 tiersync import --store city --kind mla_case all.csv
said "nothing changed"

# changes, unchanged rows and new rows by turns: what is looked at waits for what is being sealed
{
	sed -n 1p many/mla_case.csv
	sed -n '2,$p' many/mla_case.csv | awk -F, -v OFS=, '{
		new = $0
		sub(/D2017/, "D2018", new)
		print new
		if (NR % 5 == 0) { sub(/湘民发〔2017〕1号/, "湘民发〔2018〕2号"); print }
		else if (NR % 3 == 0) print
	}'
} >mixed.csv
expect 0 tiersync import --store city --kind mla_case mixed.csv
said "1500 added, 300 changed, 400 unchanged"
expect 0 tiersync fsck --store city
expect 0 tiersync audit --store city
said "3000 records: opened and canonical"
git -C "$repository" fsck --strict >said 2>&1 || fail "git fsck --strict"

# a roll that is refused after the thread has begun leaves nothing behind
head=$(head_of city $city)
{
	sed 's/D2017/D2019/' many/mla_case.csv
	sed -n '2p' many/mla_case.csv | sed 's/D2017/D2019/'
} >doubled.csv
expect 3 tiersync import --store city --kind mla_case doubled.csv
[ "$(head_of city $city)" = "$head" ] || fail "a refused roll moved the head"
