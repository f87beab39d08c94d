#include <assert.h>
#include <stdlib.h>

#include "import/source.h"
#include "text/text.h"

enum {
	NOT_FOUND = -2,
	AMBIGUOUS = -3, /* a title that two fields share */
};

struct import_binding {
	const struct import_field *fields; /* borrowed */
	size_t field_count;
	struct json *map;       /* column -> field; NULL: none */
	struct table map_names; /* normalised column -> index of its member in `map_targets` */
	struct view *map_targets;
	int *field_of; /* per column */
	size_t columns;
	size_t capacity;
	size_t *column_of; /* per field; SIZE_MAX: none */
	struct bytes spare;
	struct arena arena;
};

/* A field by its name, else by its title. */
static int
find_field(const struct import_binding *binding, struct view text)
{
	int found = NOT_FOUND;

	for (size_t i = 0; i < binding->field_count; i++) {
		if (view_equal(binding->fields[i].name, text))
			return (int)i;
	}
	for (size_t i = 0; i < binding->field_count; i++) {
		if (binding->fields[i].title.size == 0 || !view_equal(binding->fields[i].title, text))
			continue;
		if (found != NOT_FOUND)
			return AMBIGUOUS;
		found = (int)i;
	}
	return found;
}

/* Words of outside in a message: escaped, in quotes. */
static enum err
append_shown(struct bytes *out, struct view text, struct err_info *info)
{
	enum err err = bytes_append_text(out, out->size == 0 ? "\"" : ", \"", info);

	if (err == ERR_OK)
		err = text_escape(out, text, info);
	return err == ERR_OK ? bytes_append_byte(out, '"', info) : err;
}

static enum err
name_error(const char *what, struct view text, struct err_info *info)
{
	struct bytes shown = {0};
	enum err err = append_shown(&shown, text, info);

	if (err == ERR_OK)
		err = err_set(info, ERR_RULE, "%s: %.*s", what, (int)shown.size, (const char *)shown.data);
	bytes_release(&shown);
	return err;
}

static enum err
check_target(const struct import_binding *binding, struct view target, struct err_info *info)
{
	int field = target.size == 0 ? 0 : find_field(binding, target);

	if (field == NOT_FOUND)
		return name_error(_("the map names a field that this kind does not have"), target, info);
	if (field == AMBIGUOUS)
		return name_error(_("the map names a title that two fields share; give the field's name"), target,
		                  info);
	return ERR_OK;
}

/* Normalised copy that lives as long as the binding. */
static enum err
keep_text(struct import_binding *binding, struct view *out, struct view text, struct err_info *info)
{
	struct view normal = {0};
	uint8_t *copy;
	enum err err = text_normalise_view(&normal, &binding->spare, text, info);

	if (err != ERR_OK)
		return err;
	copy = arena_copy(&binding->arena, normal);
	if (copy == NULL)
		return err_nomem(info);
	*out = view_of(copy, normal.size);
	return ERR_OK;
}

static enum err
add_map_member(struct import_binding *binding, struct view column, const struct json *value, size_t index,
               struct err_info *info)
{
	uint64_t *slot = NULL;
	struct view name = {0};
	bool is_new = false;
	enum err err;

	if (json_form_of(value) != JSON_FORM_TEXT)
		return name_error(_("the map gives a column something else than the name of a field"), column, info);
	err = keep_text(binding, &name, column, info);
	if (err == ERR_OK)
		err = keep_text(binding, &binding->map_targets[index], json_text_of(value), info);
	if (err == ERR_OK)
		err = check_target(binding, binding->map_targets[index], info);
	if (err == ERR_OK)
		err = table_put(&binding->map_names, name, &slot, &is_new, info);
	if (err != ERR_OK)
		return err;
	if (!is_new)
		return name_error(_("the map names a column twice"), column, info);
	*slot = index;
	return ERR_OK;
}

static enum err
read_map(struct import_binding *binding, struct view text, struct err_info *info)
{
	const struct json *value = NULL;
	void *position = NULL;
	struct view column = {0};
	size_t index = 0;
	enum err err = json_parse(&binding->map, text, LIMIT_KIND_FILE_BYTES_MAX, 0, info);

	if (err != ERR_OK)
		return err;
	if (json_form_of(binding->map) != JSON_FORM_OBJECT)
		return err_set(info, ERR_FORMAT, _("a map is a JSON object {\"column\": \"field\"}; this is %s"),
		               json_form_name(binding->map));
	if (json_count(binding->map) > LIMIT_COLUMNS_MAX)
		return err_set(info, ERR_TOO_BIG, _("the map names more than %d columns"), LIMIT_COLUMNS_MAX);
	binding->map_targets = calloc(json_count(binding->map) + 1, sizeof(*binding->map_targets));
	if (binding->map_targets == NULL)
		return err_nomem(info);
	while (err == ERR_OK && json_next(binding->map, &position, &column, &value))
		err = add_map_member(binding, column, value, index++, info);
	return err;
}

