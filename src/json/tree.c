#include "json/tree.h"

#include <assert.h>
#include <string.h>

enum json_form
json_form_of(const struct json *json)
{
	switch (json_typeof(json_tree(json))) {
	case JSON_OBJECT:
		return JSON_FORM_OBJECT;
	case JSON_ARRAY:
		return JSON_FORM_ARRAY;
	case JSON_STRING:
		return JSON_FORM_TEXT;
	case JSON_INTEGER:
		return JSON_FORM_INTEGER;
	case JSON_REAL:
		return JSON_FORM_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_FORM_BOOL;
	case JSON_NULL:
		break;
	}
	return JSON_FORM_NULL;
}

const char *
json_form_name(const struct json *json)
{
	switch (json_form_of(json)) {
	case JSON_FORM_BOOL:
		return _("true or false");
	case JSON_FORM_INTEGER:
		return _("an integer");
	case JSON_FORM_REAL:
		return _("a number with a fraction");
	case JSON_FORM_TEXT:
		return _("a string");
	case JSON_FORM_ARRAY:
		return _("an array");
	case JSON_FORM_OBJECT:
		return _("an object");
	case JSON_FORM_NULL:
		break;
	}
	return _("null");
}

bool
json_bool_of(const struct json *json)
{
	assert(json_is_boolean(json_tree(json)));
	return json_is_true(json_tree(json));
}

int64_t
json_integer_of(const struct json *json)
{
	assert(json_is_integer(json_tree(json)));
	return (int64_t)json_integer_value(json_tree(json));
}

double
json_real_of(const struct json *json)
{
	assert(json_is_real(json_tree(json)));
	return json_real_value(json_tree(json));
}

struct view
json_text_of(const struct json *json)
{
	assert(json_is_string(json_tree(json)));
	return view_of(json_string_value(json_tree(json)), json_string_length(json_tree(json)));
}

bool
json_text_is(const struct json *json, const char *text)
{
	return json != NULL && json_is_string(json_tree(json)) && view_equal(json_text_of(json), view_text(text));
}

size_t
json_count(const struct json *json)
{
	if (json_is_array(json_tree(json)))
		return json_array_size(json_tree(json));
	return json_is_object(json_tree(json)) ? json_object_size(json_tree(json)) : 0;
}

const struct json *
json_item(const struct json *array, size_t index)
{
	assert(index < json_array_size(json_tree(array)));
	return json_of_tree(json_array_get(json_tree(array), index));
}

const struct json *
json_member(const struct json *object, const char *name)
{
	return json_of_tree(json_object_get(json_tree(object), name));
}

const struct json *
json_member_view(const struct json *object, struct view name)
{
	void *position = NULL;
	struct view key;
	const struct json *value;
	char text[LIMIT_NAME_BYTES_MAX + 1];

	if (object == NULL)
		return NULL;
	if (name.size < sizeof(text) && (name.size == 0 || memchr(name.data, 0, name.size) == NULL)) {
		if (name.size > 0)
			memcpy(text, name.data, name.size);
		text[name.size] = '\0';
		return json_member(object, text);
	}
	while (json_next(object, &position, &key, &value)) {
		if (view_equal(key, name))
			return value;
	}
	return NULL;
}

/* jansson's iterator wants a tree that it may change, though reading changes nothing. */
static json_t *
loosened(const struct json *json)
{
	json_t *tree;

	memcpy(&tree, &json, sizeof(tree));
	return tree;
}

bool
json_next(const struct json *object, void **position, struct view *name_out, const struct json **value_out)
{
	json_t *tree = loosened(object);
	void *next;

	if (!json_is_object(tree))
		return false;
	next = *position == NULL ? json_object_iter(tree) : json_object_iter_next(tree, *position);
	if (next == NULL)
		return false;
	*name_out = view_text(json_object_iter_key(next));
	*value_out = json_of_tree(json_object_iter_value(next));
	*position = next;
	return true;
}

static bool
objects_same(const struct json *a, const struct json *b)
{
	void *position = NULL;
	struct view name;
	const struct json *value;

	if (json_count(a) != json_count(b))
		return false;
	while (json_next(a, &position, &name, &value)) {
		const struct json *other = json_member_view(b, name);

		if (other == NULL || !json_same(value, other))
			return false;
	}
	return true;
}

static bool
arrays_same(const struct json *a, const struct json *b)
{
	if (json_count(a) != json_count(b))
		return false;
	for (size_t i = 0; i < json_count(a); i++) {
		if (!json_same(json_item(a, i), json_item(b, i)))
			return false;
	}
	return true;
}

/* Depth is bounded by json_parse(). */
bool
json_same(const struct json *a, const struct json *b)
{
	if (json_form_of(a) != json_form_of(b))
		return json_is_number(json_tree(a)) && json_is_number(json_tree(b)) &&
		       json_number_value(json_tree(a)) == json_number_value(json_tree(b));
	if (json_form_of(a) == JSON_FORM_OBJECT)
		return objects_same(a, b);
	if (json_form_of(a) == JSON_FORM_ARRAY)
		return arrays_same(a, b);
	return json_equal(json_tree(a), json_tree(b)) == 1;
}
