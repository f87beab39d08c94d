/* Periods and limits of x-states. */
#include <string.h>

#include "schema/compile.h"
#include "schema/value.h"

enum {
	DAY_OF_MONTH_MAX = 28,
	MONTHS_OF_YEAR = 12,
	AMOUNT_MAX = 65535
};

/* What reading one limit needs. */
struct reading {
	struct schema_builder *builder;
	const struct schema_states *states;
	const struct schema_field *field;   /* the status */
	const struct schema_object *object; /* its kind */
};

enum err
schema_state_value(struct bytes *out, struct schema_builder *builder, const struct schema_field *field,
                   struct view name, struct err_info *info)
{
	struct err_info why;
	enum err err = schema_value_from_text(out, field, name, &why);

	if (err != ERR_OK)
		return schema_refuse(builder, info, ERR_FORMAT, "%s", why.text);
	return ERR_OK;
}

static bool
is_point(const struct schema_field *field)
{
	return field->type == SCHEMA_DATE || field->type == SCHEMA_MONTH || field->type == SCHEMA_TIME;
}

/* A date, month or date-time field; 0 when `json` is NULL. */
static enum err
read_point(uint32_t *out, const struct reading *reading, const struct json *json, struct err_info *info)
{
	const struct schema_field *field;
	enum err err;

	if (json == NULL)
		return ERR_OK;
	err = schema_read_field(&field, reading->builder, json, reading->object, info);
	if (err == ERR_OK && !is_point(field))
		err = schema_refuse(reading->builder, info, ERR_FORMAT, _("\"%.*s\" is no date, month or date-time"),
		                    (int)field->name.size, (const char *)field->name.data);
	if (err == ERR_OK)
		*out = field->number;
	return err;
}

static bool
holds(const struct view *values, size_t count, struct view value)
{
	for (size_t i = 0; i < count; i++) {
		if (view_equal(values[i], value))
			return true;
	}
	return false;
}

/* All statuses from `from` on, until one of `to` or an end. */
static enum err
reach(struct schema_limit *out, const struct reading *reading, struct view from, const struct view *to, size_t to_count,
      struct err_info *info)
{
	struct view *running = schema_get(reading->builder, reading->states->count + 1, sizeof(*running));

	if (running == NULL)
		return err_nomem(info);
	running[0] = from;
	out->running_count = 1;
	for (size_t i = 0; to_count > 0 && i < out->running_count; i++) {
		const struct schema_state *state = schema_state_find(reading->states, running[i]);

		for (size_t k = 0; state != NULL && k < state->next_count; k++) {
			const struct schema_state *next = schema_state_find(reading->states, state->next[k]);

			if (next == NULL || next->is_final || holds(to, to_count, next->value) ||
			    holds(running, out->running_count, next->value))
				continue;
			running[out->running_count++] = next->value;
		}
	}
	out->running = running;
	return ERR_OK;
}

static enum err
read_statuses(struct schema_limit *out, const struct reading *reading, const struct json *json, struct err_info *info)
{
	const struct json *named = json_member(json, "to");
	struct view from;
	const struct view *to = NULL;
	size_t to_count = 0;
	enum err err = schema_read_value(&from, reading->builder, json_member(json, "from"), reading->field, info);

	if (err == ERR_OK)
		err = schema_read_values(&to, &to_count, reading->builder, named, reading->field, info);
	if (err == ERR_OK && json_member(json, "in") != NULL)
		err = schema_read_values(&out->running, &out->running_count, reading->builder, json_member(json, "in"),
		                         reading->field, info);
	else if (err == ERR_OK)
		err = reach(out, reading, from, to, to_count, info);
	if (err == ERR_OK && json_member(json, "stopped_in") != NULL)
		err = schema_read_values(&out->stopped_in, &out->stopped_count, reading->builder,
		                         json_member(json, "stopped_in"), reading->field, info);
	return err;
}

static enum err
read_amount(struct schema_limit *out, const struct reading *reading, const struct json *json, struct err_info *info)
{
	const struct schema_field *field;
	enum err err;

	if (json_form_of(json) == JSON_FORM_TEXT) {
		err = schema_read_field(&field, reading->builder, json, reading->object, info);
		if (err == ERR_OK && field->type != SCHEMA_INTEGER)
			err = schema_refuse(reading->builder, info, ERR_FORMAT, _("\"%.*s\" is no integer"),
			                    (int)field->name.size, (const char *)field->name.data);
		if (err == ERR_OK)
			out->amount_field = field->number;
		return err;
	}
	if (json_form_of(json) != JSON_FORM_INTEGER || json_integer_of(json) < 1 || json_integer_of(json) > AMOUNT_MAX)
		return schema_refuse(reading->builder, info, ERR_FORMAT,
		                     _("a limit has a whole number from 1 to %d, or names an integer field"),
		                     AMOUNT_MAX);
	out->amount = (uint32_t)json_integer_of(json);
	return ERR_OK;
}

static bool
read_unit(enum schema_limit_form *out, const struct json *json)
{
	static const char *const UNITS[] = {"working_days", "days", "hours", "months"};

	for (unsigned i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++) {
		if (json_text_is(json, UNITS[i])) {
			*out = (enum schema_limit_form)i;
			return true;
		}
	}
	return false;
}

/* "10-31" */
static enum err
read_month_day(struct schema_limit *out, const struct reading *reading, const struct json *json, struct err_info *info)
{
	static const uint32_t DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}; /* a day that every year has */
	struct view text = json_form_of(json) == JSON_FORM_TEXT ? json_text_of(json) : (struct view){0};
	uint32_t month = 0;
	uint32_t day = 0;

	if (text.size == 5 && text.data[2] == '-') {
		for (size_t i = 0; i < 5; i++)
			text.size = i == 2 || (text.data[i] >= '0' && text.data[i] <= '9') ? text.size : 0;
	}
	if (text.size == 5 && text.data[2] == '-') {
		month = (uint32_t)(text.data[0] - '0') * 10 + (uint32_t)(text.data[1] - '0');
		day = (uint32_t)(text.data[3] - '0') * 10 + (uint32_t)(text.data[4] - '0');
	}
	if (month < 1 || month > MONTHS_OF_YEAR || day < 1 || day > DAYS[month - 1])
		return schema_refuse(reading->builder, info, ERR_FORMAT, "%s",
		                     _("a day of each year is written as \"10-31\""));
	out->amount = month * 100 + day;
	return ERR_OK;
}

static enum err
read_day_of_month(struct schema_limit *out, const struct reading *reading, const struct json *json,
                  struct err_info *info)
{
	if (json_form_of(json) != JSON_FORM_INTEGER || json_integer_of(json) < 1 ||
	    json_integer_of(json) > DAY_OF_MONTH_MAX)
		return schema_refuse(reading->builder, info, ERR_FORMAT, _("a day of the month is 1 to %d"),
		                     DAY_OF_MONTH_MAX);
	out->amount = (uint32_t)json_integer_of(json);
	return ERR_OK;
}

static enum err
read_one_form(struct schema_limit *out, const struct reading *reading, const struct json *json, struct err_info *info)
{
	switch (out->form) {
	case SCHEMA_LIMIT_WORKING_DAYS:
	case SCHEMA_LIMIT_DAYS:
	case SCHEMA_LIMIT_HOURS:
	case SCHEMA_LIMIT_MONTHS:
		return read_amount(out, reading, json, info);
	case SCHEMA_LIMIT_AT:
		return read_point(&out->at, reading, json, info);
	case SCHEMA_LIMIT_DAY_OF_MONTH:
		return read_day_of_month(out, reading, json, info);
	case SCHEMA_LIMIT_MONTH_DAY:
		return read_month_day(out, reading, json, info);
	case SCHEMA_LIMIT_NAMED_DAY:
		return schema_read_name(&out->named_day, reading->builder, json, info);
	}
	return ERR_OK;
}

/* Just one of the ways to say how long. */
static enum err
read_form(struct schema_limit *out, const struct reading *reading, const struct json *json, struct err_info *info)
{
	static const char *const FORMS[] = {"working_days", "days",         "hours",     "months",
	                                    "at",           "day_of_month", "month_day", "named_day"};
	const struct json *by_policy = json_member(json, "by_policy");
	size_t count = by_policy != NULL ? 1 : 0;
	enum err err = ERR_OK;

	if (by_policy != NULL) {
		out->is_by_policy = true;
		if (!read_unit(&out->form, by_policy))
			return schema_refuse(reading->builder, info, ERR_FORMAT, "%s",
			                     _("\"by_policy\" is one of working_days, days, hours, months"));
	}
	for (unsigned i = 0; err == ERR_OK && i < sizeof(FORMS) / sizeof(FORMS[0]); i++) {
		const struct json *value = json_member(json, FORMS[i]);

		if (value == NULL)
			continue;
		count++;
		out->form = (enum schema_limit_form)i;
		err = read_one_form(out, reading, value, info);
	}
	if (err == ERR_OK && count != 1)
		err = schema_refuse(reading->builder, info, ERR_FORMAT, "%s",
		                    _("a limit says in just one way how long: working_days, days, hours, months, "
		                      "by_policy, at, day_of_month, month_day or named_day"));
	if (err == ERR_OK && out->is_at_least && out->form > SCHEMA_LIMIT_MONTHS)
		err = schema_refuse(reading->builder, info, ERR_FORMAT, "%s",
		                    _("\"at_least\" goes with working_days, days, hours or months"));
	return err;
}

static enum err
read_duty(struct schema_limit *out, const struct reading *reading, const struct json *json, struct err_info *info)
{
	const struct json *office = json_member(json, "office");
	const struct json *person = json_member(json, "person");
	const struct schema_field *field;
	struct schema_writer writer = {0};
	enum err err = ERR_OK;

	if (office != NULL)
		err = schema_read_writer(&writer, reading->builder, office, info);
	out->office_level = writer.level;
	out->office_department = writer.department;
	if (err == ERR_OK && person != NULL) {
		err = schema_read_field(&field, reading->builder, person, reading->object, info);
		if (err == ERR_OK && field->type != SCHEMA_STRING)
			err = schema_refuse(reading->builder, info, ERR_FORMAT, _("\"%.*s\" is no text"),
			                    (int)field->name.size, (const char *)field->name.data);
		if (err == ERR_OK)
			out->person = field->number;
	}
	return err;
}

/* FROM-TO, as they are written. */
static enum err
read_limit_name(struct schema_limit *out, const struct reading *reading, const struct json *json, struct err_info *info)
{
	const struct json *to = json_member(json, "to");
	struct bytes name = {0};
	enum err err;

	if (json_member(json, "name") != NULL)
		return schema_read_name(&out->name, reading->builder, json_member(json, "name"), info);
	if (to != NULL && json_form_of(to) == JSON_FORM_ARRAY)
		to = json_count(to) > 0 ? json_item(to, 0) : NULL;
	err = json_print(&name, json_member(json, "from"), info);
	if (err == ERR_OK && to != NULL)
		err = bytes_append_byte(&name, '-', info);
	if (err == ERR_OK && to != NULL)
		err = json_print(&name, to, info);
	for (size_t i = 0, kept = 0; err == ERR_OK && i < name.size; i++) {
		if (name.data[i] != '"')
			name.data[kept++] = name.data[i];
		if (i + 1 == name.size)
			name.size = kept;
	}
	if (err == ERR_OK)
		err = schema_keep(&out->name, reading->builder, bytes_view(&name), info);
	bytes_release(&name);
	return err;
}

static enum err
read_limit(struct schema_limit *out, const struct reading *reading, const struct json *json, struct err_info *info)
{
	static const char *const NAMES[] = {
		"name",     "from",    "to",         "in",        "since",        "until",     "while",     "unless",
		"office",   "person",  "source",     "days",      "working_days", "hours",     "months",    "at",
		"at_least", "x-title", "stopped_in", "by_policy", "day_of_month", "month_day", "named_day", NULL};
	const struct json *least = json_member(json, "at_least");
	enum err err = schema_only(reading->builder, json, NAMES, info);

	out->is_at_least = least != NULL && json_form_of(least) == JSON_FORM_BOOL && json_bool_of(least);
	if (err == ERR_OK)
		err = read_statuses(out, reading, json, info);
	if (err == ERR_OK)
		err = read_limit_name(out, reading, json, info);
	if (err == ERR_OK)
		err = read_point(&out->since, reading, json_member(json, "since"), info);
	if (err == ERR_OK)
		err = read_point(&out->until, reading, json_member(json, "until"), info);
	if (err == ERR_OK)
		err = read_form(out, reading, json, info);
	if (err == ERR_OK)
		err = schema_read_choices(&out->wanted, &out->wanted_count, reading->builder,
		                          json_member(json, "while"), reading->object, info);
	if (err == ERR_OK)
		err = schema_read_choices(&out->unwanted, &out->unwanted_count, reading->builder,
		                          json_member(json, "unless"), reading->object, info);
	if (err == ERR_OK)
		err = read_duty(out, reading, json, info);
	if (err == ERR_OK)
		err = schema_read_words(&out->rule, reading->builder, json_member(json, "source"), info);
	if (err == ERR_OK)
		err = schema_read_title(&out->title, reading->builder, json_member(json, "x-title"), out->name, info);
	return err;
}

