# noasan
# Hostile rolls cost no more than 64 MiB and are refused: endless rows, cells and lines, deep nesting, a million columns, an endless
# run of wrong rows or of blank ones.
tiny_kind
root_office town
expect 0 tiersync add --store town --kind note number=1
frozen town >town.frozen

# hostile CODE NAME PYTHON: the bytes that the expression gives, piece by piece, end with this code within 64 MiB.
hostile() {
	python3 -c '
import sys
with open(sys.argv[1], "wb") as out:
    for piece in eval(sys.argv[2]):
        out.write(piece)' "$2" "$3"
	expect "$1" within 64 "$TIERSYNC" import --store town --kind note "$2"
	unchanged town
	rm "$2"
}
mib='1 << 20'
hostile 3 endless-row.csv "(b'x' * ($mib) for n in range(100))"
hostile 3 endless-cell.csv "[b'number,text\n1,\"'] + [b'x' * ($mib)] * 100"
hostile 3 endless-line.jsonl "[b'{\"text\":\"'] + [b'x' * ($mib)] * 100"
hostile 3 columns.csv "[b'c%d,' % n for n in range(1000000)]"
hostile 3 cells.csv "[b'number\n'] + [b',' * ($mib)] * 100"
hostile 3 deep.jsonl "[b'{\"words\":'] + [b'[' * 500000] + [b']' * 500000] + [b'}\n']"
hostile 3 keys.jsonl "[b'{\"k%d\":1}\n' % n for n in range(500000)]"
hostile 3 many-keys.jsonl "[b'{'] + [b'\"k%d\":1,' % n for n in range(50000)] + [b'\"z\":1}\n']"
hostile 3 wrong-rows.csv "[b'number,text\n'] + [b'x,y\n' * 1000] * 300"
hostile 0 blank-rows.csv "[b'number,text\n'] + [b'\r\n' * ($mib)] * 20"
hostile 0 blank-lines.jsonl "[b' \n' * ($mib)] * 20"
hostile 3 nothing-else.csv "[b'\xef\xbb\xbf'] + [b'\n' * ($mib)] * 20"
hostile 3 zeros.csv "[b'\0' * ($mib)] * 100"
hostile 3 random.csv "[bytes(range(256)) * 4096] * 20"
