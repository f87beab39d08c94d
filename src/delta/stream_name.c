/* How a row that is not added is named: on a shelf of the base, by its number among the added ones, or by its id. */
#include <string.h>

#include "delta/stream.h"

enum {
	WAY_BITS = 2,
	WAY_BASE = 0,
	WAY_ADDED = 1,
	WAY_ID = 2,
};

static uint64_t
prefix_of(const struct delta_stream *stream, const struct id *id)
{
	return id_prefix(id, stream->terms.id_bits);
}

static void
prefix_id(struct id *out, const struct delta_stream *stream, uint64_t prefix)
{
	memset(out, 0, sizeof(*out));
	store_u64(out->bytes, prefix << (64 - stream->terms.id_bits));
}

static bool
has_base(const struct delta_stream *stream)
{
	return stream->terms.id_bits > 0 && stream->source->ids != NULL;
}

/* The records of the base that share the id's first bits, as stream->shelf. Too many of them: as if there were none. */
static enum err
fetch_shelf(struct delta_stream *stream, const struct id *id, struct err_info *info)
{
	struct delta_shelf *shelf = &stream->shelf;
	struct id prefix;
	enum err err;

	if (!has_base(stream) || (shelf->is_there && shelf->prefix == prefix_of(stream, id)))
		return ERR_OK;
	shelf->is_there = false;
	shelf->prefix = prefix_of(stream, id);
	shelf->count = 0;
	prefix_id(&prefix, stream, shelf->prefix);
	err = stream->source->ids(stream->source->context, stream->terms.base, &prefix, stream->terms.id_bits,
	                          shelf->ids, &shelf->count, info);
	if (err == ERR_TOO_BIG)
		shelf->count = 0;
	else if (err != ERR_OK)
		return err;
	shelf->is_there = true;
	return ERR_OK;
}

static size_t
find_id(const struct id *ids, size_t count, const struct id *id)
{
	size_t i = 0;

	while (i < count && !id_equal(&ids[i], id))
		i++;
	return i;
}

static enum err
index_added(struct delta_stream *stream, struct err_info *info)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && stream->added_indexed < stream->added_count) {
		const struct id *id = &stream->added[stream->added_indexed];
		uint64_t *index;

		err = table_put(&stream->added_index, view_of(id->bytes, ID_BYTES), &index, NULL, info);
		if (err == ERR_OK)
			*index = stream->added_indexed++;
	}
	return err;
}

enum err
delta_stream_place(struct delta_place *out, struct delta_stream *stream, const struct id *id, struct err_info *info)
{
	const uint64_t *index;
	enum err err = fetch_shelf(stream, id, info);

	*out = (struct delta_place){WAY_ID, 0, *id};
	if (err == ERR_OK)
		err = index_added(stream, info);
	if (err != ERR_OK)
		return err;
	if (has_base(stream) && find_id(stream->shelf.ids, stream->shelf.count, id) < stream->shelf.count) {
		out->way = WAY_BASE;
		return ERR_OK;
	}
	index = table_find(&stream->added_index, view_of(id->bytes, ID_BYTES));
	if (index != NULL) {
		out->way = WAY_ADDED;
		out->index = *index;
	}
	return ERR_OK;
}

int
delta_place_compare(const struct delta_place *a, const struct delta_place *b)
{
	if (a->way != b->way)
		return a->way < b->way ? -1 : 1;
	if (a->way == WAY_ADDED)
		return (a->index > b->index) - (a->index < b->index);
	return memcmp(a->id.bytes, b->id.bytes, ID_BYTES);
}

/* one of `count` that are all as likely: the first ones in a bit less than the others */
static uint32_t
choice(struct delta_stream *stream, uint32_t count, uint32_t which)
{
	unsigned bits = 0;
	uint32_t shorter; /* so many are said in `bits` bits */
	uint32_t read;

	while (count >> (bits + 1) != 0)
		bits++;
	shorter = (UINT32_C(2) << bits) - count;
	read = bits == 0 ? 0 : column_plain(stream->column, bits, which < shorter ? which : (which + shorter) >> 1);
	if (read < shorter)
		return read;
	read = (read << 1 | column_plain(stream->column, 1, (which + shorter) & 1)) - shorter;
	return read < count ? read : 0;
}

/* Whether one of those behind the record named last is meant; *index_out: which, or the number of all. */
static enum err
name_on_shelf(size_t *index_out, struct delta_stream *stream, const struct id *id, struct err_info *info)
{
	struct id last = stream->last.id;
	size_t index;
	size_t wanted;
	enum err err = ERR_OK;

	*index_out = stream->shelf.count;
	if (prefix_of(stream, &last) != stream->shelf.prefix)
		err = fetch_shelf(stream, &last, info);
	if (err != ERR_OK)
		return err;
	index = find_id(stream->shelf.ids, stream->shelf.count, &last) + 1;
	wanted = find_id(stream->shelf.ids, stream->shelf.count, id);
	for (; index < stream->shelf.count; index++) {
		if (delta_stream_symbol(stream, DELTA_SORT_ALSO, 0, 1, index == wanted) != 0)
			break;
	}
	*index_out = index;
	return column_state(stream->column, info);
}

