/* Steps of a status: what came after what. A step is judged from one night's state to the next; only where that is none of
 * the machine's are the edits between them followed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/finding_check.h"
#include "git/history.h"
#include "git/tree.h"
#include "schema/value.h"
#include "seal/seal.h"

static struct view
status_of(const struct schema_kind *kind, const struct record *record)
{
	return record == NULL ? (struct view){0} : record_get(record, kind->status->number);
}

static enum err
add_step(struct finding_check *check, const struct finding_step *step, struct err_info *info)
{
	if (check->step_count == check->step_capacity) {
		size_t capacity = check->step_capacity == 0 ? 16 : check->step_capacity * 2;
		struct finding_step *steps = realloc(check->steps, capacity * sizeof(*steps));

		if (steps == NULL)
			return err_nomem(info);
		check->steps = steps;
		check->step_capacity = capacity;
	}
	check->steps[check->step_count++] = *step;
	return ERR_OK;
}

static enum err
add_suspect(struct finding_suspects *suspects, const struct id *id, struct err_info *info)
{
	if (suspects->count == suspects->capacity) {
		size_t capacity = suspects->capacity == 0 ? 16 : suspects->capacity * 2;
		struct id *ids = realloc(suspects->ids, capacity * sizeof(*ids));

		if (ids == NULL)
			return err_nomem(info);
		suspects->ids = ids;
		suspects->capacity = capacity;
	}
	suspects->ids[suspects->count++] = *id;
	return ERR_OK;
}

/* A finding about an older step stands for this record. */
static bool
has_note(const struct finding_check *check, const struct schema_kind *kind, const struct id *id)
{
	struct postings_subject subject = {.declared_by = kind->name, .record = *id};
	uint8_t hash[FINDING_GROUP_BYTES];
	struct bytes rule = {0};
	bool has = false;

	if (bytes_printf(&rule, NULL, "states:%.*s", (int)kind->status->name.size,
	                 (const char *)kind->status->name.data) == ERR_OK) {
		subject.rule = bytes_view(&rule);
		postings_subject_hash(hash, check->postings, &subject);
		has = postings_note_find(check->postings, hash) != NULL;
	}
	bytes_release(&rule);
	return has;
}

enum err
finding_step_look(struct finding_suspects *suspects, struct finding_check *check,
                  const struct finding_record records[2], struct err_info *info)
{
	const struct record *now = records[1].record;
	const struct schema_kind *kind = now == NULL ? records[0].kind : records[1].kind;
	const struct id *id = &records[0].id;
	struct finding_step gone = {.place = records[0].place, .record = *id, .kind = kind};
	struct view from;
	struct view to;

	if (kind == NULL || kind->status == NULL)
		return ERR_OK;
	from = status_of(kind, records[0].record);
	to = status_of(kind, now);
	if ((now != NULL && (to.size == 0 || view_equal(from, to))) ||
	    !finding_is_ours(check, records[0].place, records[0].place))
		return ERR_OK;
	if (now == NULL)
		return has_note(check, kind, id) ? add_step(check, &gone, info) : ERR_OK;
	if (schema_states_may_follow(kind->status->states, from, to) && !has_note(check, kind, id))
		return ERR_OK;
	return add_suspect(suspects, id, info);
}

/* One edit of a record on the way: what its status was before and is behind it. */
struct following {
	struct finding_check *check;
	struct partition *partition;
	uint16_t place;
	bool is_again;
	struct arena arena;
};

static enum err
status_at(struct bytes *out, const struct schema_kind **kind_out, struct following *following,
          const struct partition_version *version, const struct id *id, struct err_info *info)
{
	struct bytes plaintext = {0};
	struct record record;
	enum err err = partition_get(&plaintext, following->partition, version, id, NULL);

	bytes_clear(out);
	if (err == ERR_NOT_FOUND || err == ERR_RIGHT)
		return ERR_OK;
	if (err == ERR_OK)
		err = record_read(&record, &following->arena, bytes_view(&plaintext), LIMIT_RECORD_MERGED_BYTES_MAX,
		                  info);
	else
		err = err_set(info, err, "%s", _("a record of the history does not open"));
	if (err == ERR_OK) {
		*kind_out = schema_set_kind(following->check->set, record.kind);
		if (*kind_out != NULL && (*kind_out)->status != NULL)
			err = bytes_append_view(out, status_of(*kind_out, &record), info);
	}
	seal_wipe_bytes(&plaintext);
	return err;
}

