/* A record as JSON by the names of its kind. */
#include "flow/view.h"
#include "json/json.h"
#include "schema/value.h"

enum err
flow_row_json(struct bytes *out, const struct flow_row *row, struct err_info *info)
{
	char id[2 * ID_BYTES + 1];
	enum err err;

	hex_write(id, view_of(row->id->bytes, ID_BYTES));
	err = bytes_printf(out, info, "{\"id\":\"%s\",\"kind\":", id);
	if (err == ERR_OK)
		err = json_quote(out, row->record->kind, info);
	for (size_t i = 0; err == ERR_OK && i < row->record->field_count; i++) {
		const struct schema_slice *slice = &row->record->fields[i];
		const struct schema_field *field =
			row->kind == NULL ? NULL : schema_field_by_number(&row->kind->object, slice->number);

		err = bytes_append_byte(out, ',', info);
		if (err == ERR_OK && field != NULL)
			err = json_quote(out, field->name, info);
		else if (err == ERR_OK)
			err = bytes_printf(out, info, "\"#%u\"", slice->number);
		if (err == ERR_OK)
			err = bytes_append_byte(out, ':', info);
		if (err == ERR_OK)
			err = field != NULL ? schema_value_to_json(out, field, slice->value, info)
			                    : schema_unknown_to_json(out, slice->value, info);
	}
	return err == ERR_OK ? bytes_append_byte(out, '}', info) : err;
}
