# --map: columns of somebody else's making go to fields; "" passes one over; what the map gets wrong is said and nothing is written.
tiny_kind
root_office town
printf '编码,说明,备注,词\n1,甲,x,"[""a""]"\n2,乙,y,\n' >roll.csv
frozen town >town.frozen
expect 3 tiersync import --store town --kind note roll.csv
said '"编码", "说明", "备注"'
said '--map FILE'

# wrong MAP TEXT: refused with that text.
wrong() {
	printf '%s' "$1" >map.json
	expect 3 tiersync import --store town --kind note --map map.json roll.csv
	said "$2"
	unchanged town
}
wrong '{"编码": "number", "说明": "text"}' '"备注"'
wrong '{"编码": "number", "说明": "texd", "备注": ""}' '"texd"'
wrong '{"编码": "number", "说明": "number", "备注": ""}' 'mean one field'
wrong '{"编码": "number", "编码": "text"}' 'twice'
wrong '{"编码": 1}' '"编码"'
wrong '["编码"]' 'a map is a JSON object'
wrong 'number' 'JSON'
wrong '{"说明": "text", "备注": "", "编码": ""}' 'row 2'
expect 3 tiersync import --store town --kind note --map no-map.json roll.csv
said no-map.json
unchanged town

printf '{"编码": "number", "说明": "内容", "备注": "", "not in the file": "words"}' >map.json
expect 0 tiersync import --store town --kind note --map map.json roll.csv
said '2 added'
tiersync export --store town --kind note --format jsonl | sed 's/.*"number"/{"number"/' | LC_ALL=C sort >out
printf '%s\n' '{"number":1,"text":"甲","words":["a"]}' '{"number":2,"text":"乙"}' | cmp - out
expect 0 tiersync import --store town --kind note --map map.json - <<'JSON'
{"编码": 1, "说明": "甲", "备注": {"any": ["thing", 1.5]}}
{"编码": 2, "说明": "丙"}
JSON
said '1 changed, 1 unchanged'
# a name of a field that the map gives to another column is not taken twice
printf 'number,编码\n1,1\n' >twice.csv
expect 3 tiersync import --store town --kind note --map map.json twice.csv
said 'mean one field: "number", "编码"'
# a map may turn two names around
printf 'a,b\nwords,7\n' >turned.csv
printf '{"a": "text", "b": "number"}' >map.json
expect 0 tiersync import --store town --kind note --map map.json turned.csv
said '1 added'
