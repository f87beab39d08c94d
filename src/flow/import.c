#include "flow/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/idset.h"
#include "base/table.h"
#include "flow/cells.h"
#include "schema/value.h"

enum {
	FIELD_ID,
	FIELD_KIND,
	FIELDS_OWN
}; /* positions in the binding before the kind's fields */

struct importing {
	const struct flow_import_terms *terms;
	struct flow_import_result result;
	struct flow_editing editing;
	const struct schema_kind *kind;
	struct import_source *source;
	struct import_binding *binding;
	struct flow_cells *cells;
	struct import_rejects rejects;
	struct idset seen;   /* ids of the records that a row of this file meant */
	struct bytes unseen; /* --full: ids of those of this kind that none did */
	uint64_t old_count;  /* --full: records of this kind before the import */
	struct arena fields; /* of the binding */
	struct arena arena;  /* of one row */
	struct bytes value;
	struct bytes key;
	struct bytes ids;
	struct bytes plaintext;
};

static void
importing_release(struct importing *importing)
{
	flow_editing_release(&importing->editing);
	import_binding_free(importing->binding);
	flow_cells_free(importing->cells);
	import_rejects_release(&importing->rejects);
	idset_release(&importing->seen);
	bytes_release(&importing->unseen);
	arena_release(&importing->fields);
	arena_release(&importing->arena);
	bytes_release(&importing->value);
	bytes_release(&importing->key);
	bytes_release(&importing->ids);
	seal_wipe_bytes(&importing->plaintext);
}

static enum err
make_binding(struct importing *importing, struct err_info *info)
{
	const struct schema_object *object = &importing->kind->object;
	struct import_field *fields = arena_get(&importing->fields, (object->count + FIELDS_OWN) * sizeof(*fields));
	enum err err;

	if (fields == NULL)
		return err_nomem(info);
	fields[FIELD_ID].name = view_text("id");
	fields[FIELD_KIND].name = view_text("kind");
	for (size_t i = 0; i < object->count; i++) {
		const struct schema_field *field = &object->fields[i];

		fields[FIELDS_OWN + i].name = field->name;
		if (field->title.has_zh)
			fields[FIELDS_OWN + i].title = field->title.zh;
	}
	err = import_binding_new(&importing->binding, fields, object->count + FIELDS_OWN, importing->terms->map, info);
	return err == ERR_FORMAT ? err_in(info, err, "--map") : err; /* it is not the table that is no JSON */
}

static enum err
read_cell(struct bytes *out, const struct import_cell *cell, const struct schema_field *field, struct err_info *info)
{
	if (cell->json != NULL)
		return schema_value_from_json(out, field, cell->json, info);
	if (cell->type != IMPORT_TEXT)
		return ERR_OK;
	if (field->type != SCHEMA_STRING && text_csv_is_spreadsheet_number(cell->text))
		return err_set(info, ERR_RULE,
		               _("a spreadsheet turned the digits into the number %.*s; format the column as text and "
		                 "enter it "
		                 "again"),
		               (int)cell->text.size, (const char *)cell->text.data);
	return schema_value_from_text(out, field, cell->text, info);
}

static enum err
assign_cell(struct record *record, struct importing *importing, const struct import_cell *cell,
            const struct schema_field *field, struct err_info *info)
{
	bool is_text = cell->json == NULL && cell->type == IMPORT_TEXT;
	struct view value = {0};
	enum err err;

	if (is_text && flow_cells_find(&value, importing->cells, cell->column, field, cell->text))
		return record_set(record, &importing->arena, field->number, value, info);
	bytes_clear(&importing->value);
	err = read_cell(&importing->value, cell, field, info);
	if (err == ERR_OK && is_text)
		flow_cells_keep(importing->cells, cell->column, cell->text, bytes_view(&importing->value));
	if (err == ERR_OK && importing->value.size > 0) {
		value = view_of(arena_copy(&importing->arena, bytes_view(&importing->value)), importing->value.size);
		err = value.data == NULL ? err_nomem(info) : ERR_OK;
	}
	return err == ERR_OK ? record_set(record, &importing->arena, field->number, value, info) : err;
}

