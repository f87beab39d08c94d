#include "base/large.h"

#include <assert.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

enum {
	KEPT_BYTES = 524288 /* with a quarter of it memory goes to and fro with each bundle: a tenth of a hub's time */
};

void *
large_get(size_t size)
{
	void *at;

	assert(size % LARGE_PAGE_BYTES == 0);
	at = aligned_alloc(LARGE_PAGE_BYTES, size);
	if (at == NULL)
		return NULL;
#ifdef MADV_HUGEPAGE
	(void)madvise(at, size, MADV_HUGEPAGE);
#endif
	return at;
}

void
large_give_back(void)
{
#ifdef M_TRIM_THRESHOLD
	(void)mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
#endif
}
