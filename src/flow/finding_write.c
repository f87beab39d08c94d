/* Findings into the partitions: raised, opened again, changed or closed, one signed edit for each partition and run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "flow/finding_writing.h"
#include "schema/value.h"
#include "seal/seal.h"

enum {
	MARK_BYTES = 17,
};

static enum err
add_action(struct finding_writing *writing, const struct finding_action *action, struct err_info *info)
{
	if (writing->count == writing->capacity) {
		size_t capacity = writing->capacity == 0 ? 64 : writing->capacity * 2;
		struct finding_action *actions = realloc(writing->actions, capacity * sizeof(*actions));

		if (actions == NULL)
			return err_nomem(info);
		writing->actions = actions;
		writing->capacity = capacity;
	}
	writing->actions[writing->count++] = *action;
	return ERR_OK;
}

static int
compare_parts(const void *a, const void *b)
{
	const struct finding_part *x = a;
	const struct finding_part *y = b;

	if (x->wanted != y->wanted)
		return x->wanted < y->wanted ? -1 : 1;
	return (x->mark > y->mark) - (x->mark < y->mark);
}

/* By partition; the actions of one in an order of their own, so that a capped night goes on where it ended. */
static int
compare_actions(const void *a, const void *b)
{
	const struct finding_action *x = a;
	const struct finding_action *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return memcmp(x->subject, y->subject, FINDING_GROUP_BYTES);
}

static enum err
collect_wanted(struct finding_writing *writing, struct err_info *info)
{
	struct finding_check *check = writing->check;
	size_t at = 0;
	enum err err = ERR_OK;

	if (check->part_count > 1)
		qsort(check->parts, check->part_count, sizeof(*check->parts), compare_parts);
	for (size_t i = 0; err == ERR_OK && i < check->wanted_count; i++) {
		struct finding_action action = {.place = check->wanted[i].posting.place, .wanted = &check->wanted[i]};

		memcpy(action.subject, check->wanted[i].subject, FINDING_GROUP_BYTES);
		action.parts = check->parts + at;
		while (at < check->part_count && check->parts[at].wanted == i) {
			at++;
			action.part_count++;
		}
		err = add_action(writing, &action, info);
	}
	return err;
}

static enum err
collect_gone(struct finding_writing *writing, const struct postings_note *note, struct err_info *info)
{
	struct finding_action action = {.place = note->place};

	if (table_find(&writing->check->wanted_by_subject, view_of(note->subject, FINDING_GROUP_BYTES)) != NULL)
		return ERR_OK;
	memcpy(action.subject, note->subject, FINDING_GROUP_BYTES);
	return add_action(writing, &action, info);
}

static enum err
collect_affected(struct finding_writing *writing, struct err_info *info)
{
	struct finding_check *check = writing->check;
	size_t position = 0;
	struct view subject;
	uint64_t value;
	const struct postings_note *note;
	enum err err = ERR_OK;

	if (check->is_whole) {
		while (err == ERR_OK && (note = postings_note_next(check->postings, &position)) != NULL)
			err = collect_gone(writing, note, info);
		return err;
	}
	while (err == ERR_OK && table_next(&check->affected, &position, &subject, &value)) {
		note = postings_note_find(check->postings, subject.data);
		if (note != NULL)
			err = collect_gone(writing, note, info);
	}
	return err;
}

static enum err
collect_steps(struct finding_writing *writing, struct err_info *info)
{
	struct finding_check *check = writing->check;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < check->step_count; i++) {
		const struct finding_step *step = &check->steps[i];
		struct finding_action action = {.place = step->place, .step = step};
		struct postings_subject subject = {.declared_by = step->kind->name, .record = step->record};

		err = finding_rule_of_step(&writing->text, step->kind, info);
		subject.rule = bytes_view(&writing->text);
		if (err == ERR_OK) {
			postings_subject_hash(action.subject, check->postings, &subject);
			err = add_action(writing, &action, info);
		}
	}
	return err;
}

/* --- one finding --- */

static bool
is_over_cap(const struct finding_check *check, uint16_t place)
{
	const struct postings_place *at = postings_place_at(check->postings, place);

	return at->day == check->today && at->raised >= LIMIT_FINDINGS_NIGHT_MAX;
}

