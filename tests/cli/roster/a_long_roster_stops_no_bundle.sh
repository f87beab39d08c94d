# A root that has signed more than a manifest has room for (64 KiB) before an office first writes to another: the newest statements stand
# in the manifest, the rest goes inside, and the bundles are made and taken, from above and from below.
# sign_much STORE OFFICE FIELDS: ninety delegations, more than 64 KiB of statements
sign_much() {
	i=0
	while [ $i -lt 90 ]; do
		i=$((i + 1))
		expect 0 tiersync roster delegate "$2" --store "$1" --kind mla_case --from 2018-01-01 --to "2018-02-$((i % 18 + 10))" --field "$3"
	done
}

root_office city
office county $county county 湘潭县 city
sign_much city $county 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60
expect 0 tiersync bundle --store city --to $county --out down.tsb
expect 0 tiersync take --store county down.tsb
office town $town township 易俗河镇 county
expect 0 tiersync add --store town --kind person id_number=430321196105070001 name=甲
expect 0 tiersync bundle --store town --to $county --out up.tsb
expect 0 tiersync take --store county up.tsb
same_heads town county
expect 0 tiersync bundle --store county --to $town --out down.tsb
expect 0 tiersync take --store town down.tsb
expect 0 tiersync roster list --store town

# the county then signs as much, and writes: what the town lacks comes in two parts of one bundle, and the edit stands on the last of it
sign_much county $town 19,20,21,22,23,34,37,49,50,51,52,53,54,55,57,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,24,25,26,27,28,29,30,31,32,33,35,36,38,39,40,41,42,43,44,45,46,47,48,56,58,59,60
expect 0 tiersync set --store county --partition $town id_number=430321196105070001 name=乙
expect 0 tiersync bundle --store county --to $town --out down.tsb
expect 0 tiersync take --store town down.tsb
same_heads town county
