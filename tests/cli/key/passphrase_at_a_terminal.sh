# At a terminal a person is asked, and nothing is shown.
tiny_kind
root_office city
expect 0 at_terminal 'canary
canary' "$TIERSYNC" key passphrase --store city
if grep canary said; then fail "the terminal showed it"; fi
grep -q argon2id city/keys/node.key || fail "the prompt"
expect 0 at_terminal canary "$TIERSYNC" add --store city --kind note number=8
expect 4 at_terminal other "$TIERSYNC" add --store city --kind note number=9
expect 2 at_terminal '' "$TIERSYNC" add --store city --kind note number=9
expect 2 at_terminal 'canary
a
b' "$TIERSYNC" key passphrase --store city
said 'not the same'
expect 0 at_terminal 'canary' "$TIERSYNC" key passphrase --store city --remove
expect 0 tiersync add --store city --kind note number=9
expect 0 at_terminal 'three
three' "$TIERSYNC" init --store third --node $town --level township --name 镇 --passphrase
grep -q argon2id third/keys/node.key || fail "init"
