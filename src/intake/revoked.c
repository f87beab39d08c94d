#include "intake/revoked.h"

#include <stdlib.h>
#include <string.h>

#include "git/history.h"

void
intake_suspects_release(struct intake_suspects *suspects)
{
	free(suspects->items);
	*suspects = (struct intake_suspects){0};
}

enum err
intake_suspects_note(struct intake_suspects *suspects, struct node *node, const struct node_code *signer,
                     const struct roster_version *version, const struct oid *commit, struct err_info *info)
{
	struct roster_signer found;
	struct intake_suspect suspect = {.commit = *commit, .signer = *signer};
	enum err err = roster_at(&found, node_roster(node), signer, version, info);

	if (err != ERR_OK || !found.is_revoked_now)
		return err;
	seal_key_id(&suspect.key_id, &found.keys.sign);
	if (suspects->count == suspects->capacity) {
		size_t capacity = suspects->capacity == 0 ? 16 : suspects->capacity * 2;
		struct intake_suspect *items = realloc(suspects->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		suspects->items = items;
		suspects->capacity = capacity;
	}
	suspects->items[suspects->count++] = suspect;
	return ERR_OK;
}

struct judging {
	struct intake *intake;
	const struct intake_terms *terms;
	const struct roster *roster;
	struct git_reader reader;
	struct git_history *history;
};

static bool
is_issuer_or_above(const struct judging *judging, const struct node_code *issuer)
{
	const struct node_code *sender = judging->terms->sender;

	return strcmp(sender->text, issuer->text) == 0 || roster_is_superior(judging->roster, sender, issuer);
}

/* Whether a tip or head that the word accepts reaches the edit; *is_whole: all of them are here, so the answer is final. */
static enum err
look_at_word(bool *is_accepted, bool *is_whole, const struct judging *judging, const struct statement *word,
             const struct oid *commit, struct err_info *info)
{
	enum err err = ERR_OK;

	*is_whole = true;
	for (size_t i = 0; err == ERR_OK && i < word->head_count && !*is_accepted; i++) {
		const struct statement_head *head = &word->heads[i];

		if (!id_equal(&head->partition, partition_id(judging->intake->partition)))
			continue;
		for (size_t t = 0; err == ERR_OK && t < head->tip_count && !*is_accepted; t++) {
			if (git_reader_has(judging->reader, &head->tips[t]))
				err = git_history_is_ancestor(is_accepted, judging->history, commit, &head->tips[t],
				                              info);
			else
				*is_whole = false;
		}
	}
	return err;
}

static enum err
judge_one(bool *is_accepted, const struct judging *judging, const struct intake_suspect *suspect, struct err_info *info)
{
	bool is_carried_by_superior = roster_is_superior(judging->roster, judging->terms->sender, &suspect->signer);
	bool has_read_one = false;
	bool is_vouched = false;
	const struct statement *word;
	size_t position = 0;
	enum err err = ERR_OK;

	*is_accepted = false;
	while (err == ERR_OK && !*is_accepted &&
	       (word = roster_revocation_next(judging->roster, &suspect->key_id, &position)) != NULL) {
		bool is_whole;

		err = look_at_word(is_accepted, &is_whole, judging, word, &suspect->commit, info);
		has_read_one =
			has_read_one || roster_version_has(judging->terms->sender_version, &word->issuer, word->number);
		is_vouched = is_vouched || (!is_whole && is_issuer_or_above(judging, &word->issuer));
	}
	if (is_carried_by_superior && (is_vouched || !has_read_one))
		*is_accepted = true;
	return err;
}

enum err
intake_suspects_judge(const struct intake_suspects *suspects, struct intake *intake, const struct intake_terms *terms,
                      struct err_info *info)
{
	const struct node_code *self = &node_identity_of(terms->node)->code;
	struct judging judging = {intake, terms, node_roster(terms->node), partition_batch_reader(intake->batch), NULL};
	enum err err;

	if (suspects->count == 0 || roster_is_superior(judging.roster, terms->sender, self))
		return ERR_OK;
	err = git_history_open(&judging.history, judging.reader, info);
	for (size_t i = 0; err == ERR_OK && i < suspects->count; i++) {
		const struct intake_suspect *suspect = &suspects->items[i];
		char hex[2 * OID_BYTES + 1];
		bool is_accepted;

		err = judge_one(&is_accepted, &judging, suspect, info);
		hex_write(hex, view_of(suspect->commit.bytes, OID_BYTES));
		if (err == ERR_OK && !is_accepted)
			err = err_set(info, ERR_AUTH,
			              _("edit %s is signed with a key of %s that was revoked before anybody above it "
			                "had taken the edit in"),
			              hex, suspect->signer.text);
	}
	git_history_free(judging.history);
	return err;
}
