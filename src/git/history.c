#include "git/history.h"

#include <assert.h>
#include <stdlib.h>

#include "git/pack.h"
#include "git/walk.h"

enum err
git_history_open(struct git_history **out, struct git_reader reader, struct err_info *info)
{
	struct git_history *history = calloc(1, sizeof(*history));
	enum err err;

	if (history == NULL)
		return err_nomem(info);
	history->reader = reader;
	err = generations_load(&history->cache, reader.store, info);
	if (err != ERR_OK) {
		git_history_free(history);
		return err;
	}
	*out = history;
	return ERR_OK;
}

void
git_history_free(struct git_history *history)
{
	if (history == NULL)
		return;
	generations_release(&history->cache);
	git_oidset_release(&history->index);
	free(history->commits);
	free(history->stack.items);
	free(history->touched.items);
	free(history->heap.items);
	free(history);
}

void
git_oids_release(struct git_oids *oids)
{
	free(oids->items);
	*oids = (struct git_oids){0};
}

enum err
walk_push(struct walk_positions *positions, uint32_t position, struct err_info *info)
{
	if (positions->count == positions->capacity) {
		size_t capacity = positions->capacity * 2 + ITEMS_MIN;
		uint32_t *items = realloc(positions->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		positions->items = items;
		positions->capacity = capacity;
	}
	positions->items[positions->count++] = position;
	return ERR_OK;
}

/* The position of a commit in history->commits, made if new. Nothing is read. */
enum err
walk_commit_at(uint32_t *out, struct git_history *history, const struct oid *oid, struct err_info *info)
{
	uint32_t found = git_oidset_find(&history->index, history->commits, sizeof(*history->commits), oid);
	enum err err;

	if (found != OIDSET_NONE) {
		*out = found;
		return ERR_OK;
	}
	if (history->count >= LIMIT_HISTORY_COMMITS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a history has more than %d commits"), LIMIT_HISTORY_COMMITS_MAX);
	if (history->count == history->capacity) {
		size_t capacity = history->capacity + history->capacity / 2 + ITEMS_MIN;
		struct walk_commit *commits = realloc(history->commits, capacity * sizeof(*commits));

		if (commits == NULL)
			return err_nomem(info);
		history->commits = commits;
		history->capacity = capacity;
	}
	err = git_oidset_reserve(&history->index, history->commits, sizeof(*history->commits), info);
	if (err != ERR_OK)
		return err;
	history->commits[history->count] =
		(struct walk_commit){.oid = *oid, .generation = generations_find(&history->cache, oid)};
	git_oidset_add(&history->index, history->commits, sizeof(*history->commits), (uint32_t)history->count);
	*out = (uint32_t)history->count++;
	return ERR_OK;
}

/* Read a commit's parents, once. */
enum err
walk_read(struct git_history *history, uint32_t position, struct err_info *info)
{
	struct oid oid = history->commits[position].oid;
	struct git_content content = {0};
	struct git_commit_links links;
	char hex[OID_HEX_BYTES];
	uint32_t parents[GIT_PARENTS_MAX];
	uint8_t flags = IS_READ;
	enum err err;

	if ((history->commits[position].flags & IS_READ) != 0)
		return ERR_OK;
	if (history->reader.pack == NULL || !git_pack_has(history->reader.pack, &oid))
		flags |= IS_STORED;
	err = git_reader_get(&content, history->reader, &oid, GIT_TYPE_COMMIT, info);
	if (err != ERR_OK)
		return err;
	err = git_commit_links_read(&links, content.content, info);
	git_content_release(&content);
	if (err != ERR_OK)
		return err_in(info, err, _("commit %s"), git_oid_hex(&oid, hex));
	for (size_t i = 0; i < links.parent_count; i++) {
		err = walk_commit_at(&parents[i], history, &links.parents[i], info);
		if (err != ERR_OK)
			return err;
		history->commits[position].parents[i] = parents[i];
	}
	history->commits[position].parent_count = (uint8_t)links.parent_count;
	history->commits[position].flags |= flags;
	return ERR_OK;
}

/* 1 + the largest of the parents', or 0 if a parent's is not known; then *missing names it. */
static uint32_t
count_from_parents(const struct git_history *history, uint32_t position, uint32_t *missing)
{
	const struct walk_commit *commit = &history->commits[position];
	uint32_t largest = 0;

	for (size_t i = 0; i < commit->parent_count; i++) {
		uint32_t number = history->commits[commit->parents[i]].generation;

		if (number == 0) {
			*missing = commit->parents[i];
			return 0;
		}
		largest = number > largest ? number : largest;
	}
	return largest + 1;
}

/* Give a commit its number, and first its ancestors that have none. No recursion: a history may be a chain of 100,000. */
enum err
walk_number(struct git_history *history, uint32_t position, struct err_info *info)
{
	enum err err = ERR_OK;

	if (history->commits[position].generation != 0)
		return ERR_OK;
	history->stack.count = 0;
	err = walk_push(&history->stack, position, info);
	while (err == ERR_OK && history->stack.count > 0) {
		uint32_t top = history->stack.items[history->stack.count - 1];
		uint32_t missing = 0;
		uint32_t number;

		err = walk_read(history, top, info);
		if (err != ERR_OK)
			break;
		number = count_from_parents(history, top, &missing);
		if (number == 0) {
			err = walk_push(&history->stack, missing, info);
			continue;
		}
		history->commits[top].generation = number;
		history->stack.count--;
		if ((history->commits[top].flags & IS_STORED) != 0)
			err = generations_add(&history->cache, &history->commits[top].oid, number, info);
	}
	return err;
}

static bool
goes_before(const struct git_history *history, uint32_t a, uint32_t b)
{
	return history->commits[a].generation > history->commits[b].generation;
}

static enum err
heap_push(struct git_history *history, uint32_t position, struct err_info *info)
{
	enum err err = walk_push(&history->heap, position, info);
	uint32_t *items = history->heap.items;
	size_t at = history->heap.count - 1;

	if (err != ERR_OK)
		return err;
	for (; at > 0 && goes_before(history, position, items[(at - 1) / 2]); at = (at - 1) / 2)
		items[at] = items[(at - 1) / 2];
	items[at] = position;
	return ERR_OK;
}

static uint32_t
heap_pop(struct git_history *history)
{
	uint32_t *items = history->heap.items;
	uint32_t top = items[0];
	uint32_t last = items[--history->heap.count];
	size_t at = 0;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= history->heap.count)
			break;
		if (child + 1 < history->heap.count && goes_before(history, items[child + 1], items[child]))
			child++;
		if (!goes_before(history, items[child], last))
			break;
		items[at] = items[child];
		at = child;
	}
	items[at] = last;
	return top;
}

