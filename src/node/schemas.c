/* The schema sets that this store holds: schemas/VERSION-DIGEST in node.git. */
#include <stdio.h>
#include <stdlib.h>

#include "node/internal.h"
#include "roster/rights.h"

enum {
	SCHEMA_NAME_DIGEST_BYTES = 8
};

static enum err
schema_path(char *out, uint32_t version, const struct digest *digest, struct err_info *info)
{
	char hex[2 * SCHEMA_NAME_DIGEST_BYTES + 1];

	hex_write(hex, view_of(digest->bytes, SCHEMA_NAME_DIGEST_BYTES));
	return fs_path(out, info, "schemas/%08u-%s", version, hex);
}

static enum err
remember(struct node *node, struct schema_set *set, struct bytes *content, struct err_info *info)
{
	struct node_schema_entry *grown = realloc(node->schemas, (node->schema_count + 1) * sizeof(*grown));

	if (grown == NULL)
		return err_nomem(info);
	node->schemas = grown;
	node->schemas[node->schema_count++] = (struct node_schema_entry){set, *content};
	*content = (struct bytes){0};
	return ERR_OK;
}

static enum err
load_set(struct node *node, struct bytes *content, struct err_info *info)
{
	struct schema_set *set = NULL;
	enum err err = schema_set_read(&set, bytes_view(content), info);

	if (err != ERR_OK)
		return err;
	if (node_schema_find(node, schema_set_version(set), schema_set_digest(set)) != NULL) {
		schema_set_free(set);
		return ERR_OK;
	}
	err = remember(node, set, content, info);
	if (err != ERR_OK)
		schema_set_free(set);
	return err;
}

enum err
node_schemas_load(struct node *node, struct err_info *info)
{
	struct fs_names names = {0};
	enum err err = node_file_list(&names, node, "schemas", info);

	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		char path[LIMIT_PATH_BYTES_MAX];
		struct bytes content = {0};

		err = fs_path(path, info, "schemas/%s", names.names[i]);
		if (err == ERR_OK)
			err = node_file_read(&content, node, path, info);
		if (err == ERR_OK)
			err = load_set(node, &content, info);
		bytes_release(&content);
		if (err != ERR_OK)
			err = err_in(info, err, "node.git %s", path);
	}
	fs_names_release(&names);
	return err;
}

enum err
node_schema_put(struct node *node, struct view content, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct schema_set *set = NULL;
	struct bytes copy = {0};
	enum err err = schema_set_read(&set, content, info);

	if (err != ERR_OK)
		return err;
	err = schema_path(path, schema_set_version(set), schema_set_digest(set), info);
	if (err == ERR_OK && node_schema_find(node, schema_set_version(set), schema_set_digest(set)) == NULL) {
		err = node_file_put(node, path, content, info);
		if (err == ERR_OK)
			err = bytes_append_view(&copy, content, info);
		if (err == ERR_OK)
			err = load_set(node, &copy, info);
	}
	schema_set_free(set);
	bytes_release(&copy);
	return err;
}

const struct schema_set *
node_schema_find(const struct node *node, uint32_t version, const struct digest *digest)
{
	for (size_t i = 0; i < node->schema_count; i++) {
		const struct schema_set *set = node->schemas[i].set;

		if (schema_set_version(set) == version && digest_equal(schema_set_digest(set), digest))
			return set;
	}
	return NULL;
}

enum err
node_schema_content(struct bytes *out, struct node *node, uint32_t version, const struct digest *digest,
                    struct err_info *info)
{
	for (size_t i = 0; i < node->schema_count; i++) {
		const struct schema_set *set = node->schemas[i].set;

		if (schema_set_version(set) == version && digest_equal(schema_set_digest(set), digest))
			return bytes_append_view(out, bytes_view(&node->schemas[i].content), info);
	}
	return err_set(info, ERR_NOT_FOUND, _("schema set %u is not held"), version);
}

const struct schema_set *
node_schema(const struct node *node)
{
	const struct roster_schema_set *newest = node->roster == NULL ? NULL : roster_schema_newest(node->roster);

	return newest == NULL ? NULL : node_schema_find(node, newest->version, &newest->digest);
}
