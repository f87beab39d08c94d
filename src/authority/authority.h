/**
 * authority: may this signer write what this changeset writes? One function for the desk (before an edit is signed) and the
 * door (when it is taken), on the same inputs: so no office signs what the next one refuses. Pure.
 *
 * Rule: the signer is the partition's owner or an office above it. A field without x-authority, and a record's existence, may
 * be written by any of these, and so may the drop of a refused write; a field with it by the levels and departments that it names. A delegation or withdrawal that the
 * roster state holds comes before the schema's default. Source: schema/kind-v1.md (x-authority), schema/statement-v1.md.
 */
#ifndef AUTHORITY_AUTHORITY_H
#define AUTHORITY_AUTHORITY_H

#include "delta/changes.h"
#include "roster/rights.h"
#include "schema/schema.h"

struct authority_question {
	const struct roster *roster;
	const struct roster_version *version; /* the state to judge by: the one that the edit names */
	struct node_code signer;
	struct node_code owner; /* of the partition */
	const struct schema_kind *kind;
	int64_t time;                /* of the edit, unix seconds: delegations have days */
	const struct record *record; /* as the edit leaves it: delegations have limits. NULL: it is removed */
};

/**
 * Judge one record's writes.
 * @return ERR_OK; ERR_RIGHT: the text names the field (title and name), who signed, and who may write it; ERR_NOT_FOUND: the
 *         roster does not know the signer at that state
 */
enum err authority_check(const struct authority_question *question, const struct delta_writes *writes,
                         struct err_info *info) MUST_USE;

/**
 * Judge the adding of question->record as a whole: as authority_check() with all writes that make it, but they are listed only
 * where the roster has a word on the signer. `arena` is for that. Errors as above; ERR_NOMEM.
 */
enum err authority_check_added(const struct authority_question *question, struct arena *arena,
                               struct err_info *info) MUST_USE;

/** Append who may write a field, for a message or a screen: "county, city" or "owner and above". ERR_NOMEM. */
enum err authority_describe(struct bytes *out, const struct schema_field *field, struct err_info *info) MUST_USE;

#endif
