# A third of the sticks lost, doubled or swapped over 30 nights, with edits on both sides: equal heads after two clean rounds, one
# untaken file per sender and recipient, idle nights without a commit and of a few hundred bytes. Another seed: TIERSYNC_SEED=N.
# slow
tiny_kind
stairs
office town2 430321107000 township 青山桥镇 county
python3 "$TIERSYNC_SOURCE/tests/cli/sync/sticks.py" "${TIERSYNC_SEED:-1}" 30
