/* The journal as bytes: rows of an edit, and the entry around them. schema/store-v1.md, "Changes". */
#include <string.h>

#include "compress/compress.h"
#include "delta/section.h"
#include "partition/internal.h"
#include "seal/blob.h"

enum {
	ROW_BYTES_MIN = ID_BYTES + 1 + OID_BYTES,
	ROLES = 2,
	SIDES = 2,
	BIT_TEXT = ROLES * SIDES,
	BIT_SHELF = BIT_TEXT + SIDES,
	BITS,
	AT_COMMIT = 4,
	AT_PARENT = AT_COMMIT + OID_BYTES,
	AT_TEXT_SIZE = AT_PARENT + OID_BYTES,
	LEVEL = 1,
	ENTRY_BYTES_MIN = JOURNAL_HEAD_BYTES + SEAL_TAG_BYTES + JOURNAL_TAIL_BYTES,
};

_Static_assert(AT_TEXT_SIZE + 4 == JOURNAL_HEAD_BYTES, "the head of an entry");

static const uint8_t MAGIC[JOURNAL_TAIL_BYTES - 4] = {'T', 'S', 'C', 'H', 'N', 'G', '1', '\n'};
static const char PURPOSE[] = "changes";

/* --- rows --- */

static const struct oid *
oid_at(const struct partition_touch *touch, size_t bit)
{
	return bit % SIDES == 0 ? &touch->before[bit / SIDES] : &touch->after[bit / SIDES];
}

static uint8_t
bits_of(const struct partition_touch *touch)
{
	unsigned bits = 0;

	for (size_t bit = 0; bit < BIT_TEXT; bit++)
		bits |= oid_is_none(oid_at(touch, bit)) ? 0U : 1U << bit;
	for (size_t side = 0; side < SIDES; side++)
		bits |= touch->text[side].size == 0 ? 0U : 1U << (BIT_TEXT + side);
	bits |= touch->shelf.size == 0 ? 0U : 1U << BIT_SHELF;
	return (uint8_t)bits;
}

static enum err
write_row(struct bytes *out, const struct partition_touch *touch, struct err_info *info)
{
	uint8_t size[4];
	enum err err = bytes_append(out, touch->id.bytes, ID_BYTES, info);

	if (err == ERR_OK)
		err = bytes_append_byte(out, bits_of(touch), info);
	for (size_t bit = 0; err == ERR_OK && bit < BIT_TEXT; bit++) {
		if (!oid_is_none(oid_at(touch, bit)))
			err = bytes_append(out, oid_at(touch, bit)->bytes, OID_BYTES, info);
	}
	for (size_t side = 0; err == ERR_OK && side < SIDES; side++) {
		if (touch->text[side].size == 0)
			continue;
		store_u32(size, (uint32_t)touch->text[side].size);
		err = bytes_append(out, size, sizeof(size), info);
		if (err == ERR_OK)
			err = bytes_append_view(out, touch->text[side], info);
	}
	if (err == ERR_OK && touch->shelf.size > 0)
		err = bytes_append_byte(out, (uint8_t)(touch->shelf.size / ID_BYTES), info);
	return err == ERR_OK ? bytes_append_view(out, touch->shelf, info) : err;
}

enum err
journal_rows_write(struct bytes *out, const struct partition_touches *touches, struct err_info *info)
{
	uint8_t count[4];
	enum err err;

	store_u32(count, (uint32_t)touches->count);
	err = bytes_append(out, count, sizeof(count), info);
	if (err == ERR_OK)
		err = bytes_append_byte(out, (uint8_t)touches->shelf_bits, info);
	for (size_t i = 0; err == ERR_OK && i < touches->count; i++)
		err = write_row(out, &touches->items[i], info);
	return err;
}

/* The next bytes of `rest`; NULL: there are fewer. */
static const uint8_t *
take(struct view *rest, size_t size)
{
	const uint8_t *at = rest->data;

	if (rest->size < size)
		return NULL;
	*rest = view_of(at + size, rest->size - size);
	return at;
}

