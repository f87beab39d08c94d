# Where `unless` compares another value than its rule does, a change of that value alone decides anew: each step is found on the next
# night, without reading everything again, and never a day later.
mkdir kinds
cp "$TIERSYNC_SOURCE"/schema/kinds/finding.json "$TIERSYNC_SOURCE"/schema/codes/FINDING.json kinds
kind() {
	printf '{"x-kind": "%s", "x-title": {"zh": "%s", "en": "%s"}, "x-key": ["%s_no"], %s "type": "object", "additionalProperties": false,
 "required": ["%s_no"], "properties": {
  "%s_no": {"x-field": 1, "type": "integer", "x-title": {"zh": "号码", "en": "number"}},
  "who": {"x-field": 2, "type": "string", "x-title": {"zh": "谁", "en": "who"}},
  "proxy": {"x-field": 3, "type": "string", "x-title": {"zh": "代", "en": "proxy"}},
  "note": {"x-field": 4, "type": "string", "x-title": {"zh": "注", "en": "note"}}}}\n' "$1" "$1" "$1" "$1" "$2" "$1" "$1" >"kinds/$1.json"
}
kind aid '"x-excludes": [{"rule": "E", "kind": "bar", "match": {"who": "who"}, "tells": "own", "unless": {"kind": "excuse", "match": {"proxy": "who"}}, "x-title": {"zh": "不可兼得", "en": "barred"}}],'
kind bar ''
kind excuse ''
root_office
expect 0 tiersync add --store city --kind bar bar_no=1 who=x
expect 0 tiersync add --store city --kind excuse excuse_no=1 who=p
expect 0 tiersync add --store city --kind aid aid_no=1 who=x proxy=p

# found N: after a check that reads only what changed, N findings are open
found() {
	expect 0 tiersync findings check --store city --json
	said '"whole":false'
	expect 0 tiersync findings --store city --json
	[ "$(grep -c '"rule":"E"' said)" = "$1" ] || fail "not $1 open: $(cat said)"
}
expect 0 tiersync findings check --store city
found 0
expect 0 tiersync set --store city aid_no=1 note=n
found 0
expect 0 tiersync set --store city aid_no=1 proxy=
found 1
expect 0 tiersync set --store city aid_no=1 proxy=p
found 0
expect 0 tiersync set --store city aid_no=1 proxy=q
found 1
expect 0 tiersync add --store city --kind excuse excuse_no=2 who=q
found 0
expect 0 tiersync set --store city excuse_no=2 who=r
found 1
expect 0 tiersync set --store city aid_no=1 who=y proxy=r
found 0
expect 0 tiersync add --store city --kind aid aid_no=2 who=x proxy=p
found 0
expect 0 tiersync set --store city aid_no=2 proxy=
found 1
