/* Finding a record by what a person types: part of its id, or FIELD=value of its natural key. */
#include <stdio.h>
#include <string.h>

#include "flow/desk.h"
#include "schema/value.h"

enum err
flow_natural_key(struct bytes *out, bool *has_key_out, const struct schema_kind *kind, const struct record *record,
                 struct err_info *info)
{
	enum err err = bytes_append_view(out, kind->name, info);

	*has_key_out = kind->key_count > 0;
	for (size_t i = 0; err == ERR_OK && i < kind->key_count; i++) {
		struct view value = record_get(record, kind->key[i]);

		*has_key_out = *has_key_out && value.size > 0;
		err = bytes_append_byte(out, 0, info); /* no name holds it, and each value says its own length */
		if (err == ERR_OK)
			err = bytes_append_view(out, value, info);
	}
	return err;
}

struct key_search {
	const struct schema_kind *kind;
	struct view key;
	struct arena arena;
	struct bytes own;
	struct id found;
	size_t count;
};

static enum err
compare_key(void *context, const struct id *id, struct view plaintext, struct err_info *info)
{
	struct key_search *search = context;
	struct record record;
	bool has_key;
	enum err err;

	arena_clear(&search->arena);
	bytes_clear(&search->own);
	err = record_read(&record, &search->arena, plaintext, LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err != ERR_OK || !view_equal(record.kind, search->kind->name))
		return err;
	err = flow_natural_key(&search->own, &has_key, search->kind, &record, info);
	if (err == ERR_OK && has_key && view_equal(bytes_view(&search->own), search->key)) {
		search->found = *id;
		search->count++;
	}
	return err;
}

enum err
flow_find_key(struct id *out, struct partition *partition, const struct partition_version *version,
              const struct schema_kind *kind, struct view key, struct err_info *info)
{
	struct key_search search = {.kind = kind, .key = key};
	enum err err = partition_each(partition, version, compare_key, &search, info);

	if (err == ERR_OK && search.count == 0)
		err = err_set(info, ERR_NOT_FOUND, "%s", _("no record has this natural key"));
	if (err == ERR_OK && search.count > 1)
		err = err_set(info, ERR_USAGE, _("%zu records have this natural key; name one by its id"),
		              search.count);
	if (err == ERR_OK)
		*out = search.found;
	arena_release(&search.arena);
	bytes_release(&search.own);
	return err;
}

/* FIELD=value where FIELD is the whole natural key of just one kind. */
static enum err
find_by_word(struct id *out, struct node *node, struct partition *partition, const struct partition_version *version,
             const char *text, struct err_info *info)
{
	const struct schema_set *set = node_schema(node);
	const char *equals = strchr(text, '=');
	struct view name = view_of(text, (size_t)(equals - text));
	enum err err = ERR_NOT_FOUND;
	bool is_key = false;

	for (size_t i = 0; set != NULL && err == ERR_NOT_FOUND && i < schema_set_kind_count(set); i++) {
		const struct schema_kind *kind = schema_set_kind_at(set, i);
		const struct schema_field *field = schema_field_find(&kind->object, name);
		struct bytes key = {0};

		if (field == NULL || kind->key_count != 1 || kind->key[0] != field->number)
			continue;
		is_key = true;
		err = bytes_append_view(&key, kind->name, info);
		if (err == ERR_OK)
			err = bytes_append_byte(&key, 0, info);
		if (err == ERR_OK)
			err = schema_value_from_text(&key, field, view_text(equals + 1), info);
		if (err == ERR_OK)
			err = flow_find_key(out, partition, version, kind, bytes_view(&key), info);
		bytes_release(&key);
	}
	if (!is_key)
		return err_set(info, ERR_FORMAT, _("'%.*s' is not the natural key of any kind"), (int)name.size, text);
	if (err == ERR_NOT_FOUND)
		return err_set(info, ERR_NOT_FOUND, _("no record has this %.*s"), (int)name.size, text);
	return err;
}

enum err
flow_find(struct id *out, struct node *node, struct partition *partition, const struct partition_version *version,
          const char *text, struct err_info *info)
{
	if (strchr(text, '=') != NULL)
		return find_by_word(out, node, partition, version, text, info);
	return partition_find(out, partition, version, view_text(text), info);
}

static enum err
find_in(struct id *out, struct node *node, const struct node_code *owner, const char *text, struct err_info *info)
{
	struct partition *partition = NULL;
	struct partition_version version = {0};
	struct oid head = {{0}};
	enum err err = node_partition_open(&partition, node, owner, info);

	if (err == ERR_OK)
		err = partition_head(partition, &head, info);
	if (err == ERR_OK)
		err = partition_version_open(&version, partition, &head, info);
	if (err == ERR_OK)
		err = flow_find(out, node, partition, &version, text, info);
	partition_version_release(&version);
	partition_free(partition);
	return err;
}

enum err
flow_find_anywhere(struct node_code *owner_out, struct id *out, struct node *node, const struct node_code *owner,
                   const char *text, struct err_info *info)
{
	struct node_codes codes = {0};
	struct err_info why;
	size_t found = 0;
	enum err err;

	if (owner != NULL) {
		*owner_out = *owner;
		return find_in(out, node, owner, text, info);
	}
	err = node_partitions(&codes, node, info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		struct id id;
		enum err one = find_in(&id, node, &codes.codes[i], text, &why);

		if (one == ERR_OK) {
			*owner_out = codes.codes[i];
			*out = id;
			found++;
		} else if (one != ERR_NOT_FOUND && one != ERR_RIGHT) {
			err = err_set(info, one, "%s", why.text);
		}
	}
	node_codes_release(&codes);
	if (err == ERR_OK && found == 0)
		err = err_set(info, ERR_NOT_FOUND, _("no record here is named %s"), text);
	if (err == ERR_OK && found > 1)
		err = err_set(info, ERR_USAGE,
		              _("%s names records in %zu partitions; add --partition NODE or more digits"), text,
		              found);
	return err;
}
