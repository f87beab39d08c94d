#include <string.h>

#include "base/utf8.h"
#include "json/tree.h"

struct place {
	size_t line;
	size_t column;
};

static struct place
place_of(struct view text, size_t offset)
{
	struct place place = {1, 1};
	size_t start = 0;

	for (size_t i = 0; i < offset; i++) {
		if (text.data[i] == '\n') {
			place.line++;
			start = i + 1;
		}
	}
	place.column = utf8_count(view_of(text.data + start, offset - start)) + 1;
	return place;
}

static enum err
refuse_at(struct view text, size_t offset, enum err code, struct err_info *info, const char *why)
{
	struct place place = place_of(text, offset);

	return err_set(info, code, _("JSON, line %zu, column %zu: %s"), place.line, place.column, why);
}

static size_t
string_end(struct view text, size_t quote)
{
	size_t i = quote + 1;

	while (i < text.size && text.data[i] != '"')
		i += text.data[i] == '\\' ? 2 : 1;
	return i;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* What jansson does not bound or tell apart is looked at first, outside of strings: depth, and numbers that are no integers. */
static enum err
prescan(struct view text, unsigned flags, struct err_info *info)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if (c == '"') {
			i = string_end(text, i);
		} else if (c == '[' || c == '{') {
			if (++depth > LIMIT_DEPTH_MAX)
				return refuse_at(text, i, ERR_TOO_BIG, info, _("nested too deep"));
		} else if (c == ']' || c == '}') {
			depth -= depth > 0;
		} else if ((flags & JSON_PARSE_REALS) == 0 && i > 0 && is_digit(text.data[i - 1]) &&
		           (c == '.' || c == 'e' || c == 'E')) {
			return refuse_at(text, i, ERR_FORMAT, info, _("a number is not an integer"));
		}
	}
	return ERR_OK;
}

/* jansson's own texts quote the input, which may be about a person. */
static const char *
words_of(const json_error_t *error)
{
	enum json_error_code code = json_error_code(error);

	if (code == json_error_premature_end_of_input)
		return _("the text ends too early");
	if (code == json_error_end_of_input_expected)
		return _("something stands behind the value");
	if (code == json_error_invalid_utf8)
		return _("not UTF-8");
	if (code == json_error_duplicate_key)
		return _("a key occurs twice in one object");
	if (code == json_error_numeric_overflow)
		return _("a number is too big");
	if (code == json_error_null_character || code == json_error_null_byte_in_key)
		return _("U+0000 is not allowed");
	return _("not JSON");
}

enum err
json_parse(struct json **out, struct view text, size_t size_max, unsigned flags, struct err_info *info)
{
	json_error_t error;
	json_t *tree;
	size_t prefix;
	enum err err;

	if (text.size > size_max)
		return err_set(info, ERR_TOO_BIG, _("JSON of %zu bytes; the limit is %zu"), text.size, size_max);
	prefix = utf8_prefix(text);
	if (prefix != text.size)
		return refuse_at(text, prefix, ERR_FORMAT, info, _("not UTF-8"));
	err = prescan(text, flags, info);
	if (err != ERR_OK)
		return err;
	tree = json_loadb(text.size == 0 ? "" : (const char *)text.data, text.size,
	                  JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
	if (tree == NULL && json_error_code(&error) == json_error_out_of_memory)
		return err_nomem(info);
	if (tree == NULL) {
		size_t offset = error.position < 0 || (size_t)error.position > text.size ? 0 : (size_t)error.position;

		return refuse_at(text, offset, ERR_FORMAT, info, words_of(&error));
	}
	*out = (struct json *)(void *)tree;
	return ERR_OK;
}

void
json_free(struct json *json)
{
	json_decref((json_t *)(void *)json);
}
