# The script that a newcomer follows (tools/month) does what it says, twice, and in Chinese too; every command stands before its output.
# slow
LC_ALL=C.UTF-8 MONTH_DIR=$PWD/month "$TIERSYNC_SOURCE/tools/month" >english 2>&1 || {
	tail -n 20 english >&2
	fail "tools/month"
}
grep -q "^month: all as it should be" english || fail "it did not come to its end"
households=$(sed -n 's/^households: \([0-9]*\),.*/\1/p' english)
[ "$households" -ge 600 ] || fail "$households households"
[ "$(grep -c '^\$ tiersync ' english)" -ge 80 ] || fail "commands are not shown"
for word in K6 X7r "periodic review" "paid by the 10th" "王大明,1,250.00"; do
	grep -qF "$word" english || fail "not shown: $word"
done
expect 0 tiersync get --store month/430300000000 --partition 430321100000 case_no=D2017-1 --show-personal
said approved
expect 0 tiersync findings --store month/430321000000 --all --json
[ "$(grep -c '"state":"closed"' said)" = 3 ] || fail "not all findings were settled"
LC_ALL=zh_CN.UTF-8 MONTH_DIR=$PWD/month "$TIERSYNC_SOURCE/tools/month" >chinese 2>&1 || {
	tail -n 20 chinese >&2
	fail "tools/month, again"
}
grep -q "最低生活保障" chinese || fail "not in Chinese"
