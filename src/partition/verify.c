/* Strict verification of commits as they lie in the store. Decides; stock tools are the second opinion. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/worker.h"
#include "partition/internal.h"
#include "roster/version.h"
#include "seal/sign.h"

enum {
	COMMITS = 64, /* power of two */
	GROUP = 8,
};

/* One commit between begin and end. */
struct verifying {
	struct oid commit;
	struct partition_version version;
	struct delta_commit_parts parts; /* of an edit that was read, and whose signer the roster knows */
	bool has_signature;
	bool is_signed; /* the worker's answer */
	enum err err;
	struct err_info why;
};

struct partition_verifier {
	struct partition *partition;
	struct worker *worker;
	struct partition_version last; /* whose state it is: ids alone */
	struct seal_lthash state;
	struct verifying commits[COMMITS];
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

/* The key is the one that the roster gives the signer; whether it signed this is another question. */
static enum err
check_signer(const struct partition *partition, const struct delta_commit_info *commit,
             const struct seal_sshsig *sshsig, struct err_info *info)
{
	struct seal_public_key key;
	enum err err = partition_signer_key(&key, partition, commit, info);

	if (err == ERR_OK && !seal_public_key_equal(&key, &sshsig->signer))
		err = err_set(info, ERR_AUTH, _("signed with a key that the roster does not give to %s"),
		              commit->node.text);
	return err;
}

/* --- commit by commit --- */

/* What is wrong is said by who asks for it, on his own thread. */
static enum err
verify(const struct verifying *one, struct err_info *info)
{
	return seal_sshsig_verify(&one->parts.sshsig.signature, &one->parts.sshsig.signer, SEAL_NAMESPACE_GIT,
	                          bytes_view(&one->parts.unsigned_text), info);
}

static void
work(void *context, size_t slot)
{
	struct partition_verifier *verifier = context;
	struct verifying *one = &verifier->commits[slot];

	if (one->has_signature)
		one->is_signed = verify(one, NULL) == ERR_OK;
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
	struct seal_lthash state = verifier->state;
	struct digest digest;
	enum err err = partition_state_move(&state, reader, &verifier->last, version, info);

	if (err != ERR_OK)
		return err;
	seal_lthash_digest(&digest, &state);
	if (!digest_equal(&digest, &version->info.state_digest))
		return err_set(info, ERR_AUTH, _("its tree is not the one that it was signed over (state digest)"));
	verifier->last = *version;
	verifier->last.text = (struct bytes){0};
	verifier->state = state;
	return ERR_OK;
}

enum err
partition_verifier_new(struct partition_verifier **out, struct partition *partition, struct err_info *info)
{
	struct partition_verifier *verifier = calloc(1, sizeof(*verifier));
	enum err err;

	if (verifier == NULL)
		return err_nomem(info);
	verifier->partition = partition;
	err = worker_new(&verifier->worker, COMMITS, GROUP, work, verifier, info);
	if (err != ERR_OK) {
		free(verifier);
		return err;
	}
	*out = verifier;
	return ERR_OK;
}

static void
verifying_release(struct verifying *one)
{
	delta_commit_parts_release(&one->parts);
	partition_version_release(&one->version);
}

void
partition_verifier_free(struct partition_verifier *verifier)
{
	if (verifier == NULL)
		return;
	worker_free(verifier->worker);
	for (size_t i = 0; i < COMMITS; i++)
		verifying_release(&verifier->commits[i]);
	free(verifier);
}

bool
partition_verifier_has_room(const struct partition_verifier *verifier)
{
	return worker_has_room(verifier->worker);
}

bool
partition_verifier_is_busy(const struct partition_verifier *verifier)
{
	return worker_is_busy(verifier->worker);
}

/* Words for what went wrong with a commit that was read. */
static enum err
in_commit(const struct oid *commit, enum err err, struct err_info *info)
{
	char hex[2 * OID_BYTES + 1];

	hex_write(hex, view_of(commit->bytes, OID_BYTES));
	return err_in(info, err, _("commit %s"), hex);
}

void
partition_verifier_begin(struct partition_verifier *verifier, const struct oid *commit)
{
	struct git_reader reader = partition_reader(verifier->partition, NULL);
	struct verifying *one = &verifier->commits[worker_slot(verifier->worker)];

	verifying_release(one);
	one->commit = *commit;
	one->has_signature = false;
	one->err = partition_version_read_signed(&one->version, &one->parts, verifier->partition, reader, commit,
	                                         &one->why);
	if (one->err == ERR_OK && !one->version.info.is_merge) {
		one->err = check_signer(verifier->partition, &one->version.info, &one->parts.sshsig, &one->why);
		one->has_signature = one->err == ERR_OK;
		if (one->err != ERR_OK)
			one->err = in_commit(commit, one->err, &one->why);
	}
	worker_put(verifier->worker);
}

enum err
partition_verifier_end(struct partition_verifier *verifier, struct oid *commit_out, struct partition_version *out,
                       struct err_info *info)
{
	struct git_reader reader = partition_reader(verifier->partition, NULL);
	struct verifying *one;
	size_t slot = 0;
	bool is_there = worker_take(&slot, verifier->worker, true);
	enum err err = ERR_OK;

	assert(is_there);
	one = &verifier->commits[slot];
	*commit_out = one->commit;
	if (one->err != ERR_OK) {
		if (info != NULL)
			*info = one->why;
		return one->err;
	}
	if (one->has_signature && !one->is_signed)
		err = verify(one, info);
	if (err == ERR_OK)
		err = check_parents(&one->version, reader, info);
	if (err == ERR_OK)
		err = check_state(verifier, &one->version, reader, info);
	if (err != ERR_OK)
		return in_commit(&one->commit, err, info);
	if (out != NULL) {
		*out = one->version;
		one->version = (struct partition_version){0};
	}
	return ERR_OK;
}
