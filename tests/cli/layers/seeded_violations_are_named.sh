# The layer check sees an include upstairs, a library in the wrong folder, a clock in record/, and a folder that is on no floor.
mkdir -p src/record src/base src/attic
cp "$TIERSYNC_SOURCE/src/FLOORS" src/
printf '#include <time.h>\n#include "flow/flow.h"\n#include <git2/sys.h>\n#include "base/err.h"\n' >src/record/a.c
printf '#include "record/record.h"\n' >src/base/b.c
printf '#include "base/err.h"\n' >src/attic/c.c
expect 1 "$TIERSYNC_SOURCE/tools/check-layers.sh" "$PWD"
said 'record (floor 3) reaches flow (floor 9)'
said '<git2/sys.h> belongs to git'
said '<time.h> has no place in record'
said 'base (floor 0) reaches record (floor 3)'
said 'folder attic is not in src/FLOORS'
[ "$(wc -l <said)" -eq 5 ] || fail "more than the five was said"
