# A link to a file that went, to a heading that was renamed, a rule, a limit or a kind that is not there any more: each is named.
mkdir tree
(cd "$TIERSYNC_SOURCE" && tar cf - README.md schema src/README.md tests/README.md tests/cli tools/links tools/citylib) | tar xf - -C tree
git -C tree init -q
ln -s "$TIERSYNC_SOURCE"/tests/city tree/tests/city
links() {
	expect 1 tree/tools/links
	said "$1"
	git -C tree -c core.fileMode=false checkout -q -- . 2>/dev/null || cp -r "$TIERSYNC_SOURCE/schema" "$TIERSYNC_SOURCE/README.md" tree/
}
expect 0 tree/tools/links
said '0 dead'
sed -i 's/(statement-v1.md)/(statement-v9.md)/' tree/schema/README.md
links 'there is no schema/statement-v9.md'
sed -i 's/(reference.md#待遇-/(reference.md#待遇们-/' tree/schema/README.md
links 'has no such heading'
sed -i 's/"rule": "bill-adds-up"/"rule": "bill-adds"/' tree/schema/kinds/med_aid.json
links '医疗救助: none of its kinds has bill-adds-up'
sed -i 's/"name": "rectify"/"name": "mend"/' tree/schema/kinds/safety_check.json
links 'none of its kinds has rectify'
sed -i '/医疗救助/d' tree/schema/README.md
links 'the kind med_aid is in no row'
rm tree/tests/cli/seeds/05_*.sh
expect 1 tree/tools/links
said 'there is no tests/cli/seeds/05'
