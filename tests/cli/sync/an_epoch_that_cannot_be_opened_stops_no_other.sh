# A key ends that could open the county's own partition and the township's; the county's own cannot be opened (its configuration is not to be
# read). The word goes out all the same, the township closes its partition, and the county's epoch follows when it is mended.
tiny_kind
stairs
auditor=$county.aud
auditor audit $auditor
expect 0 tiersync add --store town --kind note number=1 text=甲
expect 0 tiersync add --store county --kind note number=2 text=乙
night
own=county/partitions/$county.git
cp -r $own own.good
echo '[broken' >$own/config
expect 7 tiersync roster revoke --store county $auditor --reason LOST
said 'not closed   1 partitions'
expect 7 tiersync bundle --store county --to $town --out down.tsb
said "left out"
said $county
expect 0 tiersync take --store town down.tsb
said '1 new key epochs'
expect 0 tiersync roster list --store county $county
! grep -q 'epoch      2' said || fail "an epoch was opened that nobody holds"

# Every verb that goes over all partitions names the one and does the others.
expect 7 tiersync sync --store county
said '1 partitions that cannot be read'
expect 7 tiersync status --store county --strict
said 'CANNOT BE READ'
said '1 partitions that cannot be read'
expect 3 tiersync fsck --store county
said "WRONG      $county"
said '3 partitions, 1 records: damaged'
expect 3 tiersync gc --store county
said "$county"
test "$(find county/partitions/$town.git/objects/pack -name '*.pack' | wc -l)" = 1 || fail "the town's partition was not written anew"

cp own.good/config $own/config
night
night
expect 0 tiersync audit --store county
expect 0 tiersync set --store county number=2 text=丙
expect 0 tiersync roster list --store county $county
said 'epoch      2'
