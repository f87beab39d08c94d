/**
 * postings: the cache beside a hub's store that says which records must be compared with which: sorted segments of postings
 * (finding/finding.h), a head that names them, the commit up to which each partition was read, and which finding stands for
 * which subject. It can be deleted at any time; whoever lacks the node's key learns from it how large it is.
 *
 * Invariants: a page or head is believed only if its tag is right under our key; the head is written last, so after a crash
 * the old or the new state is there, or none; a night writes what changed and joins segments so that each posting is
 * rewritten O(log n) times. It judges nothing and opens no record. Source: schema/store-v1.md, "The cache of findings".
 */
#ifndef POSTINGS_POSTINGS_H
#define POSTINGS_POSTINGS_H

#include "base/env.h"
#include "finding/finding.h"

struct postings;

/**
 * Empty, not yet read.
 * @param directory  of the cache; made when something is saved
 * @param key        becomes the postings' also on error
 * ERR_NOMEM.
 */
enum err postings_new(struct postings **out, const char *directory, struct seal_key *key, const struct env *env,
                      struct err_info *info) MUST_USE;
void postings_free(struct postings *postings);
const struct seal_key *postings_key(const struct postings *postings);

/**
 * Take up what the files hold; false (and empty): there is nothing, or it is damaged.
 * @param context_out  what it was saved for: of another context only how far each partition was read still means something
 */
bool postings_load(struct postings *postings, struct digest *context_out);
/** Forget everything, in memory only. */
void postings_clear(struct postings *postings);

/* --- partitions, by number --- */

struct postings_place {
	struct id partition;
	struct oid commit; /* read up to here; none: not yet */
	int64_t day;       /* of the last run that wrote findings there, and how many it raised that day */
	uint64_t raised;
};

/** The number of a partition; added when new. ERR_TOO_BIG; ERR_NOMEM. */
enum err postings_place(uint16_t *out, struct postings *postings, const struct id *partition,
                        struct err_info *info) MUST_USE;
size_t postings_place_count(const struct postings *postings);
/** Borrowed until the next place is added. */
struct postings_place *postings_place_at(struct postings *postings, uint16_t place);
/** How many records of a roll's kind lie in a place: changed by the difference, told. ERR_NOMEM. */
enum err postings_roll_change(struct postings *postings, uint16_t place, struct view kind, int64_t difference,
                              struct err_info *info) MUST_USE;
bool postings_has_roll(const struct postings *postings, uint16_t place, struct view kind);

/* --- postings --- */

/**
 * A posting came or went; of one that changed the old goes and the new comes. Once a run for each. Errors of files (a large amount
 * is written out early); ERR_NOMEM.
 */
enum err postings_change(struct postings *postings, const struct finding_posting *posting, bool is_there,
                         struct err_info *info) MUST_USE;
/** Put the changes of this run in order: before anything is read. */
void postings_settle(struct postings *postings);
/** All postings of a group, appended. ERR_FORMAT: the cache is damaged; ERR_NOMEM. */
enum err postings_group(struct finding_postings *out, struct postings *postings,
                        const uint8_t group[FINDING_GROUP_BYTES], struct err_info *info) MUST_USE;

/**
 * These groups (hashes of FINDING_GROUP_BYTES, one behind the other, ascending; borrowed) will be asked for in this order: part of
 * their pages is opened beside. Until postings_expect_end() no posting is changed and nothing is saved. ERR_NOMEM.
 */
enum err postings_expect(struct postings *postings, struct view groups, struct err_info *info) MUST_USE;
void postings_expect_end(struct postings *postings);

typedef enum err (*postings_visit)(void *context, const struct finding_posting *items, size_t count,
                                   struct err_info *info);
/** Every group in order. What the visit returned; ERR_FORMAT: damaged; ERR_NOMEM. */
enum err postings_each(struct postings *postings, postings_visit visit, void *context, struct err_info *info) MUST_USE;
/** Postings in segments and of this run, gone ones counted too. */
uint64_t postings_count(const struct postings *postings);

/* --- which finding stands for a subject --- */

struct postings_note {
	uint8_t subject[FINDING_GROUP_BYTES];
	uint16_t place;
	struct id finding;
};

struct postings_subject {
	struct view declared_by;
	struct view rule;
	struct id record;
	uint32_t element;
};

void postings_subject_hash(uint8_t out[FINDING_GROUP_BYTES], const struct postings *postings,
                           const struct postings_subject *subject);
/** NULL: none. Borrowed until the next change. */
const struct postings_note *postings_note_find(const struct postings *postings,
                                               const uint8_t subject[FINDING_GROUP_BYTES]);
/** Put or replace; a note whose finding is another's stays with the smaller id. ERR_NOMEM. */
enum err postings_note_put(struct postings *postings, const struct postings_note *note, struct err_info *info) MUST_USE;
/** Take out, if it is that finding's. */
void postings_note_remove(struct postings *postings, const struct postings_note *note);
/** Walk; start at 0; NULL at the end. */
const struct postings_note *postings_note_next(const struct postings *postings, size_t *position);

/* --- what waits for the next run: groups to be judged, subjects whose cause is gone --- */
enum postings_pending {
	POSTINGS_PENDING_GROUPS,
	POSTINGS_PENDING_SUBJECTS,
	POSTINGS_PENDINGS,
};

/** @param hash  FINDING_GROUP_BYTES */
enum err postings_pending_add(struct postings *postings, enum postings_pending what,
                              const uint8_t hash[FINDING_GROUP_BYTES], struct err_info *info) MUST_USE;
/** Borrowed until the next change: hashes of FINDING_GROUP_BYTES, one behind the other. */
struct view postings_pending(const struct postings *postings, enum postings_pending what);
void postings_pending_clear(struct postings *postings);

/** Write what changed, and the head. ERR_IO; ERR_FORMAT: a segment is damaged; ERR_NOMEM. */
enum err postings_save(struct postings *postings, const struct digest *context, struct err_info *info) MUST_USE;

#endif
