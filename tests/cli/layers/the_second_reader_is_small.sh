# A format that needs many lines to be read is too complicated: the second reader of all formats (tests/second/reader.py and primitives.py)
# has at most 400 lines, none stretched beyond 130 characters, no two joined by a semicolon, and takes nothing from files beside it but
# what reads a delta's columns and the dense form, for the samples of these two (which has at most 80 lines).
cd "$TIERSYNC_SOURCE/tests/second" || fail "no second reader"
lines=$(cat reader.py primitives.py | wc -l)
[ "$(wc -l <dense.py)" -le 80 ] || fail "dense.py has $(wc -l <dense.py) lines"
[ "$lines" -le 400 ] || fail "reader.py and primitives.py have $lines lines"
! grep -nE '^.{131}' reader.py primitives.py || fail "a line has more than 130 characters"
! python3 -B - reader.py primitives.py <<'END' || fail "two lines are joined by a semicolon"
import sys, tokenize
sys.exit(not any(t.type == tokenize.OP and t.string == ";" for name in sys.argv[1:] for t in tokenize.generate_tokens(open(name).readline)))
END
ours=$(grep -hoE '^ *from [a-z]+ import|^ *import .*' reader.py primitives.py | tr -s ' ,' '\n\n' |
	grep -vxE 'from|import|base64|ctypes|ctypes\.util|datetime|glob|hashlib|os|re|struct|sys|' | sort | tr '\n' ' ')
[ "$ours" = "delta dense primitives " ] || fail "they import $ours"
