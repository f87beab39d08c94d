#include <assert.h>
#include <string.h>

#include "delta/stream.h"
#include "record/list.h"
#include "schema/schema.h"
#include "text/text.h"

/* a changeset on its way into a record */
struct application {
	struct record record;
	struct arena *arena;
	bool is_equal_allowed;
	struct err_info *info;
};

static enum err
bad(struct err_info *info, const struct record_path *path, const char *what)
{
	return err_set(info, ERR_FORMAT, _("this is no changeset for its record: field %lu: %s"),
	               (unsigned long)path->field, what);
}

/* a write of what is there already: only a resolution may */
static enum err
check_differs(const struct application *application, const struct record_path *path, bool is_equal)
{
	if (is_equal && !application->is_equal_allowed)
		return bad(application->info, path, _("the value that was there is written again"));
	return ERR_OK;
}

static enum err
apply_value(struct application *application, const struct delta_write *write)
{
	struct view old = record_get(&application->record, write->path.field);
	enum err err = check_differs(application, &write->path, view_equal(old, write->value));

	if (err != ERR_OK)
		return err;
	return record_set(&application->record, application->arena, write->path.field, write->value, application->info);
}

/* --- sets --- */

static enum err
merge_items(struct application *application, struct record_items *items, const struct delta_write *writes, size_t count)
{
	struct record_items merged = {arena_get(application->arena, (items->count + count) * sizeof(struct view)), 0};
	size_t i = 0;
	size_t j = 0;

	if (merged.items == NULL)
		return err_nomem(application->info);
	while (i < items->count || j < count) {
		int order = i == items->count ? 1 : j == count ? -1 : view_compare(items->items[i], writes[j].path.key);
		bool is_add = order >= 0 && writes[j].act == DELTA_ADD;
		enum err err = ERR_OK;

		if (order >= 0)
			err = check_differs(application, &writes[j].path, is_add == (order == 0));
		if (err != ERR_OK)
			return err;
		if (order < 0)
			merged.items[merged.count++] = items->items[i];
		else if (is_add)
			merged.items[merged.count++] = writes[j].path.key;
		i += order <= 0;
		j += order >= 0;
	}
	*items = merged;
	return ERR_OK;
}

static enum err
apply_set(struct application *application, struct view old, const struct delta_write *writes, size_t count,
          struct view *out)
{
	struct record_items items;
	enum err err = record_items_read(&items, application->arena, old, application->info);

	if (err == ERR_OK)
		err = merge_items(application, &items, writes, count);
	return err != ERR_OK ? err : record_items_write(out, application->arena, &items, application->info);
}

static enum err
apply_elements(struct application *application, const struct delta_write *writes, size_t count)
{
	uint32_t field = writes[0].path.field;
	struct view value = {0};
	enum err err;

	if (writes[0].path.type == RECORD_BUILT_IN)
		return apply_set(application, application->record.built_in[field], writes, count,
		                 &application->record.built_in[field]);
	err = apply_set(application, record_get(&application->record, field), writes, count, &value);
	if (err != ERR_OK)
		return err;
	return record_set(&application->record, application->arena, field, value, application->info);
}

/* --- keyed lists --- */

/* the member's fields after the writes to them; `member` has its old ones, or its key alone */
static enum err
apply_member_fields(struct application *application, struct record_member *member, const struct delta_write *writes,
                    size_t count)
{
	struct record_member next = {.key = member->key};
	size_t i = 0;
	size_t j = 0;

	next.fields = arena_get(application->arena, (member->field_count + count) * sizeof(*next.fields));
	if (next.fields == NULL)
		return err_nomem(application->info);
	while (i < member->field_count || j < count) {
		uint32_t a = i == member->field_count ? UINT32_MAX : member->fields[i].number;
		uint32_t b = j == count ? UINT32_MAX : writes[j].path.sub;
		struct view old = a <= b ? member->fields[i].value : (struct view){0};
		enum err err = ERR_OK;

		if (b <= a)
			err = check_differs(application, &writes[j].path, view_equal(old, writes[j].value));
		if (err != ERR_OK)
			return err;
		if (a < b)
			next.fields[next.field_count++] = member->fields[i];
		else if (writes[j].value.size > 0)
			next.fields[next.field_count++] = (struct schema_slice){b, writes[j].value};
		i += a <= b;
		j += b <= a;
	}
	if (next.field_count > LIMIT_FIELDS_MAX)
		return err_set(application->info, ERR_TOO_BIG, _("a member of a list would have more than %d fields"),
		               LIMIT_FIELDS_MAX);
	*member = next;
	return ERR_OK;
}

