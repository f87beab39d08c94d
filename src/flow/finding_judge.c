/* Judging groups: which subjects must have a finding now. */
#include <stdlib.h>
#include <string.h>

#include "flow/finding_check.h"
#include "seal/hash.h"
#include "seal/seal.h"

enum {
	KEPT_POSTINGS_MAX = 65536, /* of groups that are looked at twice: 3.5 MB */
};

enum err
finding_subject_of(uint8_t out[FINDING_GROUP_BYTES], const struct finding_check *check,
                   const struct finding_posting *posting)
{
	const struct finding_side *side = finding_side_of(check->rules, posting->side);
	const struct postings_subject subject = {side->declared_by->name, side->rule->rule, posting->record,
	                                         posting->element};

	postings_subject_hash(out, check->postings, &subject);
	return ERR_OK;
}

enum err
finding_affected(struct finding_check *check, const struct finding_posting *posting, struct err_info *info)
{
	uint8_t subject[FINDING_GROUP_BYTES];
	enum err err = ERR_OK;

	if (check->is_whole || !finding_is_subject(check->rules, posting))
		return ERR_OK;
	err = finding_subject_of(subject, check, posting);
	if (err != ERR_OK || postings_note_find(check->postings, subject) == NULL)
		return err; /* only what has a finding can lose it */
	return table_put(&check->affected, view_of(subject, sizeof(subject)), NULL, NULL, info);
}

/* What stands for another record in a finding: nobody who lacks both ids can tell whose it is. */
static uint64_t
mark_of(const struct id *other, const struct id *own)
{
	uint8_t both[2 * ID_BYTES];
	struct id digest;

	memcpy(both, other->bytes, ID_BYTES);
	memcpy(both + ID_BYTES, own->bytes, ID_BYTES);
	seal_digest_id(&digest, view_of(both, sizeof(both)));
	return load_u64(digest.bytes);
}

static enum err
wanted_of(struct finding_wanted **out, struct finding_check *check, const struct finding_posting *subject,
          struct err_info *info)
{
	uint8_t hash[FINDING_GROUP_BYTES];
	uint64_t *at;
	bool is_new;
	enum err err = finding_subject_of(hash, check, subject);

	if (err == ERR_OK)
		err = table_put(&check->wanted_by_subject, view_of(hash, sizeof(hash)), &at, &is_new, info);
	if (err != ERR_OK)
		return err;
	if (is_new && check->wanted_count == check->wanted_capacity) {
		size_t capacity = check->wanted_capacity == 0 ? 64 : check->wanted_capacity * 2;
		struct finding_wanted *wanted = realloc(check->wanted, capacity * sizeof(*wanted));

		if (wanted == NULL)
			return err_nomem(info);
		check->wanted = wanted;
		check->wanted_capacity = capacity;
	}
	if (is_new) {
		*at = check->wanted_count++;
		check->wanted[*at] = (struct finding_wanted){.posting = *subject};
		memcpy(check->wanted[*at].subject, hash, sizeof(hash));
	}
	*out = &check->wanted[*at];
	return ERR_OK;
}

static enum err
add_part(struct finding_check *check, size_t wanted, uint64_t mark, struct err_info *info)
{
	if (check->part_count == check->part_capacity) {
		size_t capacity = check->part_capacity == 0 ? 64 : check->part_capacity * 2;
		struct finding_part *parts = realloc(check->parts, capacity * sizeof(*parts));

		if (parts == NULL)
			return err_nomem(info);
		check->parts = parts;
		check->part_capacity = capacity;
	}
	check->parts[check->part_count++] = (struct finding_part){(uint32_t)wanted, mark};
	return ERR_OK;
}

static bool
comes_before(const struct finding_posting *other, const struct finding_wanted *wanted)
{
	return wanted->others == 0 || memcmp(other->record.bytes, wanted->other.bytes, ID_BYTES) < 0;
}