/* Puts the row's cells into a record; *id_text gets the cell of the column "id". */
static enum err
assign_row(struct record *record, struct view *id_text, struct importing *importing, const struct import_row *row,
           struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < row->count; i++) {
		const struct import_cell *cell = &row->cells[i];
		int field = import_binding_field(importing->binding, cell->column);
		struct view name = import_source_column(importing->source, cell->column);

		if (field == FIELD_ID && id_text != NULL)
			*id_text = cell->text;
		if (field == FIELD_KIND && cell->text.size > 0 && !view_equal(cell->text, importing->kind->name))
			err = err_set(info, ERR_RULE, _("the row is of kind %.*s"), (int)cell->text.size,
			              (const char *)cell->text.data);
		if (field >= FIELDS_OWN) {
			err = assign_cell(record, importing, cell, &importing->kind->object.fields[field - FIELDS_OWN],
			                  info);
			if (err != ERR_OK)
				err = err_in(info, err, _("column %.*s"), (int)name.size, (const char *)name.data);
		}
	}
	return err;
}

static enum err
match_id(struct id *out, bool *is_found_out, struct importing *importing, struct view id_text, struct err_info *info)
{
	struct record record;
	bool is_other;
	enum err err;

	if (!hex_read(out->bytes, ID_BYTES, id_text))
		return err_set(info, ERR_RULE, "%s", _("column id: 32 hexadecimal digits were expected"));
	bytes_clear(&importing->plaintext);
	err = partition_edit_get(&importing->plaintext, importing->editing.edit, out, info);
	if (err == ERR_NOT_FOUND && importing->terms->is_match_only) {
		*is_found_out = false;
		return ERR_OK;
	}
	is_other = err == ERR_NOT_FOUND;
	if (err == ERR_OK) {
		err = record_read(&record, &importing->arena, bytes_view(&importing->plaintext),
		                  LIMIT_RECORD_MERGED_BYTES_MAX, info);
		is_other = err == ERR_OK && !view_equal(record.kind, importing->kind->name);
	}
	if (is_other)
		err = err_set(info, ERR_RULE, "%s",
		              _("column id: no such record of this kind here; leave it empty to add one"));
	return err;
}

/* The record that a row means: by its id column, else by its natural key; *is_found_out false: none yet. */
static enum err
match(struct id *out, bool *is_found_out, struct importing *importing, struct view id_text, const struct record *record,
      struct err_info *info)
{
	const struct schema_kind *kind = importing->kind;
	bool has_key;
	enum err err;

	*is_found_out = id_text.size > 0;
	if (id_text.size > 0)
		return match_id(out, is_found_out, importing, id_text, info);
	bytes_clear(&importing->key);
	bytes_clear(&importing->ids);
	err = record_natural_key(&importing->key, &has_key, kind, record, info);
	if (err == ERR_OK && !has_key && kind->key_count > 0) {
		struct view name = schema_field_by_number(&kind->object, kind->key[0])->name;

		err = err_set(info, ERR_RULE, _("part of the natural key (%.*s ...) is missing"), (int)name.size,
		              (const char *)name.data);
	}
	if (err == ERR_OK && has_key)
		err = partition_natural_find(&importing->ids, importing->editing.natural, bytes_view(&importing->key),
		                             info);
	if (err == ERR_OK && importing->ids.size > ID_BYTES)
		err = err_set(info, ERR_RULE, _("%zu records have this natural key; name one in a column id"),
		              importing->ids.size / ID_BYTES);
	*is_found_out = err == ERR_OK && importing->ids.size > 0;
	if (*is_found_out)
		memcpy(out->bytes, importing->ids.data, ID_BYTES);
	return err;
}

static enum err
change_known(struct importing *importing, struct id *id, const struct import_row *row, struct err_info *info)
{
	struct record old;
	struct record record;
	bool is_changed;
	enum err err;

	if (idset_has(&importing->seen, id))
		return err_set(info, ERR_RULE, "%s", _("a row before this one has the same natural key"));
	bytes_clear(&importing->plaintext);
	err = partition_edit_get(&importing->plaintext, importing->editing.edit, id, info);
	if (err == ERR_OK)
		err = record_read(&old, &importing->arena, bytes_view(&importing->plaintext),
		                  LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err == ERR_OK)
		err = record_copy(&record, &importing->arena, &old, info);
	if (err == ERR_OK)
		err = assign_row(&record, NULL, importing, row, info);
	if (err == ERR_OK)
		err = flow_editing_put(&importing->editing, &importing->arena, id, &old, &record, &is_changed, info);
	if (err == ERR_OK)
		err = idset_add(&importing->seen, id, info);
	if (err != ERR_OK)
		return err;
	importing->result.changed += is_changed ? 1U : 0U;
	importing->result.unchanged += is_changed ? 0U : 1U;
	return ERR_OK;
}

