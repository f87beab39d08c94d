# A copy of keys: an office that lost its machine comes home with it, from its superior; and into a store whose keys are gone.
# slow
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=first
night
expect 0 tiersync roster rotate --store town
echo secret >pass
echo wrong >wrong

expect 2 tiersync key backup --store town keys
said 'always under a passphrase'
expect 0 tiersync key backup --store town keys --new-passphrase-file pass --dry-run
[ ! -e keys ] || fail "a dry run wrote"
expect 0 tiersync key backup --store town keys --new-passphrase-file pass
said '2 keys'
expect 3 tiersync key backup --store town keys --new-passphrase-file pass
[ "$(stat -c %a keys)" = 600 ] || fail "its mode"
night
expect 0 tiersync add --store town --kind case number=2 text=second
night
head=$(head_of town)
expect 0 tiersync add --store town --kind case number=3 text=lost # nobody else has seen it

# not with another passphrase, not changed, not for somebody else
expect 3 tiersync restore keys --store new
said 'none was given'
expect 4 tiersync restore keys --store new --passphrase-file wrong
sed 's/^name .*/name 别处/' keys >changed
expect 4 tiersync restore changed --store new --passphrase-file pass
said 'was changed'
head -c 300 keys >changed
expect 3 tiersync restore changed --store new --passphrase-file pass
expect 3 tiersync restore keys --store county --passphrase-file pass
said 'is the store of'
[ ! -e new ] || fail "something was made"
expect 0 tiersync restore keys --store new --passphrase-file pass --dry-run
[ ! -e new ] || fail "a dry run made a store"

# a store whose `format` is gone is damaged, not absent: its partitions may be nowhere else
cp -R town broken
rm broken/format
frozen broken >broken.frozen
expect 3 tiersync restore keys --store broken --passphrase-file pass --dry-run
expect 3 tiersync restore keys --store broken --passphrase-file pass
said 'holds partitions of a damaged store'
expect 3 tiersync init --store broken --node $town --level township --name 易俗河镇
said 'holds partitions of a damaged store'
expect 3 tiersync list --store broken
said "its file 'format' is gone"
expect 4 tiersync audit broken
unchanged broken

# into a copy of the store without keys
cp -r town copy
rm -r copy/keys
expect 3 tiersync add --store copy --kind case number=4
expect 0 tiersync restore keys --store copy --passphrase-file pass --dry-run
[ ! -e copy/keys ] || fail "a dry run wrote"
expect 0 tiersync restore keys --store copy --passphrase-file pass
expect 0 tiersync get --store copy number=3 --passphrase-file pass
expect 0 tiersync restore keys --store copy --passphrase-file pass # a forgotten passphrase
cp county/keys/node.key copy/keys/node.key
expect 3 tiersync restore keys --store copy --passphrase-file pass
said 'another key'
rm -r copy

# the machine is gone
rm -r town
expect 0 tiersync restore keys --store town --passphrase-file pass
said 'comes home'
expect 0 tiersync key passphrase --store town --passphrase-file pass --remove
expect 0 tiersync request --store town --out card
spoken=$(fingerprint)
expect 0 tiersync enrol --store county card --fingerprint "$spoken" --out answer
expect 0 tiersync accept --store town answer
expect 3 tiersync add --store town --kind case number=4
said 'has not come back yet'
expect 0 tiersync peer add --store town $county "dir:$PWD/mail"
for store in town county town; do
	tiersync sync --store $store >said 2>&1 || { cat said >&2; fail "$store"; }
done
[ "$(head_of town)" = "$head" ] || fail "it did not come home"
expect 0 tiersync add --store town --kind case number=3 text=again
night
night
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"
for number in 1 2 3; do
	expect 0 tiersync get --store town number=$number
done
expect 0 tiersync audit --store town --root "$root"
expect 0 tiersync audit --store city

# a copy that is older than the keys is of no use, and says so
expect 0 tiersync roster rotate --store town
cp -r town copy
rm -r copy/keys
expect 4 tiersync restore keys --store copy --passphrase-file pass
said '--replace'

# a root is more than its keys
expect 0 tiersync key backup --store city roots --new-passphrase-file pass
expect 3 tiersync restore roots --store anew --passphrase-file pass
said 'is a root'
cp -r city anew
rm -r anew/keys
expect 0 tiersync restore roots --store anew --passphrase-file pass
expect 0 tiersync get --store anew --partition $town number=1 --passphrase-file pass
