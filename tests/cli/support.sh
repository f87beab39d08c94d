# Read in by tests/cli/run before a case: short words for what many cases do. Stores are directories of the scratch directory.
# shellcheck shell=sh disable=SC2034 # cases use the variables

city=430300000000
county=430321000000
town=430321100000

tiersync() {
	"$TIERSYNC" "$@"
}

fail() {
	echo "FAIL: $*" >&2
	exit 99
}

# expect CODE COMMAND...: runs it, keeps what it said in ./said (both streams), fails unless the exit code is this one.
expect() {
	wanted=$1
	shift
	got=0
	"$@" >said 2>&1 || got=$?
	[ "$got" -eq "$wanted" ] || {
		cat said >&2
		fail "exit $got where $wanted was due: $*"
	}
}

# said TEXT: the last expect printed this.
said() {
	grep -qF -- "$1" said || {
		cat said >&2
		fail "not said: $1"
	}
}

# The fingerprint in what was said last: 8 groups of 5 digits.
fingerprint() {
	grep -oE '([0-9]{5}[ -]){7}[0-9]{5}' said | head -n 1
}

# Put names in the place of what differs from run to run.
steady() {
	sed -E -e 's/([0-9]{5}[ -]){7}[0-9]{5}/FINGERPRINT/g' -e 's/[0-9a-f]{40,64}/OID/g' -e 's/[0-9a-f]{32}/ID/g' \
		-e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(\+08:00)?/TIME/g'
}

