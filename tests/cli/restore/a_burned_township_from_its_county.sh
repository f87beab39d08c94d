# Without any backup: a new machine is enrolled in the place of the old one, and one bundle of the county brings the partition home.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=kept
night
head=$(head_of town)
rm -rf town mail/*/*
expect 0 tiersync init --store town --node $town --level township --name 易俗河镇
expect 0 tiersync request --store town --out new.card
spoken=$(fingerprint)
expect 0 tiersync enrol --store county new.card --fingerprint "$spoken" --replace --out new.answer
expect 0 tiersync accept --store town new.answer --root "$root"
expect 0 tiersync bundle --store county --to $town --full --out home.tsb
expect 0 tiersync restore --store town home.tsb
said "came home"
[ "$(head_of town)" = "$head" ] || fail "another head"
expect 0 tiersync peer add --store town $county "dir:$PWD/mail"
expect 0 tiersync set --store town number=1 text=again
night
same_heads town county city
