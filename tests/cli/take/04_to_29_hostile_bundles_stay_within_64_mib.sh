# Threats 4, 5, 10, 15, 17, 25 to 29: bundles that a sender with good keys has written wrong, each under 64 MiB: `attack crafts`
# lists them with the exit code that each is owed. After 3 and 4 the store is as it was; after 7 no head has moved.
# noasan
tiny_kind
stairs
night
cp -r county kept
frozen county >county.frozen
head=$(head_of county)
attack crafts >crafts
[ "$(wc -l <crafts)" -gt 30 ] || fail "no crafts"
while read -r code name; do
	attack craft "$name" town county hostile.tsb
	expect "$code" within 64 "$TIERSYNC" take --store county hostile.tsb
	[ "$(head_of county)" = "$head" ] || fail "$name moved a head"
	case $code in
	3 | 4) unchanged county ;;
	*) rm -rf county && cp -r kept county ;;
	esac
done <crafts

# What needs no key: a sparse gigabyte, with and without a good beginning; standard input without an end.
expect 0 tiersync bundle --store town --to $county --out night.tsb
truncate -s 1G sparse.tsb
cp night.tsb begins-well.tsb
truncate -s 1G begins-well.tsb
truncate -s 3G three.tsb
cp -r kept/. county/
frozen county >county.frozen
for file in sparse.tsb begins-well.tsb three.tsb; do
	expect 3 within 64 "$TIERSYNC" take --store county $file
done
expect 0 tiersync peer list --store county
mkdir -p mail/$county
cp --sparse=always begins-well.tsb mail/$county/
expect 7 within 64 "$TIERSYNC" sync --store county --dry-run
head -c 20000000 /dev/zero >zeros
expect 3 within 64 "$TIERSYNC" take --store county - <zeros
unchanged county
