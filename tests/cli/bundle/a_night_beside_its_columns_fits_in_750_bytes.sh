# What a nightly bundle weighs beside its columns: nothing new, a few hundred bytes; a change at both ends, the night's line and the
# receipt for what came down, signatures and all, 750 (and no key is told twice).
tiny_kind
stairs
up() {
	expect 0 tiersync bundle --store town --to $county --out up.tsb
	expect 0 tiersync take --store county up.tsb
	size=$(wc -c <up.tsb)
}
down() {
	expect 0 tiersync bundle --store county --to $town --out down.tsb
	expect 0 tiersync take --store town down.tsb
}
expect 0 tiersync add --store town --kind note number=1 text=甲 words='["a"]'
expect 0 tiersync add --store town --kind note number=2 text=乙
up
down
expect 0 tiersync set --store town number=1 text=丙
up
[ "$size" -le 750 ] || fail "the second night has $size bytes"
expect 0 tiersync set --store county --partition $town number=2 text=丁
down
expect 0 tiersync set --store town number=1 text=戊
up
# 750, and some 70 for the change itself and the office that had not signed what it starts from
[ "$size" -le 820 ] || fail "a night with a change at both ends has $size bytes"
down
up
down
up
[ "$size" -le 420 ] || fail "an idle night has $size bytes"
same_heads town county
