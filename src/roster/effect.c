/* What a statement does, once it stands in its chain. */
#include <stdlib.h>
#include <string.h>

#include "roster/state.h"

static bool
is_key_taken(const struct roster *roster, const struct seal_public_key *sign_key)
{
	struct id key_id;

	seal_key_id(&key_id, sign_key);
	return table_find(&roster->office_by_key, view_of(key_id.bytes, ID_BYTES)) != NULL;
}

static enum roster_flaw
flaw_of_enrolment(const struct roster *roster, const struct roster_office *issuer, const struct statement *statement)
{
	if (issuer->depth + 1 >= LIMIT_LEVELS_MAX || statement->level >= issuer->node.level)
		return ROSTER_FLAW_LEVEL;
	if (roster_office_find(roster, &statement->node) != NULL || is_key_taken(roster, &statement->keys.sign))
		return ROSTER_FLAW_TAKEN;
	if (statement->type == STATEMENT_ENROL && roster_owner(roster, &statement->partition) != NULL)
		return ROSTER_FLAW_TAKEN;
	return ROSTER_FLAW_NONE;
}

static enum roster_flaw
flaw_of_word(const struct roster *roster, const struct roster_office *issuer, const struct statement *statement)
{
	const struct roster_office *target = roster_office_find(roster, &statement->node);

	if (target == NULL)
		return ROSTER_FLAW_NO_NODE;
	if (!roster_office_is_above(roster, roster->pools[issuer->pool].office, target))
		return ROSTER_FLAW_NOT_ABOVE;
	if (statement->type == STATEMENT_REPLACE && is_key_taken(roster, &statement->keys.sign))
		return ROSTER_FLAW_TAKEN;
	return ROSTER_FLAW_NONE;
}

/* The owner opens epochs; a superior too, behind its own revocation of the owner's key. */
static enum roster_flaw
flaw_of_epoch(const struct roster *roster, const struct roster_office *issuer, const struct statement *statement)
{
	uint32_t index = roster->pools[issuer->pool].office;
	const struct roster_node *node = roster_owner(roster, &statement->partition);
	const struct roster_office *owner;

	if (node == NULL)
		return ROSTER_FLAW_NO_NODE;
	owner = roster_office_of(node);
	if (owner == issuer)
		return ROSTER_FLAW_NONE;
	for (size_t i = 0; i < owner->word_count; i++) {
		const struct roster_key_word *word = &owner->words[i];

		if (word->type == STATEMENT_REVOKE && word->issuer == index && word->number < statement->number)
			return ROSTER_FLAW_NONE;
	}
	return ROSTER_FLAW_NOT_OWNER;
}

enum roster_flaw
roster_flaw_of(const struct roster *roster, const struct roster_office *issuer, const struct statement *statement)
{
	if (issuer->node.is_auditor)
		return ROSTER_FLAW_AUDITOR;
	switch (statement->type) {
	case STATEMENT_ENROL:
	case STATEMENT_GRANT:
		return flaw_of_enrolment(roster, issuer, statement);
	case STATEMENT_REPLACE:
	case STATEMENT_REVOKE:
	case STATEMENT_SETTLE:
	case STATEMENT_DELEGATE:
	case STATEMENT_WITHDRAW:
		return flaw_of_word(roster, issuer, statement);
	case STATEMENT_ROTATE:
		return is_key_taken(roster, &statement->keys.sign) ? ROSTER_FLAW_TAKEN : ROSTER_FLAW_NONE;
	case STATEMENT_SCHEMA_SET:
	case STATEMENT_RULES:
		return issuer->superior == ROSTER_NONE ? ROSTER_FLAW_NONE : ROSTER_FLAW_NOT_ROOT;
	case STATEMENT_OPEN_EPOCH:
		return flaw_of_epoch(roster, issuer, statement);
	case STATEMENT_ROOT:
	case STATEMENT_CARD:
	case STATEMENT_TYPES:
		break;
	}
	return ROSTER_FLAW_NOT_ROOT;
}

