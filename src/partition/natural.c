#include <stdlib.h>
#include <string.h>

#include "partition/natural_inside.h"
#include "schema/set.h"

struct git_reader
natural_reader(const struct partition_natural *natural)
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
	err = partition_version_read(&version, natural->partition, natural_reader(natural), &natural->commit, NULL);
	partition_version_release(&version);
	natural->saved = natural->commit;
	if (err == ERR_OK)
		err = natural_retry_unopened(natural, info);
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
	natural_edges_release(&natural->edges);
	bytes_release(&natural->moved);
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
enum err
natural_hash_record(struct lookup_hash *out, bool *has_key_out, struct partition_natural *natural,
                    const struct record *record, struct err_info *info)
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

enum err
natural_put(struct partition_natural *natural, const struct id *id, const struct lookup_hash *hash, bool is_there,
            struct err_info *info)
{
	const struct lookup_pair pair = {*hash, *id};

	return lookup_put(natural->lookup, &pair, is_there, info);
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
	natural_start_anew(natural);
	err = natural_move_to(natural, &commit, info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = lookup_put(natural->lookup, &noted[i].pair, noted[i].is_there, info);
	free(noted);
	return err;
}

static enum err
note_hash(struct partition_natural *natural, const struct id *id, const struct lookup_hash *hash, bool is_there,
          struct err_info *info)
{
	enum err err = natural_put(natural, id, hash, is_there, info);

	if (err == ERR_FORMAT) {
		err = make_anew(natural, info);
		if (err == ERR_OK)
			err = natural_put(natural, id, hash, is_there, info);
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
		err = natural_hash_record(&hashes[0], &has_key[0], natural, old, info);
	if (err == ERR_OK && record != NULL)
		err = natural_hash_record(&hashes[1], &has_key[1], natural, record, info);
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
	natural_remember(natural, commit);
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
