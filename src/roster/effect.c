/* What a statement does, once it stands in its chain. */
#include <stdlib.h>
#include <string.h>

#include "roster/state.h"

enum {
	LEVEL_LOWEST = 1 /* the township: no hub */
};

void
roster_rolls_partition(struct id *out, const struct id *partition)
{
	struct view prefix = seal_prefix_view(SEAL_PREFIX_ROLLS);
	uint8_t message[64];

	memcpy(message, prefix.data, prefix.size);
	memcpy(message + prefix.size, partition->bytes, ID_BYTES);
	seal_digest_id(out, view_of(message, prefix.size + ID_BYTES));
}

static bool
is_key_taken(const struct roster *roster, const struct seal_public_key *sign_key)
{
	struct id key_id;

	seal_key_id(&key_id, sign_key);
	return table_find(&roster->office_by_key, view_of(key_id.bytes, ID_BYTES)) != NULL;
}

/* The issuer's own auditor again, with the same keys: the later grant takes the place of the first. */
static bool
is_grant_again(const struct roster *roster, const struct roster_office *issuer, const struct statement *statement)
{
	const struct roster_grant grant = {statement->may_read, statement->ids, statement->id_count};
	const struct roster_office *known = roster_office_find(roster, &statement->node);

	return statement->type == STATEMENT_GRANT && known != NULL && known->node.is_auditor &&
	       known->superior == roster->pools[issuer->pool].office &&
	       seal_public_key_equal(&known->node.keys.sign, &statement->keys.sign) &&
	       seal_public_key_equal(&known->node.keys.seal, &statement->keys.seal) &&
	       roster_grant_may_follow(known, &grant);
}

static enum roster_flaw
flaw_of_enrolment(const struct roster *roster, const struct roster_office *issuer, const struct statement *statement)
{
	if (issuer->depth + 1 >= LIMIT_LEVELS_MAX || statement->level >= issuer->node.level)
		return ROSTER_FLAW_LEVEL;
	if (is_grant_again(roster, issuer, statement))
		return ROSTER_FLAW_NONE;
	if (node_code_is_rolls(&statement->node, NULL) || roster_office_find(roster, &statement->node) != NULL ||
	    is_key_taken(roster, &statement->keys.sign))
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

/* The owner opens epochs; a superior too, behind its own word that ended the owner's key. */
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

		if ((word->type == STATEMENT_REVOKE || word->type == STATEMENT_REPLACE) && word->issuer == index &&
		    word->number < statement->number)
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

/* The partition of rolls that a hub has beside its own: its id follows from that one's. */
static enum err
rolls_add(struct roster *roster, struct roster_office *office, uint32_t index, struct err_info *info)
{
	struct roster_node rolls = {.level = LEVEL_LOWEST, .is_rolls = true, .is_confirmed = true};
	struct bytes text = {0};
	const uint8_t *name;
	uint64_t *value;
	bool is_new;
	enum err err;

	if (office->node.level <= LEVEL_LOWEST || office->depth + 2 > LIMIT_LEVELS_MAX ||
	    !node_code_rolls(&rolls.code, &office->node.code))
		return ERR_OK;
	roster_rolls_partition(&rolls.partition, &office->node.partition);
	rolls.keys = office->node.keys;
	rolls.key_id = office->node.key_id;
	rolls.enrolled_by = office->node.enrolled_by;
	err = bytes_printf(&text, info, "%s %s", office->node.name, _("rolls"));
	name = arena_copy(&roster->arena, bytes_view(&text));
	bytes_release(&text);
	if (err == ERR_OK && name == NULL)
		err = err_nomem(info);
	if (err == ERR_OK)
		err = table_put(&roster->office_by_partition, view_of(rolls.partition.bytes, ID_BYTES), &value, &is_new,
		                info);
	if (err != ERR_OK || !is_new) /* somebody's own partition has that very id: then there are none */
		return err;
	*value = index;
	rolls.name = (const char *)name;
	office->rolls = rolls;
	return ERR_OK;
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
	return err == ERR_OK && !office->node.is_auditor ? rolls_add(roster, office, index, info) : err;
}

/* What a statement does to a node that is there. */
static enum err
effect_on_node(struct roster *roster, uint32_t issuer, const struct roster_entry *entry,
               const struct statement *statement, struct err_info *info)
{
	if (statement->type == STATEMENT_DELEGATE || statement->type == STATEMENT_WITHDRAW)
		return roster_give_right(roster, issuer, statement, info);
	if (statement->type == STATEMENT_OPEN_EPOCH)
		return roster_give_epoch(roster, entry, statement, info);
	return word_of_statement(roster, issuer, entry, statement, info);
}

/* A chain is walked before the offices below those that it enrols are known: what it says of them waits for them. */
static enum err
wait_for(struct roster *roster, uint32_t issuer, const struct roster_entry *entry, const struct statement *statement,
         struct err_info *info)
{
	const uint64_t *index = table_find(&roster->entry_by_digest, view_of(entry->digest.bytes, DIGEST_BYTES));
	struct roster_waiting waiting = {issuer, (uint32_t)*index, statement->node, statement->partition};
	void *items = roster->waiting;
	enum err err = roster_grow(&items, roster->waiting_count, &roster->waiting_capacity, sizeof(waiting), info);

	roster->waiting = items;
	if (err == ERR_OK)
		roster->waiting[roster->waiting_count++] = waiting;
	return err;
}

bool
roster_waits_with_keys(const struct roster *roster, const struct node_code *node)
{
	for (size_t i = 0; i < roster->waiting_count; i++) {
		if (roster->entries[roster->waiting[i].entry].type == STATEMENT_REPLACE &&
		    memcmp(roster->waiting[i].node.text, node->text, NODE_CODE_BYTES) == 0)
			return true;
	}
	return false;
}

/* What had been said of an office before it was enrolled, by those above it. */
static enum err
end_waiting(struct roster *roster, const struct node_code *code, const struct id *partition, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < roster->waiting_count; i++) {
		const struct roster_waiting waiting = roster->waiting[i];
		const struct roster_entry entry = roster->entries[waiting.entry];
		struct statement statement = {0};

		if (entry.type == STATEMENT_OPEN_EPOCH ? !id_equal(&waiting.partition, partition)
		                                       : strcmp(waiting.node.text, code->text) != 0)
			continue;
		err = statement_read(&statement, entry.text, info);
		if (err == ERR_OK &&
		    roster_flaw_of(roster, roster->offices[waiting.issuer], &statement) == ROSTER_FLAW_NONE)
			err = effect_on_node(roster, waiting.issuer, &entry, &statement, info);
		statement_release(&statement);
	}
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
	const struct roster_node *rolls;
	enum err err;

	if (name == NULL)
		return err_nomem(info);
	err = office_add(roster, &model, statement, info);
	if (err == ERR_OK && model.node.is_auditor)
		err = roster_give_grant(roster, roster->offices[roster->office_count - 1], statement, info);
	if (err == ERR_OK)
		err = end_waiting(roster, &model.node.code, &model.node.partition, info);
	rolls = err == ERR_OK ? &roster->offices[roster->office_count - 1]->rolls : NULL;
	if (rolls != NULL && rolls->is_rolls)
		err = end_waiting(roster, &rolls->code, &rolls->partition, info);
	return err;
}

