/* Which key a node has, by the words about it. */
#include <string.h>

#include "roster/roster.h"
#include "roster/state.h"

static bool
is_in(const struct roster *roster, const struct roster_key_word *word, const struct roster_version *version)
{
	return version == NULL || roster_version_has(version, &roster->offices[word->issuer]->node.code, word->number);
}

/* Whether a later replacement by the same issuer, accepting no more of the chain, takes this one back. */
static bool
is_superseded(const struct roster *roster, const struct roster_office *office, size_t index,
              const struct roster_version *version)
{
	const struct roster_key_word *word = &office->words[index];

	for (size_t i = index + 1; word->type == STATEMENT_REPLACE && i < office->word_count; i++) {
		const struct roster_key_word *later = &office->words[i];

		if (later->type == STATEMENT_REPLACE && later->issuer == word->issuer &&
		    later->chain_number <= word->chain_number && is_in(roster, later, version))
			return true;
	}
	return false;
}

/* Of two words that give keys, both counting: whether `word` decides. Behind the same number a superior's word decides over
 * the node's own, and a higher superior's over a lower one's. */
static bool
decides(const struct roster *roster, const struct roster_key_word *word, const struct roster_key_word *other)
{
	if (other == NULL)
		return true;
	if (word->chain_number != other->chain_number)
		return word->chain_number > other->chain_number;
	if (word->issuer == other->issuer)
		return word->number > other->number;
	return roster->offices[word->issuer]->depth < roster->offices[other->issuer]->depth;
}

static bool
gives_keys(const struct roster_key_word *word)
{
	return word->type == STATEMENT_REPLACE || word->type == STATEMENT_ROTATE;
}

const struct roster_key_word *
roster_keys_at(const struct roster *roster, const struct roster_office *office, const struct roster_version *version)
{
	const struct roster_key_word *best = NULL;

	for (size_t i = 1; i < office->word_count; i++) {
		const struct roster_key_word *word = &office->words[i];

		if (gives_keys(word) && is_in(roster, word, version) && !is_superseded(roster, office, i, version) &&
		    decides(roster, word, best))
			best = word;
	}
	if (best == NULL && is_in(roster, &office->words[0], version))
		best = &office->words[0];
	return best;
}

/* Whether a replacement made the key of `word` an old one. */
static bool
is_older(const struct roster *roster, const struct roster_office *office, const struct roster_key_word *word,
         const struct roster_key_word *replacement)
{
	if (word == replacement)
		return false;
	if (word == &office->words[0])
		return true;
	if (word->type == STATEMENT_REPLACE && word->issuer == replacement->issuer)
		return word->number < replacement->number;
	if (word->type == STATEMENT_ROTATE)
		return word->chain_number <= replacement->chain_number;
	return decides(roster, replacement, word);
}

/* The word that gave a node this signing key. */
static const struct roster_key_word *
giver_of(const struct roster_office *office, const struct id *key_id)
{
	const struct roster_key_word *giver = NULL;

	for (size_t i = 0; i < office->word_count; i++) {
		if ((i == 0 || gives_keys(&office->words[i])) && id_equal(&office->words[i].key_id, key_id))
			giver = &office->words[i];
	}
	return giver;
}

static bool
ends_key(const struct roster *roster, const struct roster_office *office, const struct roster_key_word *word,
         const struct id *key_id)
{
	const struct roster_key_word *giver;

	if (word->type == STATEMENT_REVOKE)
		return id_equal(&word->key_id, key_id);
	if (word->type != STATEMENT_REPLACE)
		return false;
	giver = giver_of(office, key_id);
	return giver != NULL && is_older(roster, office, giver, word);
}

const struct roster_key_word *
roster_revocation_of(const struct roster *roster, const struct roster_office *office, const struct id *key_id,
                     const struct roster_version *version)
{
	for (size_t i = 1; i < office->word_count; i++) {
		const struct roster_key_word *word = &office->words[i];

		if (is_in(roster, word, version) && ends_key(roster, office, word, key_id))
			return word;
	}
	return NULL;
}

const struct statement *
roster_revocation_next(const struct roster *roster, const struct id *key_id, size_t *position)
{
	const uint64_t *index = table_find(&roster->office_by_key, view_of(key_id->bytes, ID_BYTES));
	const struct roster_office *office = index == NULL ? NULL : roster->offices[*index];

	while (office != NULL && ++*position < office->word_count) {
		const struct roster_key_word *word = &office->words[*position];

		if (ends_key(roster, office, word, key_id))
			return word->statement;
	}
	return NULL;
}

const struct seal_public_key *
roster_key_for_number(const struct roster *roster, const struct roster_office *office, uint32_t number,
                      const struct seal_public_key *chain_key)
{
	const struct roster_key_word *best = NULL;
	struct id key_id;

	for (size_t i = 1; i < office->word_count; i++) {
		const struct roster_key_word *word = &office->words[i];

		if (word->type == STATEMENT_REPLACE && word->chain_number + 1 == number &&
		    !is_superseded(roster, office, i, NULL) && decides(roster, word, best))
			best = word;
	}
	if (best != NULL)
		chain_key = &best->keys.sign;
	seal_key_id(&key_id, chain_key);
	for (size_t i = 1; i < office->word_count; i++) {
		const struct roster_key_word *word = &office->words[i];

		if (word->type == STATEMENT_REVOKE && word->chain_number < number && id_equal(&word->key_id, &key_id))
			return NULL;
	}
	return chain_key;
}

