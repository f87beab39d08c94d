#include "roster/rights.h"

#include <string.h>

#include "roster/state.h"

static const struct roster_office *
owner_of(const struct roster *roster, const struct id *partition)
{
	const struct roster_node *node = roster_owner(roster, partition);

	return node == NULL ? NULL : roster_office_of(node);
}

const struct roster_epoch *
roster_epoch_newest(const struct roster *roster, const struct id *partition)
{
	const struct roster_office *owner = owner_of(roster, partition);

	for (size_t i = owner == NULL ? 0 : owner->epoch_count; i > 0; i--) {
		if (id_equal(&owner->epochs[i - 1].partition, partition))
			return &owner->epochs[i - 1];
	}
	return NULL;
}

const struct roster_epoch *
roster_epoch_find(const struct roster *roster, const struct id *partition, uint16_t number, const struct digest *digest)
{
	const struct roster_office *owner = owner_of(roster, partition);

	for (size_t i = 0; owner != NULL && i < owner->epoch_count; i++) {
		const struct roster_epoch *epoch = &owner->epochs[i];

		if (epoch->number == number && digest_equal(&epoch->digest, digest) &&
		    id_equal(&epoch->partition, partition))
			return epoch;
	}
	return NULL;
}

const struct roster_epoch *
roster_epoch_next(const struct roster *roster, const struct id *partition, size_t *position)
{
	const struct roster_office *owner = owner_of(roster, partition);

	while (owner != NULL && *position < owner->epoch_count) {
		const struct roster_epoch *epoch = &owner->epochs[(*position)++];

		if (id_equal(&epoch->partition, partition))
			return epoch;
	}
	return NULL;
}

const struct roster_schema_set *
roster_schema_newest(const struct roster *roster)
{
	return roster->set_count == 0 ? NULL : &roster->sets[roster->set_count - 1];
}

bool
roster_schema_is_open(const struct roster *roster, uint32_t version, const struct digest *digest)
{
	for (size_t i = 0; i < roster->set_count; i++) {
		if (roster->sets[i].version == version && digest_equal(&roster->sets[i].digest, digest))
			return true;
	}
	return false;
}

const struct roster_schema_set *
roster_schema_next(const struct roster *roster, size_t *position)
{
	return *position >= roster->set_count ? NULL : &roster->sets[(*position)++];
}

uint32_t
roster_rules_newest(const struct roster *roster)
{
	return roster->rules;
}

static bool
names_field(const struct roster_right *right, uint32_t field)
{
	for (size_t i = 0; i < right->field_count; i++) {
		if (right->fields[i] == field)
			return true;
	}
	return right->field_count == 0;
}

static bool
is_about(const struct roster *roster, const struct roster_right *right, const struct roster_question *question)
{
	bool is_read = roster_version_has(question->version, &roster->offices[right->issuer]->node.code, right->number);

	if (!is_read && !right->is_hard)
		return false;
	if (right->kind.size > 0 && !view_equal(right->kind, question->kind))
		return false;
	if (!names_field(right, question->field))
		return false;
	if (right->first_day != 0 && question->day < right->first_day)
		return false;
	if (right->last_day != 0 && question->day > right->last_day)
		return false;
	return right->amount_max == 0 ||
	       (question->is_within != NULL &&
	        question->is_within(question->context, right->amount_field, right->amount_max));
}

bool
roster_has_words(const struct roster *roster, const struct node_code *node)
{
	const struct roster_office *office = roster_office_find(roster, node);

	return office != NULL && office->right_count > 0;
}

enum roster_word
roster_word_on(const struct roster *roster, const struct roster_question *question)
{
	const struct roster_office *office = roster_office_find(roster, &question->node);
	const struct roster_right *last = NULL;

	for (size_t i = 0; office != NULL && i < office->right_count; i++) {
		const struct roster_right *right = &office->rights[i];

		/* by the issuer's depth: the first issuer that has a word keeps it */
		if (last != NULL && last->issuer != right->issuer)
			break;
		if (is_about(roster, right, question))
			last = right;
	}
	return last == NULL ? ROSTER_WORD_NONE : last->word;
}

bool
roster_right_next(struct roster_right_said *out, const struct roster *roster, const struct node_code *code,
                  size_t *position)
{
	const struct roster_office *office = roster_office_find(roster, code);
	const struct roster_right *right;

	if (office == NULL || *position >= office->right_count)
		return false;
	right = &office->rights[(*position)++];
	*out = (struct roster_right_said){
		.issuer = &roster->offices[right->issuer]->node,
		.number = right->number,
		.word = right->word,
		.is_hard = right->is_hard,
		.kind = right->kind,
		.fields = right->fields,
		.field_count = right->field_count,
		.amount_field = right->amount_field,
		.amount_max = right->amount_max,
		.first_day = right->first_day,
		.last_day = right->last_day,
	};
	return true;
}

const struct id *
roster_granted(size_t *count_out, const struct roster_node *auditor)
{
	const struct roster_office *office = roster_office_of(auditor);

	*count_out = 0;
	if (!auditor->is_auditor)
		return NULL;
	*count_out = office->grants[office->grant_count - 1].count;
	return office->grants[office->grant_count - 1].partitions;
}
