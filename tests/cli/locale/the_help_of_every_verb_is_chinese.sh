# LC_ALL=zh_CN.UTF-8 speaks Chinese, whether or not the system has that locale; no message of the source lacks its translation, and no line of a --help is English.
"$TIERSYNC_SOURCE/tools/messages" --check
LC_ALL=zh_CN.UTF-8 tiersync --help >help
[ "$(grep -cP '[^\x00-\x7f]' help)" -eq "$(wc -l <help)" ] || fail "a line is not Chinese: $(grep -vP '[^\x00-\x7f]' help)"
sed -n 's/^  \([a-z-]*\( [a-z-]*\)\{0,1\}\)  .*/\1/p' help | while read -r verb; do
	# shellcheck disable=SC2086 # two words
	LC_ALL=zh_CN.UTF-8 tiersync $verb --help >one
	[ "$(tail -n +2 one | grep -c '[a-z]')" -gt 3 ] || fail "$verb has no help"
	tail -n +2 one | grep . | grep -vP '[^\x00-\x7f]' && fail "of $verb"
	continue
done
# English elsewhere, and where a caller says so
[ "$(LC_ALL=de_DE.UTF-8 tiersync due --help | sed -n 2p)" = '  what is or will be late' ] || fail "not English"
[ "$(LC_ALL=C tiersync due --help | sed -n 2p)" = '  what is or will be late' ] || fail "not English"
# errors and their remedies too
LC_ALL=zh_CN.UTF-8 expect 2 tiersync nothing
said '没有命令“nothing”'
LC_ALL=zh_CN.UTF-8 expect 3 tiersync status --store nowhere
said 'nowhere 没有存储；请建立：tiersync init --store nowhere ...'
# what programs read is the same in every language
root_office city
expect 0 tiersync schema list --store city --json
mv said english
LC_ALL=zh_CN.UTF-8 expect 0 tiersync schema list --store city --json
cmp english said || fail "--json depends on the language"
