#include <stdlib.h>
#include <string.h>

#include "roster/roster.h"
#include "roster/state.h"

/* A statement on its way into the pool. */
struct candidate {
	struct statement statement;
	struct view text;
	struct digest digest;
	struct seal_sshsig sshsig;
	bool has_signer;  /* the armor named one: it must be the key expected */
	bool is_verified; /* the signature was computed before */
};

enum err
roster_pool_of(uint32_t *out, struct roster *roster, const struct node_code *code, struct err_info *info)
{
	uint64_t *index;
	bool is_new;
	void *pools = roster->pools;
	enum err err = roster_grow(&pools, roster->pool_count, &roster->pool_capacity, sizeof(*roster->pools), info);

	roster->pools = pools;
	if (err == ERR_OK)
		err = table_put(&roster->pool_by_code, view_of(code->text, NODE_CODE_BYTES), &index, &is_new, info);
	if (err != ERR_OK)
		return err;
	if (is_new) {
		*index = roster->pool_count;
		roster->pools[roster->pool_count++] = (struct roster_pool){.code = *code, .office = ROSTER_NONE};
	}
	*out = (uint32_t)*index;
	return ERR_OK;
}

static const struct roster_entry *
entry_of(const struct roster *roster, const struct digest *digest)
{
	const uint64_t *index = table_find(&roster->entry_by_digest, view_of(digest->bytes, DIGEST_BYTES));

	return index == NULL ? NULL : &roster->entries[*index];
}

/* The key that must have signed: as the chain before this statement says. */
static enum err
find_key(struct seal_public_key *out, const struct roster *roster, const struct roster_office *office,
         const struct statement *statement, struct err_info *info)
{
	const struct roster_entry *before = NULL;
	const struct seal_public_key *key;
	uint32_t number = statement->number;

	if (number > 1) {
		before = entry_of(roster, &statement->previous);
		if (before == NULL || before->issuer != office->pool || before->number + 1 != number)
			return err_set(info, ERR_STATE, _("statement %u of node %s: the one before it is not held"),
			               (unsigned)number, statement->issuer.text);
	}
	if (before != NULL && !before->is_effective)
		key = &before->key_after;
	else if (number <= office->chain.count)
		key = &roster->entries[office->chain.items[number - 1]].sshsig.signer;
	else
		key = roster_key_for_number(roster, office, number,
		                            before == NULL ? &office->words[0].keys.sign : &before->key_after);
	if (key == NULL)
		return err_set(info, ERR_AUTH, _("statement %u of node %s is signed behind the revocation of its key"),
		               (unsigned)number, statement->issuer.text);
	*out = *key;
	return ERR_OK;
}

static bool
has_keys(enum statement_type type)
{
	return type == STATEMENT_ROOT || type == STATEMENT_ENROL || type == STATEMENT_REPLACE ||
	       type == STATEMENT_ROTATE || type == STATEMENT_GRANT;
}

static enum err
verify(struct candidate *candidate, const struct seal_public_key *key, struct err_info *info)
{
	const struct statement *statement = &candidate->statement;
	enum err err = ERR_OK;

	if (candidate->has_signer && !seal_public_key_equal(&candidate->sshsig.signer, key))
		return err_set(info, ERR_AUTH,
		               _("statement %u of node %s is not signed by the key that the node has there"),
		               (unsigned)statement->number, statement->issuer.text);
	candidate->sshsig.signer = *key;
	if (candidate->is_verified)
		return ERR_OK;
	if (has_keys(statement->type))
		err = seal_public_check(&statement->keys, info);
	if (err == ERR_OK)
		err = seal_sshsig_verify(&candidate->sshsig.signature, key, SEAL_NAMESPACE_ROSTER, candidate->text,
		                         info);
	if (err != ERR_OK)
		return err_in(info, err, _("statement %u of node %s"), (unsigned)statement->number,
		              statement->issuer.text);
	return ERR_OK;
}

