# schema/reference.md is what tools/reference makes of the kinds; a kind that changes without it is named by its line.
"$TIERSYNC_SOURCE/tools/reference" --check || fail "run tools/reference"
# and every kind has a line in it, and every kind is pointed to by the table of the notice or is the program's own
for file in "$TIERSYNC_SOURCE"/schema/kinds/*.json; do
	kind=$(basename "$file" .json)
	grep -q "^### .* \`$kind\`$" "$TIERSYNC_SOURCE/schema/reference.md" || fail "$kind is not in the reference"
	case $kind in
	finding | household | low_income_cert | policy_value | time_limit | calendar) continue ;;
	esac
	grep -q "^| .*\`$kind\`" "$TIERSYNC_SOURCE/schema/README.md" || fail "$kind is not in the notice's table"
done
# a page of one's own kinds
mkdir -p own/kinds own/codes
cat >own/kinds/loan.json <<'EOF'
{"x-kind": "loan", "x-title": {"zh": "借阅", "en": "loan"}, "x-key": ["no"], "type": "object",
 "properties": {"no": {"x-field": 1, "type": "string", "x-title": {"zh": "编号"}}}}
EOF
"$TIERSYNC_SOURCE/tools/reference" own | grep -q '| 1 | 编号 | `no` no | 文字 |' || fail "its own kind is not shown"
