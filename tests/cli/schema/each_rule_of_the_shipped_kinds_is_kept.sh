# Every rule inside a record of the shipped kinds refuses, by name, what is one step beside a lawful record (rules.py has them all).
pilot
printf 'id_number,source,death_date\n11010519491231002X,1,2018-01-05\n' >deaths.csv
expect 0 tiersync import --store county --partition rolls --kind death_roll deaths.csv
expect 0 python3 "$TIERSYNC_SOURCE/tests/cli/schema/rules.py" "$TIERSYNC" county "$TIERSYNC_SOURCE"
