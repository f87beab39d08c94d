#include "git/order.h"

#include <assert.h>
#include <stdlib.h>

/* Kahn's algorithm; those that are ready wait in a heap. */
struct ordering {
	const struct order_item *items;
	size_t count;
	uint32_t *waiting; /* by place: parents that are not out yet */
	uint32_t *first;   /* by place: where its children begin; one more at the end */
	uint32_t *children;
	uint32_t *ready; /* heap of places, smallest id first */
	size_t ready_count;
};

static bool
is_smaller(const struct ordering *ordering, uint32_t a, uint32_t b)
{
	return memcmp(ordering->items[a].oid->bytes, ordering->items[b].oid->bytes, OID_BYTES) < 0;
}

static void
ready_push(struct ordering *ordering, uint32_t place)
{
	size_t at = ordering->ready_count++;

	for (; at > 0 && is_smaller(ordering, place, ordering->ready[(at - 1) / 2]); at = (at - 1) / 2)
		ordering->ready[at] = ordering->ready[(at - 1) / 2];
	ordering->ready[at] = place;
}

static uint32_t
ready_pop(struct ordering *ordering)
{
	uint32_t top = ordering->ready[0];
	uint32_t last = ordering->ready[--ordering->ready_count];
	size_t at = 0;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= ordering->ready_count)
			break;
		if (child + 1 < ordering->ready_count &&
		    is_smaller(ordering, ordering->ready[child + 1], ordering->ready[child]))
			child++;
		if (!is_smaller(ordering, ordering->ready[child], last))
			break;
		ordering->ready[at] = ordering->ready[child];
		at = child;
	}
	ordering->ready[at] = last;
	return top;
}

/* Count the children of each, sum up where each one's begin, then fill in. */
static void
link_children(struct ordering *ordering)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < ordering->count; i++) {
		const struct order_item *item = &ordering->items[i];

		ordering->waiting[i] = item->parent_count;
		for (size_t p = 0; p < item->parent_count; p++)
			ordering->first[item->parents[p]]++;
	}
	for (size_t i = 0; i <= ordering->count; i++) {
		sum += ordering->first[i];
		ordering->first[i] = sum; /* where its children end: each one filled in goes before */
	}
	for (uint32_t i = 0; i < ordering->count; i++) {
		const struct order_item *item = &ordering->items[i];

		for (size_t p = 0; p < item->parent_count; p++)
			ordering->children[--ordering->first[item->parents[p]]] = i;
	}
}

static void
emit(struct ordering *ordering, struct oid *out)
{
	size_t emitted = 0;

	for (uint32_t i = 0; i < ordering->count; i++) {
		if (ordering->waiting[i] == 0)
			ready_push(ordering, i);
	}
	while (ordering->ready_count > 0) {
		uint32_t place = ready_pop(ordering);

		out[emitted++] = *ordering->items[place].oid;
		for (uint32_t c = ordering->first[place]; c < ordering->first[place + 1]; c++) {
			if (--ordering->waiting[ordering->children[c]] == 0)
				ready_push(ordering, ordering->children[c]);
		}
	}
	assert(emitted == ordering->count);
}

enum err
git_order(struct git_oids *out, const struct order_item *items, size_t count, struct err_info *info)
{
	struct ordering ordering = {.items = items, .count = count};
	struct git_oids oids = {calloc(count + 1, sizeof(struct oid)), count};
	enum err err = ERR_OK;

	ordering.waiting = calloc(count + 1, sizeof(uint32_t));
	ordering.first = calloc(count + 1, sizeof(uint32_t));
	ordering.children = calloc(GIT_PARENTS_MAX * count + 1, sizeof(uint32_t));
	ordering.ready = calloc(count + 1, sizeof(uint32_t));
	if (oids.items == NULL || ordering.waiting == NULL || ordering.first == NULL || ordering.children == NULL ||
	    ordering.ready == NULL) {
		err = err_nomem(info);
		git_oids_release(&oids);
	} else {
		link_children(&ordering);
		emit(&ordering, oids.items);
		*out = oids;
	}
	free(ordering.waiting);
	free(ordering.first);
	free(ordering.children);
	free(ordering.ready);
	return err;
}
