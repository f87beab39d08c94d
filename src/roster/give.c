/* What a statement gives beside keys: reading, rights, schema sets, epochs. Each list is kept in its order. */
#include <string.h>

#include "roster/state.h"

/* What an auditor may read, by its newest grant; what it could read once stays known. */
enum err
roster_give_grant(struct roster *roster, struct roster_office *office, const struct statement *statement,
                  struct err_info *info)
{
	struct id *partitions = arena_get(&roster->arena, (statement->id_count + 1) * sizeof(*partitions));
	struct roster_grant grant = {statement->may_read, partitions, statement->id_count};
	void *grants = office->grants;
	enum err err = roster_grow(&grants, office->grant_count, &office->grant_capacity, sizeof(grant), info);

	office->grants = grants;
	if (err != ERR_OK)
		return err;
	if (partitions == NULL)
		return err_nomem(info);
	if (statement->id_count > 0)
		memcpy(partitions, statement->ids, statement->id_count * sizeof(*partitions));
	office->grants[office->grant_count++] = grant;
	office->node.may_read = statement->may_read;
	office->node.is_confirmed = office->node.is_confirmed || statement->is_confirmed;
	return ERR_OK;
}

enum err
roster_give_right(struct roster *roster, uint32_t issuer, const struct statement *statement, struct err_info *info)
{
	struct roster_office *target = roster_office_find(roster, &statement->node);
	struct roster_right right = {
		.issuer = issuer,
		.number = statement->number,
		.word = statement->type == STATEMENT_DELEGATE ? ROSTER_WORD_DELEGATED : ROSTER_WORD_WITHDRAWN,
		.is_hard = statement->is_hard,
		.field_count = statement->field_count,
		.amount_field = statement->amount_field,
		.amount_max = statement->amount_max,
		.first_day = statement->first_day,
		.last_day = statement->last_day,
	};
	const uint8_t *kind = arena_copy(&roster->arena, view_text(statement->kind));
	uint32_t *fields = arena_get(&roster->arena, statement->field_count * sizeof(*fields));
	void *rights = target->rights;
	enum err err = roster_grow(&rights, target->right_count, &target->right_capacity, sizeof(right), info);
	size_t at = target->right_count;

	target->rights = rights;
	if (err != ERR_OK)
		return err;
	if (kind == NULL || fields == NULL)
		return err_nomem(info);
	if (statement->field_count > 0)
		memcpy(fields, statement->fields, statement->field_count * sizeof(*fields));
	right.kind = view_of(kind, strlen(statement->kind));
	right.fields = fields;
	for (; at > 0; at--) {
		const struct roster_right *before = &target->rights[at - 1];
		uint32_t depth = roster->offices[before->issuer]->depth;

		if (depth < roster->offices[issuer]->depth ||
		    (before->issuer == issuer && before->number < right.number))
			break;
		target->rights[at] = *before;
	}
	target->rights[at] = right;
	target->right_count++;
	return ERR_OK;
}

enum err
roster_give_set(struct roster *roster, const struct statement *statement, struct err_info *info)
{
	struct roster_schema_set set = {statement->version, statement->digest};
	void *sets = roster->sets;
	enum err err = roster_grow(&sets, roster->set_count, &roster->set_capacity, sizeof(set), info);
	size_t at = roster->set_count;

	roster->sets = sets;
	if (err != ERR_OK || roster_schema_is_open(roster, set.version, &set.digest))
		return err;
	for (; at > 0; at--) {
		const struct roster_schema_set *before = &roster->sets[at - 1];

		if (before->version < set.version || (before->version == set.version &&
		                                      memcmp(before->digest.bytes, set.digest.bytes, DIGEST_BYTES) < 0))
			break;
		roster->sets[at] = *before;
	}
	roster->sets[at] = set;
	roster->set_count++;
	return ERR_OK;
}

enum err
roster_give_epoch(struct roster *roster, const struct roster_entry *entry, const struct statement *statement,
                  struct err_info *info)
{
	struct id *without = arena_get(&roster->arena, (statement->id_count + 1) * sizeof(*without));
	const struct roster_node *node = roster_owner(roster, &statement->partition);
	struct roster_office *owner = roster_office_find(roster, &roster_office_of(node)->node.code);
	struct roster_epoch epoch = {
		.partition = statement->partition,
		.number = (uint16_t)statement->version,
		.digest = entry->digest,
		.commitment = statement->digest,
		.opener = statement->issuer,
		.is_dense = statement->is_dense,
		.without = without,
		.without_count = statement->id_count,
	};
	void *epochs = owner->epochs;
	enum err err = roster_grow(&epochs, owner->epoch_count, &owner->epoch_capacity, sizeof(epoch), info);
	size_t at = owner->epoch_count;

	owner->epochs = epochs;
	if (err != ERR_OK)
		return err;
	if (without == NULL)
		return err_nomem(info);
	if (statement->id_count > 0)
		memcpy(without, statement->ids, statement->id_count * sizeof(*without));
	for (; at > 0; at--) {
		const struct roster_epoch *before = &owner->epochs[at - 1];

		if (before->number < epoch.number ||
		    (before->number == epoch.number &&
		     memcmp(before->digest.bytes, epoch.digest.bytes, DIGEST_BYTES) < 0))
			break;
		owner->epochs[at] = *before;
	}
	owner->epochs[at] = epoch;
	owner->epoch_count++;
	return ERR_OK;
}
