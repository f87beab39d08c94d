/* Key files as a whole: put back from a copy, and under another passphrase. schema/store-v1.md, "Keys". */
#include <stdlib.h>
#include <string.h>

#include "node/internal.h"
#include "node/key_backup.h"
#include "seal/key.h"

enum {
	FILES_MAX = 1024
};

/* --- from a copy --- */

enum err
node_key_files_put(const char *directory, const struct node_key_backup *backup, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(path, info, "%s/keys", directory);

	if (err == ERR_OK)
		err = fs_mkdir(path, info);
	for (size_t i = 1; err == ERR_OK && i < backup->count; i++) {
		err = node_old_key_path(path, directory, &backup->publics[i], info);
		if (err == ERR_OK) /* the copy is authentic, under one passphrase, and names each by its id */
			err = fs_write(path, bytes_view(&backup->files[i]), 0600, info);
	}
	if (err == ERR_OK)
		err = node_key_path(path, directory, "node.key", info);
	if (err == ERR_OK)
		err = fs_write(path, bytes_view(&backup->files[0]), 0600, info);
	return err;
}

/* A file that is damaged or missing is what a copy is for; another key is not to be lost. */
static enum err
check_present(const struct node *node, const struct node_key_backup *backup, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes text = {0};
	struct seal_public public_half;
	bool is_wrapped;
	enum err err = node_key_path(path, node->directory, "node.key", info);

	if (err != ERR_OK || fs_read(&text, path, LIMIT_KEY_FILE_BYTES_MAX, NULL) != ERR_OK)
		return err;
	if (seal_node_key_peek(&public_half, &is_wrapped, bytes_view(&text), NULL) == ERR_OK &&
	    !node_public_equal(&public_half, &backup->publics[0]))
		err = err_set(info, ERR_EXISTS,
		              _("%s is another key than the one in the copy; move it away first if it is not wanted"),
		              path);
	seal_wipe_bytes(&text);
	return err;
}

enum err
node_keys_put(struct node *node, const struct node_key_backup *backup, bool is_dry_run, struct err_info *info)
{
	const struct node_identity *self = &node->identity;
	const struct roster_node *given = node->roster == NULL ? NULL : roster_node_find(node->roster, &self->code);
	enum err err;

	if (strcmp(self->code.text, backup->identity.code.text) != 0 ||
	    !id_equal(&self->partition, &backup->identity.partition))
		return err_set_advised(info, ERR_STATE, ADVICE_OTHER_STORE,
		                       _("%s is the store of %s, not of %s whose keys these are"), node->directory,
		                       self->code.text, backup->identity.code.text);
	if (given != NULL && !node_public_equal(&given->keys, &backup->publics[0]))
		return err_set_advised(
			info, ERR_AUTH, ADVICE_ENROL_AGAIN,
			_("the roster gives %s other keys than these: they were changed after the copy was made; "
		          "have the superior enrol a new card with --replace"),
			self->code.text);
	err = check_present(node, backup, info);
	return err != ERR_OK || is_dry_run ? err : node_key_files_put(node->directory, backup, info);
}

/* --- under another passphrase --- */

struct key_file {
	char path[LIMIT_PATH_BYTES_MAX];
	struct seal_node_key *key;
	bool is_done;
};

/* Under `present`, or under `next` already. */
static enum err
open_file(struct key_file *file, struct view present, struct view next, struct err_info *info)
{
	struct seal_public public_half;
	struct bytes text = {0};
	bool is_wrapped = false;
	enum err err = fs_read(&text, file->path, LIMIT_KEY_FILE_BYTES_MAX, info);

	if (err == ERR_OK)
		err = seal_node_key_peek(&public_half, &is_wrapped, bytes_view(&text), info);
	if (err == ERR_OK)
		err = seal_node_key_read(&file->key, bytes_view(&text), present, info);
	if (is_wrapped && next.size > 0 && (err == ERR_AUTH || err == ERR_STATE)) {
		file->is_done = seal_node_key_read(&file->key, bytes_view(&text), next, NULL) == ERR_OK;
		err = file->is_done ? ERR_OK : err;
	}
	file->is_done = file->is_done || (err == ERR_OK && !is_wrapped && next.size == 0);
	if (err != ERR_OK)
		(void)err_in(info, err, "%s", file->path);
	seal_wipe_bytes(&text);
	return err;
}

/* Older keys first, the present one last: until then it opens with what opened it before. */
static enum err
list_files(struct key_file *files, size_t *count_out, const struct node *node, const struct fs_names *names,
           struct err_info *info)
{
	size_t count = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < names->count; i++) {
		if (node_key_is_old(names->names[i]))
			err = node_key_path(files[count++].path, node->directory, names->names[i], info);
	}
	if (err == ERR_OK)
		err = node_key_path(files[count++].path, node->directory, "node.key", info);
	*count_out = count;
	return err;
}

static enum err
rewrap(size_t *written, const struct node *node, struct key_file *files, size_t count, struct view next,
       bool is_dry_run, struct err_info *info)
{
	enum err err = ERR_OK;

	*written = 0;
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		if (files[i].is_done)
			continue;
		if (!is_dry_run)
			err = seal_node_key_save(files[i].path, files[i].key, next, &node->env, info);
		*written += 1;
	}
	return err;
}

enum err
node_keys_rewrap(size_t *count_out, struct node *node, struct view present, struct view next, bool is_dry_run,
                 struct err_info *info)
{
	char directory[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct key_file *files = NULL;
	size_t count = 0;
	enum err err = fs_path(directory, info, "%s/keys", node->directory);

	if (err == ERR_OK)
		err = fs_list(&names, directory, FILES_MAX, info);
	if (err == ERR_OK) {
		files = calloc(names.count + 1, sizeof(*files));
		err = files == NULL ? err_nomem(info) : list_files(files, &count, node, &names, info);
	}
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = open_file(&files[i], present, next, info);
	if (err == ERR_OK)
		err = rewrap(count_out, node, files, count, next, is_dry_run, info);
	for (size_t i = 0; i < count; i++)
		seal_node_key_free(files[i].key);
	free(files);
	fs_names_release(&names);
	return err;
}
