#include <stdlib.h>
#include <string.h>

#include "policy/internal.h"

enum err
policy_new(struct policy **out, const struct schema_set *set, struct err_info *info)
{
	struct policy *policy = calloc(1, sizeof(*policy));

	if (policy == NULL)
		return err_nomem(info);
	policy->set = set;
	*out = policy;
	return ERR_OK;
}

void
policy_free(struct policy *policy)
{
	if (policy == NULL)
		return;
	for (size_t i = 0; i < policy->office_count; i++)
		policy_office_free(policy->offices[i]);
	free(policy->offices);
	free(policy->rows);
	free(policy->problems);
	arena_release(&policy->arena);
	free(policy);
}

enum err
policy_note(struct policy *policy, const struct policy_problem *problem, struct err_info *info)
{
	if (policy->problem_count == policy->problem_capacity) {
		size_t capacity = policy->problem_capacity == 0 ? 16 : policy->problem_capacity * 2;
		struct policy_problem *problems = realloc(policy->problems, capacity * sizeof(*problems));

		if (problems == NULL)
			return err_nomem(info);
		policy->problems = problems;
		policy->problem_capacity = capacity;
	}
	policy->problems[policy->problem_count++] = *problem;
	return ERR_OK;
}

enum err
policy_add(struct policy *policy, const struct policy_record *record, struct err_info *info)
{
	struct policy_row row;
	enum err err;

	if (record->kind->policy.type == SCHEMA_POLICY_NONE)
		return ERR_OK;
	err = policy_read_row(policy, &row, record, info);
	if (err != ERR_OK)
		return err;
	if (policy->count == policy->capacity) {
		size_t capacity = policy->capacity == 0 ? 64 : policy->capacity * 2;
		struct policy_row *rows = realloc(policy->rows, capacity * sizeof(*rows));

		if (rows == NULL)
			return err_nomem(info);
		policy->rows = rows;
		policy->capacity = capacity;
	}
	policy->rows[policy->count++] = row;
	return ERR_OK;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct policy_row *x = a;
	const struct policy_row *y = b;
	int order = view_compare(x->matter, y->matter);

	if (order == 0)
		order = x->from < y->from ? -1 : x->from > y->from;
	return order != 0 ? order : memcmp(x->id.bytes, y->id.bytes, ID_BYTES);
}

/* The row's end, and whether the next of the same matter begins before it. */
static enum err
settle_pair(struct policy *policy, struct policy_row *row, const struct policy_row *next, struct err_info *info)
{
	struct policy_problem overlap = {
		.type = POLICY_OVERLAP,
		.kind = row->kind->name,
		.id = row->id,
		.owner = row->owner,
		.other = next->id,
		.day = next->from,
	};
	bool is_both = row->said_to != INT64_MAX ? row->said_to >= next->from : row->from == next->from;

	if (row->to >= next->from)
		row->to =
			next->from - 1; /* of two that begin on one day the one with the larger id counts for no day */
	return is_both ? policy_note(policy, &overlap, info) : ERR_OK;
}

static int
compare_calendars(const void *a, const void *b)
{
	const struct policy_row *x = *(const struct policy_row *const *)a;
	const struct policy_row *y = *(const struct policy_row *const *)b;
	int order = strcmp(x->region, y->region);

	return order != 0 ? order : x->from < y->from ? -1 : x->from > y->from;
}

/* Between two calendars of one region every day should be spoken of. */
static enum err
find_gaps(struct policy *policy, struct err_info *info)
{
	const struct policy_row **rows = calloc(policy->count + 1, sizeof(*rows));
	size_t count = 0;
	enum err err = rows == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < policy->count; i++) {
		if (policy->rows[i].kind->policy.type == SCHEMA_POLICY_CALENDAR && policy->rows[i].is_whole)
			rows[count++] = &policy->rows[i];
	}
	if (err == ERR_OK && count > 1)
		qsort(rows, count, sizeof(*rows), compare_calendars);
	for (size_t i = 1; err == ERR_OK && i < count; i++) {
		const struct policy_row *before = rows[i - 1];
		struct policy_problem gap = {
			.type = POLICY_CALENDAR_GAP,
			.kind = before->kind->name,
			.id = before->id,
			.owner = before->owner,
			.other = rows[i]->id,
			.day = before->said_to + 1,
		};

		if (strcmp(before->region, rows[i]->region) == 0 && before->said_to + 1 < rows[i]->from)
			err = policy_note(policy, &gap, info);
	}
	free(rows);
	return err;
}

enum err
policy_settle(struct policy *policy, struct err_info *info)
{
	enum err err = ERR_OK;

	if (policy->count > 1)
		qsort(policy->rows, policy->count, sizeof(*policy->rows), compare_rows);
	for (size_t i = 0; err == ERR_OK && i + 1 < policy->count; i++) {
		struct policy_row *row = &policy->rows[i];

		if (row->is_whole && view_equal(row->matter, row[1].matter))
			err = settle_pair(policy, row, &row[1], info);
	}
	return err == ERR_OK ? find_gaps(policy, info) : err;
}

size_t
policy_count(const struct policy *policy)
{
	return policy->count;
}

size_t
policy_problem_count(const struct policy *policy)
{
	return policy->problem_count;
}

const struct policy_problem *
policy_problem_at(const struct policy *policy, size_t index)
{
	return &policy->problems[index];
}

static bool
find_overlap(const struct policy *policy, const struct policy_row *row, struct policy_overlap *out)
{
	for (size_t i = 0; i < policy->count; i++) {
		const struct policy_row *other = &policy->rows[i];
		bool is_both;

		if (id_equal(&other->id, &row->id) || !other->is_whole || !view_equal(other->matter, row->matter))
			continue;
		if (other->from == row->from)
			is_both = true;
		else if (other->from < row->from)
			is_both = other->said_to != INT64_MAX && other->said_to >= row->from;
		else
			is_both = row->said_to != INT64_MAX && row->said_to >= other->from;
		if (is_both) {
			*out = (struct policy_overlap){other->id, other->owner, other->from, other->said_to};
			return true;
		}
	}
	return false;
}

bool
policy_check(const struct policy *policy, const struct policy_record *record, struct policy_problem *out,
             struct policy_overlap *overlap_out)
{
	struct policy own = {.set = policy->set};
	struct policy_row row;
	struct err_info info;
	bool is_wrong = false;

	if (record->kind->policy.type == SCHEMA_POLICY_NONE)
		return false;
	if (policy_read_row(&own, &row, record, &info) == ERR_OK) {
		is_wrong = own.problem_count > 0;
		if (is_wrong)
			*out = own.problems[0];
		else if (row.is_whole && find_overlap(policy, &row, overlap_out)) {
			is_wrong = true;
			*out = (struct policy_problem){.type = POLICY_OVERLAP,
			                               .kind = record->kind->name,
			                               .id = record->id,
			                               .owner = record->owner,
			                               .other = overlap_out->id,
			                               .day = overlap_out->from > row.from ? overlap_out->from
			                                                                   : row.from};
		}
	}
	out->word = (struct view){0}; /* it lies in what goes now */
	free(own.problems);
	arena_release(&own.arena);
	return is_wrong;
}

void
policy_drop(struct policy *policy, const struct id *id)
{
	size_t kept = 0;

	for (size_t i = 0; i < policy->count; i++) {
		if (!id_equal(&policy->rows[i].id, id))
			policy->rows[kept++] = policy->rows[i];
	}
	policy->count = kept;
}
