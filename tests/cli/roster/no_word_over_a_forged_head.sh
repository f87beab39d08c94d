# The county took an edit in whose key was ended above it, and says so with its next bundle, by a word that names the head. Somebody with
# its disk put another merge there: the word waits, no statement names that head, and what is said of other partitions goes. It is said
# when the head is put back. The same with packs that are gone.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=first
night
night
rm -f mail/$county/$town-*
expect 0 tiersync set --store town number=1 text=honest
expect 0 tiersync set --store county --partition $town number=1 income=2
expect 0 tiersync bundle --store town --to $county --out honest.tsb
expect 0 tiersync take --store county honest.tsb
said 'merged with what was written here'
expect 0 tiersync roster revoke --store city $town --reason LOST
expect 0 tiersync bundle --store city --to $county --out down.tsb
expect 0 tiersync take --store county down.tsb

repository=county/partitions/$town.git
merge=$(head_of county)
tree=$(git -C $repository rev-parse "$merge^1^{tree}")
cp -r county holed
forged=$(git -C $repository cat-file commit "$merge" | sed "s/^tree .*/tree $tree/" | git -C $repository hash-object -w -t commit --stdin)
git -C $repository update-ref refs/heads/main "$forged"

# words STORE: how many statements the county has made
words() {
	git -C "$1/node.git" ls-tree -r --name-only main roster/$county | wc -l
}

count=$(words county)
expect 7 tiersync bundle --store county --to $city --out up.tsb
said "left out   易俗河镇 $town"
[ "$(words county)" = "$count" ] || fail "a word was said over $forged"
expect 0 tiersync take --store city up.tsb

git -C $repository update-ref refs/heads/main "$merge"
expect 0 tiersync bundle --store county --to $city --out up.tsb
[ "$(words county)" = $((count + 1)) ] || fail "it said nothing"
expect 0 tiersync take --store city up.tsb
expect 0 tiersync get --store city --partition $town number=1
said honest
[ "$(head_of county)" = "$(head_of city)" ] || fail "two heads"

rm -f holed/partitions/$town.git/objects/pack/*
expect 7 tiersync bundle --store holed --to $city --out up.tsb
said "left out   易俗河镇 $town"
[ "$(words holed)" = "$count" ] || fail "it said something"
