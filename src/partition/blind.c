/* A merge that is told, not made: what an auditor without keys takes. Its later edits' digests vouch for it, and the audit. */
#include <stdlib.h>
#include <string.h>

#include "partition/edit.h"

enum err
partition_edit_begin_merge(struct partition_edit **out, struct partition_batch *batch, const struct oid *a,
                           const struct oid *b, struct err_info *info)
{
	const bool is_ordered = memcmp(a->bytes, b->bytes, OID_BYTES) < 0;
	const struct partition_source source = {batch->partition, batch,
	                                        partition_reader(batch->partition, batch->pack)};
	struct partition_edit *edit = calloc(1, sizeof(*edit));
	struct partition_version larger = {0};
	struct seal_lthash state;
	enum err err;

	if (edit == NULL)
		return err_nomem(info);
	edit->batch = batch;
	edit->partition = batch->partition;
	edit->is_blind = true;
	err = partition_version_read(&edit->parent, edit->partition, source.reader, is_ordered ? a : b, info);
	if (err == ERR_OK)
		err = partition_version_read(&larger, edit->partition, source.reader, is_ordered ? b : a, info);
	if (err == ERR_OK)
		err = partition_state_of(&state, &batch->states, edit->partition, source.reader, &edit->parent, info);
	if (err == ERR_OK)
		err = partition_tree_open(&edit->tree, &source, batch->pack, &edit->parent, &state, info);
	if (err == ERR_OK)
		edit->commit = partition_merge_commit(&edit->parent, &larger);
	partition_version_release(&larger);
	if (err != ERR_OK) {
		partition_edit_free(edit);
		return err;
	}
	*out = edit;
	return ERR_OK;
}

enum err
partition_edit_finish_merge(struct partition_edit *edit, struct oid *out, struct err_info *info)
{
	struct bytes text = {0};
	enum err err = partition_tree_finish(&edit->tree, &edit->parent, &edit->commit, info);

	if (err == ERR_OK)
		err = delta_commit_write(&text, &edit->commit, info);
	if (err == ERR_OK)
		err = git_pack_add(edit->batch->pack, GIT_TYPE_COMMIT, bytes_view(&text), out, info);
	if (err == ERR_OK)
		partition_state_note(&edit->batch->states, out, &edit->tree.state);
	bytes_release(&text);
	return err;
}
