/**
 * libtiersync: a store of signed, versioned case records, from C.
 *
 * Every function that can fail returns a code and, if `error` is not NULL, says there in plain words what failed and where, what
 * was expected, and what to do. On failure nothing was changed unless the words say so. Nothing is printed. A store object is used
 * by one thread at a time; several processes may have one store open at once, a writer waits for the other's lock.
 *
 * Text is UTF-8. An office is named by its 12-digit division code, with a department behind a dot where it is not the
 * civil-affairs office. A record is named by 6 or more digits of its id, or by FIELD=value of its natural key. What the words mean,
 * and the same by hand: tiersync VERB --help; kinds and formats: schema/README.md of the source.
 */
#ifndef TIERSYNC_TIERSYNC_H
#define TIERSYNC_TIERSYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TIERSYNC_API __attribute__((visibility("default")))
#define TIERSYNC_MUST_USE __attribute__((warn_unused_result))
#else
#define TIERSYNC_API
#define TIERSYNC_MUST_USE
#endif

/** What the caller may do next. Never renumbered; schema/errors.def. */
enum tiersync_code {
	TIERSYNC_OK = 0,
	TIERSYNC_IO = -1,         /* the disk, permissions, a path */
	TIERSYNC_NOMEM = -2,      /* free memory, do it again */
	TIERSYNC_INTERNAL = -3,   /* a fault of the library: report it */
	TIERSYNC_USAGE = -4,      /* called wrongly */
	TIERSYNC_FORMAT = -5,     /* the bytes are not what the format says */
	TIERSYNC_TOO_BIG = -6,    /* a named limit was passed */
	TIERSYNC_VERSION = -7,    /* written by a newer tiersync */
	TIERSYNC_RULE = -8,       /* a value breaks a rule of its schema */
	TIERSYNC_NOT_FOUND = -9,  /* no such record, kind, office, file */
	TIERSYNC_EXISTS = -10,    /* it is there already */
	TIERSYNC_STATE = -11,     /* another step must come first */
	TIERSYNC_RIGHT = -12,     /* this office may not do it */
	TIERSYNC_BASE = -13,      /* a bundle's base is not held; the next one starts earlier */
	TIERSYNC_AUTH = -14,      /* not authentic */
	TIERSYNC_LOCKED = -15,    /* another run holds the lock; try again */
	TIERSYNC_STALE = -16,     /* the store moved meanwhile; do it again */
	TIERSYNC_PART = -17,      /* something was done and something was not */
	TIERSYNC_CONFLICTS = -18, /* conflicts wait for a person */
	TIERSYNC_DICTIONARY = -19 /* a bundle's sample is not held; the next one comes without it */
};

enum {
	TIERSYNC_ID_DIGITS = 32,
	TIERSYNC_CODE_BYTES = 32, /* an office's code with its final zero */
	TIERSYNC_ERROR_BYTES = 1024
};

struct tiersync_error {
	enum tiersync_code code;
	char text[TIERSYNC_ERROR_BYTES];
};

/** A store that is open. */
typedef struct tiersync_store tiersync_store;

/** The version of the library, as "0.1.0". */
TIERSYNC_API const char *tiersync_version(void);

/**
 * Open the store of an office.
 *
 * @param out         close with tiersync_close()
 * @param passphrase  of its keys; NULL: they are under none. Copied for the call only
 * @return NOT_FOUND: no store; VERSION; FORMAT, AUTH: damaged, or the passphrase is wrong; IO; NOMEM
 */
TIERSYNC_API enum tiersync_code tiersync_open(tiersync_store **out, const char *directory, const char *passphrase,
                                              struct tiersync_error *error) TIERSYNC_MUST_USE;
/** NULL is fine. */
TIERSYNC_API void tiersync_close(tiersync_store *store);
/** The office's code; lives as long as the store is open. */
TIERSYNC_API const char *tiersync_node(const tiersync_store *store);

/** How this and later writing calls are made. Texts are copied. */
struct tiersync_desk {
	const char *operator_name; /* who sits at the desk; NULL: nobody */
	const char *note;          /* why; NULL: nothing */
	int wait_seconds;          /* for another run's lock; 60 at first */
};
/** NOMEM. */
TIERSYNC_API enum tiersync_code tiersync_sit(tiersync_store *store, const struct tiersync_desk *desk,
                                             struct tiersync_error *error) TIERSYNC_MUST_USE;

/* --- records --- */

/**
 * Told of a record. All is borrowed for the call.
 * @param json  one object by names, as `tiersync export --format jsonl` writes it: id, kind, then the fields. Not masked
 * @return false: enough, the walk ends well
 */
typedef bool tiersync_visit(void *context, const char *partition, const char *json);

/** What to read; all of it may be NULL. */
struct tiersync_query {
	const char *partition; /* NULL: every partition held */
	const char *kind;      /* NULL: all */
	const char *where;     /* "FIELD=value" */
	const char *at;        /* "head", "~N", "YYYY-MM-DD", digits of a commit; NULL: the head */
};

/** Every record that the query names, in no promised order. NOT_FOUND, USAGE, RIGHT: no key opens them; RULE: `where` names a field that no kind has; FORMAT, IO, NOMEM */
TIERSYNC_API enum tiersync_code tiersync_each(tiersync_store *store, const struct tiersync_query *query,
                                              tiersync_visit *visit, void *context,
                                              struct tiersync_error *error) TIERSYNC_MUST_USE;
/** The one record. NOT_FOUND; USAGE: several; and those of tiersync_each() */
TIERSYNC_API enum tiersync_code tiersync_get(tiersync_store *store, const struct tiersync_query *query,
                                             const char *record, tiersync_visit *visit, void *context,
                                             struct tiersync_error *error) TIERSYNC_MUST_USE;

