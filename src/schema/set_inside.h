/** Inside schema: what a set holds, and when a file of it is compiled. */
#ifndef SCHEMA_SET_INSIDE_H
#define SCHEMA_SET_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "schema/compile.h"
#include "schema/set.h"

enum {
	TYPE_CODES = 1,
	TYPE_KIND = 2,
	KEY_VERSION = 1,
	KEY_CODES = 2,
	KEY_KINDS = 3
};

enum schema_state_of_file {
	SCHEMA_NOT_COMPILED, /* name, text and digest are there, nothing else */
	SCHEMA_HAS_FIELDS,   /* its rules are still to come */
	SCHEMA_COMPILED,     /* those across records, which refer to other kinds, may be still to come */
	SCHEMA_COMPLETE,
	SCHEMA_UNREADABLE, /* it did not compile: there is no such kind here */
};

/** Whether a kind has rules across records, once it was searched for them. */
enum schema_across_known {
	SCHEMA_ACROSS_UNKNOWN,
	SCHEMA_ACROSS_NONE,
	SCHEMA_ACROSS_SOME, /* most likely */
};

/* Name and text stand beside what is compiled, which is written while another thread looks for a name. */

struct schema_set_codes {
	struct view name;
	struct schema_codes codes;
	atomic_int state; /* enum schema_state_of_file */
};

struct schema_set_kind {
	struct view name;
	struct view text;
	struct schema_draft draft;
	atomic_int state;  /* enum schema_state_of_file */
	atomic_int across; /* enum schema_across_known */
	struct json *json; /* while something is still to come, unless the set was made of files */
};

/*
 * The arrays and the arena are written to through a constant set: a file is compiled when it is first asked for. By one thread at a
 * time, under the lock; a state that says that nothing is to come is read without it.
 */
struct schema_set {
	uint32_t version;
	struct digest digest;
	struct bytes bytes;
	struct arena *arena;
	pthread_mutex_t *lock;          /* recursive: a kind compiles what it refers to */
	struct schema_set_codes *codes; /* by name */
	size_t codes_count;
	struct schema_set_kind *kinds; /* by name */
	size_t kind_count;
	atomic_bool is_short; /* a file was not compiled for want of memory */
};

/** An empty set with room for so many files of each type. */
enum err schema_set_make(struct schema_set **out, uint32_t version, size_t room, struct err_info *info) MUST_USE;
/** A kind with its fields at least: for what refers to it from another kind. NULL: no such kind. */
const struct schema_kind *schema_set_kind_fields(const struct schema_set *set, struct view name);
/** From version, names and digests of the texts. */
void schema_set_compute_digest(struct schema_set *set);

#endif
