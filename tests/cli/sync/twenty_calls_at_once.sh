# Twenty townships call one county at the same moment while a clerk there imports: none fails within --wait, all are confirmed.
# slow
tiny_kind
root_office city
office county $county county 湘潭县 city
fake_ssh
towns=
number=0
while [ $number -lt 20 ]; do
	number=$((number + 1))
	code=$(printf '430321%03d000' $((100 + number)))
	towns="$towns $code"
	office "$code" "$code" township "乡镇$number" county
	expect 0 tiersync peer add --store "$code" $county "ssh://hub$PWD/county"
	expect 0 tiersync add --store "$code" --kind note number=$number "text=from $code"
done
for code in $towns; do # the county has to hold something of theirs for the clerk to write in
	expect 0 tiersync sync --store "$code"
done
first=${towns# }
first=${first%% *}
for code in $towns; do
	expect 0 tiersync set --store "$code" "number=$((${code%000} % 100))" "text=second"
done
rows() {
	python3 -c 'print("number,text"); [print(f"{i},row {i}") for i in range(1000, 4000)]'
}
rows >rows.csv
tiersync import --store county --partition "$first" --kind note rows.csv >clerk.said 2>&1 &
clerk=$!
calls=
for code in $towns; do
	(
		code_of=0
		tiersync sync --store "$code" >"$code.said" 2>&1 || code_of=$?
		echo $code_of >"$code.exit"
	) &
	calls="$calls $!"
done
wait $clerk || fail "the clerk's import failed: $(cat clerk.said)"
for call in $calls; do
	wait "$call"
done
for code in $towns; do
	[ "$(cat "$code.exit")" = 0 ] || fail "$code: exit $(cat "$code.exit"): $(cat "$code.said")"
	grep -q 'holds all up to' "$code.said" || fail "$code is not confirmed: $(cat "$code.said")"
done
expect 0 tiersync sync --store "$first"
for code in $towns; do
	[ "$(head_of county "$code")" = "$(head_of "$code" "$code")" ] || fail "$code: two heads"
	expect 0 tiersync get --store county --partition "$code" "number=$((${code%000} % 100))"
	said second
done
expect 0 tiersync export --store "$first" --kind note --format csv --out held.csv
[ "$(grep -c ',row ' held.csv)" = 3000 ] || fail "the clerk's rows are not in $first"
expect 0 tiersync audit --store county
expect 0 tiersync fsck --store county
