# Whatever answers behind ssh:// (garbage, no end, half an answer, silence, floods, our own bundle, yesterday's): the call ends in
# bounded time, the night goes on, nothing is lost, and the next call brings everything.
tiny_kind
stairs
fake_ssh
night
expect 0 tiersync add --store town --kind note number=1 text=first
expect 0 tiersync bundle --store town --to $county --out up
expect 0 tiersync answer --store county up --out yesterday
expect 0 tiersync take --store town yesterday
expect 0 tiersync add --store town --kind note number=2 text=second
head=$(head_of town)

far() { # far NAME: standard input is the script that plays the far end
	{
		echo '#!/bin/sh'
		cat
	} >"far-$1"
	chmod +x "far-$1"
}
calls() { # calls CODE NAME WORDS: a night with that peer ends with this code and these words, and the town stands as it stood
	code=$1
	shift
	expect 0 tiersync peer add --store town $county "ssh://$1"
	started=$(date +%s)
	expect "$code" tiersync sync --store town --patience 1
	said "$2"
	[ $(($(date +%s) - started)) -lt 20 ] || fail "$1 took $(($(date +%s) - started)) s"
	[ "$(head_of town)" = "$head" ] || fail "$1 moved the town's head"
	expect 0 tiersync get --store town number=2
	[ -z "$(find town -name 'spool*')" ] || fail "$1 left a file behind"
}
echo 'echo Welcome to this machine; cat >/dev/null' | far banner
calls 7 banner 'something that is no bundle'
echo 'exec yes' | far endless
calls 7 endless 'something that is no bundle'
echo 'exec sleep 60' | far silent
calls 7 silent 'silent for 1 s'
echo 'cat >/dev/null; printf TSB1; exec sleep 60' | far stops
calls 7 stops 'silent for 1 s'
echo 'exec yes >&2' | far flood
calls 7 flood 'ended with 143'
echo "TIERSYNC_STORE='$PWD/county' tiersync answer 2>/dev/null | head -c 200" | far half
calls 7 half 'truncated: it has 200 bytes'
echo 'head -c 100 >/dev/null; kill -9 $$' | far dies
calls 7 dies 'gave no answer and ended with 137'
echo 'cat >/dev/null' | far empty
calls 7 empty 'gave no answer and ended with 0'
echo 'exec cat' | far mirror
calls 7 mirror 'not addressed to'
printf '%s\n' 'printf "\033[2J\033]0;owned\007 locked\n" >&2; exit 6' | far escape
calls 7 escape 'ended with 6 and said: \u{1b}[2J\u{1b}]0;owned\u{7} locked'
echo "TIERSYNC_STORE='$PWD/county' tiersync answer 2>/dev/null | head -c 200; echo 'ssh: Connection reset by peer' >&2; exit 255" | far cut
calls 7 cut 'cut was not reached: ssh: Connection reset by peer'
echo 'echo "ssh: connect to host hub port 22: Connection refused" >&2; exit 255' | far refused
calls 7 refused 'refused was not reached: ssh: connect to host hub port 22: Connection refused'
printf '%s\n' 'printf "the far disk is full: %0400d\n  look at the disk\n" 0 >&2; exit 1' | far wordy
calls 7 wordy 'ended with 1 and said: the far disk is full: 00'
printf '%s\n' 'printf "满%0599d\n" 0 >&2; exit 1' | far cuts-a-character
calls 7 cuts-a-character 'ended with 1 and said: 00'
printf 'cat "%s"/yesterday\n' "$PWD" | far replay
expect 0 tiersync peer add --store town $county ssh://replay
expect 0 tiersync sync --store town
said 'taken before, nothing to do'
TIERSYNC_SSH=no-such-program expect 7 tiersync sync --store town
said 'there is no program no-such-program'

# not reached is no failure within the silence agreed; what answers wrongly is one all the same
expect 0 tiersync peer add --store town $county ssh://refused --every 3
expect 0 tiersync sync --store town
said 'within the silence agreed'
expect 0 tiersync peer list --store town
said '(3 days of silence are agreed)'
expect 0 tiersync peer add --store town $county ssh://half --every 3
expect 7 tiersync sync --store town
expect 0 tiersync peer add --store town $county ssh://banner --every 3
expect 7 tiersync sync --store town
expect 0 tiersync peer add --store town $county ssh://dies --every 3
expect 7 tiersync sync --store town

# one that is unreachable does not stop the others
expect 0 tiersync peer add --store county $city ssh://refused
expect 7 tiersync sync --store county
said 'sent '
[ -n "$(ls mail/$town/*.tsb)" ] || fail "the township got nothing"

expect 0 tiersync peer add --store town $county "ssh://hub$PWD/county"
expect 0 tiersync sync --store town
[ "$(head_of county)" = "$head" ] || fail "the county does not hold what was written"
expect 0 tiersync status --store town --strict
expect 0 tiersync fsck --store town
