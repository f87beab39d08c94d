#include "partition/natural.h"

#include <stdlib.h>
#include <string.h>

#include "lookup/lookup.h"
#include "partition/internal.h"
#include "schema/set.h"

struct partition_natural {
	struct partition *partition;
	struct partition_batch *batch;
	const struct schema_set *schemas;
	struct lookup *lookup;
	struct oid commit; /* none: before the root commit, where there is nothing */
	struct oid saved;  /* where the files stand; none: nowhere */
	bool has_unopened; /* it may hold records that did not open */
	struct arena arena;
	struct bytes key;
	struct bytes hashed; /* the key that was hashed last: who looks a record up then writes it */
	struct lookup_hash hash;
	struct bytes ids;
	struct bytes blob;
	struct bytes plaintext;
};

static struct git_reader
reader_of(const struct partition_natural *natural)
{
	return partition_reader(natural->partition, natural->batch == NULL ? NULL : natural->batch->pack);
}

static enum err
make_lookup(struct partition_natural *natural, struct err_info *info)
{
	const struct partition *partition = natural->partition;
	char path[LIMIT_PATH_BYTES_MAX];
	struct seal_key *key = NULL;
	enum err err = fs_path(path, info, "%s/tiersync-keys", partition->path);

	if (err == ERR_OK)
		err = seal_node_key_derive(&key, partition->world.keys, SEAL_DOMAIN_KEYCACHE,
		                           view_of(partition->id.bytes, ID_BYTES), info);
	if (err == ERR_OK)
		err = lookup_new(&natural->lookup, path, key, &partition->world.env, info);
	return err;
}

static enum err retry_unopened(struct partition_natural *natural, struct err_info *info);

/* Takes up the files, if they stand at a commit that is here. */
static enum err
load(struct partition_natural *natural, struct err_info *info)
{
	struct partition_version version = {0};
	enum err err;

	if (!lookup_load(natural->lookup, schema_set_digest(natural->schemas), &natural->commit)) {
		natural->commit = (struct oid){{0}};
		return ERR_OK;
	}
	err = partition_version_read(&version, natural->partition, reader_of(natural), &natural->commit, NULL);
	partition_version_release(&version);
	natural->saved = natural->commit;
	if (err == ERR_OK)
		err = retry_unopened(natural, info);
	if (err != ERR_OK) {
		lookup_clear(natural->lookup);
		natural->commit = (struct oid){{0}};
		natural->saved = natural->commit;
	}
	return err == ERR_NOMEM ? err : ERR_OK;
}

enum err
partition_natural_open(struct partition_natural **out, struct partition *partition, struct partition_batch *batch,
                       const struct schema_set *schemas, struct err_info *info)
{
	struct partition_natural *natural;
	enum err err;

	if (partition->world.keys == NULL)
		return err_set(info, ERR_RIGHT, "%s", _("this store has no keys: records cannot be read here"));
	natural = calloc(1, sizeof(*natural));
	if (natural == NULL)
		return err_nomem(info);
	natural->partition = partition;
	natural->batch = batch;
	natural->schemas = schemas;
	err = make_lookup(natural, info);
	if (err == ERR_OK)
		err = load(natural, info);
	if (err != ERR_OK) {
		partition_natural_free(natural);
		return err;
	}
	*out = natural;
	return ERR_OK;
}

void
partition_natural_free(struct partition_natural *natural)
{
	if (natural == NULL)
		return;
	lookup_free(natural->lookup);
	arena_release(&natural->arena);
	seal_wipe_bytes(&natural->key);
	seal_wipe_bytes(&natural->hashed);
	bytes_release(&natural->ids);
	bytes_release(&natural->blob);
	seal_wipe_bytes(&natural->plaintext);
	free(natural);
}

static enum err
hash_key(struct lookup_hash *out, struct partition_natural *natural, struct view key, struct err_info *info)
{
	enum err err = ERR_OK;

	if (!view_equal(key, bytes_view(&natural->hashed))) {
		bytes_clear(&natural->hashed);
		lookup_hash_of(&natural->hash, natural->lookup, key);
		err = bytes_append_view(&natural->hashed, key, info);
	}
	*out = natural->hash;
	return err;
}

