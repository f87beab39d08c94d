#include "partition/natural_edges.h"

#include <string.h>

void
natural_edges_release(struct natural_edges *edges)
{
	for (size_t i = 0; i < NATURAL_EDGES_MAX; i++)
		bytes_release(&edges->items[i].changes);
	*edges = (struct natural_edges){.next = 0};
}

bool
natural_edge_record(struct bytes *changes, const struct lookup_change *more, size_t count)
{
	if (count > NATURAL_CHANGES_MAX - changes->size / sizeof(*more))
		return false;
	return count == 0 || bytes_append(changes, more, count * sizeof(*more), NULL) == ERR_OK;
}

void
natural_edges_add(struct natural_edges *edges, const struct oid *from, const struct oid *to, struct bytes *changes)
{
	struct natural_edge *edge = &edges->items[edges->next];

	edges->next = (edges->next + 1) % NATURAL_EDGES_MAX;
	bytes_release(&edge->changes);
	*edge = (struct natural_edge){*from, *to, *changes};
	*changes = (struct bytes){0};
}

/* Where an edge leads from here; NULL: it does not touch this commit. An unused one has no commits. */
static const struct oid *
other_end(const struct natural_edge *edge, const struct oid *here, bool *is_back)
{
	if (oid_is_none(&edge->to))
		return NULL;
	*is_back = oid_equal(&edge->to, here);
	if (*is_back)
		return &edge->from;
	return oid_equal(&edge->from, here) ? &edge->to : NULL;
}

/* Depth first, no edge twice: there are eight. */
static size_t
search(struct natural_step *steps, size_t depth, unsigned used, const struct natural_edges *edges,
       const struct oid *from, const struct oid *to)
{
	for (unsigned i = 0; i < NATURAL_EDGES_MAX; i++) {
		bool is_back;
		const struct oid *next = (used >> i & 1U) != 0 ? NULL : other_end(&edges->items[i], from, &is_back);
		size_t count;

		if (next == NULL)
			continue;
		steps[depth] = (struct natural_step){&edges->items[i], is_back};
		if (oid_equal(next, to))
			return depth + 1;
		count = search(steps, depth + 1, used | 1U << i, edges, next, to);
		if (count > 0)
			return count;
	}
	return 0;
}

size_t
natural_edges_path(struct natural_step steps[NATURAL_EDGES_MAX], const struct natural_edges *edges,
                   const struct oid *from, const struct oid *to)
{
	return oid_is_none(from) || oid_is_none(to) ? 0 : search(steps, 0, 0, edges, from, to);
}

enum err
natural_step_go(struct lookup *lookup, const struct natural_step *step, struct err_info *info)
{
	const struct bytes *bytes = &step->edge->changes;
	size_t count = bytes->size / sizeof(struct lookup_change);
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct lookup_change change;
		size_t at = step->is_back ? count - 1 - i : i;

		memcpy(&change, bytes->data + at * sizeof(change), sizeof(change));
		err = lookup_put(lookup, &change.pair, change.is_there != step->is_back, info);
	}
	lookup_settle(lookup); /* a move is not undone */
	return err;
}
