/** One signed edit at the desk: add, set, remove; and finding records by what a person types. */
#ifndef FLOW_DESK_H
#define FLOW_DESK_H

#include "delta/changes.h"
#include "flow/terms.h"
#include "partition/natural.h"
#include "record/record.h"
#include "roster/version.h"
#include "schema/set.h"

struct policy;

/** A partition opened for writing on its head, with an edit begun. Released by flow_editing_release. */
struct flow_editing {
	const struct flow_desk *desk;
	struct partition *partition; /* locked */
	struct partition_version head;
	struct partition_batch *batch;
	struct partition_edit *edit;
	struct partition_natural *natural; /* the batch's; NULL until asked for */
	struct flow_terms terms;
	struct roster_version version; /* the roster state that the edit names */
	const struct schema_set *schemas;
	struct policy *policy; /* all that is held and written here so far; NULL until a record of such a kind is put */
	struct oid last;       /* the newest commit of the batch; the head at first */
	size_t commits;
};

/** @param owner  whose partition. ERR_STATE: not accepted, or no schema set; ERR_NOT_FOUND; ERR_LOCKED; ERR_IO */
enum err flow_editing_begin(struct flow_editing *out, const struct flow_desk *desk, const struct node_code *owner,
                            struct err_info *info) MUST_USE;
/** Begin the next edit of the batch, on the one signed last. */
enum err flow_editing_next(struct flow_editing *editing, struct err_info *info) MUST_USE;
/** Sign the edit at hand unless it wrote nothing. */
enum err flow_editing_sign(struct flow_editing *editing, struct err_info *info) MUST_USE;
/** Publish what was signed, unless it is a dry run or nothing was signed. */
enum err flow_editing_publish(struct flow_editing *editing, struct err_info *info) MUST_USE;
void flow_editing_release(struct flow_editing *editing);

/**
 * Have the natural keys at hand, at what the edit has written so far: flow_editing_put and flow_editing_remove keep them so.
 * Before the first record is written. Errors of partition_natural_move.
 */
enum err flow_editing_natural(struct flow_editing *editing, struct err_info *info) MUST_USE;

/** The kind in the edit's schema set. ERR_NOT_FOUND names the kinds that there are. */
enum err flow_editing_kind(const struct schema_kind **out, const struct flow_editing *editing, struct view name,
                           struct err_info *info) MUST_USE;
/**
 * Judge and add a record whose values all came through schema_value_from_text() or schema_value_from_json().
 * @param id  of the new record
 * ERR_RIGHT, ERR_RULE, ERR_TOO_BIG ...
 */
enum err flow_editing_add(struct flow_editing *editing, struct arena *arena, struct id *id, const struct record *record,
                          struct err_info *info) MUST_USE;
/**
 * Judge and write a record: rights, types, then add or change. `old` NULL: it is added.
 * @param id         of the record; set when it is added
 * @param is_changed_out  false: nothing differs and nothing was written
 * ERR_RIGHT, ERR_RULE, ERR_TOO_BIG ...
 */
enum err flow_editing_put(struct flow_editing *editing, struct arena *arena, struct id *id, const struct record *old,
                          struct record *record, bool *is_changed_out, struct err_info *info) MUST_USE;
/**
 * Judge and write a changeset of a record that is there or was: a change, a settlement, a record that comes back.
 * ERR_RIGHT, ERR_RULE: the signer may not, or it breaks the schema; ERR_FORMAT, ERR_TOO_BIG ...
 */
enum err flow_editing_write(struct flow_editing *editing, struct arena *arena, const struct id *id, struct view kind,
                            const struct delta_writes *writes, struct err_info *info) MUST_USE;
/** Judge and write a removal. */
enum err flow_editing_remove(struct flow_editing *editing, struct arena *arena, const struct id *id,
                             const struct record *old, struct err_info *info) MUST_USE;

/**
 * Find one record by 6 or more digits of its id, or by FIELD=value of a natural key.
 * ERR_NOT_FOUND; ERR_USAGE: several; ERR_FORMAT
 */
enum err flow_find(struct id *out, struct node *node, struct partition *partition,
                   const struct partition_version *version, const char *text, struct err_info *info) MUST_USE;
/** The same over all partitions held (owner "" in) or one; *owner_out says where it was found. */
enum err flow_find_anywhere(struct node_code *owner_out, struct id *out, struct node *node,
                            const struct node_code *owner, const char *text, struct err_info *info) MUST_USE;

/** The same, and by all digits of its id also one that was removed: for its history. */
enum err flow_find_ever(struct node_code *owner_out, struct id *out, struct node *node, const struct node_code *owner,
                        const char *text, struct err_info *info) MUST_USE;

/**
 * The one live record with this key (record_natural_key), as the natural keys at hand stand.
 * ERR_NOT_FOUND; ERR_USAGE: several; ERR_RIGHT: no keys; errors of partition_natural_find
 */
enum err flow_find_key(struct id *out, struct partition_natural *natural, struct view key,
                       struct err_info *info) MUST_USE;

/** Assign "field=value" words to a record; an empty value clears. ERR_USAGE: no '='; ERR_RULE: unknown field, wrong value. */
enum err flow_assign(struct record *record, struct arena *arena, const struct schema_kind *kind,
                     const char *const *words, size_t count, struct err_info *info) MUST_USE;

struct flow_edit_result {
	struct node_code owner;
	struct id id;
	struct oid commit;
	bool is_changed;
};

/** @param owner  whose partition; NULL: our own */
enum err flow_add(struct flow_edit_result *out, const struct flow_desk *desk, const struct node_code *owner,
                  const char *kind, const char *const *words, size_t count, struct err_info *info) MUST_USE;
enum err flow_set(struct flow_edit_result *out, const struct flow_desk *desk, const struct node_code *owner,
                  const char *id, const char *const *words, size_t count, struct err_info *info) MUST_USE;
enum err flow_remove(struct flow_edit_result *out, const struct flow_desk *desk, const struct node_code *owner,
                     const char *id, struct err_info *info) MUST_USE;

#endif