/* The hash of a record's key. */
static enum err
hash_record(struct lookup_hash *out, bool *has_key_out, struct partition_natural *natural, const struct record *record,
            struct err_info *info)
{
	const struct schema_kind *kind = schema_set_kind(natural->schemas, record->kind);
	enum err err;

	*has_key_out = false;
	if (kind == NULL)
		return ERR_OK;
	bytes_clear(&natural->key);
	err = record_natural_key(&natural->key, has_key_out, kind, record, info);
	if (err == ERR_OK && *has_key_out)
		err = hash_key(out, natural, bytes_view(&natural->key), info);
	return err;
}

static enum err
put(struct partition_natural *natural, const struct id *id, const struct lookup_hash *hash, bool is_there,
    struct err_info *info)
{
	const struct lookup_pair pair = {*hash, *id};

	return lookup_put(natural->lookup, &pair, is_there, info);
}

/* A record that does not open has a hash of its own, so that it is found again when it does. */
static void
hash_unopened(struct lookup_hash *out, const struct id *id)
{
	memset(out->bytes, 0, LOOKUP_HASH_BYTES / 2);
	memcpy(out->bytes + LOOKUP_HASH_BYTES / 2, id->bytes, LOOKUP_HASH_BYTES / 2);
}

/* ERR_RIGHT: no salt or no epoch key. */
static enum err
open_record(struct record *out, struct partition_natural *natural, const struct id *id, const struct oid *oid,
            struct err_info *info)
{
	struct seal_salt salt;
	enum err err = partition_salt(&salt, natural->partition, natural->batch, id, info);

	arena_clear(&natural->arena);
	bytes_clear(&natural->blob);
	bytes_clear(&natural->plaintext);
	if (err == ERR_OK)
		err = git_reader_read(&natural->blob, reader_of(natural), oid, GIT_TYPE_BLOB, info);
	if (err == ERR_OK)
		err = partition_unseal(&natural->plaintext, NULL, natural->partition, &salt, id, SEAL_ROLE_RECORD,
		                       bytes_view(&natural->blob), info);
	seal_wipe(&salt, sizeof(salt));
	if (err == ERR_OK)
		err = record_read(out, &natural->arena, bytes_view(&natural->plaintext), LIMIT_RECORD_MERGED_BYTES_MAX,
		                  info);
	return err;
}

/* Takes out what stands for a record that did not open; *was_there_out may be NULL. */
static enum err
drop_unopened(bool *was_there_out, struct partition_natural *natural, const struct id *id, struct err_info *info)
{
	struct lookup_hash hash;
	size_t before;
	size_t after;
	enum err err;

	hash_unopened(&hash, id);
	(void)lookup_changes(natural->lookup, &before);
	err = put(natural, id, &hash, false, info);
	(void)lookup_changes(natural->lookup, &after);
	if (was_there_out != NULL)
		*was_there_out = after != before;
	return err;
}

static enum err
take_unopened(struct partition_natural *natural, const struct id *id, bool is_there, struct err_info *info)
{
	struct lookup_hash hash;
	bool was_there = false;
	enum err err;

	if (is_there) {
		natural->has_unopened = true;
		hash_unopened(&hash, id);
		return put(natural, id, &hash, true, info);
	}
	err = drop_unopened(&was_there, natural, id, info);
	if (err == ERR_OK && !was_there)
		err = lookup_drop(natural->lookup, id, info); /* it did open when it was put in */
	return err;
}

/* One side of a difference: the pair that this version of the record has comes in or goes. */
static enum err
take_version(struct partition_natural *natural, const struct id *id, const struct oid *oid, bool is_there,
             struct err_info *info)
{
	struct record record;
	struct lookup_hash hash;
	bool has_key = false;
	enum err err;

