# A peer whose stick is not plugged in is reported, exit 7, whether or not others are served; a directory named by hand is a trouble of
# its own. An older bundle that comes late is none of a restored backup.
stairs
expect 0 tiersync peer add --store town $county "dir:$PWD/gone"
expect 7 tiersync sync --store town
said 'is the stick plugged in'
expect 1 tiersync sync --store town "$PWD/gone"
expect 0 tiersync peer add --store county $town "dir:$PWD/gone"
expect 7 tiersync sync --store county

for number in 1 2; do
	expect 0 tiersync bundle --store town --to $county --out $number.tsb
	expect 0 tiersync bundle --store town --to $county --out $number.more.tsb
done
expect 0 tiersync take --store county 2.more.tsb --json
said '"rewound":false'
expect 0 tiersync take --store county 1.tsb --json
said '"rewound":false'
expect 0 tiersync status --store county --json
grep -qE '"node":"430321100000","heard":"20[0-9-]+T' said || fail "no time in: $(cat said)"
