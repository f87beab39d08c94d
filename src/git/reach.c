#include "git/reach.h"

#include <stdlib.h>
#include <string.h>

#include "git/walk.h"

enum {
	WORD_BITS = 64,
	CHUNK_WORDS = 4, /* columns computed in one pass: bounds the memory to 32 bytes per commit walked */
};

struct git_reach {
	size_t count;
	size_t words; /* per row */
	uint64_t *bits;
};

/* One walk: the commits between the oldest and the newest asked for, parents first. */
struct reach_walk {
	struct git_history *history;
	struct walk_positions asked; /* by place */
	struct walk_positions found; /* ascending by generation */
	uint32_t *place_of;          /* position -> 1 + index in found */
	uint32_t generation_min;
};

static enum err
visit(struct reach_walk *walk, uint32_t position, struct err_info *info)
{
	struct walk_commit *commit = &walk->history->commits[position];

	if ((commit->flags & IS_LISTED) != 0 || commit->generation < walk->generation_min)
		return ERR_OK;
	commit->flags |= IS_LISTED;
	return walk_push(&walk->found, position, info);
}

/* Numbers all that is asked for, so that the walk knows where to stop. */
static enum err
find_asked(struct reach_walk *walk, struct git_oids_view commits, struct err_info *info)
{
	enum err err = ERR_OK;

	walk->generation_min = UINT32_MAX;
	for (size_t i = 0; err == ERR_OK && i < commits.count; i++) {
		uint32_t position;

		err = walk_commit_at(&position, walk->history, &commits.items[i], info);
		if (err == ERR_OK)
			err = walk_number(walk->history, position, info);
		if (err == ERR_OK)
			err = walk_push(&walk->asked, position, info);
		if (err == ERR_OK && walk->history->commits[position].generation < walk->generation_min)
			walk->generation_min = walk->history->commits[position].generation;
	}
	return err;
}

static enum err
collect(struct reach_walk *walk, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < walk->asked.count; i++)
		err = visit(walk, walk->asked.items[i], info);
	for (size_t i = 0; err == ERR_OK && i < walk->found.count; i++) {
		uint32_t position = walk->found.items[i];

		err = walk_read(walk->history, position, info);
		for (size_t k = 0; err == ERR_OK && k < walk->history->commits[position].parent_count; k++) {
			uint32_t parent = walk->history->commits[position].parents[k];

			err = walk_number(walk->history, parent, info);
			if (err == ERR_OK)
				err = visit(walk, parent, info);
		}
	}
	for (size_t i = 0; i < walk->found.count; i++)
		walk->history->commits[walk->found.items[i]].flags &= (uint8_t)~IS_LISTED;
	return err;
}

struct reach_order {
	uint32_t generation;
	uint32_t position;
};

