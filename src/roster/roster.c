#include "roster/roster.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "roster/state.h"

enum err
roster_grow(void **items, size_t count, size_t *capacity, size_t size, struct err_info *info)
{
	size_t larger = *capacity == 0 ? 4 : *capacity * 2;
	void *grown;

	if (count < *capacity)
		return ERR_OK;
	grown = realloc(*items, larger * size);
	if (grown == NULL)
		return err_nomem(info);
	*items = grown;
	*capacity = larger;
	return ERR_OK;
}

enum err
roster_list_add(struct roster_list *list, uint32_t item, struct err_info *info)
{
	void *items = list->items;
	enum err err = roster_grow(&items, list->count, &list->capacity, sizeof(*list->items), info);

	list->items = items;
	if (err == ERR_OK)
		list->items[list->count++] = item;
	return err;
}

enum err
roster_new(struct roster **out, const struct digest *root, struct err_info *info)
{
	struct roster *roster = calloc(1, sizeof(*roster));

	if (roster == NULL)
		return err_nomem(info);
	roster->root_digest = *root;
	roster->rules = 1;
	/* codes and keys come from outside: what they hash to is not for their owners to choose */
	memcpy(&roster->pool_by_code.seed, root->bytes, sizeof(roster->pool_by_code.seed));
	*out = roster;
	return ERR_OK;
}

void
roster_free(struct roster *roster)
{
	if (roster == NULL)
		return;
	roster_unbuild(roster);
	for (size_t i = 0; i < roster->pool_count; i++)
		free(roster->pools[i].entries.items);
	free(roster->pools);
	free(roster->entries);
	free(roster->offices);
	free(roster->sets);
	free(roster->waiting);
	table_release(&roster->entry_by_digest);
	table_release(&roster->pool_by_code);
	table_release(&roster->office_by_key);
	table_release(&roster->office_by_partition);
	arena_release(&roster->arena);
	free(roster);
}

const struct digest *
roster_root_digest(const struct roster *roster)
{
	return &roster->root_digest;
}

struct roster_office *
roster_office_find(const struct roster *roster, const struct node_code *code)
{
	const uint64_t *pool = table_find(&roster->pool_by_code, view_of(code->text, NODE_CODE_BYTES));
	uint32_t office = pool == NULL ? ROSTER_NONE : roster->pools[*pool].office;

	return office == ROSTER_NONE ? NULL : roster->offices[office];
}

const struct roster_office *
roster_office_of(const struct roster_node *node)
{
	size_t at = node->is_rolls ? offsetof(struct roster_office, rolls) : offsetof(struct roster_office, node);

	return (const struct roster_office *)(const void *)((const char *)node - at);
}

bool
roster_office_is_above(const struct roster *roster, uint32_t above, const struct roster_office *below)
{
	for (uint32_t i = below->superior; i != ROSTER_NONE; i = roster->offices[i]->superior) {
		if (i == above)
			return true;
	}
	return false;
}

const struct roster_node *
roster_root(const struct roster *roster)
{
	return roster->office_count == 0 ? NULL : &roster->offices[0]->node;
}

const struct roster_node *
roster_node_find(const struct roster *roster, const struct node_code *code)
{
	const struct roster_office *office = roster_office_find(roster, code);
	struct node_code hub;

	if (office == NULL && node_code_is_rolls(code, &hub)) {
		office = roster_office_find(roster, &hub);
		return office == NULL || !office->rolls.is_rolls ? NULL : &office->rolls;
	}
	return office == NULL ? NULL : &office->node;
}

const struct roster_node *
roster_owner(const struct roster *roster, const struct id *partition)
{
	const uint64_t *at = table_find(&roster->office_by_partition, view_of(partition->bytes, ID_BYTES));
	const struct roster_office *office = at == NULL ? NULL : roster->offices[*at];

	if (office == NULL)
		return NULL;
	return id_equal(&office->node.partition, partition) ? &office->node : &office->rolls;
}

const struct roster_node *
roster_superior(const struct roster *roster, const struct roster_node *node)
{
	const struct roster_office *office = roster_office_of(node);

	if (node->is_rolls)
		return &office->node;
	return office->superior == ROSTER_NONE ? NULL : &roster->offices[office->superior]->node;
}

bool
roster_is_superior(const struct roster *roster, const struct node_code *above, const struct node_code *below)
{
	const struct roster_node *node = roster_node_find(roster, below);
	const struct roster_office *upper = roster_office_find(roster, above);
	const struct roster_office *lower = node == NULL ? NULL : roster_office_of(node);

	if (node != NULL && node->is_rolls && upper == lower)
		return true;
	if (upper == NULL || lower == NULL)
		return false;
	return roster_office_is_above(roster, roster->pools[upper->pool].office, lower);
}

