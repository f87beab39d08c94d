/* Strict verification of commits as they lie in the store. Decides; stock tools are the second opinion. */
#include <stdlib.h>
#include <string.h>

#include "partition/internal.h"
#include "roster/version.h"
#include "seal/sign.h"

struct partition_verifier {
	struct partition *partition;
	struct oid commit;
	struct seal_lthash state;
};

void
partition_roster_version(struct roster_version *out, const struct delta_commit_info *commit)
{
	out->count = commit->roster_count;
	for (size_t i = 0; i < out->count; i++) {
		out->items[i].issuer = commit->roster[i].issuer;
		out->items[i].number = commit->roster[i].number;
		memcpy(out->items[i].digest, commit->roster[i].digest, sizeof(out->items[i].digest));
	}
}

enum err
partition_signer_key(struct seal_public_key *out, const struct partition *partition,
                     const struct delta_commit_info *commit, struct err_info *info)
{
	struct roster_version version;
	struct roster_signer signer;
	enum err err;

	partition_roster_version(&version, commit);
	err = roster_at(&signer, partition->world.roster, &commit->node, &version, info);
	if (err != ERR_OK)
		return err;
	if (signer.level != commit->level)
		return err_set(info, ERR_AUTH, _("it says level %u, the roster says %u"), (unsigned)commit->level,
		               (unsigned)signer.level);
	if (signer.is_revoked)
		return err_set(info, ERR_AUTH, _("the key of %s was revoked in the roster state that it names"),
		               commit->node.text);
	*out = signer.keys.sign;
	return ERR_OK;
}

enum err
partition_verify_signature(const struct partition *partition, const struct delta_commit_info *commit,
                           struct view unsigned_text, const struct seal_sshsig *sshsig, struct err_info *info)
{
	struct seal_public_key key;
	enum err err = partition_signer_key(&key, partition, commit, info);

	if (err != ERR_OK)
		return err;
	if (!seal_public_key_equal(&key, &sshsig->signer))
		return err_set(info, ERR_AUTH, _("signed with a key that the roster does not give to %s"),
		               commit->node.text);
	return seal_sshsig_verify(&sshsig->signature, &sshsig->signer, SEAL_NAMESPACE_GIT, unsigned_text, info);
}

static enum err
check_signature(const struct partition *partition, const struct partition_version *version, struct err_info *info)
{
	struct delta_commit_parts parts = {0};
	struct delta_commit_info commit;
	enum err err;

	if (version->info.is_merge)
		return ERR_OK;
	err = delta_commit_read(&commit, &parts, bytes_view(&version->text), info);
	if (err == ERR_OK)
		err = partition_verify_signature(partition, &commit, bytes_view(&parts.unsigned_text), &parts.sshsig,
		                                 info);
	delta_commit_parts_release(&parts);
	return err;
}

static enum err
check_parents(const struct partition_version *version, struct git_reader reader, struct err_info *info)
{
	const struct delta_commit_info *commit = &version->info;
	struct digest digest;
	enum err err = partition_parents_digest(&digest, reader, commit->parents, commit->parent_count, info);

	if (err == ERR_OK && !digest_equal(&digest, &commit->parents_digest))
		err = err_set(info, ERR_AUTH, _("its parents are not those that it was signed over"));
	return err;
}

static enum err
check_state(struct partition_verifier *verifier, const struct partition_version *version, struct git_reader reader,
            struct err_info *info)
{
	struct seal_lthash state;
	struct digest digest;
	enum err err = partition_state_of(&state, verifier->partition, reader, version, &verifier->commit,
	                                  &verifier->state, info);

	if (err != ERR_OK)
		return err;
	seal_lthash_digest(&digest, &state);
	if (!digest_equal(&digest, &version->info.state_digest))
		return err_set(info, ERR_AUTH, _("its tree is not the one that it was signed over (state digest)"));
	verifier->commit = version->commit;
	verifier->state = state;
	return ERR_OK;
}

enum err
partition_verifier_new(struct partition_verifier **out, struct partition *partition, struct err_info *info)
{
	struct partition_verifier *verifier = calloc(1, sizeof(*verifier));

	if (verifier == NULL)
		return err_nomem(info);
	verifier->partition = partition;
	*out = verifier;
	return ERR_OK;
}

void
partition_verifier_free(struct partition_verifier *verifier)
{
	free(verifier);
}

enum err
partition_verifier_commit(struct partition_verifier *verifier, const struct oid *commit, struct partition_version *out,
                          struct err_info *info)
{
	struct git_reader reader = partition_reader(verifier->partition, NULL);
	struct partition_version version;
	char hex[2 * OID_BYTES + 1];
	enum err err = partition_version_read(&version, verifier->partition, reader, commit, info);

	if (err != ERR_OK)
		return err;
	err = check_signature(verifier->partition, &version, info);
	if (err == ERR_OK)
		err = check_parents(&version, reader, info);
	if (err == ERR_OK)
		err = check_state(verifier, &version, reader, info);
	if (err != ERR_OK) {
		hex_write(hex, view_of(commit->bytes, OID_BYTES));
		err = err_in(info, err, _("commit %s"), hex);
	}
	if (err == ERR_OK && out != NULL) {
		*out = version;
		return ERR_OK;
	}
	partition_version_release(&version);
	return err;
}
