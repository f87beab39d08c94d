#include "postings/postings.h"

#include <stdlib.h>
#include <string.h>

#include "postings/inside.h"
#include "seal/hash.h"

enum err
postings_new(struct postings **out, const char *directory, struct seal_key *key, const struct env *env,
             struct err_info *info)
{
	struct postings *postings = calloc(1, sizeof(*postings));

	if (postings != NULL)
		postings->directory = strdup(directory);
	if (postings == NULL || postings->directory == NULL) {
		free(postings);
		seal_key_free(key);
		return err_nomem(info);
	}
	postings->key = key;
	postings->env = *env;
	*out = postings;
	return ERR_OK;
}

void
postings_clear(struct postings *postings)
{
	postings_expect_end(postings);
	for (size_t i = 0; i < postings->segment_count; i++)
		postings_segment_release(&postings->segments[i]);
	postings->segment_count = 0;
	postings->changes.count = 0;
	postings->place_count = 0;
	for (size_t i = 0; i < postings->roll_count; i++)
		free(postings->rolls[i].kind);
	free(postings->rolls);
	postings->rolls = NULL;
	postings->roll_count = 0;
	table_release(&postings->notes);
	postings->note_count = 0;
	postings_pending_clear(postings);
}

void
postings_free(struct postings *postings)
{
	if (postings == NULL)
		return;
	postings_clear(postings);
	finding_postings_release(&postings->changes);
	free(postings->places);
	free(postings->note_items);
	for (int i = 0; i < POSTINGS_PENDINGS; i++)
		bytes_release(&postings->pending[i]);
	seal_key_free(postings->key);
	free(postings->directory);
	free(postings);
}

const struct seal_key *
postings_key(const struct postings *postings)
{
	return postings->key;
}

bool
postings_load(struct postings *postings, struct digest *context_out)
{
	postings_clear(postings);
	if (postings_head_read(postings, context_out))
		return true;
	postings_clear(postings);
	return false;
}

enum err
postings_place(uint16_t *out, struct postings *postings, const struct id *partition, struct err_info *info)
{
	for (size_t i = 0; i < postings->place_count; i++) {
		if (id_equal(&postings->places[i].partition, partition)) {
			*out = (uint16_t)i;
			return ERR_OK;
		}
	}
	if (postings->place_count == UINT16_MAX)
		return err_set(info, ERR_TOO_BIG, _("findings look into at most %d partitions"), UINT16_MAX);
	if (postings->place_count == postings->place_capacity) {
		size_t capacity = postings->place_capacity == 0 ? 64 : postings->place_capacity * 2;
		struct postings_place *places = realloc(postings->places, capacity * sizeof(*places));

		if (places == NULL)
			return err_nomem(info);
		postings->places = places;
		postings->place_capacity = capacity;
	}
	*out = (uint16_t)postings->place_count;
	postings->places[postings->place_count++] = (struct postings_place){.partition = *partition};
	return ERR_OK;
}

size_t
postings_place_count(const struct postings *postings)
{
	return postings->place_count;
}

struct postings_place *
postings_place_at(struct postings *postings, uint16_t place)
{
	return &postings->places[place];
}

static struct postings_roll *
roll_find(const struct postings *postings, uint16_t place, struct view kind)
{
	for (size_t i = 0; i < postings->roll_count; i++) {
		struct postings_roll *roll = &postings->rolls[i];

		if (roll->place == place && view_equal(view_text(roll->kind), kind))
			return roll;
	}
	return NULL;
}

enum err
postings_roll_change(struct postings *postings, uint16_t place, struct view kind, int64_t difference,
                     struct err_info *info)
{
	struct postings_roll *roll = roll_find(postings, place, kind);
	struct postings_roll *rolls;

	if (roll == NULL) {
		char *name = calloc(kind.size + 1, 1);

		if (name == NULL)
			return err_nomem(info);
		rolls = realloc(postings->rolls, (postings->roll_count + 1) * sizeof(*rolls));
		if (rolls == NULL) {
			free(name);
			return err_nomem(info);
		}
		memcpy(name, kind.data, kind.size);
		postings->rolls = rolls;
		roll = &rolls[postings->roll_count++];
		*roll = (struct postings_roll){.place = place, .kind = name};
	}
	roll->count = (uint64_t)((int64_t)roll->count + difference);
	return ERR_OK;
}

bool
postings_has_roll(const struct postings *postings, uint16_t place, struct view kind)
{
	const struct postings_roll *roll = roll_find(postings, place, kind);

	return roll != NULL && roll->count > 0;
}

enum err
postings_change(struct postings *postings, const struct finding_posting *posting, bool is_there, struct err_info *info)
{
	struct finding_posting change = *posting;
	enum err err;

	change.side = (uint16_t)(posting->side | (is_there ? 0 : POSTINGS_GONE));
	err = finding_postings_add(&postings->changes, &change, info);
	postings->is_settled = false;
	if (err == ERR_OK && postings->changes.count >= POSTINGS_CHANGES_MAX) {
		postings_settle(postings);
		err = postings_flush(postings, info);
	}
	return err;
}

