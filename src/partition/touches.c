/* Lists of touches: put together, united, asked of the journal. */
#include <stdlib.h>
#include <string.h>

#include "partition/derive.h"
#include "partition/internal.h"

enum {
	ITEMS_MIN = 64,
	CHAIN_EDITS_MAX = 4096, /* on the way down; past it, or past so many bytes of texts, two trees are compared */
	CHAIN_BYTES_MAX = 32 << 20, /* and one record after the other is opened */
};

enum err
partition_touches_add(struct partition_touches *touches, const struct partition_touch *touch, struct err_info *info)
{
	if (touches->count == touches->capacity) {
		size_t capacity = touches->capacity == 0 ? ITEMS_MIN : touches->capacity * 2;
		struct partition_touch *items = realloc(touches->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		touches->items = items;
		touches->capacity = capacity;
	}
	touches->items[touches->count] = *touch;
	touches->items[touches->count].order = touches->count;
	touches->count++;
	return ERR_OK;
}

void
partition_touches_clear(struct partition_touches *touches)
{
	touches->count = 0;
	touches->shelf_bits = 0;
	arena_clear(&touches->texts);
}

void
partition_touches_release(struct partition_touches *touches)
{
	free(touches->items);
	arena_release(&touches->texts);
	*touches = (struct partition_touches){0};
}

static int
compare_touches(const void *a, const void *b)
{
	const struct partition_touch *x = a;
	const struct partition_touch *y = b;
	int order = memcmp(x->id.bytes, y->id.bytes, ID_BYTES);

	return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

static bool
is_idle(const struct partition_touch *touch)
{
	return oid_equal(&touch->before[0], &touch->after[0]) && oid_equal(&touch->before[1], &touch->after[1]);
}

static void
join(struct partition_touch *first, const struct partition_touch *next)
{
	memcpy(first->after, next->after, sizeof(first->after));
	first->text[1] = next->text[1];
}

void
partition_touches_unite(struct partition_touches *touches)
{
	size_t count = 0;
	size_t next;

	if (touches->count > 1)
		qsort(touches->items, touches->count, sizeof(*touches->items), compare_touches);
	for (size_t i = 0; i < touches->count; i = next) {
		struct partition_touch touch = touches->items[i];

		for (next = i + 1; next < touches->count && id_equal(&touches->items[next].id, &touch.id); next++)
			join(&touch, &touches->items[next]);
		if (!is_idle(&touch))
			touches->items[count++] = touch;
	}
	touches->count = count;
}

enum err
partition_touches_of(struct partition_touches *out, struct partition *partition, const struct partition_version *parent,
                     const struct partition_version *edit, struct err_info *info)
{
	const struct partition_epoch *epoch;
	struct oid found = {{0}};

	partition_touches_clear(out);
	/* who cannot open what the edit sealed does not pass it on either */
	if (partition_epoch_open(&epoch, partition, (uint16_t)edit->info.epoch, &edit->info.epoch_digest, NULL) ==
	            ERR_OK &&
	    partition_journal_find(out, &found, partition, &edit->commit) && oid_equal(&found, &parent->commit))
		return ERR_OK;
	return partition_touches_find(out, partition_reader(partition, NULL), parent, edit, info);
}

/* --- between two commits --- */

/* The way from one commit back to one that both have below them, and from there up to the other. */
struct way {
	struct bytes down; /* commits, as they are met */
	struct bytes up;   /* the same, seen from the other end */
	struct table up_places;
	size_t base; /* place in `up` of the last one of both */
};

static struct oid
commit_at(const struct bytes *commits, size_t place)
{
	struct oid commit;

	memcpy(commit.bytes, commits->data + place * OID_BYTES, OID_BYTES);
	return commit;
}

/* All below `to` that the journal knows, down to `from` if it is one of them. */
static bool
look_down(struct way *way, struct partition *partition, const struct oid *from, const struct oid *to)
{
	struct oid at = *to;
	struct oid parent;
	uint64_t *place;
	bool is_new = true;

	for (;;) {
		if (table_put(&way->up_places, view_of(at.bytes, OID_BYTES), &place, &is_new, NULL) != ERR_OK ||
		    !is_new || bytes_append(&way->up, at.bytes, OID_BYTES, NULL) != ERR_OK)
			return false;
		*place = way->up_places.count - 1;
		if (oid_equal(&at, from) || !partition_journal_parent(&parent, partition, &at))
			return true;
		at = parent;
	}
}

static bool
find_way(struct way *way, struct partition *partition, const struct oid *from, const struct oid *to)
{
	struct oid at = *from;
	struct oid parent;
	const uint64_t *place;

	if (!look_down(way, partition, from, to))
		return false;
	while ((place = table_find(&way->up_places, view_of(at.bytes, OID_BYTES))) == NULL) {
		if (way->down.size == (size_t)CHAIN_EDITS_MAX * OID_BYTES ||
		    bytes_append(&way->down, at.bytes, OID_BYTES, NULL) != ERR_OK ||
		    !partition_journal_parent(&parent, partition, &at))
			return false;
		at = parent;
	}
	way->base = (size_t)*place;
	return true;
}

static void
turn_round(struct partition_touch *touch)
{
	const struct partition_touch old = *touch;

	memcpy(touch->before, old.after, sizeof(touch->before));
	memcpy(touch->after, old.before, sizeof(touch->after));
	touch->text[0] = old.text[1];
	touch->text[1] = old.text[0];
}

static bool
take_step(struct partition_touches *out, struct partition *partition, const struct oid *commit, bool is_down)
{
	struct oid parent;
	size_t start = out->count;

	if (out->texts.total > CHAIN_BYTES_MAX || !partition_journal_find(out, &parent, partition, commit))
		return false;
	for (size_t i = start; is_down && i < out->count; i++)
		turn_round(&out->items[i]);
	return true;
}

static bool
go(struct partition_touches *out, const struct way *way, struct partition *partition)
{
	bool is_found = true;

	for (size_t i = 0; is_found && i < way->down.size / OID_BYTES; i++) {
		const struct oid commit = commit_at(&way->down, i);

		is_found = take_step(out, partition, &commit, true);
	}
	for (size_t i = way->base; is_found && i > 0; i--) {
		const struct oid commit = commit_at(&way->up, i - 1);

		is_found = take_step(out, partition, &commit, false);
	}
	return is_found;
}

bool
partition_changes_between(struct partition_touches *out, struct partition *partition, const struct oid *from,
                          const struct oid *to)
{
	struct way way = {.base = 0};
	bool is_found;

	partition_touches_clear(out);
	is_found = find_way(&way, partition, from, to) && go(out, &way, partition);
	if (is_found)
		partition_touches_unite(out);
	else
		partition_touches_clear(out);
	out->shelf_bits = 0; /* of each edit alone */
	bytes_release(&way.down);
	bytes_release(&way.up);
	table_release(&way.up_places);
	return is_found;
}
