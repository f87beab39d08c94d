/* One edit: records sealed and put into the tree as they come, then the commit over the result. */
#include "partition/edit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "partition/meta.h"

static enum err
copy_text(struct view *out, struct arena *arena, struct view text, struct err_info *info)
{
	const uint8_t *copy = arena_copy(arena, text);

	if (copy == NULL)
		return err_nomem(info);
	*out = view_of(copy, text.size);
	return ERR_OK;
}

static enum err
take_terms(struct partition_edit *edit, const struct partition_edit_terms *terms, struct err_info *info)
{
	struct delta_commit_info *commit = &edit->commit;
	enum err err;

	if (terms->roster_count > LIMIT_LEVELS_MAX)
		return err_set(info, ERR_TOO_BIG, _("an edit names more than %d issuers"), LIMIT_LEVELS_MAX);
	commit->time = terms->time;
	commit->partition = edit->partition->id;
	commit->schema_version = terms->schema_version;
	commit->schema_digest = terms->schema_digest;
	commit->rules = terms->rules;
	commit->epoch = terms->epoch;
	commit->epoch_digest = terms->epoch_digest;
	commit->node = terms->node;
	commit->level = terms->level;
	commit->roster_count = (uint8_t)terms->roster_count;
	if (terms->roster_count > 0)
		memcpy(commit->roster, terms->roster, terms->roster_count * sizeof(*terms->roster));
	if (!oid_is_none(&terms->parent)) {
		commit->parent_count = 1;
		commit->parents[0] = terms->parent;
	}
	err = copy_text(&commit->operator_name, &edit->arena, terms->operator_name, info);
	if (err == ERR_OK)
		err = copy_text(&commit->reason, &edit->arena, terms->reason, info);
	if (err == ERR_OK)
		err = copy_text(&commit->voids, &edit->arena, terms->voids, info);
	return err;
}

/* No edit names a lower epoch or schema set than its parent. */
static enum err
check_order(const struct partition_edit *edit, struct err_info *info)
{
	const struct delta_commit_info *parent = &edit->parent.info;
	const struct delta_commit_info *commit = &edit->commit;

	if (oid_is_none(&edit->parent.commit))
		return ERR_OK;
	if (commit->epoch < parent->epoch ||
	    (commit->epoch == parent->epoch &&
	     memcmp(commit->epoch_digest.bytes, parent->epoch_digest.bytes, DIGEST_BYTES) < 0))
		return err_set(info, ERR_FORMAT, _("the edit names key epoch %u, its parent the later %u"),
		               commit->epoch, parent->epoch);
	if (commit->schema_version < parent->schema_version)
		return err_set(info, ERR_FORMAT, _("the edit names schema set %u, its parent the later %u"),
		               commit->schema_version, parent->schema_version);
	return ERR_OK;
}

enum err
partition_edit_begin(struct partition_edit **out, struct partition_batch *batch,
                     const struct partition_edit_terms *terms, struct err_info *info)
{
	struct partition_edit *edit = calloc(1, sizeof(*edit));
	struct git_reader reader = partition_reader(batch->partition, batch->pack);
	enum err err;

	if (edit == NULL)
		return err_nomem(info);
	edit->batch = batch;
	edit->partition = batch->partition;
	edit->reader = reader;
	err = take_terms(edit, terms, info);
	if (err == ERR_OK)
		err = partition_version_read(&edit->parent, edit->partition, reader, &terms->parent, info);
	if (err == ERR_OK)
		err = check_order(edit, info);
	if (err == ERR_OK)
		err = git_idtree_open(&edit->records, reader, &edit->parent.records, info);
	if (err == ERR_OK)
		err = partition_state_of(&edit->state, edit->partition, reader, &edit->parent, &batch->state_commit,
		                         &batch->state, info);
	if (err != ERR_OK) {
		partition_edit_free(edit);
		return err;
	}
	*out = edit;
	return ERR_OK;
}

void
partition_edit_free(struct partition_edit *edit)
{
	if (edit == NULL)
		return;
	git_idtree_free(edit->records);
	partition_version_release(&edit->parent);
	bytes_release(&edit->blob);
	bytes_release(&edit->old_blob);
	seal_wipe_bytes(&edit->old_plaintext);
	seal_wipe(&edit->seed, sizeof(edit->seed));
	arena_release(&edit->arena);
	free(edit);
}

enum err
partition_edit_seed(struct partition_edit *edit, const uint8_t seed[DIGEST_BYTES], struct err_info *info)
{
	assert(!edit->has_seed);
	(void)info;
	memcpy(edit->seed.bytes, seed, sizeof(edit->seed.bytes));
	edit->has_seed = true;
	return ERR_OK;
}

static enum err
need_seed(struct partition_edit *edit, struct err_info *info)
{
	const struct env *env = &edit->partition->world.env;
	enum err err;

	if (edit->has_seed)
		return ERR_OK;
	err = env->random(env->context, edit->seed.bytes, sizeof(edit->seed.bytes), info);
	edit->has_seed = err == ERR_OK;
	return err;
}

enum err
partition_edit_next_id(struct partition_edit *edit, struct id *out, struct err_info *info)
{
	struct seal_salt salt;
	enum err err = need_seed(edit, info);

	if (err != ERR_OK)
		return err;
	keyring_derive(&salt, out, &edit->seed, edit->added, &edit->partition->id);
	seal_wipe(&salt, sizeof(salt));
	return ERR_OK;
}

size_t
partition_edit_count(const struct partition_edit *edit)
{
	return edit->count;
}

