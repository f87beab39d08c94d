# The installed library, header and example, as another program has them: nothing of src/ is in reach. The header stands alone, in
# C99 too; the library shows the functions of the header and nothing else; a program that uses all of it does what the verbs do.
expect 0 cmake --install "$TIERSYNC_BUILD" --prefix "$PWD/usr"
library=$(dirname "$(find usr -name libtiersync.so)")
echo '#include <tiersync/tiersync.h>' >alone.c
expect 0 cc -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -Iusr/include alone.c
nm -D --defined-only "$library/libtiersync.so" | sed -n 's/.* T //p' | LC_ALL=C sort >shown
grep -oE 'tiersync_[a-z_]+\(' usr/include/tiersync/tiersync.h | grep -v '()' | tr -d '(' | LC_ALL=C sort -u >promised
LC_ALL=C comm -23 shown promised >hidden # shown, not promised
[ ! -s hidden ] || fail "the library shows: $(cat hidden)"
[ "$(wc -l <shown)" -ge 13 ] || fail "the library shows only: $(cat shown)"

tiny_kind
stairs
night
printf '%s\n' 'number,text,words' '7,first,"[""a""]"' '8,second,' >roll.csv
expect 0 cc -std=c11 -Wall -Wextra -Wpedantic -Werror -Iusr/include $LIBRARY_FLAGS usr/share/doc/tiersync/examples/example.c -o example \
	-L"$library" -ltiersync -Wl,-rpath,"$PWD/$library"
expect 0 ./example town note roll.csv "$PWD/mail"
said 'office 430321100000'
said '2 rows, 2 added'
said '"number":7,"text":"first","words":["a"]'
said '2 records'
said 'nothing that could be checked is wrong'
expect 0 tiersync sync --store county
expect 0 tiersync list --store county --partition $town --kind note
said '2 records'
expect 0 tiersync log --store town
said 'example'
said 'brought in by a program'
printf '%s\n' 'number,text' 'nine,x' >bad.csv
expect 1 ./example town note bad.csv "$PWD/mail"
said 'bad.csv row 2'
said 'nothing was written'
expect 1 ./example nowhere note roll.csv "$PWD/mail"
said 'nowhere holds no store'
