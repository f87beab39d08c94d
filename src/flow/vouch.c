/* What we had taken in before we heard that its key was ended stays valid: our own word says what that was. design.md 7. */
#include <stdlib.h>
#include <string.h>

#include "flow/bundle.h"
#include "flow/checkpoint.h"
#include "flow/roster.h"
#include "git/history.h"
#include "roster/version.h"

struct vouching {
	const struct flow_desk *desk;
	struct flow_sent *sent;
	struct node *node;
	const struct roster *roster;
	const struct node_code *self;
};

/* Ended by an office above us, and not by us. */
static bool
is_ended_above(const struct vouching *vouching, const struct id *key_id)
{
	const struct statement *word;
	size_t position = 0;
	bool is_above = false;

	while ((word = roster_revocation_next(vouching->roster, key_id, &position)) != NULL) {
		if (strcmp(word->issuer.text, vouching->self->text) == 0)
			return false;
		is_above = is_above || roster_is_superior(vouching->roster, &word->issuer, vouching->self);
	}
	return is_above;
}

/* The tips that the words accept, as far as they are here. */
static enum err
list_accepted(struct git_oids *out, const struct vouching *vouching, const struct id *key_id,
              struct partition *partition, struct err_info *info)
{
	const struct statement *word;
	size_t position = 0;

	while ((word = roster_revocation_next(vouching->roster, key_id, &position)) != NULL) {
		for (size_t i = 0; i < word->head_count; i++) {
			const struct statement_head *head = &word->heads[i];
			struct oid *items;

			if (!id_equal(&head->partition, partition_id(partition)) || head->tip_count == 0)
				continue;
			items = realloc(out->items, (out->count + head->tip_count) * sizeof(*items));
			if (items == NULL)
				return err_nomem(info);
			out->items = items;
			for (size_t t = 0; t < head->tip_count; t++) {
				if (git_store_has(partition_store(partition), &head->tips[t]))
					out->items[out->count++] = head->tips[t];
			}
		}
	}
	return ERR_OK;
}

static enum err
is_signed_with(bool *out, struct partition *partition, const struct oid *oid, const struct id *key_id,
               struct err_info *info)
{
	struct delta_commit_parts parts = {0};
	struct delta_commit_info commit;
	struct bytes text = {0};
	struct id signer;
	enum err err = git_store_read(&text, partition_store(partition), oid, GIT_TYPE_COMMIT, info);

	if (err == ERR_OK)
		err = delta_commit_read(&commit, &parts, bytes_view(&text), info);
	if (err == ERR_OK && !commit.is_merge) {
		seal_key_id(&signer, &parts.sshsig.signer);
		*out = id_equal(&signer, key_id);
	}
	delta_commit_parts_release(&parts);
	bytes_release(&text);
	return err;
}

static enum err
look_at_partition(bool *out, const struct vouching *vouching, const struct id *key_id, const struct node_code *owner,
                  struct err_info *info)
{
	struct partition *partition = NULL;
	struct git_history *history = NULL;
	struct git_oids accepted = {0};
	struct git_oids commits = {0};
	struct oid head = {{0}};
	enum err err = node_partition_open(&partition, vouching->node, owner, info);

	if (err == ERR_OK)
		err = partition_head(partition, &head, info);
	if (err == ERR_OK)
		err = flow_head_check(vouching->node, partition, &head, info);
	if (err == ERR_OK && !oid_is_none(&head) && !*out) {
		err = git_history_open(&history, (struct git_reader){NULL, partition_store(partition)}, info);
		if (err == ERR_OK)
			err = list_accepted(&accepted, vouching, key_id, partition, info);
		if (err == ERR_OK)
			err = git_history_between(&commits, history, (struct git_oids_view){&head, 1},
			                          (struct git_oids_view){accepted.items, accepted.count}, info);
	}
	for (size_t i = 0; err == ERR_OK && !*out && i < commits.count; i++)
		err = is_signed_with(out, partition, &commits.items[i], key_id, info);
	git_oids_release(&accepted);
	git_oids_release(&commits);
	git_history_free(history);
	partition_free(partition);
	return err;
}

/*
 * Whether we hold an edit signed with the key that no word accepts. The word would name the heads of all partitions that the key
 * could write: it waits until each of them can be answered for, as it is said once.
 */
static enum err
holds_more(bool *out, const struct vouching *vouching, const struct roster_node *office, const struct id *key_id,
           struct err_info *info)
{
	struct node_codes codes = {0};
	enum err err = node_partitions(&codes, vouching->node, info);

	*out = false;
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		if (strcmp(codes.codes[i].text, office->code.text) == 0 ||
		    roster_is_superior(vouching->roster, &office->code, &codes.codes[i]))
			err = look_at_partition(out, vouching, key_id, &codes.codes[i], info);
		if (flow_is_of_content(err)) {
			*out = false;
			err = flow_leave_out(vouching->sent, &codes.codes[i], info);
			break;
		}
	}
	node_codes_release(&codes);
	return err;
}

/* One key to vouch for; false: there is none. */
static enum err
find_key(bool *out, struct statement *statement, const struct vouching *vouching, struct err_info *info)
{
	const struct roster_node *office;
	size_t position = 0;
	enum err err = ERR_OK;

	*out = false;
	while (err == ERR_OK && !*out && (office = roster_next_below(vouching->roster, NULL, &position)) != NULL) {
		struct roster_key key;
		size_t at = 0;

		if (office->is_auditor || office->is_rolls ||
		    !roster_is_superior(vouching->roster, vouching->self, &office->code))
			continue;
		while (err == ERR_OK && !*out && roster_key_next(&key, vouching->roster, &office->code, &at)) {
			seal_key_id(&statement->key_id, &key.keys.sign);
			statement->node = office->code;
			if (key.is_revoked && is_ended_above(vouching, &statement->key_id))
				err = holds_more(out, vouching, office, &statement->key_id, info);
		}
	}
	return err;
}

static enum err
vouch(const struct flow_desk *desk, const struct statement *found, struct err_info *info)
{
	struct statement statement = {.type = STATEMENT_REVOKE, .node = found->node, .key_id = found->key_id};
	struct flow_said said;
	struct arena arena = {0};
	enum err err = roster_chain_end(&statement.chain_number, &statement.chain_digest, node_roster(desk->node),
	                                &statement.node, info);

	if (err == ERR_OK)
		err = flow_accepted_heads(&statement, desk->node, &statement.node, &arena, info);
	if (err == ERR_OK)
		err = flow_say(&said, desk, &statement, info);
	arena_release(&arena);
	return err;
}

enum err
flow_vouch(struct flow_sent *sent, const struct flow_desk *desk, struct err_info *info)
{
	const struct vouching vouching = {desk, sent, desk->node, node_roster(desk->node),
	                                  &node_identity_of(desk->node)->code};
	struct statement found = {0};
	bool is_found = true;
	enum err err = ERR_OK;

	while (err == ERR_OK && is_found && !desk->is_dry_run && node_keys(desk->node) != NULL) {
		err = find_key(&is_found, &found, &vouching, info);
		if (err == ERR_OK && is_found)
			err = vouch(desk, &found, info);
	}
	return err;
}