static bool
read_oids(struct partition_touch *touch, struct view *rest, unsigned bits)
{
	for (size_t bit = 0; bit < BIT_TEXT; bit++) {
		const uint8_t *at;
		struct oid *oid = bit % SIDES == 0 ? &touch->before[bit / SIDES] : &touch->after[bit / SIDES];

		if ((bits >> bit & 1) == 0)
			continue;
		at = take(rest, OID_BYTES);
		if (at == NULL)
			return false;
		memcpy(oid->bytes, at, OID_BYTES);
		if (oid_is_none(oid))
			return false;
	}
	return true;
}

/* A text is that of a record which is there. */
static bool
read_texts(struct partition_touch *touch, struct view *rest, unsigned bits)
{
	for (size_t side = 0; side < SIDES; side++) {
		const uint8_t *at;
		size_t size;

		if ((bits >> (BIT_TEXT + side) & 1) == 0)
			continue;
		at = take(rest, 4);
		size = at == NULL ? 0 : load_u32(at);
		at = size == 0 || size > LIMIT_RECORD_MERGED_BYTES_MAX ? NULL : take(rest, size);
		if (at == NULL || (bits >> side & 1) == 0)
			return false;
		touch->text[side] = view_of(at, size);
	}
	return true;
}

/* Ids that ascend and share their first bits with the row's own. */
static bool
read_shelf(struct partition_touch *touch, struct view *rest, unsigned shelf_bits)
{
	const uint8_t *at = take(rest, 1);
	size_t count = at == NULL ? 0 : at[0];

	at = count == 0 || count > DELTA_IDS_MAX || shelf_bits == 0 ? NULL : take(rest, count * ID_BYTES);
	if (at == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct id id;

		memcpy(id.bytes, at + i * ID_BYTES, ID_BYTES);
		if (id_prefix(&id, shelf_bits) != id_prefix(&touch->id, shelf_bits) ||
		    (i > 0 && memcmp(at + (i - 1) * ID_BYTES, id.bytes, ID_BYTES) >= 0))
			return false;
	}
	touch->shelf = view_of(at, count * ID_BYTES);
	return true;
}

static bool
read_row(struct partition_touch *out, struct view *rest, unsigned shelf_bits)
{
	const uint8_t *at = take(rest, ID_BYTES + 1);

	*out = (struct partition_touch){.order = 0};
	if (at == NULL || at[ID_BYTES] >> BITS != 0)
		return false;
	memcpy(out->id.bytes, at, ID_BYTES);
	return read_oids(out, rest, at[ID_BYTES]) && read_texts(out, rest, at[ID_BYTES]) &&
	       ((at[ID_BYTES] >> BIT_SHELF & 1) == 0 || read_shelf(out, rest, shelf_bits)) &&
	       memcmp(out->before, out->after, sizeof(out->before)) != 0;
}

enum err
journal_rows_read(struct partition_touches *out, struct view rows, struct err_info *info)
{
	struct view rest = rows;
	const uint8_t *at = take(&rest, 5);
	size_t count = at == NULL ? SIZE_MAX : load_u32(at);
	size_t start = out->count;
	unsigned shelf_bits = at == NULL ? 0 : at[4];
	bool is_good = count <= LIMIT_CHANGES_ROWS_MAX && count <= rest.size / ROW_BYTES_MIN &&
	               shelf_bits <= DELTA_ID_BITS_MAX;

	for (size_t i = 0; is_good && i < count; i++) {
		struct partition_touch touch;
		enum err err;

		is_good = read_row(&touch, &rest, shelf_bits) &&
		          (i == 0 || memcmp(out->items[start + i - 1].id.bytes, touch.id.bytes, ID_BYTES) < 0);
		err = is_good ? partition_touches_add(out, &touch, info) : ERR_OK;
		if (err != ERR_OK)
			return err;
	}
	out->shelf_bits = shelf_bits;
	if (!is_good || rest.size > 0)
		return err_set(info, ERR_FORMAT, "%s", _("the journal of changes is damaged"));
	return ERR_OK;
}

/* --- entries --- */

static enum err
bind(struct bytes *out, struct view head, struct err_info *info)
{
	enum err err = bytes_append(out, PURPOSE, sizeof(PURPOSE) - 1, info);

	return err == ERR_OK ? bytes_append_view(out, head, info) : err;
}

