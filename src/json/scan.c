/* One member out of a text that was parsed before, without parsing it again. */
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
