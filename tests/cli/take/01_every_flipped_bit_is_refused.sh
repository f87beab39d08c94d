# Threat 1: any single bit of a bundle flipped: refused with 3 or 4, nothing of its inside is touched, nor any file of the store.
# Once a night's bundle, once one whose clear manifest carries the statements that make its sender known.
tiny_kind
# slow
stairs
expect 0 tiersync bundle --store town --to $city --out stranger.tsb # the city has not heard of the township yet
frozen city >city.frozen
attack flips city stranger.tsb
unchanged city
expect 0 tiersync take --store city stranger.tsb
night
expect 0 tiersync add --store town --kind note number=7 text=甲
expect 0 tiersync bundle --store town --to $county --out night.tsb
frozen county >county.frozen
attack flips county night.tsb
unchanged county

# The same through the command line, for a sample
python3 - <<'PYTHON'
data = open("night.tsb", "rb").read()
for n in range(0, 8 * len(data), 401):
    flipped = bytearray(data)
    flipped[n // 8] ^= 1 << n % 8
    open(f"flipped-{n}.tsb", "wb").write(flipped)
PYTHON
for file in flipped-*.tsb; do
	status=0
	"$TIERSYNC" take --store county "$file" >said 2>&1 || status=$?
	case $status in 3 | 4) ;; *) fail "exit $status for $file: $(cat said)" ;; esac
	said "$file: not taken, nothing was changed"
done
unchanged county
expect 0 tiersync take --store county night.tsb
