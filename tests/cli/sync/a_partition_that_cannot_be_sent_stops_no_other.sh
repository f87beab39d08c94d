# Two disks of a township open a key epoch each, of one number: nobody but a person can say which counts, and until then nothing can be
# said of that partition. The county's bundle leaves it out and names it, exit 7, by sync too; what is owed of the others goes.
tiny_kind
stairs
auditor=$county.aud
auditor audit $auditor
expect 0 tiersync add --store town --kind note number=1 text=甲
night
expect 0 tiersync roster revoke --store county $auditor --reason LOST
cp -r town twin
expect 0 tiersync bundle --store county --to $town --out down.tsb
for disk in town twin; do
	expect 0 tiersync take --store $disk down.tsb
	expect 0 tiersync bundle --store $disk --to $county --out opens.tsb
	expect 0 tiersync set --store $disk number=1 text=$disk
	expect 0 tiersync bundle --store $disk --to $county --out $disk.tsb
done
expect 0 tiersync take --store county town.tsb
expect 7 tiersync take --store county twin.tsb
expect 0 tiersync add --store county --kind note number=2 text=丙
expect 7 tiersync bundle --store county --to $city --out up.tsb --json
said '"type":"left-out"'
expect 7 tiersync sync --store county
said "left out"
said $town
expect 0 tiersync sync --store city
expect 0 tiersync get --store city --partition $county number=2
