/* Finding a place in a text that was parsed before, without parsing it again. */
#include <string.h>

#include "json/json.h"

/* Behind the string that begins at `at`; the size if it has no end. */
static size_t
behind_string(struct view text, size_t at)
{
	for (at++; at < text.size && text.data[at] != '"'; at++)
		at += text.data[at] == '\\' ? 1U : 0U;
	return at < text.size ? at + 1 : text.size;
}

/* Behind the value that begins at `at`. */
static size_t
behind_value(struct view text, size_t at)
{
	size_t depth = 0;

	while (at < text.size) {
		uint8_t byte = text.data[at];

		if (byte == '"') {
			at = behind_string(text, at);
			if (depth == 0)
				return at;
			continue;
		}
		if (depth == 0 && (byte == ',' || byte == '}' || byte == ']'))
			return at;
		if (byte == '{' || byte == '[')
			depth++;
		if ((byte == '}' || byte == ']') && --depth == 0)
			return at + 1;
		at++;
	}
	return at;
}

bool
json_scan_text(struct view *out, struct view text, const char *name)
{
	size_t size = strlen(name);
	size_t at = 1;

	if (text.size < 2 || text.data[0] != '{')
		return false;
	while (at < text.size && text.data[at] == '"') {
		size_t colon = behind_string(text, at);
		size_t end = colon < text.size ? behind_value(text, colon + 1) : colon;
		struct view value = view_of(text.data + colon + 1, end > colon ? end - colon - 1 : 0);

		if (colon - at == size + 2 && memcmp(text.data + at + 1, name, size) == 0) {
			if (value.size < 2 || value.data[0] != '"' || value.data[value.size - 1] != '"' ||
			    memchr(value.data, '\\', value.size) != NULL)
				return false;
			*out = view_of(value.data + 1, value.size - 2);
			return true;
		}
		at = end + 1; /* a comma, or the end */
	}
	return false;
}

static size_t
behind_blanks(struct view text, size_t at)
{
	while (at < text.size && memchr(" \t\r\n", text.data[at], 4) != NULL)
		at++;
	return at;
}

/* Whether a raw name (between its quotes) is a step of a pointer, in which "~" and "/" are escaped. */
static bool
is_step(struct view name, struct view step)
{
	size_t at = 0;

	for (size_t i = 0; i < step.size; i++) {
		uint8_t byte = step.data[i];

		if (byte == '~' && i + 1 < step.size)
			byte = step.data[++i] == '1' ? '/' : '~';
		if (at >= name.size || name.data[at++] != byte)
			return false;
	}
	return at == name.size;
}

/* Where the member or item of a step begins, in the object or array that begins at `at`; the size: nowhere. */
static size_t
enter(struct view text, size_t at, struct view step)
{
	bool is_object = text.data[at] == '{';
	size_t index = 0;
	size_t wanted = 0;

	if (!is_object && text.data[at] != '[')
		return text.size;
	for (size_t i = 0; i < step.size && step.data[i] >= '0' && step.data[i] <= '9' && wanted < text.size; i++)
		wanted = wanted * 10 + (size_t)(step.data[i] - '0');
	for (at = behind_blanks(text, at + 1); at < text.size && text.data[at] != '}' && text.data[at] != ']';
	     index++) {
		struct view name = {0};
		size_t end;

		if (is_object && text.data[at] == '"') {
			end = behind_string(text, at);
			name = view_of(text.data + at + 1, end - at >= 2 ? end - at - 2 : 0);
			at = behind_blanks(text, end);
			at = at < text.size && text.data[at] == ':' ? behind_blanks(text, at + 1) : text.size;
		}
		if (at >= text.size || (is_object ? is_step(name, step) : index == wanted))
			return at;
		at = behind_blanks(text, behind_value(text, at));
		if (at >= text.size || text.data[at] != ',')
			return text.size;
		at = behind_blanks(text, at + 1);
	}
	return text.size;
}

size_t
json_line_of(struct view text, struct view pointer)
{
	size_t at = behind_blanks(text, 0);
	size_t line = 1;
	size_t step = 0;

	while (at < text.size && step < pointer.size && pointer.data[step] == '/') {
		size_t end = ++step;
		size_t found;

		while (end < pointer.size && pointer.data[end] != '/')
			end++;
		found = enter(text, at, view_of(pointer.data + step, end - step));
		if (found >= text.size)
			break;
		at = found;
		step = end;
	}
	for (size_t i = 0; i < at && i < text.size; i++)
		line += text.data[i] == '\n' ? 1U : 0U;
	return text.size == 0 ? 0 : line;
}
