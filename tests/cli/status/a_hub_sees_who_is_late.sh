# What a county hub looks at: who is silent for longer than was agreed, what each partition has waiting, conflicts by their age, and
# whose office has not yet confirmed what was written here.
# noasan
case_kind
stairs
second=430321101000
office other $second township 云湖桥镇 county
expect 0 tiersync peer add --store county $second "dir:$PWD/mail" --every 30
expect 0 tiersync peer add --store other $county "dir:$PWD/mail"
office never 430321102000 township 茶恩寺镇 county
at() { # at DAYS COMMAND...: the command, so many days later
	days=$1
	shift
	LD_PRELOAD=$TIERSYNC_BUILD/tests/faults.so FAULTS_CLOCK=$((days * 86400)) "$TIERSYNC" "$@"
}
for store in town other; do
	expect 0 tiersync add --store $store --kind case number=1 text=first
	expect 0 tiersync add --store $store --kind case number=2 text=first
	expect 0 tiersync add --store $store --kind case number=3 text=first
done
for store in town other county city county town other county town other; do
	expect 0 tiersync sync --store $store
done
expect 0 tiersync status --store county
said 'nothing heard yet; LATE'
grep -q 'has not yet confirmed' said && fail 'confirmed by what it sent'
said 'late       1 of 4 neighbours:'
said '茶恩寺镇 430321102000, never heard of'
expect 7 tiersync status --store county --strict

# two offices write one field: a conflict of today, one of 20 days, one of 40
both() { # both DAYS NUMBER
	expect 0 at "$1" set --store town "number=$2" "text=town $2"
	expect 0 at "$1" set --store county --partition $town "number=$2" "text=county $2"
	expect 0 at "$1" sync --store town
	expect 0 at "$1" sync --store county
}
both 0 1
both 20 2
both 38 3
expect 0 at 40 status --store county
said '易俗河镇 430321100000'
said '3 records with conflicts: tiersync conflicts --partition 430321100000'
said 'conflicts  3 records: 1 up to 7 days old, 1 up to 30, 1 older, 0 undated'
said 'last bundle '
said 'has not yet confirmed all that is here'
said '云湖桥镇 430321101000, silent for 40 days (30 are agreed)'
expect 0 at 25 status --store county
grep -q 'silent for 25 days (30' said && fail "late within the silence agreed"
grep '云湖桥镇' said | grep -q LATE && fail "late within the silence agreed"
expect 0 at 40 status --store county --json
said "\"type\":\"conflicts\",\"records\":3,\"up_to_7_days\":1,\"up_to_30_days\":1,\"older\":1,\"undated\":0"
grep "\"node\":\"$second\"" said | grep -q '"silence_days":30,"late":true' || fail "json: not late"
grep "\"partition\":\"$town\",\"head\"" said | grep -q '"conflicts":3,"held":0' || fail "json: conflicts of the partition"

# settled, confirmed and heard of: nothing is left to look at
for number in 1 2 3; do
	expect 0 at 40 resolve --store county --partition $town number=$number --field text --take county --reason OK
done
for store in town other county city county town other county town other; do
	expect 0 at 40 sync --store $store
done
expect 0 at 40 status --store town --strict
expect 0 at 40 status --store other --strict
expect 0 at 40 status --store county
grep -q 'conflicts  ' said && fail "conflicts are left"
grep -q 'not yet confirmed' said && fail "something is not confirmed"
said 'late       1 of 4 neighbours:'