enum err
roster_effect_root(struct roster *roster, uint32_t pool, const struct roster_entry *entry,
                   const struct statement *statement, struct err_info *info)
{
	return enrol(roster, ROSTER_NONE, pool, entry, statement, info);
}

enum err
roster_effect(struct roster *roster, uint32_t issuer, const struct roster_entry *entry,
              const struct statement *statement, struct err_info *info)
{
	/* a copy: the pool may grow and move what `entry` points to */
	const struct roster_entry stable = *entry;
	enum roster_flaw flaw = roster_flaw_of(roster, roster->offices[issuer], statement);
	uint32_t pool;
	enum err err;

	if (flaw == ROSTER_FLAW_NO_NODE)
		return wait_for(roster, issuer, &stable, statement, info);
	if (flaw != ROSTER_FLAW_NONE)
		return ERR_OK;
	switch (statement->type) {
	case STATEMENT_ENROL:
	case STATEMENT_GRANT:
		if (roster_office_find(roster, &statement->node) != NULL)
			return roster_give_grant(roster, roster_office_find(roster, &statement->node), statement, info);
		err = roster_pool_of(&pool, roster, &statement->node, info);
		return err == ERR_OK ? enrol(roster, issuer, pool, &stable, statement, info) : err;
	case STATEMENT_REPLACE:
	case STATEMENT_REVOKE:
	case STATEMENT_SETTLE:
	case STATEMENT_ROTATE:
	case STATEMENT_DELEGATE:
	case STATEMENT_WITHDRAW:
	case STATEMENT_OPEN_EPOCH:
		return effect_on_node(roster, issuer, &stable, statement, info);
	case STATEMENT_SCHEMA_SET:
		return roster_give_set(roster, statement, info);
	case STATEMENT_RULES:
		if (statement->version > roster->rules)
			roster->rules = statement->version;
		return ERR_OK;
	case STATEMENT_ROOT:
	case STATEMENT_CARD:
	case STATEMENT_TYPES:
		break;
	}
	return ERR_OK;
}