static int
compare_order(const void *a, const void *b)
{
	const struct reach_order *x = a;
	const struct reach_order *y = b;

	if (x->generation != y->generation)
		return x->generation < y->generation ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

static enum err
sort_by_generation(struct reach_walk *walk, struct err_info *info)
{
	struct reach_order *order = calloc(walk->found.count + 1, sizeof(*order));

	walk->place_of = calloc(walk->history->count + 1, sizeof(*walk->place_of));
	if (order == NULL || walk->place_of == NULL) {
		free(order);
		return err_nomem(info);
	}
	for (size_t i = 0; i < walk->found.count; i++) {
		uint32_t position = walk->found.items[i];

		order[i] = (struct reach_order){walk->history->commits[position].generation, position};
	}
	if (walk->found.count > 1)
		qsort(order, walk->found.count, sizeof(*order), compare_order);
	for (size_t i = 0; i < walk->found.count; i++) {
		walk->found.items[i] = order[i].position;
		walk->place_of[order[i].position] = (uint32_t)i + 1;
	}
	free(order);
	return ERR_OK;
}

/* Hands the bits of a chunk of columns up from parents to children. `rows`: CHUNK_WORDS words per commit found. */
static void
spread(const struct reach_walk *walk, uint64_t *rows, const uint32_t *column_of, size_t first)
{
	size_t columns = (size_t)CHUNK_WORDS * WORD_BITS;

	memset(rows, 0, walk->found.count * CHUNK_WORDS * sizeof(*rows));
	for (size_t i = 0; i < walk->found.count; i++) {
		const struct walk_commit *commit = &walk->history->commits[walk->found.items[i]];
		uint64_t *row = rows + i * CHUNK_WORDS;

		for (size_t k = 0; k < commit->parent_count; k++) {
			uint32_t place = walk->place_of[commit->parents[k]];
			uint32_t column;

			if (place == 0)
				continue; /* older than anything asked for */
			for (size_t w = 0; w < CHUNK_WORDS; w++)
				row[w] |= rows[(place - 1) * (size_t)CHUNK_WORDS + w];
			column = column_of[place - 1];
			if (column != 0 && column - 1 >= first && column - 1 < first + columns)
				row[(column - 1 - first) / WORD_BITS] |= UINT64_C(1)
				                                         << ((column - 1 - first) % WORD_BITS);
		}
	}
}

static enum err
fill(struct git_reach *reach, const struct reach_walk *walk, struct err_info *info)
{
	uint64_t *rows = calloc(walk->found.count + 1, CHUNK_WORDS * sizeof(*rows));
	uint32_t *column_of = calloc(walk->found.count + 1, sizeof(*column_of));
	enum err err = rows == NULL || column_of == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < reach->count; i++)
		column_of[walk->place_of[walk->asked.items[i]] - 1] = (uint32_t)i + 1;
	for (size_t w = 0; err == ERR_OK && w < reach->words; w += CHUNK_WORDS) {
		spread(walk, rows, column_of, w * WORD_BITS);
		for (size_t i = 0; i < reach->count; i++) {
			const uint64_t *row = rows + (walk->place_of[walk->asked.items[i]] - 1) * (size_t)CHUNK_WORDS;

			memcpy(reach->bits + i * reach->words + w, row, CHUNK_WORDS * sizeof(*row));
		}
	}
	free(rows);
	free(column_of);
	return err;
}

enum err
git_reach_new(struct git_reach **out, struct git_history *history, struct git_oids_view commits, struct err_info *info)
{
	struct reach_walk walk = {.history = history};
	struct git_reach *reach = NULL;
	enum err err = ERR_OK;

	if (commits.count > LIMIT_REACH_COMMITS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a question about %zu edits at once; the limit is %d"),
		               commits.count, LIMIT_REACH_COMMITS_MAX);
	reach = calloc(1, sizeof(*reach));
	if (reach == NULL)
		return err_nomem(info);
	reach->count = commits.count;
	reach->words = (commits.count / (CHUNK_WORDS * WORD_BITS) + 1) * CHUNK_WORDS;
	reach->bits = calloc(commits.count + 1, reach->words * sizeof(*reach->bits));
	err = reach->bits == NULL ? err_nomem(info) : find_asked(&walk, commits, info);
	if (err == ERR_OK)
		err = collect(&walk, info);
	if (err == ERR_OK)
		err = sort_by_generation(&walk, info);
	if (err == ERR_OK)
		err = fill(reach, &walk, info);
	free(walk.asked.items);
	free(walk.found.items);
	free(walk.place_of);
	if (err != ERR_OK) {
		git_reach_free(reach);
		return err;
	}
	*out = reach;
	return ERR_OK;
}

void
git_reach_free(struct git_reach *reach)
{
	if (reach == NULL)
		return;
	free(reach->bits);
	free(reach);
}

bool
git_reach_has(const struct git_reach *reach, size_t later, size_t earlier)
{
	return (reach->bits[later * reach->words + earlier / WORD_BITS] >> (earlier % WORD_BITS) & 1) != 0;
}

enum err
git_history_parents(struct oid out[GIT_PARENTS_MAX], size_t *count_out, struct git_history *history,
                    const struct oid *commit, struct err_info *info)
{
	uint32_t position;
	enum err err = walk_commit_at(&position, history, commit, info);

	if (err == ERR_OK)
		err = walk_read(history, position, info);
	if (err != ERR_OK)
		return err;
	*count_out = history->commits[position].parent_count;
	for (size_t i = 0; i < *count_out; i++)
		out[i] = history->commits[history->commits[position].parents[i]].oid;
	return ERR_OK;
}

/* The edits found by going down from commits through merges alone: every tip is among them. */
static enum err
first_edits(struct walk_positions *edits, struct git_history *history, struct git_oids_view commits,
            struct err_info *info)
{
	struct walk_positions open = {0};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < commits.count; i++) {
		uint32_t position;

		err = walk_commit_at(&position, history, &commits.items[i], info);
		if (err == ERR_OK)
			err = walk_push(&open, position, info);
	}
	for (size_t i = 0; err == ERR_OK && i < open.count; i++) {
		uint32_t position = open.items[i];

		err = walk_read(history, position, info);
		if (err != ERR_OK || (history->commits[position].flags & IS_LISTED) != 0)
			continue;
		history->commits[position].flags |= IS_LISTED;
		if (history->commits[position].parent_count < GIT_PARENTS_MAX)
			err = walk_push(edits, position, info);
		for (size_t k = 0;
		     err == ERR_OK && history->commits[position].parent_count == GIT_PARENTS_MAX && k < GIT_PARENTS_MAX;
		     k++)
			err = walk_push(&open, history->commits[position].parents[k], info);
	}
	for (size_t i = 0; i < open.count; i++)
		history->commits[open.items[i]].flags &= (uint8_t)~IS_LISTED;
	free(open.items);
	return err;
}

static int
compare_oids(const void *a, const void *b)
{
	return memcmp(a, b, OID_BYTES);
}

/* Drops the edits that another one of them reaches, and sorts. */
static enum err
keep_maximal(struct git_oids *oids, struct git_history *history, struct err_info *info)
{
	struct git_reach *reach = NULL;
	size_t count = 0;
	enum err err = git_reach_new(&reach, history, (struct git_oids_view){oids->items, oids->count}, info);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < oids->count; i++) {
		bool is_below = false;

		for (size_t k = 0; k < oids->count && !is_below; k++)
			is_below = git_reach_has(reach, k, i);
		if (!is_below)
			oids->items[count++] = oids->items[i]; /* count <= i: what moves was looked at */
	}
	oids->count = count;
	qsort(oids->items, count, sizeof(*oids->items), compare_oids);
	git_reach_free(reach);
	return ERR_OK;
}

enum err
git_history_maximal(struct git_oids *out, struct git_history *history, struct git_oids_view commits,
                    struct err_info *info)
{
	struct walk_positions edits = {0};
	struct git_oids oids = {0};
	enum err err = first_edits(&edits, history, commits, info);

	if (err == ERR_OK) {
		oids.items = calloc(edits.count + 1, sizeof(*oids.items));
		if (oids.items == NULL)
			err = err_nomem(info);
	}
	for (size_t i = 0; err == ERR_OK && i < edits.count; i++)
		oids.items[oids.count++] = history->commits[edits.items[i]].oid;
	if (err == ERR_OK && oids.count > 1)
		err = keep_maximal(&oids, history, info);
	free(edits.items);
	if (err != ERR_OK) {
		git_oids_release(&oids);
		return err;
	}
	*out = oids;
	return ERR_OK;
}

enum err
git_history_tips(struct git_oids *out, struct git_history *history, const struct oid *head, struct err_info *info)
{
	return git_history_maximal(out, history, (struct git_oids_view){head, 1}, info);
}