/** What a single edit came to. */
struct tiersync_edit {
	char id[TIERSYNC_ID_DIGITS + 1];
	char partition[TIERSYNC_CODE_BYTES];
	bool is_changed; /* false: nothing differed, nothing was written */
};

/**
 * One signed edit: a new record.
 *
 * @param partition  whose; NULL: our own
 * @param values     "FIELD=value", by name or Chinese title; an empty value is none
 * @return RULE: a value breaks its schema; RIGHT: this office may not write a field; STATE: not enrolled, no schema; NOT_FOUND: the
 *         kind, the partition; LOCKED; TOO_BIG; IO; NOMEM
 */
TIERSYNC_API enum tiersync_code tiersync_add(struct tiersync_edit *out, tiersync_store *store, const char *partition,
                                             const char *kind, const char *const *values, size_t count,
                                             struct tiersync_error *error) TIERSYNC_MUST_USE;
/** The same for a record that is there; an empty value clears the field. @param partition  NULL: where it is found */
TIERSYNC_API enum tiersync_code tiersync_set(struct tiersync_edit *out, tiersync_store *store, const char *partition,
                                             const char *record, const char *const *values, size_t count,
                                             struct tiersync_error *error) TIERSYNC_MUST_USE;
/** The same: the record is removed. It comes back as it was by `revert`. */
TIERSYNC_API enum tiersync_code tiersync_remove(struct tiersync_edit *out, tiersync_store *store, const char *partition,
                                                const char *record, struct tiersync_error *error) TIERSYNC_MUST_USE;

struct tiersync_import {
	uint64_t rows;
	uint64_t added;
	uint64_t changed;
	uint64_t unchanged;
	uint64_t bad; /* the file is refused for one; counted all the same */
};
/** Told of a bad row, in words, at most 20 times. */
typedef void tiersync_bad_row(void *context, const char *text);

/**
 * Bring a file of records (CSV or JSON Lines by its name, UTF-8) into our own partition: matched on the natural key, only what
 * differs is written. One bad row refuses the file and nothing is written.
 *
 * @param bad_row  may be NULL
 * @return RULE: bad rows; FORMAT: the file; NOT_FOUND: the file, the kind; and those of tiersync_add()
 */
TIERSYNC_API enum tiersync_code tiersync_import_file(struct tiersync_import *out, tiersync_store *store,
                                                     const char *kind, const char *path, tiersync_bad_row *bad_row,
                                                     void *context, struct tiersync_error *error) TIERSYNC_MUST_USE;

/* --- exchange --- */

/**
 * Make the next bundle for an office above or below and write it to a new file.
 * @return PART: it was written, without a partition that cannot be sent; NOT_FOUND: no such office; RIGHT: it is neither above nor below; AUTH: its key is revoked; STATE; LOCKED; IO; NOMEM
 */
TIERSYNC_API enum tiersync_code tiersync_bundle(tiersync_store *store, const char *to, const char *path,
                                                struct tiersync_error *error) TIERSYNC_MUST_USE;

struct tiersync_taken {
	char sender[TIERSYNC_CODE_BYTES];
	uint64_t number;
	bool was_taken;    /* this very bundle was taken before: nothing to do */
	size_t partitions; /* that it carried */
	size_t stopped;    /* of them: refused, held, or waited for */
	uint64_t changes;  /* records added, changed or removed by it */
};
/**
 * Take a bundle: untrusted bytes, verified before anything is opened.
 * @return OK; PART: *out says how many of its partitions were stopped at the door; FORMAT, TOO_BIG, VERSION, NOT_FOUND, RIGHT: bad
 *         input; AUTH: not authentic; LOCKED; IO; NOMEM
 */
TIERSYNC_API enum tiersync_code tiersync_take(struct tiersync_taken *out, tiersync_store *store, const char *path,
                                              struct tiersync_error *error) TIERSYNC_MUST_USE;

struct tiersync_night {
	size_t taken;
	size_t not_taken;
	size_t sent;
	size_t failed;
	size_t stopped;
};
/**
 * The whole night: take what has come, hand over what is owed.
 * @param directory  the stick just plugged in; NULL: every peer that `peer add` named
 * @return OK; PART: something was done and something was not, or a peer was not reached; else the code of what failed
 */
TIERSYNC_API enum tiersync_code tiersync_sync(struct tiersync_night *out, tiersync_store *store, const char *directory,
                                              struct tiersync_error *error) TIERSYNC_MUST_USE;

/* --- looking after it --- */

struct tiersync_outlook {
	bool is_confirmed;  /* the superior holds all of our own partition */
	uint64_t conflicts; /* records with open conflicts, in every partition held */
	uint64_t held;      /* bundles' parts stopped at the door, for a person to decide */
	uint64_t refused;
};
/** @return OK; FORMAT: partitions that cannot be read, `out` says what waits in the others; IO; NOMEM */
TIERSYNC_API enum tiersync_code tiersync_status(struct tiersync_outlook *out, tiersync_store *store,
                                                struct tiersync_error *error) TIERSYNC_MUST_USE;

/** Told of each thing that is wrong: what it is, and why. */
typedef void tiersync_wrong(void *context, const char *what, const char *why);
/**
 * Verify everything from the pinned root down.
 * @param root   its fingerprint, 8 groups of 5 digits, to be compared; NULL: it is not
 * @param wrong  may be NULL
 * @return OK: nothing that could be checked is wrong; AUTH; USAGE: no fingerprint; IO; NOMEM
 */
TIERSYNC_API enum tiersync_code tiersync_audit(tiersync_store *store, const char *root, tiersync_wrong *wrong,
                                               void *context, struct tiersync_error *error) TIERSYNC_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif
