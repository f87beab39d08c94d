/* x-rules, from JSON: names, titles, conditions. */
#include <string.h>

#include "schema/term.h"

enum err
schema_rule_grow(struct schema_rule_reading *reading, struct err_info *info)
{
	if (++reading->size > LIMIT_RULE_TERMS_MAX)
		return schema_refuse(reading->builder, info, ERR_TOO_BIG,
		                     _("a rule has at most %d conditions and terms"), LIMIT_RULE_TERMS_MAX);
	return ERR_OK;
}

static void
note_field(struct schema_rule_reading *reading, uint32_t number)
{
	size_t place = reading->field_count;

	while (place > 0 && reading->fields[place - 1] > number)
		place--;
	if (place > 0 && reading->fields[place - 1] == number)
		return;
	memmove(reading->fields + place + 1, reading->fields + place,
	        (reading->field_count - place) * sizeof(*reading->fields));
	reading->fields[place] = number;
	reading->field_count++;
}

enum err
schema_rule_field(const struct schema_field **out, struct schema_rule_reading *reading, const struct json *name,
                  struct err_info *info)
{
	enum err err = schema_read_field(out, reading->builder, name, reading->object, info);

	if (err == ERR_OK)
		note_field(reading, (*out)->number);
	return err;
}

enum err
schema_rule_fields(const uint32_t **out, size_t *count_out, struct schema_rule_reading *reading,
                   const struct json *names, struct err_info *info)
{
	enum err err = schema_read_fields(out, count_out, reading->builder, names, reading->object, info);

	for (size_t i = 0; err == ERR_OK && i < *count_out; i++)
		note_field(reading, (*out)[i]);
	return err;
}

static bool
read_operator(enum schema_comparison *out, const struct json *json)
{
	static const char *const NAMES[] = {
		[SCHEMA_LESS] = "<",       [SCHEMA_LESS_EQUAL] = "<=",    [SCHEMA_EQUAL] = "=",
		[SCHEMA_NOT_EQUAL] = "!=", [SCHEMA_GREATER_EQUAL] = ">=", [SCHEMA_GREATER] = ">",
	};

	for (unsigned i = SCHEMA_LESS; i <= SCHEMA_GREATER; i++) {
		if (json_text_is(json, NAMES[i])) {
			*out = (enum schema_comparison)i;
			return true;
		}
	}
	return false;
}

/* Fields that hold no number and no point in time: only equal or not. */
static const struct schema_field *
plain_field(const struct schema_rule_reading *reading, const struct json *json)
{
	const struct schema_field *field =
		json_form_of(json) == JSON_FORM_TEXT ? schema_field_by_name(reading->object, json_text_of(json)) : NULL;

	if (field == NULL || field->type == SCHEMA_INTEGER || field->type == SCHEMA_NUMBER ||
	    field->type == SCHEMA_DATE || field->type == SCHEMA_MONTH || field->type == SCHEMA_TIME)
		return NULL;
	return field;
}

static enum err
read_same(struct schema_if *out, struct schema_rule_reading *reading, const struct schema_field *a,
          const struct schema_field *b, struct err_info *info)
{
	uint32_t *numbers = schema_get(reading->builder, 2, sizeof(*numbers));

	if (numbers == NULL)
		return err_nomem(info);
	if (out->comparison != SCHEMA_EQUAL && out->comparison != SCHEMA_NOT_EQUAL)
		return schema_refuse(reading->builder, info, ERR_FORMAT, "%s",
		                     _("such fields can only be compared by \"=\" and \"!=\""));
	if (a->type != b->type || a->codes != b->codes || a->type == SCHEMA_ENUM || a->type == SCHEMA_ARRAY ||
	    a->type == SCHEMA_OBJECT)
		return schema_refuse(reading->builder, info, ERR_FORMAT, "%s",
		                     _("only two fields of one plain type, or of one code set, can be compared"));
	numbers[0] = a->number;
	numbers[1] = b->number;
	note_field(reading, a->number);
	note_field(reading, b->number);
	out->type = out->comparison == SCHEMA_EQUAL ? SCHEMA_IF_SAME : SCHEMA_IF_DIFFERENT;
	out->fields = numbers;
	out->field_count = 2;
	return ERR_OK;
}