static bool
is_open(const struct walk_commit *commit)
{
	return (commit->flags & (BY_HEADS | BY_BASES)) == BY_HEADS;
}

/* Give a commit a colour; it comes into the heap with its first one. */
static enum err
colour(struct git_history *history, uint32_t position, uint8_t flags, struct err_info *info)
{
	enum err err = walk_number(history, position, info);
	struct walk_commit *commit;

	if (err != ERR_OK)
		return err;
	commit = &history->commits[position];
	if ((commit->flags & IS_LISTED) == 0) {
		err = walk_push(&history->touched, position, info);
		if (err != ERR_OK)
			return err;
		commit->flags |= IS_LISTED | flags;
		history->open_count += is_open(commit);
		return heap_push(history, position, info);
	}
	history->open_count -= is_open(commit);
	commit->flags |= flags;
	history->open_count += is_open(commit);
	return ERR_OK;
}

static void
forget_colours(struct git_history *history)
{
	for (size_t i = 0; i < history->touched.count; i++)
		history->commits[history->touched.items[i]].flags &= (uint8_t)~BITS_PER_WALK;
	history->touched.count = 0;
	history->heap.count = 0;
	history->open_count = 0;
}

/* Hand a popped commit's colours to its parents. ERR_STATE: its number does not fit theirs, so the cache is wrong. */
static enum err
expand(struct git_history *history, uint32_t position, uint8_t flags, struct err_info *info)
{
	uint32_t missing;
	enum err err = walk_read(history, position, info);

	for (size_t i = 0; err == ERR_OK && i < history->commits[position].parent_count; i++)
		err = walk_number(history, history->commits[position].parents[i], info);
	if (err == ERR_OK && count_from_parents(history, position, &missing) != history->commits[position].generation)
		err = ERR_STATE;
	for (size_t i = 0; err == ERR_OK && i < history->commits[position].parent_count; i++)
		err = colour(history, history->commits[position].parents[i], flags, info);
	return err;
}

