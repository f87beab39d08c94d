# Threat 49: somebody with a township's key removes a record to hide it. The removal is a signed edit: log says who and when, the record of
# before can be read and comes back; whoever takes the edit out of history, or the record out of a tree, is named by the audit.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=hidden
expect 0 tiersync add --store town --kind case number=2 text=other
night
id=$(one town 1)
expect 0 tiersync remove --store town number=1 --operator thief
night
removal=$(head_of town)
expect 3 tiersync get --store county --partition $town number=1
expect 0 tiersync log --store county "$id"
said thief
expect 0 tiersync get --store county --partition $town "$id" --at '~1'
said hidden
expect 0 tiersync audit --store county

# out of history: the head goes back, or another edit takes its place
rm -rf hostile
cp -r county hostile
git -C hostile/partitions/$town.git update-ref refs/heads/main "$removal~1"
audit_names hostile "edit $removal" 'rolled back'
rm -rf hostile
cp -r county hostile
kind=49
forge edit_over_another_tree hostile $town county $town
audit_names hostile "commit $forged"
goes_nowhere hostile $city city

# and it comes back
expect 0 tiersync revert --store town "$removal"
night
expect 0 tiersync get --store city --partition $town number=1
said hidden
same_heads town county city
