# The township's computer burns. A new one asks again; the county replaces the key, the partition comes home, the township goes on.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=before
night
expect 0 tiersync set --store county --partition $town number=1 decision=yes
night
head=$(head_of town)
rm -rf burned && mv town burned
rm -f mail/*/$town-*

expect 0 tiersync init --store town --node $town --level township --name 易俗河镇
expect 0 tiersync request --store town --out new.card
spoken=$(fingerprint)
expect 3 tiersync enrol --store county new.card --fingerprint "$spoken" --out new.answer
said 'run enrol again with --replace'
expect 4 tiersync enrol --store county new.card --fingerprint '00000 00000 00000 00000 00000 00000 00000 00000' --replace --out new.answer
expect 0 tiersync enrol --store county new.card --fingerprint "$spoken" --replace --dry-run --out new.answer
[ ! -e new.answer ] || fail "a dry run wrote the answer"
expect 0 tiersync enrol --store county new.card --fingerprint "$spoken" --replace --out new.answer
expect 0 tiersync enrol --store county new.card --fingerprint "$spoken" --replace --out again.answer # the answer was lost
cmp new.answer again.answer || fail "the same card gave another answer"
expect 0 tiersync accept --store town new.answer --root "$root"
said 'comes back with the next bundle'
expect 3 tiersync add --store town --kind case number=9 text=early
said 'has not come back yet'
expect 0 tiersync peer add --store town $county "dir:$PWD/mail"

expect 0 tiersync sync --store county
expect 0 tiersync sync --store town
[ "$(head_of town)" = "$head" ] || fail "the partition did not come home"
expect 0 tiersync get --store town number=1
said yes
expect 0 tiersync add --store town --kind case number=2 text=after
night
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"
expect 0 tiersync get --store city --partition $town number=2
expect 0 tiersync audit --store city
expect 0 tiersync audit --store town

# whoever has the old computer: its bundles are refused, and it opens nothing that was written since
expect 0 tiersync add --store burned --kind case number=3 text=thief
expect 0 tiersync bundle --store burned --to $county --out burned.tsb
expect 4 tiersync take --store county burned.tsb
cp -r county/partitions/$town.git/. burned/partitions/$town.git/
cp -r county/node.git/. burned/node.git/
expect 0 tiersync list --store county --partition $town --json
id=$(grep -o '"id":"[0-9a-f]*".*after' said | grep -oE '[0-9a-f]{32}' | head -n 1)
expect 3 tiersync get --store burned "$id"
said 'no key of epoch 2'

# the replaced office may lose its computer again before it has written anything
mv town burned2
rm -f mail/*/$town-*
expect 0 tiersync init --store town --node $town --level township --name 易俗河镇
expect 0 tiersync request --store town --out third.card
spoken=$(fingerprint)
expect 0 tiersync enrol --store county third.card --fingerprint "$spoken" --replace --out third.answer
expect 0 tiersync accept --store town third.answer --root "$root"
expect 0 tiersync peer add --store town $county "dir:$PWD/mail"
expect 0 tiersync sync --store county
expect 0 tiersync sync --store town
expect 0 tiersync add --store town --kind case number=4 text=third
night
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"
expect 0 tiersync audit --store city --root "$root"
