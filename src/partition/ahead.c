#include "partition/ahead.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/worker.h"
#include "partition/edit.h"

enum {
	SLOTS = 64, /* rows that may be read ahead; power of two */
	GROUP = 16,
	USUAL_BYTES =
		163840, /* of a row: a block of each arena, and some writes. Larger ones are counted, and keep no memory */
	HELD_BYTES_MAX =
		4 << 20, /* of rows that were read and are not done with; beyond it no further one is read ahead */
};

struct slot {
	struct delta_row_memory memory;
	struct delta_row row;
	struct partition_looked looked;
	size_t counted; /* in `held` */
	bool is_left;   /* it was not read: enough is held */
	bool is_end;
	enum err err;
	struct err_info why;
};

struct partition_ahead {
	struct partition_edit *edit;
	struct partition_bases *bases;
	struct delta_reader *reader;
	struct worker *worker;
	struct slot *at_hand; /* whose row was given last; NULL: none */
	atomic_size_t held;
	/* the thread's: */
	struct partition_source source;
	struct git_idtree *records; /* of the base, which lends it */
	struct git_idtree *conflicts;
	struct slot *slot; /* the one being filled */
	struct oid told;   /* the directory told last */
	bool is_over;      /* nothing more is read */
	bool is_full;      /* nothing more for now */
	struct slot slots[SLOTS];
};

/* Once for each directory: rows come by id, and the next one mostly stands in another. */
static enum err
tell_list(struct partition_looked *looked, struct partition_ahead *ahead, struct err_info *info)
{
	struct git_idlist list;
	const uint8_t *copy;

	looked->list = (struct git_idlist){.oid = {{0}}};
	git_idtree_tell(&list, ahead->records, &looked->id);
	if (oid_is_none(&list.oid) || oid_equal(&list.oid, &ahead->told))
		return ERR_OK;
	copy = arena_copy(&looked->arena, list.items);
	if (copy == NULL)
		return err_nomem(info);
	looked->list = (struct git_idlist){list.oid, view_of(copy, list.items.size)};
	ahead->told = list.oid;
	return ERR_OK;
}

static enum err
look(void *context, const struct id *id, struct record *out, struct err_info *info)
{
	struct partition_ahead *ahead = context;
	struct partition_looked *looked = &ahead->slot->looked;
	enum err err;

	arena_clear(&looked->arena);
	looked->id = *id;
	err = partition_blobs_find(&looked->blobs, ahead->records, ahead->conflicts, id, info);
	if (err == ERR_OK)
		err = partition_row_see(&looked->row, &looked->arena, &ahead->source, id, &looked->blobs, &looked->seen,
		                        info);
	if (err == ERR_OK)
		err = tell_list(looked, ahead, info);
	if (err != ERR_OK)
		return err;
	looked->is_set = true;
	if (!looked->row.has_record)
		return ERR_NOT_FOUND;
	*out = looked->row.record;
	return ERR_OK;
}

/* Memory of a row, if it is more than the usual. */
static size_t
large_bytes(const struct slot *slot)
{
	size_t size = slot->memory.arena.total + slot->memory.writes.capacity * sizeof(struct delta_write) +
	              slot->memory.content.capacity + slot->looked.arena.total + slot->looked.seen.blob.capacity;

	return size > USUAL_BYTES ? size : 0;
}

static void
read_job(void *context, size_t index)
{
	struct partition_ahead *ahead = context;
	struct slot *slot = &ahead->slots[index];

	ahead->is_full = ahead->is_full || atomic_load(&ahead->held) > HELD_BYTES_MAX;
	slot->looked.is_set = false;
	slot->counted = 0;
	slot->is_left = ahead->is_full && !ahead->is_over;
	slot->is_end = true;
	slot->err = ERR_OK;
	if (ahead->is_over || ahead->is_full)
		return;
	ahead->slot = slot;
	slot->err = delta_reader_row_into(ahead->reader, &slot->memory, &slot->row, &slot->is_end, &slot->why);
	ahead->is_over = slot->err != ERR_OK || slot->is_end;
	slot->counted = large_bytes(slot);
	(void)atomic_fetch_add(&ahead->held, slot->counted);
}

