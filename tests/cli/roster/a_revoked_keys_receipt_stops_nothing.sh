# An office changes its keys and the old one is revoked before its last receipts were answered: its next bundle is taken, they are not.
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1 text=甲
night
expect 0 tiersync roster list --store county --json
key=$(grep "\"node\":\"$town\"" said | grep -oE '"key":"[0-9a-f]{32}"' | grep -oE '[0-9a-f]{32}')
expect 0 tiersync sync --store county
expect 0 tiersync sync --store town
expect 0 tiersync roster rotate --store town
expect 0 tiersync sync --store town
expect 0 tiersync sync --store county
rm -f mail/$town/*.tsb # the stick with the answer is lost
expect 0 tiersync roster revoke --store county $town --key "$key" --reason LOST
expect 0 tiersync set --store town number=1 text=乙
expect 0 tiersync sync --store town
expect 0 tiersync sync --store county
[ "$(head_of town)" = "$(head_of county)" ] || fail "two heads"
night
night
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads in the city"
for store in town county city; do
	expect 0 tiersync audit --store $store
done