static enum err
claim_key(struct roster *roster, uint32_t office, const struct id *key_id, struct err_info *info)
{
	uint64_t *value;
	enum err err = table_put(&roster->office_by_key, view_of(key_id->bytes, ID_BYTES), &value, NULL, info);

	if (err == ERR_OK)
		*value = office;
	return err;
}

/* Enrolment stays first; then by the issuer's depth and number. */
static bool
is_word_before(const struct roster *roster, const struct roster_key_word *a, const struct roster_key_word *b)
{
	uint32_t depth_a = roster->offices[a->issuer]->depth;
	uint32_t depth_b = roster->offices[b->issuer]->depth;

	return depth_a != depth_b ? depth_a < depth_b : a->number < b->number;
}

static enum err
word_add(struct roster *roster, uint32_t index, const struct roster_key_word *word, struct err_info *info)
{
	struct roster_office *office = roster->offices[index];
	void *words = office->words;
	enum err err = roster_grow(&words, office->word_count, &office->word_capacity, sizeof(*word), info);
	size_t at = office->word_count;

	office->words = words;
	if (err != ERR_OK)
		return err;
	while (at > 1 && is_word_before(roster, word, &office->words[at - 1])) {
		office->words[at] = office->words[at - 1];
		at--;
	}
	office->words[at] = *word;
	office->word_count++;
	if (word->type != STATEMENT_REVOKE && word->type != STATEMENT_SETTLE)
		err = claim_key(roster, index, &word->key_id, info);
	roster_keys_refresh(roster, office);
	return err;
}

static enum err
statement_copy(struct statement **out, const struct roster_entry *entry, struct err_info *info)
{
	struct statement *copy = malloc(sizeof(*copy));
	enum err err;

	if (copy == NULL)
		return err_nomem(info);
	err = statement_read(copy, entry->text, info);
	if (err != ERR_OK)
		free(copy);
	else
		*out = copy;
	return err;
}

static enum err
word_of_statement(struct roster *roster, uint32_t issuer, const struct roster_entry *entry,
                  const struct statement *statement, struct err_info *info)
{
	const struct roster_office *target = roster_office_find(roster, &statement->node);
	struct roster_key_word word = {
		.type = statement->type,
		.issuer = issuer,
		.number = statement->number,
		.chain_number = statement->type == STATEMENT_ROTATE ? statement->number : statement->chain_number,
		.chain_digest = statement->chain_digest,
		.keys = statement->keys,
		.key_id = statement->key_id,
	};
	enum err err = ERR_OK;

	if (statement->type == STATEMENT_REPLACE || statement->type == STATEMENT_ROTATE)
		seal_key_id(&word.key_id, &statement->keys.sign);
	if (statement->type == STATEMENT_REPLACE || statement->type == STATEMENT_REVOKE)
		err = statement_copy(&word.statement, entry, info);
	if (err == ERR_OK)
		err = word_add(roster, roster->pools[target->pool].office, &word, info);
	if (err != ERR_OK && word.statement != NULL) {
		statement_release(word.statement);
		free(word.statement);
	}
	return err;
}

/* A new office with its first word; takes nothing that is taken (the caller asked). */
static enum err
office_add(struct roster *roster, const struct roster_office *model, const struct statement *statement,
           struct err_info *info)
{
	struct roster_key_word word = {.type = statement->type, .number = statement->number, .keys = statement->keys};
	uint32_t index = (uint32_t)roster->office_count;
	void *offices = roster->offices;
	struct roster_office *office;
	uint64_t *value;
	enum err err = roster_grow(&offices, roster->office_count, &roster->office_capacity, sizeof(office), info);

	roster->offices = offices;
	if (err != ERR_OK)
		return err;
	office = malloc(sizeof(*office));
	if (office == NULL)
		return err_nomem(info);
	*office = *model;
	roster->offices[roster->office_count++] = office;
	roster->pools[office->pool].office = index;
	word.issuer = office->superior == ROSTER_NONE ? index : office->superior;
	seal_key_id(&word.key_id, &word.keys.sign);
	err = word_add(roster, index, &word, info);
	if (err == ERR_OK && !office->node.is_auditor)
		err = table_put(&roster->office_by_partition, view_of(office->node.partition.bytes, ID_BYTES), &value,
		                NULL, info);
	if (err == ERR_OK && !office->node.is_auditor)
		*value = index;
	return err;
}