	if (oid == NULL)
		return ERR_OK;
	err = open_record(&record, natural, id, oid, info);
	if (err == ERR_RIGHT)
		return take_unopened(natural, id, is_there, info);
	if (err == ERR_OK && !is_there && natural->has_unopened)
		err = drop_unopened(NULL, natural, id, info);
	if (err == ERR_OK)
		err = hash_record(&hash, &has_key, natural, &record, info);
	if (err == ERR_OK && has_key)
		err = put(natural, id, &hash, is_there, info);
	return err;
}

static enum err
take_difference(void *context, const struct id *id, const struct oid *old, const struct oid *new_value,
                struct err_info *info)
{
	struct partition_natural *natural = context;
	enum err err = take_version(natural, id, old, false, info);

	if (err == ERR_OK)
		err = take_version(natural, id, new_value, true, info);
	lookup_settle(natural->lookup); /* a move is not undone: it is made anew */
	return err;
}

/* Records that did not open before: a salt or an epoch key may have come since. */
static enum err
retry_unopened(struct partition_natural *natural, struct err_info *info)
{
	struct bytes ids = {0};
	struct partition_version version = {0};
	struct git_idtree *tree = NULL;
	enum err err = lookup_find_zero(&ids, natural->lookup, info);

	natural->has_unopened = ids.size > 0;
	if (err == ERR_OK && ids.size > 0)
		err = partition_version_read(&version, natural->partition, reader_of(natural), &natural->commit, info);
	if (err == ERR_OK && ids.size > 0)
		err = git_idtree_open(&tree, reader_of(natural), &version.records, info);
	for (size_t at = 0; err == ERR_OK && at < ids.size; at += ID_BYTES) {
		struct seal_salt salt;
		struct oid oid;
		struct id id;

		memcpy(id.bytes, ids.data + at, ID_BYTES);
		if (partition_salt(&salt, natural->partition, natural->batch, &id, NULL) != ERR_OK)
			continue;
		seal_wipe(&salt, sizeof(salt));
		err = drop_unopened(NULL, natural, &id, info);
		if (err == ERR_OK)
			err = git_idtree_get(&oid, tree, &id, info);
		if (err == ERR_OK)
			err = take_version(natural, &id, &oid, true, info);
	}
	lookup_settle(natural->lookup);
	git_idtree_free(tree);
	partition_version_release(&version);
	bytes_release(&ids);
	return err;
}

static enum err
move_once(struct partition_natural *natural, const struct partition_version *to, struct err_info *info)
{
	struct git_reader reader = reader_of(natural);
	struct partition_version from = {0};
	enum err err = partition_version_read(&from, natural->partition, reader, &natural->commit, info);

	if (err == ERR_OK)
		err = git_idtree_diff(reader, &from.records, &to->records, take_difference, natural, info);
	partition_version_release(&from);
	return err;
}

static void
start_anew(struct partition_natural *natural)
{
	lookup_clear(natural->lookup);
	natural->commit = (struct oid){{0}};
	natural->saved = natural->commit;
}

/* Moves; should the cache prove damaged, or the commit where it stands unreadable, from nothing. */
static enum err
move_to(struct partition_natural *natural, const struct oid *commit, struct err_info *info)
{
	struct partition_version to;
	enum err err = partition_version_read(&to, natural->partition, reader_of(natural), commit, info);

	if (err != ERR_OK)
		return err;
	err = move_once(natural, &to, info);
	if (err != ERR_OK && err != ERR_NOMEM && !oid_is_none(&natural->commit)) {
		start_anew(natural);
		err = move_once(natural, &to, info);
	}
	if (err == ERR_OK)
		natural->commit = *commit;
	else
		start_anew(natural);
	partition_version_release(&to);
	return err;
}

