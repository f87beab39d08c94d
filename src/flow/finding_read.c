/* What has changed since the last run, partition by partition, into the cache. */
#include <stdlib.h>
#include <string.h>

#include "flow/finding_check.h"
#include "git/tree.h"
#include "seal/seal.h"

/* One partition being read. */
struct reading {
	struct finding_check *check;
	uint16_t place;
	struct partition *partition;
	struct partition_version head;
	struct finding_suspects suspects;
	struct finding_suspects past_suspects; /* when everything is read anew: steps since the night before */
	struct arena arena;
	struct bytes old_plaintext;
	struct bytes new_plaintext;
};

static void
reading_release(struct reading *reading)
{
	partition_version_release(&reading->head);
	partition_free(reading->partition);
	free(reading->suspects.ids);
	free(reading->past_suspects.ids);
	arena_release(&reading->arena);
	seal_wipe_bytes(&reading->old_plaintext);
	seal_wipe_bytes(&reading->new_plaintext);
}

/* The record before (side 0) or after; *is_there false: none, or one that does not open here. */
static enum err
open_side(struct record *out, bool *is_there, struct reading *reading, const struct partition_touch *touch, size_t side,
          struct err_info *info)
{
	struct bytes *plaintext = side == 0 ? &reading->old_plaintext : &reading->new_plaintext;
	const struct oid *oid = side == 0 ? &touch->before[0] : &touch->after[0];
	struct view text = touch->text[side];
	enum err err = ERR_OK;

	*is_there = false;
	if (oid_is_none(oid))
		return ERR_OK;
	if (text.size == 0) {
		bytes_clear(plaintext);
		err = partition_open_record(plaintext, reading->partition, &touch->id, oid, info);
		text = bytes_view(plaintext);
	}
	if (err == ERR_RIGHT)
		return ERR_OK;
	if (err == ERR_OK)
		err = record_read(out, &reading->arena, text, LIMIT_RECORD_MERGED_BYTES_MAX, info);
	*is_there = err == ERR_OK;
	return err;
}

/* The note of one of our findings; false: it is another office's, or says nothing that we could look up. */
static bool
read_note(struct postings_note *out, const struct reading *reading, const struct id *id, const struct record *record)
{
	const struct finding_check *check = reading->check;
	struct postings_subject subject = {
		.declared_by = flow_finding_text(record, &check->kind, FLOW_FINDING_DECLARED_BY),
		.rule = flow_finding_text(record, &check->kind, FLOW_FINDING_RULE),
		.element = (uint32_t)flow_finding_number(record, &check->kind, FLOW_FINDING_ELEMENT, 0),
	};

	if (!view_equal(flow_finding_text(record, &check->kind, FLOW_FINDING_OFFICE),
	                view_text(node_identity_of(check->node)->code.text)) ||
	    !flow_finding_record(&subject.record, record, &check->kind))
		return false;
	*out = (struct postings_note){.place = reading->place, .finding = *id};
	postings_subject_hash(out->subject, check->postings, &subject);
	return true;
}

/* A finding that somebody changed or took away: its subject is judged again. */
static enum err
touch_subject(struct reading *reading, const struct record *finding, struct err_info *info)
{
	struct finding_check *check = reading->check;
	struct finding_record subject;
	struct bytes plaintext = {0};
	struct record record;
	struct id id;
	enum err err = ERR_OK;

	if (check->is_whole || !flow_finding_record(&id, finding, &check->kind))
		return ERR_OK;
	err = partition_get(&plaintext, reading->partition, &reading->head, &id, NULL);
	if (err == ERR_OK)
		err = record_read(&record, &reading->arena, bytes_view(&plaintext), LIMIT_RECORD_MERGED_BYTES_MAX,
		                  info);
	if (err == ERR_OK) {
		subject = finding_look_at(check, reading->place, &id, &record);
		err = finding_judge_again(check, &subject, info);
	}
	seal_wipe_bytes(&plaintext);
	return err == ERR_NOT_FOUND || err == ERR_RIGHT ? ERR_OK : err;
}

static enum err
change_note(struct reading *reading, const struct id *id, const struct record *old, const struct record *new_record,
            struct err_info *info)
{
	struct finding_check *check = reading->check;
	struct postings_note note;
	enum err err = ERR_OK;

