# An auditor reads what it was granted, verifies it, writes nothing, and is shut out again: by a narrower grant, by revoking it.
case_kind
stairs
second=430321101000
auditor=430321000000.audit
office other $second township 云湖桥镇 county
expect 0 tiersync peer add --store county $second "dir:$PWD/mail"
expect 0 tiersync peer add --store other $county "dir:$PWD/mail"
expect 0 tiersync add --store town --kind case number=1 text=first
expect 0 tiersync add --store other --kind case number=2 text=first

both() { # all but the city, until everything has arrived
	for store in town other county audit town other county audit; do
		[ ! -d "$store" ] || expect 0 tiersync sync --store "$store"
	done
}
reads() { # reads NUMBER...: the auditor opens the records with these numbers, and no others
	expect 0 tiersync export --store audit --kind case --format csv --out read.csv
	[ "$(tail -n +2 read.csv | cut -d, -f3 | sort | tr '\n' ' ')" = "$(printf '%s ' "$@")" ] || {
		cat read.csv >&2
		fail "the auditor reads something else than $*"
	}
}
both

expect 2 tiersync init --store audit --node $auditor --level auditor --name 审计局 --root
expect 0 tiersync init --store audit --node $auditor --level auditor --name 审计局
expect 0 tiersync request --store audit --out card
spoken=$(fingerprint)
expect 3 tiersync enrol --store county card --out answer --replace
expect 2 tiersync roster grant --store county card --read
expect 2 tiersync roster grant --store county card --partition $town --out answer
expect 3 tiersync roster grant --store county $auditor --read --out answer
said 'give the card'
expect 4 tiersync roster grant --store county card --read --fingerprint "$root" --out answer
expect 3 tiersync roster grant --store town card --read --partition $second --out answer
expect 2 tiersync roster grant --store county card --read --partition $town,$town --out answer
expect 3 tiersync roster grant --store county card --read --partition 430399000000 --out answer
[ ! -e answer ] || fail "an answer was written"
frozen county >county.frozen
expect 0 tiersync roster grant --store county card --read --fingerprint "$spoken" --out answer --dry-run
unchanged county
expect 0 tiersync roster grant --store county card --read --fingerprint "$spoken" --out answer
expect 0 tiersync roster grant --store county card --read --fingerprint "$spoken" --out answer.again
cmp answer answer.again || fail "the same grant twice"
expect 0 tiersync accept --store audit answer --root "$root"
expect 0 tiersync peer add --store audit $county "dir:$PWD/mail"
expect 0 tiersync peer add --store county $auditor "dir:$PWD/mail"
both
both
reads 1 2
expect 0 tiersync audit --store audit --root "$root"
said '2 records: opened and canonical'
expect 3 tiersync add --store audit --kind case number=9 text=t
said 'reads, and never writes'
expect 0 tiersync status --store audit --strict
expect 0 tiersync audit --store county

# narrower from now on: what it read stays read
expect 0 tiersync roster grant --store county $auditor --read --partition $town --out answer
both
expect 0 tiersync add --store town --kind case number=3 text=later
expect 0 tiersync add --store other --kind case number=4 text=later
both
both
reads 1 2 3
expect 3 tiersync roster grant --store county $auditor --read --out answer
said 'not given again to the same key'

# revoked: its bundles are refused, it gets no more, and no later record opens to it
expect 0 tiersync bundle --to $county --store audit --out late
expect 0 tiersync roster revoke --store county $auditor --reason moved
expect 4 tiersync take --store county late
expect 7 tiersync sync --store county # told once
expect 0 tiersync sync --store county
[ -n "$(ls mail/$county/refused)" ] || fail "the revoked auditor's bundle lies where it lay"
mv audit kept
both
expect 0 tiersync add --store town --kind case number=5 text=last
both
mv kept audit
expect 0 tiersync audit --store county
rm -r audit/partitions/$town.git
cp -r county/partitions/$town.git audit/partitions # all that a thief of the hub's disk has, but its keys
expect 3 tiersync export --store audit --kind case --format csv --out read.csv
said 'epoch 2'
expect 3 tiersync get --store audit --partition $town number=5

# a new card for a new machine
expect 0 tiersync init --store anew --node $auditor --level auditor --name 审计局
expect 0 tiersync request --store anew --out card
spoken=$(fingerprint)
expect 0 tiersync enrol --store county card --replace --fingerprint "$spoken" --out answer
expect 0 tiersync accept --store anew answer --root "$root"
expect 0 tiersync peer add --store anew $county "dir:$PWD/mail"
rm -r audit
mv anew audit
both
both
reads 1 3 5
