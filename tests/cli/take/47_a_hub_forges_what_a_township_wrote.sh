# Threat 47: a county with a merge of both sides' edits alters it, drops one side, adds one that is not needed, hides it below an edit of
# its own, or writes edits in the township's name. It has no key of the township: neither the city nor the township takes any of it,
# and audit names the commit, with keys and without.
# slow
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=first
expect 0 tiersync set --store town number=1 text=own
expect 0 tiersync add --store town --kind case number=2 text=first
expect 0 tiersync add --store town --kind case number=3 text=first
night
expect 0 tiersync set --store town number=1 text=second
expect 0 tiersync set --store county --partition $town number=1 decision=yes
expect 0 tiersync set --store town number=2 text=second
expect 0 tiersync set --store county --partition $town number=3 decision=no
expect 0 tiersync sync --store town
expect 0 tiersync sync --store county
git -C county/partitions/$town.git cat-file commit "$(head_of county)" | grep -q '^merge$' || fail "the county's head is no merge"
expect 0 tiersync audit county

nobody_takes_it() {
	audit_names hostile "commit $forged"
	goes_nowhere hostile $city city
	goes_nowhere hostile $town town
}
for kind in $(forgeries 47); do
	rm -rf hostile
	cp -r county hostile
	forge "$kind" hostile $town county $county
	nobody_takes_it
done
kind=edit_like_any_other # in the township's name
rm -rf hostile
cp -r county hostile
forge $kind hostile $town county $town
nobody_takes_it

# below an edit of its own, which is signed well
for kind in merge_that_drops_one_side merge_that_drops_the_other_side merge_that_is_unnecessary; do
	rm -rf hostile
	cp -r county hostile
	forge $kind hostile $town
	below=$forged
	forge edit_like_any_other hostile $town county $county
	audit_names hostile "commit $below"
	goes_nowhere hostile $city city
done

# and what it may write reaches both
expect 0 tiersync sync --store county
expect 0 tiersync sync --store city
expect 0 tiersync sync --store town
same_heads county city town