/* Puts a blob in place of the one that is in edit->old_blob (empty: none was there). */
static enum err
put_blob(struct partition_edit *edit, const struct id *id, struct view blob, struct err_info *info)
{
	struct oid oid;
	enum err err = git_pack_add(edit->batch->pack, GIT_TYPE_BLOB, blob, &oid, info);

	if (err == ERR_OK)
		err = git_idtree_put(edit->records, id, &oid, info);
	if (err != ERR_OK)
		return err;
	if (edit->old_blob.size > 0)
		partition_state_remove(&edit->state, "records", id, bytes_view(&edit->old_blob));
	partition_state_add(&edit->state, "records", id, blob);
	edit->has_old = false;
	edit->count++;
	return ERR_OK;
}

static enum err
seal_into(struct partition_edit *edit, const struct seal_salt *salt, const struct id *id, struct view plaintext,
          struct err_info *info)
{
	const struct seal_blob_names names = {
		.partition = edit->partition->id,
		.epoch_number = (uint16_t)edit->commit.epoch,
		.epoch = edit->commit.epoch_digest,
		.record = *id,
		.role = SEAL_ROLE_RECORD,
	};

	if (plaintext.size > LIMIT_RECORD_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a record has %zu bytes, the limit is %d"), plaintext.size,
		               LIMIT_RECORD_BYTES_MAX);
	bytes_clear(&edit->blob);
	return partition_seal(&edit->blob, edit->partition, salt, &names, plaintext, info);
}

enum err
partition_edit_add(struct partition_edit *edit, struct view plaintext, struct id *id_out, struct err_info *info)
{
	struct seal_salt salt;
	struct id id;
	enum err err = need_seed(edit, info);

	if (err != ERR_OK)
		return err;
	keyring_derive(&salt, &id, &edit->seed, edit->added, &edit->partition->id);
	err = seal_into(edit, &salt, &id, plaintext, info);
	seal_wipe(&salt, sizeof(salt));
	bytes_clear(&edit->old_blob);
	if (err == ERR_OK)
		err = put_blob(edit, &id, bytes_view(&edit->blob), info);
	if (err != ERR_OK)
		return err;
	edit->added++;
	if (id_out != NULL)
		*id_out = id;
	return ERR_OK;
}

/* Loads the old blob of a record; opening it is another step, since an opaque row needs none. */
static enum err
load_old_blob(struct partition_edit *edit, const struct id *id, struct err_info *info)
{
	struct oid oid;
	enum err err = git_idtree_get(&oid, edit->records, id, info);

	if (err != ERR_OK)
		return err;
	bytes_clear(&edit->old_blob);
	return git_reader_read(&edit->old_blob, edit->reader, &oid, GIT_TYPE_BLOB, info);
}

static enum err
load_old(struct partition_edit *edit, const struct id *id, struct seal_salt *salt, struct err_info *info)
{
	enum err err;

	if (edit->has_old && id_equal(&edit->old_id, id)) {
		*salt = edit->old_salt;
		return ERR_OK;
	}
	edit->has_old = false;
	err = load_old_blob(edit, id, info);
	if (err == ERR_OK)
		err = partition_salt(salt, edit->partition, edit->batch, id, info);
	bytes_clear(&edit->old_plaintext);
	if (err == ERR_OK)
		err = partition_unseal(&edit->old_plaintext, edit->partition, salt, id, SEAL_ROLE_RECORD,
		                       bytes_view(&edit->old_blob), info);
	if (err != ERR_OK)
		return err;
	edit->has_old = true;
	edit->old_id = *id;
	edit->old_salt = *salt;
	return ERR_OK;
}

enum err
partition_edit_get(struct bytes *out, struct partition_edit *edit, const struct id *id, struct err_info *info)
{
	struct seal_salt salt;
	enum err err = load_old(edit, id, &salt, info);

	if (err != ERR_OK)
		return err;
	return bytes_append_view(out, bytes_view(&edit->old_plaintext), info);
}

enum err
partition_edit_change(struct partition_edit *edit, const struct id *id, struct view plaintext, struct err_info *info)
{
	struct seal_salt salt;
	enum err err = load_old(edit, id, &salt, info);

	if (err != ERR_OK)
		return err;
	if (view_equal(bytes_view(&edit->old_plaintext), plaintext))
		return ERR_OK; /* the blob stays, under whatever epoch it was sealed */
	err = seal_into(edit, &salt, id, plaintext, info);
	seal_wipe(&salt, sizeof(salt));
	if (err == ERR_OK)
		err = put_blob(edit, id, bytes_view(&edit->blob), info);
	return err;
}

enum err
partition_edit_put_blob(struct partition_edit *edit, const struct id *id, struct view blob, struct err_info *info)
{
	enum err err;

	if (blob.size < PARTITION_BLOB_OVERHEAD_BYTES || blob.size > LIMIT_BLOB_BYTES_MAX)
		return err_set(info, ERR_FORMAT, _("an opaque row has %zu bytes"), blob.size);
	edit->has_old = false;
	err = load_old_blob(edit, id, info);
	if (err == ERR_NOT_FOUND) {
		bytes_clear(&edit->old_blob);
		err = ERR_OK;
	}
	if (err == ERR_OK)
		err = put_blob(edit, id, blob, info);
	return err;
}

enum err
partition_edit_remove(struct partition_edit *edit, const struct id *id, struct err_info *info)
{
	enum err err = load_old_blob(edit, id, info);

	edit->has_old = false;
	if (err == ERR_OK)
		err = git_idtree_remove(edit->records, id, info);
	if (err != ERR_OK)
		return err;
	partition_state_remove(&edit->state, "records", id, bytes_view(&edit->old_blob));
	edit->count++;
	return ERR_OK;
}
