/* One register of a merge: which side's it is, or what the writes of both make of it. */
#include "merge/join.h"

/* --- one register --- */

static bool
has_written(const struct merge_place *place, enum merge_side side, enum merge_entry_kind kind)
{
	if (kind == MERGE_REFUSED && place->drops[side].count > 0)
		return true;
	if (merge_path_is_member(&place->path) &&
	    !(place->is_member_touched[MERGE_A] && place->is_member_touched[MERGE_B]))
		return place
		        ->is_member_touched[side]; /* a member that only one side touched is taken from there whole */
	return place->writes[side].count > 0;
}

/* what one side's entry names, to writes that are not there yet. In a value entry an edit that does not write the register
 * itself cleared it by adding its member again */
static enum err
add_named(struct merge_writes *all, struct merge_join *join, const struct merge_place *place,
          const struct merge_entry *entry)
{
	const struct merge_sides *sides = join->sides;
	struct err_info *info = join->work.info;

	for (size_t i = 0; entry != NULL && i < entry->count; i++) {
		struct merge_write named = {0, DELTA_CLEAR, {0}};
		const struct merge_step *step = NULL;
		const struct delta_write *write = NULL;
		bool is_there = false;

		if (!merge_edits_find(&named.edit, join->work.edits, &entry->commits[i]))
			return err_set(info, ERR_FORMAT, "%s",
			               _("a conflict entry names a commit that is not in the history"));
		for (size_t j = 0; !is_there && j < all->count; j++)
			is_there = all->items[j].edit == named.edit;
		if (is_there)
			continue;
		if (entry->kind == MERGE_VALUE || entry->kind == MERGE_STATE) {
			step = merge_step_find(sides->named, sides->named_count, named.edit);
			if (step == NULL)
				return err_set(info, ERR_FORMAT, "%s",
				               _("a conflict entry names a commit that wrote nothing in its record"));
			write = merge_writes_find(&step->writes, &place->path);
		}
		if (write != NULL)
			named = (struct merge_write){named.edit, write->act, write->value};
		all->items[all->count++] = named;
	}
	return ERR_OK;
}

/* the new writes of both sides and what their entries of that kind name, by edit */
static enum err
gather(struct merge_writes *out, struct merge_join *join, const struct merge_place *place, enum merge_entry_kind kind)
{
	size_t count = place->writes[MERGE_A].count + place->writes[MERGE_B].count +
	               (size_t)MERGE_SIDES * LIMIT_ENTRY_NAMES_MAX;
	struct merge_writes all = {arena_get(join->work.arena, count * sizeof(struct merge_write)), 0};
	enum err err = ERR_OK;

	if (all.items == NULL)
		return err_nomem(join->work.info);
	for (enum merge_side side = MERGE_A; side < MERGE_SIDES; side++) {
		for (size_t i = 0; i < place->writes[side].count; i++)
			all.items[all.count++] = place->writes[side].items[i];
	}
	for (enum merge_side side = MERGE_A; err == ERR_OK && side < MERGE_SIDES; side++)
		err = add_named(&all, join, place, place->entries[side][kind]);
	merge_writes_sort(&all);
	*out = all;
	return err;
}

static enum err
join_value(struct merge_join *join, const struct merge_place *place)
{
	struct merge_writes writes;
	enum err err;

	if (place->path.type == RECORD_EXISTENCE)
		return ERR_OK;
	if (place->path.type == RECORD_MEMBER)
		return merge_work_value(&join->work, &place->path, (struct view){0});
	err = gather(&writes, join, place, MERGE_VALUE);
	if (err == ERR_OK)
		err = merge_maximal(&writes, &join->work, &writes);
	return err != ERR_OK ? err : merge_stand(&join->work, &place->path, &writes);
}

static enum err
join_removed(struct merge_join *join, const struct merge_place *place)
{
	struct merge_writes writes = {0};
	enum err err;

	if (!record_path_is_existence(&place->path))
		return ERR_OK;
	err = gather(&writes, join, place, MERGE_REMOVED);
	if (err == ERR_OK)
		err = merge_maximal(&writes, &join->work, &writes);
	if (err == ERR_OK)
		err = merge_removals(&writes, &join->work, &writes);
	if (err != ERR_OK || writes.count == 0)
		return err;
	return merge_work_commits(&join->work, MERGE_REMOVED, &place->path, &writes, true);
}

static bool
is_answered(const struct merge_work *work, const struct merge_writes *closers, uint32_t edit)
{
	for (size_t i = 0; i < closers->count; i++) {
		if (merge_knows(work, closers->items[i].edit, edit))
			return true;
	}
	return false;
}

static enum err
join_refused(struct merge_join *join, const struct merge_place *place)
{
	const struct merge_work *work = &join->work;
	struct merge_place nothing_new = *place;
	struct merge_writes left;
	size_t kept = 0;
	enum err err;

	nothing_new.writes[MERGE_A] = (struct merge_writes){0};
	nothing_new.writes[MERGE_B] = (struct merge_writes){0};
	err = gather(&left, join, &nothing_new, MERGE_REFUSED);
	for (size_t i = 0; err == ERR_OK && i < left.count; i++) {
		uint32_t edit = left.items[i].edit;

		if (!is_answered(work, &place->writes[MERGE_A], edit) &&
		    !is_answered(work, &place->writes[MERGE_B], edit) &&
		    !is_answered(work, &place->drops[MERGE_A], edit) &&
		    !is_answered(work, &place->drops[MERGE_B], edit))
			left.items[kept++] = left.items[i];
	}
	left.count = kept;
	if (err != ERR_OK || kept == 0)
		return err;
	return merge_work_commits(&join->work, MERGE_REFUSED, &place->path, &left, true);
}

/* --- decisions --- */

