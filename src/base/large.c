#include "base/large.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>

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
