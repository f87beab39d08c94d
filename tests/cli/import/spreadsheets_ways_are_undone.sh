# Rolls as WPS and Excel write them: a byte order mark or GBK, CR LF, titles as column names, apostrophes, ="0123", dates in a
# spreadsheet's form, full-width digits, empty rows and columns, quoted cells with line ends. One record comes of each way.
root_office town
plain='id_type,id_number,name,gender,birth_date'
printf '%s\n1,11010519491231002X,张三,1,1949-12-31\n' "$plain" >plain.csv
expect 0 tiersync import --store town --kind person plain.csv
said '1 added'
head=$(head_of town $city)

# same NAME [OPTION...]: ./NAME means the very same record.
same() {
	file=$1
	shift
	expect 0 tiersync import --store town --kind person "$@" "$file"
	said '1 rows: nothing changed'
	[ "$(head_of town $city)" = "$head" ] || fail "$file made a commit"
}
printf '\357\273\277%s\r\n1,11010519491231002X,张三,1,1949-12-31\r\n' "$plain" >mark.csv
same mark.csv
printf '%s\r1,11010519491231002X,张三,1,1949-12-31\r' "$plain" >cr.csv
same cr.csv
printf '%s\r\n1,11010519491231002X,张三,1,1949-12-31' "$plain" >no-end.csv
same no-end.csv
printf '证件类型,公民身份号码,姓名,性别,出生日期\r\n1,11010519491231002X,张三,1,1949-12-31\r\n' >titles.csv
same titles.csv
iconv -f utf-8 -t gbk titles.csv >gbk.csv
same gbk.csv --encoding gb18030
iconv -f utf-8 -t gb18030 titles.csv >gb.csv
same gb.csv --encoding gb18030
same mark.csv --encoding gb18030
printf ' 姓名 ,\t公民身份号码,　性别　,出生日期,证件类型\r\n张三,11010519491231002X,1,1949-12-31,1\r\n' >blanks.csv
same blanks.csv
printf "%s\r\n'1,'11010519491231002X,'张三,'1,'1949-12-31\r\n" "$plain" >apostrophes.csv
same apostrophes.csv
printf '%s\r\n="1",="11010519491231002X",="张三","=""1""",1949-12-31\r\n' "$plain" >formulas.csv
same formulas.csv
printf '"id_type","id_number","name","gender","birth_date"\r\n"1","11010519491231002X","张三","1","1949-12-31"\r\n' >quotes.csv
same quotes.csv
printf '%s\r\n1,１１０１０５１９４９１２３１００２Ｘ,张三,1,1949-12-31\r\n' "$plain" >wide.csv
same wide.csv
printf '%s\r\n1,11010519491231002x,张三,1,1949-12-31\r\n' "$plain" >small-x.csv
same small-x.csv
for day in 1949/12/31 1949年12月31日 1949.12.31 ' 1949-12-31 ' 19491231 '1949-12-31 00:00:00' '1949/12/31 0:00'; do
	printf '%s\r\n1,11010519491231002X,张三,1,%s\r\n' "$plain" "$day" >day.csv
	same day.csv
done
printf '\r\n%s,,\r\n\r\n1,11010519491231002X,张三,1,1949-12-31,,\r\n,,,,,,\r\n\r\n' "$plain" >room.csv
same room.csv
printf '%s\r\n1,11010519491231002X, 张三 ,1,1949-12-31\r\n' "$plain" >spaces.csv
expect 0 tiersync import --store town --kind person --dry-run spaces.csv

# a line end inside a cell is the cell's; the row after it has its spreadsheet's number
printf '姓名,证件类型,公民身份号码,详细地址\r\n"张三",1,11010519491231002X,"一楼\n二楼"\r\n李四,1,12345,\r\n' >ends.csv
expect 3 tiersync import --store town --kind person ends.csv
said 'ends.csv row 3: column '

# a number that a spreadsheet rounded: all zeros at its end are found by the check digit, the short form by its E
for number in 1.10105E+17 110105194912310000; do
	printf '%s\r\n1,%s,张三,1,1949-12-31\r\n' "$plain" "$number" >rounded.csv
	expect 3 tiersync import --store town --kind person rounded.csv
	said 'row 2: column id_number'
done
[ "$(head_of town $city)" = "$head" ] || fail "something was written"
