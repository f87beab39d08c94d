# Threat 31: somebody finds another object for a SHA-1 id, and puts it into a store: a record's blob, a tree, the text of a commit. The
# objects are laid under the old ids by hand here. What was signed does not rest on SHA-1: audit names the commit or the object.
tiny_kind
root_office city
for number in 1 2; do
	expect 0 tiersync add --store city --kind note number=$number text=甲
done
repository=partitions/$city.git
objects=city/$repository/objects
mkdir packs
mv $objects/pack/* packs/
for pack in packs/*.pack; do
	git -C city/$repository unpack-objects -q <"$pack"
done
expect 0 tiersync audit city
head=$(head_of city $city)
other() { # other ID-TO-REPLACE ID-TO-PUT-THERE
	rm -rf copy
	cp -r city copy
	from=copy/$repository/objects/$(echo "$2" | cut -c1-2)/$(echo "$2" | cut -c3-)
	to=copy/$repository/objects/$(echo "$1" | cut -c1-2)/$(echo "$1" | cut -c3-)
	[ -f "$from" ] && [ -f "$to" ] || fail "no such loose objects"
	chmod u+w "$to"
	cp "$from" "$to"
}
show() {
	git -C city/$repository "$@"
}
records=$(show ls-tree -r "$head" records/ | sed -n 's/.* blob \([0-9a-f]*\).*/\1/p')
for case in "$(echo "$records" | head -n 1) $(echo "$records" | tail -n 1)" \
	"$(show rev-parse "$head:records") $(show rev-parse "$head~1:records")" "$head $(show rev-parse "$head~1")"; do
	other "${case% *}" "${case#* }"
	expect 4 tiersync audit copy
	without_keys copy
	expect 4 tiersync audit copy
	expect 3 tiersync fsck --store copy
done
