#include "partition/bases.h"

#include <stdlib.h>

#include "git/tree.h"
#include "partition/edit.h"
#include "partition/internal.h"
#include "partition/shelves.h"

enum {
	/* Records to be primed with. In 100,000 a thousand instead of 64 make a night 6 % smaller, and cost each side as much time
	   as git needs for a bundle; a small partition's nights are small, and there they are worth more. */
	SAMPLE_SMALL = 256,
	SAMPLE_LARGE = 64,
	LARGE_RECORDS = 65536,
};

struct base {
	struct partition_version version;
	struct git_idtree *records; /* opened when first asked */
};

struct partition_bases {
	struct delta_source source;
	struct partition *partition;
	struct git_reader reader;
	struct base *items;
	size_t count;
	struct partition_edit *edit;
	partition_look look; /* instead of the edit; NULL: it is asked */
	void *looker;
	struct partition *own;                   /* opened here; NULL: not yet */
	const struct partition_touches *touches; /* of an edit on this commit; NULL: none */
	struct oid touched;
	struct bytes blob;
	struct bytes plaintext;
};

static enum err
commit(void *context, size_t base, struct delta_commit_info *out, struct err_info *info)
{
	const struct partition_bases *bases = context;

	if (base >= bases->count)
		return err_set(info, ERR_INTERNAL, "%s", _("a delta asks for a base that it does not have"));
	*out = bases->items[base].version.info;
	return ERR_OK;
}

static const struct schema_set *
schema(void *context, uint32_t version, const struct digest *digest)
{
	const struct partition_world *world = &((const struct partition_bases *)context)->partition->world;

	return world->find_schema_set(world->context, version, digest);
}

static enum err
open_records(struct git_idtree **out, struct partition_bases *bases, size_t base, struct err_info *info)
{
	struct base *item = &bases->items[base];
	enum err err = ERR_OK;

	if (item->records == NULL)
		err = git_idtree_open(&item->records, bases->reader, &item->version.records, info);
	if (err == ERR_OK)
		git_idtree_stay_open(item->records);
	*out = item->records;
	return err;
}

/* --- ids --- */

struct listing {
	struct id *ids;
	size_t count;
};

static enum err
list_one(void *context, const struct id *id, const struct oid *blob, struct err_info *info)
{
	struct listing *listing = context;

	(void)blob;
	if (listing->count == DELTA_IDS_MAX)
		return err_set(info, ERR_TOO_BIG, _("more than %d records share the bits by which a delta names one"),
		               DELTA_IDS_MAX);
	listing->ids[listing->count++] = *id;
	return ERR_OK;
}

static enum err
ids(void *context, size_t base, const struct id *prefix, unsigned bits, struct id found[DELTA_IDS_MAX],
    size_t *count_out, struct err_info *info)
{
	const struct partition_bases *bases = context;
	struct listing listing = {.ids = found};
	struct git_idtree *tree;
	enum err err;

	if (bases->touches != NULL && oid_equal(&bases->touched, &bases->items[base].version.commit) &&
	    partition_shelves_find(found, count_out, bases->touches, prefix, bits))
		return ERR_OK;
	err = open_records(&tree, context, base, info);
	if (err == ERR_OK && bases->look == NULL &&
	    bases->edit != NULL) /* mostly made on this base: what is looked up here is what it changes */
		git_idtree_borrow(bases->edit->tree.records, tree);
	if (err == ERR_OK)
		err = git_idtree_prefix(tree, prefix, bits, list_one, &listing, info);
	*count_out = listing.count;
	return err;
}

/* --- the sample --- */

struct sampling {
	struct partition_bases *bases;
	delta_sample_visit visit;
	void *visitor;
	size_t left;
	size_t shown;
	struct err_info hidden; /* why a record was left out */
};

/* A record that is erased or sealed for others is left out; if the other side can open it, the digests will differ. */
static enum err
show(void *context, const struct id *id, const struct oid *oid, struct err_info *info)
{
	struct sampling *sampling = context;
	struct partition_bases *bases = sampling->bases;
	enum err err;

	if (sampling->left == 0)
		return ERR_STALE; /* enough: nothing that is read says this */
	sampling->left--;
	bytes_clear(&bases->blob);
	bytes_clear(&bases->plaintext);
	err = git_reader_read(&bases->blob, bases->reader, oid, GIT_TYPE_BLOB, info);
	if (err == ERR_OK)
		err = partition_open_blob(&bases->plaintext, bases->partition, id, bytes_view(&bases->blob), info);
	if (err == ERR_RIGHT) {
		sampling->hidden = *info;
		return ERR_OK;
	}
	sampling->shown++;
	return err == ERR_OK ? sampling->visit(sampling->visitor, id, bytes_view(&bases->plaintext), info) : err;
}

