# The table of threats in tests/README.md has all 50 rows, each names tests that are there, and no test that bears a row's number is left out.
readme=$TIERSYNC_SOURCE/tests/README.md
attack crafts | cut -d' ' -f2 >crafts
sed -n 's/^| \([0-9][0-9]\) |.*| \(.*\) |$/\1 \2/p' "$readme" >rows
n=1
while [ $n -le 50 ]; do
	[ "$(grep -c "^$(printf %02d $n) " rows)" -eq 1 ] || fail "row $n of the threat table is there no or several times"
	n=$((n + 1))
done
while read -r row names; do
	echo "$names" | tr ',' '\n' | sed 's/^ *`//; s/`$//' >names
	[ -s names ] || fail "row $row has no test"
	while read -r first second; do
		case $first in
		craft) grep -qx "$second" crafts || fail "row $row: no craft $second" ;;
		*)
			file=$TIERSYNC_SOURCE/tests/$first
			[ -f "$file" ] || [ -f "$file.sh" ] || fail "row $row: no test $first"
			[ -z "$second" ] || grep -q "^$second(void" "$file" || fail "row $row: no $second in $first"
			;;
		esac
	done <names
done <rows
for file in "$TIERSYNC_SOURCE"/tests/cli/*/[0-9][0-9]_*.sh; do
	name=$(echo "$file" | sed 's|.*/tests/||; s|\.sh$||')
	case $name in cli/seeds/* | */04_to_29_*) continue ;; esac
	grep -qF "\`$name\`" "$readme" || fail "$name is in no row of the threat table"
done