	if (old != NULL && read_note(&note, reading, id, old)) {
		postings_note_remove(check->postings, &note);
		err = touch_subject(reading, old, info);
	}
	if (err == ERR_OK && new_record != NULL && read_note(&note, reading, id, new_record))
		err = postings_note_put(check->postings, &note, info);
	return err;
}

static enum err
change_roll(struct finding_check *check, const struct finding_record *record, int64_t difference, struct err_info *info)
{
	const struct schema_kind *kind = record->kind;
	bool had;
	enum err err;

	if (kind == NULL || !kind->is_roll)
		return ERR_OK;
	had = postings_has_roll(check->postings, record->place, kind->name);
	err = postings_roll_change(check->postings, record->place, kind->name, difference, info);
	/* the first row of a roll, and the last one, decide whether its rules say anything at all */
	if (err == ERR_OK && had != postings_has_roll(check->postings, record->place, kind->name))
		check->is_whole = true;
	return err;
}

static bool
is_finding(const struct record *record)
{
	return record != NULL && view_equal(record->kind, view_text(FLOW_FINDING_KIND));
}

static enum err
take_change(struct reading *reading, const struct id *id, const struct record *old, const struct record *new_record,
            struct err_info *info)
{
	struct finding_check *check = reading->check;
	const struct finding_record records[2] = {finding_look_at(check, reading->place, id, old),
	                                          finding_look_at(check, reading->place, id, new_record)};
	enum err err;

	if (is_finding(old) || is_finding(new_record))
		return change_note(reading, id, old, new_record, info);
	err = change_roll(check, &records[0], -1, info);
	if (err == ERR_OK)
		err = change_roll(check, &records[1], 1, info);
	if (err == ERR_OK)
		err = finding_post(check, records, info);
	if (err == ERR_OK)
		err = finding_step_look(&reading->suspects, check, records, info);
	return err;
}

/* A record before and after; NULL: none, or it cannot be opened. Lies in `reading` until the next one. */
struct opened {
	struct record records[2];
	const struct record *old;
	const struct record *new_record;
};

static enum err
open_pair(struct opened *out, struct reading *reading, const struct partition_touch *touch, struct err_info *info)
{
	bool has_old = false;
	bool has_new = false;
	enum err err;

	arena_clear(&reading->arena);
	err = open_side(&out->records[0], &has_old, reading, touch, 0, info);
	if (err == ERR_OK)
		err = open_side(&out->records[1], &has_new, reading, touch, 1, info);
	out->old = err == ERR_OK && has_old ? &out->records[0] : NULL;
	out->new_record = err == ERR_OK && has_new ? &out->records[1] : NULL;
	return err;
}

static enum err
visit_touch(struct reading *reading, const struct partition_touch *touch, struct err_info *info)
{
	struct finding_check *check = reading->check;
	struct opened opened;
	enum err err = open_pair(&opened, reading, touch, info);

	if (err != ERR_OK)
		return err;
	check->result->records++;
	check->result->unreadable += !oid_is_none(&touch->after[0]) && opened.new_record == NULL ? 1U : 0U;
	/* its old postings cannot be known any more: it was erased */
	if (!oid_is_none(&touch->before[0]) && opened.old == NULL)
		check->must_whole = true;
	return take_change(reading, &touch->id, opened.old, opened.new_record, info);
}

static struct partition_touch
touch_of(const struct id *id, const struct oid *old_oid, const struct oid *new_oid)
{
	struct partition_touch touch = {.id = *id};

	if (old_oid != NULL)
		touch.before[0] = *old_oid;
	if (new_oid != NULL)
		touch.after[0] = *new_oid;
	return touch;
}

static enum err
visit_difference(void *context, const struct id *id, const struct oid *old_oid, const struct oid *new_oid,
                 struct err_info *info)
{
	const struct partition_touch touch = touch_of(id, old_oid, new_oid);

	return visit_touch(context, &touch, info);
}

