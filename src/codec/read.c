#include <string.h>

#include "base/utf8.h"
#include "codec/codec.h"
#include "codec/head.h"

struct codec_reader
codec_reader_of(struct view view)
{
	return (struct codec_reader){view, 0};
}

size_t
codec_left(const struct codec_reader *reader)
{
	return reader->view.size - reader->position;
}

enum codec_type
codec_peek_type(const struct codec_reader *reader)
{
	struct codec_head head;
	uint8_t first;

	if (codec_left(reader) == 0)
		return CODEC_NONE;
	first = reader->view.data[reader->position];
	if (first < 0x80 || first >= 0xe0)
		return CODEC_INTEGER;
	if (first >= 0xa0 && first < 0xc0)
		return CODEC_STR;
	return codec_head_read(&head, reader, NULL) == ERR_OK ? head.type : CODEC_NONE;
}

/* The type is asked for by its name in the message, so the caller's expectation is said. */
static enum err
expect(struct codec_head *out, const struct codec_reader *reader, enum codec_type type, struct err_info *info)
{
	static const char *const why[] = {
		[CODEC_NONE] = "",
		[CODEC_INTEGER] = "an integer is expected",
		[CODEC_BOOL] = "true or false is expected",
		[CODEC_STR] = "a string is expected",
		[CODEC_BIN] = "a binary is expected",
		[CODEC_ARRAY] = "an array is expected",
		[CODEC_MAP] = "a map is expected",
	};
	enum err err = codec_head_read(out, reader, info);

	if (err != ERR_OK)
		return err;
	if (out->type != type)
		return codec_refuse(reader, info, message(why[type]));
	return ERR_OK;
}

enum err
codec_read_uint(uint64_t *out, struct codec_reader *reader, struct err_info *info)
{
	struct codec_head head;
	enum err err = expect(&head, reader, CODEC_INTEGER, info);

	if (err != ERR_OK)
		return err;
	if (head.is_negative)
		return codec_refuse(reader, info, _("a number that is not negative is expected"));
	*out = head.number;
	reader->position += head.size;
	return ERR_OK;
}

enum err
codec_read_uint_max(uint64_t *out, struct codec_reader *reader, uint64_t max, struct err_info *info)
{
	struct codec_reader ahead = *reader;
	uint64_t value;
	enum err err = codec_read_uint(&value, &ahead, info);

	if (err != ERR_OK)
		return err;
	if (value > max)
		return err_set(info, ERR_TOO_BIG, _("encoded value, byte %zu: the number %llu is above the limit %llu"),
		               reader->position, (unsigned long long)value, (unsigned long long)max);
	*out = value;
	*reader = ahead;
	return ERR_OK;
}

enum err
codec_read_int(int64_t *out, struct codec_reader *reader, struct err_info *info)
{
	struct codec_head head;
	enum err err = expect(&head, reader, CODEC_INTEGER, info);

	if (err != ERR_OK)
		return err;
	if (!head.is_negative && head.number > INT64_MAX)
		return codec_refuse(reader, info, _("the number does not fit 64 bits with a sign"));
	*out = (int64_t)head.number;
	reader->position += head.size;
	return ERR_OK;
}

enum err
codec_read_bool(bool *out, struct codec_reader *reader, struct err_info *info)
{
	struct codec_head head;
	enum err err = expect(&head, reader, CODEC_BOOL, info);

	if (err != ERR_OK)
		return err;
	*out = head.number != 0;
	reader->position += head.size;
	return ERR_OK;
}

enum err
codec_read_str_max(struct view *out, struct codec_reader *reader, size_t size_max, struct err_info *info)
{
	struct codec_head head;
	enum err err = expect(&head, reader, CODEC_STR, info);
	struct view text;

	if (err != ERR_OK)
		return err;
	if (head.number > size_max)
		return err_set(info, ERR_TOO_BIG,
		               _("encoded value, byte %zu: a string has %llu bytes, the limit is %zu"),
		               reader->position, (unsigned long long)head.number, size_max);
	text = view_of(reader->view.data + reader->position + head.size, (size_t)head.number);
	if (!utf8_is_valid(text))
		return codec_refuse(reader, info, _("a string is not UTF-8"));
	*out = text;
	reader->position += head.size + text.size;
	return ERR_OK;
}

