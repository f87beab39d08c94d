# The first word of verbs that have two: --help lists them; without a second word it is said where to look.
expect 0 tiersync peer --help
said 'peer add'
said 'peer list'
! grep -q 'roster' said || fail "more than the family: $(cat said)"
expect 2 tiersync peer
said 'tiersync peer --help'
expect 2 tiersync peer nonsense
expect 0 tiersync findings --help
said '--partition'
