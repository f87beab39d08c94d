# Threat 43: values, names, notes and file names with terminal codes and characters that turn the line around: no verb sends them on.
tiny_kind
evil=$(printf 'a\033[2Jb\033]0;x\007c\342\200\256d\302\233e\177')
root_office city
expect 3 tiersync init --store other --node $city --level city --name "$evil" --root
cat said >all
python3 - <<'PYTHON'
import json
with open("evil.jsonl", "w") as file:
    file.write(json.dumps({"number": 1, "text": "a\x1b[2Jb\x1b]0;x\x07c\u202ed\x9be\x7f", "words": ["\x1b[31m"]}) + "\n")
PYTHON
status=0
"$TIERSYNC" import --store city --kind note evil.jsonl >said 2>&1 || status=$?
cat said >>all
"$TIERSYNC" add --store city --kind note number=2 "text=$evil" --note "$evil" >>all 2>&1 || true
"$TIERSYNC" add --store city --kind note number=3 text=c --operator "$evil" >>all 2>&1 || true
for words in "get number=1" "get number=2" "list" "log" "log number=2" "blame number=2" "status" "conflicts" "roster list" "schema list" "audit" "fsck" "inspect $evil" \
	"take $evil" "get $evil" "list --where text=$evil" "export --kind $evil --format csv"; do
	# shellcheck disable=SC2086 # words are words
	"$TIERSYNC" $words --store city --show-personal >>all 2>&1 || true
done
printf '%s' "$evil" >"$(printf 'file\033[2J.tsb')"
"$TIERSYNC" take --store city "$(printf 'file\033[2J.tsb')" >>all 2>&1 || true
! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae|\xc2\x9b' all || {
	LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae|\xc2\x9b' all | cat -v >&2
	fail "a code went to the terminal"
}
[ "$(wc -l <all)" -gt 20 ] || fail "nothing was said"
