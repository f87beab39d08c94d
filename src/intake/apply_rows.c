/* The rows of a commit: read, applied, judged. */
#include "intake/applying.h"
#include "schema/set.h"

enum {
	ROWS_FEW = 64, /* of one edit that are not worth a thread */
};

static size_t rows_few = ROWS_FEW;

void
intake_read_ahead_from(size_t rows)
{
	rows_few = rows;
}

/* Rights and types of what one row wrote, on the same inputs as at the desk. */
static enum err
judge_change(struct apply *apply, const struct delta_row *row, const struct partition_change *change,
             struct err_info *info)
{
	const struct merge_row *known = change->after.has_record ? &change->after : &change->before;
	struct authority_question question = {
		.roster = node_roster(apply->node),
		.version = &apply->judged,
		.signer = apply->commit.info.node,
		.owner = apply->intake->owner,
		.time = apply->commit.info.time,
	};

	question.kind = schema_set_kind(apply->schemas, known->has_record ? known->record.kind : row->kind);
	if (question.kind != NULL) {
		enum err err = intake_hold_row(&apply->hold, &question, row, info);

		if (err != ERR_OK)
			return err;
	}
	return apply->is_judged ? intake_judge_change(apply->verdicts, &question, change, info) : ERR_OK;
}

static enum err
apply_writes(struct apply *apply, const struct delta_row *row, struct err_info *info)
{
	struct partition_change change = {.id = row->id, .kind = row->kind, .writes = &row->writes};
	enum err err;

	if (apply->schemas == NULL)
		return err_set(info, ERR_STATE,
		               _("schema set %u is not held here; it comes with the superior's next bundle"),
		               apply->commit.info.schema_version);
	err = row->type == DELTA_ROW_ADDED ? partition_edit_add(apply->edit, &change, &apply->arena, info)
	                                   : partition_edit_change(apply->edit, &change, &apply->arena, info);
	if (err == ERR_OK && (row->type == DELTA_ROW_REMOVED) != (change.before.has_record && !change.after.has_record))
		err = err_set(info, ERR_FORMAT, "%s", _("a row's type and its writes say different things"));
	if (err == ERR_OK && change.before.has_record && row->kind.size > 0 &&
	    !view_equal(row->kind, change.before.record.kind))
		err = err_set(info, ERR_FORMAT, "%s", _("a row names another kind than the record has"));
	return err == ERR_OK ? judge_change(apply, row, &change, info) : err;
}

/* Whoever may read gets to read: what is written in a blob that nobody opens is judged by nobody. */
static enum err
check_opaque(const struct apply *apply, struct err_info *info)
{
	if (apply->is_blind)
		return ERR_OK;
	return err_set(info, ERR_RIGHT, "%s",
	               _("a record travels as a blob although this office may read it; its sender lacks the key or the "
	                 "salt: it takes a bundle first, or restores them from a backup"));
}

/* Who may not read is told what lies there, sealed, and nothing else. */
static enum err
put_blob(struct apply *apply, const struct delta_row *row, struct err_info *info)
{
	static const struct view nothing;

	switch (row->type) {
	case DELTA_ROW_REMOVED:
		return partition_edit_put_blob(apply->edit, &row->id, false, nothing, info);
	case DELTA_ROW_OPAQUE:
		return partition_edit_put_blob(apply->edit, &row->id, false, row->content, info);
	case DELTA_ROW_ENTRY_OPAQUE:
	case DELTA_ROW_ENTRY_REMOVED:
		return partition_edit_put_blob(apply->edit, &row->id, true, row->content, info);
	case DELTA_ROW_ADDED:
	case DELTA_ROW_CHANGED:
	case DELTA_ROW_ENTRY:
		break;
	}
	return err_set(info, ERR_RIGHT, "%s", _("a record in the open, sent to an office that may not read it"));
}

static enum err
apply_row(struct apply *apply, const struct delta_row *row, struct err_info *info)
{
	enum err err;

	arena_clear(&apply->arena);
	if (!apply->commit.info.is_merge)
		delta_counts_row(&apply->intake->counts, row);
	if (apply->is_blind)
		return put_blob(apply, row, info);
	switch (row->type) {
	case DELTA_ROW_ADDED:
	case DELTA_ROW_CHANGED:
	case DELTA_ROW_REMOVED:
		return apply_writes(apply, row, info);
	case DELTA_ROW_OPAQUE:
		err = check_opaque(apply, info);
		if (err != ERR_OK)
			return err;
		return partition_edit_put_blob(apply->edit, &row->id, false, row->content, info);
	case DELTA_ROW_ENTRY_OPAQUE:
	case DELTA_ROW_ENTRY_REMOVED:
		err = check_opaque(apply, info);
		if (err != ERR_OK)
			return err;
		return partition_edit_put_blob(apply->edit, &row->id, true, row->content, info);
	case DELTA_ROW_ENTRY:
		break;
	}
	return err_set(info, ERR_FORMAT, "%s", _("conflict entries in the open: they follow from the edits"));
}

/*
 * An edit that stands on a base: what its rows are read by is there. Not one that stands on nothing: all its rows are added ones, large and
 * read by nothing, and handing them over costs as much as reading them.
 */
static bool
may_read_ahead(const struct apply *apply)
{
	return !apply->is_blind && !apply->commit.info.is_merge && apply->commit.parents[0] < apply->shown->base_count;
}

static enum err
next_row(struct apply *apply, struct delta_row *row, bool *is_end, struct err_info *info)
{
	const struct partition_ahead_terms terms = {apply->bases, apply->reader, apply->edit, apply->commit.parents[0]};
	enum err err = ERR_OK;

	if (apply->rows++ == rows_few && may_read_ahead(apply))
		err = partition_ahead_new(&apply->ahead, &terms, info);
	if (err != ERR_OK)
		return err;
	return apply->ahead == NULL ? delta_reader_row(apply->reader, row, is_end, info)
	                            : partition_ahead_row(apply->ahead, row, is_end, info);
}

enum err
intake_apply_rows(struct apply *apply, struct err_info *info)
{
	bool is_end = false;
	enum err err = ERR_OK;

	while (err == ERR_OK) {
		struct delta_row row;

		err = next_row(apply, &row, &is_end, info);
		if (err != ERR_OK || is_end)
			break;
		err = apply_row(apply, &row, info);
	}
	partition_ahead_free(apply->ahead);
	apply->ahead = NULL;
	apply->rows = 0;
	return err;
}
