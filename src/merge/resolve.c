#include "merge/resolve.h"

#include <string.h>

#include "codec/codec.h"
#include "merge/inside.h"
#include "record/list.h"

bool
merge_form_fits(enum merge_form form, enum merge_entry_kind kind)
{
	switch (form) {
	case MERGE_FORM_TAKE:
		return kind == MERGE_VALUE || kind == MERGE_STATE;
	case MERGE_FORM_VALUE:
		return kind == MERGE_VALUE || kind == MERGE_STATE || kind == MERGE_STALE;
	case MERGE_FORM_KEPT:
	case MERGE_FORM_REMOVED:
		return kind == MERGE_REMOVED;
	case MERGE_FORM_CONFIRM:
		return kind == MERGE_STALE;
	case MERGE_FORM_BOTH:
	case MERGE_FORM_SAME_AS:
		return kind == MERGE_TWIN;
	case MERGE_FORM_ACCEPT:
		return kind == MERGE_RULE;
	case MERGE_FORM_DROP:
		return kind == MERGE_REFUSED;
	default:
		return false;
	}
}

/* what an answer is made with */
struct answer {
	struct delta_writes writes;
	struct arena *arena;
	const struct merge_resolution *resolution;
	struct err_info *info;
};

static enum err
add(struct answer *answer, const struct record_path *path, enum delta_act act, struct view value)
{
	struct delta_write write = {*path, act, value};

	merge_path_complete(&write.path, answer->resolution->kind);
	return delta_writes_add(&answer->writes, answer->arena, &write, answer->info);
}

static enum err
answer_take(struct answer *answer)
{
	const struct merge_resolution *resolution = answer->resolution;
	struct delta_write write = merge_write_as(resolution->taken, &resolution->entry->path, resolution->kind);

	return delta_writes_add(&answer->writes, answer->arena, &write, answer->info);
}

/* a whole value is set or cleared, an element is there or not */
static enum err
answer_value(struct answer *answer)
{
	const struct record_path *path = &answer->resolution->entry->path;
	struct view value = answer->resolution->value;
	bool is_element = path->type == RECORD_ELEMENT || path->type == RECORD_BUILT_IN;

	if (value.size == 0)
		return add(answer, path, DELTA_CLEAR, value);
	return add(answer, path, is_element ? DELTA_ADD : DELTA_SET, is_element ? (struct view){0} : value);
}

static enum err
answer_confirm(struct answer *answer)
{
	const struct record_path *path = &answer->resolution->entry->path;
	struct view value = record_get(&answer->resolution->row->record, path->field);

	return add(answer, path, value.size == 0 ? DELTA_CLEAR : DELTA_SET, value);
}

/* the element of a set of ids; in the arena */
static enum err
id_element(struct view *out, struct arena *arena, const struct id *id, struct err_info *info)
{
	struct bytes encoded = {0};
	const uint8_t *copy = NULL;
	enum err err = codec_write_bin(&encoded, view_of(id->bytes, ID_BYTES), info);

	if (err == ERR_OK) {
		copy = arena_copy(arena, bytes_view(&encoded));
		err = copy == NULL ? err_nomem(info) : ERR_OK;
	}
	if (err == ERR_OK)
		*out = view_of(copy, encoded.size);
	bytes_release(&encoded);
	return err;
}

/* add an id to a built-in set of a row's record, unless it is there */
static enum err
add_id(struct answer *answer, const struct merge_row *row, enum record_built_in set, const struct id *id)
{
	struct record_path path = {.type = RECORD_BUILT_IN, .field = (uint32_t)set};
	struct record_items items = {0};
	enum err err = id_element(&path.key, answer->arena, id, answer->info);

	if (err == ERR_OK)
		err = record_items_read(&items, answer->arena, row->record.built_in[set], answer->info);
	for (size_t i = 0; err == ERR_OK && i < items.count; i++) {
		if (view_equal(items.items[i], path.key))
			return ERR_OK;
	}
	return err != ERR_OK ? err : add(answer, &path, DELTA_ADD, (struct view){0});
}

