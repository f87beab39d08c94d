# Seed 11: a minor in extreme-poverty support turns 18 at school: the rule asks for the age when taken in, and the file goes on.
root_office city
minor=430321200203010006
W='7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2'
sum=0 at=1
for weight in $W; do
	sum=$((sum + weight * $(echo $minor | cut -c $at)))
	at=$((at + 1))
done
minor=$(echo $minor | cut -c 1-17)$(echo 10X98765432 | cut -c $((sum % 11 + 1)))
expect 0 tiersync add --store city --kind tk_case case_no=K1 applicant_id_number="$minor" no_labor_basis=2 accept_date=2017-12-01 status=active
expect 0 tiersync set --store city case_no=K1 in_school=true --note '2020-03-01: 18, at school'
expect 0 tiersync set --store city case_no=K1 handler=王五
# who is taken in at 18 is no minor
expect 3 tiersync add --store city --kind tk_case case_no=K2 applicant_id_number="$minor" no_labor_basis=2 accept_date=2020-03-02
said 'minor-sixteen'