# root_office [STORE]: a city that is its own root, with the kinds of schema/, or with those of ./kinds if there are any.
root_office() {
	store=${1:-city}
	expect 0 tiersync init --store "$store" --node $city --level city --name 湘潭市 --root
	root=$(fingerprint)
	if [ -d kinds ]; then
		expect 0 tiersync schema add --store "$store" kinds/*.json
	else
		expect 0 tiersync schema add --store "$store" "$TIERSYNC_SOURCE"/schema/kinds/*.json "$TIERSYNC_SOURCE"/schema/codes/*.json
	fi
}

# tiny_kind: ./kinds with one kind, `note`: a number (its key), a text, a list of words. For tests that open stores by the thousand.
tiny_kind() {
	mkdir -p kinds
	cat >kinds/note.json <<'JSON'
{"x-kind": "note", "x-title": {"zh": "便条", "en": "note"}, "x-key": ["number"], "type": "object", "additionalProperties": false,
 "required": ["number"], "properties": {
  "number": {"x-field": 1, "type": "integer", "x-title": {"zh": "号码", "en": "number"}},
  "text": {"x-field": 2, "type": "string", "maxLength": 5000, "x-title": {"zh": "内容", "en": "text"}},
  "words": {"x-field": 3, "type": "array", "x-merge": "set", "uniqueItems": true, "items": {"type": "string", "maxLength": 20}, "x-title": {"zh": "词", "en": "words"}}}}
JSON
}

# office STORE CODE LEVEL NAME SUPERIOR-STORE: init, request, enrol, accept. Needs $root (root_office sets it).
office() {
	expect 0 tiersync init --store "$1" --node "$2" --level "$3" --name "$4"
	expect 0 tiersync request --store "$1" --out "$1.card"
	spoken=$(fingerprint)
	expect 0 tiersync enrol --store "$5" "$1.card" --fingerprint "$spoken" --out "$1.answer"
	expect 0 tiersync accept --store "$1" "$1.answer" --root "$root"
}

# by_mail: ./city, ./county and ./town exchange over ./mail.
by_mail() {
	mkdir mail
	expect 0 tiersync peer add --store county $city "dir:$PWD/mail"
	expect 0 tiersync peer add --store city $county "dir:$PWD/mail"
	expect 0 tiersync peer add --store county $town "dir:$PWD/mail"
	expect 0 tiersync peer add --store town $county "dir:$PWD/mail"
}

# stairs: a city, a county and a township in ./city, ./county, ./town, that exchange over ./mail.
stairs() {
	root_office city
	office county $county county 湘潭县 city
	office town $town township 易俗河镇 county
	by_mail
}

# auditor STORE CODE: an auditor of the county's, who may read, up to its answer in ./answer.
auditor() {
	expect 0 tiersync init --store "$1" --node "$2" --level auditor --name 审计局
	expect 0 tiersync request --store "$1" --out card
	expect 0 tiersync roster grant --store county card --fingerprint "$(fingerprint)" --read --out answer
}

# stairs_of_two: stairs, and a second township in ./town2.
stairs_of_two() {
	stairs
	office town2 430321107000 township 青山桥镇 county
	expect 0 tiersync peer add --store county 430321107000 "dir:$PWD/mail"
	expect 0 tiersync peer add --store town2 $county "dir:$PWD/mail"
}

# night: what the timers of the three run, up and down again.
night() {
	for store in town county city county town; do
		expect 0 tiersync sync --store "$store"
	done
}

# one_note_each: stairs_of_two with one note in each township, known at the county; the first township's partition there is $held.
one_note_each() {
	tiny_kind
	stairs_of_two
	expect 0 tiersync add --store town --kind note number=1 text=甲
	expect 0 tiersync add --store town2 --kind note number=2 text=乙
	night
	expect 0 tiersync sync --store town2
	expect 0 tiersync sync --store county
	held=county/partitions/$town.git
}

# rolls PERSONS: the township's rolls as CSV in ./rolls.
rolls() {
	"$TIERSYNC_SOURCE/tools/generate" --township $town --persons "$1" --out rolls
}

# head_of STORE [NODE]: the head of a partition there.
head_of() {
	git -C "$1/partitions/${2:-$town}.git" rev-parse refs/heads/main
}

# frozen STORE: every file of a store, with its bytes, as text. Compare two of them to see that nothing was changed.
frozen() {
	(cd "$1" && find . -type f ! -name tiersync.lock -exec sha256sum {} + | LC_ALL=C sort && find . -type d | LC_ALL=C sort)
}

# unchanged STORE: it is as it was when `frozen STORE >STORE.frozen` was written.
unchanged() {
	frozen "$1" >"$1.now"
	cmp -s "$1.frozen" "$1.now" || {
		diff "$1.frozen" "$1.now" >&2 || true
		fail "$1 was changed"
	}
}

# within MIB COMMAND...: the command's exit code; 99 if it needed more memory than that.
within() {
	python3 -c '
import resource, subprocess, sys
code = subprocess.run(sys.argv[2:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
if used > int(sys.argv[1]) * 1024:
    print(f"needed {used // 1024} MiB, allowed {sys.argv[1]}", file=sys.stderr)
    code = 99
sys.exit(code)' "$@"
}

# at_terminal ANSWERS COMMAND...: run it at a terminal of its own, type the answers (one a line) whenever it asks; what the terminal
# showed comes on standard output, the exit code is the command's.
at_terminal() {
	python3 -c '
import os, pty, select, sys
answers = sys.argv[1].split("\n")
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
asked = 0
while True:
    if not select.select([terminal], [], [], 30)[0]:
        sys.exit("nothing for 30 s: " + repr(shown))
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    end = shown[asked:].rstrip(b" ")
    if shown.endswith(b" ") and end[-1:] in b":]?" and answers:
        asked = len(shown)
        os.write(terminal, answers.pop(0).encode() + b"\n")
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.write(shown.decode("utf-8", "replace").replace("\r\n", "\n"))
sys.exit(code)' "$@"
}

# The program that takes damaged bundles by the thousand (tests/attack).
attack() {
	"$TIERSYNC_BUILD/tests/attack" "$@"
}

# case_kind: ./kinds with one kind, `case`, that has one of everything a conflict can be about: a natural key, a status machine, a
# decision of the county and what it rests on, a set, a keyed list, and rules that a merge can break.
case_kind() {
	mkdir -p kinds
	cat >kinds/case.json <<'JSON'
{"x-kind": "case", "x-title": {"zh": "案件", "en": "case"}, "x-key": ["number"], "type": "object", "additionalProperties": false,
 "required": ["number"], "properties": {
  "number": {"x-field": 1, "type": "string", "maxLength": 30, "x-title": {"zh": "编号", "en": "number"}},
  "text": {"x-field": 2, "type": "string", "maxLength": 200, "x-title": {"zh": "内容", "en": "text"}},
  "income": {"x-field": 3, "type": "integer", "minimum": 0, "x-unit": "fen", "x-title": {"zh": "收入", "en": "income"}},
  "decision": {"x-field": 4, "type": "string", "enum": ["yes", "no"], "x-authority": ["county", "city"], "x-depends-on": ["income", "members"],
    "x-title": {"zh": "决定", "en": "decision"}},
  "status": {"x-field": 5, "type": "string", "enum": ["draft", "sent", "granted", "refused"], "x-title": {"zh": "状态", "en": "status"},
    "x-states": {"start": ["draft"], "follow": {"draft": ["sent", "granted", "refused"], "sent": ["granted", "refused"]}}},
  "tags": {"x-field": 6, "type": "array", "x-merge": "set", "uniqueItems": true, "maxItems": 3, "items": {"type": "string", "maxLength": 20},
    "x-title": {"zh": "标签", "en": "tags"}},
  "members": {"x-field": 7, "type": "array", "x-merge": "keyed-list", "x-member-key": "name", "x-title": {"zh": "成员", "en": "members"},
    "items": {"type": "object", "required": ["name"], "properties": {
      "name": {"x-field": 1, "type": "string", "maxLength": 50}, "age": {"x-field": 2, "type": "integer"}}}}}}
JSON
}

# one STORE NUMBER: the id of the case with this number in the township's partition, as STORE shows it.
one() {
	tiersync get --store "$1" --partition $town "number=$2" --json | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p' | head -n 1
}

# waiting STORE KIND...: the kinds of the conflicts that wait there, sorted, are just these.
waiting() {
	where=$1
	shift
	tiersync conflicts --store "$where" --json | sed -n 's/.*"conflict":"\([a-z-]*\)".*/\1/p' | LC_ALL=C sort | tr '\n' ' ' >kinds.now
	[ "$(cat kinds.now)" = "${*:+$* }" ] || fail "conflicts at $where: $(cat kinds.now)where ${*:-none} were due"
}

