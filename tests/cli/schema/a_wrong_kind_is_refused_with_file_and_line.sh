# A mistake in a kind or a code set is named with its file, its line and its place in the file; nothing is signed.
root_office city
kinds=$TIERSYNC_SOURCE/schema/kinds
wrong() {
	sed "$1" "$kinds/mla_case.json" >mla_case.json
	cmp -s mla_case.json "$kinds/mla_case.json" && fail "the mistake was not made: $1"
	line=$(diff mla_case.json "$kinds/mla_case.json" | sed -n '1s/[^0-9].*//p')
	expect 3 tiersync schema add --store city mla_case.json
	said "mla_case.json line $line, $2"
	said "$3"
}
wrong 's/"since": "accept_date", "until": "survey_date"/"since": "accept_day", "until": "survey_date"/' /x-states/limits/0 accept_day
wrong 's/"x-codes": "AREA"/"x-codes": "ARENA"/' /properties/area 'no code set "ARENA"'
wrong 's/{"lacks": \["surveyors"\]}/{"lakcs": ["surveyors"]}/' /x-rules lakcs
wrong 's/"refuse_reason": {"x-field": 22,/"refuse_reason": {"x-field": 22, "x-feild": 22,/' /properties/refuse_reason x-feild
sed 's/"x-field": 40,/"x-field": 41,/' "$kinds/mla_case.json" >mla_case.json
expect 3 tiersync schema add --store city mla_case.json
said "mla_case.json line $(grep -n '"properties"' mla_case.json | head -n 1 | cut -d : -f 1), /properties: the number 41"
sed 's/"number": 2/"number": 1/' "$TIERSYNC_SOURCE/schema/codes/AREA.json" >AREA.json
expect 3 tiersync schema add --store city AREA.json
said 'AREA.json line 5, /codes'
expect 0 tiersync schema list --store city
said 'schema set 1'

# the whole set against itself, and against one with a number moved
cp -r "$TIERSYNC_SOURCE/schema" new
expect 0 tiersync schema check "$TIERSYNC_SOURCE/schema" new
said 'old records keep their meaning'
sed -i 's/"gender": {"x-field": 4,/"gender": {"x-field": 99,/' new/kinds/person.json
expect 3 tiersync schema check "$TIERSYNC_SOURCE/schema" new
said 'person.gender: its number was 4 and is 99'

# what changes no old record is told, and the set is taken: rules by their names, a machine, what a decision rests on
cp "$TIERSYNC_SOURCE"/schema/kinds/*.json new/kinds
sed -i -e 's/"rule": "three-conditions"/"rule": "all-three"/' -e 's/\["review_meeting_date"\]/["opinion"]/' new/kinds/tk_case.json
sed -i -e 's/"is": "at_most", "shows"/"is": "equal", "shows"/' -e 's/"draft": \["accepted", "withdrawn"\]/"draft": ["accepted"]/' \
	-e 's/"x-depends-on": \["applicant_id_number"/"x-depends-on": ["region", "applicant_id_number"/' new/kinds/mla_case.json
expect 0 tiersync schema check "$TIERSYNC_SOURCE/schema" new
said 'tk_case: the rule three-conditions is gone'
said 'tk_case: the rule all-three is new'
said 'mla_case: the rule K6 is another'
said 'mla_case: another x-states'
said 'mla_case.decision: another x-depends-on'
said 'old records keep their meaning'
