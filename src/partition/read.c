/* Records out of a version: one, all, or those that differ from another version. */
#include "partition/past_state.h"

static enum err
read_blob(struct bytes *out, struct git_reader reader, const struct oid *oid, struct err_info *info)
{
	bytes_clear(out);
	return git_reader_read(out, reader, oid, GIT_TYPE_BLOB, info);
}

enum err
partition_get(struct bytes *out, struct partition *partition, const struct partition_version *version,
              const struct id *id, struct err_info *info)
{
	struct git_reader reader = partition_reader(partition, NULL);
	struct git_idtree *tree = NULL;
	struct bytes blob = {0};
	struct oid oid;
	enum err err = git_idtree_open(&tree, reader, &version->records, info);

	if (err == ERR_OK)
		err = git_idtree_get(&oid, tree, id, info);
	if (err == ERR_OK)
		err = read_blob(&blob, reader, &oid, info);
	if (err == ERR_OK)
		err = partition_open_blob(out, partition, id, bytes_view(&blob), info);
	bytes_release(&blob);
	git_idtree_free(tree);
	return err;
}

static enum err
find_prefix(struct id *out, struct partition *partition, const struct oid *map, struct view prefix,
            struct err_info *info)
{
	struct git_idtree *tree = NULL;
	enum err err = git_idtree_open(&tree, partition_reader(partition, NULL), map, info);

	if (err == ERR_OK)
		err = git_idtree_find_prefix(out, tree, prefix, info);
	git_idtree_free(tree);
	return err;
}

enum err
partition_find(struct id *out, struct partition *partition, const struct partition_version *version, struct view prefix,
               struct err_info *info)
{
	return find_prefix(out, partition, &version->records, prefix, info);
}

enum err
partition_find_conflict(struct id *out, struct partition *partition, const struct partition_version *version,
                        struct view prefix, struct err_info *info)
{
	return find_prefix(out, partition, &version->conflicts, prefix, info);
}

struct each_walk {
	struct partition *partition;
	struct git_reader reader;
	partition_visit visit;
	partition_visit_change visit_change;
	void *context;
	struct bytes blob;
	struct bytes old_plaintext;
	struct bytes new_plaintext;
};

static void
each_release(struct each_walk *walk)
{
	bytes_release(&walk->blob);
	seal_wipe_bytes(&walk->old_plaintext);
	seal_wipe_bytes(&walk->new_plaintext);
}

static enum err
open_plaintext(struct bytes *out, struct each_walk *walk, const struct id *id, const struct oid *oid,
               struct err_info *info)
{
	enum err err;

	bytes_clear(out);
	if (oid == NULL)
		return ERR_OK;
	err = read_blob(&walk->blob, walk->reader, oid, info);
	if (err == ERR_OK)
		err = partition_open_blob(out, walk->partition, id, bytes_view(&walk->blob), info);
	return err;
}

static enum err
each_step(void *context, const struct id *id, const struct oid *oid, struct err_info *info)
{
	struct each_walk *walk = context;
	enum err err = open_plaintext(&walk->new_plaintext, walk, id, oid, info);

	if (err == ERR_OK)
		err = walk->visit(walk->context, id, bytes_view(&walk->new_plaintext), info);
	return err;
}

enum err
partition_each(struct partition *partition, const struct partition_version *version, partition_visit visit,
               void *context, struct err_info *info)
{
	struct each_walk walk = {.partition = partition,
	                         .reader = partition_reader(partition, NULL),
	                         .visit = visit,
	                         .context = context};
	enum err err = git_idtree_each(walk.reader, &version->records, each_step, &walk, info);

	each_release(&walk);
	return err;
}

static enum err
diff_step(void *context, const struct id *id, const struct oid *old_oid, const struct oid *new_oid,
          struct err_info *info)
{
	struct each_walk *walk = context;
	enum err err = open_plaintext(&walk->old_plaintext, walk, id, old_oid, info);

	if (err == ERR_OK)
		err = open_plaintext(&walk->new_plaintext, walk, id, new_oid, info);
	if (err == ERR_OK)
		err = walk->visit_change(walk->context, id, bytes_view(&walk->old_plaintext),
		                         bytes_view(&walk->new_plaintext), info);
	return err;
}

enum err
partition_diff(struct partition *partition, const struct partition_version *old, const struct partition_version *new,
               partition_visit_change visit, void *context, struct err_info *info)
{
	struct each_walk walk = {.partition = partition,
	                         .reader = partition_reader(partition, NULL),
	                         .visit_change = visit,
	                         .context = context};
	enum err err =
		git_idtree_diff(walk.reader, old == NULL ? NULL : &old->records, &new->records, diff_step, &walk, info);

	each_release(&walk);
	return err;
}

enum err
partition_row(struct merge_row *out, struct arena *arena, struct partition *partition,
              const struct partition_version *version, const struct id *id, struct err_info *info)
{
	const struct partition_source source = {partition, NULL, partition_reader(partition, NULL)};
	struct partition_blobs blobs;
	enum err err = past_blobs(&blobs, source.reader, version, id, info);

	return err == ERR_OK ? partition_row_open(out, arena, &source, id, &blobs, info) : err;
}

struct conflict_walk {
	struct partition *partition;
	const struct partition_version *version;
	partition_visit_row visit;
	void *context;
	struct arena arena;
};

static enum err
conflict_step(void *context, const struct id *id, const struct oid *oid, struct err_info *info)
{
	struct conflict_walk *walk = context;
	struct merge_row row;
	enum err err;

	(void)oid;
	arena_clear(&walk->arena);
	err = partition_row(&row, &walk->arena, walk->partition, walk->version, id, info);
	return err == ERR_OK ? walk->visit(walk->context, id, &row, info) : err;
}

enum err
partition_each_conflict(struct partition *partition, const struct partition_version *version, partition_visit_row visit,
                        void *context, struct err_info *info)
{
	struct conflict_walk walk = {.partition = partition, .version = version, .visit = visit, .context = context};
	enum err err =
		git_idtree_each(partition_reader(partition, NULL), &version->conflicts, conflict_step, &walk, info);

	arena_release(&walk.arena);
	return err;
}
