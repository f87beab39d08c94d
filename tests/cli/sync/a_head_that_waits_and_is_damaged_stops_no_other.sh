# Beside the head of the township's partition the county has heads that wait: one whose commit is gone, one that somebody made with stock git.
# Both wait on and are named, exit 7; what the township and another office sent that night is taken all the same; an audit names them.
one_note_each
mkdir -p $held/refs/waiting
echo 0123456789012345678901234567890123456789 >$held/refs/waiting/$county
foreign=$(git -C $held -c user.name=x -c user.email=x@y commit-tree -m edit "$(git -C $held rev-parse 'refs/heads/main^{tree}')" </dev/null)
echo "$foreign" >$held/refs/waiting/$city
expect 0 tiersync set --store town number=1 text=丙
expect 0 tiersync set --store town2 number=2 text=丁
expect 0 tiersync sync --store town
expect 0 tiersync sync --store town2
expect 7 tiersync sync --store county
said "partitions/$town.git/refs/waiting/$county"
said "partitions/$town.git/refs/waiting/$city"
expect 0 tiersync get --store county --partition $town number=1
said 丙
expect 0 tiersync get --store county --partition 430321107000 number=2
said 丁
[ "$(cat $held/refs/waiting/$county)" = 0123456789012345678901234567890123456789 ] || fail "what waited is gone"
expect 4 tiersync audit --store county
said "$foreign"
said 0123456789012345678901234567890123456789
rm $held/refs/waiting/*
expect 0 tiersync sync --store county
expect 0 tiersync audit --store county