static enum err
read_comparison(struct schema_if *out, struct schema_rule_reading *reading, const struct json *json,
                struct err_info *info)
{
	const struct schema_field *a;
	const struct schema_field *b;
	enum err err = ERR_OK;

	if (json_count(json) != 3 || !read_operator(&out->comparison, json_item(json, 1)))
		return schema_refuse(reading->builder, info, ERR_FORMAT, "%s",
		                     _("a comparison is [TERM, OP, TERM] with one of < <= = != >= >"));
	a = plain_field(reading, json_item(json, 0));
	b = plain_field(reading, json_item(json, 2));
	if (a != NULL && b != NULL)
		return read_same(out, reading, a, b, info);
	out->type = SCHEMA_IF_COMPARED;
	for (size_t i = 0; err == ERR_OK && i < 2; i++) {
		size_t mark = schema_builder_enter_index(reading->builder, 2 * i);

		err = schema_read_term(&out->terms[i], reading, json_item(json, 2 * i), info);
		schema_builder_leave(reading->builder, mark);
	}
	return err == ERR_OK ? schema_pair_terms(out->terms, reading, info) : err;
}

static enum err
read_in(struct schema_if *out, struct schema_rule_reading *reading, const struct json *json, struct err_info *info)
{
	enum err err =
		schema_read_choices(&out->values, &out->value_count, reading->builder, json, reading->object, info);

	for (size_t i = 0; err == ERR_OK && i < out->value_count; i++) {
		note_field(reading, out->values[i].field);
		err = schema_rule_grow(reading, info);
	}
	out->type = SCHEMA_IF_IN;
	return err;
}

static enum err read_condition(const struct schema_if **out, struct schema_rule_reading *reading,
                               const struct json *json, struct err_info *info);

static enum err
read_parts(struct schema_if *out, struct schema_rule_reading *reading, const struct json *json, struct err_info *info)
{
	size_t count = out->type == SCHEMA_IF_NOT ? 1 : json_count(json);
	const struct schema_if **parts = schema_get(reading->builder, count + 1, sizeof(*parts));
	enum err err = parts == NULL ? err_nomem(info) : ERR_OK;

	if (err == ERR_OK && out->type == SCHEMA_IF_NOT)
		err = read_condition(&parts[0], reading, json, info);
	else if (err == ERR_OK && (json_form_of(json) != JSON_FORM_ARRAY || count == 0))
		err = schema_expect(reading->builder, info, _("a list of conditions"), json);
	for (size_t i = 0; err == ERR_OK && out->type != SCHEMA_IF_NOT && i < count; i++) {
		size_t mark = schema_builder_enter_index(reading->builder, i);

		err = read_condition(&parts[i], reading, json_item(json, i), info);
		schema_builder_leave(reading->builder, mark);
	}
	out->parts = parts;
	out->part_count = err == ERR_OK ? count : 0;
	return err;
}

static enum err
read_worded(struct schema_if *out, struct schema_rule_reading *reading, struct view name, const struct json *value,
            struct err_info *info)
{
	static const struct {
		const char *name;
		enum schema_condition_type type;
	} ROWS[] = {
		{"in", SCHEMA_IF_IN},   {"has", SCHEMA_IF_HAS}, {"lacks", SCHEMA_IF_LACKS},
		{"all", SCHEMA_IF_ALL}, {"any", SCHEMA_IF_ANY}, {"not", SCHEMA_IF_NOT},
	};
	size_t i = 0;

	while (i < sizeof(ROWS) / sizeof(ROWS[0]) && !view_equal(name, view_text(ROWS[i].name)))
		i++;
	if (i == sizeof(ROWS) / sizeof(ROWS[0]))
		return schema_refuse(reading->builder, info, ERR_FORMAT, _("there is no condition \"%.*s\""),
		                     (int)name.size, (const char *)name.data);
	out->type = ROWS[i].type;
	if (out->type == SCHEMA_IF_IN)
		return read_in(out, reading, value, info);
	if (out->type == SCHEMA_IF_HAS || out->type == SCHEMA_IF_LACKS)
		return schema_rule_fields(&out->fields, &out->field_count, reading, value, info);
	return read_parts(out, reading, value, info);
}

