/* The roster in node.git: roster/ISSUER/NUMBER-DIGEST, loaded at the start, added to by staging. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/internal.h"
#include "roster/version.h"

enum {
	ROSTER_NAME_DIGEST_BYTES = 4
};

struct roster *
node_roster(struct node *node)
{
	return node->roster;
}

const struct roster *
node_roster_of(const struct node *node)
{
	return node->roster;
}

/* Sorted names give each issuer's chain in order; issuers may come in any order, so rounds are made until nothing is left. */
static enum err
load_issuer(struct node *node, const char *issuer, bool *is_waiting, bool *has_added, struct err_info *info)
{
	char directory[LIMIT_PATH_BYTES_MAX];
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = fs_path(directory, info, "roster/%s", issuer);

	if (err == ERR_OK)
		err = node_file_list(&names, node, directory, info);
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		struct bytes content = {0};
		enum roster_outcome outcome;

		err = fs_path(path, info, "%s/%s", directory, names.names[i]);
		if (err == ERR_OK)
			err = node_file_read(&content, node, path, info);
		if (err == ERR_OK)
			err = roster_add_file(node->roster, bytes_view(&content), true, &outcome, info);
		bytes_release(&content);
		if (err == ERR_STATE) {
			*is_waiting = true;
			err = ERR_OK;
			break;
		}
		if (node->is_damaged_fine && (err == ERR_FORMAT || err == ERR_AUTH || err == ERR_NOT_FOUND)) {
			err = ERR_OK; /* the rest of this chain stands on it; the audit names it */
			break;
		}
		if (err == ERR_OK && outcome != ROSTER_KNOWN)
			*has_added = true;
		if (err != ERR_OK)
			err = err_in(info, err, "node.git %s", path);
	}
	fs_names_release(&names);
	return err;
}

enum err
node_roster_load(struct node *node, struct err_info *info)
{
	struct fs_names issuers = {0};
	bool is_waiting = true;
	bool has_added = true;
	enum err err;

	roster_free(node->roster);
	node->roster = NULL;
	if (!node->identity.is_accepted)
		return ERR_OK;
	err = roster_new(&node->roster, &node->identity.root, info);
	if (err == ERR_OK)
		err = node_file_list(&issuers, node, "roster", info);
	while (err == ERR_OK && is_waiting && has_added) {
		is_waiting = false;
		has_added = false;
		for (size_t i = 0; err == ERR_OK && i < issuers.count; i++)
			err = load_issuer(node, issuers.names[i], &is_waiting, &has_added, info);
	}
	if (err == ERR_OK && is_waiting && !node->is_damaged_fine)
		err = err_set(info, ERR_AUTH, _("node.git: the roster has a chain without its beginning"));
	fs_names_release(&issuers);
	return err;
}

static enum err
stage_statement(struct node *node, const struct node_code *issuer, uint32_t number, const struct digest *digest,
                struct view file, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	char hex[2 * ROSTER_NAME_DIGEST_BYTES + 1];
	struct bytes held = {0};
	enum err err;

	hex_write(hex, view_of(digest->bytes, ROSTER_NAME_DIGEST_BYTES));
	err = fs_path(path, info, "roster/%s/%06u-%s", issuer->text, number, hex);
	if (err == ERR_OK)
		err = node_file_read(&held, node, path, info);
	/* the same text by another key (roster_add): evidence is never changed, so it lies beside the first */
	if (err == ERR_OK && !view_equal(bytes_view(&held), file))
		err = fs_path(path, info, "roster/%s/%06u-%s-b", issuer->text, number, hex);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = node_file_put(node, path, file, info);
	bytes_release(&held);
	return err;
}

static enum err
stage_signed(struct node *node, const struct roster_statement *statement, struct err_info *info)
{
	const struct statement_signed signed_text = {statement->text, statement->sshsig};
	struct bytes file = {0};
	enum err err = statement_join(&file, &signed_text, SEAL_NAMESPACE_ROSTER, info);

	if (err == ERR_OK)
		err = stage_statement(node, &statement->issuer, statement->number, &statement->digest,
		                      bytes_view(&file), info);
	bytes_release(&file);
	return err;
}

enum err
node_roster_set(struct node *node, struct roster *roster, struct err_info *info)
{
	struct roster_statement *items = NULL;
	size_t count = 0;
	enum err err = roster_newer(&items, &count, roster, NULL, NULL, 0, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = stage_signed(node, &items[i], info);
	free(items);
	if (err != ERR_OK)
		return err;
	if (node->roster != roster)
		roster_free(node->roster);
	node->roster = roster;
	return ERR_OK;
}

enum err
node_roster_add(struct node *node, struct view text, const struct seal_signature *signature,
                enum roster_outcome *outcome_out, struct err_info *info)
{
	enum roster_outcome outcome;
	struct roster_statement statement;
	struct digest digest;
	enum err err = roster_add(node->roster, text, signature, &outcome, info);

	if (err == ERR_OK && outcome_out != NULL)
		*outcome_out = outcome;
	if (err != ERR_OK || outcome == ROSTER_KNOWN)
		return err;
	statement_digest(&digest, text);
	err = roster_statement_find(&statement, node->roster, &digest, info);
	if (err == ERR_OK)
		err = stage_signed(node, &statement, info);
	return err;
}

enum err
node_roster_say(struct node *node, struct statement *statement, struct err_info *info)
{
	struct bytes file = {0};
	struct digest digest;
	struct statement_signed signed_text;
	enum err err = roster_next(statement, node->roster, &node->identity.code, info);

	statement->time = node->env.now(node->env.context);
	if (err == ERR_OK)
		err = roster_check(node->roster, statement, info);
	if (err == ERR_OK)
		err = statement_make(&file, statement, node->key, info);
	if (err == ERR_OK)
		err = roster_add_file(node->roster, bytes_view(&file), false, NULL, info);
	if (err == ERR_OK)
		err = statement_split(&signed_text, bytes_view(&file), SEAL_NAMESPACE_ROSTER, info);
	if (err == ERR_OK) {
		statement_digest(&digest, signed_text.text);
		err = stage_statement(node, &statement->issuer, statement->number, &digest, bytes_view(&file), info);
	}
	bytes_release(&file);
	return err;
}
