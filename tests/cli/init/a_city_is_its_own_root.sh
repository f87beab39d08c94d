# A city is a root by itself, another level only when it says so; one below a province says that it is none.
expect 0 tiersync init --store city --node $city --level city --name 湘潭市 --json
said '"root":true'
expect 0 tiersync init --store pilot --node $county --level county --name 湘潭县 --root --json
said '"root":true'
expect 0 tiersync init --store other --node $county --level county --name 湘潭县 --json
said '"root":false'
expect 2 tiersync init --store x --node $city --level city --name 湘潭市 --root --no-root
expect 0 tiersync init --store province --node 430000000000 --level province --name 湖南省 --root
root=$(fingerprint)
expect 0 tiersync init --store below --node $city --level city --name 湘潭市 --no-root
expect 0 tiersync request --store below --out below.card
spoken=$(fingerprint)
expect 0 tiersync enrol --store province below.card --fingerprint "$spoken" --out below.answer
expect 0 tiersync accept --store below below.answer --root "$root"
expect 0 tiersync audit --store below
