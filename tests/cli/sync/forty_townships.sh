# Three levels with forty townships below two counties: after two nights every township's head stands at its county and at the
# city, and an idle night moves nothing but a few hundred bytes for each.
# slow
tiny_kind
root_office city
mkdir mail
counties="430321000000 430381000000"
towns=
for code in $counties; do
	office "$code" "$code" county 县 city
	expect 0 tiersync peer add --store "$code" $city "dir:$PWD/mail"
	expect 0 tiersync peer add --store city "$code" "dir:$PWD/mail"
	number=0
	while [ $number -lt 20 ]; do
		number=$((number + 1))
		own=$(printf '%s%03d000' "${code%000000}" $((100 + number)))
		towns="$towns $own"
		office "$own" "$own" township "乡镇$number" "$code"
		expect 0 tiersync peer add --store "$code" "$own" "dir:$PWD/mail"
		expect 0 tiersync peer add --store "$own" "$code" "dir:$PWD/mail"
		expect 0 tiersync add --store "$own" --kind note number=$number "text=from $own"
	done
done
whole_night() {
	for store in $towns $counties city $counties $towns; do
		expect 0 tiersync sync --store "$store"
	done
}
whole_night
for own in $towns; do
	expect 0 tiersync set --store "$own" "number=$((${own%000} % 100))" "text=second"
done
for code in $counties; do
	own=${code%000000}101000
	expect 0 tiersync add --store "$code" --partition "$own" --kind note number=77 text=county
done
whole_night
for own in $towns; do
	[ "$(head_of city "$own")" = "$(head_of "$own" "$own")" ] || fail "the head of $own is not the city's"
	[ "$(head_of "${own%??????}000000" "$own")" = "$(head_of "$own" "$own")" ] || fail "the head of $own is not its county's"
done
whole_night
whole_night
largest=$(find mail -maxdepth 2 -name '*.tsb' -printf '%s\n' | sort -n | tail -n 1)
[ "$largest" -lt 900 ] || fail "an idle night moves a bundle of $largest bytes"
[ "$(find mail -maxdepth 2 -name '*.tsb' | wc -l)" -le 86 ] || fail "more than one untaken file for a sender and recipient"
expect 0 tiersync status --store city
expect 0 tiersync audit --store city
said "commits of 43 partitions"
# no office sees a sibling's rows: a township holds its own partition and those above it
[ "$(find "${counties%% *}" -maxdepth 2 -name '*.git' | wc -l)" -gt 20 ] || fail "a county holds too little"
for own in $towns; do
	[ "$(find "$own/partitions" -maxdepth 1 -name '*.git' | wc -l)" -le 3 ] || fail "$own holds a partition of somebody else"
done
