#include <string.h>

#include "codec/codec.h"

/* What a first byte says, before its form is judged. */
struct head {
	enum codec_type type;
	size_t bytes;   /* the head's own: first byte and number */
	uint64_t value; /* the number, length or count; two's complement for CODEC_NEGATIVE */
};

static enum err
refuse(struct err_info *info, const char *why)
{
	return err_set(info, ERR_FORMAT, _("not canonical msgpack: %s"), why);
}

static uint64_t
load_number(const uint8_t *at, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | at[i];
	return value;
}

enum codec_type
codec_peek(const struct codec_reader *reader)
{
	unsigned first;

	if (reader->at == reader->end)
		return CODEC_NOTHING;
	first = *reader->at;
	if (first < 0x80 || (first >= 0xcc && first <= 0xcf))
		return CODEC_UINT;
	if (first >= 0xe0 || (first >= 0xd0 && first <= 0xd3))
		return CODEC_NEGATIVE;
	if (first < 0x90 || first == 0xde || first == 0xdf)
		return CODEC_MAP;
	if (first < 0xa0 || first == 0xdc || first == 0xdd)
		return CODEC_ARRAY;
	if (first < 0xc0 || (first >= 0xd9 && first <= 0xdb))
		return CODEC_STR;
	if (first == 0xc2 || first == 0xc3)
		return CODEC_BOOL;
	if (first >= 0xc4 && first <= 0xc6)
		return CODEC_BIN;
	return CODEC_NOTHING;
}

/* How many bytes of number follow a first byte, and the largest value that a shorter form could say. */
static size_t
number_bytes(unsigned first, uint64_t *shorter_max)
{
	static const uint64_t SHORTER[] = {0, UINT8_MAX, UINT16_MAX, UINT32_MAX};

	if (first >= 0xcc && first <= 0xcf) { /* uint 8 .. 64 */
		*shorter_max = first == 0xcc ? 0x7f : SHORTER[first - 0xcc];
		return (size_t)1 << (first - 0xcc);
	}
	if (first >= 0xd9 && first <= 0xdb) { /* str 8 .. 32 */
		*shorter_max = first == 0xd9 ? 31 : SHORTER[first - 0xd9];
		return (size_t)1 << (first - 0xd9);
	}
	if (first >= 0xdc) { /* array, map 16 and 32 */
		*shorter_max = (first & 1) == 0 ? 15 : UINT16_MAX;
		return (first & 1) == 0 ? 2 : 4;
	}
	*shorter_max = first == 0xc4 ? 0 : SHORTER[first - 0xc4]; /* bin 8 .. 32; bin 8 may be empty */
	return (size_t)1 << (first - 0xc4);
}

static enum err
read_negative(const struct codec_reader *reader, struct head *out, struct err_info *info)
{
	static const int64_t LOWEST[] = {-32, INT8_MIN, INT16_MIN, INT32_MIN};
	unsigned first = *reader->at;
	size_t size;
	int64_t value;

	if (first >= 0xe0) {
		out->bytes = 1;
		out->value = (uint64_t)((int64_t)first - 0x100);
		return ERR_OK;
	}
	size = (size_t)1 << (first - 0xd0);
	if (codec_left(reader) < 1 + size)
		return refuse(info, _("cut short"));
	value = (int64_t)load_number(reader->at + 1, size);
	if (size < sizeof(value) && (value >> (8 * size - 1)) != 0)
		value -= (int64_t)1 << (8 * size);
	if (value >= LOWEST[first - 0xd0])
		return refuse(info, _("a number is not in its shortest form"));
	out->bytes = 1 + size;
	out->value = (uint64_t)value;
	return ERR_OK;
}

static enum err
read_head(const struct codec_reader *reader, struct head *out, struct err_info *info)
{
	unsigned first;
	size_t size;
	uint64_t shorter_max;

	out->type = codec_peek(reader);
	if (out->type == CODEC_NOTHING)
		return refuse(info, reader->at == reader->end ? _("cut short") : _("a type that it does not have"));
	first = *reader->at;
	out->bytes = 1;
	if (out->type == CODEC_NEGATIVE)
		return read_negative(reader, out, info);
	if (first < 0x80)
		out->value = first;
	else if (first < 0xa0)
		out->value = first & 0x0f;
	else if (first < 0xc0)
		out->value = first & 0x1f;
	else if (out->type == CODEC_BOOL)
		out->value = first & 1;
	else {
		size = number_bytes(first, &shorter_max);
		if (codec_left(reader) < 1 + size)
			return refuse(info, _("cut short"));
		out->bytes = 1 + size;
		out->value = load_number(reader->at + 1, size);
		if (out->value <= shorter_max && first != 0xc4)
			return refuse(info, _("a number is not in its shortest form"));
	}
	return ERR_OK;
}

