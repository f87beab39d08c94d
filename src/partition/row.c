#include "partition/row.h"

#include "git/tree.h"
#include "partition/meta.h"
#include "partition/recent.h"
#include "partition/sealer.h"

enum {
	SEALED_FEW = 64 /* records of one edit that are not worth a thread */
};

enum err
partition_tree_open(struct partition_tree *out, const struct partition_source *source, struct git_pack *pack,
                    const struct partition_version *version, const struct seal_lthash *state, struct err_info *info)
{
	enum err err;

	*out = (struct partition_tree){
		.source = *source, .pack = pack, .state = *state, .size_max = LIMIT_RECORD_BYTES_MAX};
	err = git_idtree_open(&out->records, source->reader, &version->records, info);
	if (err == ERR_OK)
		err = git_idtree_open(&out->conflicts, source->reader, &version->conflicts, info);
	if (err == ERR_OK) {
		git_idtree_stay_open(out->records);
		git_idtree_stay_open(out->conflicts);
	}
	return err;
}

void
partition_tree_release(struct partition_tree *tree)
{
	partition_sealer_free(tree->sealer);
	tree->sealer = NULL;
	git_idtree_free(tree->records);
	git_idtree_free(tree->conflicts);
	partition_noting_stop(&tree->noting);
	bytes_release(&tree->blob);
	seal_wipe_bytes(&tree->plaintext);
	partition_seen_forget(&tree->seen);
	bytes_release(&tree->seen.blob);
	tree->records = NULL;
	tree->conflicts = NULL;
}

static enum err
take_sealed(struct partition_tree *tree, const struct partition_sealed *sealed, struct err_info *info)
{
	enum err err = git_pack_add_known(tree->pack, GIT_TYPE_BLOB, sealed->blob, &sealed->oid, info);

	partition_recent_put(tree->source.partition->world.recent, &sealed->oid, sealed->plaintext);
	partition_noting_placed(&tree->noting, sealed->note, &sealed->oid);
	return err == ERR_OK ? git_idtree_put(tree->records, &sealed->id, &sealed->oid, info) : err;
}

/* What was handed to the other thread comes into the tree before anything else is put into the pack. */
static enum err
settle(struct partition_tree *tree, struct err_info *info)
{
	struct partition_sealed sealed;
	enum err err = ERR_OK;

	if (tree->sealer == NULL)
		return ERR_OK;
	while (err == ERR_OK && partition_sealer_take(&sealed, tree->sealer, true))
		err = take_sealed(tree, &sealed, info);
	if (err == ERR_OK) /* also where settle_one() took the last one: its share of the state is still the sealer's */
		partition_sealer_settle(&tree->state, tree->sealer);
	return err;
}

/* And before anybody looks at its place. */
static enum err
settle_one(struct partition_tree *tree, const struct id *id, struct err_info *info)
{
	struct partition_sealed sealed;
	enum err err = ERR_OK;

	while (err == ERR_OK && tree->sealer != NULL && partition_sealer_may_hold(tree->sealer, id) &&
	       partition_sealer_take(&sealed, tree->sealer, true))
		err = take_sealed(tree, &sealed, info);
	return err;
}

