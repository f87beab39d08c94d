/** Large pieces of memory: a table whose entries are asked for here and there, and what becomes of them when they are freed. */
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

/**
 * From now on large pieces go back to the system as they are freed. By itself glibc learns from the first one that is freed to keep
 * up to 64 MB for the next. For a program's start: it is of the whole process.
 */
void large_give_back(void);

enum {
	LARGE_PAGE_BYTES = 2097152
};

#endif
