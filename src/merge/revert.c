/* Taking back what of an edit still stands. */
#include "merge/inside.h"
#include "merge/resolve.h"

struct revert {
	struct merge_work work;
	const struct merge_reversion *reversion;
	struct merge_registers registers;
	struct delta_writes before; /* registers of the record before the edit, and now; none: it was not there */
	struct delta_writes here;
	struct delta_writes writes;
};

static enum err
registers_of(struct delta_writes *out, struct revert *revert, const struct merge_row *row)
{
	if (row == NULL || !row->has_record)
		return ERR_OK;
	return merge_registers_of(out, revert->work.arena, &row->record, revert->reversion->kind, revert->work.info);
}

/* whether the edit's write is the one and only that stands there */
static enum err
is_last(bool *out, struct revert *revert, const struct record_path *path)
{
	const struct merge_register *item = merge_registers_find(&revert->registers, path);
	struct merge_writes maximal = {0};
	enum err err = item == NULL ? ERR_OK : merge_maximal(&maximal, &revert->work, &item->counted);

	*out = maximal.count == 1 && maximal.items[0].edit == revert->reversion->edit;
	return err;
}

/* a write, if it changes anything */
static enum err
add(struct revert *revert, const struct delta_write *write)
{
	const struct delta_write *now = merge_writes_find(&revert->here, &write->path);
	bool is_there = now != NULL;

	if (is_there == (write->act != DELTA_CLEAR) && (!is_there || view_equal(now->value, write->value)))
		return ERR_OK;
	return delta_writes_add(&revert->writes, revert->work.arena, write, revert->work.info);
}

/* what the edit did to the record as a whole */
static enum err
revert_existence(struct revert *revert, const struct delta_write *write)
{
	const struct delta_write back = {write->path, write->act == DELTA_CLEAR ? DELTA_ADD : DELTA_CLEAR, {0}};
	bool is_alive = revert->here.count > 0;
	bool is_mine = false;
	enum err err = is_last(&is_mine, revert, &write->path);

	if (err != ERR_OK || !is_mine || write->act == DELTA_KEEP)
		return err;
	if (write->act == DELTA_CLEAR ? is_alive || revert->before.count == 0 : !is_alive)
		return ERR_OK;
	return delta_writes_add(&revert->writes, revert->work.arena, &back, revert->work.info);
}

/* a member that the edit removed, with all that was in it */
static enum err
revert_member(struct revert *revert, const struct record_path *path)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < revert->before.count; i++) {
		if (merge_same_member(&revert->before.items[i].path, path))
			err = add(revert, &revert->before.items[i]);
	}
	return err;
}

/* a field of a member goes with the member, if the edit wrote that too, or if it is not there now */
static bool
is_below(const struct revert *revert, const struct delta_writes *writes, const struct record_path *path)
{
	const struct record_path member = {.type = RECORD_MEMBER, .field = path->field, .key = path->key};

	return path->type == RECORD_MEMBER_FIELD &&
	       (merge_writes_find(writes, &member) != NULL || merge_writes_find(&revert->here, &member) == NULL);
}

static enum err
revert_write(struct revert *revert, const struct delta_writes *writes, const struct delta_write *write)
{
	struct delta_write back;
	bool is_mine = false;
	enum err err;

	if (revert->here.count == 0 || write->path.is_drop || write->act == DELTA_KEEP ||
	    is_below(revert, writes, &write->path))
		return ERR_OK;
	err = is_last(&is_mine, revert, &write->path);
	if (err != ERR_OK || !is_mine)
		return err;
	if (write->path.type == RECORD_MEMBER && write->act == DELTA_CLEAR)
		return revert_member(revert, &write->path);
	back = merge_write_as(&revert->before, &write->path, revert->reversion->kind);
	return add(revert, &back);
}

static enum err
revert_all(struct revert *revert, const struct delta_writes *writes)
{
	const struct delta_write *first = writes->items;
	enum err err = ERR_OK;

	if (writes->count == 0)
		return ERR_OK;
	if (first->path.type == RECORD_EXISTENCE && !first->path.is_drop)
		return revert_existence(revert, first);
	for (size_t i = 0; err == ERR_OK && i < writes->count; i++)
		err = revert_write(revert, writes, &writes->items[i]);
	merge_delta_sort(&revert->writes);
	return err;
}

enum err
merge_revert(struct delta_writes *out, struct arena *arena, const struct merge_reversion *reversion,
             struct err_info *info)
{
	struct revert revert = {.work = {.arena = arena, .edits = reversion->edits, .info = info},
	                        .reversion = reversion};
	const struct merge_history *history = reversion->history;
	const struct merge_step *step = merge_step_find(history->steps, history->step_count, reversion->edit);
	enum err err = merge_registers_build(&revert.registers, &revert.work, history);

	if (err == ERR_OK)
		err = registers_of(&revert.before, &revert, reversion->before);
	if (err == ERR_OK)
		err = registers_of(&revert.here, &revert, reversion->here);
	if (err == ERR_OK && step != NULL)
		err = revert_all(&revert, &step->writes);
	if (err == ERR_OK)
		*out = revert.writes;
	return err;
}
