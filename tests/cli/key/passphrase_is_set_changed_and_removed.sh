# The passphrase of the keys: set, changed, removed; by file, environment and program. The old keys go with the present one.
# slow
tiny_kind
root_office city
secret() { # the lines of all key files that are under no passphrase
	grep -l 'kdf none' "$1"/keys/*.key || true
}
echo one >one
printf 'two\r\n' >two
: >empty
expect 0 tiersync roster rotate --store city
[ "$(secret city | wc -l)" = 2 ] || fail "two keys were due"

# without a terminal nobody is asked
expect 2 tiersync key passphrase --store city
said '--new-passphrase-file'
expect 2 tiersync key passphrase --store city --new-passphrase-file empty
expect 3 tiersync key passphrase --store city --new-passphrase-file missing
expect 2 tiersync key passphrase --store city --new-passphrase-file one --remove
expect 0 tiersync key passphrase --store city --new-passphrase-file one --dry-run
[ "$(secret city | wc -l)" = 2 ] || fail "a dry run wrote"

# set: from then on every verb needs it that needs the keys
expect 0 tiersync key passphrase --store city --new-passphrase-file one
said '2 key files'
[ -z "$(secret city)" ] || fail "a key lies open"
[ "$(stat -c %a city/keys/node.key)" = 600 ] || fail "its mode"
expect 3 tiersync add --store city --kind note number=1
said 'none was given'
expect 0 tiersync status --store city
expect 0 tiersync add --store city --kind note number=1 --passphrase-file one
expect 0 env TIERSYNC_PASSPHRASE=one "$TIERSYNC" add --store city --kind note number=2
expect 0 env TIERSYNC_PASSPHRASE_FILE=one "$TIERSYNC" add --store city --kind note number=3
expect 0 env TIERSYNC_PASSPHRASE_COMMAND='cat one' "$TIERSYNC" add --store city --kind note number=4
expect 1 env TIERSYNC_PASSPHRASE_COMMAND='false' "$TIERSYNC" add --store city --kind note number=5
said 'ended with 1'
expect 3 env TIERSYNC_PASSPHRASE_COMMAND='no-such-program' "$TIERSYNC" add --store city --kind note number=5
expect 2 env TIERSYNC_PASSPHRASE_COMMAND='true' "$TIERSYNC" add --store city --kind note number=5
expect 4 env TIERSYNC_PASSPHRASE=wrong "$TIERSYNC" add --store city --kind note number=5
said 'does not open'

# changed; the same command once more changes nothing, so what a killed run left is ended by it
expect 4 tiersync key passphrase --store city --passphrase-file two --new-passphrase-file two
cp city/keys/node.key before.key
expect 0 tiersync key passphrase --store city --passphrase-file one --new-passphrase-file two
expect 0 tiersync key passphrase --store city --passphrase-file one --new-passphrase-file two
said 'nothing was changed'
cp before.key city/keys/node.key # killed before the last file
expect 0 tiersync add --store city --kind note number=5 --passphrase-file one
expect 0 tiersync key passphrase --store city --passphrase-file one --new-passphrase-file two
said '1 key files'
expect 4 tiersync add --store city --kind note number=6 --passphrase-file one
expect 0 tiersync add --store city --kind note number=6 --passphrase-file two

# new keys are under the same one
expect 0 tiersync roster rotate --store city --passphrase-file two
[ -z "$(secret city)" ] || fail "new keys lie open"
expect 0 tiersync audit --store city --passphrase-file two
said '6 records: opened'

# removed
expect 3 tiersync key passphrase --store city --remove
expect 0 tiersync key passphrase --store city --passphrase-file two --remove
expect 0 tiersync add --store city --kind note number=7
expect 0 tiersync init --store other --node $county --level county --name 湘潭县 --passphrase-file one
[ -z "$(secret other)" ] || fail "made open"
expect 3 tiersync request --store other --out card
