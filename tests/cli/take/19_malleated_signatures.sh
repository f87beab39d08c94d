# Threat 19: signatures that stock ssh-keygen takes in other forms than the one that was written: S + L, other line lengths, junk behind
# it, another hash. Each would give the same edit a second id. No bundle brings them anywhere, and audit names them.
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1 text=甲
night
expect 0 tiersync set --store town number=1 text=乙
for kind in $(forgeries 19); do
	rm -rf hostile
	cp -r town hostile
	forge "$kind" hostile $town
	stock_tools_accept hostile "$forged"
	audit_names hostile "commit $forged"
	goes_nowhere hostile $county county
done