# same_heads STORE...: the township's partition has one head in all of them.
same_heads() {
	for where in "$@"; do
		[ "$(head_of "$where")" = "$(head_of "$1")" ] || fail "$where and $1 have two heads"
	done
}

# pilot: a county that is its own root, in ./county.
pilot() {
	expect 0 tiersync init --store county --node $county --level county --name 湘潭县 --root
	expect 0 tiersync schema add --store county "$TIERSYNC_SOURCE"/schema/kinds/*.json "$TIERSYNC_SOURCE"/schema/codes/*.json
}

# policy_pack STORE: the calendar, limits, values and standards of schema/policy, in that office's own partition.
policy_pack() {
	for kind in calendar time_limit policy_value standard; do
		expect 0 tiersync import --store "$1" --kind $kind "$TIERSYNC_SOURCE/schema/policy/$kind.jsonl"
	done
}

# fake_ssh: ./fake-ssh stands for ssh: it writes its words to ./ssh.words and runs the far command here, unless the host is the name of a
# program ./far-HOST, which then plays the far end. TIERSYNC_SSH is set.
fake_ssh() {
	cat >fake-ssh <<'SH'
#!/bin/sh
printf '%s\n' "$*" >>"$(dirname "$0")/ssh.words"
while [ "$1" != -- ]; do shift; done
far=$(dirname "$0")/far-$2
[ -e "$far" ] || exec sh -c "$3"
exec "$far" "$3"
SH
	chmod +x fake-ssh
	mkdir -p path
	ln -sf "$(command -v "$TIERSYNC")" path/tiersync # what the far shell finds
	PATH=$PWD/path:$PATH
	TIERSYNC_SSH=$PWD/fake-ssh
	export PATH TIERSYNC_SSH
}

# forge KIND STORE OWNER [SIGNER [NODE]]: tests/attack/forge.py; the id of the commit it made is in $forged.
forge() {
	forged=$(python3 "$TIERSYNC_SOURCE/tests/attack/forge.py" "$@")
}

# forgeries ROW: the kinds of forged commits of that row of the threat table.
forgeries() {
	python3 "$TIERSYNC_SOURCE/tests/attack/forge.py" list "$1"
}

# refuses_forgeries ROW: each kind of forged commit of that row passes stock tools, is named by audit, and travels nowhere.
refuses_forgeries() {
	tiny_kind
	stairs
	expect 0 tiersync add --store town --kind note number=1 text=甲
	night
	expect 0 tiersync set --store town number=1 text=乙
	for kind in $(forgeries "$1"); do
		rm -rf hostile
		cp -r town hostile
		forge "$kind" hostile $town
		stock_tools_accept hostile "$forged"
		audit_names hostile "commit $forged"
		goes_nowhere hostile $county county
	done
}

# without_keys STORE: as an auditor's copy has it, without keys and salts.
without_keys() {
	rm -rf "$1/keys"
	find "$1" -name keyring -type d -prune -exec rm -rf {} +
}

# audit_names STORE TEXT...: audit of a copy says each of these and exits 4, with keys and without.
audit_names() {
	copy=$1
	shift
	rm -rf audited
	cp -r "$copy" audited
	for round in with without; do
		[ $round = with ] || without_keys audited
		expect 4 tiersync audit audited
		for text in "$@"; do
			said "$text"
		done
	done
}

# goes_nowhere STORE TO KEEPER: what became the head of the township's partition in STORE reaches no other office: either the bundle leaves
# that partition out and says so, or KEEPER (a store of TO) refuses it. It keeps its head, and the reason is in ./said.
goes_nowhere() {
	rm -f forged.tsb
	rm -rf keeper
	got=0
	tiersync bundle --store "$1" --to "$2" --out forged.tsb >said 2>&1 || got=$?
	cp -r "$3" keeper
	case $got in
	0)
		expect 7 tiersync take --store keeper forged.tsb
		said refused
		;;
	7)
		said 'left out'
		cp said reason
		expect 0 tiersync take --store keeper forged.tsb
		cp reason said
		;;
	*) fail "bundle: exit $got: $(cat said)" ;;
	esac
	[ "$(head_of keeper)" = "$(head_of "$3")" ] || fail "$kind moved a head"
	cp said reason
	expect 0 tiersync audit --store keeper
	cp reason said
}

# stock_tools_accept STORE COMMIT: git verify-commit is content, with the signers that the store exports.
stock_tools_accept() {
	expect 0 tiersync roster export-signers --store "$1" --out signers
	git -C "$1/partitions/$town.git" -c gpg.ssh.allowedSignersFile="$PWD/signers" verify-commit "$2" >stock 2>&1 ||
		fail "stock git refuses it too: $(cat stock)"
}
