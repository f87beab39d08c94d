/* The row of a record from its whole history. */
#include "merge/inside.h"

static void
take_smaller(struct view *kind, struct view other)
{
	if (other.size > 0 && (kind->size == 0 || view_compare(other, *kind) < 0))
		*kind = other;
}

/*
 * The record's kind: what the adds that count say; if none does (all are void, and a keep holds the record), what any step
 * says. They agree but for a forged add of an id that is there; then the smallest, because that is the same everywhere.
 */
static struct view
kind_of(const struct merge_registers *registers, const struct merge_history *history)
{
	const struct merge_writes *existence = &registers->items[0].counted;
	struct view kind = {0};

	for (size_t i = 0; i < existence->count; i++) {
		const struct merge_step *step =
			merge_step_find(history->steps, history->step_count, existence->items[i].edit);

		if (existence->items[i].act == DELTA_ADD)
			take_smaller(&kind, step->kind);
	}
	if (kind.size > 0)
		return kind;
	for (size_t i = 0; i < history->step_count; i++)
		take_smaller(&kind, history->steps[i].kind);
	return kind;
}

static enum err
stand_register(struct merge_work *work, const struct merge_register *item)
{
	struct merge_writes maximal;
	enum err err;

	if (item->counted.count == 0)
		return ERR_OK;
	err = merge_maximal(&maximal, work, &item->counted);
	return err != ERR_OK ? err : merge_stand(work, &item->path, &maximal);
}

static enum err
stand_existence(struct merge_work *work, const struct merge_register *item, const struct merge_scope *scope)
{
	enum err err = ERR_OK;

	if (item->path.type == RECORD_MEMBER)
		err = merge_work_value(work, &item->path, (struct view){0});
	if (err == ERR_OK && scope->beaten.count > 0)
		err = merge_work_commits(work, MERGE_REMOVED, &item->path, &scope->beaten, true);
	return err;
}

static enum err
stand_all(struct merge_work *work, const struct merge_registers *registers)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < registers->drops; i++) {
		const struct merge_register *item = &registers->items[i];

		if (item->member != NULL && !item->member->stands)
			continue;
		if (record_path_is_existence(&item->path))
			err = stand_existence(work, item, item->member == NULL ? &registers->record : item->member);
		else
			err = stand_register(work, item);
	}
	return err != ERR_OK ? err : merge_add_stale(work, registers);
}

/* the highest schema version of those who wrote the record, and the highest epoch of those who changed it */
static void
highest(uint32_t *schema_out, struct merge_epoch *epoch_out, const struct merge_edits *edits,
        const struct merge_history *history)
{
	*schema_out = 0;
	*epoch_out = (struct merge_epoch){0};
	for (size_t i = 0; i < history->step_count; i++) {
		const struct merge_step *step = &history->steps[i];
		const struct merge_edit *edit = &edits->items[step->edit];

		if (step->writes.count > 0 && edit->schema_version > *schema_out)
			*schema_out = edit->schema_version;
		if (step->is_changed && merge_epoch_compare(&edit->epoch, epoch_out) > 0)
			*epoch_out = edit->epoch;
	}
}

enum err
merge_fold(struct merge_row *out, struct arena *arena, const struct merge_edits *edits,
           const struct merge_history *history, struct err_info *info)
{
	struct merge_work work = {.arena = arena, .edits = edits, .info = info};
	struct merge_registers registers;
	struct merge_epoch epoch;
	uint32_t schema_version;
	enum err err = merge_registers_build(&registers, &work, history);

	if (err != ERR_OK)
		return err;
	highest(&schema_version, &epoch, edits, history);
	if (registers.record.stands) {
		work.kind_name = kind_of(&registers, history);
		err = stand_all(&work, &registers);
	}
	if (err == ERR_OK)
		err = merge_add_refused(&work, &registers);
	if (err != ERR_OK)
		return err;
	return registers.record.stands ? merge_work_finish(out, &work, schema_version, &epoch)
	                               : merge_work_finish_gone(out, &work, &epoch);
}

enum err
merge_fold_edit(struct merge_row *out, struct arena *arena, const struct merge_edits *edits,
                const struct merge_history *history, const struct merge_row *parent, struct err_info *info)
{
	struct merge_step *steps = arena_get(arena, history->step_count * sizeof(*steps));
	struct merge_history past = *history;
	struct merge_row row;
	enum err err;

	if (steps == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < history->step_count; i++)
		steps[i] = history->steps[i];
	if (history->step_count > 0)
		steps[history->step_count - 1].is_changed = false;
	past.steps = steps;
	err = merge_fold(&row, arena, edits, &past, info);
	if (err != ERR_OK)
		return err;
	if (history->step_count > 0 && merge_row_changed(parent, &row)) {
		const struct merge_edit *edit = &edits->items[steps[history->step_count - 1].edit];

		if (!merge_row_is_empty(&row) && merge_epoch_compare(&edit->epoch, &row.epoch) > 0)
			row.epoch = edit->epoch;
	}
	*out = row;
	return ERR_OK;
}
