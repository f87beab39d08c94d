/* Segments and changes read as one, and joined into fewer. */
#include <stdlib.h>
#include <string.h>

#include "postings/inside.h"

static int
compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int
postings_compare_identity(const struct finding_posting *a, const struct finding_posting *b)
{
	const uint16_t mask = (uint16_t)~POSTINGS_GONE;
	int order = memcmp(a->group, b->group, sizeof(a->group));

	if (order == 0)
		order = memcmp(a->record.bytes, b->record.bytes, ID_BYTES);
	if (order == 0)
		order = compare_numbers(a->side & mask, b->side & mask);
	if (order == 0)
		order = compare_numbers(a->element, b->element);
	return order != 0 ? order : compare_numbers(a->place, b->place);
}

static enum err
load_head(struct postings_cursor *cursor, size_t source, struct err_info *info)
{
	struct postings *postings = cursor->postings;

	if (source == POSTINGS_SEGMENTS_MAX) {
		cursor->has_head[source] = cursor->at[source] < postings->changes.count;
		if (cursor->has_head[source])
			cursor->head[source] = postings->changes.items[cursor->at[source]];
		return ERR_OK;
	}
	cursor->has_head[source] = cursor->at[source] < postings->segments[source].count;
	if (!cursor->has_head[source])
		return ERR_OK;
	return postings_segment_at(&cursor->head[source], postings, &postings->segments[source], cursor->at[source],
	                           info);
}

enum err
postings_cursor_begin(struct postings_cursor *cursor, struct postings *postings, size_t first, bool is_with_changes,
                      struct err_info *info)
{
	enum err err = ERR_OK;

	*cursor = (struct postings_cursor){.postings = postings, .first = first, .is_with_changes = is_with_changes};
	for (size_t i = first; err == ERR_OK && i < postings->segment_count; i++)
		err = load_head(cursor, i, info);
	if (err == ERR_OK && is_with_changes)
		err = load_head(cursor, POSTINGS_SEGMENTS_MAX, info);
	return err;
}

/* The newest source among those with the smallest identity; SIZE_MAX: the end. */
static size_t
smallest(const struct postings_cursor *cursor)
{
	size_t best = SIZE_MAX;

	for (size_t i = cursor->first; i <= POSTINGS_SEGMENTS_MAX; i++) {
		if (cursor->has_head[i] &&
		    (best == SIZE_MAX || postings_compare_identity(&cursor->head[i], &cursor->head[best]) <= 0))
			best = i;
	}
	return best;
}

enum err
postings_cursor_next(struct postings_cursor *cursor, struct finding_posting *out, bool *is_end, struct err_info *info)
{
	size_t best = smallest(cursor);
	enum err err = ERR_OK;

	*is_end = best == SIZE_MAX;
	if (*is_end)
		return ERR_OK;
	*out = cursor->head[best];
	for (size_t i = cursor->first; err == ERR_OK && i <= POSTINGS_SEGMENTS_MAX; i++) {
		while (err == ERR_OK && cursor->has_head[i] && postings_compare_identity(&cursor->head[i], out) == 0) {
			cursor->at[i]++;
			err = load_head(cursor, i, info);
		}
	}
	return err;
}

/* Everything from segment `first` on becomes one segment; what is gone is forgotten when nothing older is left. */
static enum err
join(struct postings *postings, size_t first, bool is_with_changes, struct err_info *info)
{
	struct postings_segment joined = {0};
	struct postings_writer writer;
	struct postings_cursor *cursor = malloc(sizeof(*cursor));
	enum err err = cursor == NULL ? err_nomem(info) : postings_writer_begin(&writer, postings, info);
	bool is_end = false;

	if (err != ERR_OK) {
		free(cursor);
		return err;
	}
	err = postings_cursor_begin(cursor, postings, first, is_with_changes, info);
	while (err == ERR_OK) {
		struct finding_posting posting;

		err = postings_cursor_next(cursor, &posting, &is_end, info);
		if (err != ERR_OK || is_end)
			break;
		if (first > 0 || (posting.side & POSTINGS_GONE) == 0)
			err = postings_writer_put(&writer, &posting, info);
	}
	free(cursor);
	if (err == ERR_OK)
		err = postings_writer_end(&joined, &writer, info);
	else
		postings_writer_drop(&writer);
	if (err != ERR_OK)
		return err;
	for (size_t i = first; i < postings->segment_count; i++)
		postings_segment_release(&postings->segments[i]);
	postings->segment_count = first;
	if (joined.count > 0)
		postings->segments[postings->segment_count++] = joined;
	return ERR_OK;
}

/* The oldest segment that is less than twice what is newer than it. */
static size_t
first_to_join(const struct postings *postings, uint64_t more)
{
	size_t first = postings->segment_count;
	uint64_t newer = more;

	for (size_t i = postings->segment_count; i > 0; i--) {
		if (postings->segments[i - 1].count < 2 * newer)
			first = i - 1;
		newer += postings->segments[i - 1].count;
	}
	return first;
}

enum err
postings_flush(struct postings *postings, struct err_info *info)
{
	size_t first = first_to_join(postings, postings->changes.count);
	enum err err;

	if (postings->changes.count == 0)
		return ERR_OK;
	if (postings->segment_count + 1 >= POSTINGS_SEGMENTS_MAX)
		first = 0;
	err = join(postings, first, true, info);
	if (err == ERR_OK)
		postings->changes.count = 0;
	return err;
}
