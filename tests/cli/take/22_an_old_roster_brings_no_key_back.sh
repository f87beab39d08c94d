# Threat 22: keys are judged by the newest roster that the receiver holds, whatever the sender shows. An honest office that is behind is
# taken; nothing that is replayed (answers, bundles of before) takes a revocation back.
tiny_kind
stairs_of_two
expect 0 tiersync add --store town2 --kind note number=1 text=甲
expect 0 tiersync sync --store town2
night
expect 0 tiersync sync --store town2
expect 0 tiersync bundle --store city --to $county --out before.tsb
expect 0 tiersync bundle --store county --to $town --out to-town.tsb
cp -r town2 thief
expect 0 tiersync roster revoke --store county 430321107000 --reason LOST
expect 0 tiersync bundle --store thief --to $county --out thief.tsb
frozen county >county.frozen
expect 4 tiersync take --store county thief.tsb
said revoked
unchanged county

# what everybody had before comes again
expect 0 tiersync take --store county before.tsb
expect 0 tiersync accept --store county county.answer --root "$root"
expect 0 tiersync roster list --store county
said revoked
expect 4 tiersync take --store county thief.tsb

# the township has not heard of it: it is behind, and it is taken
expect 0 tiersync add --store town --kind note number=2 text=乙
expect 0 tiersync bundle --store town --to $county --out behind.tsb
expect 0 tiersync take --store county behind.tsb
[ "$(head_of town)" = "$(head_of county)" ] || fail "an office that is behind was not taken"
# and an old bundle to it brings the old roster, the newer one the new
expect 0 tiersync bundle --store county --to $town --out newer.tsb
expect 0 tiersync take --store town newer.tsb
expect 0 tiersync take --store town to-town.tsb
expect 0 tiersync roster list --store town
