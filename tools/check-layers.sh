#!/bin/sh
# The stairs: src/FLOORS against every include of src/. Three rules: an include goes to a strictly lower floor (or stays in
# its folder); a third-party header is included by its owner alone; record, delta, merge and finding see no <stdio.h> and <time.h>.
# Usage: tools/check-layers.sh [SOURCE-DIR]. Prints each violation; exit 1 if there is one.
set -eu
cd "${1:-$(dirname "$0")/..}"
# shellcheck disable=SC2016 # the dollars are awk's
find src -name '*.[ch]' | LC_ALL=C sort | xargs awk '
FILENAME == "src/FLOORS" {
	if ($1 == "" || $1 ~ /^#/)
		next
	floor[$1] = $2
	for (i = 3; i <= NF; i++)
		owner[$i] = $1
	next
}
function wrong(text) {
	print FILENAME ":" FNR ": " text
	failed = 1
}
FNR == 1 {
	split(FILENAME, part, "/")
	here = part[2]
	if (!(here in floor) && !(here in named)) {
		wrong("folder " here " is not in src/FLOORS")
		named[here] = 1
	}
}
/^[ \t]*#[ \t]*include/ {
	files[FILENAME] = 1
	match($0, /[<"][^>"]*[>"]/)
	open = substr($0, RSTART, 1)
	name = substr($0, RSTART + 1, RLENGTH - 2)
	base = name
	sub(/\/.*/, "", base)
	if (open == "\"") {
		if (name !~ /\// || name ~ /schema\/[a-z]+\.def$/)
			next # generated headers and the tables of schema/ lie outside the stairs
		if (base == "tiersync")
			next # the public header
		if (!(base in floor))
			wrong("\"" name "\": folder " base " is not in src/FLOORS")
		else if (base != here && here in floor && floor[base] >= floor[here])
			wrong(here " (floor " floor[here] ") reaches " base " (floor " floor[base] ")")
		next
	}
	key = (name in owner) ? name : base ".h"
	if (key in owner && owner[key] != here)
		wrong("<" name "> belongs to " owner[key])
	if ((here == "record" || here == "delta" || here == "merge" || here == "finding") && (name == "stdio.h" || name == "time.h"))
		wrong("<" name "> has no place in " here)
}
END {
	for (file in files)
		count++
	if (!failed)
		print "layers: " count " files keep to src/FLOORS"
	exit failed
}' src/FLOORS || exit 1
