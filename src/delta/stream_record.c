/* The writes of one record: which fields, then what is written in each. */
#include "codec/codec.h"
#include "delta/coding.h"
#include "schema/slice.h"

enum {
	EXISTENCE_BITS = 2,
	EXISTENCE_NONE = 0,
	EXISTENCE_ADD = 1,
	EXISTENCE_KEEP = 2,
	BUILT_IN_BITS = 2,
	PATH_BITS = 3,
};

/* --- whole values --- */

static enum err
whole(struct delta_coding *coding, struct delta_field *field, struct view old)
{
	const struct delta_write *given = delta_coding_at(coding);
	struct delta_write write = {.path = {.type = RECORD_FIELD, .field = field->key / DELTA_REGISTERS}};
	enum err err;

	if (given != NULL)
		write = *given;
	else
		write.act = DELTA_SET;
	if (!coding->is_added && delta_coding_is_cleared(coding, field->place, given)) {
		write.act = DELTA_CLEAR;
		return delta_coding_done(coding, &write);
	}
	err = delta_coding_value(coding, field->place, &write.value, old);
	if (err != ERR_OK)
		return err;
	column_know(coding->stream->column, field->place, write.value, true);
	return delta_coding_done(coding, &write);
}

/* --- sets --- */

static size_t
count_elements(const struct delta_coding *coding, uint32_t field)
{
	size_t end = coding->next;

	while (!coding->stream->is_reading && end < coding->writes->count &&
	       coding->writes->items[end].path.type == RECORD_ELEMENT && !coding->writes->items[end].path.is_drop &&
	       coding->writes->items[end].path.field == field)
		end++;
	return end - coding->next;
}

static enum err
set(struct delta_coding *coding, struct delta_field *field)
{
	struct column_place *element = column_child(coding->stream->column, field->place, DELTA_PLACE_ELEMENT);
	uint32_t name = field->key / DELTA_REGISTERS;
	uint64_t count = delta_coding_number(coding, field->place, DELTA_SORT_COUNT, LIMIT_DELTA_ROW_WRITES_MAX,
	                                     count_elements(coding, name));
	enum err err = count == 0 ? delta_coding_bad(coding, _("a set is written in which nothing is")) : ERR_OK;

	if (coding->is_added)
		column_know_number(coding->stream->column, field->place, (int64_t)count);
	for (uint64_t i = 0; err == ERR_OK && i < count; i++) {
		const struct delta_write *given = delta_coding_at(coding);
		struct delta_write write = {.path = {.type = RECORD_ELEMENT, .field = name}, .act = DELTA_ADD};

		if (given != NULL)
			write = *given;
		if (!coding->is_added)
			write.act = delta_coding_symbol(coding, field->place, DELTA_SORT_ACT, 1,
			                                write.act == DELTA_CLEAR) != 0
			                    ? DELTA_CLEAR
			                    : DELTA_ADD;
		err = delta_coding_value(coding, element, &write.path.key, (struct view){0});
		if (err == ERR_OK)
			err = delta_coding_done(coding, &write);
	}
	return err;
}

/* --- what is no field --- */

static unsigned
existence_of(const struct delta_write *write)
{
	if (write == NULL || write->path.is_drop || write->path.type != RECORD_EXISTENCE)
		return EXISTENCE_NONE;
	return write->act == DELTA_ADD ? EXISTENCE_ADD : EXISTENCE_KEEP;
}

static struct column_place *
register_place(struct delta_coding *coding)
{
	return column_child(coding->stream->column, column_root(coding->stream->column), DELTA_PLACE_REGISTER);
}

static enum err
existence(struct delta_coding *coding)
{
	struct delta_write write = {.path = {.type = RECORD_EXISTENCE}};
	unsigned said = delta_coding_symbol(coding, register_place(coding), DELTA_SORT_REGISTER, EXISTENCE_BITS,
	                                    existence_of(delta_coding_at(coding)));

	if (said > EXISTENCE_KEEP)
		return delta_coding_bad(coding, _("existence is written in no way"));
	write.act = said == EXISTENCE_ADD ? DELTA_ADD : DELTA_KEEP;
	return said == EXISTENCE_NONE ? ERR_OK : delta_coding_done(coding, &write);
}