/* the writes of one member: its existence, if written, and its fields. *is_gone_out: it is removed */
static enum err
apply_member(struct application *application, struct record_member *member, bool is_there,
             const struct delta_write *writes, size_t count, bool *is_gone_out)
{
	const struct delta_write *first = &writes[0];
	bool is_existence = first->path.type == RECORD_MEMBER;
	struct schema_slice *key;

	*is_gone_out = is_existence && first->act == DELTA_CLEAR;
	if (is_existence && first->act == DELTA_ADD && is_there)
		return bad(application->info, &first->path, _("a member is added that is there"));
	if ((!is_existence || first->act != DELTA_ADD) && !is_there)
		return bad(application->info, &first->path, _("a member is written that is not there"));
	if (!is_there) {
		key = arena_get(application->arena, sizeof(*key));
		if (key == NULL)
			return err_nomem(application->info);
		*key = (struct schema_slice){first->path.key_field, first->path.key};
		*member = (struct record_member){.key = first->path.key, .fields = key, .field_count = 1};
	}
	if (*is_gone_out || (is_existence && is_there && count == 1))
		return ERR_OK;
	return apply_member_fields(application, member, writes + is_existence, count - is_existence);
}

/* how many of the writes are of the first one's member */
static size_t
count_of_member(const struct delta_write *writes, size_t count)
{
	size_t same = 1;

	while (same < count && view_equal(writes[same].path.key, writes[0].path.key))
		same++;
	return same;
}

static enum err
merge_members(struct application *application, struct record_members *members, const struct delta_write *writes,
              size_t count)
{
	struct record_members merged = {
		arena_get(application->arena, (members->count + count) * sizeof(struct record_member)), 0};
	size_t i = 0;
	size_t j = 0;

	if (merged.items == NULL)
		return err_nomem(application->info);
	while (i < members->count || j < count) {
		int order = i == members->count ? 1
		            : j == count        ? -1
		                                : view_compare(members->items[i].key, writes[j].path.key);
		struct record_member member = {0};
		bool is_gone = false;
		enum err err = ERR_OK;

		if (order <= 0)
			member = members->items[i++];
		if (order >= 0) {
			size_t same = count_of_member(writes + j, count - j);

			err = apply_member(application, &member, order == 0, writes + j, same, &is_gone);
			j += same;
		}
		if (err != ERR_OK)
			return err;
		if (!is_gone)
			merged.items[merged.count++] = member;
	}
	*members = merged;
	return ERR_OK;
}

static enum err
apply_list(struct application *application, const struct delta_write *writes, size_t count)
{
	const struct record_path *path = &writes[0].path;
	struct view old = record_get(&application->record, path->field);
	struct record_members members;
	struct view value = {0};
	enum err err = record_members_read(&members, application->arena, old, path->key_field, application->info);

	if (err == ERR_OK)
		err = merge_members(application, &members, writes, count);
	if (err == ERR_OK)
		err = record_members_write(&value, application->arena, &members, application->info);
	if (err != ERR_OK)
		return err;
	return record_set(&application->record, application->arena, path->field, value, application->info);
}

/* --- records --- */

static size_t
count_of_field(const struct delta_write *writes, size_t count)
{
	const struct record_path *first = &writes[0].path;
	size_t same = 1;

	while (same < count && !writes[same].path.is_drop && writes[same].path.field == first->field &&
	       (writes[same].path.type == RECORD_BUILT_IN) == (first->type == RECORD_BUILT_IN))
		same++;
	return same;
}

