/* The state digest: kept up to date by the changes of each commit, rebuilt from the tree where nothing is known. */
#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "partition/internal.h"

enum {
	STATE_ROW_BYTES = OID_BYTES + SEAL_LTHASH_BYTES
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

/* --- what is known --- */

static const struct partition_state_row *
find_state(const struct partition_states *states, const struct oid *commit)
{
	for (size_t i = 0; !oid_is_none(commit) && i < PARTITION_STATES; i++) {
		if (oid_equal(&states->rows[i].commit, commit))
			return &states->rows[i];
	}
	return NULL;
}

void
partition_state_note(struct partition_states *states, const struct oid *commit, const struct seal_lthash *state)
{
	size_t next = states->newest + 1;

	states->newest = next < PARTITION_STATES_SAVED || next == PARTITION_STATES ? PARTITION_STATES_SAVED : next;
	states->rows[states->newest] = (struct partition_state_row){*commit, *state};
}

enum err
partition_state_of(struct seal_lthash *out, struct partition_states *states, struct partition *partition,
                   struct git_reader reader, const struct partition_version *version, struct err_info *info)
{
	const struct partition_state_row *known = find_state(states, &version->commit);
	const struct partition_state_row *last = &states->rows[states->newest];
	struct partition_version from = {0};
	struct seal_lthash state = {{0}};
	enum err err;

	if (known != NULL) {
		*out = known->state;
		return ERR_OK;
	}
	if (!oid_is_none(&last->commit) &&
	    partition_version_read(&from, partition, reader, &last->commit, NULL) == ERR_OK)
		state = last->state;
	err = partition_state_move(&state, reader, &from, version, info);
	if (err == ERR_OK) {
		*out = state;
		if (!oid_is_none(&version->commit))
			partition_state_note(states, &version->commit, &state);
	}
	partition_version_release(&from);
	return err;
}

/* --- the cache beside the repository --- */

/* The commit says what its state must be: a torn or altered cache is not believed. */
static void
read_row(struct partition_state_row *out, struct partition *partition, const uint8_t *row)
{
	struct partition_version version = {0};
	struct seal_lthash state;
	struct digest digest;
	struct oid commit;
	bool is_good;

	memcpy(commit.bytes, row, OID_BYTES);
	seal_lthash_read(&state, row + OID_BYTES);
	seal_lthash_digest(&digest, &state);
	is_good = !oid_is_none(&commit) && partition_version_open(&version, partition, &commit, NULL) == ERR_OK &&
	          digest_equal(&digest, &version.info.state_digest);
	partition_version_release(&version);
	if (is_good)
		*out = (struct partition_state_row){commit, state};
}

void
partition_state_load(struct partition_states *out, struct partition *partition)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = {0};

	*out = (struct partition_states){.newest = 0};
	if (fs_path(path, NULL, "%s/tiersync-state", partition->path) != ERR_OK ||
	    fs_read(&content, path, PARTITION_STATES_SAVED * STATE_ROW_BYTES, NULL) != ERR_OK)
		return;
	for (size_t i = 0;
	     i < PARTITION_STATES_SAVED && content.size % STATE_ROW_BYTES == 0 && i < content.size / STATE_ROW_BYTES;
	     i++)
		read_row(&out->rows[i], partition, content.data + i * STATE_ROW_BYTES);
	bytes_release(&content);
}

/* Whether two heads follow each other as edits of one office. */
static bool
is_same_hand(struct partition *partition, const struct oid *a, const struct oid *b)
{
	struct partition_version versions[2] = {{.commit = {{0}}}};
	bool is_same = partition_version_open(&versions[0], partition, a, NULL) == ERR_OK &&
	               partition_version_open(&versions[1], partition, b, NULL) == ERR_OK &&
	               !versions[0].info.is_merge && !versions[1].info.is_merge &&
	               strcmp(versions[0].info.node.text, versions[1].info.node.text) == 0;

	partition_version_release(&versions[0]);
	partition_version_release(&versions[1]);
	return is_same;
}

static void
write_row(uint8_t *out, const struct partition_state_row *row)
{
	memcpy(out, row->commit.bytes, OID_BYTES);
	seal_lthash_write(out + OID_BYTES, &row->state);
}

void
partition_state_save(struct partition *partition, const struct partition_states *states, const struct oid *head)
{
	const struct partition_state_row *row = find_state(states, head);
	const struct partition_state_row *before = &states->rows[0];
	char path[LIMIT_PATH_BYTES_MAX];
	uint8_t content[PARTITION_STATES_SAVED * STATE_ROW_BYTES];
	size_t count;

	if (partition->world.rehearsal != NULL || row == NULL)
		return;
	if (!oid_is_none(&before->commit) && is_same_hand(partition, &before->commit, head))
		before = &states->rows[1];
	count = oid_is_none(&before->commit) ? 1 : PARTITION_STATES_SAVED;
	write_row(content, row);
	write_row(content + STATE_ROW_BYTES, before);
	if (fs_path(path, NULL, "%s/tiersync-state", partition->path) == ERR_OK &&
	    fs_write_cache(path, view_of(content, count * STATE_ROW_BYTES), NULL) != ERR_OK)
		(void)unlink(path);
}