static enum err
tell(void *context, const struct finding_posting *subject, const struct finding_posting *other, struct err_info *info)
{
	struct finding_check *check = context;
	struct finding_wanted *wanted;
	enum err err = wanted_of(&wanted, check, subject, info);

	if (err != ERR_OK || other == NULL)
		return err;
	if (comes_before(other, wanted)) {
		wanted->other = other->record;
		wanted->other_place = other->place;
	}
	wanted->others++;
	return add_part(check, (size_t)(wanted - check->wanted), mark_of(&other->record, &subject->record), info);
}

static bool
is_ours(void *context, uint16_t place_a, uint16_t place_b)
{
	return finding_is_ours(context, place_a, place_b);
}

static uint16_t
place_of(const struct finding_check *check, const struct id *partition)
{
	for (size_t i = 0; i < check->place_count; i++) {
		if (id_equal(&postings_place_at(check->postings, (uint16_t)i)->partition, partition))
			return (uint16_t)i;
	}
	return UINT16_MAX;
}

/* The lowest office from the record's owner up whose rolls have this kind decides. */
static bool
find_rolls(void *context, uint16_t place, const struct schema_kind *kind, uint16_t *rolls_out)
{
	const struct finding_check *check = context;
	const struct finding_place *at = &check->places[place];
	const struct roster *roster = node_roster(check->node);

	for (size_t i = at->depth; i > 0; i--) {
		const struct roster_node *rolls = NULL;
		struct node_code code;
		uint16_t found;

		if (node_code_rolls(&code, &at->path[i - 1]->code))
			rolls = roster_node_find(roster, &code);
		found = rolls == NULL ? UINT16_MAX : place_of(check, &rolls->partition);
		if (found == UINT16_MAX || !postings_has_roll(check->postings, found, kind->name))
			continue;
		*rolls_out = found;
		return strcmp(at->path[i - 1]->code.text, node_identity_of(check->node)->code.text) == 0;
	}
	return false;
}

/* The group in which the own record looks for what excuses it. */
static enum err
unless_group(uint8_t out[FINDING_GROUP_BYTES], bool *has_group, struct finding_check *check,
             const struct finding_posting *own, struct err_info *info)
{
	const struct finding_side *side = finding_side_of(check->rules, own->side);
	struct finding_postings postings = {0};
	struct bytes plaintext = {0};
	struct record record;
	uint16_t unless_side = 0;
	enum err err = finding_open_record(&record, &plaintext, check, own->place, &own->record, info);

	*has_group = false;
	if (err == ERR_OK && finding_side_find(&unless_side, check->rules, side->rule_index, FINDING_UNLESS_OWN)) {
		const struct finding_record looked_at = {
			.record = &record, .kind = side->side->kind, .id = own->record, .place = own->place};

		err = finding_postings_of(&postings, check->rules, postings_key(check->postings), &looked_at, info);
	}
	for (size_t i = 0; err == ERR_OK && i < postings.count && !*has_group; i++) {
		if (postings.items[i].side != unless_side || postings.items[i].element != own->element)
			continue;
		memcpy(out, postings.items[i].group, FINDING_GROUP_BYTES);
		*has_group = true;
	}
	finding_postings_release(&postings);
	seal_wipe_bytes(&plaintext);
	return err == ERR_NOT_FOUND || err == ERR_RIGHT ? ERR_OK : err;
}

