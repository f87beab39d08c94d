# The ref of the township's partition is gone (a disk). Nothing is written as if the partition were new: that would be a second root commit, which
# nobody takes, ever. It is not "no records" either. What the county holds comes home by itself.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=before
gone=town/partitions/$town.git/refs/heads/main
cp -r town early
rm early/partitions/$town.git/refs/heads/main # before the first bundle: only the salts tell
expect 3 tiersync add --store early --kind case number=2 text=lost
said 'is gone'
night
head=$(head_of town)
rm $gone
for verb in 'add --kind case number=2 text=lost' 'list' 'get number=1' 'export --kind case --format csv --out x.csv' 'fsck'; do
	expect 3 tiersync $verb --store town
	said 'is gone'
done
expect 4 tiersync audit --store town
[ ! -e $gone ] || fail "a partition was begun anew"

expect 7 tiersync sync --store town
said 'comes home'
expect 0 tiersync sync --store county
expect 7 tiersync sync --store town # it was gone when this night began
[ "$(head_of town)" = "$head" ] || fail "the partition did not come home"
expect 0 tiersync sync --store town
expect 0 tiersync add --store town --kind case number=2 text=after
night
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"
expect 0 tiersync audit --store town
expect 0 tiersync fsck --store town

cp -r county county.whole
# a hub that lost the head of a township's partition does not show it as empty, and gets it again
rm county/partitions/$town.git/refs/heads/main
expect 3 tiersync list --store county --partition $town
said 'is gone'
expect 3 tiersync fsck --store county

# the whole directory gone, salts and keys with it: the same, and it comes home with its keys
rm -rf town/partitions/$town.git
for verb in 'list' 'get number=1' 'fsck'; do
	expect 3 tiersync $verb --store town
	said 'is gone'
done
expect 7 tiersync sync --store town
said 'comes home'
cp -r county county.broken && rm -rf county && cp -r county.whole county
for _ in 1 2 3; do
	expect 0 tiersync sync --store county
	tiersync sync --store town --quiet 2>/dev/null || true
done
expect 0 tiersync sync --store town
expect 0 tiersync get --store town number=2
said after
expect 0 tiersync audit --store town
