/** What the files of git/history.h share: the commits seen so far, by position. Internal to git. */
#ifndef GIT_WALK_H
#define GIT_WALK_H

#include "git/generations.h"
#include "git/history.h"

enum commit_flags {
	IS_READ = 1 << 0,   /* parents are known */
	IS_STORED = 1 << 1, /* lies in the store, so its number may be kept */
	BY_HEADS = 1 << 2,  /* colours of one walk */
	BY_BASES = 1 << 3,
	IS_LISTED = 1 << 4, /* in touched */
};

enum {
	ITEMS_MIN = 64,
	BITS_PER_WALK = BY_HEADS | BY_BASES | IS_LISTED,
};

struct walk_commit {
	struct oid oid;      /* first: see git/oidset.h */
	uint32_t generation; /* 0: not known yet */
	uint32_t parents[GIT_PARENTS_MAX];
	uint8_t parent_count;
	uint8_t flags;
};

struct walk_positions {
	uint32_t *items;
	size_t count;
	size_t capacity;
};

struct git_history {
	struct git_reader reader;
	struct generations cache;
	struct walk_commit *commits; /* every commit seen since opening */
	size_t count;
	size_t capacity;
	struct git_oidset index;
	struct walk_positions stack;   /* of counting */
	struct walk_positions touched; /* commits with colours */
	struct walk_positions heap;    /* of the walk: largest generation first */
	size_t open_count;             /* commits in the heap that only heads reach */
};

/** Append a position. ERR_NOMEM. */
enum err walk_push(struct walk_positions *positions, uint32_t position, struct err_info *info) MUST_USE;
/** The position of a commit, made if new. Nothing is read. ERR_TOO_BIG, ERR_NOMEM. */
enum err walk_commit_at(uint32_t *out, struct git_history *history, const struct oid *oid,
                        struct err_info *info) MUST_USE;
/** Read a commit's parents, once. Errors of git_reader_get; ERR_FORMAT. */
enum err walk_read(struct git_history *history, uint32_t position, struct err_info *info) MUST_USE;
/** Give a commit its generation number, and first its ancestors that have none. Errors as above. */
enum err walk_number(struct git_history *history, uint32_t position, struct err_info *info) MUST_USE;
/** The commits found, parents before children; among those whose parents are out, the smaller id first. ERR_NOMEM. */
enum err walk_sort(struct git_oids *out, const struct git_history *history, const struct walk_positions *found,
                   struct err_info *info) MUST_USE;

#endif