static enum err
is_excused(void *context, const struct finding_posting *own, bool *out, struct err_info *info)
{
	struct finding_check *check = context;
	const struct finding_side *side = finding_side_of(check->rules, own->side);
	struct finding_postings postings = {0};
	uint8_t group[FINDING_GROUP_BYTES];
	uint16_t place = own->place;
	uint16_t unless_side = 0;
	bool has_group = false;
	enum err err = unless_group(group, &has_group, check, own, info);

	*out = false;
	if (err == ERR_OK && has_group &&
	    finding_side_find(&unless_side, check->rules, side->rule_index, FINDING_UNLESS) &&
	    (!side->rule->unless.kind->is_roll || find_rolls(check, own->place, side->rule->unless.kind, &place)))
		err = postings_group(&postings, check->postings, group, info);
	for (size_t i = 0; err == ERR_OK && i < postings.count && !*out; i++) {
		const struct finding_posting *other = &postings.items[i];

		*out = other->side == unless_side && other->place == place && !id_equal(&other->record, &own->record) &&
		       (!side->rule->unless.has_period || (own->from <= other->to && other->from <= own->to));
	}
	finding_postings_release(&postings);
	return err;
}

static void
too_many(void *context, const struct finding_side *side, size_t count)
{
	struct finding_check *check = context;

	(void)side;
	(void)count;
	check->result->too_many++;
}

static enum err
judge_group(void *context, const struct finding_posting *items, size_t count, struct err_info *info)
{
	struct finding_check *check = context;
	const struct finding_judge judge = {check, is_ours, find_rolls, is_excused, tell, too_many};
	enum err err = ERR_OK;

	if (count == 0) /* all of it is gone */
		return ERR_OK;
	check->result->groups++;
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = finding_affected(check, &items[i], info);
	return err == ERR_OK ? finding_group_judge(check->rules, items, count, &judge, info) : err;
}

static bool
is_fresh(const struct finding_check *check, const struct finding_posting *posting)
{
	const struct finding_name name = finding_name_of(posting);

	return table_find(&check->fresh, view_of(name.bytes, sizeof(name.bytes))) != NULL;
}

/* A change of what excuses: the records that it may excuse are judged in the rule's own group. */
static enum err
mark_excused(struct finding_check *check, const struct finding_posting *items, size_t count, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		const struct finding_posting *posting = &items[i];
		const struct finding_side *side = finding_side_of(check->rules, posting->side);
		const struct finding_record looked_at = {
			.kind = side->side->kind, .id = posting->record, .place = posting->place};
		struct finding_record whole = looked_at;
		struct finding_postings own = {0};
		struct bytes plaintext = {0};
		struct record record;

		if (side->role != FINDING_UNLESS_OWN || is_fresh(check, posting))
			continue;
		err = finding_open_record(&record, &plaintext, check, posting->place, &posting->record, info);
		whole.record = &record;
		if (err == ERR_OK)
			err = finding_postings_of(&own, check->rules, postings_key(check->postings), &whole, info);
		for (size_t k = 0; err == ERR_OK && k < own.count; k++) {
			const struct finding_side *other = finding_side_of(check->rules, own.items[k].side);

			if (other->rule_index == side->rule_index && other->role == FINDING_OWN)
				err = finding_mark_dirty(check, own.items[k].group, info);
		}
		finding_postings_release(&own);
		seal_wipe_bytes(&plaintext);
		err = err == ERR_NOT_FOUND || err == ERR_RIGHT ? ERR_OK : err;
	}
	return err;
}

/* Postings of dirty groups, read once: who looks for what excuses them and who judges them ask for the same. */
struct dirty {
	struct bytes groups; /* in order: so each page of the cache is opened once */
	size_t *ends;        /* where the postings of each group end */
	struct finding_postings postings;
	size_t read; /* groups whose postings are kept */
};

static void
dirty_release(struct dirty *dirty)
{
	bytes_release(&dirty->groups);
	free(dirty->ends);
	finding_postings_release(&dirty->postings);
}

static int
compare_groups(const void *a, const void *b)
{
	return memcmp(a, b, FINDING_GROUP_BYTES);
}

static enum err
list_dirty(struct dirty *out, const struct finding_check *check, struct err_info *info)
{
	size_t position = 0;
	struct view group;
	uint64_t value;
	enum err err = ERR_OK;

	while (err == ERR_OK && table_next(&check->dirty, &position, &group, &value))
		err = bytes_append_view(&out->groups, group, info);
	if (err == ERR_OK && out->groups.size > FINDING_GROUP_BYTES)
		qsort(out->groups.data, out->groups.size / FINDING_GROUP_BYTES, FINDING_GROUP_BYTES, compare_groups);
	return err;
}

