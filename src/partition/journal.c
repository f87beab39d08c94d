#include "partition/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "partition/internal.h"
#include "partition/recent.h"

static enum err
file_path(char *out, const struct partition *partition, struct err_info *info)
{
	return fs_path(out, info, "%s/tiersync-changes", partition->path);
}

const struct seal_key *
journal_key(struct partition *partition)
{
	struct partition_journal *journal = &partition->journal;

	if (journal->key == NULL && partition->world.keys != NULL &&
	    seal_node_key_derive(&journal->key, partition->world.keys, SEAL_DOMAIN_CHANGECACHE,
	                         view_of(partition->id.bytes, ID_BYTES), NULL) != ERR_OK)
		return NULL;
	return journal->key;
}

static void
unload(struct partition_journal *journal)
{
	bytes_release(&journal->file);
	table_release(&journal->index);
	journal->index = (struct table){0};
	journal->is_loaded = false;
}

void
partition_journal_release(struct partition_journal *journal)
{
	unload(journal);
	seal_key_free(journal->key);
	journal->key = NULL;
}

/* --- asking --- */

/* From the end: of two entries of one commit the newer one counts. */
static void
load(struct partition *partition)
{
	struct partition_journal *journal = &partition->journal;
	struct journal_entry entry;
	struct view rest;
	char path[LIMIT_PATH_BYTES_MAX];

	if (journal->is_loaded)
		return;
	journal->is_loaded = true;
	if (file_path(path, partition, NULL) != ERR_OK ||
	    fs_read(&journal->file, path, LIMIT_CHANGES_FILE_BYTES_MAX, NULL) != ERR_OK)
		return;
	for (rest = bytes_view(&journal->file); journal_entry_last(&entry, rest); rest.size -= entry.size) {
		uint64_t *value;
		bool is_new;

		if (table_put(&journal->index, view_of(entry.commit.bytes, OID_BYTES), &value, &is_new, NULL) != ERR_OK)
			return;
		if (is_new)
			*value = rest.size;
	}
}

static bool
find_entry(struct journal_entry *out, struct partition *partition, const struct oid *commit)
{
	const uint64_t *end;

	load(partition);
	end = table_find(&partition->journal.index, view_of(commit->bytes, OID_BYTES));
	return end != NULL && journal_entry_last(out, view_of(partition->journal.file.data, (size_t)*end));
}

bool
partition_journal_parent(struct oid *out, struct partition *partition, const struct oid *commit)
{
	struct journal_entry entry;
	struct view rows;

	if (partition_recent_find_changes(&rows, out, partition->world.recent, commit))
		return true;
	if (!find_entry(&entry, partition, commit))
		return false;
	*out = entry.parent;
	return true;
}

/* The rows that the file has of a commit, appended to `rows`. */
static bool
find_in_file(struct bytes *rows, struct oid *parent_out, struct partition *partition, const struct oid *commit)
{
	const struct seal_key *key = journal_key(partition);
	struct journal_entry entry;

	if (key == NULL || !find_entry(&entry, partition, commit) ||
	    journal_entry_open(rows, &entry, key, NULL) != ERR_OK)
		return false;
	*parent_out = entry.parent;
	return true;
}

bool
partition_journal_find(struct partition_touches *out, struct oid *parent_out, struct partition *partition,
                       const struct oid *commit)
{
	struct bytes rows = {0};
	struct view found;
	const uint8_t *copy;
	bool is_found;

	if (partition_recent_find_changes(&found, parent_out, partition->world.recent, commit))
		return journal_rows_read(out, found, NULL) == ERR_OK;
	is_found = find_in_file(&rows, parent_out, partition, commit);
	copy = is_found ? arena_copy(&out->texts, bytes_view(&rows)) : NULL;
	is_found = copy != NULL && journal_rows_read(out, view_of(copy, rows.size), NULL) == ERR_OK;
	seal_wipe_bytes(&rows);
	return is_found;
}

/* --- keeping --- */

/* Whether an entry of ours ends where the file does: a torn one would hide all before it. */
static bool
has_good_end(int fd, const char *path, off_t size)
{
	uint8_t tail[JOURNAL_TAIL_BYTES];
	uint8_t head[4];

	if (size < (off_t)sizeof(tail) ||
	    fs_read_at(fd, path, tail, sizeof(tail), size - (off_t)sizeof(tail), NULL) != ERR_OK ||
	    !journal_tail_is_ours(tail) || (off_t)load_u32(tail) > size ||
	    fs_read_at(fd, path, head, sizeof(head), size - (off_t)load_u32(tail), NULL) != ERR_OK)
		return false;
	return load_u32(head) == load_u32(tail);
}

/* At the end of the file, in time and bytes of the entries alone. False: it must be written anew. */
static bool
append(const char *path, struct view entries)
{
	struct stat status;
	bool is_done = false;
	int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return false;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size + (off_t)entries.size <= LIMIT_CHANGES_FILE_BYTES_MAX &&
	    has_good_end(fd, path, status.st_size))
		is_done = fs_write_all(fd, path, entries, NULL) == ERR_OK;
	(void)close(fd);
	return is_done;
}

/* The newest entries of a file that has become too large, oldest first, appended to `out`. */
static enum err
keep_newest(struct bytes *out, const char *path, size_t size_max)
{
	struct journal_entry entry;
	struct bytes file = {0};
	struct view rest;
	size_t size = 0;
	enum err err = ERR_OK;

	if (fs_read(&file, path, LIMIT_CHANGES_FILE_BYTES_MAX, NULL) == ERR_OK) {
		for (rest = bytes_view(&file); journal_entry_last(&entry, rest) && size + entry.size <= size_max;
		     rest.size -= entry.size)
			size += entry.size;
		err = bytes_append(out, file.data + (file.size - size), size, NULL);
	}
	bytes_release(&file);
	return err;
}

void
partition_journal_append(struct partition *partition, struct view entries)
{
	struct bytes content = {0};
	char path[LIMIT_PATH_BYTES_MAX];

	if (entries.size == 0 || partition->world.rehearsal != NULL)
		return;
	unload(&partition->journal);
	if (file_path(path, partition, NULL) != ERR_OK || append(path, entries))
		return;
	if (keep_newest(&content, path, JOURNAL_KEPT_BYTES - entries.size) == ERR_OK &&
	    bytes_append_view(&content, entries, NULL) == ERR_OK &&
	    fs_write_cache(path, bytes_view(&content), NULL) != ERR_OK)
		(void)unlink(path);
	bytes_release(&content);
}

enum err
partition_changes_forget(struct partition *partition, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = file_path(path, partition, info);

	unload(&partition->journal);
	return err == ERR_OK ? fs_remove(path, info) : err;
}