static enum err
expect(const struct codec_reader *reader, enum codec_type type, struct head *out, struct err_info *info)
{
	static const char *const NAMES[] = {"uint", "negative", "bool", "str", "bin", "array", "map", "nothing"};
	enum err err = read_head(reader, out, info);

	if (err != ERR_OK)
		return err;
	if (out->type != type)
		return err_set(info, ERR_FORMAT, _("not canonical msgpack: %s where %s was expected"), NAMES[out->type],
		               NAMES[type]);
	return ERR_OK;
}

struct codec_reader
codec_reader_of(struct view bytes)
{
	static const uint8_t nothing[1];
	const uint8_t *data = bytes.data == NULL ? nothing : bytes.data;

	return (struct codec_reader){data, data + bytes.size};
}

size_t
codec_left(const struct codec_reader *reader)
{
	return (size_t)(reader->end - reader->at);
}

enum err
codec_read_uint(struct codec_reader *reader, uint64_t *out, struct err_info *info)
{
	struct head head;
	enum err err = expect(reader, CODEC_UINT, &head, info);

	if (err != ERR_OK)
		return err;
	reader->at += head.bytes;
	*out = head.value;
	return ERR_OK;
}

enum err
codec_read_uint_max(struct codec_reader *reader, uint64_t maximum, uint64_t *out, struct err_info *info)
{
	struct codec_reader ahead = *reader;
	uint64_t value;
	enum err err = codec_read_uint(&ahead, &value, info);

	if (err != ERR_OK)
		return err;
	if (value > maximum)
		return err_set(info, ERR_TOO_BIG, _("a number is %llu, the limit is %llu"), (unsigned long long)value,
		               (unsigned long long)maximum);
	*reader = ahead;
	*out = value;
	return ERR_OK;
}

enum err
codec_read_int(struct codec_reader *reader, int64_t *out, struct err_info *info)
{
	struct head head;
	enum err err = read_head(reader, &head, info);

	if (err != ERR_OK)
		return err;
	if (head.type == CODEC_UINT && head.value > INT64_MAX)
		return err_set(info, ERR_TOO_BIG, "%s", _("a number is over 2^63 - 1"));
	if (head.type != CODEC_UINT && head.type != CODEC_NEGATIVE)
		return refuse(info, _("an integer was expected"));
	reader->at += head.bytes;
	*out = (int64_t)head.value;
	return ERR_OK;
}

enum err
codec_read_bool(struct codec_reader *reader, bool *out, struct err_info *info)
{
	struct head head;
	enum err err = expect(reader, CODEC_BOOL, &head, info);

	if (err != ERR_OK)
		return err;
	reader->at += head.bytes;
	*out = head.value != 0;
	return ERR_OK;
}

static enum err
read_content(struct codec_reader *reader, enum codec_type type, size_t size_max, struct view *out,
             struct err_info *info)
{
	struct head head;
	enum err err = expect(reader, type, &head, info);

	if (err != ERR_OK)
		return err;
	if (head.value > codec_left(reader) - head.bytes)
		return refuse(info, _("cut short"));
	if (head.value > size_max)
		return err_set(info, ERR_TOO_BIG, _("a text has %llu bytes, the limit is %zu"),
		               (unsigned long long)head.value, size_max);
	*out = view_of(reader->at + head.bytes, (size_t)head.value);
	if (type == CODEC_STR && !codec_is_utf8(*out))
		return refuse(info, _("a text is not well-formed UTF-8"));
	reader->at += head.bytes + (size_t)head.value;
	return ERR_OK;
}

enum err
codec_read_str(struct codec_reader *reader, size_t size_max, struct view *out, struct err_info *info)
{
	return read_content(reader, CODEC_STR, size_max, out, info);
}

enum err
codec_read_bin(struct codec_reader *reader, size_t size_max, struct view *out, struct err_info *info)
{
	return read_content(reader, CODEC_BIN, size_max, out, info);
}