static enum err
find_blob(struct oid *out, struct git_idtree *tree, const struct id *id, struct err_info *info)
{
	enum err err = git_idtree_get(out, tree, id, NULL); /* mostly nothing is there: no need to say so */

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		err = git_idtree_get(out, tree, id, info); /* for the words; it may go well this time */
	if (err == ERR_NOT_FOUND)
		*out = (struct oid){{0}};
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
partition_blobs_find(struct partition_blobs *out, struct git_idtree *records, struct git_idtree *conflicts,
                     const struct id *id, struct err_info *info)
{
	enum err err = find_blob(&out->record, records, id, info);

	return err == ERR_OK ? find_blob(&out->entries, conflicts, id, info) : err;
}

enum err
partition_tree_find(struct partition_blobs *out, struct partition_tree *tree, const struct id *id,
                    struct err_info *info)
{
	enum err err = settle_one(tree, id, info);

	return err == ERR_OK ? partition_blobs_find(out, tree->records, tree->conflicts, id, info) : err;
}

enum err
partition_tree_row(struct merge_row *out, struct arena *arena, struct partition_tree *tree, const struct id *id,
                   struct err_info *info)
{
	struct partition_blobs blobs;
	enum err err = partition_tree_find(&blobs, tree, id, info);

	return err == ERR_OK ? partition_row_see(out, arena, &tree->source, id, &blobs, &tree->seen, info) : err;
}

static const char *
directory_of(enum seal_role role)
{
	return role == SEAL_ROLE_RECORD ? "records" : "conflicts";
}

static enum err
count_blob(struct partition_tree *tree, const struct id *id, enum seal_role role, const struct oid *oid, bool is_added,
           struct err_info *info)
{
	struct git_content blob = {0};
	enum err err;

	if (oid_is_none(oid))
		return ERR_OK;
	if (!is_added && tree->seen.is_set && oid_equal(&tree->seen.record, oid)) { /* it was read a moment ago */
		partition_state_remove(&tree->state, directory_of(role), id, bytes_view(&tree->seen.blob));
		return ERR_OK;
	}
	err = git_reader_get(&blob, tree->source.reader, oid, GIT_TYPE_BLOB, info);
	if (err == ERR_OK && is_added)
		partition_state_add(&tree->state, directory_of(role), id, blob.content);
	else if (err == ERR_OK)
		partition_state_remove(&tree->state, directory_of(role), id, blob.content);
	git_content_release(&blob);
	return err;
}

/* Puts `blob` (already counted in the state, or none) where `old` was. */
static enum err
replace(struct partition_tree *tree, const struct id *id, enum seal_role role, const struct oid *old,
        const struct oid *blob, struct err_info *info)
{
	struct git_idtree *map = role == SEAL_ROLE_RECORD ? tree->records : tree->conflicts;
	enum err err = count_blob(tree, id, role, old, false, info);

	*(role == SEAL_ROLE_RECORD ? &tree->placed.record : &tree->placed.entries) = *blob;
	if (err == ERR_OK && oid_is_none(blob))
		return oid_is_none(old) ? ERR_OK : git_idtree_remove(map, id, info);
	return err == ERR_OK ? git_idtree_put(map, id, blob, info) : err;
}

enum err
partition_tree_place(struct partition_tree *tree, const struct id *id, const struct partition_blobs *blobs,
                     struct err_info *info)
{
	struct partition_blobs old;
	enum err err = partition_tree_find(&old, tree, id, info);

	if (err == ERR_OK && partition_blobs_equal(&old, blobs))
		return ERR_OK;
	if (err == ERR_OK && !oid_equal(&old.record, &blobs->record)) {
		err = count_blob(tree, id, SEAL_ROLE_RECORD, &blobs->record, true, info);
		if (err == ERR_OK)
			err = replace(tree, id, SEAL_ROLE_RECORD, &old.record, &blobs->record, info);
	}
	if (err == ERR_OK && !oid_equal(&old.entries, &blobs->entries)) {
		err = count_blob(tree, id, SEAL_ROLE_ENTRY, &blobs->entries, true, info);
		if (err == ERR_OK)
			err = replace(tree, id, SEAL_ROLE_ENTRY, &old.entries, &blobs->entries, info);
	}
	if (err == ERR_OK)
		partition_noting_put(&tree->noting, id, &old, blobs);
	tree->changed += err == ERR_OK ? 1U : 0U;
	return err;
}

/* Adds the blob in tree->blob to the pack and puts it where `old` was; nothing happens if it is the same one. */
static enum err
put_blob(struct partition_tree *tree, const struct id *id, enum seal_role role, const struct oid *old,
         const struct oid *oid, struct view blob, struct err_info *info)
{
	enum err err = git_pack_add_known(tree->pack, GIT_TYPE_BLOB, blob, oid, info);

	if (err != ERR_OK || oid_equal(oid, old))
		return err;
	partition_state_add(&tree->state, directory_of(role), id, blob);
	return replace(tree, id, role, old, oid, info);
}

static struct seal_blob_names
names_of(const struct partition_tree *tree, const struct id *id, enum seal_role role, const struct merge_epoch *epoch)
{
	return (struct seal_blob_names){
		.partition = tree->source.partition->id,
		.epoch_number = (uint16_t)epoch->number,
		.epoch = epoch->digest,
		.record = *id,
		.role = role,
	};
}

static enum err
seal_and_put(struct partition_tree *tree, const struct id *id, enum seal_role role, const struct merge_epoch *epoch,
             const struct seal_salt *salt, const struct oid *old, struct err_info *info)
{
	const struct seal_blob_names names = names_of(tree, id, role, epoch);
	struct oid oid;
	enum err err;

	bytes_clear(&tree->blob);
	err = partition_seal(&tree->blob, tree->source.partition, salt, &names, bytes_view(&tree->plaintext), info);
	if (err != ERR_OK)
		return err;
	git_oid_quick(&oid, GIT_TYPE_BLOB, bytes_view(&tree->blob)); /* sealed here: nobody could choose it */
	if (role == SEAL_ROLE_RECORD)
		partition_recent_put(tree->source.partition->world.recent, &oid, bytes_view(&tree->plaintext));
	return put_blob(tree, id, role, old, &oid, bytes_view(&tree->blob), info);
}

static enum err
put_row(struct partition_tree *tree, const struct id *id, const struct seal_salt *salt,
        const struct partition_blobs *old, const struct merge_row *row, struct err_info *info)
{
	static const struct oid none;
	enum err err = ERR_OK;

	tree->placed = *old;
	bytes_clear(&tree->plaintext);
	if (row->has_record) {
		err = record_write(&tree->plaintext, &row->record, tree->size_max, info);
		if (err == ERR_OK)
			partition_noting_text(&tree->noting, bytes_view(&tree->plaintext));
		if (err == ERR_OK)
			err = seal_and_put(tree, id, SEAL_ROLE_RECORD, &row->epoch, salt, &old->record, info);
	} else {
		err = replace(tree, id, SEAL_ROLE_RECORD, &old->record, &none, info);
	}
	bytes_clear(&tree->plaintext);
	if (err == ERR_OK && row->entries.count > 0) {
		err = merge_entries_write(&tree->plaintext, &row->entries, info);
		if (err == ERR_OK)
			err = seal_and_put(tree, id, SEAL_ROLE_ENTRY, &row->epoch, salt, &old->entries, info);
	} else if (err == ERR_OK) {
		err = replace(tree, id, SEAL_ROLE_ENTRY, &old->entries, &none, info);
	}
	if (err == ERR_OK)
		partition_noting_put(&tree->noting, id, old, &tree->placed);
	else
		partition_noting_stop(&tree->noting); /* half of a row is noted, or put */
	tree->changed += err == ERR_OK ? 1U : 0U;
	return err;
}

/* A new blob comes in, and one that was there goes: what the other thread needs for the state digest. */
static enum err
give_to_sealer(struct partition_tree *tree, const struct id *id, const struct seal_salt *salt,
               const struct merge_row *row, const struct oid *old, struct err_info *info)
{
	const struct partition_blobs before = {.record = *old};
	const struct partition_blobs unknown = {.record = {{0}}};
	const struct partition_seen *seen = &tree->seen;
	struct git_content blob = {0};
	struct partition_unsealed record = {.salt = salt,
	                                    .names = names_of(tree, id, SEAL_ROLE_RECORD, &row->epoch),
	                                    .plaintext = bytes_view(&tree->plaintext)};
	enum err err = ERR_OK;

	if (!oid_is_none(old) && seen->is_set && oid_equal(&seen->record, old)) {
		record.gone = bytes_view(&seen->blob);
	} else if (!oid_is_none(old)) {
		err = git_reader_get(&blob, tree->source.reader, old, GIT_TYPE_BLOB, info);
		record.gone = blob.content;
	}
	partition_noting_text(&tree->noting, record.plaintext);
	partition_noting_put(&tree->noting, id, &before, &unknown);
	record.note = partition_noting_last(&tree->noting);
	if (err == ERR_OK)
		err = partition_sealer_put(tree->sealer, &record, info);
	if (err != ERR_OK)
		partition_noting_stop(&tree->noting);
	git_content_release(&blob);
	return err;
}

/* The record's plaintext to the other thread, and what that has ready into the tree. */
static enum err
hand_over(struct partition_tree *tree, const struct id *id, const struct seal_salt *salt, const struct merge_row *row,
          const struct oid *old, struct err_info *info)
{
	struct partition_sealed sealed;
	enum err err;

	bytes_clear(&tree->plaintext);
	err = record_write(&tree->plaintext, &row->record, tree->size_max, info);
	while (err == ERR_OK && partition_sealer_take(&sealed, tree->sealer, !partition_sealer_has_room(tree->sealer)))
		err = take_sealed(tree, &sealed, info);
	if (err == ERR_OK)
		err = give_to_sealer(tree, id, salt, row, old, info);
	tree->changed += err == ERR_OK ? 1U : 0U;
	return err;
}

/* A record without entries, before and now, can be sealed by the other thread; with them it is put here, in its turn. */
static enum err
put_sealed(struct partition_tree *tree, const struct id *id, const struct seal_salt *salt,
           const struct partition_blobs *old, const struct merge_row *row, struct err_info *info)
{
	enum err err = ERR_OK;

	tree->sealed++;
	if (tree->sealed > SEALED_FEW && tree->sealer == NULL && !tree->is_sealed_here)
		err = partition_sealer_new(&tree->sealer, tree->source.partition, info);
	if (err == ERR_OK && tree->sealer != NULL && row->has_record && row->entries.count == 0 &&
	    oid_is_none(&old->entries))
		return hand_over(tree, id, salt, row, &old->record, info);
	if (err == ERR_OK)
		err = settle(tree, info);
	return err == ERR_OK ? put_row(tree, id, salt, old, row, info) : err;
}

enum err
partition_tree_put(struct partition_tree *tree, const struct id *id, const struct merge_row *row, struct err_info *info)
{
	static const struct partition_blobs empty;
	struct partition_blobs old;
	struct seal_salt salt;
	enum err err = partition_tree_find(&old, tree, id, info);

	if (err == ERR_OK && merge_row_is_empty(row))
		return partition_tree_place(tree, id, &empty, info);
	if (tree->seen.is_set && id_equal(&tree->seen.id, id))
		salt = tree->seen.salt;
	else if (err == ERR_OK)
		err = partition_salt(&salt, tree->source.partition, tree->source.batch, id, info);
	if (err == ERR_OK)
		err = put_sealed(tree, id, &salt, &old, row, info);
	seal_wipe(&salt, sizeof(salt));
	return err;
}

enum err
partition_tree_add(struct partition_tree *tree, const struct id *id, const struct seal_salt *salt,
                   const struct merge_row *row, struct err_info *info)
{
	static const struct partition_blobs empty;

	return put_sealed(tree, id, salt, &empty, row, info);
}

enum err
partition_tree_put_blob(struct partition_tree *tree, const struct id *id, enum seal_role role, struct view blob,
                        struct err_info *info)
{
	static const struct oid none;
	struct oid old;
	struct oid oid;
	enum err err = settle(tree, info);

	partition_noting_stop(&tree->noting); /* what its text was is not known here */
	if (err == ERR_OK)
		err = find_blob(&old, role == SEAL_ROLE_RECORD ? tree->records : tree->conflicts, id, info);
	if (err == ERR_OK && blob.size == 0) {
		err = replace(tree, id, role, &old, &none, info);
	} else if (err == ERR_OK) {
		err = git_oid_of(&oid, GIT_TYPE_BLOB, blob, info);
		if (err == ERR_OK)
			err = put_blob(tree, id, role, &old, &oid, blob, info);
	}
	tree->changed += err == ERR_OK ? 1U : 0U;
	return err;
}

static enum err
write_meta(struct oid *out, struct partition_tree *tree, const struct partition_version *start,
           const struct delta_commit_info *commit, struct err_info *info)
{
	struct bytes text = {0};
	struct bytes old = {0};
	enum err err = partition_meta_write(&text, commit, info);

	if (err == ERR_OK)
		err = git_meta_write(out, tree->pack, bytes_view(&text), info);
	if (err == ERR_OK && !oid_equal(out, &start->meta)) {
		if (!oid_is_none(&start->meta)) {
			err = git_meta_read(&old, tree->source.reader, &start->meta, info);
			if (err == ERR_OK)
				partition_state_remove(&tree->state, "meta", NULL, bytes_view(&old));
		}
		if (err == ERR_OK)
			partition_state_add(&tree->state, "meta", NULL, bytes_view(&text));
	}
	bytes_release(&text);
	bytes_release(&old);
	return err;
}

enum err
partition_tree_finish(struct partition_tree *tree, const struct partition_version *start,
                      struct delta_commit_info *commit, struct err_info *info)
{
	struct git_root root;
	enum err err = settle(tree, info);

	if (err == ERR_OK)
		err = git_idtree_write(&root.records, tree->records, tree->pack, info);
	if (err == ERR_OK)
		err = git_idtree_write(&root.conflicts, tree->conflicts, tree->pack, info);
	if (err == ERR_OK)
		err = write_meta(&root.meta, tree, start, commit, info);
	if (err == ERR_OK)
		err = git_root_write(&commit->tree, tree->pack, &root, info);
	if (err == ERR_OK)
		err = partition_parents_digest(&commit->parents_digest, tree->source.reader, commit->parents,
		                               commit->parent_count, info);
	if (err == ERR_OK)
		seal_lthash_digest(&commit->state_digest, &tree->state);
	return err;
}
