#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "json/json.h"

/* What a terminal or a reader could take for something else: controls, bidirectional and invisible formatting. */
static bool
is_escaped(uint32_t point)
{
	return point < 0x20 || point == '"' || point == '\\' || (point >= 0x7f && point <= 0x9f) || point == 0x061c ||
	       (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2060 && point <= 0x206f) || point == 0xfeff || (point >= 0xfff9 && point <= 0xfffb);
}

static enum err
write_escape(struct bytes *out, uint32_t point, struct err_info *info)
{
	static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (size_t i = 0; i + 1 < sizeof(shorts); i += 2) {
		if ((uint32_t)(unsigned char)shorts[i] == point) {
			char pair[2] = {'\\', shorts[i + 1]};

			return bytes_append(out, pair, sizeof(pair), info);
		}
	}
	return bytes_printf(out, info, "\\u%04" PRIx32, point);
}

/* The code point at the start, which is well-formed and of at most three bytes; longer ones are never escaped: 0x10000. */
static uint32_t
point_at(const uint8_t *at, size_t *size_out)
{
	if (at[0] < 0x80) {
		*size_out = 1;
		return at[0];
	}
	if (at[0] < 0xe0) {
		*size_out = 2;
		return (uint32_t)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
	}
	if (at[0] < 0xf0) {
		*size_out = 3;
		return (uint32_t)(at[0] & 0x0f) << 12 | (uint32_t)(at[1] & 0x3f) << 6 | (at[2] & 0x3f);
	}
	*size_out = 4;
	return 0x10000;
}

static enum err
quote_part(struct bytes *out, struct view text, struct err_info *info)
{
	size_t start = 0;
	size_t at = 0;
	enum err err = ERR_OK;

	while (at < text.size && err == ERR_OK) {
		size_t size;
		uint32_t point = point_at(text.data + at, &size);

		if (is_escaped(point)) {
			err = bytes_append(out, text.data + start, at - start, info);
			if (err == ERR_OK)
				err = write_escape(out, point, info);
			start = at + size;
		}
		at += size;
	}
	return err == ERR_OK ? bytes_append(out, text.data + start, at - start, info) : err;
}

enum err
json_quote(struct bytes *out, struct view text, struct err_info *info)
{
	size_t before = out->size;
	enum err err = bytes_append_byte(out, '"', info);

	while (text.size > 0 && err == ERR_OK) {
		size_t good = utf8_prefix(text);

		if (good > 0)
			err = quote_part(out, view_of(text.data, good), info);
		text = view_of(text.data + good, text.size - good);
		if (text.size > 0 && err == ERR_OK) {
			err = bytes_append_text(out, "\xef\xbf\xbd", info);
			text = view_of(text.data + 1, text.size - 1);
		}
	}
	if (err == ERR_OK)
		err = bytes_append_byte(out, '"', info);
	if (err != ERR_OK)
		out->size = before;
	return err;
}

struct json_writer
json_writer_of(struct bytes *out)
{
	return (struct json_writer){.out = out};
}

static void
keep(struct json_writer *writer, enum err err)
{
	if (writer->err == ERR_OK)
		writer->err = err;
}

static void
put(struct json_writer *writer, const char *text)
{
	if (writer->err == ERR_OK)
		keep(writer, bytes_append_text(writer->out, text, NULL));
}

/* What comes before a value: nothing behind a key, a comma behind another member. */
static void
begin_value(struct json_writer *writer)
{
	assert(writer->after_key || writer->depth == 0 || !writer->is_object[writer->depth]);
	if (!writer->after_key && writer->has_member[writer->depth])
		put(writer, ",");
	writer->has_member[writer->depth] = true;
	writer->after_key = false;
}

static void
open_level(struct json_writer *writer, bool is_object)
{
	begin_value(writer);
	assert(writer->depth < LIMIT_DEPTH_MAX);
	writer->depth++;
	writer->is_object[writer->depth] = is_object;
	writer->has_member[writer->depth] = false;
	put(writer, is_object ? "{" : "[");
}

void
json_write_object(struct json_writer *writer)
{
	open_level(writer, true);
}

void
json_write_array(struct json_writer *writer)
{
	open_level(writer, false);
}

void
json_write_close(struct json_writer *writer)
{
	assert(writer->depth > 0 && !writer->after_key);
	put(writer, writer->is_object[writer->depth] ? "}" : "]");
	writer->depth--;
}

void
json_write_key_view(struct json_writer *writer, struct view name)
{
	assert(writer->depth > 0 && writer->is_object[writer->depth] && !writer->after_key);
	if (writer->has_member[writer->depth])
		put(writer, ",");
	writer->has_member[writer->depth] = true;
	if (writer->err == ERR_OK)
		keep(writer, json_quote(writer->out, name, NULL));
	put(writer, ":");
	writer->after_key = true;
}

void
json_write_key(struct json_writer *writer, const char *name)
{
	json_write_key_view(writer, view_text(name));
}

void
json_write_text(struct json_writer *writer, struct view text)
{
	begin_value(writer);
	if (writer->err == ERR_OK)
		keep(writer, json_quote(writer->out, text, NULL));
}

void
json_write_string(struct json_writer *writer, const char *text)
{
	json_write_text(writer, view_text(text));
}

void
json_write_integer(struct json_writer *writer, int64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	begin_value(writer);
	put(writer, text);
}

void
json_write_unsigned(struct json_writer *writer, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	begin_value(writer);
	put(writer, text);
}

void
json_write_bool(struct json_writer *writer, bool value)
{
	begin_value(writer);
	put(writer, value ? "true" : "false");
}

void
json_write_null(struct json_writer *writer)
{
	begin_value(writer);
	put(writer, "null");
}

void
json_write_raw(struct json_writer *writer, struct view json)
{
	begin_value(writer);
	if (writer->err == ERR_OK)
		keep(writer, bytes_append_view(writer->out, json, NULL));
}

enum err
json_writer_end(struct json_writer *writer, struct err_info *info)
{
	assert(writer->depth == 0 && !writer->after_key);
	return writer->err == ERR_OK ? ERR_OK : err_nomem(info);
}
