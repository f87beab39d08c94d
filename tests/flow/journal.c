/* What the journal of changes says, held against the trees: it may know nothing, but it may say nothing else. */
#include <string.h>

#include "git/history.h"
#include "git/tree.h"
#include "offices.h"
#include "partition/derive.h"
#include "partition/internal.h"
#include "partition/send.h"
#include "partition/shelves.h"

enum {
	CHAIN = 5, /* edits that are asked for at once, and sent */
	JOURNAL_BYTES_MAX = LIMIT_CHANGES_FILE_BYTES_MAX,
};

static enum err
wrong(const struct oid *commit, const char *what, struct err_info *info)
{
	char hex[2 * OID_BYTES + 1];

	hex_write(hex, view_of(commit->bytes, OID_BYTES));
	return err_set(info, ERR_INTERNAL, "the journal of changes about %s: %s", hex, what);
}

/* --- one edit --- */

static enum err
compare_text(struct partition *partition, const struct partition_touch *touch, size_t side, struct err_info *info)
{
	const struct oid *blob = side == 0 ? &touch->before[0] : &touch->after[0];
	struct bytes plaintext = {0};
	enum err err = ERR_OK;

	if (touch->text[side].size == 0)
		return ERR_OK;
	err = partition_open_record(&plaintext, partition, &touch->id, blob, info);
	if (err == ERR_OK && !view_equal(bytes_view(&plaintext), touch->text[side]))
		err = wrong(blob, "another text", info);
	bytes_release(&plaintext);
	return err;
}

static enum err
compare_touches(struct partition *partition, const struct oid *commit, const struct partition_touches *told,
                const struct partition_touches *found, struct err_info *info)
{
	enum err err = told->count == found->count ? ERR_OK : wrong(commit, "another number of records", info);

	for (size_t i = 0; err == ERR_OK && i < told->count; i++) {
		const struct partition_touch *a = &told->items[i];
		const struct partition_touch *b = &found->items[i];

		if (!id_equal(&a->id, &b->id) || memcmp(a->before, b->before, sizeof(a->before)) != 0 ||
		    memcmp(a->after, b->after, sizeof(a->after)) != 0)
			err = wrong(commit, "another record", info);
		if (err == ERR_OK)
			err = compare_text(partition, a, 0, info);
		if (err == ERR_OK)
			err = compare_text(partition, a, 1, info);
	}
	return err;
}

struct listing {
	struct id ids[DELTA_IDS_MAX];
	size_t count;
};

static enum err
list(void *context, const struct id *id, const struct oid *blob, struct err_info *info)
{
	struct listing *listing = context;

	(void)blob;
	(void)info;
	if (listing->count == DELTA_IDS_MAX)
		return ERR_TOO_BIG;
	listing->ids[listing->count++] = *id;
	return ERR_OK;
}

static enum err
compare_shelves(struct partition *partition, const struct oid *commit, const struct partition_touches *told,
                const struct partition_version *parent, struct err_info *info)
{
	struct git_idtree *tree = NULL;
	enum err err = git_idtree_open(&tree, partition_reader(partition, NULL), &parent->records, info);

	for (size_t i = 0; err == ERR_OK && i < told->count; i++) {
		struct id ids[DELTA_IDS_MAX];
		struct listing listing = {.count = 0};
		size_t count = 0;

		if (!partition_shelves_find(ids, &count, told, &told->items[i].id, told->shelf_bits))
			continue;
		err = git_idtree_prefix(tree, &told->items[i].id, told->shelf_bits, list, &listing, info);
		if (err == ERR_OK && (count != listing.count || memcmp(ids, listing.ids, count * sizeof(ids[0])) != 0))
			err = wrong(commit, "another shelf", info);
	}
	git_idtree_free(tree);
	return err;
}

static enum err
check_edit(struct partition *partition, const struct partition_version *edit, const struct partition_version *parent,
           size_t *told_out, struct err_info *info)
{
	struct partition_touches told = {0};
	struct partition_touches found = {0};
	struct oid at;
	enum err err = ERR_OK;

	if (partition_journal_find(&told, &at, partition, &edit->commit)) {
		(*told_out)++;
		if (!oid_equal(&at, &parent->commit))
			err = wrong(&edit->commit, "another parent", info);
		if (err == ERR_OK)
			err = partition_touches_find(&found, partition_reader(partition, NULL), parent, edit, info);
		if (err == ERR_OK)
			err = compare_touches(partition, &edit->commit, &told, &found, info);
		if (err == ERR_OK)
			err = compare_shelves(partition, &edit->commit, &told, parent, info);
	}
	partition_touches_release(&told);
	partition_touches_release(&found);
	return err;
}

/* --- several edits --- */

static enum err
check_between(struct partition *partition, const struct partition_version *from, const struct partition_version *to,
              struct err_info *info)
{
	struct partition_touches told = {0};
	struct partition_touches found = {0};
	enum err err = ERR_OK;

	if (partition_changes_between(&told, partition, &from->commit, &to->commit)) {
		err = partition_touches_find(&found, partition_reader(partition, NULL), from, to, info);
		if (err == ERR_OK)
			err = compare_touches(partition, &to->commit, &told, &found, info);
	}
	partition_touches_release(&told);
	partition_touches_release(&found);
	return err;
}