static enum err
answer_both(struct answer *answer)
{
	const struct merge_resolution *resolution = answer->resolution;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < resolution->entry->count; i++)
		err = add_id(answer, resolution->row, RECORD_DISTINCT, &resolution->entry->records[i]);
	return err;
}

static enum err
answer_accept(struct answer *answer)
{
	const struct merge_entry *entry = answer->resolution->entry;
	struct record_path path = {.type = RECORD_BUILT_IN, .field = RECORD_ACCEPTED};
	enum err err = merge_accepted_element(&path.key, answer->arena, entry->rule, entry->digest, answer->info);

	return err != ERR_OK ? err : add(answer, &path, DELTA_ADD, (struct view){0});
}

static enum err
answer_drop(struct answer *answer)
{
	struct record_path path = answer->resolution->entry->path;

	path.is_drop = true;
	return add(answer, &path, DELTA_ADD, (struct view){0});
}

static enum err
give(struct answer *answer)
{
	const struct record_path existence = {.type = RECORD_EXISTENCE};
	const struct record_path *path = &answer->resolution->entry->path;

	switch (answer->resolution->form) {
	case MERGE_FORM_TAKE:
		return answer_take(answer);
	case MERGE_FORM_VALUE:
		return answer_value(answer);
	case MERGE_FORM_KEPT:
		return add(answer, path, DELTA_KEEP, (struct view){0});
	case MERGE_FORM_REMOVED:
		return add(answer, path, DELTA_CLEAR, (struct view){0});
	case MERGE_FORM_CONFIRM:
		return answer_confirm(answer);
	case MERGE_FORM_BOTH:
		return answer_both(answer);
	case MERGE_FORM_SAME_AS:
		return add(answer, &existence, DELTA_CLEAR, (struct view){0});
	case MERGE_FORM_ACCEPT:
		return answer_accept(answer);
	case MERGE_FORM_DROP:
	default:
		return answer_drop(answer);
	}
}

enum err
merge_resolve(struct delta_writes *out, struct delta_writes *other_out, struct arena *arena,
              const struct merge_resolution *resolution, struct err_info *info)
{
	struct answer answer = {.arena = arena, .resolution = resolution, .info = info};
	struct answer other = answer;
	enum err err;

	if (!merge_form_fits(resolution->form, resolution->entry->kind))
		return err_set(info, ERR_USAGE, _("a conflict of kind \"%s\" is not settled so"),
		               merge_entry_kind_name(resolution->entry->kind));
	err = give(&answer);
	if (err == ERR_OK && resolution->form == MERGE_FORM_SAME_AS)
		err = add_id(&other, resolution->other_row, RECORD_WAS, &resolution->id);
	if (err != ERR_OK)
		return err;
	merge_delta_sort(&answer.writes);
	*out = answer.writes;
	if (other_out != NULL)
		*other_out = other.writes;
	return ERR_OK;
}

/* --- several answers to one record --- */

static bool
is_removal(const struct delta_writes *writes)
{
	return writes->count > 0 && writes->items[0].path.type == RECORD_EXISTENCE && !writes->items[0].path.is_drop &&
	       writes->items[0].act == DELTA_CLEAR;
}

static enum err
two_ways(struct err_info *info)
{
	return err_set(info, ERR_EXISTS, "%s", _("one field of one record is answered in two ways"));
}

enum err
merge_writes_join(struct delta_writes *writes, struct arena *arena, const struct delta_writes *more,
                  struct err_info *info)
{
	struct delta_writes all = {0};
	size_t i = 0;
	size_t j = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK && (i < writes->count || j < more->count)) {
		int order = i == writes->count ? 1
		            : j == more->count ? -1
		                               : record_path_compare(&writes->items[i].path, &more->items[j].path);

		if (order == 0 && (writes->items[i].act != more->items[j].act ||
		                   !view_equal(writes->items[i].value, more->items[j].value)))
			return two_ways(info);
		err = delta_writes_add(&all, arena, order <= 0 ? &writes->items[i] : &more->items[j], info);
		i += order <= 0;
		j += order >= 0;
	}
	if (err == ERR_OK && is_removal(&all) && all.count > 1)
		return two_ways(info);
	if (err == ERR_OK)
		*writes = all;
	return err;
}