/* A change of what excuses, in any group that is dirty so far. What was read is kept, up to a bound. */
static enum err
mark_all_excused(struct dirty *dirty, struct finding_check *check, struct err_info *info)
{
	size_t count;
	enum err err = list_dirty(dirty, check, info);

	count = dirty->groups.size / FINDING_GROUP_BYTES;
	dirty->ends = err == ERR_OK ? calloc(count + 1, sizeof(*dirty->ends)) : NULL;
	if (err == ERR_OK && dirty->ends == NULL)
		err = err_nomem(info);
	if (err == ERR_OK)
		err = postings_expect(check->postings, bytes_view(&dirty->groups), info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		size_t start = dirty->postings.count;

		err = postings_group(&dirty->postings, check->postings, dirty->groups.data + i * FINDING_GROUP_BYTES,
		                     info);
		if (err == ERR_OK)
			err = mark_excused(check, dirty->postings.items + start, dirty->postings.count - start, info);
		if (dirty->read < i || dirty->postings.count > KEPT_POSTINGS_MAX)
			dirty->postings.count = start;
		else
			dirty->ends[dirty->read++] = dirty->postings.count;
	}
	postings_expect_end(check->postings);
	return err;
}

/* All that are dirty now, those that were marked last among them: in order. */
static enum err
judge_dirty(struct finding_check *check, const struct dirty *seen, struct err_info *info)
{
	struct finding_postings postings = {0};
	struct dirty all = {0};
	size_t at = 0; /* of those that were read */
	enum err err = list_dirty(&all, check, info);

	for (size_t i = 0; err == ERR_OK && i < all.groups.size; i += FINDING_GROUP_BYTES) {
		const uint8_t *group = all.groups.data + i;

		if (at < seen->read && compare_groups(seen->groups.data + at * FINDING_GROUP_BYTES, group) == 0) {
			size_t start = at == 0 ? 0 : seen->ends[at - 1];

			err = judge_group(check, seen->postings.items + start, seen->ends[at] - start, info);
			at++;
			continue;
		}
		postings.count = 0;
		err = postings_group(&postings, check->postings, group, info);
		if (err == ERR_OK)
			err = judge_group(check, postings.items, postings.count, info);
	}
	finding_postings_release(&postings);
	dirty_release(&all);
	return err;
}

static enum err
take_pending(struct finding_check *check, struct err_info *info)
{
	struct view groups = postings_pending(check->postings, POSTINGS_PENDING_GROUPS);
	struct view subjects = postings_pending(check->postings, POSTINGS_PENDING_SUBJECTS);
	enum err err = ERR_OK;

	for (size_t at = 0; err == ERR_OK && at < groups.size; at += FINDING_GROUP_BYTES)
		err = finding_mark_dirty(check, groups.data + at, info);
	for (size_t at = 0; err == ERR_OK && at < subjects.size; at += FINDING_GROUP_BYTES)
		err = table_put(&check->affected, view_of(subjects.data + at, FINDING_GROUP_BYTES), NULL, NULL, info);
	postings_pending_clear(check->postings);
	return err;
}

enum err
finding_judge_all(struct finding_check *check, struct err_info *info)
{
	struct dirty dirty = {0};
	enum err err;

	if (check->is_whole) {
		postings_pending_clear(check->postings);
		return postings_each(check->postings, judge_group, check, info);
	}
	err = take_pending(check, info);
	if (err == ERR_OK)
		err = mark_all_excused(&dirty, check, info);
	if (err == ERR_OK)
		err = judge_dirty(check, &dirty, info);
	dirty_release(&dirty);
	return err;
}
