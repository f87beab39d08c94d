# An auditor who may not read holds every commit of the office that granted him and of those below it: signatures, paths, digests and
# rights of the roster are verified there, nothing can be opened, and what is forged is named. Granted reading later he reads all.
# slow
case_kind
stairs
second=430321101000
auditor=430321000000.audit
office other $second township 云湖桥镇 county
expect 0 tiersync peer add --store county $second "dir:$PWD/mail"
expect 0 tiersync peer add --store other $county "dir:$PWD/mail"
all() {
	for store in town other county city audit county town other county audit; do
		[ ! -d "$store" ] || expect 0 tiersync sync --store "$store"
	done
}
number=0
while [ $number -lt 5 ]; do
	number=$((number + 1))
	expect 0 tiersync add --store town --kind case number=$number text=first income=$number
	expect 0 tiersync add --store other --kind case number=$number text=canary
done
all
expect 0 tiersync init --store audit --node $auditor --level auditor --name 审计局
expect 0 tiersync request --store audit --out card
spoken=$(fingerprint)
expect 0 tiersync roster grant --store county card --fingerprint "$spoken" --out answer
said 'may verify'
expect 0 tiersync accept --store audit answer --root "$root"
expect 0 tiersync peer add --store audit $county "dir:$PWD/mail"
expect 0 tiersync peer add --store county $auditor "dir:$PWD/mail"
all
for owner in $town $second $county; do
	[ "$(head_of audit $owner)" = "$(head_of county $owner)" ] || fail "the auditor has another head of $owner"
	git -C audit/partitions/$owner.git fsck --strict >said 2>&1 || fail "git fsck: $(cat said)"
done
[ ! -d audit/partitions/$city.git ] || fail "the auditor holds a partition above the office that granted him"

# what a night can bring: edits on both sides, a conflict, a removal, a correction, a record that comes back
expect 0 tiersync set --store town number=1 text=town
expect 0 tiersync set --store county --partition $town number=1 text=county decision=yes
expect 0 tiersync set --store town number=2 tags='["a"]' members='[{"name":"x"}]'
expect 0 tiersync set --store county --partition $town number=2 tags='["b"]' members='[{"name":"y"}]'
expect 0 tiersync remove --store town number=3
expect 0 tiersync set --store county --partition $town number=3 income=9
expect 0 tiersync remove --store other number=4
expect 0 tiersync roster delegate --store county $town --kind case --field decision
all
expect 0 tiersync set --store town number=5 decision=no
expect 0 tiersync roster withdraw --store county $town --kind case --field decision --hard
all
expect 0 tiersync conflicts --store county --json
grep -q '"conflict":"refused"' said || fail "nothing was corrected: $(cat said)"
expect 0 tiersync resolve --store county --partition $town number=1 --field text --take county --reason OK
expect 0 tiersync revert --store other "$(head_of other $second)"
all
all
for owner in $town $second $county; do
	[ "$(head_of audit $owner)" = "$(head_of county $owner)" ] || fail "the auditor has another head of $owner"
done
[ "$(git -C audit/partitions/$town.git rev-list --merges main | wc -l)" -gt 0 ] || fail "no merge among what was told"

# everything that can be checked is, and that nothing was opened is said
expect 0 tiersync audit --store audit --root "$root"
said 'not checked: the content of the records of 2 partitions: no key for them here'
said 'against their parents, path by path'
said 'not checked: whether each write had the right'
expect 0 tiersync audit --store audit --root "$root" --json
grep -q '"type":"audit".*"wrong":0' said || fail "the audit found something wrong: $(cat said)"
grep -q '"unreadable":0' said && fail "something could be read"
expect 0 tiersync fsck --store audit
expect 0 tiersync status --store audit
expect 3 tiersync get --store audit --partition $town number=1
expect 3 tiersync add --store audit --kind case number=9
if grep -rqa canary audit; then fail "something lies there in the open"; fi
if ls audit/partitions/$second.git/keyring 2>/dev/null | grep -q seg; then fail "salts were sent"; fi
[ -n "$(find audit/node.git -type f | head -n 1)" ] || fail "no receipts"
mail_of=$(ls -t mail/$auditor/taken/*.tsb | head -n 1)
expect 0 tiersync take --store audit "$mail_of"

# his own copy altered: each damage is named there too
for kind in tree_entry_dropped tree_entry_renamed trailer_added signature_flipped commit_dropped_from_history head_rolled_back \
	head_gone blob_replaced; do
	rm -rf copy
	cp -r audit copy
	python3 "$TIERSYNC_SOURCE/tests/cli/audit/damage.py" copy $second $kind >must-say
	expect 4 tiersync audit copy
	while read -r text; do
		said "$text"
	done <must-say
done
# a merge put together from one side alone
merge=$(git -C audit/partitions/$town.git rev-list --merges -n 1 main)
rm -rf copy
cp -r audit copy
repository=copy/partitions/$town.git
forged=$(git -C $repository cat-file commit "$merge" | sed "s/^tree .*/tree $(git -C $repository rev-parse "$merge^1^{tree}")/" |
	git -C $repository hash-object -w -t commit --stdin)
git -C $repository update-ref refs/heads/main "$forged"
expect 4 tiersync audit copy
said "$forged"

# the right to read comes later: keys by the next bundle, salts by a full one
expect 0 tiersync roster grant --store county $auditor --read --out answer
all
expect 0 tiersync bundle --store county --to $auditor --full --out full
expect 0 tiersync take --store audit full
expect 0 tiersync get --store audit --partition $town number=1
said county
expect 0 tiersync get --store audit --partition $second number=1
said canary
expect 0 tiersync audit --store audit --root "$root" --json
grep -q '"unreadable":0' said || fail "something cannot be read: $(cat said)"
all
expect 0 tiersync set --store town number=2 text=later
all
expect 0 tiersync get --store audit --partition $town number=2
said later
