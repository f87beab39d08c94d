# Seed 6: 431202201000 becomes 431202101000. The division's row says so; what still names the old code is found; living cases go on at the
# new office, the old partition keeps its history and its signatures; the old office's key counts no longer.
city=431200000000
county=431202000000
town=431202101000
gone=431202201000
stairs
office gone $gone township 黄岩乡 county
expect 0 tiersync peer add --store county $gone "dir:$PWD/mail"
expect 0 tiersync peer add --store gone $county "dir:$PWD/mail"
nights() {
	for store in gone town county city county town gone; do
		expect 0 tiersync sync --store "$store"
	done
}
man=11010519491231002X
other=440524188001010014
expect 0 tiersync add --store gone --kind person id_number=$man name=王小明
expect 0 tiersync add --store gone --kind mla_case case_no=D1 programme=02 applicant_id_number=$man status=accepted accept_date=2018-06-11 region=$gone
expect 0 tiersync add --store gone --kind mla_case case_no=D2 programme=02 applicant_id_number=$other status=accepted accept_date=2018-03-01 region=$gone
expect 0 tiersync set --store gone case_no=D2 status=withdrawn
expect 0 tiersync add --store county --kind region code=$gone region_name=黄岩乡 valid_from=1995-01-01 region_state=1
expect 0 tiersync add --store county --kind region code=$town region_name=黄岩镇 valid_from=1995-01-01 region_state=1
nights
expect 0 tiersync findings --store gone
said "nothing is open"
head=$(head_of city $gone)

# 2018-07-01: merged. What is refused: an end without a day, a merger into nothing or into itself
expect 3 tiersync set --store county "$(tiersync list --store county --kind region --where code=$gone --json | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p')" \
	region_state=3 valid_to=2018-06-30 successor_code=$gone
said 'no-own-successor'
region=$(tiersync list --store county --kind region --where code=$gone --json | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p')
expect 3 tiersync set --store county "$region" region_state=3
said 'ended-is-dated'
expect 0 tiersync set --store county "$region" region_state=3 valid_to=2018-06-30 successor_code=$town doc_no=湘民行发2018-9
nights
expect 0 tiersync findings --store gone --json --show-personal
[ "$(grep -c '"rule":"K7"' said)" = 1 ] || fail "not one case with the old code: $(cat said)"
said '"case_no":"D1"'
said "$town"

# the living case goes on at the new office with the day of its acceptance; until the old file ends, it is seen twice
expect 0 tiersync export --store county --partition $gone --kind mla_case --where status=accepted --format jsonl --out living.jsonl
sed -e 's/"id":"[0-9a-f]*",//' -e 's/"kind":"[a-z_]*",//' -e "s/$gone/$town/" living.jsonl >moved.jsonl
expect 0 tiersync import --store town --kind mla_case moved.jsonl
said '1 added'
nights
for store in gone town; do
	expect 0 tiersync findings --store $store --json
	said '"rule":"U2"'
done
expect 0 tiersync set --store county --partition $gone case_no=D1 status=withdrawn --note "转入黄岩镇 $town"
nights
for store in gone town; do
	expect 0 tiersync findings --store $store
	said 'nothing is open'
done
expect 0 tiersync due --store town --at 2018-07-02 --json
said '"since":"2018-06-11"'

# the old office is closed: its key counts no longer, its past does
expect 0 tiersync sync --store county
expect 0 tiersync roster revoke --store county $gone --reason MERGED
expect 0 tiersync peer remove --store county $gone
night
expect 0 tiersync add --store gone --kind person id_number=$other name=李四
expect 0 tiersync bundle --store gone --to $county --out late.tsb
expect 4 tiersync take --store county late.tsb
for store in county city; do
	expect 0 tiersync get --store $store --partition $gone --at "$head" case_no=D1
	said accepted
	said "黄岩乡 $gone"
	expect 0 tiersync get --store $store --partition $gone case_no=D1
	said withdrawn
done
expect 0 tiersync audit --store city
