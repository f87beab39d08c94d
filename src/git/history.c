#include "git/history.h"

#include <assert.h>
#include <stdlib.h>

#include "git/generations.h"
#include "git/pack.h"

enum commit_flags {
	IS_READ = 1 << 0,   /* parents are known */
	IS_STORED = 1 << 1, /* lies in the store, so its number may be kept */
	BY_HEADS = 1 << 2,  /* colours of one walk */
	BY_BASES = 1 << 3,
	IS_LISTED = 1 << 4, /* in touched */
};

enum {
	ITEMS_MIN = 64,
	BITS_PER_WALK = BY_HEADS | BY_BASES | IS_LISTED,
};

struct commit {
	struct oid oid;      /* first: see git/oidset.h */
	uint32_t generation; /* 0: not known yet */
	uint32_t parents[GIT_PARENTS_MAX];
	uint8_t parent_count;
	uint8_t flags;
};

struct positions {
	uint32_t *items;
	size_t count;
	size_t capacity;
};

struct git_history {
	struct git_reader reader;
	struct generations cache;
	struct commit *commits; /* every commit seen since opening */
	size_t count;
	size_t capacity;
	struct git_oidset index;
	struct positions stack;   /* of counting */
	struct positions touched; /* commits with colours */
	struct positions heap;    /* of the walk: largest generation first */
	size_t open_count;        /* commits in the heap that only heads reach */
};

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

static enum err
push(struct positions *positions, uint32_t position, struct err_info *info)
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
static enum err
commit_at(uint32_t *out, struct git_history *history, const struct oid *oid, struct err_info *info)
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
		struct commit *commits = realloc(history->commits, capacity * sizeof(*commits));

		if (commits == NULL)
			return err_nomem(info);
		history->commits = commits;
		history->capacity = capacity;
	}
	err = git_oidset_reserve(&history->index, history->commits, sizeof(*history->commits), info);
	if (err != ERR_OK)
		return err;
	history->commits[history->count] =
		(struct commit){.oid = *oid, .generation = generations_find(&history->cache, oid)};
	git_oidset_add(&history->index, history->commits, sizeof(*history->commits), (uint32_t)history->count);
	*out = (uint32_t)history->count++;
	return ERR_OK;
}