static enum err
built_in(struct delta_coding *coding)
{
	const struct delta_write *given = delta_coding_at(coding);
	struct delta_write write = {.path = {.type = RECORD_BUILT_IN}, .act = DELTA_ADD};
	struct column_place *root = column_root(coding->stream->column);
	enum err err;

	if (given != NULL)
		write = *given;
	write.path.field =
		delta_coding_symbol(coding, register_place(coding), DELTA_SORT_KIND, BUILT_IN_BITS, write.path.field);
	write.act =
		delta_coding_symbol(coding, register_place(coding), DELTA_SORT_ACT, 1, write.act == DELTA_CLEAR) != 0
			? DELTA_CLEAR
			: DELTA_ADD;
	err = delta_coding_value(coding,
	                         column_child(coding->stream->column, root, DELTA_PLACE_BUILT_IN + write.path.field),
	                         &write.path.key, (struct view){0});
	return err == ERR_OK ? delta_coding_done(coding, &write) : err;
}

static enum err
drop(struct delta_coding *coding)
{
	const struct delta_write *given = delta_coding_at(coding);
	struct delta_write write = {.path = {.is_drop = true}, .act = DELTA_ADD};
	struct column_place *place = register_place(coding);
	struct column_place *root = column_root(coding->stream->column);
	unsigned type;
	enum err err = ERR_OK;

	if (given != NULL)
		write = *given;
	type = delta_coding_symbol(coding, place, DELTA_SORT_WAY, PATH_BITS, (unsigned)write.path.type);
	if (type > RECORD_BUILT_IN)
		return delta_coding_bad(coding, _("a drop of a register that does not exist"));
	write.path.type = (enum record_path_type)type;
	if (type != RECORD_EXISTENCE)
		write.path.field = (uint32_t)delta_coding_number(coding, place, DELTA_SORT_NUMBER,
		                                                 LIMIT_FIELD_NUMBER_MAX, write.path.field);
	if (type != RECORD_EXISTENCE && type != RECORD_FIELD)
		err = delta_coding_value(coding, column_child(coding->stream->column, root, DELTA_PLACE_DROP),
		                         &write.path.key, (struct view){0});
	if (type == RECORD_MEMBER_FIELD)
		write.path.sub = (uint32_t)delta_coding_number(coding, place, DELTA_SORT_NUMBER, LIMIT_FIELD_NUMBER_MAX,
		                                               write.path.sub);
	write.path.key_field = 0; /* says how, not which; a drop needs none */
	return err == ERR_OK ? delta_coding_done(coding, &write) : err;
}

/* built-in sets and drops stand behind all fields */
static enum err
behind(struct delta_coding *coding)
{
	size_t left = coding->stream->is_reading ? 0 : coding->writes->count - coding->next;
	size_t built_ins = 0;
	uint64_t count;
	enum err err = ERR_OK;

	while (built_ins < left && !coding->writes->items[coding->next + built_ins].path.is_drop)
		built_ins++;
	count = delta_coding_number(coding, register_place(coding), DELTA_SORT_COUNT, LIMIT_DELTA_ROW_WRITES_MAX,
	                            built_ins);
	for (uint64_t i = 0; err == ERR_OK && i < count; i++)
		err = built_in(coding);
	count = delta_coding_number(coding, register_place(coding), DELTA_SORT_SIZE, LIMIT_DELTA_ROW_WRITES_MAX,
	                            left - built_ins);
	for (uint64_t i = 0; err == ERR_OK && i < count; i++)
		err = drop(coding);
	return err;
}

static bool
has_extras(const struct delta_coding *coding)
{
	const struct delta_writes *writes = coding->writes;
	const struct delta_write *last = writes->count == 0 ? NULL : &writes->items[writes->count - 1];

	if (coding->stream->is_reading || last == NULL)
		return false;
	return (!coding->is_added && existence_of(&writes->items[0]) != EXISTENCE_NONE) || last->path.is_drop ||
	       last->path.type == RECORD_BUILT_IN;
}

/* --- the record --- */

