/* A merge held against its parents, path by path: what an auditor without keys can say. */
#include "git/tree.h"
#include "partition/merge.h"
#include "partition/merging.h"

struct merge_checking {
	const struct merging *merging;
	size_t side; /* of the parent that the merge is held against */
};

/* A record differs between a parent and the merge: so the other side wrote it. */
static enum err
check_difference(void *context, const struct id *id, const struct oid *old, const struct oid *new,
                 struct err_info *info)
{
	const struct merge_checking *checking = context;
	const uint64_t *bits = table_find(&checking->merging->touched, view_of(id->bytes, ID_BYTES));
	char hex[2 * ID_BYTES + 1];

	(void)old;
	(void)new;
	if (bits != NULL && (*bits >> (1 - checking->side) & 1) != 0)
		return ERR_OK;
	hex_write(hex, view_of(id->bytes, ID_BYTES));
	return err_set(info, ERR_AUTH, _("record %s is not as the one side that wrote it has it"), hex);
}

/* Time, schema set, rules and epoch follow from the parents'; tree and digests are held against what they stand for elsewhere. */
static enum err
check_text(const struct merging *merging, const struct partition_version *merge, struct err_info *info)
{
	struct delta_commit_info commit =
		partition_merge_commit(&merging->parents[0].version, &merging->parents[1].version);
	struct bytes text = {0};
	enum err err;

	commit.tree = merge->info.tree;
	commit.parents_digest = merge->info.parents_digest;
	commit.state_digest = merge->info.state_digest;
	err = delta_commit_write(&text, &commit, info);
	if (err == ERR_OK && !view_equal(bytes_view(&text), bytes_view(&merge->text)))
		err = err_set(info, ERR_AUTH, "%s",
		              _("its time, schema set, rules or epoch do not follow from its parents'"));
	bytes_release(&text);
	return err;
}

enum err
partition_merge_check(struct partition *partition, const struct partition_version *merge, struct err_info *info)
{
	struct merging merging = {.source = {partition, NULL, partition_reader(partition, NULL)}};
	struct merge_checking checking = {.merging = &merging};
	enum err err = partition_merging_open(&merging, &merge->info.parents[0], &merge->info.parents[1], info);

	if (err == ERR_OK && (merging.parents[0].edit_count == 0 || merging.parents[1].edit_count == 0))
		err = err_set(info, ERR_AUTH, "%s", _("one of its parents holds all edits of the other"));
	if (err == ERR_OK)
		err = check_text(&merging, merge, info);
	for (size_t i = 0; err == ERR_OK && i < MERGE_SIDES; i++)
		err = partition_merging_touch(&merging, i, info);
	for (checking.side = 0; err == ERR_OK && checking.side < MERGE_SIDES; checking.side++)
		err = git_idtree_diff(merging.source.reader, &merging.parents[checking.side].version.records,
		                      &merge->records, check_difference, &checking, info);
	partition_merging_release(&merging);
	return err;
}
