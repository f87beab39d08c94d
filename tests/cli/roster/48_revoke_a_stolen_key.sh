# Threat table, row 48: a township's key is stolen. Its later bundles are refused, everything that it had delivered stays valid,
# and what is written from now on is closed to it.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=lawful
night
cp -r town thief

expect 2 tiersync roster revoke --store county $town
expect 3 tiersync roster revoke --store county $town --reason 'no words'
said '1 to 16 letters or digits'
expect 3 tiersync roster revoke --store town $county --reason LOST
expect 3 tiersync roster revoke --store county 430399000000 --reason LOST
expect 0 tiersync roster revoke --store county $town --reason LOST --dry-run
expect 0 tiersync roster list --store county
said confirmed
expect 0 tiersync roster revoke --store county $town --reason LOST
said 'accepted     2 edits by it'
said '2 new key epochs'
expect 3 tiersync roster revoke --store county $town --reason LOST
said 'revoked already'

# the thief goes on, and so does the office, which has not heard of it
expect 0 tiersync add --store thief --kind case number=2 text=forged
expect 0 tiersync bundle --store thief --to $county --out forged.tsb
before=$(head_of county)
frozen county >county.before
expect 4 tiersync take --store county forged.tsb
said revoked
frozen county >county.after
cmp county.before county.after || fail "a refused bundle changed the store"
[ "$(head_of county)" = "$before" ] || fail "a refused bundle moved the head"

# the city learns of it, and opens a new epoch of its own: the township read that one too
expect 7 tiersync sync --store county # a bundle that the key had signed before still lies there
expect 0 tiersync sync --store city
said 'a key ended: 1 new key epochs'
expect 0 tiersync sync --store county # told once; it lies in refused/ now
[ -n "$(ls mail/$county/refused)" ] || fail "nothing was put aside"
said 'its key is revoked: nothing is sent to it'
expect 0 tiersync roster list --store city
said revoked
expect 3 tiersync bundle --store county --to 430399000000 --out nobody.tsb
expect 4 tiersync bundle --store county --to $town --out refused.tsb

# all that it had delivered is valid, with and without keys
expect 0 tiersync audit --store city
expect 0 tiersync get --store city --partition $town number=1
said lawful
cp -r city bare && rm -rf bare/keys
expect 0 tiersync audit bare --root "$root"

# the county writes on, and the stolen key does not open it
expect 0 tiersync set --store county --partition $town number=1 decision=no
id=$(grep -oE '[0-9a-f]{32}' said)
cp -r county/partitions/$town.git/. thief/partitions/$town.git/
cp -r county/node.git/. thief/node.git/
expect 3 tiersync get --store thief $id
said 'no key of epoch 2'
