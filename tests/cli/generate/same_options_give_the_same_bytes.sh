# The generator is a function of its options: rolls, nights and cases.
for out in one two; do
	"$TIERSYNC_SOURCE/tools/generate" --seed 7 --persons 60 --out $out
	"$TIERSYNC_SOURCE/tools/generate" --seed 7 --persons 60 --night 2 --out $out/night
	"$TIERSYNC_SOURCE/tools/generate" --seed 7 --cases 50 --peer --format jsonl --out $out/cases
done
diff -r one two
"$TIERSYNC_SOURCE/tools/generate" --seed 8 --persons 60 --out other
! cmp -s one/person.csv other/person.csv || fail "another seed gave the same people"
