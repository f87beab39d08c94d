# Seed 8: what was signed under an older rule and an older set of kinds keeps its meaning: its limit, its values, its signatures.
root_office city
policy_pack city
expect 0 tiersync add --store city --kind mla_case case_no=2017 applicant_id_number=11010519491231002X status=accepted accept_date=2017-12-01
expect 0 tiersync add --store city --kind med_aid case_no=M1 applicant_id_number=11010519491231002X status=accepted accept_date=2017-11-01
commit=$(head_of city $city)
# the kinds go on: another title, another limit, another writer
sed -e 's/"working_days": 3, "since": "accept_date"/"working_days": 2, "since": "accept_date"/' \
	-e 's/"zh": "受理编号", "en": "case number"/"zh": "办件编号", "en": "case number"/' \
	"$TIERSYNC_SOURCE/schema/kinds/mla_case.json" >mla_case.json
sed 's/\["county", "county.med"\]/["county.med"]/' "$TIERSYNC_SOURCE/schema/kinds/med_aid.json" >med_aid.json
expect 0 tiersync schema add --store city mla_case.json med_aid.json
expect 0 tiersync add --store city --kind mla_case case_no=2026 applicant_id_number=110105194912310038 status=accepted accept_date=2026-06-01
expect 0 tiersync due --store city --at 2017-12-18 --kind mla_case --json
said '"key":"2017","rule":"MLA21 15","policy":"民发〔2012〕220号","since":"2017-12-01","due":"2017-12-15"'
expect 0 tiersync due --store city --at 2026-06-02 --kind mla_case --json
said '"key":"2026","rule":"MLA21 15","since":"2026-06-01","due":"2026-06-03"'
expect 0 tiersync get --store city case_no=M1
expect 0 tiersync get --store city case_no=2017 --at "$commit"
said accepted
expect 0 tiersync audit --store city
