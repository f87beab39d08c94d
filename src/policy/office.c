/* What counts for one office: its calendar, and limits and values by name. */
#include <stdlib.h>
#include <string.h>

#include "policy/internal.h"
#include "seal/hash.h"

static int
compare_candidates(const void *a, const void *b)
{
	const struct policy_row *x = *(const struct policy_row *const *)a;
	const struct policy_row *y = *(const struct policy_row *const *)b;
	int order = view_compare(x->subject, y->subject);
	size_t narrow_x = strlen(x->region);
	size_t narrow_y = strlen(y->region);

	if (order != 0)
		return order;
	if (narrow_x != narrow_y)
		return narrow_x > narrow_y ? -1 : 1;
	if (x->from != y->from)
		return x->from > y->from ? -1 : 1;
	return memcmp(x->id.bytes, y->id.bytes, ID_BYTES);
}

/* The narrower region first, then the later table. */
static int
compare_tables(const void *a, const void *b)
{
	return compare_candidates(a, b);
}

static bool
counts_for(const struct policy_row *row, const struct node_code *office)
{
	char own[POLICY_REGION_DIGITS + 1];

	policy_region(own, row->owner.text);
	/* the owner's own division covers the office too: nobody sets a neighbour's rules */
	return row->is_whole && policy_covers(row->region, office->text) && policy_covers(own, office->text);
}

void
policy_office_free(struct policy_office *office)
{
	if (office != NULL)
		free(office->rows);
	free(office);
}

static enum err
collect(struct policy_office *office, struct policy *policy, struct err_info *info)
{
	const struct policy_row **tables = calloc(policy->count + 1, sizeof(*tables));
	struct calendar_table *kept = arena_get(&policy->arena, (policy->count + 1) * sizeof(*kept));
	size_t table_count = 0;

	office->rows = calloc(policy->count + 1, sizeof(*office->rows));
	if (office->rows == NULL || tables == NULL || kept == NULL) {
		free(tables);
		return err_nomem(info);
	}
	for (size_t i = 0; i < policy->count; i++) {
		const struct policy_row *row = &policy->rows[i];

		if (!counts_for(row, &office->code))
			continue;
		if (row->kind->policy.type == SCHEMA_POLICY_CALENDAR)
			tables[table_count++] = row;
		else if (row->subject.size > 0)
			office->rows[office->count++] = row;
	}
	if (office->count > 1)
		qsort(office->rows, office->count, sizeof(*office->rows), compare_candidates);
	if (table_count > 1)
		qsort(tables, table_count, sizeof(*tables), compare_tables);
	for (size_t i = 0; i < table_count; i++)
		kept[i] = tables[i]->table;
	office->calendar = (struct calendar){kept, table_count};
	free(tables);
	return ERR_OK;
}

enum err
policy_for(const struct policy_office **out, struct policy *policy, const struct node_code *code, struct err_info *info)
{
	struct policy_office *office;
	struct policy_office **offices;
	enum err err;

	for (size_t i = 0; i < policy->office_count; i++) {
		if (strcmp(policy->offices[i]->code.text, code->text) == 0) {
			*out = policy->offices[i];
			return ERR_OK;
		}
	}
	office = calloc(1, sizeof(*office));
	offices = realloc(policy->offices, (policy->office_count + 1) * sizeof(*offices));
	if (offices != NULL)
		policy->offices = offices;
	if (office == NULL || offices == NULL) {
		free(office);
		return err_nomem(info);
	}
	office->code = *code;
	err = collect(office, policy, info);
	if (err != ERR_OK) {
		policy_office_free(office);
		return err;
	}
	policy->offices[policy->office_count++] = office;
	*out = office;
	return ERR_OK;
}

const struct calendar *
policy_calendar(const struct policy_office *office)
{
	return &office->calendar;
}

/* The first row of a subject: they stand together, the one that counts before the others. */
static size_t
first_of(const struct policy_office *office, struct view subject)
{
	size_t low = 0;
	size_t high = office->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (view_compare(office->rows[middle]->subject, subject) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct policy_row *
row_on(const struct policy_office *office, struct view subject, enum schema_policy_type type, int64_t day)
{
	for (size_t i = first_of(office, subject); i < office->count && view_equal(office->rows[i]->subject, subject);
	     i++) {
		const struct policy_row *row = office->rows[i];

		if (row->kind->policy.type == type && row->from <= day && day <= row->to)
			return row;
	}
	return NULL;
}

bool
policy_limit_on(const struct policy_office *office, struct view kind, struct view limit, int64_t day,
                struct policy_limit *out)
{
	uint8_t subject[2 * LIMIT_NAME_BYTES_MAX + 1];
	const struct policy_row *row;

	if (kind.size + limit.size + 1 > sizeof(subject) || kind.size == 0 || limit.size == 0)
		return false;
	memcpy(subject, kind.data, kind.size);
	subject[kind.size] = 0;
	memcpy(subject + kind.size + 1, limit.data, limit.size);
	row = row_on(office, view_of(subject, kind.size + 1 + limit.size), SCHEMA_POLICY_LIMIT, day);
	if (row == NULL)
		return false;
	*out = row->limit;
	return true;
}

bool
policy_value_on(const struct policy_office *office, struct view name, int64_t day, int64_t *out)
{
	const struct policy_row *row = row_on(office, name, SCHEMA_POLICY_VALUE, day);

	if (row == NULL)
		return false;
	*out = row->value;
	return true;
}

bool
policy_row_next(struct policy_found *out, const struct policy *policy, const struct schema_kind *kind,
                const struct node_code *office, size_t *position)
{
	while (*position < policy->count) {
		const struct policy_row *row = &policy->rows[(*position)++];

		if (row->kind != kind || !row->is_whole || row->to < row->from)
			continue;
		*out = (struct policy_found){
			.fields = row->fields,
			.count = row->field_count,
			.from = row->from,
			.to = row->to,
			.narrowness = strlen(row->region),
			.is_for = counts_for(row, office),
		};
		return true;
	}
	return false;
}

static void
hash_number(struct seal_hash *hash, uint64_t number)
{
	uint8_t bytes[8];

	store_u64(bytes, number);
	seal_hash_update(hash, view_of(bytes, sizeof(bytes)));
}

void
policy_rows_digest(struct digest *out, const struct policy *policy)
{
	struct seal_hash hash;

	seal_hash_init(&hash);
	for (size_t i = 0; i < policy->count; i++) {
		const struct policy_row *row = &policy->rows[i];

		if (row->fields == NULL || !row->is_whole)
			continue;
		seal_hash_update(&hash, row->matter);
		seal_hash_update(&hash, view_text(row->owner.text));
		hash_number(&hash, (uint64_t)row->to);
		hash_number(&hash, row->field_count);
		for (size_t k = 0; k < row->field_count; k++) {
			hash_number(&hash, row->fields[k].number);
			hash_number(&hash, row->fields[k].value.size);
			seal_hash_update(&hash, row->fields[k].value);
		}
	}
	seal_hash_final(out, &hash);
}