static void
count_raised(struct finding_check *check, uint16_t place)
{
	struct postings_place *at = postings_place_at(check->postings, place);

	if (at->day != check->today)
		at->raised = 0;
	at->day = check->today;
	at->raised++;
}

static enum err
wait(struct finding_writing *writing, const struct finding_action *action, struct err_info *info)
{
	writing->check->result->waiting++;
	if (action->wanted == NULL)
		return ERR_OK;
	return postings_pending_add(writing->check->postings, POSTINGS_PENDING_GROUPS, action->wanted->posting.group,
	                            info);
}

static enum err
put(struct finding_writing *writing, struct id *id, const struct record *old, struct record *record, bool *is_changed,
    struct err_info *info)
{
	return flow_editing_put(&writing->editing, &writing->arena, id, old, record, is_changed, info);
}

static enum err
raise_new(struct finding_writing *writing, const struct finding_action *action, struct err_info *info)
{
	struct finding_check *check = writing->check;
	struct record record = {.kind = check->kind.kind->name};
	struct postings_note note = {.place = action->place};
	bool is_changed = false;
	struct id id = {{0}};
	enum err err;

	if (is_over_cap(check, action->place))
		return wait(writing, action, info);
	err = finding_say_names(writing, &record, action, info);
	if (err == ERR_OK)
		err = finding_say_cause(writing, &record, action, info);
	if (err == ERR_OK)
		err = finding_say_open(writing, &record, info);
	if (err == ERR_OK)
		err = put(writing, &id, NULL, &record, &is_changed, info);
	if (err != ERR_OK)
		return err;
	check->result->raised++;
	count_raised(check, action->place);
	memcpy(note.subject, action->subject, FINDING_GROUP_BYTES);
	note.finding = id;
	return check->desk->is_dry_run ? ERR_OK : postings_note_put(check->postings, &note, info);
}

/* Whether every mark of the cause now was there when it was explained. */
static bool
has_all_parts(const struct finding_writing *writing, const struct record *record, const struct finding_action *action)
{
	struct view parts = flow_finding_get(record, &writing->check->kind, FLOW_FINDING_PARTS);
	struct codec_reader reader = codec_reader_of(parts);
	size_t count = 0;
	size_t found = 0;

	if (parts.size > 0 && codec_read_array(&count, &reader, NULL) != ERR_OK)
		return false;
	for (size_t i = 0; i < count; i++) {
		char mark[MARK_BYTES];
		struct view text;

		if (codec_read_str(&text, &reader, NULL) != ERR_OK)
			return false;
		for (size_t k = 0; k < action->part_count; k++) {
			(void)snprintf(mark, sizeof(mark), "%016llx", (unsigned long long)action->parts[k].mark);
			found += view_equal(text, view_text(mark)) ? 1U : 0U;
		}
	}
	return found >= action->part_count;
}

static enum err
open_again(struct finding_writing *writing, const struct finding_action *action, const struct id *id,
           const struct record *old, struct err_info *info)
{
	struct finding_check *check = writing->check;
	struct record record;
	struct id same = *id;
	bool is_changed = false;
	enum err err;

	if (is_over_cap(check, action->place))
		return wait(writing, action, info);
	err = record_copy(&record, &writing->arena, old, info);
	if (err == ERR_OK)
		err = finding_say_cause(writing, &record, action, info);
	if (err == ERR_OK)
		err = finding_say_open(writing, &record, info);
	if (err == ERR_OK)
		err = flow_finding_set_number(&record, &writing->arena, &check->kind, FLOW_FINDING_RETURNED,
		                              flow_finding_number(old, &check->kind, FLOW_FINDING_RETURNED, 0) + 1,
		                              info);
	if (err == ERR_OK)
		err = put(writing, &same, old, &record, &is_changed, info);
	if (err == ERR_OK) {
		check->result->returned++;
		count_raised(check, action->place);
	}
	return err;
}

