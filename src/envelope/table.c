/* The section table: schema/bundle-v1.md section 4. */
#include <stdlib.h>

#include "codec/codec.h"
#include "envelope/internal.h"

enum {
	TABLE_FIRST = 1, /* the preamble's size */
	TABLE_EACH = 3,
	TABLE_COUNT_MAX = TABLE_FIRST + TABLE_EACH * LIMIT_SECTIONS_MAX,
	/* header, preamble's size, and an id of 2 bytes and two sizes of 4 for each section, with their first bytes */
	TABLE_BYTES_MAX = 3 + 5 + LIMIT_SECTIONS_MAX * (3 + 5 + 5),
};

_Static_assert((int)TABLE_BYTES_MAX <= (int)LIMIT_FRAME_BYTES_MAX, "the table fits in the first frame");

enum err
envelope_table_write(struct bytes *out, size_t preamble_bytes, const struct envelope_section_info *sections,
                     size_t count, struct err_info *info)
{
	enum err err = codec_write_array(out, TABLE_FIRST + TABLE_EACH * count, info);

	if (err == ERR_OK)
		err = codec_write_uint(out, preamble_bytes, info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		err = codec_write_uint(out, sections[i].id, info);
		if (err == ERR_OK)
			err = codec_write_uint(out, sections[i].plain_bytes, info);
		if (err == ERR_OK)
			err = codec_write_uint(out, sections[i].is_stored ? 0 : sections[i].packed_bytes, info);
	}
	return err;
}

bool
envelope_is_bomb(uint64_t plain_bytes, uint64_t packed_bytes)
{
	return plain_bytes > LIMIT_SECTION_FREE_BYTES + packed_bytes * LIMIT_SECTION_RATIO_MAX;
}

static enum err
read_section(struct envelope_section_info *out, struct codec_reader *reader, struct err_info *info)
{
	uint64_t id = 0;
	uint64_t plain = 0;
	uint64_t packed = 0;
	enum err err = codec_read_uint_max(&id, reader, UINT16_MAX, info);

	if (err == ERR_OK)
		err = codec_read_uint_max(&plain, reader, LIMIT_DELTA_BYTES_MAX, info);
	if (err == ERR_OK)
		err = codec_read_uint_max(&packed, reader, LIMIT_DELTA_BYTES_MAX, info);
	if (err != ERR_OK)
		return err;
	if (packed != 0 && packed >= plain)
		return err_set(info, ERR_FORMAT, _("a section is packed and not smaller for it"));
	if (packed != 0 && envelope_is_bomb(plain, packed))
		return err_set(info, ERR_TOO_BIG, _("a section of %llu bytes is packed in %llu: no sender packs so"),
		               (unsigned long long)plain, (unsigned long long)packed);
	*out = (struct envelope_section_info){
		.id = (uint16_t)id,
		.is_stored = packed == 0,
		.plain_bytes = (uint32_t)plain,
		.packed_bytes = (uint32_t)(packed == 0 ? plain : packed),
	};
	return ERR_OK;
}

/** Read the rows behind the count; `end` is where the last of what they name ends. */
static enum err
read_rows(struct envelope_table *table, uint64_t *end, struct codec_reader *reader, struct err_info *info)
{
	uint64_t preamble = 0;
	uint64_t at;
	enum err err = codec_read_uint_max(&preamble, reader, LIMIT_PREAMBLE_BYTES_MAX, info);

	for (size_t i = 0; err == ERR_OK && i < table->count; i++)
		err = read_section(&table->slots[i].info, reader, info);
	if (err != ERR_OK)
		return err;
	table->table_bytes = reader->position;
	table->preamble_bytes = (size_t)preamble;
	at = table->table_bytes + preamble; /* at most 4112 times 2^29 and a little: no overflow */
	for (size_t i = 0; i < table->count; i++) {
		table->slots[i].start = at;
		at += table->slots[i].info.packed_bytes;
	}
	*end = at;
	return ERR_OK;
}

enum err
envelope_table_read(struct envelope_table *out, struct view first, uint64_t plain_bytes, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(first);
	struct envelope_table table = {0};
	uint64_t end = 0;
	size_t members;
	enum err err = codec_read_array(&members, &reader, info);

	if (err != ERR_OK)
		return err_in(info, err, _("section table"));
	if (members > TABLE_COUNT_MAX)
		return err_set(info, ERR_TOO_BIG, _("section table: more than %d sections"), LIMIT_SECTIONS_MAX);
	if (members % TABLE_EACH != TABLE_FIRST)
		return err_set(info, ERR_FORMAT, _("section table: a row is not whole"));
	table.count = members / TABLE_EACH;
	if (table.count > 0) {
		table.slots = calloc(table.count, sizeof(*table.slots));
		if (table.slots == NULL)
			return err_nomem(info);
	}
	err = read_rows(&table, &end, &reader, info);
	if (err != ERR_OK)
		err = err_in(info, err, _("section table"));
	else if (end != plain_bytes)
		err = err_set(info, ERR_FORMAT, _("section table: it names %llu bytes, there are %llu"),
		              (unsigned long long)end, (unsigned long long)plain_bytes);
	if (err != ERR_OK) {
		free(table.slots);
		return err;
	}
	*out = table;
	return ERR_OK;
}
