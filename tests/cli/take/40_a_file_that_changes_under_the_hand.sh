# Threat 40: a bundle's file is a link, a pipe, a device, or is replaced between the look and the use, over and over: it is opened once,
# and what was judged is what is taken.
tiny_kind
stairs
night
expect 0 tiersync add --store town --kind note number=1 text=甲
expect 0 tiersync bundle --store town --to $county --out good.tsb
python3 -c 'data = bytearray(open("good.tsb", "rb").read()); data[-20] ^= 1; open("bad.tsb", "wb").write(data)'
frozen county >county.frozen
ln -s good.tsb link.tsb
mkfifo pipe.tsb
mkdir directory.tsb
for file in link.tsb pipe.tsb directory.tsb /dev/zero; do
	status=0
	timeout 20 "$TIERSYNC" take --store county $file >said 2>&1 || status=$?
	case $status in 1 | 2 | 3) ;; *) fail "$file: exit $status" ;; esac
done
unchanged county

cp bad.tsb swapped.tsb
(while [ ! -e stop ]; do
	for file in good bad; do
		cp $file.tsb next.tsb
		mv next.tsb swapped.tsb
	done
done) &
swapper=$!
taken=0
refused=0
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	status=0
	"$TIERSYNC" take --store county swapped.tsb >said 2>&1 || status=$?
	case $status in
	0) taken=$((taken + 1)) ;;
	3 | 4) refused=$((refused + 1)) ;;
	*) fail "exit $status at $n: $(cat said)" ;;
	esac
done
touch stop
wait $swapper
[ $((taken + refused)) -eq 20 ] || fail "some runs said nothing"
expect 0 tiersync take --store county good.tsb
[ "$(head_of town)" = "$(head_of county)" ] || fail "two heads"
expect 0 tiersync audit --store county
