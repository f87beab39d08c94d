# Before `accept` an office that is no root writes nothing and says what comes first; keys are for their owner's eyes; an unconfirmed root lowers no
# exit code but that of `status --strict`.
tiny_kind
root_office city
umask 022
expect 0 tiersync init --store town --node $town --level township --name 易俗河镇
[ "$(stat -c %a town/keys/node.key)" = 600 ] || fail "the key file is open to others"
frozen town >town.frozen
for words in "add --kind note number=1" "remove 123456" "sync" "bundle --to $city --out x" "answer town.card" "schema add kinds/note.json" \
	"roster rotate" "roster revoke $city --reason X" "peer add $city dir:." "findings check"; do
	code=0
	# shellcheck disable=SC2086 # words
	tiersync $words --store town >said 2>&1 </dev/null || code=$?
	[ $code -eq 3 ] || fail "exit $code of tiersync $words: $(cat said)"
done
expect 3 tiersync add --store town --kind note number=1
said 'accept'
unchanged town
expect 0 tiersync status --store town
said 'not enrolled yet'
expect 7 tiersync status --store town --strict

expect 0 tiersync request --store town --out town.card
expect 0 tiersync enrol --store city town.card --out town.answer
said 'unconfirmed'
expect 0 tiersync accept --store town town.answer
mkdir mail
for pair in "town $city" "city $town"; do
	# shellcheck disable=SC2086 # two words
	set -- $pair
	expect 0 tiersync peer add --store "$1" "$2" "dir:$PWD/mail"
done
expect 0 tiersync add --store town --kind note number=1
for store in town city town; do
	expect 0 tiersync sync --store $store
done
said 'the root of this office is unconfirmed'
expect 0 tiersync status --store town
expect 7 tiersync status --store town --strict
expect 0 tiersync audit --store town
expect 0 tiersync accept --store town town.answer --root "$root"
expect 0 tiersync sync --store town
grep -q unconfirmed said && fail "it was confirmed"
expect 0 tiersync status --store town --strict
expect 0 tiersync roster rotate --store town
for key in town/keys/*; do
	[ "$(stat -c %a "$key")" = 600 ] || fail "$key is open to others"
done
