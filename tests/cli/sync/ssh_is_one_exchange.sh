# A township calls its county, the county its city: one run brings the edits up, the decisions down, and what was confirmed.
tiny_kind
stairs
fake_ssh
mv county "the county's"
expect 0 tiersync peer add --store town $county "ssh://tiersync@hub:2222$PWD/the county's"
expect 0 tiersync peer add --store "the county's" $city "ssh://city$PWD/city"
expect 0 tiersync peer remove --store "the county's" $town
expect 0 tiersync add --store town --kind note number=1 text=first
expect 0 tiersync sync --store town
said 'sent '
said 'holds all up to'
grep -q -- "-p 2222 -l tiersync -- hub tiersync answer --store '$PWD/the county'\\\\''s'" ssh.words || {
	cat ssh.words >&2
	fail "other words for ssh"
}
grep -q BatchMode=yes ssh.words || fail "ssh may ask somebody"
expect 0 tiersync sync --store "the county's"
[ "$(head_of town)" = "$(head_of city)" ] || fail "the edit is not at the city"

# both write; one call, and both have one head
expect 0 tiersync set --store "the county's" --partition $town number=1 text=county
expect 0 tiersync add --store town --kind note number=2 text=second
expect 0 tiersync sync --store town
expect 0 tiersync sync --store town
[ "$(head_of town)" = "$(head_of "the county's")" ] || fail "two heads"
expect 0 tiersync status --store town --strict

# a dry run calls nobody
: >ssh.words
expect 0 tiersync sync --store town --dry-run
[ ! -s ssh.words ] || fail "a dry run called"

# the verb by itself: words aside, the answer on standard output; the same bundle again gets an answer again
expect 0 tiersync add --store town --kind note number=3 text=third
expect 0 tiersync bundle --store town --to $county --out up
tiersync answer --store "the county's" <up >down 2>words
grep -q 'answered ' words || fail "no word about the answer"
head -c 4 down | grep -q TSB1 || fail "something beside the answer on standard output"
tiersync answer --store "the county's" --quiet <up >down.again 2>words
[ ! -s words ] || fail "--quiet is not quiet"
expect 2 tiersync answer --store "the county's" --json up
expect 0 tiersync answer --store "the county's" --json --out down.third up
said '"type":"sent"'
expect 0 tiersync take --store town down
expect 0 tiersync take --store town down.again
expect 0 tiersync take --store town down.third
frozen "the county's" >county.frozen
expect 0 tiersync answer --store "the county's" --dry-run up
mv "the county's" county
unchanged county
expect 3 tiersync answer --store county </dev/null
said 'standard input: not taken, nothing was changed'
expect 3 tiersync answer --store county /dev/null
head -c 100 up >cut
expect 3 tiersync answer --store county cut
said 'nothing was changed'
expect 3 tiersync answer --store city down
said "not addressed to"
unchanged county

# a disk that takes nothing: the message names where, not what came
{
	trap '' XFSZ # what is over the limit is then an error
	ulimit -f 0
	tiersync answer --store county
} <up 2>&1 | cat >words
grep -q 'cannot write county/spool: File too large' words || fail "does not say where: $(cat words)"
unchanged county
