# Seed 4: a child's case has no public notice: no field for one, no state, and no way to export one.
root_office city
person=11010519491231002X
child=430321201002030000
expect 0 tiersync add --store city --kind child_case case_no=C1 child_id_number=$child child_name=小明 status=accepted accept_date=2018-03-01
for field in notice_from=2018-03-01 notice_place=村委会 notice_to=2018-03-08; do
	expect 3 tiersync set --store city case_no=C1 $field
	said 'has no field'
done
expect 3 tiersync set --store city case_no=C1 status=notice
said 'expected a code of CHILD_STATUS'
for kind in child_case lbc_child dis_allowance low_income_cert; do
	expect 3 tiersync export --store city --kind $kind --notice
	said "kind $kind has no public notice: nothing of it may be put up"
done
# where there is one, it has the applicant's name, the number of members and the amount, of what is put up now, and nothing else
expect 0 tiersync add --store city --kind mla_case case_no=A1 applicant_id_number=$person applicant_name=张三 counted_members=3 \
	proposed_fen_month=80000 status=notice notice_from=2018-03-01
expect 0 tiersync add --store city --kind mla_case case_no=A2 applicant_id_number=$person applicant_name=李四 status=opinion
LC_ALL=zh_CN.UTF-8 tiersync export --store city --kind mla_case --notice --quiet >notice.csv
sed 's/^\xef\xbb\xbf//' notice.csv | tr -d '\r' >lines
[ "$(wc -l <lines)" -eq 2 ] && [ "$(tail -n 1 lines)" = '张三,3,800.00' ] || fail "the notice says: $(cat notice.csv)"
head -n 1 lines | grep -qx '申请人姓名,保障人数,建议月保障金(元)' || fail "its head: $(cat notice.csv)"
# a kind that would show a citizen id is refused
sed 's/"x-notice": {"fields": \["applicant_name"/"x-notice": {"fields": ["applicant_id_number"/' \
	"$TIERSYNC_SOURCE/schema/kinds/mla_case.json" >mla_case.json
expect 3 tiersync schema add --store city mla_case.json
said 'a public notice shows S0 to S2'
