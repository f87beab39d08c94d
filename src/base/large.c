#include "base/large.h"

#include <malloc.h>

enum {
	KEPT_BYTES = 524288 /* with a quarter of it memory goes to and fro with each bundle: a tenth of a hub's time */
};

void
large_give_back(void)
{
#ifdef M_TRIM_THRESHOLD
	(void)mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
#endif
}
