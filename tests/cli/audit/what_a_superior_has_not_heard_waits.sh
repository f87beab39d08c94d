# An office's own write that a withdrawal no longer covers, before its superior has heard of it: its audit says that it waits, and
# nothing is wrong; at the superior, and once the superior's word has come, it is judged like any other.
mkdir kinds
cat >kinds/case.json <<'JSON'
{"x-kind": "case", "x-title": {"zh": "个案", "en": "case"}, "x-key": ["number"], "type": "object", "additionalProperties": false,
 "required": ["number"], "properties": {
  "number": {"x-field": 1, "type": "integer"},
  "grant": {"x-field": 2, "type": "integer", "x-authority": ["county"]}}}
JSON
stairs
night
expect 0 tiersync add --store town --kind case number=1
expect 0 tiersync roster delegate --store county $town --kind case --field grant
night
expect 0 tiersync roster withdraw --store county $town --kind case --field grant --hard
expect 0 tiersync set --store town number=1 grant=500 # it has not heard of it
expect 0 tiersync bundle --store county --to $town --out word.tsb
expect 0 tiersync take --store town word.tsb
expect 0 tiersync audit --store town
said 'waiting    1 writes'
expect 0 tiersync audit --store town --json
said '"unheard":1'
night
expect 0 tiersync audit --store county
expect 0 tiersync audit --store town
! grep -q waiting said || fail "still said to wait: $(cat said)"
[ -z "$(tiersync get --store town number=1 | grep grant)" ] || fail "the write without right stands"