/* what the record was, for what tells about what */
static void
know_old(struct delta_coding *coding)
{
	const struct record *old = coding->old;
	struct column *column = coding->stream->column;
	struct delta_fields *fields = &coding->kind->fields;
	size_t next = 0;

	for (size_t i = 0; old != NULL && i < old->field_count; i++) {
		const struct schema_slice *slice = &old->fields[i];

		while (next < fields->count && fields->items[next].key / DELTA_REGISTERS < slice->number)
			next++;
		if (next == fields->count || fields->items[next].key / DELTA_REGISTERS != slice->number)
			continue;
		if (fields->items[next].key % DELTA_REGISTERS == DELTA_VALUE) {
			column_know(column, fields->items[next].place, slice->value, false);
		} else {
			struct codec_reader reader = codec_reader_of(slice->value);
			size_t count = 0;

			if (codec_peek_type(&reader) == CODEC_ARRAY &&
			    codec_read_array(&count, &reader, NULL) == ERR_OK)
				column_know_number(column, fields->items[next].place, (int64_t)count);
		}
	}
}

static enum err
one_field(struct delta_coding *coding, struct delta_field *field)
{
	struct view old =
		coding->old == NULL ? (struct view){0} : record_get(coding->old, field->key / DELTA_REGISTERS);

	switch ((enum delta_register)(field->key % DELTA_REGISTERS)) {
	case DELTA_SET_OF:
		return set(coding, field);
	case DELTA_LIST:
		return delta_coding_list(coding, field, old);
	case DELTA_VALUE:
	case DELTA_REGISTERS:
	default:
		return whole(coding, field, old);
	}
}

static enum err
all_fields(struct delta_coding *coding)
{
	struct delta_fields *fields = &coding->kind->fields;
	unsigned count = 0;
	enum err err = delta_coding_new_fields(coding, fields, NULL);

	for (size_t i = 0; err == ERR_OK && i < fields->count; i++) {
		struct delta_field *field = &fields->items[i];

		if (!delta_coding_is_written(coding, field,
		                             delta_coding_key(delta_coding_at(coding), false) == field->key, count))
			continue;
		count++;
		err = one_field(coding, field);
	}
	return err;
}

static enum err
record(struct delta_coding *coding)
{
	struct column_place *place = coding->kind->fields.place;
	size_t before = coding->stream->is_reading ? coding->writes->count : coding->next;
	bool is_more = has_extras(coding);
	enum err err = ERR_OK;

	coding->stream->row_bytes = 0;
	column_row(coding->stream->column, place);
	know_old(coding);
	is_more = delta_coding_symbol(coding, place, DELTA_SORT_EXTRAS, 1, is_more) != 0;
	if (is_more && !coding->is_added)
		err = existence(coding);
	if (err == ERR_OK)
		err = all_fields(coding);
	if (err == ERR_OK && is_more)
		err = behind(coding);
	if (err == ERR_OK && !coding->is_added &&
	    (coding->stream->is_reading ? coding->writes->count : coding->next) == before)
		err = delta_coding_bad(coding, _("a changed record in which nothing is written"));
	if (err == ERR_OK && coding->is_added)
		column_row_end(coding->stream->column);
	return err == ERR_OK ? column_state(coding->stream->column, coding->info) : err;
}

enum err
delta_stream_record(struct delta_stream *stream, struct delta_kind *kind, struct delta_row *row,
                    const struct record *old, struct err_info *info)
{
	const struct delta_write add = {.path = {.type = RECORD_EXISTENCE}, .act = DELTA_ADD};
	struct delta_coding coding = {.stream = stream,
	                              .kind = kind,
	                              .writes = stream->is_reading ? &stream->row.writes : &row->writes,
	                              .old = old,
	                              .is_added = row->type == DELTA_ROW_ADDED,
	                              .info = info};
	enum err err = ERR_OK;

	if (stream->is_reading) {
		stream->row.writes.count = 0;
		row->kind = kind->name;
	} else {
		err = delta_writes_check(&row->writes, coding.is_added, info);
		if (err == ERR_OK && !coding.is_added &&
		    (row->writes.count == 0 || (existence_of(&row->writes.items[0]) == EXISTENCE_KEEP &&
		                                row->writes.items[0].act == DELTA_CLEAR)))
			err = delta_coding_bad(&coding,
			                       _("a changed record in which nothing is written, or which is removed"));
	}
	if (err == ERR_OK && coding.is_added)
		err = delta_coding_done(&coding, &add); /* understood */
	if (err == ERR_OK)
		err = record(&coding);
	if (err == ERR_OK && !stream->is_reading && coding.next != row->writes.count)
		err = delta_coding_bad(&coding, _("its writes are not in the order of its registers"));
	if (!stream->is_reading)
		return err;
	row->writes = stream->row.writes;
	return err == ERR_OK ? delta_writes_check(&stream->row.writes, coding.is_added, info) : err;
}
