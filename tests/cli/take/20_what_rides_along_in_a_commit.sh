# Threat 20: headers, zones and trailers that stock git passes over: a second signature, a header that nobody knows, an encoding. They
# could carry anything. No bundle brings them anywhere, and audit names them.
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1 text=甲
night
expect 0 tiersync set --store town number=1 text=乙
for kind in $(forgeries 20); do
	rm -rf hostile
	cp -r town hostile
	forge "$kind" hostile $town
	stock_tools_accept hostile "$forged"
	audit_names hostile "commit $forged"
	goes_nowhere hostile $county county
done
