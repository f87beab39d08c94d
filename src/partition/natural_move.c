/* The cache of natural keys on its way from commit to commit. */
#include <string.h>

#include "git/tree.h"
#include "partition/natural_inside.h"

/* A record that does not open has a hash of its own, so that it is found again when it does. */
static void
hash_unopened(struct lookup_hash *out, const struct id *id)
{
	memset(out->bytes, 0, LOOKUP_HASH_BYTES / 2);
	memcpy(out->bytes + LOOKUP_HASH_BYTES / 2, id->bytes, LOOKUP_HASH_BYTES / 2);
}

/* ERR_RIGHT: no salt or no epoch key. */
static enum err
open_record(struct record *out, struct partition_natural *natural, const struct id *id, const struct oid *oid,
            struct view text, struct err_info *info)
{
	struct seal_salt salt;
	enum err err;

	arena_clear(&natural->arena);
	if (text.size > 0)
		return record_read(out, &natural->arena, text, LIMIT_RECORD_MERGED_BYTES_MAX, info);
	err = partition_salt(&salt, natural->partition, natural->batch, id, info);
	bytes_clear(&natural->blob);
	bytes_clear(&natural->plaintext);
	if (err == ERR_OK)
		err = git_reader_read(&natural->blob, natural_reader(natural), oid, GIT_TYPE_BLOB, info);
	if (err == ERR_OK)
		err = partition_unseal(&natural->plaintext, NULL, natural->partition, &salt, id, SEAL_ROLE_RECORD,
		                       bytes_view(&natural->blob), info);
	seal_wipe(&salt, sizeof(salt));
	if (err == ERR_OK)
		err = record_read(out, &natural->arena, bytes_view(&natural->plaintext), LIMIT_RECORD_MERGED_BYTES_MAX,
		                  info);
	return err;
}

/* Takes out what stands for a record that did not open; *was_there_out may be NULL. */
static enum err
drop_unopened(bool *was_there_out, struct partition_natural *natural, const struct id *id, struct err_info *info)
{
	struct lookup_hash hash;
	size_t before;
	size_t after;
	enum err err;

	hash_unopened(&hash, id);
	(void)lookup_changes(natural->lookup, &before);
	err = natural_put(natural, id, &hash, false, info);
	(void)lookup_changes(natural->lookup, &after);
	if (was_there_out != NULL)
		*was_there_out = after != before;
	return err;
}

static enum err
take_unopened(struct partition_natural *natural, const struct id *id, bool is_there, struct err_info *info)
{
	struct lookup_hash hash;
	bool was_there = false;
	enum err err;

	if (is_there) {
		natural->has_unopened = true;
		hash_unopened(&hash, id);
		return natural_put(natural, id, &hash, true, info);
	}
	err = drop_unopened(&was_there, natural, id, info);
	if (err == ERR_OK && !was_there)
		err = lookup_drop(natural->lookup, id, info); /* it did open when it was put in */
	return err;
}

/* One side of a difference: the pair that this version of the record has comes in or goes. `text` is empty: it is opened. */
static enum err
take_version(struct partition_natural *natural, const struct id *id, const struct oid *oid, struct view text,
             bool is_there, struct err_info *info)
{
	struct record record;
	struct lookup_hash hash;
	bool has_key = false;
	enum err err;

	if (oid == NULL)
		return ERR_OK;
	err = open_record(&record, natural, id, oid, text, info);
	if (err == ERR_RIGHT)
		return take_unopened(natural, id, is_there, info);
	if (err == ERR_OK && !is_there && natural->has_unopened)
		err = drop_unopened(NULL, natural, id, info);
	if (err == ERR_OK)
		err = natural_hash_record(&hash, &has_key, natural, &record, info);
	if (err == ERR_OK && has_key)
		err = natural_put(natural, id, &hash, is_there, info);
	return err;
}

/* --- edges --- */

void
natural_start_anew(struct partition_natural *natural)
{
	lookup_clear(natural->lookup);
	natural->commit = (struct oid){{0}};
	natural->saved = natural->commit;
}

static void
begin_edge(struct partition_natural *natural)
{
	bytes_clear(&natural->moved);
	natural->is_recorded = !oid_is_none(&natural->commit);
}

/* What was changed and is not settled yet. */
static void
record_edge(struct partition_natural *natural)
{
	size_t count;
	const struct lookup_change *changes = lookup_changes(natural->lookup, &count);

	natural->is_recorded = natural->is_recorded && natural_edge_record(&natural->moved, changes, count);
}

static void
end_edge(struct partition_natural *natural, const struct oid *from, const struct oid *to)
{
	if (natural->is_recorded && !natural->has_unopened) /* what did not open may open on the way back */
		natural_edges_add(&natural->edges, from, to, &natural->moved);
}

void
natural_remember(struct partition_natural *natural, const struct oid *commit)
{
	begin_edge(natural);
	record_edge(natural);
	end_edge(natural, &natural->commit, commit);
}

