# Seed 3: the county lowers an amount while the township changes the bank account: both stand, and nothing waits for a person.
stairs
night
person=11010519491231002X
expect 0 tiersync add --store county --partition $town --kind benefit programme=02 recipient_id_number=$person begin_month=2018-01 \
	fen_month=30000 account_last4=1111
night
id=$(tiersync list --store town --kind benefit --json | grep -o '"id":"[0-9a-f]*"' | head -n 1 | cut -d '"' -f 4)
expect 0 tiersync set --store county "$id" fen_month=25000 --note 'review of March'
expect 0 tiersync set --store town "$id" account_last4=2222
night
for store in town county city; do
	expect 0 tiersync get --store $store "$id" --show-personal
	said 25000
	said 2222
	expect 0 tiersync conflicts --store $store
	grep -q benefit said && fail "a conflict in $store"
done
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"
