#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

struct member {
	struct view name;
	const struct json *value;
};

static enum err print(struct bytes *out, const struct json *json, bool sorted, struct err_info *info);

static int
compare_members(const void *a, const void *b)
{
	const struct member *x = a;
	const struct member *y = b;

	return view_compare(x->name, y->name);
}

static enum err
print_member(struct bytes *out, const struct member *member, bool is_first, bool sorted, struct err_info *info)
{
	enum err err = is_first ? ERR_OK : bytes_append_byte(out, ',', info);

	if (err == ERR_OK)
		err = json_quote(out, member->name, info);
	if (err == ERR_OK)
		err = bytes_append_byte(out, ':', info);
	return err == ERR_OK ? print(out, member->value, sorted, info) : err;
}

static enum err
print_object(struct bytes *out, const struct json *json, bool sorted, struct err_info *info)
{
	size_t count = json_count(json);
	struct member *members = calloc(count + 1, sizeof(*members));
	void *position = NULL;
	size_t n = 0;
	enum err err;

	if (members == NULL)
		return err_nomem(info);
	while (n < count && json_next(json, &position, &members[n].name, &members[n].value))
		n++;
	if (sorted)
		qsort(members, n, sizeof(*members), compare_members);
	err = bytes_append_byte(out, '{', info);
	for (size_t i = 0; i < n && err == ERR_OK; i++)
		err = print_member(out, &members[i], i == 0, sorted, info);
	if (err == ERR_OK)
		err = bytes_append_byte(out, '}', info);
	free(members);
	return err;
}

static enum err
print_array(struct bytes *out, const struct json *json, bool sorted, struct err_info *info)
{
	enum err err = bytes_append_byte(out, '[', info);

	for (size_t i = 0; i < json_count(json) && err == ERR_OK; i++) {
		if (i > 0)
			err = bytes_append_byte(out, ',', info);
		if (err == ERR_OK)
			err = print(out, json_item(json, i), sorted, info);
	}
	return err == ERR_OK ? bytes_append_byte(out, ']', info) : err;
}

/* The shortest of 15, 16 and 17 digits that reads back equal; always with a point or an exponent, so that it stays a real. */
static enum err
print_real(struct bytes *out, double value, struct err_info *info)
{
	char text[40];

	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	for (char *at = strchr(text, ','); at != NULL; at = strchr(at, ','))
		*at = '.'; /* some locales write a comma */
	if (strpbrk(text, ".e") == NULL)
		(void)strcat(text, ".0");
	return bytes_append_text(out, text, info);
}

/* Depth is bounded by json_parse(). */
static enum err
print(struct bytes *out, const struct json *json, bool sorted, struct err_info *info)
{
	switch (json_form_of(json)) {
	case JSON_FORM_BOOL:
		return bytes_append_text(out, json_bool_of(json) ? "true" : "false", info);
	case JSON_FORM_INTEGER:
		return bytes_printf(out, info, "%lld", (long long)json_integer_of(json));
	case JSON_FORM_REAL:
		return print_real(out, json_real_of(json), info);
	case JSON_FORM_TEXT:
		return json_quote(out, json_text_of(json), info);
	case JSON_FORM_ARRAY:
		return print_array(out, json, sorted, info);
	case JSON_FORM_OBJECT:
		return print_object(out, json, sorted, info);
	case JSON_FORM_NULL:
		break;
	}
	return bytes_append_text(out, "null", info);
}

static enum err
print_whole(struct bytes *out, const struct json *json, bool sorted, struct err_info *info)
{
	size_t before = out->size;
	enum err err = print(out, json, sorted, info);

	if (err != ERR_OK)
		out->size = before;
	return err;
}

enum err
json_print_sorted(struct bytes *out, const struct json *json, struct err_info *info)
{
	return print_whole(out, json, true, info);
}

enum err
json_print(struct bytes *out, const struct json *json, struct err_info *info)
{
	return print_whole(out, json, false, info);
}
