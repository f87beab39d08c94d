# Threat 10: a bundle numbered 2^63 has no effect on what is taken after it.
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1 text=甲
night
attack craft 10_number_far_ahead town county far.tsb
expect 0 tiersync take --store county far.tsb
said 'bundle 9223372036854775808 from'
expect 0 tiersync status --store county --json
said '"taken":9223372036854775808'
expect 0 tiersync add --store town --kind note number=2 text=乙
expect 0 tiersync bundle --store town --to $county --out next.tsb
expect 0 tiersync take --store county next.tsb
said 'numbers its bundles anew or goes back'
[ "$(head_of town)" = "$(head_of county)" ] || fail "two heads"
night
[ "$(head_of town)" = "$(head_of city)" ] || fail "two heads"