/* the edits that are new on a side and wrote what the decision rests on; ascending */
static enum err
writers_on(uint32_t **out, size_t *count_out, struct merge_join *join, enum merge_side side,
           const struct merge_write *decision, const struct record_path *path)
{
	const struct merge_step *steps = join->sides->steps[side];
	size_t step_count = join->sides->step_counts[side];
	uint32_t *edits = arena_get(join->work.arena, step_count * sizeof(*edits));
	size_t count = 0;

	if (edits == NULL)
		return err_nomem(join->work.info);
	for (size_t i = 0; i < step_count; i++) {
		const struct schema_kind *kind = merge_kind_of(&join->work, decision->edit, steps[i].edit);
		bool is_writer = false;

		for (size_t j = 0; !is_writer && j < steps[i].writes.count; j++) {
			const struct record_path *written = &steps[i].writes.items[j].path;

			is_writer = !written->is_drop && written->type != RECORD_EXISTENCE &&
			            written->type != RECORD_BUILT_IN &&
			            merge_rests_on(kind, path->field, written->field);
		}
		if (is_writer)
			edits[count++] = steps[i].edit;
	}
	*out = edits;
	*count_out = count;
	return ERR_OK;
}

/* the decisions that are new on one side, and stand, against what is new on the other */
static enum err
pairs_of_side(struct merge_pairs *pairs, struct merge_join *join, const struct merge_place *place, enum merge_side side)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < place->writes[side].count; i++) {
		const struct merge_write *decision = &place->writes[side].items[i];
		uint32_t *edits = NULL;
		size_t count = 0;

		if (decision->act == DELTA_CLEAR || is_answered(&join->work, &place->writes[MERGE_A], decision->edit) ||
		    is_answered(&join->work, &place->writes[MERGE_B], decision->edit))
			continue;
		err = writers_on(&edits, &count, join, side == MERGE_A ? MERGE_B : MERGE_A, decision, &place->path);
		if (err == ERR_OK)
			err = merge_pairs_add(pairs, &join->work, decision->edit, edits, count);
	}
	return err;
}

/* the pairs that an entry has, but for decisions that a newer one knows */
static enum err
pairs_of_entry(struct merge_pairs *pairs, struct merge_join *join, const struct merge_place *place,
               enum merge_side side)
{
	const struct merge_entry *entry = place->entries[side][MERGE_STALE];
	enum err err = ERR_OK;

	for (size_t i = 0; entry != NULL && err == ERR_OK && i < entry->count; i++) {
		uint32_t decision;
		uint32_t edit;

		if (!merge_edits_find(&decision, join->work.edits, &entry->pairs[i].decision) ||
		    !merge_edits_find(&edit, join->work.edits, &entry->pairs[i].edit))
			return err_set(join->work.info, ERR_FORMAT, "%s",
			               _("a conflict entry names a commit that is not in the history"));
		if (!is_answered(&join->work, &place->writes[MERGE_A], decision) &&
		    !is_answered(&join->work, &place->writes[MERGE_B], decision))
			err = merge_work_pair(pairs, &join->work, decision, edit);
	}
	return err;
}

/* only the latest edits of each decision */
static void
keep_latest(struct merge_pairs *pairs, const struct merge_work *work)
{
	size_t kept = 0;

	for (size_t i = 0; i < pairs->count; i++) {
		bool is_known = false;

		for (size_t j = 0; !is_known && j < pairs->count; j++)
			is_known = pairs->items[j].decision == pairs->items[i].decision &&
			           merge_knows(work, pairs->items[j].edit, pairs->items[i].edit);
		/* what is taken out is known to one that stays: comparing with all that were there is the same */
		if (!is_known)
			pairs->items[kept++] = pairs->items[i];
	}
	pairs->count = kept;
}

static enum err
join_stale(struct merge_join *join, const struct merge_place *place)
{
	struct merge_pairs pairs = {0};
	enum err err = ERR_OK;

	for (enum merge_side side = MERGE_A; err == ERR_OK && side < MERGE_SIDES; side++) {
		err = pairs_of_entry(&pairs, join, place, side);
		if (err == ERR_OK)
			err = pairs_of_side(&pairs, join, place, side);
	}
	keep_latest(&pairs, &join->work);
	return err != ERR_OK ? err : merge_work_pairs(&join->work, &place->path, &pairs);
}

/* --- all registers --- */

/* the row of the side that wrote the register since, or of either if none did */
static enum err
take_side(struct merge_join *join, const struct merge_place *place, enum merge_entry_kind kind)
{
	enum merge_side side = has_written(place, MERGE_B, kind) ? MERGE_B : MERGE_A;
	const struct merge_entry *entry = place->entries[side][kind];
	enum err err = ERR_OK;

	if (kind == MERGE_VALUE && place->value[side] != NULL && place->path.type != RECORD_EXISTENCE)
		err = merge_work_value(&join->work, &place->path, place->value[side]->value);
	return err != ERR_OK || entry == NULL ? err : merge_work_entry(&join->work, entry);
}

enum err
merge_join_place(struct merge_join *join, const struct merge_place *place)
{
	static const struct {
		enum merge_entry_kind kind;
		enum err (*join)(struct merge_join *join, const struct merge_place *place);
	} PARTS[] = {{MERGE_VALUE, join_value}, {MERGE_REMOVED, join_removed}, {MERGE_REFUSED, join_refused}};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < sizeof(PARTS) / sizeof(*PARTS); i++) {
		if (has_written(place, MERGE_A, PARTS[i].kind) && has_written(place, MERGE_B, PARTS[i].kind))
			err = PARTS[i].join(join, place);
		else
			err = take_side(join, place, PARTS[i].kind);
	}
	return err != ERR_OK || place->path.type != RECORD_FIELD ? err : join_stale(join, place);
}
