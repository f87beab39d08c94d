/* Taking back what of an edit still stands. */
#include <string.h>

#include "flow/desk.h"
#include "flow/resolve.h"
#include "partition/derive.h"
#include "partition/past.h"

struct reverting {
	const struct flow_desk *desk;
	struct flow_editing editing;
	struct partition_version target;
	struct partition_version parent;
	struct partition_touches touches;
	struct git_history *history;
	struct partition_past *past;
	struct arena arena;
	size_t settled;
};

static void
reverting_release(struct reverting *reverting)
{
	partition_past_free(reverting->past);
	git_history_free(reverting->history);
	partition_touches_release(&reverting->touches);
	partition_version_release(&reverting->target);
	partition_version_release(&reverting->parent);
	flow_editing_release(&reverting->editing);
	arena_release(&reverting->arena);
}

/* The one partition that has the commit. */
static enum err
find_commit(struct node_code *owner_out, struct oid *out, struct node *node, const struct node_code *owner,
            const char *name, struct err_info *info)
{
	struct node_codes codes = {0};
	size_t found = 0;
	enum err err = node_partitions(&codes, node, info);

	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		struct partition *partition = NULL;
		struct err_info why;
		struct oid commit;
		enum err one;

		if (owner != NULL && strcmp(owner->text, codes.codes[i].text) != 0)
			continue;
		err = node_partition_open(&partition, node, &codes.codes[i], info);
		one = err == ERR_OK ? partition_resolve(&commit, partition, name, &why) : err;
		partition_free(partition);
		if (err == ERR_OK && one == ERR_OK) {
			*owner_out = codes.codes[i];
			*out = commit;
			found++;
		} else if (err == ERR_OK && one != ERR_NOT_FOUND) {
			err = err_pass(info, one, &why);
		}
	}
	node_codes_release(&codes);
	if (err == ERR_OK && found != 1)
		err = err_set(info, found == 0 ? ERR_NOT_FOUND : ERR_USAGE,
		              found == 0 ? _("no partition here has a commit %s")
		                         : _("several partitions have a commit %s; add --partition NODE"),
		              name);
	return err;
}

static enum err
open_target(struct reverting *reverting, const struct oid *commit, struct err_info *info)
{
	struct partition *partition = reverting->editing.partition;
	struct git_reader reader = {NULL, partition_store(partition)};
	enum err err = partition_version_open(&reverting->target, partition, commit, info);

	if (err == ERR_OK && reverting->target.info.is_merge)
		err = err_set(info, ERR_USAGE, "%s",
		              _("a merge writes nothing, so there is nothing to take back; name an edit, as tiersync "
		                "log shows it"));
	if (err == ERR_OK && reverting->target.info.parent_count == 0)
		err = err_set(info, ERR_USAGE, "%s",
		              _("the root commit writes nothing, so there is nothing to take back"));
	if (err == ERR_OK)
		err = partition_version_open(&reverting->parent, partition, &reverting->target.info.parents[0], info);
	if (err == ERR_OK)
		err = git_history_open(&reverting->history, reader, info);
	return err;
}

/* The pasts of all records that the edit touched, in one walk. */
static enum err
open_past(struct reverting *reverting, struct err_info *info)
{
	const struct git_oids_view heads = {&reverting->editing.head.commit, 1};
	struct partition *partition = reverting->editing.partition;
	const struct partition_source source = {partition, NULL, {NULL, partition_store(partition)}};
	struct id *ids;
	enum err err = partition_touches_find(&reverting->touches, source.reader, &reverting->parent,
	                                      &reverting->target, info);

	if (err != ERR_OK)
		return err;
	ids = arena_get(&reverting->arena, (reverting->touches.count + 1) * sizeof(*ids));
	if (ids == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < reverting->touches.count; i++)
		ids[i] = reverting->touches.items[i].id;
	return partition_past_whole(&reverting->past, &source, reverting->history, heads, ids, reverting->touches.count,
	                            NULL, info);
}

static enum err
revert_record(struct reverting *reverting, const struct id *id, struct err_info *info)
{
	struct partition *partition = reverting->editing.partition;
	const struct merge_edits *edits = partition_past_edits(reverting->past);
	struct merge_history history;
	struct merge_row before;
	struct merge_row here;
	struct merge_reversion reversion = {.edits = edits, .history = &history, .before = &before, .here = &here};
	struct delta_writes writes = {0};
	struct view kind;
	enum err err = partition_past_history(&history, reverting->past, id, info);

	if (err == ERR_OK && !merge_edits_find(&reversion.edit, edits, &reverting->target.commit))
		return ERR_OK; /* twin or rule entries alone */
	if (err == ERR_OK)
		err = partition_row(&before, &reverting->arena, partition, &reverting->parent, id, info);
	if (err == ERR_OK)
		err = partition_row(&here, &reverting->arena, partition, &reverting->editing.head, id, info);
	if (err != ERR_OK)
		return err;
	kind = here.has_record ? here.record.kind : before.has_record ? before.record.kind : (struct view){0};
	reversion.kind = schema_set_kind(reverting->editing.schemas, kind);
	err = merge_revert(&writes, &reverting->arena, &reversion, info);
	if (err != ERR_OK || writes.count == 0)
		return err;
	reverting->settled++;
	return flow_editing_write(&reverting->editing, &reverting->arena, id, kind, &writes, info);
}