size_t
roster_path(const struct roster *roster, const struct node_code *code,
            const struct roster_node *path_out[LIMIT_LEVELS_MAX])
{
	const struct roster_node *node = roster_node_find(roster, code);
	const struct roster_office *office = node == NULL ? NULL : roster_office_of(node);
	size_t count;

	if (office == NULL)
		return 0;
	count = office->depth + 1; /* at most LIMIT_LEVELS_MAX: nothing deeper is enrolled, and rolls only less deep */
	if (node->is_rolls)
		path_out[count] = node;
	for (size_t i = count; i-- > 0;) {
		path_out[i] = &office->node;
		if (i > 0)
			office = roster->offices[office->superior];
	}
	return node->is_rolls ? count + 1 : count;
}

const struct roster_node *
roster_next_below(const struct roster *roster, const struct node_code *above, size_t *position)
{
	const struct roster_office *upper = above == NULL ? NULL : roster_office_find(roster, above);

	if (above != NULL && upper == NULL)
		return NULL;
	while (*position < roster->office_count) {
		const struct roster_office *office = roster->offices[(*position)++];

		if (upper == NULL ||
		    (office->superior != ROSTER_NONE && office->superior == roster->pools[upper->pool].office))
			return &office->node;
	}
	return NULL;
}

enum err
roster_next(struct statement *statement, const struct roster *roster, const struct node_code *issuer,
            struct err_info *info)
{
	const struct roster_office *office = roster_office_find(roster, issuer);

	if (office == NULL)
		return err_set(info, ERR_NOT_FOUND, _("the roster has no node %s"), issuer->text);
	if (office->disputed_number != 0)
		return err_set(info, ERR_STATE,
		               _("node %s has signed two statements with number %u; its superior must settle which one "
		                 "counts"),
		               issuer->text, (unsigned)office->disputed_number);
	statement->issuer = *issuer;
	statement->number = (uint32_t)office->chain.count + 1;
	statement->previous = (struct digest){{0}};
	if (office->chain.count > 0)
		statement->previous = roster->entries[office->chain.items[office->chain.count - 1]].digest;
	return ERR_OK;
}

enum err
roster_chain_end(uint32_t *number_out, struct digest *digest_out, const struct roster *roster,
                 const struct node_code *code, struct err_info *info)
{
	const struct roster_office *office = roster_office_find(roster, code);

	if (office == NULL)
		return err_set(info, ERR_NOT_FOUND, _("the roster has no node %s"), code->text);
	*number_out = (uint32_t)office->chain.count;
	*digest_out = (struct digest){{0}};
	if (office->chain.count > 0)
		*digest_out = roster->entries[office->chain.items[office->chain.count - 1]].digest;
	return ERR_OK;
}

static enum err
check_epoch(const struct roster *roster, const struct statement *statement, struct err_info *info)
{
	const struct roster_epoch *newest = roster_epoch_newest(roster, &statement->partition);
	uint32_t number = newest == NULL ? 1 : newest->number + 1U;

	if (statement->version == number)
		return ERR_OK;
	return err_set(info, ERR_STATE, _("the next key epoch of this partition is %u, not %u"), (unsigned)number,
	               (unsigned)statement->version);
}

enum err
roster_check(const struct roster *roster, const struct statement *statement, struct err_info *info)
{
	const struct roster_office *issuer = roster_office_find(roster, &statement->issuer);
	const char *type = statement_type_name(statement->type);

	if (issuer == NULL)
		return err_set(info, ERR_NOT_FOUND, _("the roster has no node %s"), statement->issuer.text);
	switch (roster_flaw_of(roster, issuer, statement)) {
	case ROSTER_FLAW_NONE:
		break;
	case ROSTER_FLAW_LEVEL:
		return err_set(info, ERR_RIGHT,
		               _("node %s is not at a lower level than %s and cannot be enrolled by it"),
		               statement->node.text, statement->issuer.text);
	case ROSTER_FLAW_TAKEN:
		return err_set(info, ERR_EXISTS,
		               _("the code, the key or the partition of node %s is in the roster already"),
		               statement->node.text);
	case ROSTER_FLAW_NO_NODE:
		return err_set(info, ERR_NOT_FOUND, _("the roster has no node or partition that this \"%s\" is about"),
		               type);
	case ROSTER_FLAW_NOT_ABOVE:
		return err_set(info, ERR_RIGHT, _("%s is not a superior of %s"), statement->issuer.text,
		               statement->node.text);
	case ROSTER_FLAW_NOT_ROOT:
		return err_set(info, ERR_RIGHT, _("only the root %s may sign \"%s\""), roster_root(roster)->code.text,
		               type);
	case ROSTER_FLAW_NOT_OWNER:
		return err_set(info, ERR_RIGHT, _("%s does not own the partition, and has not revoked its owner's key"),
		               statement->issuer.text);
	case ROSTER_FLAW_AUDITOR:
		return err_set(info, ERR_RIGHT, _("%s is an auditor and signs no statements"), statement->issuer.text);
	}
	return statement->type == STATEMENT_OPEN_EPOCH ? check_epoch(roster, statement, info) : ERR_OK;
}