enum err
codec_read_bin_exact(struct codec_reader *reader, size_t size, uint8_t *out, struct err_info *info)
{
	struct codec_reader ahead = *reader;
	struct view content;
	enum err err = codec_read_bin(&ahead, SIZE_MAX, &content, info);

	if (err != ERR_OK)
		return err;
	if (content.size != size)
		return err_set(info, ERR_FORMAT, _("a byte string has %zu bytes, %zu were expected"), content.size,
		               size);
	if (size > 0)
		memcpy(out, content.data, size);
	*reader = ahead;
	return ERR_OK;
}

static enum err
read_count(struct codec_reader *reader, enum codec_type type, size_t count_max, size_t *out, struct err_info *info)
{
	size_t least = type == CODEC_MAP ? 2 : 1; /* bytes of the smallest member */
	struct head head;
	enum err err = expect(reader, type, &head, info);

	if (err != ERR_OK)
		return err;
	if (head.value > (codec_left(reader) - head.bytes) / least)
		return refuse(info, _("it claims more members than there are bytes"));
	if (head.value > count_max)
		return err_set(info, ERR_TOO_BIG, _("a list has %llu members, the limit is %zu"),
		               (unsigned long long)head.value, count_max);
	reader->at += head.bytes;
	*out = (size_t)head.value;
	return ERR_OK;
}

enum err
codec_read_array(struct codec_reader *reader, size_t count_max, size_t *count_out, struct err_info *info)
{
	return read_count(reader, CODEC_ARRAY, count_max, count_out, info);
}

enum err
codec_read_map(struct codec_reader *reader, size_t count_max, size_t *count_out, struct err_info *info)
{
	return read_count(reader, CODEC_MAP, count_max, count_out, info);
}

enum err
codec_read_key(struct codec_reader *reader, int64_t *previous, uint32_t *out, struct err_info *info)
{
	struct codec_reader ahead = *reader;
	uint64_t key;
	enum err err = codec_read_uint(&ahead, &key, info);

	if (err != ERR_OK)
		return err;
	if (key > UINT32_MAX || (int64_t)key <= *previous)
		return refuse(info, _("the keys of a map do not ascend"));
	*reader = ahead;
	*previous = (int64_t)key;
	*out = (uint32_t)key;
	return ERR_OK;
}

/* One value without its members: those are put on the caller's account. */
static enum err
skip_shallow(struct codec_reader *reader, struct head *head, struct err_info *info)
{
	struct view content;
	size_t count;
	enum err err = read_head(reader, head, info);

	if (err != ERR_OK)
		return err;
	if (head->type == CODEC_STR || head->type == CODEC_BIN)
		return read_content(reader, head->type, SIZE_MAX, &content, info);
	if (head->type == CODEC_ARRAY || head->type == CODEC_MAP)
		return read_count(reader, head->type, SIZE_MAX, &count, info);
	reader->at += head->bytes;
	return ERR_OK;
}

struct level {
	uint64_t left;    /* members still to come */
	int64_t previous; /* key of a map; -2 in an array */
};

enum err
codec_read_raw(struct codec_reader *reader, struct view *out, struct err_info *info)
{
	struct level levels[LIMIT_DEPTH_MAX + 1] = {{1, -2}};
	struct codec_reader ahead = *reader;
	size_t depth = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK) {
		struct level *level = &levels[depth];
		struct head head;
		uint32_t key;

		if (level->left == 0) {
			if (depth == 0)
				break;
			depth--;
			continue;
		}
		level->left--;
		if (level->previous != -2)
			err = codec_read_key(&ahead, &level->previous, &key, info);
		if (err == ERR_OK)
			err = skip_shallow(&ahead, &head, info);
		if (err == ERR_OK && (head.type == CODEC_ARRAY || head.type == CODEC_MAP)) {
			if (depth == LIMIT_DEPTH_MAX)
				return err_set(info, ERR_TOO_BIG, _("msgpack is nested more than %d deep"),
				               LIMIT_DEPTH_MAX);
			levels[++depth] = (struct level){head.value, head.type == CODEC_MAP ? -1 : -2};
		}
	}
	if (err != ERR_OK)
		return err;
	*out = view_of(reader->at, (size_t)(ahead.at - reader->at));
	*reader = ahead;
	return ERR_OK;
}

enum err
codec_end(const struct codec_reader *reader, struct err_info *info)
{
	if (reader->at != reader->end)
		return refuse(info, _("bytes follow the end"));
	return ERR_OK;
}