static enum err
read_condition(const struct schema_if **out, struct schema_rule_reading *reading, const struct json *json,
               struct err_info *info)
{
	struct schema_if *condition = schema_get(reading->builder, 1, sizeof(*condition));
	void *position = NULL;
	struct view name;
	const struct json *value;
	enum err err = schema_rule_grow(reading, info);

	if (err != ERR_OK)
		return err;
	if (condition == NULL)
		return err_nomem(info);
	if (json != NULL && json_form_of(json) == JSON_FORM_ARRAY) {
		err = read_comparison(condition, reading, json, info);
	} else if (json != NULL && json_form_of(json) == JSON_FORM_OBJECT && json_count(json) == 1 &&
	           json_next(json, &position, &name, &value)) {
		size_t mark = schema_builder_enter(reading->builder, name);

		err = read_worded(condition, reading, name, value, info);
		schema_builder_leave(reading->builder, mark);
	} else {
		err = schema_expect(reading->builder, info, _("a comparison or one condition"), json);
	}
	if (err == ERR_OK)
		*out = condition;
	return err;
}

static enum err
read_part(const struct schema_if **out, struct schema_rule_reading *reading, const struct json *rule, const char *name,
          struct err_info *info)
{
	size_t mark = schema_builder_enter(reading->builder, view_text(name));
	enum err err = read_condition(out, reading, json_member(rule, name), info);

	schema_builder_leave(reading->builder, mark);
	return err;
}

static enum err
read_rule(struct schema_rule *out, struct schema_builder *builder, const struct json *json,
          const struct schema_object *object, struct err_info *info)
{
	static const char *const NAMES[] = {"rule", "x-title", "source", "when", "that", NULL};
	struct schema_rule_reading reading = {.builder = builder, .object = object};
	enum err err = ERR_OK;

	reading.fields = schema_get(builder, object->count, sizeof(*reading.fields));
	if (reading.fields == NULL)
		return err_nomem(info);
	if (json_form_of(json) != JSON_FORM_OBJECT)
		return schema_expect(builder, info, _("a rule, which is an object"), json);
	err = schema_only(builder, json, NAMES, info);
	if (err == ERR_OK)
		err = schema_read_name(&out->name, builder, json_member(json, "rule"), info);
	if (err == ERR_OK &&
	    (memchr(out->name.data, ':', out->name.size) != NULL || view_equal(out->name, view_text("size"))))
		err = schema_refuse(builder, info, ERR_FORMAT, _("a rule's name has no \":\" and is not \"size\""));
	if (err == ERR_OK)
		err = schema_read_title(&out->title, builder, json_member(json, "x-title"), out->name, info);
	if (err == ERR_OK)
		err = schema_read_words(&out->source, builder, json_member(json, "source"), info);
	if (err == ERR_OK && json_member(json, "when") != NULL)
		err = read_part(&out->when, &reading, json, "when", info);
	if (err == ERR_OK)
		err = read_part(&out->that, &reading, json, "that", info);
	out->type = SCHEMA_RULE_DECLARED;
	out->fields = reading.fields;
	out->field_count = reading.field_count;
	return err;
}

enum err
schema_compile_declared(struct schema_rule *rules, size_t *count, struct schema_builder *builder,
                        const struct json *json, const struct schema_object *object, struct err_info *info)
{
	size_t outer = schema_builder_enter(builder, view_text("x-rules"));
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < json_count(json); i++) {
		size_t mark = schema_builder_enter_index(builder, i);
		struct schema_rule *rule = &rules[*count];

		err = read_rule(rule, builder, json_item(json, i), object, info);
		for (size_t k = 0; err == ERR_OK && k < *count; k++) {
			if (view_equal(rules[k].name, rule->name))
				err = schema_refuse(builder, info, ERR_EXISTS, _("two rules are called \"%.*s\""),
				                    (int)rule->name.size, (const char *)rule->name.data);
		}
		*count += err == ERR_OK ? 1U : 0U;
		schema_builder_leave(builder, mark);
	}
	schema_builder_leave(builder, outer);
	return err;
}
