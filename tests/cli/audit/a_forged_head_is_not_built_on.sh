# A merge has no signature. Somebody with the county's disk, and without its key, puts another one in the place of its head: nothing is
# written on it, no checkpoint is signed for it, no bundle is merged with it; the rest of the night still happens.
case_kind
stairs
second=430321101000
office other $second township 云湖桥镇 county
expect 0 tiersync peer add --store county $second "dir:$PWD/mail"
expect 0 tiersync peer add --store other $county "dir:$PWD/mail"
expect 0 tiersync add --store town --kind case number=1 text=first
expect 0 tiersync add --store town --kind case number=2 text=first
night
night
expect 0 tiersync set --store town number=1 text=town
expect 0 tiersync set --store county --partition $town number=2 text=county
rm -f mail/$county/*.tsb
expect 0 tiersync bundle --store town --to $county --out up
expect 0 tiersync take --store county up
said 'merged with what was written here'
cp -r county honest

# the honest merge is built on, by a run that did not make it
expect 0 tiersync set --store honest --partition $town number=2 income=1
expect 0 tiersync audit --store honest

repository=county/partitions/$town.git
merge=$(head_of county)
tree=$(git -C $repository rev-parse "$merge^1^{tree}")
forged=$(git -C $repository cat-file commit "$merge" | sed "s/^tree .*/tree $tree/" | git -C $repository hash-object -w -t commit --stdin)
git -C $repository update-ref refs/heads/main "$forged"
cp -r county robbed
expect 4 tiersync set --store county --partition $town number=1 income=5
said 'is not the merge that its parents give'
said "$forged"
expect 7 tiersync bundle --store county --to $city --out down
said "left out   易俗河镇 $town"
said "$forged"
[ "$(head_of county)" = "$forged" ] || fail "the head moved"
expect 0 tiersync set --store town number=1 income=3
expect 0 tiersync bundle --store town --to $county --out up.again
expect 4 tiersync audit --store county
said "$forged"
# the partition of somebody else goes on
expect 0 tiersync add --store other --kind case number=9 text=other
expect 0 tiersync bundle --store other --to $county --out other.up
expect 0 tiersync take --store county other.up
expect 0 tiersync get --store county --partition $second number=9
# heads that wait beside it wait on: they stop no take of another partition, and no night
cp -r county waits
git -C waits/partitions/$town.git update-ref refs/waiting/$town "$merge^2"
expect 0 tiersync set --store other number=9 text=waits
expect 0 tiersync bundle --store other --to $county --out waits.up
expect 0 tiersync take --store waits waits.up
expect 7 tiersync sync --store waits
said "left out   易俗河镇 $town"
git -C waits/partitions/$town.git rev-parse -q --verify refs/waiting/$town >/dev/null || fail "what waited is gone"
rm -rf waits mail/$city/* mail/$second/*

# no receipt names it, neither where there is something to merge nor where all is held
expect 7 tiersync take --store county up.again
said "$forged"
expect 0 tiersync bundle --store city --to $county --full --out down.full
expect 7 tiersync take --store county down.full
said "$forged"
[ "$(head_of county)" = "$forged" ] || fail "the head moved"
for name in $(git -C county/node.git ls-tree -r --name-only main receipts); do
	! git -C county/node.git show "main:$name" | grep -aqF "$forged" || fail "a receipt names it"
done
cp -r city kept
expect 7 tiersync bundle --store county --to $city --out down
expect 0 tiersync take --store city down
expect 0 tiersync get --store city --partition $second number=9
[ "$(head_of city)" = "$(head_of kept)" ] || fail "the forged head moved the city's"
# what is left out is not taken for lost: the city sends nothing again
expect 0 tiersync bundle --store city --to $county --out none
! grep -q ' edits; ' said || fail "the city sends again what the county has: $(cat said)"

# nor does a partition whose packs are gone stop the others
cp -r county holed
rm -f holed/partitions/$town.git/objects/pack/*
expect 0 tiersync set --store other number=9 text=again
expect 0 tiersync bundle --store other --to $county --out other.up
expect 0 tiersync take --store holed other.up
expect 7 tiersync bundle --store holed --to $city --out down
said "left out   易俗河镇 $town"
expect 0 tiersync take --store kept down
expect 0 tiersync get --store kept --partition $second number=9
[ "$(head_of city)" = "$(head_of kept)" ] || fail "a head moved"

# put back, it goes on
git -C $repository update-ref refs/heads/main "$merge"
expect 0 tiersync set --store county --partition $town number=1 income=5
expect 0 tiersync bundle --store town --to $county --out up.again
expect 0 tiersync take --store county up.again
said 'merged with what was written here'
expect 0 tiersync bundle --store county --to $city --out down
expect 0 tiersync audit --store county
# a merge that a checkpoint of ours names is not made again: a signature is enough
expect 0 tiersync take --store city down
