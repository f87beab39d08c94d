/** What becomes of large pieces of memory when they are freed. */
#ifndef BASE_LARGE_H
#define BASE_LARGE_H

/**
 * From now on large pieces go back to the system as they are freed. By itself glibc learns from the first one that is freed to keep
 * up to 64 MB for the next. For a program's start: it is of the whole process.
 */
void large_give_back(void);

#endif
