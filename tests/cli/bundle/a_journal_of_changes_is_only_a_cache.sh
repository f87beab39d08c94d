# Whatever becomes of the journal of changes, a bundle carries the same edits, and a search for findings finds the same.
stairs
rolls 60
expect 0 tiersync import --store town --kind household rolls/household.csv
expect 0 tiersync import --store town --kind person rolls/person.csv
night
journal=partitions/$town.git/tiersync-changes

number() {
	printf 'household_no=430321100%06d' "$1"
}

# four edits of several sorts; the journal as it was before the last one
expect 0 tiersync set --store town "$(number 1)" housing_tenure=2
expect 0 tiersync set --store town "$(number 2)" housing_tenure=5
expect 0 tiersync remove --store town "$(number 3)"
cp "town/$journal" lagging
expect 0 tiersync set --store town "$(number 1)" housing_tenure=5
size=$(wc -c <"town/$journal")
[ "$size" -gt "$(wc -c <lagging)" ] || fail "nothing was appended"
cmp -s -n "$(wc -c <lagging)" lagging "town/$journal" || fail "it was not appended at the end"

# a dry run leaves it alone
cp "town/$journal" kept
expect 0 tiersync set --store town --dry-run "$(number 4)" housing_tenure=5
cmp -s kept "town/$journal" || fail "a dry run wrote to the journal"

# variant NAME: town as it is, with this journal; what its bundle says, and what the county then holds
variant() {
	rm -rf store hub
	cp -R town store
	cp -R county hub
	case $1 in
	whole) ;;
	deleted) rm "store/$journal" ;;
	lagging) cp lagging "store/$journal" ;;
	cut-*) head -c "${1#cut-}" kept >"store/$journal" ;;
	flipped-*) printf '\377' | dd of="store/$journal" bs=1 seek="${1#flipped-}" conv=notrunc 2>/dev/null ;;
	foreign) cp county/partitions/$town.git/tiersync-changes "store/$journal" ;;
	nonsense) head -c 5000 /dev/zero >"store/$journal" ;;
	link) ln -sf "$PWD/kept" "store/$journal" ;;
	esac
	expect 0 tiersync bundle --store store --to $county --out "$1.tsb"
	grep -E 'added|changed' said | steady >"$1.said"
	expect 0 tiersync take --store hub "$1.tsb"
	grep -E 'added|changed' said | steady >>"$1.said"
	[ "$(head_of hub)" = "$(head_of town)" ] || fail "$1: another head"
	tiersync findings --store hub --json | steady >>"$1.said"
	cmp -s whole.said "$1.said" || {
		diff whole.said "$1.said" >&2
		fail "$1: another bundle"
	}
	# the next edit mends it
	expect 0 tiersync set --store store "$(number 6)" housing_tenure=5
	expect 0 tiersync bundle --store store --to $county --out more.tsb
	expect 0 tiersync take --store hub more.tsb
	[ "$(head_of hub)" = "$(head_of store)" ] || fail "$1: another head behind it"
	expect 0 tiersync fsck --store store
}
variant whole
grep -q '1 removed' whole.said || fail "the removal is not said: $(cat whole.said)"
[ -f "hub/$journal" ] || fail "the county kept nothing of what it took"
for name in deleted lagging foreign nonsense link cut-0 cut-7 cut-$((size / 2)) cut-$((size - 1)) \
	flipped-3 flipped-$((size / 2)) flipped-$((size - 60)) flipped-$((size - 3)); do
	variant "$name"
done
[ "$(tiersync get --store town --json "$(number 1)" | grep -c .)" -gt 0 ] && cmp -s kept "town/$journal" || fail "a reader wrote to it"

# nothing in it can be read; gc takes it away, a backup does not mind
grep -q household_no "town/$journal" && fail "it is no cipher"
expect 0 tiersync backup --store town saved
expect 0 tiersync gc --store town
[ ! -e "town/$journal" ] || fail "gc left it"
expect 0 tiersync bundle --store town --to $county --out last.tsb
expect 0 tiersync take --store county last.tsb
[ "$(head_of county)" = "$(head_of town)" ] || fail "another head after gc"