static enum err
name_step(struct finding_step *step, const struct schema_kind *kind, struct view from, struct view to,
          struct err_info *info)
{
	struct bytes text = {0};
	enum err err = from.size == 0 ? bytes_append_byte(&text, '-', info)
	                              : schema_value_to_text(&text, kind->status, from, info);

	if (err == ERR_OK)
		err = bytes_append_text(&text, " > ", info);
	if (err == ERR_OK)
		err = schema_value_to_text(&text, kind->status, to, info);
	if (err == ERR_OK)
		(void)snprintf(step->shown, sizeof(step->shown), "%s", bytes_text(&text));
	bytes_release(&text);
	return err;
}

/* The record stands again where it stood before the step that was found. */
static enum err
stands_again(bool *out, const struct finding_step *step, const struct schema_kind *kind, struct view to,
             struct err_info *info)
{
	struct bytes text = {0};
	enum err err = schema_value_to_text(&text, kind->status, to, info);

	if (err == ERR_OK)
		err = bytes_append_text(&text, " > ", info);
	if (err == ERR_OK)
		*out = strncmp(step->shown, bytes_text(&text), text.size) == 0;
	bytes_release(&text);
	return err;
}

/* The step in one edit: an unlawful one is kept; a later one overwrites it, and one back to where it began, lawful or not, takes
 * it away. */
static enum err
look_at_edit(struct finding_step *step, bool *is_found, struct following *following,
             const struct partition_version *parent, const struct partition_version *edit, struct err_info *info)
{
	struct bytes from = {0};
	struct bytes to = {0};
	const struct schema_kind *kind = NULL;
	enum err err = status_at(&from, &kind, following, parent, &step->record, info);

	if (err == ERR_OK)
		err = status_at(&to, &kind, following, edit, &step->record, info);
	if (err == ERR_OK && kind != NULL && kind->status != NULL && to.size > 0 &&
	    !view_equal(bytes_view(&from), bytes_view(&to))) {
		bool is_back = false;

		step->kind = kind;
		if (*is_found)
			err = stands_again(&is_back, step, kind, bytes_view(&to), info);
		if (err == ERR_OK && is_back)
			*is_found = false;
		else if (err == ERR_OK &&
		         !schema_states_may_follow(kind->status->states, bytes_view(&from), bytes_view(&to))) {
			err = name_step(step, kind, bytes_view(&from), bytes_view(&to), info);
			*is_found = true;
		}
	}
	bytes_release(&from);
	bytes_release(&to);
	arena_clear(&following->arena);
	return err;
}

static enum err
follow_one(struct following *following, const struct git_oids *commits, const struct id *id, struct err_info *info)
{
	struct finding_step step = {.place = following->place, .record = *id, .is_again = following->is_again};
	bool is_found = false;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < commits->count; i++) {
		struct partition_version edit = {0};
		struct partition_version parent = {0};

		err = partition_version_open(&edit, following->partition, &commits->items[i], info);
		if (err == ERR_OK && edit.info.parent_count == 1)
			err = partition_version_open(&parent, following->partition, &edit.info.parents[0], info);
		if (err == ERR_OK && !edit.info.is_merge)
			err = look_at_edit(&step, &is_found, following, &parent, &edit, info);
		partition_version_release(&edit);
		partition_version_release(&parent);
	}
	if (err == ERR_OK && is_found)
		err = add_step(following->check, &step, info);
	else if (err == ERR_OK && step.kind != NULL && has_note(following->check, step.kind, id)) {
		step.shown[0] = '\0';
		err = add_step(following->check, &step, info);
	}
	return err;
}

enum err
finding_steps_follow(struct finding_check *check, uint16_t place, const struct finding_suspects *suspects,
                     struct partition *partition, const struct oid *old, struct err_info *info)
{
	struct following following = {
		.check = check, .partition = partition, .place = place, .is_again = !oid_is_none(old)};
	const struct git_reader reader = {NULL, partition_store(partition)};
	const struct git_oids_view bases = {old, oid_is_none(old) ? 0 : 1};
	struct git_history *history = NULL;
	struct git_oids commits = {0};
	enum err err = git_history_open(&history, reader, info);

	if (err == ERR_OK)
		err = git_history_between(&commits, history, (struct git_oids_view){&check->places[place].head, 1},
		                          bases, info);
	for (size_t i = 0; err == ERR_OK && i < suspects->count; i++)
		err = follow_one(&following, &commits, &suspects->ids[i], info);
	git_oids_release(&commits);
	git_history_free(history);
	arena_release(&following.arena);
	return err;
}
