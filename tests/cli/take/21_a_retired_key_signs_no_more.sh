# Threat 21: an edit with a key that was retired and then revoked, dated back into the days in which it counted. Stock git verifies it
# by date. The county refuses it from whoever brings it, also where its bytes lie in the store already; what was taken before the
# revocation stays valid.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=first
night
expect 0 tiersync set --store town number=1 text=second
expect 0 tiersync sync --store town
expect 0 tiersync sync --store county
retired=$(tiersync roster list --store county --json | sed -n "s/.*\"node\":\"$town\".*\"key\":\"\([0-9a-f]*\)\".*/\1/p")
cp -r town old
expect 0 tiersync roster rotate --store town
night
expect 0 tiersync roster revoke --store county $town --reason LOST --key "$retired"
night
expect 0 tiersync audit --store county
expect 0 tiersync audit --store city

forge edit_like_any_other old $town
stock_tools_accept old "$forged"
expect 0 tiersync audit --store old # it has not heard of the revocation

# by itself
expect 0 tiersync bundle --store old --to $county --out old.tsb
frozen county >county.frozen
expect 4 tiersync take --store county old.tsb
said "another key of $town than the one known"
unchanged county

# in a bundle of the office, which holds a new key
cp -r town inside
rm -rf inside/partitions/$town.git
cp -r old/partitions/$town.git inside/partitions/
audit_names inside "$forged"
expect 0 tiersync bundle --store inside --to $county --out inside.tsb
cp -r county first
expect 7 tiersync take --store first inside.tsb
said "edit $forged is signed with a key of $town that was revoked before anybody above it had taken the edit in"
[ "$(head_of first)" = "$(head_of county)" ] || fail "it moved a head"

# its objects lie in the county's store already: nobody has judged them for that
cp -r county second
echo refs/heads/main | git -C old/partitions/$town.git pack-objects --revs --stdout -q |
	git -C second/partitions/$town.git index-pack --stdin >/dev/null
git -C second/partitions/$town.git cat-file -e "$forged"
expect 7 tiersync take --store second inside.tsb
said "edit $forged is signed with a key of $town that was revoked before anybody above it had taken the edit in"
[ "$(head_of second)" = "$(head_of county)" ] || fail "it moved a head"
for store in first second; do
	expect 0 tiersync audit --store $store
done