enum err
codec_read_str(struct view *out, struct codec_reader *reader, struct err_info *info)
{
	return codec_read_str_max(out, reader, SIZE_MAX, info);
}

enum err
codec_read_bin(struct view *out, struct codec_reader *reader, struct err_info *info)
{
	struct codec_head head;
	enum err err = expect(&head, reader, CODEC_BIN, info);

	if (err != ERR_OK)
		return err;
	*out = view_of(reader->view.data + reader->position + head.size, (size_t)head.number);
	reader->position += head.size + (size_t)head.number;
	return ERR_OK;
}

enum err
codec_read_bin_exact(void *out, size_t size, struct codec_reader *reader, struct err_info *info)
{
	struct codec_reader ahead = *reader;
	struct view data;
	enum err err = codec_read_bin(&data, &ahead, info);

	if (err != ERR_OK)
		return err;
	if (data.size != size)
		return err_set(info, ERR_FORMAT, _("encoded value, byte %zu: a binary has %zu bytes, %zu are expected"),
		               reader->position, data.size, size);
	memcpy(out, data.data, size);
	*reader = ahead;
	return ERR_OK;
}

static enum err
read_count(size_t *count_out, struct codec_reader *reader, enum codec_type type, struct err_info *info)
{
	struct codec_head head;
	enum err err = expect(&head, reader, type, info);

	if (err != ERR_OK)
		return err;
	*count_out = (size_t)head.number;
	reader->position += head.size;
	return ERR_OK;
}

enum err
codec_read_array(size_t *count_out, struct codec_reader *reader, struct err_info *info)
{
	return read_count(count_out, reader, CODEC_ARRAY, info);
}

enum err
codec_read_map(size_t *count_out, struct codec_reader *reader, struct err_info *info)
{
	return read_count(count_out, reader, CODEC_MAP, info);
}

enum err
codec_read_key(uint32_t *key, struct codec_reader *reader, size_t index, struct err_info *info)
{
	struct codec_head head;
	enum err err;

	if (reader->position < reader->view.size) { /* most fields have a number of one byte, which is its own head */
		uint8_t first = reader->view.data[reader->position];

		if (first < 0x80 && (index == 0 || first > *key)) {
			*key = first;
			reader->position++;
			return ERR_OK;
		}
	}
	err = expect(&head, reader, CODEC_INTEGER, info);
	if (err != ERR_OK)
		return err;
	if (head.is_negative || head.number > UINT32_MAX)
		return codec_refuse(reader, info, _("a map's key is not a field number"));
	if (index > 0 && head.number <= *key)
		return codec_refuse(reader, info, _("a map's keys do not ascend"));
	*key = (uint32_t)head.number;
	reader->position += head.size;
	return ERR_OK;
}

enum err
codec_end(const struct codec_reader *reader, struct err_info *info)
{
	if (codec_left(reader) != 0)
		return codec_refuse(reader, info, _("there are bytes behind the value"));
	return ERR_OK;
}

bool
codec_integer_of(int64_t *out, struct view value)
{
	uint64_t number = 0;
	uint8_t first;

	if (value.size == 0)
		return false;
	first = value.data[0];
	if (value.size == 1) {
		*out = first < 0x80 ? first : (int64_t)(int8_t)first;
		return first < 0x80 || first >= 0xe0;
	}
	/* 0xcc to 0xcf: 1, 2, 4, 8 bytes; 0xd0 to 0xd3 the same, negative */
	if (first < 0xcc || first > 0xd3 || value.size != 1 + (UINT64_C(1) << (first & 3U)))
		return false;
	for (size_t i = 1; i < value.size; i++)
		number = number << 8 | value.data[i];
	if (first < 0xd0) {
		*out = (int64_t)number;
		return number <= INT64_MAX;
	}
	if (value.size < 9)
		number |= UINT64_MAX << (8 * (value.size - 1));
	*out = (int64_t)number;
	return true;
}