/* Put it into the pool; the tables change last, so that an error leaves nothing behind. */
static enum err
admit(uint32_t *out, struct roster *roster, uint32_t pool, const struct candidate *candidate, struct err_info *info)
{
	const struct statement *statement = &candidate->statement;
	struct roster_entry entry = {
		.sshsig = candidate->sshsig,
		.digest = candidate->digest,
		.previous = statement->previous,
		.key_after = statement->type == STATEMENT_ROTATE ? statement->keys.sign : candidate->sshsig.signer,
		.type = statement->type,
		.issuer = pool,
		.number = statement->number,
	};
	const uint8_t *text = arena_copy(&roster->arena, candidate->text);
	void *entries = roster->entries;
	uint64_t *index;
	enum err err;

	if (text == NULL)
		return err_nomem(info);
	entry.text = view_of(text, candidate->text.size);
	err = roster_grow(&entries, roster->entry_count, &roster->entry_capacity, sizeof(entry), info);
	roster->entries = entries;
	if (err == ERR_OK)
		err = roster_list_add(&roster->pools[pool].entries, (uint32_t)roster->entry_count, info);
	if (err != ERR_OK)
		return err;
	err = table_put(&roster->entry_by_digest, view_of(candidate->digest.bytes, DIGEST_BYTES), &index, NULL, info);
	if (err != ERR_OK) {
		roster->pools[pool].entries.count--;
		return err;
	}
	*index = roster->entry_count;
	*out = (uint32_t)roster->entry_count;
	roster->entries[roster->entry_count++] = entry;
	return ERR_OK;
}

/* Whether the pool's statements are all in the chain, so that nothing waits for another word. */
static bool
is_plain(const struct roster *roster, const struct roster_office *office)
{
	return office->disputed_number == 0 && roster->pools[office->pool].entries.count == office->chain.count;
}

/* Whether a word about a node's chain leaves that chain as it is. */
static bool
leaves_chain(const struct roster *roster, const struct statement *statement)
{
	const struct roster_office *target = roster_office_find(roster, &statement->node);
	size_t count;

	if (target == NULL)
		return true;
	count = target->chain.count;
	if (!is_plain(roster, target) || count > statement->chain_number)
		return false;
	return count == 0 || count < statement->chain_number ||
	       digest_equal(&roster->entries[target->chain.items[count - 1]].digest, &statement->chain_digest);
}

/* Whether a superior has named another statement with this number. */
static bool
is_named_otherwise(const struct roster_office *office, const struct candidate *candidate)
{
	for (size_t i = 1; i < office->word_count; i++) {
		const struct roster_key_word *word = &office->words[i];

		if (word->type != STATEMENT_ROTATE && word->chain_number == candidate->statement.number &&
		    !digest_equal(&word->chain_digest, &candidate->digest))
			return true;
	}
	return false;
}

/* Whether it goes behind its chain and changes nothing that was built before. */
static bool
is_simple(const struct roster *roster, const struct roster_office *office, const struct candidate *candidate)
{
	const struct statement *statement = &candidate->statement;

	if (!is_plain(roster, office) || statement->number != office->chain.count + 1)
		return false;
	if (is_named_otherwise(office, candidate))
		return false;
	if (roster_flaw_of(roster, office, statement) == ROSTER_FLAW_TAKEN)
		return false;
	if (statement->type == STATEMENT_ENROL || statement->type == STATEMENT_GRANT)
		return table_find(&roster->pool_by_code, view_of(statement->node.text, NODE_CODE_BYTES)) == NULL &&
		       !roster_waits_with_keys(roster, &statement->node);
	if (statement->type == STATEMENT_REPLACE || statement->type == STATEMENT_REVOKE ||
	    statement->type == STATEMENT_SETTLE)
		return leaves_chain(roster, statement);
	return true;
}

static enum err
add_root(struct roster *roster, struct candidate *candidate, struct err_info *info)
{
	uint32_t pool;
	uint32_t entry;
	enum err err;

	if (candidate->statement.type != STATEMENT_ROOT || !digest_equal(&candidate->digest, &roster->root_digest))
		return err_set(info, ERR_AUTH, _("the first statement is not that of the root that was pinned"));
	err = verify(candidate, &candidate->statement.keys.sign, info);
	if (err == ERR_OK)
		err = roster_pool_of(&pool, roster, &candidate->statement.issuer, info);
	if (err == ERR_OK)
		err = admit(&entry, roster, pool, candidate, info);
	if (err == ERR_OK)
		err = roster_build(roster, info);
	return err;
}

