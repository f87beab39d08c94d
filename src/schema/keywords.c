#include "schema/keywords.h"

struct row {
	const char *text;
	unsigned places;
};

static const struct row rows[] = {
#define KEYWORD(id, text, places) {text, places},
#include "schema/keywords.def"
#undef KEYWORD
};

const char *
schema_keyword_text(enum schema_keyword keyword)
{
	return rows[keyword].text;
}

static enum err
sort_out(struct schema_keywords *out, struct schema_builder *builder, const struct json *json, enum schema_place place,
         struct err_info *info)
{
	void *position = NULL;
	struct view name;
	const struct json *value;

	while (json_next(json, &position, &name, &value)) {
		size_t i = 0;
		int shown = (int)(name.size > LIMIT_NAME_BYTES_MAX ? LIMIT_NAME_BYTES_MAX : name.size);

		while (i < SCHEMA_KEYWORDS && !view_equal(name, view_text(rows[i].text)))
			i++;
		if (i == SCHEMA_KEYWORDS)
			return schema_refuse(builder, info, ERR_FORMAT, _("the keyword \"%.*s\" is outside the subset"),
			                     shown, (const char *)name.data);
		if ((rows[i].places & (unsigned)place) == 0)
			return schema_refuse(builder, info, ERR_FORMAT, _("the keyword \"%.*s\" has no meaning here"),
			                     shown, (const char *)name.data);
		out->values[i] = value;
	}
	return ERR_OK;
}

static enum err
read_type(struct schema_keywords *out, struct schema_builder *builder, struct err_info *info)
{
	static const char *const names[] = {
		[SCHEMA_JSON_ANY] = "",          [SCHEMA_JSON_STRING] = "string",   [SCHEMA_JSON_INTEGER] = "integer",
		[SCHEMA_JSON_NUMBER] = "number", [SCHEMA_JSON_BOOLEAN] = "boolean", [SCHEMA_JSON_ARRAY] = "array",
		[SCHEMA_JSON_OBJECT] = "object",
	};
	const struct json *type = out->values[SCHEMA_KEY_TYPE];

	if (type == NULL)
		return ERR_OK;
	for (unsigned i = SCHEMA_JSON_STRING; i <= SCHEMA_JSON_OBJECT; i++) {
		if (json_text_is(type, names[i])) {
			out->type = (enum schema_json_type)i;
			return ERR_OK;
		}
	}
	return schema_refuse(builder, info, ERR_FORMAT,
	                     _("the keyword \"type\" is one of string, integer, number, boolean, array, object"));
}

static enum err
read_count(uint32_t *out, struct schema_builder *builder, const struct schema_keywords *keywords,
           enum schema_keyword keyword, struct err_info *info)
{
	const struct json *value = keywords->values[keyword];
	struct schema_decimal number;

	if (value == NULL)
		return ERR_OK;
	if (!schema_decimal_of_json(&number, value) || !schema_decimal_is_integer(&number) || number.mantissa < 0 ||
	    number.mantissa >= UINT32_MAX)
		return schema_refuse(builder, info, ERR_FORMAT, _("the keyword \"%s\" needs a count"),
		                     rows[keyword].text);
	*out = (uint32_t)number.mantissa;
	return ERR_OK;
}

static enum err
read_number(struct schema_bound *out, struct schema_builder *builder, const struct schema_keywords *keywords,
            enum schema_keyword keyword, struct err_info *info)
{
	const struct json *value = keywords->values[keyword];

	if (value == NULL)
		return ERR_OK;
	if (!schema_decimal_of_json(&out->value, value))
		return schema_refuse(builder, info, ERR_FORMAT,
		                     _("the keyword \"%s\" needs a number of at most 18 digits"), rows[keyword].text);
	out->is_given = true;
	out->is_exclusive = keyword == SCHEMA_KEY_EXCLUSIVE_MINIMUM || keyword == SCHEMA_KEY_EXCLUSIVE_MAXIMUM;
	return ERR_OK;
}

static enum err
read_numbers(struct schema_keywords *out, struct schema_builder *builder, struct err_info *info)
{
	enum err err = read_number(&out->bounds[0], builder, out, SCHEMA_KEY_MINIMUM, info);

	if (err == ERR_OK)
		err = read_number(&out->bounds[1], builder, out, SCHEMA_KEY_MAXIMUM, info);
	if (err == ERR_OK)
		err = read_number(&out->bounds[2], builder, out, SCHEMA_KEY_EXCLUSIVE_MINIMUM, info);
	if (err == ERR_OK)
		err = read_number(&out->bounds[3], builder, out, SCHEMA_KEY_EXCLUSIVE_MAXIMUM, info);
	if (err == ERR_OK)
		err = read_number(&out->multiple, builder, out, SCHEMA_KEY_MULTIPLE_OF, info);
	if (err == ERR_OK && out->multiple.is_given && out->multiple.value.mantissa <= 0)
		err = schema_refuse(builder, info, ERR_FORMAT, _("the keyword \"multipleOf\" needs a number above 0"));
	return err;
}