static int
compare_changes(const void *a, const void *b)
{
	const struct finding_posting *x = a;
	const struct finding_posting *y = b;
	int order = postings_compare_identity(x, y);

	/* what is there counts over what is gone: a posting that changed was taken out and put in */
	return order != 0 ? order : (x->side & POSTINGS_GONE) - (y->side & POSTINGS_GONE);
}

void
postings_settle(struct postings *postings)
{
	struct finding_posting *items = postings->changes.items;
	size_t kept = 0;

	if (postings->is_settled)
		return;
	if (postings->changes.count > 1)
		qsort(items, postings->changes.count, sizeof(*items), compare_changes);
	for (size_t i = 0; i < postings->changes.count; i++) {
		if (kept == 0 || postings_compare_identity(&items[i], &items[kept - 1]) != 0)
			items[kept++] = items[i];
	}
	postings->changes.count = kept;
	postings->is_settled = true;
}

static uint64_t
changes_find(const struct postings *postings, const uint8_t *group)
{
	size_t low = 0;
	size_t high = postings->changes.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(postings->changes.items[middle].group, group, FINDING_GROUP_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What a newer source says of the same posting comes first. */
static enum err
add_of_group(struct finding_postings *out, size_t start, const struct finding_posting *posting, struct err_info *info)
{
	for (size_t i = start; i < out->count; i++) {
		if (postings_compare_identity(&out->items[i], posting) == 0)
			return ERR_OK;
	}
	return finding_postings_add(out, posting, info);
}

static enum err
group_of_segment(struct finding_postings *out, size_t start, struct postings *postings,
                 struct postings_segment *segment, const uint8_t *group, struct err_info *info)
{
	uint64_t at = 0;
	bool may_be = false;
	enum err err = postings_filter_ask(&may_be, postings, segment, group, info);

	if (err != ERR_OK || !may_be)
		return err;
	err = postings_segment_find(&at, postings, segment, group, info);
	for (; err == ERR_OK && at < segment->count; at++) {
		struct finding_posting posting;

		err = postings_segment_at(&posting, postings, segment, at, info);
		if (err != ERR_OK || memcmp(posting.group, group, FINDING_GROUP_BYTES) != 0)
			break;
		err = add_of_group(out, start, &posting, info);
	}
	return err;
}

enum err
postings_group(struct finding_postings *out, struct postings *postings, const uint8_t group[FINDING_GROUP_BYTES],
               struct err_info *info)
{
	size_t start = out->count;
	size_t kept = start;
	enum err err = ERR_OK;

	postings_settle(postings);
	postings_expect_group(postings, group);
	for (uint64_t at = changes_find(postings, group);
	     err == ERR_OK && at < postings->changes.count &&
	     memcmp(postings->changes.items[at].group, group, FINDING_GROUP_BYTES) == 0;
	     at++)
		err = finding_postings_add(out, &postings->changes.items[at], info);
	for (size_t i = postings->segment_count; err == ERR_OK && i > 0; i--)
		err = group_of_segment(out, start, postings, &postings->segments[i - 1], group, info);
	for (size_t i = start; i < out->count; i++) {
		if ((out->items[i].side & POSTINGS_GONE) == 0)
			out->items[kept++] = out->items[i];
	}
	out->count = kept;
	return err;
}

enum err
postings_each(struct postings *postings, postings_visit visit, void *context, struct err_info *info)
{
	struct postings_cursor *cursor = malloc(sizeof(*cursor));
	struct finding_postings group = {0};
	bool is_end = false;
	enum err err = cursor == NULL ? err_nomem(info) : ERR_OK;

	postings_settle(postings);
	if (err == ERR_OK)
		err = postings_cursor_begin(cursor, postings, 0, true, info);
	while (err == ERR_OK) {
		struct finding_posting posting;

		err = postings_cursor_next(cursor, &posting, &is_end, info);
		if (err == ERR_OK && group.count > 0 &&
		    (is_end || memcmp(group.items[0].group, posting.group, FINDING_GROUP_BYTES) != 0)) {
			err = visit(context, group.items, group.count, info);
			group.count = 0;
		}
		if (err != ERR_OK || is_end)
			break;
		if ((posting.side & POSTINGS_GONE) == 0)
			err = finding_postings_add(&group, &posting, info);
	}
	finding_postings_release(&group);
	free(cursor);
	return err;
}

uint64_t
postings_count(const struct postings *postings)
{
	uint64_t count = postings->changes.count;

	for (size_t i = 0; i < postings->segment_count; i++)
		count += postings->segments[i].count;
	return count;
}

enum err
postings_save(struct postings *postings, const struct digest *context, struct err_info *info)
{
	enum err err;

	postings_settle(postings);
	err = postings_flush(postings, info);
	return err == ERR_OK ? postings_head_write(postings, context, info) : err;
}