static enum err
append_entry(struct bytes *out, const struct seal_key *key, struct view head, struct view frame, struct err_info *info)
{
	struct bytes bound = {0};
	uint8_t tail[JOURNAL_TAIL_BYTES];
	uint8_t *at = NULL;
	enum err err = bind(&bound, head, info);

	memcpy(tail, head.data, 4);
	memcpy(tail + 4, MAGIC, sizeof(MAGIC));
	if (err == ERR_OK)
		at = bytes_extend(out, head.size + SEAL_TAG_BYTES + frame.size + sizeof(tail));
	if (err == ERR_OK && at == NULL)
		err = err_nomem(info);
	if (err == ERR_OK) {
		memcpy(at, head.data, head.size);
		seal_siv_seal(at + head.size, key, bytes_view(&bound), frame);
		memcpy(at + head.size + SEAL_TAG_BYTES + frame.size, tail, sizeof(tail));
	}
	bytes_release(&bound);
	return err;
}

enum err
journal_entry_seal(struct bytes *out, const struct seal_key *key, const struct oid *commit, const struct oid *parent,
                   struct view rows, struct err_info *info)
{
	struct bytes frame = {0};
	uint8_t head[JOURNAL_HEAD_BYTES];
	enum err err = ERR_TOO_BIG;

	if (rows.size <= LIMIT_CHANGES_ENTRY_BYTES_MAX)
		err = compress_shrink(&frame, rows, LEVEL, (struct view){0}, info);
	if (err == ERR_OK) {
		store_u32(head, (uint32_t)(sizeof(head) + SEAL_TAG_BYTES + frame.size + JOURNAL_TAIL_BYTES));
		memcpy(head + AT_COMMIT, commit->bytes, OID_BYTES);
		memcpy(head + AT_PARENT, parent->bytes, OID_BYTES);
		store_u32(head + AT_TEXT_SIZE, (uint32_t)rows.size);
		err = append_entry(out, key, view_of(head, sizeof(head)), bytes_view(&frame), info);
	}
	seal_wipe_bytes(&frame);
	return err;
}

bool
journal_tail_is_ours(const uint8_t tail[JOURNAL_TAIL_BYTES])
{
	return memcmp(tail + 4, MAGIC, sizeof(MAGIC)) == 0 && load_u32(tail) >= ENTRY_BYTES_MIN;
}

bool
journal_entry_last(struct journal_entry *out, struct view file)
{
	const uint8_t *start;
	const uint8_t *tail;
	size_t size;

	if (file.size < ENTRY_BYTES_MIN)
		return false;
	tail = file.data + file.size - JOURNAL_TAIL_BYTES;
	size = load_u32(tail);
	if (!journal_tail_is_ours(tail) || size > file.size)
		return false;
	start = file.data + file.size - size;
	if (load_u32(start) != size)
		return false;
	*out = (struct journal_entry){
		.text_size = load_u32(start + AT_TEXT_SIZE),
		.head = view_of(start, JOURNAL_HEAD_BYTES),
		.body = view_of(start + JOURNAL_HEAD_BYTES, size - JOURNAL_HEAD_BYTES - JOURNAL_TAIL_BYTES),
		.size = size,
	};
	memcpy(out->commit.bytes, start + AT_COMMIT, OID_BYTES);
	memcpy(out->parent.bytes, start + AT_PARENT, OID_BYTES);
	return out->text_size <= LIMIT_CHANGES_ENTRY_BYTES_MAX;
}

enum err
journal_entry_open(struct bytes *out, const struct journal_entry *entry, const struct seal_key *key,
                   struct err_info *info)
{
	struct bytes bound = {0};
	struct bytes frame = {0};
	uint8_t *at = NULL;
	enum err err = bind(&bound, entry->head, info);

	if (err == ERR_OK)
		at = bytes_extend(&frame, entry->body.size - SEAL_TAG_BYTES);
	if (err == ERR_OK && at == NULL)
		err = err_nomem(info);
	if (err == ERR_OK)
		err = seal_siv_open(at, key, bytes_view(&bound), entry->body, info);
	if (err == ERR_OK)
		err = compress_restore(out, bytes_view(&frame), entry->text_size, (struct view){0}, info);
	bytes_release(&bound);
	seal_wipe_bytes(&frame);
	return err;
}