/* A damaged page was met: the cache is made anew where it stands, with what was noted. */
static enum err
make_anew(struct partition_natural *natural, struct err_info *info)
{
	const struct lookup_change *changes;
	struct lookup_change *noted;
	struct oid commit = natural->commit;
	size_t count;
	enum err err;

	changes = lookup_changes(natural->lookup, &count);
	noted = calloc(count + 1, sizeof(*noted));
	if (noted == NULL)
		return err_nomem(info);
	if (count > 0)
		memcpy(noted, changes, count * sizeof(*noted));
	start_anew(natural);
	err = move_to(natural, &commit, info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = lookup_put(natural->lookup, &noted[i].pair, noted[i].is_there, info);
	free(noted);
	return err;
}

enum err
partition_natural_move(struct partition_natural *natural, const struct oid *commit, struct err_info *info)
{
	enum err err = lookup_undo(natural->lookup, info);

	if (err != ERR_OK || oid_equal(&natural->commit, commit))
		return err;
	return move_to(natural, commit, info);
}

static enum err
note_hash(struct partition_natural *natural, const struct id *id, const struct lookup_hash *hash, bool is_there,
          struct err_info *info)
{
	enum err err = put(natural, id, hash, is_there, info);

	if (err == ERR_FORMAT) {
		err = make_anew(natural, info);
		if (err == ERR_OK)
			err = put(natural, id, hash, is_there, info);
	}
	return err;
}

static enum err
find_hash(struct bytes *ids, struct partition_natural *natural, const struct lookup_hash *hash, struct err_info *info)
{
	size_t size = ids->size;
	enum err err = lookup_find(ids, natural->lookup, hash, info);

	if (err == ERR_FORMAT) {
		ids->size = size;
		err = make_anew(natural, info);
		if (err == ERR_OK)
			err = lookup_find(ids, natural->lookup, hash, info);
	}
	return err;
}

enum err
partition_natural_find(struct bytes *ids, struct partition_natural *natural, struct view key, struct err_info *info)
{
	struct lookup_hash hash;
	enum err err = hash_key(&hash, natural, key, info);

	return err == ERR_OK ? find_hash(ids, natural, &hash, info) : err;
}

enum err
partition_natural_note(bool *is_met_out, struct partition_natural *natural, const struct id *id,
                       const struct record *old, const struct record *record, struct err_info *info)
{
	struct lookup_hash hashes[2];
	bool has_key[2] = {false, false};
	enum err err = ERR_OK;

	*is_met_out = false;
	if (old != NULL)
		err = hash_record(&hashes[0], &has_key[0], natural, old, info);
	if (err == ERR_OK && record != NULL)
		err = hash_record(&hashes[1], &has_key[1], natural, record, info);
	if (err == ERR_OK && has_key[0] &&
	    (!has_key[1] || memcmp(&hashes[0], &hashes[1], sizeof(struct lookup_hash)) != 0))
		err = note_hash(natural, id, &hashes[0], false, info);
	if (err == ERR_OK && has_key[1])
		err = note_hash(natural, id, &hashes[1], true, info);
	if (err == ERR_OK && has_key[1]) {
		bytes_clear(&natural->ids);
		err = find_hash(&natural->ids, natural, &hashes[1], info);
		*is_met_out = natural->ids.size > ID_BYTES;
	}
	return err;
}

void
partition_natural_settle(struct partition_natural *natural, const struct oid *commit)
{
	lookup_settle(natural->lookup);
	natural->commit = *commit;
}

enum err
partition_natural_undo(struct partition_natural *natural, struct err_info *info)
{
	return lookup_undo(natural->lookup, info);
}

const struct oid *
partition_natural_commit(const struct partition_natural *natural)
{
	return &natural->commit;
}

void
partition_natural_save(struct partition_natural *natural)
{
	/* another set may have other keys, and kinds that had none */
	const struct lookup_stamp stamp = {*schema_set_digest(natural->schemas), natural->commit};

	if (natural->partition->world.rehearsal != NULL || oid_is_none(&natural->commit) ||
	    oid_equal(&natural->commit, &natural->saved))
		return;
	lookup_save(natural->lookup, &stamp);
	natural->saved = natural->commit;
}