enum err
import_binding_new(struct import_binding **out, const struct import_field *fields, size_t count, struct view map,
                   struct err_info *info)
{
	struct import_binding *binding = calloc(1, sizeof(*binding));
	enum err err = ERR_OK;

	if (binding == NULL)
		return err_nomem(info);
	binding->fields = fields;
	binding->field_count = count;
	binding->column_of = malloc((count + 1) * sizeof(*binding->column_of));
	if (binding->column_of == NULL)
		err = err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		binding->column_of[i] = SIZE_MAX;
	if (err == ERR_OK && map.size > 0)
		err = read_map(binding, map, info);
	if (err != ERR_OK) {
		import_binding_free(binding);
		return err;
	}
	*out = binding;
	return ERR_OK;
}

void
import_binding_free(struct import_binding *binding)
{
	if (binding == NULL)
		return;
	json_free(binding->map);
	table_release(&binding->map_names);
	free(binding->map_targets);
	free(binding->field_of);
	free(binding->column_of);
	bytes_release(&binding->spare);
	arena_release(&binding->arena);
	free(binding);
}

/* What a column means: an index, IMPORT_NO_FIELD, NOT_FOUND or AMBIGUOUS. */
static int
meaning_of(const struct import_binding *binding, struct view column)
{
	const uint64_t *mapped;

	if (column.size == 0 || view_equal(column, view_text(IMPORT_REASON)))
		return IMPORT_NO_FIELD;
	mapped = table_find(&binding->map_names, column);
	if (mapped == NULL)
		return find_field(binding, column);
	if (binding->map_targets[*mapped].size == 0)
		return IMPORT_NO_FIELD;
	return find_field(binding, binding->map_targets[*mapped]);
}

static enum err
reserve_columns(struct import_binding *binding, size_t columns, struct err_info *info)
{
	size_t larger = columns * 2;
	int *grown;

	if (columns <= binding->capacity)
		return ERR_OK;
	grown = realloc(binding->field_of, larger * sizeof(*grown));
	if (grown == NULL)
		return err_nomem(info);
	binding->field_of = grown;
	binding->capacity = larger;
	return ERR_OK;
}

/* All unknown names of the new columns in one message. */
static enum err
check_known(const struct import_binding *binding, const struct import_source *source, struct err_info *info)
{
	struct bytes unknown = {0};
	enum err err = ERR_OK;

	for (size_t i = binding->columns; err == ERR_OK && i < source->columns; i++) {
		int field = meaning_of(binding, source->names[i]);

		if (field == AMBIGUOUS)
			err = name_error(
				_("a column's name is the title of two fields; name the field, or give --map FILE"),
				source->names[i], info);
		else if (field == NOT_FOUND)
			err = append_shown(&unknown, source->names[i], info);
	}
	if (err == ERR_OK && unknown.size > 0)
		err = err_set(
			info, ERR_RULE,
			_("this kind has no field for these columns: %.*s (rename or remove them, or give --map FILE)"),
			(int)unknown.size, (const char *)unknown.data);
	bytes_release(&unknown);
	return err;
}

static enum err
two_columns(const struct import_binding *binding, const struct import_source *source, size_t field, size_t column,
            struct err_info *info)
{
	struct bytes shown = {0};
	enum err err = append_shown(&shown, source->names[binding->column_of[field]], info);

	if (err == ERR_OK)
		err = append_shown(&shown, source->names[column], info);
	if (err == ERR_OK)
		err = err_set(info, ERR_RULE, _("these columns mean one field: %.*s"), (int)shown.size,
		              (const char *)shown.data);
	bytes_release(&shown);
	return err;
}

enum err
import_binding_update(struct import_binding *binding, const struct import_source *source, struct err_info *info)
{
	size_t first = binding->columns;
	enum err err;

	if (first == source->columns)
		return ERR_OK;
	err = check_known(binding, source, info);
	if (err == ERR_OK)
		err = reserve_columns(binding, source->columns, info);
	for (size_t i = first; err == ERR_OK && i < source->columns; i++) {
		int field = meaning_of(binding, source->names[i]);

		if (field >= 0 && binding->column_of[field] != SIZE_MAX) {
			err = two_columns(binding, source, (size_t)field, i, info);
			break;
		}
		binding->field_of[i] = field;
		if (field >= 0)
			binding->column_of[field] = i;
	}
	if (err == ERR_OK) {
		binding->columns = source->columns;
		return ERR_OK;
	}
	for (size_t i = 0; i < binding->field_count; i++) {
		if (binding->column_of[i] != SIZE_MAX && binding->column_of[i] >= first)
			binding->column_of[i] = SIZE_MAX;
	}
	return err;
}

int
import_binding_field(const struct import_binding *binding, size_t column)
{
	assert(column < binding->columns);
	return binding->field_of[column];
}

size_t
import_binding_column(const struct import_binding *binding, size_t field)
{
	assert(field < binding->field_count);
	return binding->column_of[field];
}
