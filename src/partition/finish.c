/* The end of an edit: tree, digests, commit text, signature made or checked. */
#include <stdlib.h>
#include <string.h>

#include "partition/edit.h"
#include "partition/natural.h"
#include "seal/sign.h"

/* Everything of the commit but its signature. */
static enum err
write_unsigned(struct bytes *out, struct partition_edit *edit, struct err_info *info)
{
	enum err err = ERR_OK;

	if (edit->commit.voids.size > 0 && !edit->is_blind)
		err = partition_edit_correct(edit, info);
	if (err == ERR_OK)
		err = partition_twins_apply(&edit->twins, &edit->tree, info);
	if (err == ERR_OK)
		err = partition_tree_finish(&edit->tree, &edit->parent, &edit->commit, info);
	return err == ERR_OK ? delta_commit_write(out, &edit->commit, info) : err;
}

/* A seed belongs to one edit: a second one would put its records in the place of others. */
static enum err
claim_seed(struct partition_edit *edit, const struct oid *commit, struct err_info *info)
{
	char hex[2 * OID_BYTES + 1];

	if (!edit->has_seed)
		return ERR_OK;
	edit->batch->fresh.seeds[edit->seed].commit = *commit;
	if (!edit->has_origin || oid_equal(&edit->origin, commit))
		return ERR_OK;
	hex_write(hex, view_of(edit->origin.bytes, OID_BYTES));
	return err_set(info, ERR_FORMAT, _("an edit by %s adds records by the seed of edit %s"), edit->commit.node.text,
	               hex);
}

static enum err
write_commit(struct oid *out, struct partition_edit *edit, struct view unsigned_text, const struct seal_sshsig *sshsig,
             struct err_info *info)
{
	const struct partition_touches *touches = partition_noting_end(&edit->tree.noting, edit->tree.records);
	struct bytes armor = {0};
	struct bytes text = {0};
	struct oid oid;
	enum err err = seal_sshsig_armor(&armor, sshsig, SEAL_NAMESPACE_GIT, info);

	if (err == ERR_OK)
		err = delta_commit_sign_insert(&text, unsigned_text, bytes_view(&armor), info);
	if (err == ERR_OK)
		err = git_pack_add(edit->batch->pack, GIT_TYPE_COMMIT, bytes_view(&text), &oid, info);
	if (err == ERR_OK)
		err = claim_seed(edit, &oid, info);
	if (err == ERR_OK) {
		partition_state_note(&edit->batch->states, &oid, &edit->tree.state);
		if (edit->batch->natural != NULL &&
		    oid_equal(partition_natural_commit(edit->batch->natural), &edit->parent.commit))
			partition_natural_settle(edit->batch->natural, &oid);
		if (touches != NULL)
			partition_journal_note(edit->batch, &oid, &edit->parent.commit, touches);
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
