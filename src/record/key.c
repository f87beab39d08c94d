#include "record/key.h"

#include "schema/schema.h"

enum err
record_natural_key(struct bytes *out, bool *has_key_out, const struct schema_kind *kind, const struct record *record,
                   struct err_info *info)
{
	enum err err = bytes_append_view(out, kind->name, info);

	*has_key_out = kind->key_count > 0;
	for (size_t i = 0; err == ERR_OK && i < kind->key_count; i++) {
		struct view value = record_get(record, kind->key[i]);

		*has_key_out = *has_key_out && value.size > 0;
		err = bytes_append_byte(out, 0, info); /* no name holds it, and each value says its own length */
		if (err == ERR_OK)
			err = bytes_append_view(out, value, info);
	}
	return err;
}