static enum err
make(struct bytes *out, struct partition *partition, const struct oid *from, const struct oid *to)
{
	const struct partition_delta_terms terms = {.known = {from, oid_is_none(from) ? 0 : 1}, .size_limit = SIZE_MAX};
	struct partition_delta delta = {.is_whole = false};
	struct err_info why;
	enum err err = partition_delta_make(&delta, partition, to, &terms, &why);

	if (err == ERR_OK)
		err = bytes_append_view(out, bytes_view(&delta.section), &why);
	partition_delta_release(&delta);
	return err;
}

/* The same delta with the journal and without it, byte by byte, or the same error. */
static enum err
check_delta(struct partition *partition, const struct oid *from, const struct oid *to, struct err_info *info)
{
	struct partition_recent *recent = partition->world.recent;
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes file = {0};
	struct bytes with = {0};
	struct bytes without = {0};
	enum err made = make(&with, partition, from, to);
	enum err err = fs_path(path, info, "%s/tiersync-changes", partition->path);

	if (err == ERR_OK && fs_read(&file, path, JOURNAL_BYTES_MAX, NULL) != ERR_OK)
		bytes_clear(&file);
	if (err == ERR_OK)
		err = partition_changes_forget(partition, info);
	partition->world.recent = NULL;
	if (err == ERR_OK &&
	    (make(&without, partition, from, to) != made || !view_equal(bytes_view(&with), bytes_view(&without))))
		err = wrong(to, "another delta", info);
	partition->world.recent = recent;
	if (err == ERR_OK && file.size > 0)
		err = fs_write_cache(path, bytes_view(&file), info);
	if (err == ERR_OK) /* what was learnt of the missing file is forgotten */
		partition_journal_release(&partition->journal);
	bytes_release(&file);
	bytes_release(&with);
	bytes_release(&without);
	return err;
}

/* From either parent to the merge, and from one to the other. */
static enum err
check_merge(struct partition *partition, const struct partition_version *merge, struct err_info *info)
{
	struct partition_version parents[2] = {{.commit = {{0}}}};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < 2; i++) {
		err = partition_version_open(&parents[i], partition, &merge->info.parents[i], info);
		if (err == ERR_OK)
			err = check_between(partition, &parents[i], merge, info);
	}
	if (err == ERR_OK)
		err = check_between(partition, &parents[0], &parents[1], info);
	partition_version_release(&parents[0]);
	partition_version_release(&parents[1]);
	return err;
}

static enum err
check_chain(struct partition *partition, const struct oid *head, struct err_info *info)
{
	struct partition_version to = {0};
	struct partition_version from = {0};
	struct oid at = *head;
	enum err err = partition_version_open(&to, partition, head, info);

	for (size_t i = 0; err == ERR_OK && i < CHAIN && !oid_is_none(&at); i++) {
		partition_version_release(&from);
		err = partition_version_open(&from, partition, &at, info);
		at = err == ERR_OK && from.info.parent_count > 0 ? from.info.parents[0] : (struct oid){{0}};
		if (err == ERR_OK)
			err = check_between(partition, &from, &to, info);
	}
	if (err == ERR_OK)
		err = check_delta(partition, &from.commit, &to.commit, info);
	if (err == ERR_OK && to.info.is_merge)
		err = check_merge(partition, &to, info);
	partition_version_release(&from);
	partition_version_release(&to);
	return err;
}

/* --- all of a partition --- */

static enum err
check_commit(struct partition *partition, const struct oid *commit, size_t *told_out, struct err_info *info)
{
	struct partition_version edit = {0};
	struct partition_version parent = {0};
	enum err err = partition_version_open(&edit, partition, commit, info);

	if (err == ERR_OK && edit.info.parent_count > 0)
		err = partition_version_open(&parent, partition, &edit.info.parents[0], info);
	if (err == ERR_OK)
		err = check_edit(partition, &edit, &parent, told_out, info);
	partition_version_release(&edit);
	partition_version_release(&parent);
	return err;
}

/* false: this store was asked about it already */
static enum err
is_new(bool *out, const struct office *office, const struct oid *commit, struct err_info *info)
{
	uint8_t key[sizeof(office->name) + OID_BYTES];

	memcpy(key, office->name, sizeof(office->name));
	memcpy(key + sizeof(office->name), commit->bytes, OID_BYTES);
	return table_put(&offices.told, view_of(key, sizeof(key)), NULL, out, info);
}

enum err
journal_check(size_t *told_out, const struct office *office, struct partition *partition, const struct oid *head,
              struct err_info *info)
{
	struct git_history *history = NULL;
	struct git_oids commits = {0};
	bool is_fresh = false;
	enum err err = ERR_OK;

	*told_out = 0;
	if (!oid_is_none(head))
		err = is_new(&is_fresh, office, head, info);
	if (err != ERR_OK || !is_fresh)
		return err;
	err = git_history_open(&history, partition_reader(partition, NULL), info);
	if (err == ERR_OK)
		err = git_history_between(&commits, history, (struct git_oids_view){head, 1},
		                          (struct git_oids_view){NULL, 0}, info);
	for (size_t i = 0; err == ERR_OK && i < commits.count; i++) {
		err = is_new(&is_fresh, office, &commits.items[i], info);
		if (err == ERR_OK && (is_fresh || oid_equal(&commits.items[i], head)))
			err = check_commit(partition, &commits.items[i], told_out, info);
	}
	git_oids_release(&commits);
	git_history_free(history);
	return err == ERR_OK ? check_chain(partition, head, info) : err;
}