/* Every record that differs: as the journal of changes tells it, else from the two trees. */
static enum err
visit_all(struct reading *reading, const struct partition_version *old, struct err_info *info)
{
	const struct git_reader reader = {NULL, partition_store(reading->partition)};
	struct partition_touches touches = {0};
	bool is_told = partition_changes_between(&touches, reading->partition, &old->commit, &reading->head.commit);
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && is_told && i < touches.count; i++) {
		const struct partition_touch *touch = &touches.items[i];

		if (!oid_equal(&touch->before[0], &touch->after[0]))
			err = visit_touch(reading, touch, info);
	}
	partition_touches_release(&touches);
	if (!is_told)
		err = git_idtree_diff(reader, &old->records, &reading->head.records, visit_difference, reading, info);
	return err;
}

static enum err
read_changes(struct reading *reading, const struct oid *from, struct err_info *info)
{
	struct partition_version old = {0};
	enum err err = ERR_OK;

	if (!oid_is_none(from))
		err = partition_version_open(&old, reading->partition, from, info);
	if (err == ERR_NOT_FOUND) { /* gc took it, or the store was restored */
		reading->check->must_whole = true;
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = visit_all(reading, &old, info);
	if (err == ERR_OK && reading->suspects.count > 0)
		err = finding_steps_follow(reading->check, reading->place, &reading->suspects, reading->partition, from,
		                           info);
	partition_version_release(&old);
	return err;
}

/* One record of a partition that is read anew: only its step since the night before, and only once. */
static enum err
visit_step(void *context, const struct id *id, const struct oid *old_oid, const struct oid *new_oid,
           struct err_info *info)
{
	struct reading *reading = context;
	const struct partition_touch touch = touch_of(id, old_oid, new_oid);
	struct finding_record records[2];
	struct opened opened;
	enum err err = open_pair(&opened, reading, &touch, info);

	if (err != ERR_OK || opened.old == NULL || is_finding(opened.old))
		return err;
	for (size_t i = 0; i < reading->suspects.count; i++) {
		if (id_equal(&reading->suspects.ids[i], id))
			return ERR_OK;
	}
	records[0] = finding_look_at(reading->check, reading->place, id, opened.old);
	records[1] = finding_look_at(reading->check, reading->place, id, opened.new_record);
	return finding_step_look(&reading->past_suspects, reading->check, records, info);
}

static enum err
read_past_steps(struct reading *reading, struct err_info *info)
{
	const struct git_reader reader = {NULL, partition_store(reading->partition)};
	const struct finding_check *check = reading->check;
	const struct oid *past = NULL;
	struct partition_version old = {0};
	enum err err;

	for (size_t i = 0; i < check->past_count; i++) {
		if (id_equal(&check->past[i].partition, partition_id(reading->partition)))
			past = &check->past[i].commit;
	}
	if (past == NULL || oid_is_none(past))
		return ERR_OK;
	err = partition_version_open(&old, reading->partition, past, info);
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	if (err == ERR_OK)
		err = git_idtree_diff(reader, &old.records, &reading->head.records, visit_step, reading, info);
	if (err == ERR_OK && reading->past_suspects.count > 0)
		err = finding_steps_follow(reading->check, reading->place, &reading->past_suspects, reading->partition,
		                           past, info);
	partition_version_release(&old);
	return err;
}

static enum err
read_partition(struct finding_check *check, uint16_t number, struct err_info *info)
{
	struct finding_place *place = &check->places[number];
	const struct oid from = postings_place_at(check->postings, number)->commit;
	struct reading reading = {.check = check, .place = number};
	enum err err = node_partition_open(&reading.partition, check->node, &place->owner, info);

	place->from = from;
	if (err == ERR_OK)
		err = partition_head(reading.partition, &place->head, info);
	if (err == ERR_OK && !oid_is_none(&place->head) && !oid_equal(&place->head, &from)) {
		err = partition_version_open(&reading.head, reading.partition, &place->head, info);
		if (err == ERR_OK)
			err = read_changes(&reading, &from, info);
		if (err == ERR_OK && oid_is_none(&from) && !check->must_whole)
			err = read_past_steps(&reading, info);
		place->has_moved = err == ERR_OK;
		check->result->read++;
	}
	if (err == ERR_OK && place->has_moved)
		postings_place_at(check->postings, number)->commit = place->head;
	reading_release(&reading);
	return err;
}

enum err
finding_read_all(struct finding_check *check, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && !check->must_whole && i < check->place_count; i++) {
		if (check->places[i].depth > 0)
			err = read_partition(check, (uint16_t)i, info);
	}
	return err;
}
