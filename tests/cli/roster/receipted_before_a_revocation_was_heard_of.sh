# The county took an edit in; meanwhile the city, which had not seen it, revoked the key that signed it. What the county had receipted before it
# heard of that stays valid: it says so by a word of its own, and the city takes it. What the stolen key signs later is refused everywhere.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=first
night
night
rm -f mail/$county/$town-*
cp -r town thief
expect 0 tiersync set --store town number=1 text=honest
expect 0 tiersync bundle --store town --to $county --out honest.tsb
expect 0 tiersync take --store county honest.tsb # receipted, and not yet sent up
expect 0 tiersync roster revoke --store city $town --reason LOST
expect 0 tiersync sync --store city
expect 0 tiersync sync --store county # hears of it, then sends up
expect 0 tiersync sync --store city
expect 0 tiersync get --store city --partition $town number=1
said honest
[ "$(head_of county)" = "$(head_of city)" ] || fail "two heads"
expect 0 tiersync roster list --store city $town --json
[ "$(grep -c '"type":"key"' said)" -ge 1 ] || fail "no key is listed: $(cat said)"

# back-dated or not: what the thief signs with the key counts nowhere
expect 0 tiersync set --store thief number=1 text=stolen
expect 0 tiersync bundle --store thief --to $county --out stolen.tsb
expect 4 tiersync take --store county stolen.tsb
expect 0 tiersync audit --store county
expect 0 tiersync audit --store city

# said once: another night signs nothing more
count=$(git -C county/node.git ls-tree -r --name-only main roster/$county | wc -l)
expect 0 tiersync sync --store city
expect 0 tiersync sync --store county
[ "$(git -C county/node.git ls-tree -r --name-only main roster/$county | wc -l)" = "$count" ] || fail "said twice"
