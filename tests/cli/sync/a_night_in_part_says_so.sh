# One unreachable peer, one file that is no bundle: the rest of the night happens, the exit code is 7, the last line says what was not
# done, and --quiet does not hide why.
tiny_kind
stairs
night
expect 0 tiersync add --store town --kind note number=1 text=first
expect 0 tiersync sync --store town
mkdir away
expect 0 tiersync peer add --store county $city "dir:$PWD/away"
rmdir away
echo nonsense >"mail/$county/zz.tsb"
tiersync sync --store county >out 2>err && fail "exit 0"
tail -n 1 out | grep -q '^done in part: 1 sent, 1 taken; 1 peers or places failed, 1 files not taken, 0 bundles stopped in part$' ||
	fail "the last line is: $(tail -n 1 out)"
grep -q "away is not there; is the stick plugged in" err || fail "no reason: $(cat err)"
grep -q 'not taken  zz.tsb' err || fail "the file is not named: $(cat err)"
expect 0 tiersync get --store county --partition $town number=1
code=0
tiersync sync --store county --quiet >out 2>err || code=$?
[ $code -eq 7 ] || fail "exit $code"
grep -q "away is not there" err || fail "--quiet hides why"
mkdir away
rm "mail/$county/zz.tsb"
tiersync sync --store county --quiet >out 2>err || fail "exit $?"
[ ! -s out ] && [ ! -s err ] || fail "--quiet is not quiet: $(cat out err)"