static enum err
colour_all(struct git_history *history, struct git_oids_view oids, uint8_t flags, struct err_info *info)
{
	uint32_t position;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < oids.count; i++) {
		err = walk_commit_at(&position, history, &oids.items[i], info);
		if (err == ERR_OK)
			err = colour(history, position, flags, info);
	}
	return err;
}

/*
 * Every child is popped before its parents, so a popped commit's colours are final. The walk ends when no commit that
 * only heads reach is left in the heap: nothing below the rest can be such a commit.
 */
static enum err
walk(struct walk_positions *found, struct git_history *history, struct git_oids_view heads, struct git_oids_view bases,
     struct err_info *info)
{
	enum err err = colour_all(history, bases, BY_BASES, info);

	found->count = 0;
	if (err == ERR_OK)
		err = colour_all(history, heads, BY_HEADS, info);
	while (err == ERR_OK && history->open_count > 0) {
		uint32_t position = heap_pop(history);
		const struct walk_commit *commit = &history->commits[position];

		if (is_open(commit)) {
			history->open_count--;
			err = walk_push(found, position, info);
		}
		if (err == ERR_OK)
			err = expand(history, position, commit->flags & (BY_HEADS | BY_BASES), info);
	}
	forget_colours(history);
	return err;
}

/* What was counted from a wrong cache is forgotten with it. */
static void
start_again(struct git_history *history)
{
	generations_forget(&history->cache);
	git_oidset_release(&history->index);
	history->count = 0;
}

enum err
git_history_between(struct git_oids *out, struct git_history *history, struct git_oids_view heads,
                    struct git_oids_view bases, struct err_info *info)
{
	struct walk_positions found = {0};
	enum err err = walk(&found, history, heads, bases, info);

	if (err == ERR_STATE) {
		start_again(history);
		err = walk(&found, history, heads, bases, info);
		assert(err != ERR_STATE); /* numbers just counted fit */
	}
	if (err == ERR_OK)
		err = walk_sort(out, history, &found, info);
	if (err == ERR_OK && history->reader.store != NULL)
		generations_save(&history->cache, history->reader.store);
	free(found.items);
	return err;
}

enum err
git_history_generation(uint32_t *out, struct git_history *history, const struct oid *commit, struct err_info *info)
{
	uint32_t position;
	enum err err = walk_commit_at(&position, history, commit, info);

	if (err == ERR_OK)
		err = walk_number(history, position, info);
	if (err == ERR_OK)
		*out = history->commits[position].generation;
	return err;
}

enum err
git_history_is_ancestor(bool *out, struct git_history *history, const struct oid *ancestor,
                        const struct oid *descendant, struct err_info *info)
{
	struct git_oids missing = {0};
	enum err err;

	if (oid_equal(ancestor, descendant)) {
		*out = true;
		return ERR_OK;
	}
	/* reached exactly if nothing of it is left when the descendant's commits are taken away */
	err = git_history_between(&missing, history, (struct git_oids_view){ancestor, 1},
	                          (struct git_oids_view){descendant, 1}, info);
	if (err == ERR_OK)
		*out = missing.count == 0;
	git_oids_release(&missing);
	return err;
}
