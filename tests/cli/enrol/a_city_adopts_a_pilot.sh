# A county pilots alone as its own root; a city adopts it later. What was written before stays valid at the city, the county's chain goes on,
# and each township pins the new root once a person has compared it; until then nothing is lost.
case_kind
expect 0 tiersync init --store county --node $county --level county --name 湘潭县 --root
root=$(fingerprint)
expect 0 tiersync schema add --store county kinds/*.json
office town $town township 易俗河镇 county
mkdir mail
expect 0 tiersync peer add --store county $town "dir:$PWD/mail"
expect 0 tiersync peer add --store town $county "dir:$PWD/mail"
expect 0 tiersync add --store town --kind case number=1 text=first
expect 0 tiersync add --store town --kind case number=2 text=first
expect 0 tiersync roster delegate --store county $town --kind case --field decision
for store in town county town county; do
	expect 0 tiersync sync --store $store
done
expect 0 tiersync set --store town number=1 decision=yes
expect 0 tiersync set --store county --partition $town number=2 text=county
for store in town county town county; do
	expect 0 tiersync sync --store $store
done

expect 0 tiersync init --store city --node $city --level city --name 湘潭市 --root
city_root=$(fingerprint)
expect 0 tiersync request --store county --out county.card
spoken=$(fingerprint)
expect 0 tiersync enrol --store city county.card --fingerprint "$spoken" --out county.answer
frozen county >county.frozen
expect 3 tiersync accept --store county county.answer --root "$city_root"
said 'has not signed schema set 1 as this office has it'
unchanged county
expect 0 tiersync schema add --store city kinds/*.json
expect 0 tiersync enrol --store city county.card --fingerprint "$spoken" --out county.answer
expect 4 tiersync accept --store county county.answer
said 'compare the new root'
expect 4 tiersync accept --store county county.answer --root "$root"
unchanged county
expect 0 tiersync accept --store county county.answer --root "$city_root" --dry-run
unchanged county
expect 0 tiersync accept --store county county.answer --root "$city_root"
said 'adopted'
expect 0 tiersync accept --store county county.answer --root "$city_root" # again: nothing is left to do
expect 3 tiersync schema add --store county kinds/*.json
expect 0 tiersync peer add --store county $city "dir:$PWD/mail"
expect 0 tiersync peer add --store city $county "dir:$PWD/mail"
for store in county city county; do
	expect 0 tiersync sync --store $store
done
same_heads county city
expect 0 tiersync get --store city --partition $town number=1
said yes
expect 0 tiersync audit --store city --root "$city_root"
expect 0 tiersync audit --store county --root "$city_root"

# the township goes on, and has not heard of it; what the county signs under the new root waits
expect 0 tiersync set --store town number=1 income=5
expect 7 tiersync sync --store town
said 'no enrolled office owns this partition' # the city's own, of which it knows nothing
expect 0 tiersync set --store county --partition $town number=2 text=later
expect 0 tiersync sync --store county
tiersync sync --store town >said 2>&1 || [ $? -eq 7 ] || fail "the township: $(cat said)"

# somebody else's root around the county's statements is not believed
expect 0 tiersync init --store false --node $city --level city --name 湘潭市 --root
expect 0 tiersync schema add --store false kinds/*.json
expect 0 tiersync enrol --store false town.card --out false.answer
frozen town >town.frozen
expect 4 tiersync accept --store town false.answer
expect 4 tiersync accept --store town false.answer --root "$city_root"
unchanged town

expect 0 tiersync enrol --store county town.card --out town.answer
expect 4 tiersync accept --store town town.answer
said 'compare the new root'
unchanged town
expect 0 tiersync accept --store town town.answer --root "$city_root"
for store in town county city county town county city; do
	tiersync sync --store $store >said 2>&1 || [ $? -eq 7 ] || fail "$store: $(cat said)"
done
for store in town county city county town county town; do
	expect 0 tiersync sync --store $store
done
same_heads town county city
expect 0 tiersync get --store town number=2
said later
expect 0 tiersync set --store town number=1 decision=no # the delegation of the pilot's days still counts
for store in town county city; do
	expect 0 tiersync sync --store $store
done
same_heads town county city
for store in town county city; do
	expect 0 tiersync audit --store $store --root "$city_root"
	expect 0 tiersync fsck --store $store
done

# a new township comes in under the new root
root=$city_root
office other 430321101000 township 云湖桥镇 county
expect 0 tiersync add --store other --kind case number=7 text=new
