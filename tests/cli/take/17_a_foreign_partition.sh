# Threat 17: an enrolled office signs for another: a sibling township in this one's name, an edit that says another level or partition, a
# township over its county's partition. No other office takes it; audit names it. (What a township may write of its own record but a
# field: cli_correct_17; a partition that the sender may not carry: cli_take_04_to_29.)
tiny_kind
stairs_of_two
expect 0 tiersync add --store town --kind note number=1 text=甲
night
expect 0 tiersync set --store town number=1 text=乙
for kind in $(forgeries 17); do
	rm -rf hostile
	cp -r town hostile
	forge "$kind" hostile $town
	audit_names hostile "commit $forged"
	goes_nowhere hostile $county county
done

# the sibling's key, in the township's name and in its own; a good county key in the township's name
for case in "town2 $town" "county $town"; do
	kind="edit_like_any_other by $case"
	rm -rf hostile
	cp -r town hostile
	forge edit_like_any_other hostile $town "${case% *}" "${case#* }"
	audit_names hostile "commit $forged"
	goes_nowhere hostile $county county
done
# nothing is left of it: the county takes what the township says now
expect 0 tiersync sync --store town
expect 0 tiersync sync --store county
[ "$(head_of town)" = "$(head_of county)" ] || fail "two heads"
