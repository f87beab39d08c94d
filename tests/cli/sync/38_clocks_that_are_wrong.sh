# Threat 38: a clock ten years behind, one a hundred years ahead, one in another zone with summer time. The order of edits and what stands
# does not depend on them; it is said, and nothing is refused.
# noasan
case_kind
stairs
at() { # at YEARS COMMAND...
	years=$1
	shift
	FAULTS_CLOCK=$((years * 31556952)) LD_PRELOAD="$TIERSYNC_BUILD/tests/faults.so" "$@"
}
expect 0 tiersync add --store town --kind case number=1 text=now
night
expect 0 at -10 "$TIERSYNC" set --store town number=1 text=ten-years-ago
expect 0 at -10 "$TIERSYNC" sync --store town
expect 0 tiersync sync --store county
expect 0 at 100 "$TIERSYNC" set --store county --partition $town number=1 text=in-a-century
expect 0 at 100 "$TIERSYNC" bundle --store county --to $city --out future.tsb
expect 0 tiersync take --store city future.tsb
said 'days ahead of ours'
night
expect 0 tiersync set --store town number=1 text=now-again
expect 0 env TZ=America/New_York "$TIERSYNC" sync --store town
night
same_heads town county city
for store in town county city; do
	expect 0 tiersync get --store $store --partition $town number=1
	said now-again
	waiting $store
	expect 0 tiersync audit --store $store
done
