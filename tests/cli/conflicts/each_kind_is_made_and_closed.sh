# Every kind of conflict entry is made by two offices that write at once, shown with its claims and the command to type, and
# closed by each form of resolve; what was closed in one place is closed everywhere.
case_kind
stairs
for number in v m s d t1 r set; do
	expect 0 tiersync add --store town --kind case "number=$number" text=first income=100 status=draft 'tags=["a"]' 'members=[{"name":"甲","age":1}]'
done
night
waiting county
at_county="--store county --partition $town"

# value: a field, an element's rule, a member's field; `removed`: the record and a member; state; stale-decision; rule
expect 0 tiersync set --store town number=v text=town 'members=[{"name":"甲","age":2}]'
expect 0 tiersync set $at_county number=v text=county 'members=[{"name":"甲","age":3}]'
expect 0 tiersync set --store town number=m text=changed
expect 0 tiersync remove $at_county number=m
expect 0 tiersync set --store town number=s status=granted
expect 0 tiersync set $at_county number=s status=refused
expect 0 tiersync set --store town number=d income=900
expect 0 tiersync set $at_county number=d decision=yes
expect 0 tiersync add --store town --kind case number=twin text=one
expect 0 tiersync add $at_county --kind case number=twin text=two
expect 0 tiersync set --store town number=r 'tags=["a","b","c"]'
expect 0 tiersync set $at_county number=r 'tags=["a","d"]'
expect 0 tiersync set --store town number=set 'tags=["a","x"]'
expect 0 tiersync set $at_county number=set 'tags=["y"]'
night
same_heads town county city
waiting town removed rule stale-decision state twin twin value value
waiting city removed rule stale-decision state twin twin value value
expect 5 tiersync conflicts --store town --fail-on-conflicts
said "tiersync resolve"
said "内容"
said county

# sets merge by element, and nobody is asked
expect 0 tiersync get --store city --partition $town number=set --json
said '"tags":["x","y"]'

# the county's value stands; the township's is taken, at the city; a member's field by --value
expect 0 tiersync get --store town number=v --json
said '"text":"county"'
expect 0 tiersync resolve --store city number=v --field text --reason R1 --take township
expect 0 tiersync resolve --store town number=v --field 'members[甲].age' --reason R1 --value 7
expect 0 tiersync resolve --store town number=m --reason R2 --take removed
expect 0 tiersync resolve $at_county number=s --field status --reason R3 --take 430321100000
expect 0 tiersync resolve $at_county number=d --field decision --reason R4 --confirm
expect 0 tiersync resolve --store town number=r --field tags --reason R5 --accept
twin=$(tiersync list --store town --where number=twin --json | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p' | tail -n 1)
other=$(tiersync list --store town --where number=twin --json | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p' | head -n 1)
expect 0 tiersync resolve --store town "$twin" --reason R6 --same-as "$other"
night
night
same_heads town county city
for store in town county city; do
	waiting $store
	expect 0 tiersync fsck --store $store
	expect 0 tiersync audit --store $store
	expect 0 git -C $store/partitions/$town.git fsck --strict
done
expect 0 tiersync get --store county --partition $town number=v --json
said '"text":"town"'
said '"age":7'
expect 3 tiersync get --store city --partition $town number=m
expect 0 tiersync get --store town number=s --json
said '"status":"granted"'

# a rule accepted as it is lapses when its values change, and is healed by any edit
expect 0 tiersync set --store town number=r 'tags=["a"]'
waiting town

# a removed record comes back as it was
expect 0 tiersync log --store town --json
commit=$(tiersync log --store town --json | sed -n 's/.*"commit":"\([0-9a-f]*\)".*"reason":"R2".*/\1/p' | head -n 1)
expect 0 tiersync revert --store town "$commit"
expect 0 tiersync get --store town number=m --json
said '"text":"changed"'
night
same_heads town county city

# answers that cannot be: usage, unknown place, a form that does not fit, no reason
expect 2 tiersync resolve --store town number=v --field text --reason R1
expect 3 tiersync resolve --store town number=v --field text --reason R1 --take county
expect 2 tiersync resolve --store town number=v --field text --take county
