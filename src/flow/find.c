/* Finding a record by what a person types: part of its id, or FIELD=value of its natural key. */
#include <stdio.h>
#include <string.h>

#include "flow/checkpoint.h"
#include "flow/desk.h"
#include "keyring/keyring.h"
#include "schema/value.h"

enum err
flow_find_key(struct id *out, struct partition_natural *natural, struct view key, struct err_info *info)
{
	struct bytes ids = {0};
	enum err err = partition_natural_find(&ids, natural, key, info);

	if (err == ERR_OK && ids.size == 0)
		err = err_set(info, ERR_NOT_FOUND, "%s", _("no record has this natural key"));
	if (err == ERR_OK && ids.size > ID_BYTES)
		err = err_set(info, ERR_USAGE, _("%zu records have this natural key; name one by its id"),
		              ids.size / ID_BYTES);
	if (err == ERR_OK)
		memcpy(out->bytes, ids.data, ID_BYTES);
	bytes_release(&ids);
	return err;
}

/* The natural key that the word means in one kind. ERR_NOT_FOUND: FIELD is not its whole natural key. */
static enum err
key_of_word(struct bytes *out, const struct schema_kind *kind, struct view name, const char *value,
            struct err_info *info)
{
	const struct schema_field *field = schema_field_find(&kind->object, name);
	enum err err;

	if (field == NULL || kind->key_count != 1 || kind->key[0] != field->number)
		return ERR_NOT_FOUND;
	bytes_clear(out);
	err = bytes_append_view(out, kind->name, info);
	if (err == ERR_OK)
		err = bytes_append_byte(out, 0, info);
	if (err == ERR_OK)
		err = schema_value_from_text(out, field, view_text(value), info);
	return err;
}

static bool
contains(struct view text, struct view what)
{
	const uint8_t *end;

	if (what.size == 0 || what.size > text.size)
		return false;
	end = text.data + text.size - what.size + 1;
	for (const uint8_t *at = text.data; at < end; at++) {
		at = memchr(at, what.data[0], (size_t)(end - at));
		if (at == NULL)
			return false;
		if (memcmp(at, what.data, what.size) == 0)
			return true;
	}
	return false;
}

/* How far the file of a kind, unread, says that the word is its natural key: 2 by its own name, 1 perhaps, 0 no. */
static int
likelihood(struct view file, struct view name)
{
	char text[LIMIT_NAME_BYTES_MAX];
	int size = snprintf(text, sizeof(text), "\"x-key\":[\"%.*s\"]", (int)name.size, (const char *)name.data);

	if (size > 0 && (size_t)size < sizeof(text) && contains(file, view_of(text, (size_t)size)))
		return 2;
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] < ' ' || name.data[i] == '"' || name.data[i] == '\\' || name.data[i] >= 0x7f)
			return 1; /* JSON may write it in another way */
	}
	return contains(file, name) ? 1 : 0;
}

/* FIELD=value where FIELD is the whole natural key of just one kind. Kinds are compiled only where that may be so. */
static enum err
find_by_word(struct id *out, struct node *node, struct partition_natural *natural, const char *text,
             struct err_info *info)
{
	const struct schema_set *set = node_schema(node);
	const char *equals = strchr(text, '=');
	struct view name = view_of(text, (size_t)(equals - text));
	struct bytes key = {0};
	enum err err = ERR_NOT_FOUND;
	bool is_key = false;

	for (int wanted = 2; wanted > 0; wanted--) {
		for (size_t i = 0; err == ERR_NOT_FOUND && i < schema_set_kind_count(set); i++) {
			if (likelihood(schema_set_kind_text(set, i), name) != wanted)
				continue;
			err = key_of_word(&key, schema_set_kind_at(set, i), name, equals + 1, info);
			if (err == ERR_NOT_FOUND)
				continue;
			is_key = true;
			if (err == ERR_OK)
				err = flow_find_key(out, natural, bytes_view(&key), info);
		}
	}
	bytes_release(&key);
	if (!is_key)
		return err_set_advised(info, ERR_FORMAT, ADVICE_HELP, _("'%.*s' is not the natural key of any kind"),
		                       (int)name.size, text);
	if (err == ERR_NOT_FOUND)
		return err_set(info, ERR_NOT_FOUND, _("no record has this %.*s"), (int)name.size, text);
	return err;
}