static enum err
read_periods(struct schema_states *out, const struct reading *reading, const struct json *json, struct err_info *info)
{
	struct schema_period *periods = schema_get(reading->builder, json_count(json) + 1, sizeof(*periods));
	size_t mark = schema_builder_enter(reading->builder, view_text("periods"));
	void *position = NULL;
	struct view name;
	const struct json *value;
	enum err err = periods == NULL ? err_nomem(info) : ERR_OK;

	if (err == ERR_OK && json != NULL && json_form_of(json) != JSON_FORM_OBJECT)
		err = schema_expect(reading->builder, info, _("an object"), json);
	while (err == ERR_OK && json_next(json, &position, &name, &value)) {
		struct schema_period *period = &periods[out->period_count];
		struct bytes encoded = {0};

		err = schema_state_value(&encoded, reading->builder, reading->field, name, info);
		if (err == ERR_OK)
			err = schema_keep(&period->status, reading->builder, bytes_view(&encoded), info);
		bytes_release(&encoded);
		if (err == ERR_OK && (json_form_of(value) != JSON_FORM_ARRAY || json_count(value) != 2))
			err = schema_expect(reading->builder, info, _("two fields: from and to"), value);
		if (err == ERR_OK)
			err = read_point(&period->from, reading, json_item(value, 0), info);
		if (err == ERR_OK)
			err = read_point(&period->to, reading, json_item(value, 1), info);
		out->period_count++;
	}
	out->periods = periods;
	schema_builder_leave(reading->builder, mark);
	return err;
}

static enum err
check_names(const struct schema_limit *limits, size_t count, const struct reading *reading, const struct json *json,
            struct err_info *info)
{
	for (size_t i = 0; json_member(json, "name") != NULL && i < count; i++) {
		if (view_equal(limits[i].name, limits[count].name))
			return schema_refuse(reading->builder, info, ERR_EXISTS, _("two limits are called \"%.*s\""),
			                     (int)limits[i].name.size, (const char *)limits[i].name.data);
	}
	return ERR_OK;
}

enum err
schema_compile_limits(struct schema_states *out, struct schema_builder *builder, const struct json *json,
                      const struct schema_field *field, const struct schema_object *object, struct err_info *info)
{
	const struct reading reading = {builder, out, field, object};
	const struct json *list = json_member(json, "limits");
	struct schema_limit *limits = schema_get(builder, json_count(list) + 1, sizeof(*limits));
	size_t outer;
	enum err err = limits == NULL ? err_nomem(info) : ERR_OK;

	if (err == ERR_OK)
		err = read_periods(out, &reading, json_member(json, "periods"), info);
	outer = schema_builder_enter(builder, view_text("limits"));
	if (err == ERR_OK && list != NULL && json_form_of(list) != JSON_FORM_ARRAY)
		err = schema_expect(builder, info, _("a list of limits"), list);
	for (size_t i = 0; err == ERR_OK && i < json_count(list); i++) {
		size_t mark = schema_builder_enter_index(builder, i);

		err = read_limit(&limits[i], &reading, json_item(list, i), info);
		if (err == ERR_OK)
			err = check_names(limits, i, &reading, json_item(list, i), info);
		schema_builder_leave(builder, mark);
	}
	schema_builder_leave(builder, outer);
	out->limits = limits;
	out->limit_count = json_count(list);
	return err;
}