static enum err
add_behind_root(struct roster *roster, struct candidate *candidate, enum roster_outcome *outcome, struct err_info *info)
{
	const struct roster_office *office = roster_office_find(roster, &candidate->statement.issuer);
	struct seal_public_key key;
	uint32_t entry;
	uint32_t pool;
	bool simple;
	enum err err;

	if (office == NULL)
		return err_set(info, ERR_STATE,
		               _("statement %u of node %s: nobody in the roster has enrolled that node"),
		               (unsigned)candidate->statement.number, candidate->statement.issuer.text);
	err = find_key(&key, roster, office, &candidate->statement, info);
	if (err == ERR_OK)
		err = verify(candidate, &key, info);
	if (err != ERR_OK)
		return err;
	pool = office->pool;
	simple = is_simple(roster, office, candidate);
	if (!simple && roster->pools[pool].entries.count - office->chain.count >= LIMIT_EVIDENCE_MAX)
		return err_set(info, ERR_TOO_BIG,
		               _("node %s has signed too many statements beside its chain; the limit is %d"),
		               candidate->statement.issuer.text, LIMIT_EVIDENCE_MAX);
	err = admit(&entry, roster, pool, candidate, info);
	if (err != ERR_OK)
		return err;
	err = simple ? roster_chain_add(roster, roster->pools[pool].office, entry, &candidate->statement, info)
	             : roster_build(roster, info);
	roster->must_build = err != ERR_OK;
	if (err == ERR_OK)
		*outcome = roster->entries[entry].is_effective ? ROSTER_ADDED : ROSTER_EVIDENCE;
	return err;
}

/* The same text by another hand: held out of the chain by a key that was taken back, it comes now by the key that counts. Were
 * the first signature kept, whoever stole the old key could keep a statement out for ever by signing it again. */
static enum err
add_again(struct roster *roster, uint64_t index, struct candidate *candidate, enum roster_outcome *outcome,
          struct err_info *info)
{
	struct roster_entry *entry = &roster->entries[index];
	const struct roster_office *office;
	struct seal_public_key key;
	enum err err;

	*outcome = ROSTER_KNOWN;
	if (entry->is_effective || memcmp(entry->sshsig.signature.bytes, candidate->sshsig.signature.bytes,
	                                  sizeof(entry->sshsig.signature.bytes)) == 0)
		return ERR_OK;
	err = statement_read(&candidate->statement, candidate->text, info);
	if (err == ERR_OK && roster->must_build)
		err = roster_build(roster, info);
	if (err != ERR_OK)
		return err;
	office = roster_office_find(roster, &candidate->statement.issuer);
	if (office == NULL || find_key(&key, roster, office, &candidate->statement, NULL) != ERR_OK ||
	    verify(candidate, &key, NULL) != ERR_OK)
		return ERR_OK; /* nothing that counts: as if only the first had come */
	entry->sshsig = candidate->sshsig;
	if (entry->type != STATEMENT_ROTATE)
		entry->key_after = candidate->sshsig.signer;
	err = roster_build(roster, info);
	if (err == ERR_OK && roster->entries[index].is_effective)
		*outcome = ROSTER_ADDED;
	return err;
}

static enum err
add(struct roster *roster, struct candidate *candidate, enum roster_outcome *outcome_out, struct err_info *info)
{
	enum roster_outcome outcome = ROSTER_ADDED;
	const uint64_t *known;
	enum err err;

	statement_digest(&candidate->digest, candidate->text);
	known = table_find(&roster->entry_by_digest, view_of(candidate->digest.bytes, DIGEST_BYTES));
	if (known != NULL) {
		err = add_again(roster, *known, candidate, &outcome, info);
		if (err == ERR_OK && outcome_out != NULL)
			*outcome_out = outcome;
		statement_release(&candidate->statement);
		return err;
	}
	err = statement_read(&candidate->statement, candidate->text, info);
	if (err == ERR_OK && candidate->statement.type == STATEMENT_CARD)
		err = err_set(info, ERR_FORMAT, _("a card is not a statement of a chain"));
	if (err == ERR_OK && roster->must_build)
		err = roster_build(roster, info);
	if (err == ERR_OK && roster->office_count == 0)
		err = add_root(roster, candidate, info);
	else if (err == ERR_OK)
		err = add_behind_root(roster, candidate, &outcome, info);
	if (err == ERR_OK && outcome_out != NULL)
		*outcome_out = outcome;
	statement_release(&candidate->statement);
	return err;
}

enum err
roster_add(struct roster *roster, struct view text, const struct seal_signature *signature,
           enum roster_outcome *outcome_out, struct err_info *info)
{
	struct candidate candidate = {.text = text, .sshsig.signature = *signature};

	return add(roster, &candidate, outcome_out, info);
}

enum err
roster_add_file(struct roster *roster, struct view file, bool is_verified, enum roster_outcome *outcome_out,
                struct err_info *info)
{
	struct candidate candidate = {.has_signer = true, .is_verified = is_verified};
	struct statement_signed signed_text;
	enum err err = statement_split(&signed_text, file, SEAL_NAMESPACE_ROSTER, info);

	if (err != ERR_OK)
		return err;
	candidate.text = signed_text.text;
	candidate.sshsig = signed_text.sshsig;
	return add(roster, &candidate, outcome_out, info);
}
