# Rules inside a record: an edit may keep what was broken before, but breaks nothing new; the message names the rule and its fields.
root_office city
person=11010519491231002X
expect 3 tiersync add --store city --kind ta_case case_no=1 applicant_id_number=$person ta_kind=2 path=1
said 'pay-first-is-emergency (先行救助只用于急难型; only an emergency is paid first)'
said 'ta_kind'
expect 0 tiersync add --store city --kind ta_case case_no=1 applicant_id_number=$person ta_kind=1 path=1 status=reported \
	reported_at=2018-03-01T22:00:00+08:00
# paid at 23:00, papers nine days later: no approval is asked for before
expect 0 tiersync set --store city case_no=1 status=paid_first paid_at=2018-03-01T23:00:00+08:00
expect 3 tiersync set --store city case_no=1 status=closed
said 'closed-has-papers'
expect 0 tiersync set --store city case_no=1 status=closed paperwork_done=2018-03-10
# an expense is decided before it is paid
expect 3 tiersync add --store city --kind ta_case case_no=2 applicant_id_number=$person ta_kind=2 path=2 status=paid \
	paid_at=2018-03-01T23:00:00+08:00
said 'expense-is-decided-first'
# a set that gains a rule changes no old record, and an edit may leave what it finds
cat >note.json <<'EOF'
{"x-kind": "note", "x-key": ["no"], "type": "object", "properties": {"no": {"x-field": 1, "type": "string"}, "a": {"x-field": 2, "type": "integer"}, "b": {"x-field": 3, "type": "integer"}}}
EOF
expect 0 tiersync schema add --store city note.json
expect 0 tiersync add --store city --kind note no=1 a=5 b=3
sed 's/"type": "object", "prop/"x-rules": [{"rule": "order", "that": ["a", "<=", "b"]}], &/' note.json >note2.json
expect 0 tiersync schema add --store city note2.json
expect 0 tiersync get --store city no=1
expect 0 tiersync set --store city no=1 a=6
expect 3 tiersync add --store city --kind note no=2 a=6 b=3
said 'rule order'
expect 0 tiersync set --store city no=1 a=2
expect 3 tiersync set --store city no=1 a=4
