/* Who may read a partition, and whose keys a new epoch must shut out. schema/statement-v1.md, section 4.6. */
#include <stdlib.h>
#include <string.h>

#include "roster/state.h"

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(((const struct id *)a)->bytes, ((const struct id *)b)->bytes, ID_BYTES);
}

static bool
has_id(const struct id *ids, size_t count, const struct id *id)
{
	return count > 0 && bsearch(id, ids, count, sizeof(*ids), compare_ids) != NULL;
}

/* Whether everything that `a` lets be read `b` does too. */
static bool
is_part_of(const struct roster_grant *a, const struct roster_grant *b)
{
	if (!a->may_read || (b->may_read && b->count == 0))
		return true;
	if (!b->may_read || a->count == 0)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (!has_id(b->partitions, b->count, &a->partitions[i]))
			return false;
	}
	return true;
}

bool
roster_grant_may_follow(const struct roster_office *auditor, const struct roster_grant *next)
{
	const struct roster_grant *last = &auditor->grants[auditor->grant_count - 1];

	for (size_t i = 1; i < auditor->grant_count; i++) {
		if (!is_part_of(&auditor->grants[i - 1], &auditor->grants[i]))
			return is_part_of(next, last);
	}
	return true;
}

/* The partition that is asked about: an office's own, or its rolls. */
struct asked {
	const struct roster *roster;
	const struct roster_office *owner;
	const struct roster_node *node;
};

/* Whether a grant is about this owner's partition: the auditor stands below the office that granted it. */
static bool
covers(const struct asked *asked, const struct roster_office *auditor, const struct roster_grant *grant)
{
	const struct roster *roster = asked->roster;
	const struct roster_office *issuer = roster->offices[auditor->superior];

	if (!grant->may_read ||
	    (issuer != asked->owner && !roster_office_is_above(roster, auditor->superior, asked->owner)))
		return false;
	return grant->count == 0 || has_id(grant->partitions, grant->count, &asked->node->partition);
}

/* Rolls are read at their hub and above it, never below. */
static bool
is_reader(const struct asked *asked, const struct roster_office *office)
{
	const struct roster *roster = asked->roster;

	if (office == asked->owner)
		return true;
	if (office->node.is_auditor)
		return covers(asked, office, &office->grants[office->grant_count - 1]);
	return roster_office_is_above(roster, roster->pools[office->pool].office, asked->owner) ||
	       (!asked->node->is_rolls &&
	        roster_office_is_above(roster, roster->pools[asked->owner->pool].office, office));
}

bool
roster_may_read(const struct roster *roster, const struct id *partition, const struct roster_node *node)
{
	const struct roster_node *owned = roster_owner(roster, partition);
	const struct asked asked = {roster, owned == NULL ? NULL : roster_office_of(owned), owned};

	return owned != NULL && !node->is_revoked && is_reader(&asked, roster_office_of(node));
}

/* Whether it was a reader at any time: offices never stop being one, auditors may. */
static bool
was_reader(const struct asked *asked, const struct roster_office *office)
{
	for (size_t i = 0; i < office->grant_count; i++) {
		if (covers(asked, office, &office->grants[i]))
			return true;
	}
	return !office->node.is_auditor && is_reader(asked, office);
}

static bool
is_shut_out(const struct asked *asked, const struct id *key_id)
{
	const struct id *partition = &asked->node->partition;
	const struct roster_epoch *newest = roster_epoch_newest(asked->roster, partition);
	const struct roster_epoch *epoch;
	size_t position = 0;

	while ((epoch = roster_epoch_next(asked->roster, partition, &position)) != NULL) {
		if ((epoch->number < newest->number || epoch == newest) &&
		    has_id(epoch->without, epoch->without_count, key_id))
			return true;
	}
	return false;
}

static enum err
add_id(struct roster_key_ids *ids, size_t *capacity, const struct id *id, struct err_info *info)
{
	void *items = ids->items;
	enum err err = roster_grow(&items, ids->count, capacity, sizeof(*id), info);

	ids->items = items;
	if (err == ERR_OK)
		ids->items[ids->count++] = *id;
	return err;
}

/* The office's keys that may not read on. */
static enum err
add_keys(struct roster_key_ids *ids, size_t *capacity, const struct asked *asked, const struct roster_office *office,
         struct err_info *info)
{
	bool may_read = is_reader(asked, office);
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < office->word_count; i++) {
		const struct roster_key_word *word = &office->words[i];
		struct id id;

		if (i > 0 && word->type != STATEMENT_REPLACE && word->type != STATEMENT_ROTATE)
			continue;
		if (may_read && roster_revocation_of(asked->roster, office, &word->key_id, NULL) == NULL)
			continue;
		seal_key_id(&id, &word->keys.seal);
		if (!is_shut_out(asked, &id))
			err = add_id(ids, capacity, &id, info);
	}
	return err;
}

enum err
roster_epoch_due(struct roster_key_ids *out, const struct roster *roster, const struct id *partition,
                 struct err_info *info)
{
	const struct roster_node *node = roster_owner(roster, partition);
	const struct asked asked = {roster, node == NULL ? NULL : roster_office_of(node), node};
	bool has_epoch = node != NULL && roster_epoch_newest(roster, partition) != NULL;
	struct roster_key_ids ids = {0};
	size_t capacity = 0;
	size_t count = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && has_epoch && i < roster->office_count; i++) {
		if (was_reader(&asked, roster->offices[i]))
			err = add_keys(&ids, &capacity, &asked, roster->offices[i], info);
	}
	if (err != ERR_OK) {
		roster_key_ids_release(&ids);
		return err;
	}
	if (ids.count > 1)
		qsort(ids.items, ids.count, sizeof(*ids.items), compare_ids);
	for (size_t i = 0; i < ids.count; i++) {
		if (count == 0 || !id_equal(&ids.items[i], &ids.items[count - 1]))
			ids.items[count++] = ids.items[i];
	}
	ids.count = count;
	*out = ids;
	return ERR_OK;
}

void
roster_key_ids_release(struct roster_key_ids *ids)
{
	free(ids->items);
	*ids = (struct roster_key_ids){0};
}
