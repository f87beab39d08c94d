/** The cache of generation numbers, "tiersync-generations": schema/store-v1.md, "History". */
#ifndef GIT_GENERATIONS_H
#define GIT_GENERATIONS_H

#include "git/internal.h"
#include "git/oidset.h"

struct generation {
	struct oid commit; /* first: see git/oidset.h */
	uint32_t number;
};

struct generations {
	struct generation *items;
	size_t count;
	size_t capacity;
	size_t saved;  /* items that the file has; those behind are new */
	bool is_whole; /* false: the file was not there, cut or wrong, and saving replaces it */
	struct git_oidset index;
};

/** Read the cache of a store. Never an error but ERR_NOMEM: a bad file reads as far as it is good. */
enum err generations_load(struct generations *out, const struct git_store *store, struct err_info *info) MUST_USE;
/** 0: not known. */
uint32_t generations_find(const struct generations *generations, const struct oid *commit);
/** Remember a number. ERR_NOMEM. */
enum err generations_add(struct generations *generations, const struct oid *commit, uint32_t number,
                         struct err_info *info) MUST_USE;
/** Append what is new to the file (or replace a bad one). It is a cache: failures are passed over. */
void generations_save(struct generations *generations, const struct git_store *store);
/** Forget all, and replace the file when saving. */
void generations_forget(struct generations *generations);
void generations_release(struct generations *generations);
/** The file's bytes, as far as they are good, added to `out`. ERR_NOMEM. */
enum err generations_parse(struct generations *out, struct view file, struct err_info *info) MUST_USE;

#endif
