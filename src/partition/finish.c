/* The end of an edit: tree, digests, commit text, signature made or checked. */
#include <stdlib.h>
#include <string.h>

#include "partition/edit.h"
#include "partition/meta.h"
#include "seal/sign.h"

static enum err
write_meta(struct oid *out, struct partition_edit *edit, struct err_info *info)
{
	struct bytes text = {0};
	struct bytes old = {0};
	enum err err = partition_meta_write(&text, &edit->commit, info);

	if (err == ERR_OK)
		err = git_meta_write(out, edit->batch->pack, bytes_view(&text), info);
	if (err == ERR_OK && !oid_equal(out, &edit->parent.meta)) {
		if (!oid_is_none(&edit->parent.meta)) {
			err = git_meta_read(&old, edit->reader, &edit->parent.meta, info);
			if (err == ERR_OK)
				partition_state_remove(&edit->state, "meta", NULL, bytes_view(&old));
		}
		if (err == ERR_OK)
			partition_state_add(&edit->state, "meta", NULL, bytes_view(&text));
	}
	bytes_release(&text);
	bytes_release(&old);
	return err;
}

/* Everything of the commit but its signature. */
static enum err
write_unsigned(struct bytes *out, struct partition_edit *edit, struct err_info *info)
{
	struct delta_commit_info *commit = &edit->commit;
	struct git_root root = {.conflicts = edit->parent.conflicts};
	enum err err = git_idtree_write(&root.records, edit->records, edit->batch->pack, info);

	if (err == ERR_OK)
		err = write_meta(&root.meta, edit, info);
	if (err == ERR_OK)
		err = git_root_write(&commit->tree, edit->batch->pack, &root, info);
	if (err == ERR_OK)
		err = partition_parents_digest(&commit->parents_digest, edit->reader, commit->parents,
		                               commit->parent_count, info);
	if (err != ERR_OK)
		return err;
	seal_lthash_digest(&commit->state_digest, &edit->state);
	return delta_commit_write(out, commit, info);
}

static enum err
remember_seed(struct partition_edit *edit, struct err_info *info)
{
	struct partition_fresh *fresh = &edit->batch->fresh;

	if (edit->added == 0)
		return ERR_OK;
	if (fresh->count == fresh->capacity) {
		size_t capacity = fresh->capacity == 0 ? 16 : fresh->capacity * 2;
		struct keyring_seed *seeds = realloc(fresh->seeds, capacity * sizeof(*seeds));

		if (seeds == NULL)
			return err_nomem(info);
		fresh->seeds = seeds;
		fresh->capacity = capacity;
	}
	fresh->seeds[fresh->count++] = (struct keyring_seed){edit->seed, edit->added};
	return ERR_OK;
}

static enum err
write_commit(struct oid *out, struct partition_edit *edit, struct view unsigned_text, const struct seal_sshsig *sshsig,
             struct err_info *info)
{
	struct bytes armor = {0};
	struct bytes text = {0};
	struct oid oid;
	enum err err = seal_sshsig_armor(&armor, sshsig, SEAL_NAMESPACE_GIT, info);

	if (err == ERR_OK)
		err = delta_commit_sign_insert(&text, unsigned_text, bytes_view(&armor), info);
	if (err == ERR_OK)
		err = git_pack_add(edit->batch->pack, GIT_TYPE_COMMIT, bytes_view(&text), &oid, info);
	if (err == ERR_OK)
		err = remember_seed(edit, info);
	if (err == ERR_OK) {
		edit->batch->state_commit = oid;
		edit->batch->state = edit->state;
		*out = oid;
	}
	bytes_release(&armor);
	bytes_release(&text);
	return err;
}

enum err
partition_edit_sign(struct partition_edit *edit, const struct seal_node_key *keys, struct oid *out,
                    struct err_info *info)
{
	struct bytes text = {0};
	struct seal_sshsig sshsig = {.signer = seal_node_key_public(keys)->sign};
	enum err err = write_unsigned(&text, edit, info);

	if (err == ERR_OK)
		err = seal_sshsig_sign(&sshsig.signature, keys, SEAL_NAMESPACE_GIT, bytes_view(&text), info);
	if (err == ERR_OK)
		err = write_commit(out, edit, bytes_view(&text), &sshsig, info);
	bytes_release(&text);
	return err;
}

enum err
partition_edit_verify(struct partition_edit *edit, const uint8_t signature[SEAL_SIGNATURE_BYTES], struct oid *out,
                      struct err_info *info)
{
	struct bytes text = {0};
	struct seal_sshsig sshsig;
	enum err err = write_unsigned(&text, edit, info);

	if (err == ERR_OK)
		err = partition_signer_key(&sshsig.signer, edit->partition, &edit->commit, info);
	memcpy(sshsig.signature.bytes, signature, SEAL_SIGNATURE_BYTES);
	if (err == ERR_OK)
		err = seal_sshsig_verify(&sshsig.signature, &sshsig.signer, SEAL_NAMESPACE_GIT, bytes_view(&text),
		                         info);
	if (err == ERR_OK)
		err = write_commit(out, edit, bytes_view(&text), &sshsig, info);
	bytes_release(&text);
	if (err == ERR_AUTH)
		return err_in(info, err, _("an edit by %s"), edit->commit.node.text);
	return err;
}
