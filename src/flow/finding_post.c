/* What a record stood for and what it stands for now: its postings into the cache, and which groups must be judged for it. */
#include <stdlib.h>
#include <string.h>

#include "flow/finding_check.h"
#include "schema/set.h"

enum err
finding_mark_dirty(struct finding_check *check, const uint8_t group[FINDING_GROUP_BYTES], struct err_info *info)
{
	return table_put(&check->dirty, view_of(group, FINDING_GROUP_BYTES), NULL, NULL, info);
}

struct finding_name
finding_name_of(const struct finding_posting *posting)
{
	struct finding_name name;

	store_u16(name.bytes, posting->place);
	memcpy(name.bytes + 2, posting->record.bytes, ID_BYTES);
	return name;
}

/* What came with all that it has needs no second look when its groups are judged. */
static enum err
note_fresh(struct finding_check *check, const struct finding_posting *posting, struct err_info *info)
{
	const struct finding_name name = finding_name_of(posting);

	return check->is_whole ? ERR_OK
	                       : table_put(&check->fresh, view_of(name.bytes, sizeof(name.bytes)), NULL, NULL, info);
}

static int
compare_postings(const void *a, const void *b)
{
	return finding_posting_compare(a, b);
}

struct finding_record
finding_look_at(const struct finding_check *check, uint16_t place, const struct id *id, const struct record *record)
{
	return (struct finding_record){
		.record = record,
		.kind = record == NULL ? NULL : schema_set_kind(check->set, record->kind),
		.id = *id,
		.place = place,
		.policy = check->policy,
		.owner = &check->places[place].owner,
	};
}

static enum err
post(struct finding_postings *out, const struct finding_check *check, const struct finding_record *record,
     struct err_info *info)
{
	if (record->kind == NULL)
		return ERR_OK;
	return finding_postings_of(out, check->rules, postings_key(check->postings), record, info);
}

/* What a record stood for and stands for now, in order; of one that was changed only where that may differ. */
static enum err
post_both(struct finding_check *check, const struct finding_record records[2], struct err_info *info)
{
	struct finding_postings *out = check->between;
	enum err err;

	out[0].count = 0;
	out[1].count = 0;
	if (records[0].kind != NULL && records[0].kind == records[1].kind) {
		err = finding_postings_between(out, check->rules, postings_key(check->postings), records, info);
	} else {
		err = post(&out[0], check, &records[0], info);
		if (err == ERR_OK)
			err = post(&out[1], check, &records[1], info);
	}
	for (size_t i = 0; err == ERR_OK && i < 2; i++) {
		if (out[i].count > 1)
			qsort(out[i].items, out[i].count, sizeof(*out[i].items), compare_postings);
	}
	return err;
}

/* Whether it is excused is asked where the record itself is judged: in the rule's own group, if it stands there now. */
static enum err
mark_own(struct finding_check *check, const struct finding_side *unless_own, struct err_info *info)
{
	const struct finding_postings *now = &check->between[1];
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < now->count; i++) {
		const struct finding_side *side = finding_side_of(check->rules, now->items[i].side);

		if (side->rule_index == unless_own->rule_index && side->role == FINDING_OWN)
			err = finding_mark_dirty(check, now->items[i].group, info);
	}
	return err;
}

static enum err
change(struct finding_check *check, const struct finding_posting *posting, bool is_there, struct err_info *info)
{
	const struct finding_side *side = finding_side_of(check->rules, posting->side);
	enum err err = postings_change(check->postings, posting, is_there, info);

	if (err != ERR_OK || check->is_whole)
		return err;
	if (side->role == FINDING_UNLESS_OWN)
		return mark_own(check, side, info);
	err = finding_mark_dirty(check, posting->group, info);
	if (err == ERR_OK && !is_there)
		err = finding_affected(check, posting, info);
	return err;
}

/* Both lists are sorted: what is in one alone came or went. */
static enum err
compare_lists(struct finding_check *check, struct err_info *info)
{
	const struct finding_postings *old = &check->between[0];
	const struct finding_postings *now = &check->between[1];
	size_t i = 0;
	size_t k = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK && (i < old->count || k < now->count)) {
		int order = i == old->count   ? 1
		            : k == now->count ? -1
		                              : finding_posting_compare(&old->items[i], &now->items[k]);

		if (order < 0)
			err = change(check, &old->items[i], false, info);
		else if (order > 0)
			err = change(check, &now->items[k], true, info);
		i += order <= 0 ? 1U : 0U;
		k += order >= 0 ? 1U : 0U;
	}
	return err;
}

enum err
finding_post(struct finding_check *check, const struct finding_record records[2], struct err_info *info)
{
	enum err err = post_both(check, records, info);

	if (err == ERR_OK)
		err = compare_lists(check, info);
	if (err == ERR_OK && records[0].record == NULL && check->between[1].count > 0)
		err = note_fresh(check, &check->between[1].items[0], info);
	return err;
}

enum err
finding_judge_again(struct finding_check *check, const struct finding_record *record, struct err_info *info)
{
	struct finding_postings postings = {0};
	enum err err = post(&postings, check, record, info);

	for (size_t i = 0; err == ERR_OK && i < postings.count; i++)
		err = finding_mark_dirty(check, postings.items[i].group, info);
	finding_postings_release(&postings);
	return err;
}
