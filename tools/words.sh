# Read in by tools/demo and tools/month: commands are shown before they run, and stop the script when they do not end as they should.
# shellcheck shell=sh

say() {
	printf '\n== %s\n' "$*"
}

fail() {
	echo "tools/${0##*/}: $*" >&2
	exit 1
}

# The command as a person would type it.
show() {
	printf '\n$'
	for word in "$@"; do
		case $word in
		*[!A-Za-z0-9_./:=,@%+-]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '\n'
}

# expect CODE COMMAND...: show, run, print at most LINES_MAX lines of what it says (all of it stays in ./last), compare the exit code.
expect() {
	code=$1
	shift
	show "$@"
	status=0
	"$@" >last 2>&1 || status=$?
	head -n "${LINES_MAX:-12}" last
	more=$(($(wc -l <last) - ${LINES_MAX:-12}))
	[ "$more" -le 0 ] || echo "... $more lines more"
	[ "$status" -eq 0 ] || echo "(exit $status)"
	[ "$status" -eq "$code" ] || fail "exit $status where $code was due: $*"
}

run() {
	expect 0 "$@"
}

# The fingerprint in what was said last: 8 groups of 5 digits, as it is read out over the telephone.
fingerprint() {
	found=$(grep -oE '([0-9]{5}[ -]){7}[0-9]{5}' last | head -n 1)
	[ -n "$found" ] || fail "no fingerprint in: $(cat last)"
	echo "$found"
}

# enrol SUBORDINATE SUPERIOR: card up, telephone call, answer down, root pinned ($city_root).
enrol() {
	run tiersync request --store "$1" --out "$1.card"
	spoken=$(fingerprint)
	run tiersync enrol --store "$2" "$1.card" --fingerprint "$spoken" --out "$1.answer"
	run tiersync accept --store "$1" "$1.answer" --root "${city_root:?}"
}
