/**
 * A store of nothing but rows, for merge_differential.py: histories go through src/merge as they would in a partition. It
 * takes from a row what a row can say, folds what only history can say, and looks for twins where a merge may have made some.
 */
#ifndef TESTS_MERGE_REPLAY_H
#define TESTS_MERGE_REPLAY_H

#include "merge/resolve.h"
#include "merge/twin.h"

enum {
	EDITS_MAX = 512,
	COMMITS_MAX = 1024,
	RECORDS_MAX = 64,
	WORDS_MAX = 512,
	VERSIONS = 2,
	KEY_BYTES_MAX = 128, /* of a register's key */
};

struct mask {
	uint64_t words[EDITS_MAX / 64];
};

/** What one edit did to one record. */
struct touch {
	struct id id;
	struct merge_step step;
};

struct edit {
	struct mask past;
	struct touch *touches;
	size_t touch_count;
	struct merge_word *words; /* of a correction */
	struct id *word_ids;      /* the record that a word is about; a whole word is about all */
	size_t word_count;
};

struct slot {
	struct id id;
	struct merge_row row;
};

struct tree {
	struct mask mask;               /* the edits below it */
	struct slot slots[RECORDS_MAX]; /* by id */
	size_t count;
};

/** The world that is being replayed. */
struct world {
	struct arena arena;
	struct merge_edit items[EDITS_MAX];
	struct edit edits[EDITS_MAX];
	struct tree *trees[COMMITS_MAX];
	size_t tree_count;
	struct merge_edits table;
	const struct schema_kind *kinds[VERSIONS];
	size_t joins;
	size_t folds;
};

extern struct world world;

/** Say BAD unless it is true. */
void need(bool is_true, const char *what);
/** Say BAD and end unless the call gave ERR_OK; with the text in `info`. */
void check(enum err err, const struct err_info *info, const char *what);
/** Memory of the world. */
void *get(size_t size);
void set(struct mask *mask, size_t bit);
bool knows(const void *context, uint32_t a, uint32_t b);
const struct schema_kind *find_kind(const void *context, struct view name, uint32_t version);
struct merge_history history_of(const struct id *id, const struct mask *mask);
struct merge_row *row_in(struct tree *tree, const struct id *id);
void print_hex(struct view view);

/** The tree of the edit read last; parent NULL: the root. Printed. */
void make_edit(struct tree *parent);
/** The tree of a merge. Printed. */
void make_merge(struct tree *a, struct tree *b);

#endif