static enum err
read_counts(struct schema_keywords *out, struct schema_builder *builder, struct err_info *info)
{
	const struct json *unique = out->values[SCHEMA_KEY_UNIQUE_ITEMS];
	enum err err = read_count(&out->length_min, builder, out, SCHEMA_KEY_MIN_LENGTH, info);

	if (err == ERR_OK)
		err = read_count(&out->length_max, builder, out, SCHEMA_KEY_MAX_LENGTH, info);
	if (err == ERR_OK)
		err = read_count(&out->items_min, builder, out, SCHEMA_KEY_MIN_ITEMS, info);
	if (err == ERR_OK)
		err = read_count(&out->items_max, builder, out, SCHEMA_KEY_MAX_ITEMS, info);
	if (err != ERR_OK || unique == NULL)
		return err;
	if (json_form_of(unique) != JSON_FORM_BOOL)
		return schema_refuse(builder, info, ERR_FORMAT, _("the keyword \"uniqueItems\" is true or false"));
	out->items_unique = json_bool_of(unique);
	return ERR_OK;
}

static enum err
check_form(const struct schema_keywords *keywords, struct schema_builder *builder, enum schema_keyword keyword,
           enum json_form form, struct err_info *info)
{
	const struct json *value = keywords->values[keyword];

	if (value == NULL || json_form_of(value) == form)
		return ERR_OK;
	return schema_refuse(builder, info, ERR_FORMAT, _("the keyword \"%s\" does not take %s"), rows[keyword].text,
	                     json_form_name(value));
}

static enum err
check_forms(const struct schema_keywords *keywords, struct schema_builder *builder, struct err_info *info)
{
	static const struct {
		enum schema_keyword keyword;
		enum json_form form;
	} forms[] = {
		{SCHEMA_KEY_SCHEMA, JSON_FORM_TEXT},      {SCHEMA_KEY_ID, JSON_FORM_TEXT},
		{SCHEMA_KEY_DESCRIPTION, JSON_FORM_TEXT}, {SCHEMA_KEY_ENUM, JSON_FORM_ARRAY},
		{SCHEMA_KEY_REQUIRED, JSON_FORM_ARRAY},   {SCHEMA_KEY_PROPERTIES, JSON_FORM_OBJECT},
		{SCHEMA_KEY_FORMAT, JSON_FORM_TEXT},      {SCHEMA_KEY_X_TIER, JSON_FORM_TEXT},
		{SCHEMA_KEY_X_UNIT, JSON_FORM_TEXT},      {SCHEMA_KEY_X_FIELD, JSON_FORM_INTEGER},
		{SCHEMA_KEY_X_MERGE, JSON_FORM_TEXT},     {SCHEMA_KEY_X_MEMBER_KEY, JSON_FORM_TEXT},
		{SCHEMA_KEY_X_STATES, JSON_FORM_OBJECT},  {SCHEMA_KEY_CODES, JSON_FORM_ARRAY},
		{SCHEMA_KEY_X_EXCLUDES, JSON_FORM_ARRAY}, {SCHEMA_KEY_X_REQUIRES, JSON_FORM_ARRAY},
		{SCHEMA_KEY_X_ROLL, JSON_FORM_BOOL},      {SCHEMA_KEY_X_RULES, JSON_FORM_ARRAY},
		{SCHEMA_KEY_X_POLICY, JSON_FORM_OBJECT},  {SCHEMA_KEY_X_NOTICE, JSON_FORM_OBJECT},
	};
	enum err err = ERR_OK;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) && err == ERR_OK; i++)
		err = check_form(keywords, builder, forms[i].keyword, forms[i].form, info);
	return err;
}

enum err
schema_keywords_read(struct schema_keywords *out, struct schema_builder *builder, const struct json *json,
                     enum schema_place place, struct err_info *info)
{
	struct schema_keywords keywords = {.length_max = UINT32_MAX, .items_max = UINT32_MAX};
	enum err err;

	if (json == NULL || json_form_of(json) != JSON_FORM_OBJECT)
		return schema_expect(builder, info, _("a schema, which is an object"), json);
	err = sort_out(&keywords, builder, json, place, info);
	if (err == ERR_OK)
		err = check_forms(&keywords, builder, info);
	if (err == ERR_OK)
		err = read_type(&keywords, builder, info);
	if (err == ERR_OK)
		err = read_numbers(&keywords, builder, info);
	if (err == ERR_OK)
		err = read_counts(&keywords, builder, info);
	if (err == ERR_OK)
		*out = keywords;
	return err;
}

enum err
schema_keywords_refuse(const struct schema_keywords *keywords, struct schema_builder *builder,
                       const enum schema_keyword *list, struct err_info *info)
{
	for (; *list != SCHEMA_KEYWORDS; list++) {
		if (keywords->values[*list] != NULL)
			return schema_refuse(builder, info, ERR_FORMAT,
			                     _("the keyword \"%s\" has no meaning for this type"), rows[*list].text);
	}
	return ERR_OK;
}

bool
schema_bounds_hold(const struct schema_keywords *keywords, const struct schema_decimal *value)
{
	for (int i = 0; i < 4; i++) {
		const struct schema_bound *bound = &keywords->bounds[i];
		int order = bound->is_given ? schema_decimal_compare(value, &bound->value) : 0;

		/* even places are lower bounds */
		if (bound->is_given && (i % 2 == 0 ? order < 0 : order > 0))
			return false;
		if (bound->is_given && bound->is_exclusive && order == 0)
			return false;
	}
	return !keywords->multiple.is_given || schema_decimal_is_multiple(value, &keywords->multiple.value);
}
