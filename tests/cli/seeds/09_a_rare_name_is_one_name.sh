# Seed 9: a name written with U+4DAE in one roll and with a private-use point of GB 18030 in another is one name; "(龙天)" is another text.
root_office city
printf 'id_number,name\n11010519491231002X,王䶮\n' >one.csv
printf 'id_number,name\n11010519491231002X,王\356\241\243\n' >two.csv
printf 'id_number,name\n11010519491231002X,王(龙天)\n' >three.csv
expect 0 tiersync import --store city --kind person one.csv
expect 0 tiersync import --store city --kind person two.csv
said 'nothing changed'
printf 'id_number,name\n11010519491231002X,\315\365\376\237\n' >four.csv
expect 0 tiersync import --store city --kind person --encoding gb18030 four.csv
said 'nothing changed'
expect 0 tiersync import --store city --kind person three.csv
said '1 changed'
