# A city, a county and a township whose stores were made before blobs of version 2 were there. They go on as they are; when a new epoch is due it
# is of version 2, and a record that was written on both sides under either is one blob everywhere.
auditor=430321000000.audit
zstd -dcq "$TIERSYNC_SOURCE/tests/golden/stores-v1/stores.tar.zst" | tar -xf -
by_mail

# versions STORE: how many blobs of each version the records of the township's head have there.
versions() {
	repository=$1/partitions/$town.git
	git -C "$repository" ls-tree -r refs/heads/main records | cut -f 1 | cut -d ' ' -f 3 | while read -r blob; do
		git -C "$repository" cat-file blob "$blob" | head -c 1 | od -An -tu1
	done | sort | uniq -c | tr -s ' \n' ' '
}
same() {
	[ "$(head_of town)" = "$(head_of county)" ] && [ "$(head_of county)" = "$(head_of city)" ] || fail "heads differ"
	for store in city county town; do
		expect 0 tiersync audit --store "$store"
		expect 0 tiersync fsck --store "$store"
		[ "$(versions "$store")" = "$1" ] || fail "blobs of $store: $(versions "$store"), not $1"
	done
}

# what lies there is read, merged and written as version 1
expect 0 tiersync get --store town number=a1 --json
said '70000'
night
night
same ' 2 1 '
expect 0 tiersync get --store town number=a1 --json
said '80000'
expect 0 tiersync conflicts --store town
said 'fee'
expect 0 tiersync add --store town --kind case number=d1 name=王五
night
same ' 3 1 '

# an auditor comes and goes: a new epoch is due, and nothing that is there is written anew
auditor audit $auditor
night
expect 0 tiersync roster revoke --store county $auditor --reason ENDED
night
night
epochs=$(git -C town/node.git grep -h '^tiersync-open-epoch' refs/heads/main -- roster/$town | tr '\n' ' ')
[ "$epochs" = 'tiersync-open-epoch 1 tiersync-open-epoch 2 ' ] || fail "the epochs of the township: $epochs"
same ' 3 1 '

# edits on both sides of one record, one office not having heard of anything but its own words
expect 0 tiersync set --store town number=a1 name=赵六六六六六六六六六六六六
expect 0 tiersync set --store county --partition $town number=a1 state=granted
expect 0 tiersync add --store town --kind case number=d2 name=孙七孙七孙七孙七孙七
night
night
same ' 2 1 2 2 '
expect 0 tiersync get --store city --partition $town number=a1 --json
said '赵六六'
said 'granted'
expect 0 tiersync backup --store town copy
expect 0 tiersync export --store copy --kind case --out all.jsonl --format jsonl
grep -q 孙七 all.jsonl || fail "the copy does not read what is new"