/*
 * The records of the base stand on shelves, by the first bits of their ids. Behind a record, each further one of its shelf is
 * asked for; then comes a step to another shelf, and a place there.
 */
static enum err
name_in_base(struct delta_stream *stream, struct id *id, struct err_info *info)
{
	bool is_first = !stream->has_last || stream->last.way != WAY_BASE;
	uint64_t least = is_first ? 0 : prefix_of(stream, &stream->last.id) + 1;
	uint64_t end = UINT64_C(1) << stream->terms.id_bits;
	struct delta_shelf *shelf = &stream->shelf;
	struct id prefix;
	size_t index = 0;
	enum err err = ERR_OK;

	if (!is_first) {
		err = name_on_shelf(&index, stream, id, info);
		if (err == ERR_OK && index < shelf->count)
			*id = shelf->ids[index];
		if (err != ERR_OK || index < shelf->count)
			return err;
	}
	if (least == end)
		return delta_stream_bad(stream, info, _("it names a record that the base does not have"));
	least += delta_stream_number(stream, DELTA_SORT_GAP, is_first, end - 1 - least, prefix_of(stream, id) - least);
	prefix_id(&prefix, stream, least);
	err = column_state(stream->column, info);
	if (err == ERR_OK)
		err = fetch_shelf(stream, &prefix, info);
	if (err == ERR_OK && shelf->count == 0)
		err = delta_stream_bad(stream, info, _("it names a record that the base does not have"));
	if (err != ERR_OK)
		return err;
	*id = shelf->ids[choice(stream, (uint32_t)shelf->count, (uint32_t)find_id(shelf->ids, shelf->count, id))];
	return column_state(stream->column, info);
}

static enum err
name_added(struct delta_stream *stream, struct id *id, uint64_t *index, struct err_info *info)
{
	bool is_first = !stream->has_last || stream->last.way != WAY_ADDED;
	uint64_t least = is_first ? 0 : stream->last.index + 1;

	if (least >= stream->added_count)
		return delta_stream_bad(stream, info, _("it names an added record that is not there"));
	*index =
		least + delta_stream_number(stream, DELTA_SORT_GAP, 2, stream->added_count - 1 - least, *index - least);
	*id = stream->added[*index];
	if (*index >= stream->added_before && stream->group == 1) /* its parent does not have it */
		return delta_stream_bad(stream, info, _("it names a record that its own commit adds"));
	return column_state(stream->column, info);
}

static enum err
check_behind(struct delta_stream *stream, const struct delta_place *place, struct err_info *info)
{
	if (stream->has_last && delta_place_compare(&stream->last, place) >= 0)
		return delta_stream_bad(stream, info, _("its place is not behind that of the row before"));
	return ERR_OK;
}

/* what was read must be behind the row before, and named in the one way there is */
static enum err
check_read(struct delta_stream *stream, const struct delta_place *place, struct err_info *info)
{
	struct delta_place again;
	enum err err = column_state(stream->column, info);

	if (err == ERR_OK)
		err = check_behind(stream, place, info);
	if (err != ERR_OK || place->way != WAY_ID)
		return err;
	err = delta_stream_place(&again, stream, &place->id, info);
	return err == ERR_OK && again.way != WAY_ID ? delta_stream_bad(stream, info, _("it is named by its id in vain"))
	                                            : err;
}

enum err
delta_stream_name(struct delta_stream *stream, struct id *id, struct err_info *info)
{
	struct delta_place place = {0};
	enum err err = ERR_OK;

	if (!stream->is_reading)
		err = delta_stream_place(&place, stream, id, info);
	if (err == ERR_OK && !stream->is_reading)
		err = check_behind(stream, &place, info);
	if (err != ERR_OK)
		return err;
	place.way = delta_stream_symbol(stream, DELTA_SORT_WAY, stream->last_way, WAY_BITS, place.way);
	if (place.way == WAY_BASE && has_base(stream))
		err = name_in_base(stream, id, info);
	else if (place.way == WAY_ADDED)
		err = name_added(stream, id, &place.index, info);
	else if (place.way == WAY_ID)
		column_raw(stream->column, id->bytes, ID_BYTES);
	else
		err = delta_stream_bad(stream, info, _("it is named in no way"));
	place.id = *id;
	if (err == ERR_OK && stream->is_reading)
		err = check_read(stream, &place, info);
	stream->last_way = place.way;
	stream->last = place;
	stream->has_last = true;
	return err;
}
