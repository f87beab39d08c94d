# "0 records" of a mistyped field would be taken for an answer.
tiny_kind
root_office
expect 3 tiersync list --store city --where nosuch=1
said "no kind has a field 'nosuch'; see: tiersync schema show KIND"
said 'correct what is named here, and run the command again'
expect 3 tiersync list --store city --kind note --where nosuch=1
said "kind note has no field 'nosuch'; see: tiersync schema show note"
expect 2 tiersync list --store city --where number
said "--where takes field=value, not 'number'"
expect 0 tiersync list --store city --where number=1
said '0 records'
expect 0 tiersync add --store city --kind note number=1
expect 0 tiersync list --store city --where number=1
said '1 records'
