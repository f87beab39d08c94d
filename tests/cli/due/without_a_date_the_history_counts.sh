# A limit that names no field counts from the day on which the status was written; any kind of anybody's own may have one.
cat >loan.json <<'EOF'
{"x-kind": "loan", "x-title": {"zh": "借阅", "en": "loan"}, "x-key": ["no"], "type": "object",
 "x-states": {"field": "state", "follow": {"out": ["back"]}, "limits": [{"name": "bring", "from": "out", "to": ["back"], "days": 30}]},
 "properties": {"no": {"x-field": 1, "type": "string"}, "state": {"x-field": 2, "type": "string", "enum": ["in", "out", "back"]},
  "reader": {"x-field": 3, "type": "string"}}}
EOF
expect 0 tiersync init --store city --node $city --level city --name 湘潭市 --root
expect 0 tiersync schema add --store city loan.json
expect 0 tiersync add --store city --kind loan no=1 state=in
expect 0 tiersync set --store city no=1 state=out
expect 0 tiersync set --store city no=1 reader=李四
today=$(TZ=UTC-8 date +%Y-%m-%d)
due=$(TZ=UTC-8 date -d "$today + 30 days" +%Y-%m-%d)
expect 0 tiersync due --store city --within 40 --json
said "\"since\":\"$today\",\"due\":\"$due\",\"left\":30,\"unit\":\"days\""
expect 0 tiersync set --store city no=1 state=back
expect 0 tiersync due --store city --within 40
said '0 late, 0 due within 40 days, 0 later'
