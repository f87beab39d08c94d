/* A merge at work: its parents, what only one of them reaches, and which records each side wrote. */
#include "partition/merging.h"

#include <string.h>

#include "git/reach.h"
#include "git/tree.h"

void
partition_merging_release(struct merging *merging)
{
	for (size_t i = 0; i < MERGE_SIDES; i++) {
		partition_version_release(&merging->parents[i].version);
		git_oids_release(&merging->parents[i].commits);
	}
	partition_twins_release(&merging->twins);
	partition_tree_release(&merging->tree);
	table_release(&merging->touched);
	arena_release(&merging->arena);
	git_history_free(merging->history);
}

static enum err
count_edits(struct merge_parent *parent, struct git_history *history, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < parent->commits.count; i++) {
		struct oid above[GIT_PARENTS_MAX];
		size_t count = 0;

		err = git_history_parents(above, &count, history, &parent->commits.items[i], info);
		parent->edit_count += count < GIT_PARENTS_MAX ? 1U : 0U;
	}
	return err;
}

enum err
partition_merging_open(struct merging *merging, const struct oid *a, const struct oid *b, struct err_info *info)
{
	bool is_ordered = memcmp(a->bytes, b->bytes, OID_BYTES) < 0;
	const struct oid *heads[MERGE_SIDES] = {is_ordered ? a : b, is_ordered ? b : a};
	enum err err = git_history_open(&merging->history, merging->source.reader, info);

	for (size_t i = 0; err == ERR_OK && i < MERGE_SIDES; i++) {
		struct merge_parent *parent = &merging->parents[i];

		err = partition_version_read(&parent->version, merging->source.partition, merging->source.reader,
		                             heads[i], info);
		if (err == ERR_OK)
			err = git_history_between(&parent->commits, merging->history,
			                          (struct git_oids_view){heads[i], 1},
			                          (struct git_oids_view){heads[1 - i], 1}, info);
		if (err == ERR_OK)
			err = count_edits(parent, merging->history, info);
	}
	return err;
}

static enum err
touch(void *context, const struct id *id, const struct oid *old, const struct oid *new, struct err_info *info)
{
	struct merging *merging = context;
	uint64_t *value;
	enum err err = table_put(&merging->touched, view_of(id->bytes, ID_BYTES), &value, NULL, info);

	(void)old;
	(void)new;
	if (err == ERR_OK)
		*value |= merging->side;
	return err;
}

/* As the journal of changes tells it; *is_told false: it does not know this edit. */
static enum err
touch_told(bool *is_told, struct merging *merging, const struct partition_version *version, struct err_info *info)
{
	const struct oid *parent = &version->info.parents[0];
	struct partition_touches touches = {0};
	struct oid found;
	enum err err = ERR_OK;

	*is_told = version->info.parent_count > 0 &&
	           partition_journal_find(&touches, &found, merging->source.partition, &version->commit) &&
	           oid_equal(&found, parent);
	for (size_t i = 0; err == ERR_OK && *is_told && i < touches.count; i++)
		err = touch(merging, &touches.items[i].id, NULL, NULL, info);
	partition_touches_release(&touches);
	return err;
}

static enum err
touch_all(struct merging *merging, const struct partition_version *version, struct err_info *info)
{
	struct partition_version parent = {0};
	bool is_told;
	enum err err = touch_told(&is_told, merging, version, info);

	if (err != ERR_OK || is_told)
		return err;
	if (version->info.parent_count > 0)
		err = partition_version_read(&parent, merging->source.partition, merging->source.reader,
		                             &version->info.parents[0], info);
	if (err == ERR_OK)
		err = git_idtree_diff(merging->source.reader, &parent.records, &version->records, touch, merging, info);
	if (err == ERR_OK)
		err = git_idtree_diff(merging->source.reader, &parent.conflicts, &version->conflicts, touch, merging,
		                      info);
	partition_version_release(&parent);
	return err;
}

/* A correction touches every record of which it speaks, also where its tree shows nothing. */
static enum err
touch_words(struct merging *merging, struct view voids, struct err_info *info)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && voids.size > 0) {
		struct partition_version target;
		struct delta_void word;

		err = delta_void_next(&word, &voids, &merging->arena, info);
		if (err != ERR_OK)
			break;
		if (!word.is_whole) {
			err = touch(merging, &word.record, NULL, NULL, info);
			continue;
		}
		err = partition_version_read(&target, merging->source.partition, merging->source.reader, &word.commit,
		                             info);
		if (err != ERR_OK)
			break;
		err = touch_all(merging, &target, info);
		partition_version_release(&target);
	}
	return err;
}

enum err
partition_merging_touch(struct merging *merging, size_t side, struct err_info *info)
{
	const struct git_oids *commits = &merging->parents[side].commits;
	enum err err = ERR_OK;

	merging->side = 1U << side;
	for (size_t i = 0; err == ERR_OK && i < commits->count; i++) {
		struct partition_version version;

		err = partition_version_read(&version, merging->source.partition, merging->source.reader,
		                             &commits->items[i], info);
		if (err != ERR_OK)
			break;
		if (!version.info.is_merge)
			err = touch_all(merging, &version, info);
		if (err == ERR_OK)
			err = touch_words(merging, version.info.voids, info);
		partition_version_release(&version);
	}
	return err;
}