/* By ways that were gone before; *is_there false: there are none, or the cache proved damaged, and is empty now. */
static enum err
move_by_edges(bool *is_there, struct partition_natural *natural, const struct oid *commit, struct err_info *info)
{
	struct natural_step steps[NATURAL_EDGES_MAX];
	size_t count = natural->has_unopened ? 0 : natural_edges_path(steps, &natural->edges, &natural->commit, commit);
	enum err err = ERR_OK;

	*is_there = count > 0;
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = natural_step_go(natural->lookup, &steps[i], info);
	if (err == ERR_OK && *is_there)
		natural->commit = *commit;
	if (err == ERR_OK)
		return ERR_OK;
	natural_start_anew(natural);
	*is_there = false;
	return err == ERR_NOMEM ? err : ERR_OK;
}

static enum err
take_difference(void *context, const struct id *id, const struct oid *old, const struct oid *new_value,
                struct err_info *info)
{
	struct partition_natural *natural = context;
	enum err err = take_version(natural, id, old, (struct view){0}, false, info);

	if (err == ERR_OK)
		err = take_version(natural, id, new_value, (struct view){0}, true, info);
	record_edge(natural);
	lookup_settle(natural->lookup); /* a move is not undone: it is made anew */
	return err;
}

static const struct oid *
known(const struct oid *blob)
{
	return oid_is_none(blob) ? NULL : blob;
}

/* The same as the journal of changes tells it. */
static enum err
take_touch(struct partition_natural *natural, const struct partition_touch *touch, struct err_info *info)
{
	enum err err = ERR_OK;

	if (oid_equal(&touch->before[0], &touch->after[0]))
		return ERR_OK;
	err = take_version(natural, &touch->id, known(&touch->before[0]), touch->text[0], false, info);
	if (err == ERR_OK)
		err = take_version(natural, &touch->id, known(&touch->after[0]), touch->text[1], true, info);
	record_edge(natural);
	lookup_settle(natural->lookup);
	return err;
}

/* Records that did not open before: a salt or an epoch key may have come since. */
enum err
natural_retry_unopened(struct partition_natural *natural, struct err_info *info)
{
	struct bytes ids = {0};
	struct partition_version version = {0};
	struct git_idtree *tree = NULL;
	enum err err = lookup_find_zero(&ids, natural->lookup, info);

	natural->has_unopened = ids.size > 0;
	if (err == ERR_OK && ids.size > 0)
		err = partition_version_read(&version, natural->partition, natural_reader(natural), &natural->commit,
		                             info);
	if (err == ERR_OK && ids.size > 0)
		err = git_idtree_open(&tree, natural_reader(natural), &version.records, info);
	for (size_t at = 0; err == ERR_OK && at < ids.size; at += ID_BYTES) {
		struct seal_salt salt;
		struct oid oid;
		struct id id;

		memcpy(id.bytes, ids.data + at, ID_BYTES);
		if (partition_salt(&salt, natural->partition, natural->batch, &id, NULL) != ERR_OK)
			continue;
		seal_wipe(&salt, sizeof(salt));
		err = drop_unopened(NULL, natural, &id, info);
		if (err == ERR_OK)
			err = git_idtree_get(&oid, tree, &id, info);
		if (err == ERR_OK)
			err = take_version(natural, &id, &oid, (struct view){0}, true, info);
	}
	lookup_settle(natural->lookup);
	git_idtree_free(tree);
	partition_version_release(&version);
	bytes_release(&ids);
	return err;
}

static enum err
move_once(struct partition_natural *natural, const struct partition_version *to, struct err_info *info)
{
	struct git_reader reader = natural_reader(natural);
	struct partition_version from = {0};
	struct partition_touches touches = {0};
	bool is_told = !oid_is_none(&natural->commit) &&
	               partition_changes_between(&touches, natural->partition, &natural->commit, &to->commit);
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && is_told && i < touches.count; i++)
		err = take_touch(natural, &touches.items[i], info);
	partition_touches_release(&touches);
	if (is_told)
		return err;
	err = partition_version_read(&from, natural->partition, reader, &natural->commit, info);
	if (err == ERR_OK)
		err = git_idtree_diff(reader, &from.records, &to->records, take_difference, natural, info);
	partition_version_release(&from);
	return err;
}

/* Moves; should the cache prove damaged, or the commit where it stands unreadable, from nothing. */
enum err
natural_move_to(struct partition_natural *natural, const struct oid *commit, struct err_info *info)
{
	struct partition_version to;
	struct oid from;
	bool is_there = false;
	enum err err = move_by_edges(&is_there, natural, commit, info);

	if (err != ERR_OK || is_there)
		return err;
	err = partition_version_read(&to, natural->partition, natural_reader(natural), commit, info);
	if (err != ERR_OK)
		return err;
	from = natural->commit;
	begin_edge(natural);
	err = move_once(natural, &to, info);
	if (err != ERR_OK && err != ERR_NOMEM && !oid_is_none(&natural->commit)) {
		natural_start_anew(natural);
		natural->is_recorded = false;
		err = move_once(natural, &to, info);
	}
	if (err == ERR_OK) {
		end_edge(natural, &from, commit);
		natural->commit = *commit;
	} else {
		natural_start_anew(natural);
	}
	partition_version_release(&to);
	return err;
}

enum err
partition_natural_move(struct partition_natural *natural, const struct oid *commit, struct err_info *info)
{
	enum err err = lookup_undo(natural->lookup, info);

	if (err != ERR_OK || oid_equal(&natural->commit, commit))
		return err;
	return natural_move_to(natural, commit, info);
}
