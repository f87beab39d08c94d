/** Memory for a large table whose entries are asked for here and there. */
#ifndef BASE_LARGE_H
#define BASE_LARGE_H

#include <stddef.h>

/**
 * Not cleared; in pages of two megabytes where the system has them, which makes a look-up cheaper and the first touch of all of it a
 * few faults instead of a thousand. What is not touched takes no memory.
 * @param size  a multiple of LARGE_PAGE_BYTES
 * @return NULL: no memory; to be released with free()
 */
void *large_get(size_t size);

enum {
	LARGE_PAGE_BYTES = 2097152
};

#endif