/* Only the head's keys are worth keeping: that is what the next run asks about. */
static enum err
find_natural(struct id *out, struct node *node, struct partition *partition, const struct partition_version *version,
             const char *text, struct err_info *info)
{
	struct partition_natural *natural = NULL;
	const struct schema_set *set = node_schema(node);
	struct oid head;
	enum err err = set != NULL ? ERR_OK : err_set(info, ERR_FORMAT, _("'%s': no schema set is held here"), text);

	if (err == ERR_OK)
		err = partition_natural_open(&natural, partition, NULL, set, info);
	if (err == ERR_OK)
		err = partition_natural_move(natural, &version->commit, info);
	if (err == ERR_OK)
		err = find_by_word(out, node, natural, text, info);
	if (natural != NULL && partition_head(partition, &head, NULL) == ERR_OK &&
	    oid_equal(&head, partition_natural_commit(natural)))
		partition_natural_save(natural);
	partition_natural_free(natural);
	return err;
}

enum err
flow_find(struct id *out, struct node *node, struct partition *partition, const struct partition_version *version,
          const char *text, struct err_info *info)
{
	if (strchr(text, '=') != NULL)
		return find_natural(out, node, partition, version, text, info);
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
	if (err == ERR_OK && oid_is_none(&head))
		err = flow_head_check_lost(node, partition, info);
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
	struct err_info damage = {.code = ERR_OK};
	size_t found = 0;
	enum err err;

	if (owner != NULL) {
		*owner_out = *owner;
		return find_in(out, node, owner, text, info);
	}
	err = node_partitions(&codes, node, info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		struct err_info why = {.code = ERR_OK};
		struct id id;
		enum err one = find_in(&id, node, &codes.codes[i], text, &why);

		if (one == ERR_OK) {
			*owner_out = codes.codes[i];
			*out = id;
			found++;
		} else if ((one == ERR_NOT_FOUND || one == ERR_FORMAT) && why.advice == ADVICE_AUDIT) {
			damage = why; /* something of the store is not there, so nobody knows whether the record is */
		} else if (one != ERR_NOT_FOUND && one != ERR_RIGHT) {
			err = err_pass(info, one, &why);
		}
	}
	if (err == ERR_OK && found == 0 && damage.code == ERR_OK)
		err = flow_own_check_listed(node, &codes, info);
	node_codes_release(&codes);
	if (err == ERR_OK && found == 0)
		err = damage.code != ERR_OK ? err_pass(info, damage.code, &damage)
		                            : err_set(info, ERR_NOT_FOUND, _("no record here is named %s"), text);
	if (err == ERR_OK && found > 1)
		err = err_set(info, ERR_USAGE,
		              _("%s names records in %zu partitions; add --partition NODE or more digits"), text,
		              found);
	return err;
}

/* Its salt is held where it was ever added, also when it was removed since. */
static enum err
had_record(bool *out, struct node *node, const struct node_code *owner, const struct id *id, struct err_info *info)
{
	struct partition *partition = NULL;
	struct seal_salt salt;
	enum err err = node_partition_open(&partition, node, owner, info);

	*out = false;
	if (err == ERR_OK)
		err = keyring_salt(&salt, partition_keyring(partition), id, info);
	*out = err == ERR_OK;
	seal_wipe(&salt, sizeof(salt));
	partition_free(partition);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
flow_find_ever(struct node_code *owner_out, struct id *out, struct node *node, const struct node_code *owner,
               const char *text, struct err_info *info)
{
	struct node_codes codes = {0};
	struct err_info why;
	struct id id;
	bool is_found = false;
	enum err err = flow_find_anywhere(owner_out, out, node, owner, text, info);

	if (err != ERR_NOT_FOUND || !hex_read(id.bytes, ID_BYTES, view_text(text)))
		return err;
	err = node_partitions(&codes, node, &why);
	for (size_t i = 0; err == ERR_OK && !is_found && i < codes.count; i++) {
		if (owner != NULL && strcmp(owner->text, codes.codes[i].text) != 0)
			continue;
		err = had_record(&is_found, node, &codes.codes[i], &id, &why);
		if (err == ERR_OK && is_found)
			*owner_out = codes.codes[i];
	}
	node_codes_release(&codes);
	if (err != ERR_OK) /* it may have been there: what cannot be read is not "no such record" */
		return err_pass(info, err, &why);
	if (!is_found)
		return ERR_NOT_FOUND;
	*out = id;
	return ERR_OK;
}
