# One altered copy of a store for each kind of thing (damage.py): audit names that very thing and exits 4, with keys and without.
# slow
tiny_kind
stairs_of_two
for number in 1 2 3; do
	expect 0 tiersync add --store town --kind note number=$number text=甲 --note one
	expect 0 tiersync add --store town2 --kind note number=$number text=乙
	expect 0 tiersync sync --store town2
	night
done
damage() {
	python3 "$TIERSYNC_SOURCE/tests/cli/audit/damage.py" "$1" $town "$2"
}

without_keys() {
	rm -rf "$1/keys"
	find "$1" -name keyring -type d -prune -exec rm -rf {} +
}

expect 0 tiersync audit county
cp -r county bare
without_keys bare
expect 0 tiersync audit bare
said "not checked: the content of the records"
damage county list >kinds.txt
[ "$(wc -l <kinds.txt)" -gt 30 ] || fail "few kinds of damage"
while read -r kind; do
	rm -rf copy
	cp -r county copy
	damage copy "$kind" >must-say
	for round in with without; do
		[ $round = with ] || without_keys copy
		got=0
		tiersync audit copy >said 2>&1 || got=$?
		[ $got -eq 4 ] || {
			cat said >&2
			fail "$kind, $round keys: exit $got where 4 was due"
		}
		while read -r text; do
			grep -qF -- "$text" said || {
				cat said >&2
				fail "$kind, $round keys: audit does not say: $text"
			}
		done <must-say
	done
done <kinds.txt
expect 0 tiersync audit county