static enum err
apply_all(struct application *application, const struct delta_writes *writes)
{
	enum err err = ERR_OK;

	assert(writes->count == 0 || writes->items != NULL);
	for (size_t i = 0; err == ERR_OK && i < writes->count;) {
		const struct delta_write *first = &writes->items[i];
		size_t same = 1;

		if (first->path.is_drop)
			break; /* the rest are drops too: no part of the record */
		if (first->path.type != RECORD_EXISTENCE)
			same = count_of_field(first, writes->count - i);
		if (first->path.type == RECORD_FIELD)
			err = apply_value(application, first);
		else if (first->path.type == RECORD_ELEMENT || first->path.type == RECORD_BUILT_IN)
			err = apply_elements(application, first, same);
		else if (first->path.type != RECORD_EXISTENCE)
			err = apply_list(application, first, same);
		i += same;
	}
	return err;
}

/* what existence says of a record that is or is not there */
static enum err
check_terms(const struct record *old, const struct delta_apply_terms *terms, const struct delta_writes *writes,
            struct err_info *info)
{
	const struct delta_write *first = writes->count == 0 ? NULL : &writes->items[0];
	bool is_existence = first != NULL && first->path.type == RECORD_EXISTENCE && !first->path.is_drop;
	bool is_added = is_existence && first->act == DELTA_ADD;
	enum err err = delta_writes_check(writes, old == NULL && is_added, info);

	if (err != ERR_OK)
		return err;
	if (old == NULL && !is_added && first != NULL && !first->path.is_drop)
		return err_set(info, ERR_FORMAT, "%s", _("a record is written that is not there"));
	if (old == NULL && is_added &&
	    (terms->kind.size == 0 || terms->kind.size > LIMIT_NAME_BYTES_MAX || !text_is_utf8(terms->kind)))
		return err_set(info, ERR_FORMAT, "%s", _("a record is added without a kind that has a name"));
	if (old != NULL && terms->kind.size > 0 && !view_equal(terms->kind, old->kind))
		return err_set(info, ERR_FORMAT, "%s", _("a record is written as one of another kind"));
	return ERR_OK;
}

/* a copy of the table, so that `old` stays as it is */
static enum err
start(struct application *application, const struct record *old, const struct delta_apply_terms *terms)
{
	struct record *record = &application->record;

	if (old == NULL) {
		record->kind = terms->kind;
		record->schema_version = terms->schema_version;
		return ERR_OK;
	}
	*record = *old;
	record->fields = arena_get(application->arena, old->field_count * sizeof(*record->fields));
	if (record->fields == NULL)
		return err_nomem(application->info);
	if (old->field_count > 0)
		memcpy(record->fields, old->fields, old->field_count * sizeof(*record->fields));
	record->field_capacity = old->field_count;
	if (terms->schema_version > old->schema_version)
		record->schema_version = terms->schema_version;
	return ERR_OK;
}

enum err
/* two outputs and the arena belong to every caller. NOLINTNEXTLINE(readability-function-size) */
delta_apply(struct record *out, bool *gone_out, struct arena *arena, const struct record *old,
            const struct delta_apply_terms *terms, const struct delta_writes *writes, struct err_info *info)
{
	struct application application = {.arena = arena, .info = info};
	const struct delta_write *first = writes->count == 0 ? NULL : &writes->items[0];
	bool is_existence = first != NULL && first->path.type == RECORD_EXISTENCE && !first->path.is_drop;
	enum err err = check_terms(old, terms, writes, info);

	if (err != ERR_OK)
		return err;
	if ((is_existence && first->act == DELTA_CLEAR) || (old == NULL && !is_existence)) {
		*gone_out = true;
		return ERR_OK;
	}
	application.is_equal_allowed = (terms->flags & DELTA_EQUAL_ALLOWED) != 0;
	err = start(&application, old, terms);
	if (err == ERR_OK)
		err = apply_all(&application, writes);
	if (err != ERR_OK)
		return err;
	*gone_out = false;
	*out = application.record;
	return ERR_OK;
}