void
roster_keys_refresh(const struct roster *roster, struct roster_office *office)
{
	const struct roster_key_word *word = roster_keys_at(roster, office, NULL);

	office->node.keys = word->keys;
	office->node.key_id = word->key_id;
	office->node.is_revoked = roster_revocation_of(roster, office, &word->key_id, NULL) != NULL;
	office->node.is_replaced = word->type == STATEMENT_REPLACE;
	office->rolls.keys = office->node.keys;
	office->rolls.key_id = office->node.key_id;
	office->rolls.is_revoked = office->node.is_revoked;
}

const struct statement *
roster_replacement(const struct roster *roster, const struct node_code *code)
{
	const struct roster_office *office = roster_office_find(roster, code);
	const struct roster_key_word *word = office == NULL ? NULL : roster_keys_at(roster, office, NULL);

	return word == NULL || word->type != STATEMENT_REPLACE ? NULL : word->statement;
}

static struct roster_key
key_of_word(const struct roster *roster, const struct roster_office *office, const struct roster_key_word *word)
{
	const struct roster_key_word *revocation = roster_revocation_of(roster, office, &word->key_id, NULL);

	return (struct roster_key){
		.node = &office->node,
		.keys = word->keys,
		.is_newest = id_equal(&word->key_id, &office->node.key_id),
		.is_revoked = revocation != NULL,
		.revocation = revocation == NULL ? NULL : revocation->statement,
	};
}

bool
roster_key_next(struct roster_key *out, const struct roster *roster, const struct node_code *code, size_t *position)
{
	const struct roster_office *office = roster_office_find(roster, code);

	for (; office != NULL && *position < office->word_count; (*position)++) {
		const struct roster_key_word *word = &office->words[*position];

		if (*position > 0 && !gives_keys(word))
			continue;
		*out = key_of_word(roster, office, word);
		(*position)++;
		return true;
	}
	return false;
}

enum err
roster_key_find(struct roster_key *out, const struct roster *roster, const struct id *key_id, struct err_info *info)
{
	const uint64_t *index = table_find(&roster->office_by_key, view_of(key_id->bytes, ID_BYTES));
	const struct roster_key_word *giver = index == NULL ? NULL : giver_of(roster->offices[*index], key_id);
	char hex[2 * ID_BYTES + 1];

	if (giver == NULL) {
		hex_write(hex, view_of(key_id->bytes, ID_BYTES));
		return err_set(info, ERR_NOT_FOUND, _("no node of the roster has or had the key %s"), hex);
	}
	*out = key_of_word(roster, roster->offices[*index], giver);
	return ERR_OK;
}

enum err
roster_key_check(const struct roster *roster, const struct node_code *code, const struct seal_public_key *sign_key,
                 struct err_info *info)
{
	const struct roster_node *node = roster_node_find(roster, code);

	if (node == NULL)
		return err_set(info, ERR_AUTH, _("node %s is not in the roster"), code->text);
	if (!seal_public_key_equal(&node->keys.sign, sign_key))
		return err_set(info, ERR_AUTH, _("this is not the key of node %s"), code->text);
	if (node->is_revoked)
		return err_set(info, ERR_AUTH, _("the key of node %s is revoked"), code->text);
	return ERR_OK;
}

static enum err
export_key(struct bytes *out, const struct roster_node *node, const struct seal_public_key *sign_key,
           struct err_info *info)
{
	enum err err = bytes_printf(
		out, info, "%s@tiersync.invalid namespaces=\"%s%s,%s,%s,%s,%s\" ", node->code.text,
		node->is_auditor ? "" : "git,", seal_namespace_text(SEAL_NAMESPACE_ROSTER),
		seal_namespace_text(SEAL_NAMESPACE_RECEIPT), seal_namespace_text(SEAL_NAMESPACE_CHECKPOINT),
		seal_namespace_text(SEAL_NAMESPACE_BUNDLE), seal_namespace_text(SEAL_NAMESPACE_CARD));

	if (err == ERR_OK)
		err = seal_ssh_public_append(out, sign_key, info);
	if (err == ERR_OK)
		err = bytes_append_byte(out, '\n', info);
	return err;
}

enum err
roster_export_signers(struct bytes *out, const struct roster *roster, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < roster->office_count; i++) {
		const struct roster_office *office = roster->offices[i];

		for (size_t w = 0; err == ERR_OK && w < office->word_count; w++) {
			const struct roster_key_word *word = &office->words[w];

			if ((w == 0 || gives_keys(word)) &&
			    roster_revocation_of(roster, office, &word->key_id, NULL) == NULL)
				err = export_key(out, &office->node, &word->keys.sign, info);
		}
	}
	return err;
}