/* Read a commit's parents, once. */
static enum err
read_commit(struct git_history *history, uint32_t position, struct err_info *info)
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
		err = commit_at(&parents[i], history, &links.parents[i], info);
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
	const struct commit *commit = &history->commits[position];
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
static enum err
number_commit(struct git_history *history, uint32_t position, struct err_info *info)
{
	enum err err = ERR_OK;

	if (history->commits[position].generation != 0)
		return ERR_OK;
	history->stack.count = 0;
	err = push(&history->stack, position, info);
	while (err == ERR_OK && history->stack.count > 0) {
		uint32_t top = history->stack.items[history->stack.count - 1];
		uint32_t missing = 0;
		uint32_t number;

		err = read_commit(history, top, info);
		if (err != ERR_OK)
			break;
		number = count_from_parents(history, top, &missing);
		if (number == 0) {
			err = push(&history->stack, missing, info);
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
	enum err err = push(&history->heap, position, info);
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
is_open(const struct commit *commit)
{
	return (commit->flags & (BY_HEADS | BY_BASES)) == BY_HEADS;
}

/* Give a commit a colour; it comes into the heap with its first one. */
static enum err
colour(struct git_history *history, uint32_t position, uint8_t flags, struct err_info *info)
{
	enum err err = number_commit(history, position, info);
	struct commit *commit;

	if (err != ERR_OK)
		return err;
	commit = &history->commits[position];
	if ((commit->flags & IS_LISTED) == 0) {
		err = push(&history->touched, position, info);
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
	enum err err = read_commit(history, position, info);

	for (size_t i = 0; err == ERR_OK && i < history->commits[position].parent_count; i++)
		err = number_commit(history, history->commits[position].parents[i], info);
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
		err = commit_at(&position, history, &oids.items[i], info);
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
walk(struct positions *found, struct git_history *history, struct git_oids_view heads, struct git_oids_view bases,
     struct err_info *info)
{
	enum err err = colour_all(history, bases, BY_BASES, info);

	found->count = 0;
	if (err == ERR_OK)
		err = colour_all(history, heads, BY_HEADS, info);
	while (err == ERR_OK && history->open_count > 0) {
		uint32_t position = heap_pop(history);
		const struct commit *commit = &history->commits[position];

		if (is_open(commit)) {
			history->open_count--;
			err = push(found, position, info);
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

struct ordering {
	const struct git_history *history;
	const struct positions *found;
	uint32_t *place;   /* position of a commit -> 1 + its place in found; 0: not in it */
	uint32_t *waiting; /* by place: parents that are not out yet */
	uint32_t *first;   /* by place: where its children begin; one more at the end */
	uint32_t *children;
	uint32_t *ready; /* heap of places, smallest id first */
	size_t ready_count;
};

static const struct commit *
commit_of(const struct ordering *ordering, uint32_t place)
{
	return &ordering->history->commits[ordering->found->items[place]];
}

static bool
is_smaller(const struct ordering *ordering, uint32_t a, uint32_t b)
{
	return memcmp(commit_of(ordering, a)->oid.bytes, commit_of(ordering, b)->oid.bytes, OID_BYTES) < 0;
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

/* Count each commit's parents within the set and list each one's children. */
static void
link_children(struct ordering *ordering)
{
	size_t count = ordering->found->count;
	uint32_t sum = 0;

	for (uint32_t pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < count; i++) {
			const struct commit *commit = commit_of(ordering, i);

			for (size_t p = 0; p < commit->parent_count; p++) {
				uint32_t parent = ordering->place[commit->parents[p]];

				if (parent == 0)
					continue;
				if (pass == 0) {
					ordering->first[parent]++; /* one behind: summed up below */
					ordering->waiting[i]++;
				} else {
					ordering->children[ordering->first[parent - 1]++] = i;
				}
			}
		}
		for (size_t i = 0; pass == 0 && i <= count; i++) {
			sum += ordering->first[i];
			ordering->first[i] = sum;
		}
	}
	/* the second pass moved each beginning to its end, which is the next one's beginning */
	for (size_t i = count; i > 0; i--)
		ordering->first[i] = ordering->first[i - 1];
	ordering->first[0] = 0;
}

static void
emit(struct ordering *ordering, struct oid *out)
{
	size_t count = ordering->found->count;
	size_t emitted = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (ordering->waiting[i] == 0)
			ready_push(ordering, i);
	}
	while (ordering->ready_count > 0) {
		uint32_t place = ready_pop(ordering);

		out[emitted++] = commit_of(ordering, place)->oid;
		for (uint32_t c = ordering->first[place]; c < ordering->first[place + 1]; c++) {
			if (--ordering->waiting[ordering->children[c]] == 0)
				ready_push(ordering, ordering->children[c]);
		}
	}
	assert(emitted == count); /* a hash cannot be made to name its own descendant */
}

static enum err
sort_found(struct git_oids *out, const struct git_history *history, const struct positions *found,
           struct err_info *info)
{
	size_t count = found->count;
	struct ordering ordering = {history,
	                            found,
	                            calloc(history->count + 1, sizeof(uint32_t)),
	                            calloc(count + 1, sizeof(uint32_t)),
	                            calloc(count + 2, sizeof(uint32_t)),
	                            calloc(GIT_PARENTS_MAX * count + 1, sizeof(uint32_t)),
	                            calloc(count + 1, sizeof(uint32_t)),
	                            0};
	struct git_oids oids = {calloc(count + 1, sizeof(struct oid)), count};
	enum err err = ERR_OK;

	if (ordering.place == NULL || ordering.waiting == NULL || ordering.first == NULL || ordering.children == NULL ||
	    ordering.ready == NULL || oids.items == NULL)
		err = err_nomem(info);
	for (uint32_t i = 0; err == ERR_OK && i < count; i++)
		ordering.place[found->items[i]] = i + 1;
	if (err == ERR_OK) {
		link_children(&ordering);
		emit(&ordering, oids.items);
		*out = oids;
		oids.items = NULL;
	}
	free(ordering.place);
	free(ordering.waiting);
	free(ordering.first);
	free(ordering.children);
	free(ordering.ready);
	free(oids.items);
	return err;
}

enum err
git_history_between(struct git_oids *out, struct git_history *history, struct git_oids_view heads,
                    struct git_oids_view bases, struct err_info *info)
{
	struct positions found = {0};
	enum err err = walk(&found, history, heads, bases, info);

	if (err == ERR_STATE) {
		start_again(history);
		err = walk(&found, history, heads, bases, info);
		assert(err != ERR_STATE); /* numbers just counted fit */
	}
	if (err == ERR_OK)
		err = sort_found(out, history, &found, info);
	if (err == ERR_OK && history->reader.store != NULL)
		generations_save(&history->cache, history->reader.store);
	free(found.items);
	return err;
}

enum err
git_history_generation(uint32_t *out, struct git_history *history, const struct oid *commit, struct err_info *info)
{
	uint32_t position;
	enum err err = commit_at(&position, history, commit, info);

	if (err == ERR_OK)
		err = number_commit(history, position, info);
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
