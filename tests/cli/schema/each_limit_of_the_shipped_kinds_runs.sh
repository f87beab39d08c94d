# Every time limit of the shipped kinds: due on its last day, late on the next (limits.py has them all).
pilot
sed "s/430300000000/$county/" "$TIERSYNC_SOURCE/schema/policy/calendar.jsonl" >calendar.jsonl
expect 0 tiersync import --store county --kind calendar calendar.jsonl
expect 0 python3 "$TIERSYNC_SOURCE/tests/cli/schema/limits.py" "$TIERSYNC" county "$TIERSYNC_SOURCE"