static enum err
add_new(struct importing *importing, struct record *record, struct err_info *info)
{
	struct id id;
	enum err err;

	if (importing->terms->is_match_only) {
		importing->result.unmatched++;
		return ERR_OK;
	}
	err = flow_editing_add(&importing->editing, &importing->arena, &id, record, info);
	if (err == ERR_OK)
		err = idset_add(&importing->seen, &id, info);
	importing->result.added += err == ERR_OK ? 1U : 0U;
	return err;
}

/* What became of a row in one of several partitions; "refused" stands. *before_out: what was known of it. */
static enum err
mark_row(uint64_t *before_out, struct importing *importing, const struct import_row *row, enum flow_import_fate fate,
         struct err_info *info)
{
	uint64_t *value = NULL;
	enum err err = ERR_OK;

	*before_out = 0;
	if (importing->terms->fates != NULL)
		err = table_put(importing->terms->fates, view_of(&row->number, sizeof(row->number)), &value, NULL,
		                info);
	if (err != ERR_OK || value == NULL)
		return err;
	*before_out = *value;
	if (*value != FLOW_IMPORT_REFUSED)
		*value = (uint64_t)fate;
	return ERR_OK;
}

static enum err
take_row(struct importing *importing, const struct import_row *row, struct err_info *info)
{
	struct record record = {.kind = importing->kind->name};
	struct view id_text = {0};
	struct id id;
	uint64_t before;
	bool is_found = false;
	enum err err;

	arena_clear(&importing->arena);
	err = assign_row(&record, &id_text, importing, row, info);
	if (err == ERR_OK)
		err = match(&id, &is_found, importing, id_text, &record, info);
	if (err == ERR_OK)
		err = is_found ? change_known(importing, &id, row, info) : add_new(importing, &record, info);
	if (err == ERR_OK && is_found)
		err = mark_row(&before, importing, row, FLOW_IMPORT_MET, info);
	if (err == ERR_OK && partition_edit_count(importing->editing.edit) >= LIMIT_EDIT_RECORDS_MAX)
		err = flow_editing_next(&importing->editing, info);
	return err;
}

static bool
is_about_row(enum err err)
{
	return err == ERR_RULE || err == ERR_FORMAT || err == ERR_TOO_BIG || err == ERR_RIGHT || err == ERR_EXISTS;
}

static enum err
note_bad(struct importing *importing, const struct import_row *row, const char *text, struct err_info *info)
{
	uint64_t before;
	enum err err = mark_row(&before, importing, row, FLOW_IMPORT_REFUSED, info);

	importing->result.bad++;
	if (err != ERR_OK || before == FLOW_IMPORT_REFUSED) /* told and kept where it was refused first */
		return err;
	if (importing->terms->bad_row != NULL && importing->result.bad <= FLOW_IMPORT_ERRORS_TOLD)
		importing->terms->bad_row(importing->terms->context, text);
	if (!importing->terms->is_skipping)
		return ERR_OK;
	return import_rejects_add(&importing->rejects, row, view_text(text), info);
}

static enum err
take_rows(struct importing *importing, const char *name, struct err_info *info)
{
	bool is_end = false;
	bool is_bad = false;
	enum err err = ERR_OK;

	while (err == ERR_OK) {
		struct import_row row;
		struct err_info why;

		err = import_source_next(importing->source, &row, &is_bad, &is_end, &why);
		if (err != ERR_OK)
			return err_pass(info, err, &why);
		if (is_end)
			break;
		importing->result.rows++;
		if (!is_bad) {
			err = import_binding_update(importing->binding, importing->source, info);
			if (err != ERR_OK)
				return err_in(info, err, _("%s row %llu"), name, (unsigned long long)row.number);
			err = take_row(importing, &row, &why);
			is_bad = is_about_row(err);
			if (is_bad)
				(void)err_in(&why, err, _("%s row %llu"), name, (unsigned long long)row.number);
			else if (err != ERR_OK)
				return err_pass(info, err, &why);
		}
		err = is_bad ? note_bad(importing, &row, why.text, info) : ERR_OK;
	}
	return err;
}

static enum err
check_removals(const struct importing *importing, uint64_t count, struct err_info *info)
{
	const struct flow_import_terms *terms = importing->terms;
	uint64_t allowed = terms->removals_allowed >= 0 ? (uint64_t)terms->removals_allowed
	                                                : importing->old_count * FLOW_IMPORT_REMOVED_PERCENT / 100;

	if (count == 0)
		return ERR_OK;
	if (importing->result.bad > 0)
		return err_set(info, ERR_RULE, "%s",
		               _("--full removes nothing while a row is refused; nothing was written"));
	if (importing->result.rows == 0)
		return err_set(info, ERR_RULE, "%s",
		               _("--full with an empty file would remove everything; nothing was written"));
	if (count > allowed)
		return err_set(
			info, ERR_RULE,
			_("--full would remove %llu of %llu records, over the %llu allowed; nothing was written; "
		          "if it is "
		          "right, add --allow-removals %llu"),
			(unsigned long long)count, (unsigned long long)importing->old_count,
			(unsigned long long)allowed, (unsigned long long)count);
	return ERR_OK;
}

