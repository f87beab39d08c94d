/* Signed texts under audit: what receipts and chains are asked alike. */
#include <string.h>

#include "flow/auditing.h"

/* Every file below a directory, in the order of their names. */
enum err
auditing_each_file(struct auditing *auditing, const char *directory, auditing_visit_file visit, void *context,
                   struct err_info *info)
{
	struct fs_names names = {0};
	enum err err = node_file_list(&names, auditing->node, directory, info);

	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		char path[LIMIT_PATH_BYTES_MAX];
		struct bytes content = {0};
		struct err_info why;
		enum err one;

		err = fs_path(path, info, "%s/%s", directory, names.names[i]);
		if (err != ERR_OK)
			break;
		one = node_file_read(&content, auditing->node, path, &why);
		if (one == ERR_FORMAT) {
			err = auditing_each_file(auditing, path, visit, context, info); /* a directory */
		} else {
			if (one == ERR_OK)
				one = visit(auditing, context, path, bytes_view(&content), &why);
			if (one == ERR_NOMEM)
				err = err_nomem(info);
			else if (one != ERR_OK)
				auditing_wrong(auditing, path, &why);
		}
		bytes_release(&content);
	}
	fs_names_release(&names);
	return err;
}

enum err
auditing_each_directory(struct auditing *auditing, const char *directory, auditing_visit_directory visit,
                        struct err_info *info)
{
	struct fs_names names = {0};
	enum err err = node_file_list(&names, auditing->node, directory, info);

	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		char path[LIMIT_PATH_BYTES_MAX];

		err = fs_path(path, info, "%s/%s", directory, names.names[i]);
		if (err == ERR_OK)
			err = visit(auditing, path, names.names[i], info);
	}
	fs_names_release(&names);
	return err;
}

/* A signed text must be by a key that the roster gives, or gave, to the node that it names. */
enum err
auditing_check_signer(struct auditing *auditing, const struct statement_signed *signed_text,
                      const struct node_code *code, enum seal_namespace name_space, struct err_info *why)
{
	struct roster_key key;
	struct id key_id;
	enum err err = statement_verify(signed_text, name_space, why);

	if (err != ERR_OK)
		return err;
	seal_key_id(&key_id, &signed_text->sshsig.signer);
	err = roster_key_find(&key, node_roster(auditing->node), &key_id, why);
	if (err != ERR_OK || strcmp(key.node->code.text, code->text) != 0)
		return err_set(why, ERR_AUTH, _("signed with a key that the roster does not give to %s"), code->text);
	return ERR_OK;
}

enum err
auditing_check_place(const char *path, const char *expected, struct err_info *why)
{
	if (strcmp(path, expected) != 0)
		return err_set(why, ERR_AUTH, _("what it says belongs under the name %s"), expected);
	return ERR_OK;
}

const struct auditing_partition *
auditing_find_partition(const struct auditing *auditing, const struct id *id)
{
	for (size_t i = 0; i < auditing->partition_count; i++) {
		if (id_equal(&auditing->partitions[i].id, id))
			return &auditing->partitions[i];
	}
	return NULL;
}

/* An edit that a signed text says we held is below our head, or our set of edits has shrunk. */
enum err
auditing_check_reached(const struct auditing *auditing, const struct id *partition, const struct oid *edits,
                       size_t count, struct err_info *why)
{
	const struct auditing_partition *row = auditing_find_partition(auditing, partition);
	char hex[2 * OID_BYTES + 1];

	for (size_t i = 0; row != NULL && row->is_walked && i < count; i++) {
		if (table_find(&auditing->reached, view_of(edits[i].bytes, OID_BYTES)) != NULL)
			continue;
		hex_write(hex, view_of(edits[i].bytes, OID_BYTES));
		return err_set(why, ERR_AUTH,
		               _("it says that edit %s was held; the head of partition %s does not reach it: the head "
		                 "was rolled back, or the edit dropped"),
		               hex, row->owner.text);
	}
	return ERR_OK;
}

enum err
auditing_texts(struct auditing *auditing, struct err_info *info)
{
	enum err err = auditing_receipts(auditing, info);

	return err == ERR_OK ? auditing_chains(auditing, info) : err;
}
