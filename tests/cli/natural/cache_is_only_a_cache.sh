# Whatever is done to the cache of natural keys, KEY=value finds what a run without a cache finds; no two records get one key.
root_office city
rolls 40
repository=city/partitions/$city.git

# keys FIELD=...: what get says of a few numbers (and of one that was never there), by the present cache.
keys() {
	for number in 1 13 77; do
		tiersync get --store city --json "household_no=$(printf '430321100%06d' "$number")" "$@" 2>&1 | head -n 1 || true
	done
}

# alike WORD [--at REV]: the same answers with the cache, without it, and with the one that was then made anew.
alike() {
	word=$1
	shift
	keys "$@" >with
	rm -f "$repository"/tiersync-keys*
	keys "$@" >without
	keys "$@" >again
	cmp -s with without && cmp -s again without || fail "$word: another answer without the cache"
}

expect 0 tiersync import --store city --kind household rolls/household.csv
[ -f "$repository/tiersync-keys" ] || fail "no cache was made"
alike "import"
[ "$(grep -c '"id":' with)" -eq 2 ] || fail "not all were found"
id=$(sed -n 1p with | grep -oE '[0-9a-f]{32}' | head -n 1)

expect 3 tiersync add --store city --kind household household_no=430321100000001 housing_tenure=1
said "$id has this natural key already"
expect 0 tiersync set --store city "$id" household_no=430321100000077
alike "another key"
[ "$(grep -c "$id" with)" -eq 1 ] || fail "not found under its new key"
expect 3 tiersync get --store city household_no=430321100000001
expect 0 tiersync remove --store city household_no=430321100000077
alike "removal"
expect 0 tiersync add --store city --kind household household_no=430321100000077 "head_id_number=$(sed -n 2p rolls/household.csv | cut -d, -f2)" \
	village_region=430321100201 housing_tenure=1
alike "the key is free again"
expect 0 tiersync import --store city --kind household rolls/household.csv
said "1 added"
alike "import after edits"

# older commits, forth and back, and the head still right behind them
for back in 0 4 2 3; do
	alike "at ~$back" --at "~$back"
done
keys --at ~4 >old
[ "$(grep -c '"id":' old)" -eq 2 ] && grep -q "$id" old || fail "the first commit looks otherwise"
alike "head"

# a flipped byte, a cut file, another cache's pages: made anew without a word
for file in tiersync-keys tiersync-keys-recent; do
	[ -f "$repository/$file" ] || expect 0 tiersync set --store city household_no=430321100000002 housing_tenure=5
	keys >with
	[ -f "$repository/$file" ] || continue
	size=$(wc -c <"$repository/$file")
	for at in 9 60 $((size - 17)); do
		cp "$repository/$file" kept
		printf '\377' | dd of="$repository/$file" bs=1 seek="$at" conv=notrunc 2>/dev/null
		keys >flipped
		cmp -s with flipped || fail "$file flipped at $at: another answer"
		head -c "$at" kept >"$repository/$file"
		keys >flipped
		cmp -s with flipped || fail "$file cut at $at: another answer"
	done
done
! ls "$repository"/*tiersync-tmp* 2>/dev/null || fail "temporary files are left"