static enum err
change_cause(struct finding_writing *writing, const struct finding_action *action, const struct id *id,
             const struct record *old, struct err_info *info)
{
	struct record record;
	struct id same = *id;
	bool is_changed = false;
	enum err err = record_copy(&record, &writing->arena, old, info);

	if (err == ERR_OK)
		err = finding_say_cause(writing, &record, action, info);
	if (err == ERR_OK)
		err = put(writing, &same, old, &record, &is_changed, info);
	writing->check->result->changed += err == ERR_OK && is_changed ? 1U : 0U;
	return err;
}

static enum err
close_one(struct finding_writing *writing, const struct id *id, const struct record *old, struct err_info *info)
{
	struct finding_check *check = writing->check;
	struct record record;
	struct id same = *id;
	bool is_changed = false;
	enum err err;

	if (flow_finding_is(old, &check->kind, "closed"))
		return ERR_OK;
	err = record_copy(&record, &writing->arena, old, info);
	if (err == ERR_OK)
		err = finding_say_text(writing, &record, FLOW_FINDING_STATE, view_text("closed"), info);
	if (err == ERR_OK)
		err = flow_finding_set_day(&record, &writing->arena, &check->kind, FLOW_FINDING_CLOSED_ON, check->today,
		                           info);
	if (err == ERR_OK)
		err = put(writing, &same, old, &record, &is_changed, info);
	check->result->closed += err == ERR_OK ? 1U : 0U;
	return err;
}

/* A step is gone when its record is, or stands again where it stood before. */
static enum err
is_step_gone(bool *out, struct finding_writing *writing, const struct finding_action *action, const struct record *old,
             struct err_info *info)
{
	const struct finding_step *step = action->step;
	struct view shown = flow_finding_text(old, &writing->check->kind, FLOW_FINDING_SHOWN);
	struct bytes plaintext = {0};
	struct bytes status = {0};
	struct record record;
	enum err err = finding_open_record(&record, &plaintext, writing->check, step->place, &step->record, info);

	*out = err == ERR_NOT_FOUND;
	if (err == ERR_OK) {
		struct view value = record_get(&record, step->kind->status->number);

		if (value.size > 0)
			err = schema_value_to_text(&status, step->kind->status, value, info);
		if (err == ERR_OK)
			err = bytes_append_text(&status, " > ", info);
		*out = err == ERR_OK && shown.size > status.size && memcmp(shown.data, status.data, status.size) == 0;
	}
	seal_wipe_bytes(&plaintext);
	bytes_release(&status);
	return err == ERR_NOT_FOUND || err == ERR_RIGHT ? ERR_OK : err;
}

static enum err
act_on_step(struct finding_writing *writing, const struct finding_action *action, const struct id *id,
            const struct record *old, struct err_info *info)
{
	bool is_gone = false;
	enum err err;

	err = is_step_gone(&is_gone, writing, action, old, info);
	if (err != ERR_OK || action->step->shown[0] == '\0')
		return err == ERR_OK && is_gone ? close_one(writing, id, old, info) : err;
	if (is_gone && !flow_finding_is(old, &writing->check->kind, "closed"))
		return close_one(writing, id, old, info);
	if (flow_finding_is(old, &writing->check->kind, "open"))
		return change_cause(writing, action, id, old, info);
	return action->step->is_again ? open_again(writing, action, id, old, info) : ERR_OK;
}

/* A whole judgement says nothing of steps: those findings stay as they are. */
static bool
is_about_step(const struct finding_writing *writing, const struct record *old)
{
	static const char PREFIX[] = "states:";
	struct view rule = flow_finding_text(old, &writing->check->kind, FLOW_FINDING_RULE);

	return rule.size >= sizeof(PREFIX) - 1 && memcmp(rule.data, PREFIX, sizeof(PREFIX) - 1) == 0;
}

static enum err
act_on_old(struct finding_writing *writing, const struct finding_action *action, const struct id *id,
           const struct record *old, struct err_info *info)
{
	const struct flow_finding_kind *kind = &writing->check->kind;

	if (action->step != NULL)
		return act_on_step(writing, action, id, old, info);
	if (action->wanted == NULL)
		return is_about_step(writing, old) ? ERR_OK : close_one(writing, id, old, info);
	if (flow_finding_is(old, kind, "open"))
		return change_cause(writing, action, id, old, info);
	if (flow_finding_is(old, kind, "explained") && has_all_parts(writing, old, action))
		return ERR_OK;
	return open_again(writing, action, id, old, info);
}

