/*
 * Groups that are known to be asked for, in order: which page each of them begins on follows from the fences, and whether it may be
 * there from the filters, so every second of these pages is opened and checked by another thread. Whatever is asked for beside
 * that is opened here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/worker.h"
#include "postings/inside.h"

enum {
	SLOTS = 32, /* power of two */
	HANDED = 4,
	PAGES_FEW = 32, /* that are not worth a thread */
};

/* A page that the other thread opens. */
struct item {
	uint32_t group; /* that it is asked for by */
	uint32_t segment;
	size_t page;
};

struct slot {
	struct item item;
	bool is_good;
	uint8_t content[POSTINGS_PAGE_CONTENT];
};

struct postings_expectation {
	struct postings *postings;
	struct worker *worker;
	struct view groups; /* borrowed */
	size_t at;          /* the group to be asked for next */
	struct item *items;
	size_t count;
	size_t put;
	size_t taken;
	struct slot slots[SLOTS];
};

static void
open_job(void *context, size_t slot)
{
	struct postings_expectation *expected = context;
	struct slot *job = &expected->slots[slot];

	job->is_good = postings_page_open(job->content, expected->postings,
	                                  &expected->postings->segments[job->item.segment], job->item.page);
}

static void
hand_over(struct postings_expectation *expected)
{
	while (expected->put < expected->count && worker_has_room(expected->worker)) {
		expected->slots[worker_slot(expected->worker)].item = expected->items[expected->put++];
		worker_put(expected->worker);
	}
}

/* As postings_group() will: from the newest segment, a page only where it may hold the group and is not the last one opened. */
static enum err
list_pages(struct postings_expectation *expected, struct err_info *info)
{
	const struct postings *postings = expected->postings;
	size_t groups = expected->groups.size / FINDING_GROUP_BYTES;
	size_t last[POSTINGS_SEGMENTS_MAX];
	size_t pages = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; i < POSTINGS_SEGMENTS_MAX; i++)
		last[i] = SIZE_MAX;
	expected->items = calloc(groups * postings->segment_count / 2 + 1, sizeof(*expected->items));
	if (expected->items == NULL)
		return err_nomem(info);
	for (size_t at = 0; err == ERR_OK && at < groups * postings->segment_count; at++) {
		size_t i = at / postings->segment_count;
		size_t k = postings->segment_count - 1 - at % postings->segment_count;
		const struct postings_segment *segment = &postings->segments[k];
		const uint8_t *group = expected->groups.data + i * FINDING_GROUP_BYTES;
		size_t page = postings_segment_page(segment, group);
		bool may_be = false;

		if (page != last[k])
			err = postings_filter_ask(&may_be, postings, segment, group, info);
		if (err != ERR_OK || !may_be)
			continue;
		last[k] = page;
		if (pages++ % 2 == 1)
			expected->items[expected->count++] = (struct item){(uint32_t)i, (uint32_t)k, page};
	}
	return err;
}

enum err
postings_expect(struct postings *postings, struct view groups, struct err_info *info)
{
	struct postings_expectation *expected;
	enum err err;

	postings_expect_end(postings);
	expected = calloc(1, sizeof(*expected));
	if (expected == NULL)
		return err_nomem(info);
	expected->postings = postings;
	expected->groups = groups;
	err = list_pages(expected, info);
	postings->expected = expected;
	if (err == ERR_OK && expected->count >= PAGES_FEW / 2)
		err = worker_new(&expected->worker, SLOTS, HANDED, open_job, expected, info);
	if (err == ERR_OK && expected->worker != NULL)
		hand_over(expected);
	else
		postings_expect_end(postings);
	return err;
}

void
postings_expect_end(struct postings *postings)
{
	struct postings_expectation *expected = postings->expected;

	if (expected == NULL)
		return;
	worker_free(expected->worker);
	free(expected->items);
	free(expected);
	postings->expected = NULL;
}

void
postings_expect_group(struct postings *postings, const uint8_t *group)
{
	struct postings_expectation *expected = postings->expected;

	if (expected != NULL && expected->at < expected->groups.size / FINDING_GROUP_BYTES &&
	    memcmp(expected->groups.data + expected->at * FINDING_GROUP_BYTES, group, FINDING_GROUP_BYTES) == 0)
		expected->at++;
}

bool
postings_expect_take(uint8_t *out, const struct postings *postings, const struct postings_segment *segment, size_t page)
{
	struct postings_expectation *expected = postings->expected;
	bool is_good = false;
	size_t slot;

	while (expected != NULL && expected->taken < expected->put) {
		const struct item *item = &expected->items[expected->taken];
		bool is_it = segment == &postings->segments[item->segment] && page == item->page;

		if (!is_it && item->group + 1 >= expected->at)
			break; /* of this group or a later one: it is still to be asked for */
		expected->taken++;
		if (!worker_take(&slot, expected->worker, true))
			break;
		is_good = is_it && expected->slots[slot].is_good;
		if (is_good)
			memcpy(out, expected->slots[slot].content, POSTINGS_PAGE_CONTENT);
		hand_over(expected);
		if (is_it)
			break;
	}
	return is_good;
}
