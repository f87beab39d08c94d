# Threats 6 and 7: replays. The same bundle again, a hundred times, and twenty old ones in any order after newer ones: no new
# commit, no other head, and what is owed to the sender stays the same.
tiny_kind
stairs
night
n=0
while [ $n -lt 20 ]; do
	n=$((n + 1))
	expect 0 tiersync add --store town --kind note number=$n text=甲
	expect 0 tiersync bundle --store town --to $county --out night-$n.tsb
done
expect 0 tiersync take --store county night-20.tsb
[ "$(head_of town)" = "$(head_of county)" ] || fail "two heads"
frozen county >county.frozen
for again in 1 2 3 4 5 6 7 8 9 10; do
	expect 0 tiersync take --store county night-20.tsb night-20.tsb night-20.tsb night-20.tsb night-20.tsb \
		night-20.tsb night-20.tsb night-20.tsb night-20.tsb night-20.tsb
done
said "taken before, nothing to do"
unchanged county
head=$(head_of county)
edits=$(git -C county/partitions/$town.git rev-list --count refs/heads/main)
for old in 7 3 19 1 12 20 5 16 2 18 9 4 14 11 6 17 8 13 10 15; do
	expect 0 tiersync take --store county night-$old.tsb
	[ "$(head_of county)" = "$head" ] || fail "bundle $old moved the head"
done
[ "$(git -C county/partitions/$town.git rev-list --count refs/heads/main)" -eq "$edits" ] || fail "new commits"
night
[ "$(head_of town)" = "$head" ] && [ "$(head_of county)" = "$head" ] && [ "$(head_of city)" = "$head" ] || fail "heads differ"
