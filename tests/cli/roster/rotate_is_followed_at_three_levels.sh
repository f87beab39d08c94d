# Each office changes its keys; the others learn of it by the next bundle, and everything signed before stays valid.
case_kind
stairs
expect 0 tiersync add --store town --kind case number=1 text=old
night
keys() {
	tiersync roster list --store "$1" --json | grep -o '"key":"[0-9a-f]*"' | sort
}
before=$(keys city)

expect 0 tiersync roster rotate --store town --dry-run
[ "$(ls town/keys)" = node.key ] || fail "a dry run left keys behind"
number=10
for store in town county city; do
	expect 0 tiersync roster rotate --store $store
	said 'has new keys'
	[ "$(ls $store/keys | grep -c '^old-')" = 1 ] || fail "no old key in $store"
	expect 0 tiersync add --store town --kind case number=$((number += 1)) text=$store
	night
	[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads after $store changed its keys"
done
[ "$(keys city)" = "$(keys county)" ] && [ "$(keys city)" = "$(keys town)" ] || fail "three ideas of the keys"
[ "$(keys city)" != "$before" ] || fail "no key was changed"

# what the old keys opened is read with the new ones, and stock git verifies both
expect 0 tiersync get --store city --partition $town number=1
expect 0 tiersync set --store county --partition $town number=1 decision=yes
night
expect 0 tiersync get --store town number=1
said yes
expect 0 tiersync audit --store city --root "$root"
tiersync roster export-signers --store city >signers
for commit in $(git -C city/partitions/$town.git rev-list main); do
	git -C city/partitions/$town.git -c gpg.ssh.allowedSignersFile="$PWD/signers" verify-commit "$commit" ||
		fail "stock git does not verify $commit"
done

# a newcomer still compares the root's first fingerprint
office late 430321200000 township 云湖桥镇 county