static enum err
revert_edit(struct reverting *reverting, struct err_info *info)
{
	enum err err = open_past(reverting, info);

	for (size_t i = 0; err == ERR_OK && i < reverting->touches.count; i++)
		err = revert_record(reverting, &reverting->touches.items[i].id, info);
	return err;
}

/* --- a correction --- */

/* Whether the last word in the head on this very target is `Void`: of the corrections that name it. */
static enum err
is_void(bool *out, struct reverting *reverting, const struct delta_void *word, struct err_info *info)
{
	struct git_oids commits = {0};
	const struct git_oids_view heads = {&reverting->editing.head.commit, 1};
	uint8_t level = 0;
	enum err err = git_history_between(&commits, reverting->history, heads,
	                                   (struct git_oids_view){&word->commit, 1}, info);

	*out = true;
	for (size_t i = 0; err == ERR_OK && i < commits.count; i++) {
		struct partition_version version;
		struct view rest;

		err = partition_version_open(&version, reverting->editing.partition, &commits.items[i], info);
		if (err != ERR_OK)
			break;
		rest = version.info.voids;
		while (err == ERR_OK && rest.size > 0) {
			struct delta_void other;

			err = delta_void_next(&other, &rest, &reverting->arena, info);
			if (err == ERR_OK && oid_equal(&other.commit, &word->commit) &&
			    other.is_whole == word->is_whole &&
			    (other.is_whole || (id_equal(&other.record, &word->record) &&
			                        record_path_compare(&other.path, &word->path) == 0)) &&
			    version.info.level >= level) {
				level = version.info.level; /* parents first: of one level the later word stands */
				*out = !other.is_restore;
			}
		}
		partition_version_release(&version);
	}
	git_oids_release(&commits);
	return err;
}

static enum err
revert_correction(struct reverting *reverting, struct err_info *info)
{
	struct flow_editing *editing = &reverting->editing;
	struct view rest = reverting->target.info.voids;
	struct bytes lines = {0};
	enum err err = ERR_OK;

	if (editing->terms.terms.level < reverting->target.info.level)
		return err_set(
			info, ERR_RIGHT,
			_("this correction was made by %s; an office of its level or a higher one takes it back"),
			reverting->target.info.node.text);
	while (err == ERR_OK && rest.size > 0) {
		struct delta_void word;
		bool is_standing = false;

		err = delta_void_next(&word, &rest, &reverting->arena, info);
		if (err == ERR_OK && !word.is_restore)
			err = is_void(&is_standing, reverting, &word, info);
		if (err != ERR_OK || !is_standing)
			continue;
		word.is_restore = true;
		err = delta_void_write(&lines, &word, info);
		reverting->settled++;
	}
	if (err == ERR_OK && lines.size > 0) {
		partition_edit_free(editing->edit);
		editing->edit = NULL;
		editing->terms.terms.voids = bytes_view(&lines);
		err = partition_edit_begin(&editing->edit, editing->batch, &editing->terms.terms, info);
		if (err == ERR_OK)
			err = partition_edit_sign(editing->edit, node_keys(reverting->desk->node), &editing->last,
			                          info);
		partition_edit_free(editing->edit);
		editing->edit = NULL;
		editing->commits += err == ERR_OK ? 1U : 0U;
	}
	bytes_release(&lines);
	return err;
}

enum err
flow_revert(struct flow_resolved *out, const struct flow_desk *desk, const struct node_code *owner, const char *name,
            struct err_info *info)
{
	struct reverting reverting = {.desk = desk};
	struct node_code found;
	struct oid commit;
	enum err err = find_commit(&found, &commit, desk->node, owner, name, info);

	if (err == ERR_OK)
		err = flow_editing_begin(&reverting.editing, desk, &found, info);
	if (err == ERR_OK)
		err = open_target(&reverting, &commit, info);
	if (err == ERR_OK)
		err = reverting.target.info.voids.size > 0 ? revert_correction(&reverting, info)
		                                           : revert_edit(&reverting, info);
	if (err == ERR_OK)
		err = flow_editing_publish(&reverting.editing, info);
	if (err == ERR_OK)
		*out = (struct flow_resolved){reverting.settled, reverting.editing.commits, reverting.editing.last};
	reverting_release(&reverting);
	return err;
}
