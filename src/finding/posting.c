/* From a record to its postings: conditions, compared values, period. */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "finding/inside.h"
#include "schema/value.h"
#include "seal/hash.h"
#include "text/date.h"

enum {
	MONTHS_PER_YEAR = 12,
	EPOCH_YEAR = 1970,
};

void
finding_postings_release(struct finding_postings *postings)
{
	free(postings->items);
	*postings = (struct finding_postings){0};
}

enum err
finding_postings_add(struct finding_postings *postings, const struct finding_posting *posting, struct err_info *info)
{
	if (postings->count == postings->capacity) {
		size_t capacity = postings->capacity == 0 ? 16 : postings->capacity * 2;
		struct finding_posting *items = realloc(postings->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		postings->items = items;
		postings->capacity = capacity;
	}
	postings->items[postings->count++] = *posting;
	return ERR_OK;
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int
finding_posting_compare(const struct finding_posting *a, const struct finding_posting *b)
{
	int order = memcmp(a->group, b->group, sizeof(a->group));

	if (order == 0)
		order = memcmp(a->record.bytes, b->record.bytes, ID_BYTES);
	if (order == 0)
		order = compare_numbers(a->side, b->side);
	if (order == 0)
		order = compare_numbers(a->element, b->element);
	if (order == 0)
		order = compare_numbers(a->place, b->place);
	if (order == 0)
		order = compare_numbers(a->from, b->from);
	return order != 0 ? order : compare_numbers(a->to, b->to);
}

static bool
is_one_of(const struct schema_condition *condition, struct view value)
{
	if (value.size == 0)
		return condition->takes_absent;
	for (size_t i = 0; i < condition->count; i++) {
		if (view_equal(condition->values[i], value))
			return true;
	}
	return false;
}

static enum err
conditions_hold(bool *out, const struct finding_walk *walk, const struct finding_member *member, struct err_info *info)
{
	const struct schema_side *side = walk->side;
	enum err err = ERR_OK;

	*out = true;
	for (size_t i = 0; err == ERR_OK && *out && i < side->condition_count; i++) {
		struct view value;

		err = finding_value(&value, walk, member, &side->conditions[i].path, info);
		*out = err == ERR_OK && is_one_of(&side->conditions[i], value);
	}
	return err;
}

/* First day of a month counted from 1970-01; months out of the calendar's range are open ends. */
static int64_t
first_day_of(int64_t month)
{
	int64_t year =
		EPOCH_YEAR + (month >= 0 ? month / MONTHS_PER_YEAR : (month - MONTHS_PER_YEAR + 1) / MONTHS_PER_YEAR);
	int64_t of_year = month - (year - EPOCH_YEAR) * MONTHS_PER_YEAR;

	return text_day_of((int)year, (int)of_year + 1, 1);
}

static int64_t
month_of(int64_t day)
{
	int year;
	int month;
	int of_month;

	text_day_split(day, &year, &month, &of_month);
	return ((int64_t)year - EPOCH_YEAR) * MONTHS_PER_YEAR + month - 1;
}

bool
finding_day_of(int64_t *out, const struct schema_path *path, int64_t number, bool is_last)
{
	if (path->type->type == SCHEMA_DATE && number >= TEXT_DAY_MIN && number <= TEXT_DAY_MAX)
		*out = number;
	else if (path->type->type == SCHEMA_MONTH && number >= TEXT_MONTH_MIN && number < TEXT_MONTH_MAX)
		*out = is_last ? first_day_of(number + 1) - 1 : first_day_of(number);
	else
		return false;
	return true;
}

/* One end of the period in days; false: open. */
static enum err
read_end(int64_t *out, bool *is_there, const struct finding_walk *walk, const struct finding_member *member,
         const struct schema_path *path, bool is_last, struct err_info *info)
{
	struct codec_reader reader;
	struct view value;
	int64_t number = 0;
	enum err err;

	*is_there = false;
	if (path->field == 0)
		return ERR_OK;
	err = finding_value(&value, walk, member, path, info);
	if (err != ERR_OK || value.size == 0)
		return err;
	reader = codec_reader_of(value);
	err = codec_read_int(&number, &reader, info);
	if (err != ERR_OK)
		return err;
	*is_there = finding_day_of(out, path, number, is_last);
	return ERR_OK;
}

static enum err
read_period(struct finding_posting *posting, const struct finding_walk *walk, const struct finding_member *member,
            struct err_info *info)
{
	const struct schema_side *side = walk->side;
	int64_t day = 0;
	bool is_there = false;
	enum err err;

	posting->from = INT32_MIN;
	posting->to = INT32_MAX;
	if (!side->has_period)
		return ERR_OK;
	err = read_end(&day, &is_there, walk, member, &side->from, false, info);
	if (err == ERR_OK && is_there) {
		if (side->lag_months > 0)
			day = first_day_of(month_of(day) + side->lag_months);
		posting->from = (int32_t)day;
	}
	if (err == ERR_OK)
		err = read_end(&day, &is_there, walk, member, &side->to, true, info);
	if (err == ERR_OK && is_there)
		posting->to = (int32_t)day;
	return err;
}

/* Under x-standards nothing is compared with another record: each stands alone. */
static void
hash_alone(struct finding_posting *posting, const struct finding_side *side, const struct seal_key *key)
{
	struct seal_hash hash;
	struct digest digest;

	seal_hash_init_keyed(&hash, SEAL_DOMAIN_FINDING, key);
	seal_hash_update(&hash, side->declared_by->name);
	seal_hash_update(&hash, view_of("", 1));
	seal_hash_update(&hash, side->rule->rule);
	seal_hash_update(&hash, view_of("", 1));
	seal_hash_update(&hash, view_of(posting->record.bytes, ID_BYTES));
	seal_hash_final(&digest, &hash);
	memcpy(posting->group, digest.bytes, sizeof(posting->group));
}

/* The hash of what is compared; *is_whole false: a value is missing. Unless-sides compare among themselves. */
static enum err
hash_group(struct finding_posting *posting, bool *is_whole, const struct finding_walk *walk,
           const struct finding_member *member, const struct finding_side *side, const struct seal_key *key,
           struct err_info *info)
{
	uint8_t join = side->role == FINDING_UNLESS_OWN || side->role == FINDING_UNLESS ? 1 : 0;
	struct seal_hash hash;
	struct digest digest;
	enum err err = ERR_OK;

	*is_whole = true;
	seal_hash_init_keyed(&hash, SEAL_DOMAIN_FINDING, key);
	seal_hash_update(&hash, side->declared_by->name);
	seal_hash_update(&hash, view_of("", 1));
	seal_hash_update(&hash, side->rule->rule);
	seal_hash_update(&hash, view_of("", 1));
	seal_hash_update(&hash, view_of(&join, sizeof(join)));
	for (size_t i = 0; err == ERR_OK && *is_whole && i < walk->side->match_count; i++) {
		struct view value;

		err = finding_value(&value, walk, member, &walk->side->match[i], info);
		*is_whole = err == ERR_OK && value.size > 0;
		if (*is_whole)
			seal_hash_update(&hash, value); /* an encoded value says its own length */
	}
	seal_hash_final(&digest, &hash);
	memcpy(posting->group, digest.bytes, sizeof(posting->group));
	return err;
}

struct posting_terms {
	const struct seal_key *key;
	const struct finding_record *record;
};

static enum err
post_member(struct finding_postings *out, const struct finding_walk *walk, const struct finding_member *member,
            const struct finding_side *side, struct finding_posting *posting, const struct posting_terms *terms,
            struct err_info *info)
{
	bool is_in = false;
	enum err err = conditions_hold(&is_in, walk, member, info);

	if (err == ERR_OK && is_in)
		err = read_period(posting, walk, member, info);
	if (err != ERR_OK || !is_in || posting->from > posting->to)
		return err;
	if (side->rule->type == SCHEMA_STANDARDS) {
		struct policy_found row;

		if (!finding_standard_broken(&row, side->rule, terms->record))
			return ERR_OK;
		hash_alone(posting, side, terms->key);
		return finding_postings_add(out, posting, info);
	}
	err = hash_group(posting, &is_in, walk, member, side, terms->key, info);
	if (err != ERR_OK || !is_in)
		return err;
	posting->element = finding_element_of(member);
	return finding_postings_add(out, posting, info);
}

static enum err
post_side(struct finding_postings *out, const struct finding_rules *rules, uint16_t number,
          const struct posting_terms *terms, struct err_info *info)
{
	const struct finding_side *side = &rules->sides[number];
	struct finding_posting posting = {.record = terms->record->id, .place = terms->record->place, .side = number};
	struct finding_walk walk;
	struct finding_member member;
	bool is_end = false;
	enum err err = finding_walk_start(&walk, side->side, terms->record->record, info);

	while (err == ERR_OK) {
		err = finding_walk_next(&walk, &member, &is_end, info);
		if (err != ERR_OK || is_end)
			break;
		err = post_member(out, &walk, &member, side, &posting, terms, info);
	}
	return err;
}

enum err
finding_postings_of(struct finding_postings *out, const struct finding_rules *rules, const struct seal_key *key,
                    const struct finding_record *record, struct err_info *info)
{
	const struct finding_lookers *lookers = finding_lookers_of(rules, record->kind);
	const struct posting_terms terms = {key, record};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && lookers != NULL && i < lookers->count; i++)
		err = post_side(out, rules, lookers->sides[i], &terms, info);
	return err;
}

/* What a posting of the record as a whole is made of, but for the hash. */
struct stand {
	struct finding_walk walk;
	struct finding_member member;
	struct finding_posting period;
	bool is_in;
};

static enum err
read_stand(struct stand *out, const struct schema_side *side, const struct record *record, struct err_info *info)
{
	bool is_end;
	enum err err = finding_walk_start(&out->walk, side, record, info);

	if (err == ERR_OK)
		err = finding_walk_next(&out->walk, &out->member, &is_end, info);
	if (err == ERR_OK)
		err = conditions_hold(&out->is_in, &out->walk, &out->member, info);
	if (err == ERR_OK && out->is_in)
		err = read_period(&out->period, &out->walk, &out->member, info);
	return err;
}

/* Whether a record posts the same before and after; false also where that takes a longer look: the members of a list. */
static bool
posts_alike(const struct schema_side *side, const struct finding_record records[2])
{
	struct stand stands[2];

	if (side->list != 0 || read_stand(&stands[0], side, records[0].record, NULL) != ERR_OK ||
	    read_stand(&stands[1], side, records[1].record, NULL) != ERR_OK || stands[0].is_in != stands[1].is_in)
		return false;
	if (!stands[0].is_in)
		return true;
	if (stands[0].period.from != stands[1].period.from || stands[0].period.to != stands[1].period.to)
		return false;
	for (size_t i = 0; i < side->match_count; i++) {
		if (!view_equal(record_get(records[0].record, side->match[i].field),
		                record_get(records[1].record, side->match[i].field)))
			return false;
	}
	return true;
}

static bool
is_alike(const struct finding_side *side, const struct finding_record records[2])
{
	if (side->rule->type == SCHEMA_STANDARDS) /* nothing is hashed until a row is broken */
		return false;
	if (side->rule->has_unless && (side->role == FINDING_OWN || side->role == FINDING_UNLESS_OWN))
		return posts_alike(&side->rule->own, records) && posts_alike(&side->rule->unless_own, records);
	return posts_alike(side->side, records);
}

/* Most edits touch no field that a rule reads. */
static bool
may_differ(const struct finding_lookers *lookers, const struct finding_record records[2])
{
	for (size_t i = 0; i < lookers->field_count; i++) {
		if (!view_equal(record_get(records[0].record, lookers->fields[i]),
		                record_get(records[1].record, lookers->fields[i])))
			return true;
	}
	return false;
}

enum err
finding_postings_between(struct finding_postings out[2], const struct finding_rules *rules, const struct seal_key *key,
                         const struct finding_record records[2], struct err_info *info)
{
	const struct finding_lookers *lookers = finding_lookers_of(rules, records[0].kind);
	const struct posting_terms before = {key, &records[0]};
	const struct posting_terms after = {key, &records[1]};
	enum err err = ERR_OK;

	if (lookers == NULL || !may_differ(lookers, records))
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < lookers->count; i++) {
		uint16_t side = lookers->sides[i];

		if (is_alike(&rules->sides[side], records))
			continue;
		err = post_side(&out[0], rules, side, &before, info);
		if (err == ERR_OK)
			err = post_side(&out[1], rules, side, &after, info);
	}
	return err;
}

enum err
finding_about(struct bytes *out, const struct finding_rules *rules, uint16_t number, uint32_t element,
              const struct record *record, struct err_info *info)
{
	const struct schema_side *side = rules->sides[number].side;
	const struct schema_field *list = schema_field_by_number(&side->kind->object, side->list);
	struct finding_walk walk;
	struct finding_member member;
	bool is_end = false;
	enum err err;

	if (element == 0 || list == NULL)
		return ERR_OK;
	err = finding_walk_start(&walk, side, record, info);
	while (err == ERR_OK) {
		err = finding_walk_next(&walk, &member, &is_end, info);
		if (err != ERR_OK || is_end)
			break;
		if (finding_element_of(&member) != element)
			continue;
		if (list->item->type != SCHEMA_OBJECT)
			return schema_value_to_text(out, list->item, member.element, info);
		if (list->merge == SCHEMA_MERGE_KEYED_LIST)
			return schema_value_to_text(out, list->key_field, member.element, info);
		return bytes_printf(out, info, "%u", walk.index);
	}
	return err;
}
