/* The state digest: kept up to date by the changes of each commit, rebuilt from the tree where nothing is known. */
#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "partition/internal.h"

enum {
	STATE_FILE_BYTES = OID_BYTES + SEAL_LTHASH_BYTES
};

static void
state_file(struct seal_lthash *state, const char *directory, const struct id *id, struct view blob, bool is_added)
{
	char path[32 + 2 * ID_BYTES];
	size_t size = strlen(directory);
	struct digest digest;
	struct seal_lthash_file file = {.mode = PARTITION_FILE_MODE, .digest = &digest};

	assert(size < 32);
	memcpy(path, directory, size);
	path[size++] = '/';
	if (id == NULL)
		memcpy(path + size, "head", sizeof("head"));
	else
		hex_write(path + size, view_of(id->bytes, ID_BYTES));
	file.path = view_text(path);
	seal_digest(&digest, blob);
	if (is_added)
		seal_lthash_add(state, &file);
	else
		seal_lthash_remove(state, &file);
}

void
partition_state_add(struct seal_lthash *state, const char *directory, const struct id *id, struct view blob)
{
	state_file(state, directory, id, blob, true);
}

void
partition_state_remove(struct seal_lthash *state, const char *directory, const struct id *id, struct view blob)
{
	state_file(state, directory, id, blob, false);
}

struct state_walk {
	struct git_reader reader;
	const char *directory;
	struct seal_lthash *state;
	struct bytes blob;
};

static enum err
state_take(struct state_walk *walk, const struct id *id, const struct oid *blob, bool is_added, struct err_info *info)
{
	enum err err;

	if (blob == NULL)
		return ERR_OK;
	bytes_clear(&walk->blob);
	err = git_reader_read(&walk->blob, walk->reader, blob, GIT_TYPE_BLOB, info);
	if (err == ERR_OK)
		state_file(walk->state, walk->directory, id, bytes_view(&walk->blob), is_added);
	return err;
}

static enum err
state_visit(void *context, const struct id *id, const struct oid *old_blob, const struct oid *new_blob,
            struct err_info *info)
{
	const struct state_walk *walk = context;
	char hex[2 * ID_BYTES + 1];
	enum err err = state_take(context, id, old_blob, false, info);

	if (err == ERR_OK)
		err = state_take(context, id, new_blob, true, info);
	if (err == ERR_OK)
		return ERR_OK;
	hex_write(hex, view_of(id->bytes, ID_BYTES));
	return err_in(info, err, "%s/%s", walk->directory, hex);
}

static enum err
state_meta(struct seal_lthash *state, struct git_reader reader, const struct oid *meta, bool is_added,
           struct err_info *info)
{
	struct bytes head = {0};
	enum err err;

	if (oid_is_none(meta))
		return ERR_OK;
	err = git_meta_read(&head, reader, meta, info);
	if (err == ERR_OK)
		state_file(state, "meta", NULL, bytes_view(&head), is_added);
	bytes_release(&head);
	return err;
}

enum err
partition_state_move(struct seal_lthash *state, struct git_reader reader, const struct partition_version *from,
                     const struct partition_version *to, struct err_info *info)
{
	struct state_walk walk = {.reader = reader, .directory = "records", .state = state};
	enum err err = git_idtree_diff(reader, &from->records, &to->records, state_visit, &walk, info);

	walk.directory = "conflicts";
	if (err == ERR_OK)
		err = git_idtree_diff(reader, &from->conflicts, &to->conflicts, state_visit, &walk, info);
	if (err == ERR_OK && !oid_equal(&from->meta, &to->meta)) {
		err = state_meta(state, reader, &from->meta, false, info);
		if (err == ERR_OK)
			err = state_meta(state, reader, &to->meta, true, info);
	}
	bytes_release(&walk.blob);
	return err;
}

enum err
partition_state_of(struct seal_lthash *out, struct partition *partition, struct git_reader reader,
                   const struct partition_version *version, const struct oid *known_commit,
                   const struct seal_lthash *known, struct err_info *info)
{
	struct partition_version from = {0};
	struct seal_lthash state = {{0}};
	enum err err = ERR_OK;

	if (!oid_is_none(known_commit) &&
	    partition_version_read(&from, partition, reader, known_commit, NULL) == ERR_OK)
		state = *known;
	err = partition_state_move(&state, reader, &from, version, info);
	if (err == ERR_OK)
		*out = state;
	partition_version_release(&from);
	return err;
}

void
partition_state_load(struct oid *commit_out, struct seal_lthash *out, struct partition *partition)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = {0};
	struct partition_version version = {0};
	struct digest digest;
	struct oid commit;

	*commit_out = (struct oid){{0}};
	if (fs_path(path, NULL, "%s/tiersync-state", partition->path) != ERR_OK ||
	    fs_read(&content, path, STATE_FILE_BYTES, NULL) != ERR_OK)
		return;
	if (content.size == STATE_FILE_BYTES) {
		memcpy(commit.bytes, content.data, OID_BYTES);
		seal_lthash_read(out, content.data + OID_BYTES);
		seal_lthash_digest(&digest, out);
		/* the commit says what its state must be: a torn or altered cache is not believed */
		if (!oid_is_none(&commit) && partition_version_open(&version, partition, &commit, NULL) == ERR_OK &&
		    digest_equal(&digest, &version.info.state_digest))
			*commit_out = commit;
		partition_version_release(&version);
	}
	bytes_release(&content);
}

void
partition_state_save(struct partition *partition, const struct oid *commit, const struct seal_lthash *state)
{
	char path[LIMIT_PATH_BYTES_MAX];
	uint8_t content[STATE_FILE_BYTES];

	if (partition->world.rehearsal != NULL)
		return;
	memcpy(content, commit->bytes, OID_BYTES);
	seal_lthash_write(content + OID_BYTES, state);
	if (fs_path(path, NULL, "%s/tiersync-state", partition->path) == ERR_OK &&
	    fs_write_cache(path, view_of(content, sizeof(content)), NULL) != ERR_OK)
		(void)unlink(path);
}
