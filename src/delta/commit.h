/**
 * The text of a commit: what an edit and a merge say, as the exact bytes that git stores and an edit's key signs.
 *
 * Invariants: one content has one spelling. delta_commit_read() takes a commit only if writing what it read gives the
 * same bytes again; so neither an extra header nor a second signature nor a stray byte can hide in a commit.
 * It verifies no signature and computes no digest: that is partition's, with seal. It decides no right.
 * Source: schema/commit-v1.md.
 */
#ifndef DELTA_COMMIT_H
#define DELTA_COMMIT_H

#include "base/ids.h"
#include "record/path.h"
#include "seal/sign.h"

enum {
	DELTA_PARENTS_MAX = 2,
	DELTA_ROSTER_DIGEST_BYTES = 8,
	DELTA_RULES_VERSION = 1, /* the version of the merge rules that this program writes */
};

/** One issuer's chain, as an edit names it: up to which statement the signer had read it. */
struct delta_roster_reference {
	struct node_code issuer;
	uint32_t number;
	uint8_t digest[DELTA_ROSTER_DIGEST_BYTES]; /* the first bytes of the statement's digest */
};

/**
 * What a commit says. An edit has 0 parents (the root commit) or 1; a merge has 2, ascending by id, and none of the
 * fields from `node` on. The views borrow from the text that was read, or from the caller who writes.
 */
struct delta_commit_info {
	bool is_merge;
	uint8_t parent_count;
	struct oid tree;
	struct oid parents[DELTA_PARENTS_MAX];
	int64_t time; /* seconds since 1970-01-01 UTC, 0 .. DELTA_TIME_MAX */
	struct id partition;
	uint32_t schema_version;
	struct digest schema_digest;
	uint32_t rules;
	uint32_t epoch; /* 1 .. LIMIT_EPOCH_MAX */
	struct digest epoch_digest;
	struct digest parents_digest;
	struct digest state_digest;
	/* edits only */
	struct node_code node;
	uint8_t level;
	uint8_t roster_count;
	struct delta_roster_reference roster[LIMIT_LEVELS_MAX]; /* from the root down */
	struct view operator_name;                              /* empty: not said */
	struct view reason;                                     /* empty: not said */
	struct view voids; /* a correction's lines "Void: ...\n" and "Restore: ...\n"; walk with delta_void_next() */
};

/** The last second of the year 9999, so that every time can be written as a date. */
#define DELTA_TIME_MAX INT64_C(253402300799)

/**
 * Append the commit's bytes without a signature: what an edit's key signs, and the whole of a merge.
 *
 * @param out   appended to; unchanged on error
 * @param info_in  checked as untrusted: it may come from a bundle
 * @return ERR_OK; ERR_FORMAT: a value that a commit cannot say (times, control characters, an order); ERR_TOO_BIG: a
 *         text or the commit is over its limit; ERR_NOMEM
 */
enum err delta_commit_write(struct bytes *out, const struct delta_commit_info *info_in, struct err_info *info) MUST_USE;

/** The checks of delta_commit_write() without writing: ERR_OK, ERR_FORMAT, ERR_TOO_BIG, ERR_NOMEM. */
enum err delta_commit_check(const struct delta_commit_info *commit, struct err_info *info) MUST_USE;

/**
 * Append a signed commit: the unsigned bytes with the armor as `gpgsig` header behind the committer, as git writes it.
 *
 * @param unsigned_text  what delta_commit_write() gave, for an edit
 * @param armor          "-----BEGIN SSH SIGNATURE-----" to "-----END SSH SIGNATURE-----", its last newline or not
 * @return ERR_OK; ERR_FORMAT: no committer line, or not an armor; ERR_NOMEM
 */
enum err delta_commit_sign_insert(struct bytes *out, struct view unsigned_text, struct view armor,
                                  struct err_info *info) MUST_USE;

/** The pieces of a commit's bytes. Release with delta_commit_parts_release. */
struct delta_commit_parts {
	struct view
		signature_header; /* the value of `gpgsig`, continuation blanks included; empty for a merge; borrowed */
	struct seal_sshsig sshsig;  /* what the armor holds; not verified; an edit's only */
	struct bytes unsigned_text; /* what the signature is over, under SEAL_NAMESPACE_GIT */
};

/**
 * Read a commit strictly.
 *
 * @param out        its views borrow from `text`
 * @param parts_out  may be NULL; released by the caller
 * @param text       untrusted
 * @return ERR_OK; ERR_AUTH: not the one spelling of what it says; the text names the line that differs (a second gpgsig,
 *         an unknown header, an author who is not the committer, another armor, trailing bytes ...); ERR_TOO_BIG: over
 *         LIMIT_COMMIT_BYTES_MAX; ERR_NOMEM
 */
enum err delta_commit_read(struct delta_commit_info *out, struct delta_commit_parts *parts_out, struct view text,
                           struct err_info *info) MUST_USE;
void delta_commit_parts_release(struct delta_commit_parts *parts);

/** One line of a correction: which earlier write counts for nothing, or (is_restore) counts again. */
struct delta_void {
	bool is_restore;
	bool is_whole; /* every write of the commit; `record` and `path` are not set */
	struct oid commit;
	struct id record;
	struct record_path
		path; /* named: its key is a digest, in the arena; key_field is 0, which no comparison looks at */
};

/** Append one line; its path is named. ERR_NOMEM. */
enum err delta_void_write(struct bytes *out, const struct delta_void *line, struct err_info *info) MUST_USE;
/**
 * Take the first line off `rest`. Lines are strictly ascending by their bytes; that is checked where a commit is read or
 * written, not here. ERR_FORMAT: not a line of this form; ERR_NOT_FOUND: `rest` is empty; ERR_NOMEM.
 */
enum err delta_void_next(struct delta_void *out, struct view *rest, struct arena *arena,
                         struct err_info *info) MUST_USE;

/** Whether the text may stand as an operator or a reason: UTF-8 without control characters, no blank at either end. */
bool delta_text_is_plain(struct view text);

#endif
