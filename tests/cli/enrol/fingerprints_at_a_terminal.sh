# At a terminal enrol, accept and grant show the fingerprint and ask: yes confirms it, no changes nothing, Enter leaves it unconfirmed, a slip
# of the hand is one. Without a terminal nobody is asked.
tiny_kind
root_office city
expect 0 tiersync init --store town --node $town --level township --name 易俗河镇
expect 0 tiersync request --store town --out card
spoken=$(fingerprint)
frozen city >city.frozen

expect 4 at_terminal no "$TIERSYNC" enrol --store city card --out answer
said "$spoken"
said 'Is it the one read out?'
said 'nothing was changed'
unchanged city
expect 2 at_terminal jes "$TIERSYNC" enrol --store city card --out answer
said 'neither yes nor no'
unchanged city
[ ! -e answer ] || fail "an answer was written"
expect 0 at_terminal '' "$TIERSYNC" enrol --store city card --out answer
said 'unconfirmed'
expect 0 tiersync roster list --store city $town
said 'unconfirmed'
expect 0 tiersync enrol --store city card --out answer </dev/null # as it was, and nobody is asked
grep -q 'read out?' said && fail "asked without a terminal"
expect 0 at_terminal yes "$TIERSYNC" enrol --store city card --out answer
said 'the statement that enrolled it says unconfirmed and stays'
expect 0 tiersync init --store other --node 430321101000 --level township --name 云湖桥镇
expect 0 tiersync request --store other --out other.card
expect 0 at_terminal yes "$TIERSYNC" enrol --store city other.card --out other.answer
expect 0 tiersync roster list --store city 430321101000
grep -q 'unconfirmed' said && fail "yes did not confirm"
expect 0 at_terminal yes "$TIERSYNC" accept --store other other.answer
expect 0 tiersync status --store other
grep -q 'the root is unconfirmed' said && fail "yes did not confirm the root"

frozen town >town.frozen
expect 4 at_terminal n "$TIERSYNC" accept --store town answer
said "$root"
unchanged town
expect 0 at_terminal '' "$TIERSYNC" accept --store town answer
said 'unconfirmed'
expect 0 tiersync status --store town
said 'the root is unconfirmed'
expect 0 at_terminal y "$TIERSYNC" accept --store town answer
expect 0 tiersync status --store town
grep -q 'the root is unconfirmed' said && fail "the root is unconfirmed after a yes"
# with the option nobody is asked
expect 0 at_terminal '' "$TIERSYNC" accept --store town answer --root "$root"
grep -q 'read out?' said && fail "asked beside --root"

expect 0 tiersync init --store audit --node $city.audit --level auditor --name 审计局
expect 0 tiersync request --store audit --out audit.card
frozen city >city.frozen
expect 4 at_terminal no "$TIERSYNC" roster grant --store city audit.card --read --out audit.answer
unchanged city
expect 0 at_terminal y "$TIERSYNC" roster grant --store city audit.card --read --out audit.answer
expect 0 tiersync roster list --store city $city.audit
grep -q 'unconfirmed' said && fail "yes did not confirm the auditor"
expect 0 at_terminal yes "$TIERSYNC" accept --store audit audit.answer