static enum err
act(struct finding_writing *writing, const struct finding_action *action, struct err_info *info)
{
	struct finding_check *check = writing->check;
	const struct postings_note *note = postings_note_find(check->postings, action->subject);
	struct record old;
	struct id id;
	enum err err = ERR_NOT_FOUND;

	arena_clear(&writing->arena);
	bytes_clear(&writing->plaintext);
	if (note != NULL) {
		id = note->finding;
		err = partition_edit_get(&writing->plaintext, writing->editing.edit, &id, info);
	}
	if (err == ERR_OK)
		err = record_read(&old, &writing->arena, bytes_view(&writing->plaintext), LIMIT_RECORD_MERGED_BYTES_MAX,
		                  info);
	if (err == ERR_OK)
		return act_on_old(writing, action, &id, &old, info);
	if (err != ERR_NOT_FOUND)
		return err;
	if (action->wanted != NULL || (action->step != NULL && action->step->shown[0] != '\0'))
		return raise_new(writing, action, info);
	return ERR_OK;
}

/* --- one partition --- */

static enum err
write_partition(struct finding_writing *writing, size_t from, size_t to, struct err_info *info)
{
	struct finding_check *check = writing->check;
	const struct node_code *owner = &check->places[writing->actions[from].place].owner;
	struct flow_desk desk = *check->desk;
	enum err err;

	desk.operator_name = NULL;
	desk.note = "findings";
	err = flow_editing_begin(&writing->editing, &desk, owner, info);
	if (err != ERR_OK)
		return err;
	for (size_t i = from; err == ERR_OK && i < to; i++) {
		err = act(writing, &writing->actions[i], info);
		if (err == ERR_OK && partition_edit_count(writing->editing.edit) >= LIMIT_EDIT_RECORDS_MAX)
			err = flow_editing_next(&writing->editing, info);
	}
	if (err == ERR_OK)
		err = flow_editing_publish(&writing->editing, info);
	flow_editing_release(&writing->editing);
	return err;
}

/* What could not be written now is judged again in the next run. */
static enum err
put_off(struct finding_writing *writing, size_t from, size_t to, struct err_info *info)
{
	struct finding_check *check = writing->check;
	enum err err = ERR_OK;

	check->result->skipped++;
	for (size_t i = from; err == ERR_OK && i < to; i++) {
		const struct finding_action *action = &writing->actions[i];

		if (action->step != NULL) /* found again when the partition is read again */
			postings_place_at(check->postings, action->place)->commit = check->places[action->place].from;
		else if (action->wanted != NULL)
			err = postings_pending_add(check->postings, POSTINGS_PENDING_GROUPS,
			                           action->wanted->posting.group, info);
		else
			err = postings_pending_add(check->postings, POSTINGS_PENDING_SUBJECTS, action->subject, info);
	}
	return err;
}

static enum err
write_actions(struct finding_writing *writing, struct err_info *info)
{
	size_t from = 0;
	enum err err = ERR_OK;

	if (writing->count > 1)
		qsort(writing->actions, writing->count, sizeof(*writing->actions), compare_actions);
	while (err == ERR_OK && from < writing->count) {
		size_t to = from + 1;

		while (to < writing->count && writing->actions[to].place == writing->actions[from].place)
			to++;
		err = write_partition(writing, from, to, info);
		if (err == ERR_LOCKED || err == ERR_STATE)
			err = put_off(writing, from, to, info);
		from = to;
	}
	return err;
}

enum err
finding_write_all(struct finding_check *check, struct err_info *info)
{
	struct finding_writing writing = {.check = check};
	enum err err = collect_wanted(&writing, info);

	if (err == ERR_OK)
		err = collect_affected(&writing, info);
	if (err == ERR_OK)
		err = collect_steps(&writing, info);
	if (err == ERR_OK)
		err = write_actions(&writing, info);
	free(writing.actions);
	arena_release(&writing.arena);
	seal_wipe_bytes(&writing.plaintext);
	bytes_release(&writing.text);
	return err;
}