static void
release_row(struct slot *slot)
{
	delta_row_memory_release(&slot->memory);
	partition_seen_forget(&slot->looked.seen);
	bytes_release(&slot->looked.seen.blob);
	arena_release(&slot->looked.arena);
}

/* The trees of the base, by a second opening. */
static enum err
open_base(struct partition_ahead *ahead, size_t base, struct err_info *info)
{
	const struct partition_version *parent = &ahead->edit->parent;
	struct partition_apart apart;
	enum err err;

	err = partition_bases_apart(&apart, ahead->bases, base, info);
	if (err != ERR_OK)
		return err;
	ahead->source = (struct partition_source){apart.partition, NULL, partition_reader(apart.partition, NULL)};
	ahead->records = apart.records;
	return git_idtree_open(&ahead->conflicts, ahead->source.reader, &parent->conflicts, info);
}

enum err
partition_ahead_new(struct partition_ahead **out, const struct partition_ahead_terms *terms, struct err_info *info)
{
	struct partition_ahead *ahead = calloc(1, sizeof(*ahead));
	enum err err;

	if (ahead == NULL)
		return err_nomem(info);
	ahead->edit = terms->edit;
	ahead->bases = terms->bases;
	ahead->reader = terms->reader;
	err = worker_new(&ahead->worker, SLOTS, GROUP, read_job, ahead, info);
	if (err == ERR_OK)
		err = open_base(ahead, terms->base, info);
	if (err != ERR_OK) {
		partition_ahead_free(ahead);
		return err;
	}
	partition_bases_set_look(ahead->bases, look, ahead);
	/* one thread more than there are processors costs more than it brings */
	ahead->edit->tree.is_sealed_here = worker_processors() < 3;
	*out = ahead;
	return ERR_OK;
}

void
partition_ahead_free(struct partition_ahead *ahead)
{
	if (ahead == NULL)
		return;
	worker_free(ahead->worker);
	partition_edit_forget(ahead->edit);
	ahead->edit->tree.is_sealed_here = false;
	partition_bases_set_look(ahead->bases, NULL, NULL);
	for (size_t i = 0; i < SLOTS; i++)
		release_row(&ahead->slots[i]);
	git_idtree_free(ahead->conflicts);
	free(ahead);
}

/* The row given last is done with, and what the edit knows of it may go. */
static void
end_row(struct partition_ahead *ahead)
{
	struct slot *slot = ahead->at_hand;

	partition_edit_forget(ahead->edit);
	ahead->at_hand = NULL;
	if (slot == NULL || (slot->counted == 0 && large_bytes(slot) == 0)) /* the edit swaps blobs with its rows */
		return;
	release_row(slot);
	(void)atomic_fetch_sub(&ahead->held, slot->counted);
}

/* The slots come in order. One that was left ends what was read ahead: no row is held any more, and the thread begins again. */
static struct slot *
next_slot(struct partition_ahead *ahead)
{
	struct slot *slot;
	size_t index = 0;

	do {
		while (worker_has_room(ahead->worker))
			worker_put(ahead->worker);
		(void)worker_take(&index, ahead->worker, true);
		slot = &ahead->slots[index];
		while (slot->is_left && worker_take(&index, ahead->worker, true)) /* those behind it were left too */
			;
		if (slot->is_left)
			ahead->is_full = false; /* the thread has no job */
	} while (slot->is_left);
	return slot;
}

enum err
partition_ahead_row(struct partition_ahead *ahead, struct delta_row *out, bool *is_end_out, struct err_info *info)
{
	struct slot *slot;

	end_row(ahead);
	slot = next_slot(ahead);
	ahead->at_hand = slot;
	if (slot->err != ERR_OK)
		return err_pass(info, slot->err, &slot->why);
	*is_end_out = slot->is_end;
	if (slot->is_end)
		return ERR_OK;
	*out = slot->row;
	return slot->looked.is_set ? partition_edit_know(ahead->edit, &slot->looked, info) : ERR_OK;
}