static enum err
sample(void *context, size_t base, size_t count, delta_sample_visit visit, void *visitor, struct err_info *info)
{
	struct partition_bases *bases = context;
	struct sampling sampling = {.bases = bases, .visit = visit, .visitor = visitor, .left = count};
	enum err err = git_idtree_each(bases->reader, &bases->items[base].version.records, show, &sampling, info);

	if (err == ERR_STALE && sampling.left == 0)
		err = ERR_OK;
	if (err == ERR_OK && sampling.shown == 0 && sampling.hidden.code != ERR_OK)
		return err_set(info, sampling.hidden.code, "%s", sampling.hidden.text); /* no key at all */
	return err;
}

/* --- taking --- */

static enum err
old(void *context, const struct id *id, struct record *out, struct err_info *info)
{
	const struct partition_bases *bases = context;
	const struct merge_row *row;
	enum err err;

	if (bases->look != NULL)
		return bases->look(bases->looker, id, out, info);
	if (bases->edit == NULL)
		return ERR_NOT_FOUND;
	err = partition_edit_row(&row, bases->edit, id, info);
	if (err != ERR_OK)
		return err;
	if (!row->has_record)
		return ERR_NOT_FOUND;
	*out = row->record;
	return ERR_OK;
}

void
partition_bases_set_edit(struct partition_bases *bases, struct partition_edit *edit)
{
	if (bases->edit != NULL)
		git_idtree_borrow(bases->edit->tree.records, NULL);
	bases->edit = edit;
}

enum err
partition_bases_apart(struct partition_apart *out, struct partition_bases *bases, size_t base, struct err_info *info)
{
	enum err err = ERR_OK;

	if (bases->own == NULL) {
		err = partition_open_again(&bases->own, bases->partition, info);
		if (err != ERR_OK)
			return err;
		if (bases->edit != NULL)
			git_idtree_borrow(bases->edit->tree.records, NULL);
		for (size_t i = 0; i < bases->count; i++) { /* they read through the other one */
			git_idtree_free(bases->items[i].records);
			bases->items[i].records = NULL;
		}
		bases->partition = bases->own;
		bases->reader = partition_reader(bases->own, NULL);
	}
	err = open_records(&out->records, bases, base, info);
	out->partition = bases->own;
	return err;
}

void
partition_bases_set_look(struct partition_bases *bases, partition_look look, void *context)
{
	bases->look = look;
	bases->looker = context;
}

/* --- sending --- */

void
partition_bases_set_touches(struct partition_bases *bases, const struct partition_touches *touches,
                            const struct oid *parent)
{
	bases->touches = touches;
	bases->touched = *parent;
}

enum err
partition_bases_choose(struct partition_bases *bases, struct delta_terms *terms, struct err_info *info)
{
	struct git_idtree *tree;
	size_t count = 0;
	enum err err;

	terms->base_count = bases->count;
	if (bases->count == 0)
		return ERR_OK;
	for (size_t i = 1; i < bases->count; i++) {
		if (bases->items[i].version.info.time > bases->items[terms->base].version.info.time)
			terms->base = i;
	}
	err = open_records(&tree, bases, terms->base, info);
	if (err == ERR_OK)
		err = partition_shelf_bits(&terms->id_bits, &count, tree, info);
	if (err != ERR_OK)
		return err;
	terms->sample_count = count > LARGE_RECORDS ? SAMPLE_LARGE : SAMPLE_SMALL;
	return ERR_OK;
}

/* --- life --- */

enum err
partition_bases_new(struct partition_bases **out, struct partition *partition, struct partition_batch *batch,
                    const struct oid *oids, size_t count, struct err_info *info)
{
	struct partition_bases *bases = calloc(1, sizeof(*bases));
	enum err err = ERR_OK;

	if (bases == NULL)
		return err_nomem(info);
	bases->items = calloc(count + 1, sizeof(*bases->items));
	if (bases->items == NULL)
		err = err_nomem(info);
	bases->source = (struct delta_source){bases, partition->id, commit, schema, ids, sample, old};
	bases->partition = partition;
	bases->reader = batch == NULL ? partition_reader(partition, NULL) : partition_batch_reader(batch);
	for (; err == ERR_OK && bases->count < count; bases->count++)
		err = partition_version_read(&bases->items[bases->count].version, partition, bases->reader,
		                             &oids[bases->count], info);
	if (err != ERR_OK) {
		partition_bases_free(bases);
		return err;
	}
	*out = bases;
	return ERR_OK;
}

void
partition_bases_free(struct partition_bases *bases)
{
	if (bases == NULL)
		return;
	for (size_t i = 0; i < bases->count; i++) {
		git_idtree_free(bases->items[i].records);
		partition_version_release(&bases->items[i].version);
	}
	free(bases->items);
	partition_free(bases->own);
	bytes_release(&bases->blob);
	seal_wipe_bytes(&bases->plaintext);
	free(bases);
}

const struct delta_source *
partition_bases_source(const struct partition_bases *bases)
{
	return &bases->source;
}