/* Of all records that were there: those of this kind, and which of them no row meant. */
static enum err
count_old(void *context, const struct id *id, struct view plaintext, struct err_info *info)
{
	struct importing *importing = context;
	struct record record;
	enum err err;

	arena_clear(&importing->arena);
	err = record_read(&record, &importing->arena, plaintext, LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err != ERR_OK || !view_equal(record.kind, importing->kind->name))
		return err;
	importing->old_count++;
	if (idset_has(&importing->seen, id))
		return ERR_OK;
	return bytes_append(&importing->unseen, id->bytes, ID_BYTES, info);
}

static enum err
remove_one(struct importing *importing, const struct id *id, struct err_info *info)
{
	struct record old;
	enum err err;

	arena_clear(&importing->arena);
	bytes_clear(&importing->plaintext);
	err = partition_edit_get(&importing->plaintext, importing->editing.edit, id, info);
	if (err == ERR_OK)
		err = record_read(&old, &importing->arena, bytes_view(&importing->plaintext),
		                  LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err == ERR_OK)
		err = flow_editing_remove(&importing->editing, &importing->arena, id, &old, info);
	importing->result.removed += err == ERR_OK ? 1U : 0U;
	if (err == ERR_OK && partition_edit_count(importing->editing.edit) >= LIMIT_EDIT_RECORDS_MAX)
		err = flow_editing_next(&importing->editing, info);
	return err;
}

static enum err
remove_unseen(struct importing *importing, struct err_info *info)
{
	enum err err =
		partition_each(importing->editing.partition, &importing->editing.head, count_old, importing, info);

	if (err == ERR_OK)
		err = check_removals(importing, importing->unseen.size / ID_BYTES, info);
	for (size_t at = 0; err == ERR_OK && at < importing->unseen.size; at += ID_BYTES) {
		struct id id;

		memcpy(id.bytes, importing->unseen.data + at, ID_BYTES);
		err = remove_one(importing, &id, info);
	}
	return err;
}

static enum err
start(struct importing *importing, const struct flow_desk *desk, struct err_info *info)
{
	const struct flow_import_terms *terms = importing->terms;
	const struct node_code *owner = terms->owner != NULL ? terms->owner : &node_identity_of(desk->node)->code;
	enum err err = flow_editing_begin(&importing->editing, desk, owner, info);

	if (err == ERR_OK)
		err = flow_editing_kind(&importing->kind, &importing->editing, view_text(terms->kind), info);
	if (err == ERR_OK)
		err = flow_editing_natural(&importing->editing, info);
	if (err == ERR_OK)
		err = make_binding(importing, info);
	if (err == ERR_OK)
		err = flow_cells_new(&importing->cells, LIMIT_COLUMNS_MAX, info);
	if (err == ERR_OK) {
		err = import_binding_update(importing->binding, importing->source, info);
		if (err != ERR_OK)
			err = err_in(info, err, "%s", terms->file_name);
	}
	if (err == ERR_OK && terms->is_skipping)
		import_rejects_init(&importing->rejects, importing->source, terms->rejects);
	return err;
}

enum err
flow_import(struct flow_import_result *out, const struct flow_desk *desk, const struct flow_import_terms *terms,
            struct import_source *source, struct err_info *info)
{
	struct importing importing = {.terms = terms, .source = source};
	enum err err = start(&importing, desk, info);
	if (err == ERR_OK)
		err = take_rows(&importing, terms->file_name, info);
	if (err == ERR_OK && importing.result.bad > 0 && !terms->is_skipping)
		err = err_set(
			info, ERR_RULE,
			_("%s: %llu of %llu rows are wrong; nothing was written; --skip-bad FILE takes the good ones"),
			terms->file_name, (unsigned long long)importing.result.bad,
			(unsigned long long)importing.result.rows);
	if (err == ERR_OK && terms->is_full)
		err = remove_unseen(&importing, info);
	if (err == ERR_OK && terms->before_publish != NULL)
		err = terms->before_publish(terms->context, info);
	if (err == ERR_OK)
		err = flow_editing_publish(&importing.editing, info);
	importing.result.commits = importing.editing.commits;
	importing.result.head = importing.editing.last;
	*out = importing.result;
	importing_release(&importing);
	return err;
}
