/*
 * The schema sets that this store holds: schemas/VERSION-DIGEST in node.git. Their names are read with the store, a set when
 * it is asked for: most verbs need one, and some none. Every set was read strictly before it was put here.
 */
#include <stdio.h>
#include <stdlib.h>

#include "node/internal.h"
#include "roster/rights.h"

enum {
	SCHEMA_VERSION_DIGITS = 8,
	SCHEMA_NAME_DIGEST_BYTES = 8,
	SCHEMA_NAME_BYTES = SCHEMA_VERSION_DIGITS + 1 + 2 * SCHEMA_NAME_DIGEST_BYTES,
};

static enum err
schema_path(char *out, uint32_t version, const struct digest *digest, struct err_info *info)
{
	char hex[2 * SCHEMA_NAME_DIGEST_BYTES + 1];

	hex_write(hex, view_of(digest->bytes, SCHEMA_NAME_DIGEST_BYTES));
	return fs_path(out, info, "schemas/%08u-%s", version, hex);
}

static enum err
remember(struct node *node, const char *name, struct schema_set *set, struct err_info *info)
{
	struct node_schema_entry *grown = realloc(node->schemas, (node->schema_count + 1) * sizeof(*grown));

	if (grown == NULL)
		return err_nomem(info);
	node->schemas = grown;
	grown[node->schema_count] = (struct node_schema_entry){.set = set};
	(void)snprintf(grown[node->schema_count].name, sizeof(grown->name), "%s", name);
	node->schema_count++;
	return ERR_OK;
}

static struct node_schema_entry *
find_entry(const struct node *node, const char *name)
{
	for (size_t i = 0; i < node->schema_count; i++) {
		if (strcmp(node->schemas[i].name, name) == 0)
			return &node->schemas[i];
	}
	return NULL;
}

enum err
node_schemas_load(struct node *node, struct err_info *info)
{
	struct fs_names names = {0};
	enum err err = node_file_list(&names, node, "schemas", info);

	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		if (strlen(names.names[i]) != SCHEMA_NAME_BYTES)
			err = err_set(info, ERR_FORMAT, _("node.git schemas/%s: no name of a schema set"),
			              names.names[i]);
		else if (find_entry(node, names.names[i]) == NULL)
			err = remember(node, names.names[i], NULL, info);
	}
	fs_names_release(&names);
	return err;
}

void
node_schemas_release(struct node *node)
{
	for (size_t i = 0; i < node->schema_count; i++)
		schema_set_free(node->schemas[i].set);
	free(node->schemas);
	node->schemas = NULL;
	node->schema_count = 0;
}

enum err
node_schema_put(struct node *node, struct view content, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct schema_set *set = NULL;
	enum err err = schema_set_read(&set, content, info);

	if (err != ERR_OK)
		return err;
	err = schema_path(path, schema_set_version(set), schema_set_digest(set), info);
	if (err == ERR_OK && find_entry(node, path + strlen("schemas/")) == NULL) {
		err = node_file_put(node, path, content, info);
		if (err == ERR_OK)
			err = remember(node, path + strlen("schemas/"), set, info);
		if (err == ERR_OK)
			set = NULL; /* handed over */
	}
	schema_set_free(set);
	return err;
}

static enum err
load_set(struct schema_set **out, const struct node *node, const char *path, const struct digest *digest,
         struct err_info *info)
{
	struct bytes content = {0};
	/* reading changes nothing of the node */
	enum err err = node_file_read(&content, (struct node *)(uintptr_t)node, path, info);

	if (err == ERR_OK)
		err = schema_set_open(out, bytes_view(&content), digest, info);
	bytes_release(&content);
	return err == ERR_OK ? ERR_OK : err_in(info, err, "node.git %s", path);
}

static enum err
find_set(const struct schema_set **out, const struct node *node, uint32_t version, const struct digest *digest,
         struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct node_schema_entry *entry = NULL;
	enum err err = schema_path(path, version, digest, info);

	if (err == ERR_OK)
		entry = find_entry(node, path + strlen("schemas/"));
	if (err == ERR_OK && entry == NULL)
		err = err_set(info, ERR_NOT_FOUND, _("schema set %u is not held"), version);
	if (err == ERR_OK && entry->set == NULL) {
		err = load_set(&entry->set, node, path, digest, info);
		err = err == ERR_NOT_FOUND ? ERR_FORMAT : err; /* it is held, and gone */
	}
	if (err == ERR_OK && !digest_equal(schema_set_digest(entry->set), digest))
		err = err_set(info, ERR_NOT_FOUND, _("schema set %u is not held"), version);
	if (err == ERR_OK)
		*out = entry->set;
	return err;
}

const struct schema_set *
node_schema_find(const struct node *node, uint32_t version, const struct digest *digest)
{
	const struct schema_set *set = NULL;
	struct err_info why;
	enum err err = find_set(&set, node, version, digest, &why);

	if (err == ERR_OK || err == ERR_NOT_FOUND)
		return set;
	if (node->unread.code == ERR_OK) /* reading changes nothing else of the node */
		((struct node *)(uintptr_t)node)->unread = why;
	if (node->env.log != NULL)
		node->env.log(node->env.context, why.text);
	return NULL;
}

enum err
node_schema_check(struct node *node, struct err_info *info)
{
	bool is_short = node_schema_ahead_is_short(node->ahead);
	struct err_info why = node->unread;

	for (size_t i = 0; !is_short && i < node->schema_count; i++)
		is_short = node->schemas[i].set != NULL && schema_set_is_short(node->schemas[i].set);
	if (is_short)
		return err_nomem(info);
	node->unread.code = ERR_OK;
	if (why.code == ERR_OK)
		return ERR_OK;
	/* whatever is wrong with it is our own trouble, and nobody's whose bundle is at hand */
	return err_set_advised(info, why.code == ERR_NOMEM ? ERR_NOMEM : ERR_IO, ADVICE_AUDIT, "%s", why.text);
}

bool
node_schema_has(const struct node *node, uint32_t version, const struct digest *digest)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct err_info why;

	return schema_path(path, version, digest, &why) == ERR_OK &&
	       find_entry(node, path + strlen("schemas/")) != NULL;
}

const struct schema_set *
node_schema(const struct node *node)
{
	const struct roster_schema_set *open = node->roster == NULL ? NULL : roster_schema_newest(node->roster);
	const struct schema_set *set = open == NULL ? NULL : node_schema_find(node, open->version, &open->digest);
	size_t position = 0;

	if (open == NULL || set != NULL)
		return set;
	/* told of a newer one that has not come yet: the office works on with what it has */
	while ((open = roster_schema_next(node->roster, &position)) != NULL) {
		const struct schema_set *held = node_schema_find(node, open->version, &open->digest);

		set = held == NULL ? set : held;
	}
	return set;
}