static enum err
enrol(struct roster *roster, uint32_t superior, uint32_t pool, const struct roster_entry *entry,
      const struct statement *statement, struct err_info *info)
{
	const uint8_t *name = arena_copy(&roster->arena, view_text(statement->name));
	struct roster_office model = {
		.node =
			{
				.code = statement->node,
				.level = statement->level,
				.name = (const char *)name,
				.partition = statement->partition,
				.enrolled_by = entry->digest,
				.is_root = superior == ROSTER_NONE,
				.is_auditor = statement->type == STATEMENT_GRANT,
				.may_read = statement->may_read,
				.is_confirmed = statement->is_confirmed,
			},
		.pool = pool,
		.superior = superior,
		.depth = superior == ROSTER_NONE ? 0 : roster->offices[superior]->depth + 1,
	};

	if (name == NULL)
		return err_nomem(info);
	return office_add(roster, &model, statement, info);
}

enum err
roster_effect_root(struct roster *roster, uint32_t pool, const struct roster_entry *entry,
                   const struct statement *statement, struct err_info *info)
{
	return enrol(roster, ROSTER_NONE, pool, entry, statement, info);
}

static enum err
add_right(struct roster *roster, uint32_t issuer, const struct statement *statement, struct err_info *info)
{
	struct roster_office *target = roster_office_find(roster, &statement->node);
	struct roster_right right = {
		.issuer = issuer,
		.number = statement->number,
		.word = statement->type == STATEMENT_DELEGATE ? ROSTER_WORD_DELEGATED : ROSTER_WORD_WITHDRAWN,
		.is_hard = statement->is_hard,
		.field_count = statement->field_count,
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

static enum err
add_set(struct roster *roster, const struct statement *statement, struct err_info *info)
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

static enum err
add_epoch(struct roster *roster, const struct roster_entry *entry, const struct statement *statement,
          struct err_info *info)
{
	const struct roster_node *node = roster_owner(roster, &statement->partition);
	struct roster_office *owner = roster_office_find(roster, &node->code);
	struct roster_epoch epoch = {
		.partition = statement->partition,
		.number = (uint16_t)statement->version,
		.digest = entry->digest,
		.commitment = statement->digest,
		.opener = statement->issuer,
	};
	void *epochs = owner->epochs;
	enum err err = roster_grow(&epochs, owner->epoch_count, &owner->epoch_capacity, sizeof(epoch), info);
	size_t at = owner->epoch_count;

	owner->epochs = epochs;
	if (err != ERR_OK)
		return err;
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

enum err
roster_effect(struct roster *roster, uint32_t issuer, const struct roster_entry *entry,
              const struct statement *statement, struct err_info *info)
{
	/* a copy: the pool may grow and move what `entry` points to */
	const struct roster_entry stable = *entry;
	uint32_t pool;
	enum err err;

	if (roster_flaw_of(roster, roster->offices[issuer], statement) != ROSTER_FLAW_NONE)
		return ERR_OK;
	switch (statement->type) {
	case STATEMENT_ENROL:
	case STATEMENT_GRANT:
		err = roster_pool_of(&pool, roster, &statement->node, info);
		return err == ERR_OK ? enrol(roster, issuer, pool, &stable, statement, info) : err;
	case STATEMENT_REPLACE:
	case STATEMENT_REVOKE:
	case STATEMENT_SETTLE:
	case STATEMENT_ROTATE:
		return word_of_statement(roster, issuer, &stable, statement, info);
	case STATEMENT_DELEGATE:
	case STATEMENT_WITHDRAW:
		return add_right(roster, issuer, statement, info);
	case STATEMENT_SCHEMA_SET:
		return add_set(roster, statement, info);
	case STATEMENT_RULES:
		if (statement->version > roster->rules)
			roster->rules = statement->version;
		return ERR_OK;
	case STATEMENT_OPEN_EPOCH:
		return add_epoch(roster, &stable, statement, info);
	case STATEMENT_ROOT:
	case STATEMENT_CARD:
	case STATEMENT_TYPES:
		break;
	}
	return ERR_OK;
}
