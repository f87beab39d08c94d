# A Chinese character takes two columns and three bytes: what stands behind names of different lengths stands below each other.
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1
expect 0 tiersync sync --store town
expect 0 tiersync sync --store county
expect 0 tiersync status --store county
LC_ALL=C.UTF-8 python3 - <<'PY'
import re
import sys
import unicodedata

lines = [line for line in open("said", encoding="utf-8") if re.match(r"  \S+ 43\d{10} ", line)]
columns = set()
for line in lines:
    before = re.match(r"  \S+ 43\d{10} +", line).group()
    columns.add(sum(2 if unicodedata.east_asian_width(sign) == "W" else 1 for sign in before))
if len(lines) < 4 or len(columns) != 1:
    sys.exit(f"{len(lines)} lines in columns {columns}")
PY
