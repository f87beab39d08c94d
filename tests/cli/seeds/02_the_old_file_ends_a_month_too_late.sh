# Scenario 2: a household's head dies on the 14th, the new file opens; the months of the two files may meet, not overlap.
stairs
old="programme=02 recipient_id_number=11010519491231002X begin_month=2017-01 fen_month=40000 household_no=H1"
night
# shellcheck disable=SC2086 # words of one record
expect 0 tiersync add --store county --partition $town --kind benefit $old end_month=2018-03 stop_reason=01
expect 0 tiersync add --store county --partition $town --kind benefit programme=02 recipient_id_number=440524188001010014 \
	begin_month=2018-03 fen_month=30000 household_no=H1
night
expect 0 tiersync findings --store town --json --show-personal
[ "$(grep -c '"rule":"X9h"' said)" = 2 ] || fail "the overlap of both files is not found"
said '"recipient_id_number":"11010519491231002X"'
id=$(tiersync list --store county --partition $town --kind benefit --json | grep '"end_month":"2018-03"' | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p')
expect 0 tiersync set --store county --partition $town "$id" end_month=2018-02
night
expect 0 tiersync findings --store town
said "nothing is open"
