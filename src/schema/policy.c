/* x-policy: which fields of a kind hold standards, limits and calendars. */
#include <stddef.h>

#include "schema/compile.h"
#include "schema/value.h"

enum wanted {
	WANT_DATE,
	WANT_DIVISION,
	WANT_TEXT,
	WANT_INTEGER,
	WANT_BOOLEAN,
	WANT_DATES,
	WANT_TEXTS,
	WANT_UNIT,
	WANT_NAMED_DAYS,
};

struct row {
	const char *name;
	size_t place; /* of the number in struct schema_policy */
	enum wanted wanted;
	bool is_needed;
	unsigned types; /* of which schema_policy_type, as bits */
};

#define OF(type) (1u << (type))
#define ALL (OF(SCHEMA_POLICY_CALENDAR) | OF(SCHEMA_POLICY_LIMIT) | OF(SCHEMA_POLICY_VALUE) | OF(SCHEMA_POLICY_ROW))
#define PLACE(member) offsetof(struct schema_policy, member)

static const struct row ROWS[] = {
	{"from", PLACE(from), WANT_DATE, true, ALL},
	{"to", PLACE(to), WANT_DATE, true, ALL},
	{"region", PLACE(region), WANT_DIVISION, true, ALL},
	{"source", PLACE(source), WANT_TEXT, false, ALL},
	{"off_days", PLACE(off_days), WANT_DATES, true, OF(SCHEMA_POLICY_CALENDAR)},
	{"worked_days", PLACE(worked_days), WANT_DATES, true, OF(SCHEMA_POLICY_CALENDAR)},
	{"named_days", PLACE(named_days), WANT_NAMED_DAYS, false, OF(SCHEMA_POLICY_CALENDAR)},
	{"kind", PLACE(kind), WANT_TEXT, true, OF(SCHEMA_POLICY_LIMIT)},
	{"limit", PLACE(limit), WANT_TEXT, true, OF(SCHEMA_POLICY_LIMIT)},
	{"amount", PLACE(amount), WANT_INTEGER, true, OF(SCHEMA_POLICY_LIMIT)},
	{"amount", PLACE(amount), WANT_INTEGER, false, OF(SCHEMA_POLICY_ROW)},
	{"unit", PLACE(unit), WANT_UNIT, true, OF(SCHEMA_POLICY_LIMIT)},
	{"stopped_in", PLACE(stopped_in), WANT_TEXTS, false, OF(SCHEMA_POLICY_LIMIT)},
	{"never_stops", PLACE(never_stops), WANT_BOOLEAN, false, OF(SCHEMA_POLICY_LIMIT)},
	{"off", PLACE(off), WANT_BOOLEAN, false, OF(SCHEMA_POLICY_LIMIT)},
	{"name", PLACE(name), WANT_TEXT, true, OF(SCHEMA_POLICY_VALUE)},
	{"value", PLACE(value), WANT_INTEGER, true, OF(SCHEMA_POLICY_VALUE)},
};

enum {
	ROW_COUNT = sizeof(ROWS) / sizeof(ROWS[0]),
	MONTHS_MAX = 1200
};

static bool
is_list_of(const struct schema_field *field, enum schema_type type)
{
	return field->type == SCHEMA_ARRAY && field->merge == SCHEMA_MERGE_SET && field->item->type == type;
}

static bool
is_named_days(struct schema_policy *policy, const struct schema_field *field)
{
	const struct schema_field *name;
	const struct schema_field *day;

	if (field->type != SCHEMA_ARRAY || field->merge != SCHEMA_MERGE_KEYED_LIST)
		return false;
	name = schema_field_by_name(field->item->object, view_text("name"));
	day = schema_field_by_name(field->item->object, view_text("day"));
	if (name == NULL || day == NULL || name->type != SCHEMA_STRING || day->type != SCHEMA_DATE ||
	    field->member_key != name->number)
		return false;
	policy->named_name = name->number;
	policy->named_day = day->number;
	return true;
}

static bool
fits(struct schema_policy *policy, const struct schema_field *field, enum wanted wanted)
{
	switch (wanted) {
	case WANT_DATE:
		return field->type == SCHEMA_DATE;
	case WANT_DIVISION:
		return field->type == SCHEMA_DIVISION;
	case WANT_TEXT:
		return field->type == SCHEMA_STRING;
	case WANT_INTEGER:
		return field->type == SCHEMA_INTEGER;
	case WANT_BOOLEAN:
		return field->type == SCHEMA_BOOLEAN;
	case WANT_DATES:
		return is_list_of(field, SCHEMA_DATE);
	case WANT_TEXTS:
		return is_list_of(field, SCHEMA_STRING);
	case WANT_UNIT:
		return field->type == SCHEMA_STRING || field->type == SCHEMA_CODE || field->type == SCHEMA_ENUM;
	case WANT_NAMED_DAYS:
		return is_named_days(policy, field);
	}
	return false;
}

static enum err
read_row(struct schema_policy *policy, struct schema_builder *builder, const struct row *row, const struct json *json,
         const struct schema_object *object, struct err_info *info)
{
	const struct schema_field *field;
	enum err err;

	if (json == NULL && row->is_needed)
		return schema_refuse(builder, info, ERR_FORMAT, _("such a policy names its \"%s\""), row->name);
	if (json == NULL)
		return ERR_OK;
	err = schema_read_field(&field, builder, json, object, info);
	if (err == ERR_OK && !fits(policy, field, row->wanted))
		err = schema_refuse(builder, info, ERR_FORMAT,
		                    _("the field \"%.*s\" is not of the type that \"%s\" needs"), (int)field->name.size,
		                    (const char *)field->name.data, row->name);
	if (err == ERR_OK)
		*(uint32_t *)(void *)((char *)policy + row->place) = field->number;
	return err;
}

static enum err
read_type(struct schema_policy *policy, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	static const char *const NAMES[] = {
		[SCHEMA_POLICY_CALENDAR] = "calendar",
		[SCHEMA_POLICY_LIMIT] = "limit",
		[SCHEMA_POLICY_VALUE] = "value",
		[SCHEMA_POLICY_ROW] = "row",
	};
	const struct json *is = json_member(json, "is");

	for (unsigned i = SCHEMA_POLICY_CALENDAR; is != NULL && i <= SCHEMA_POLICY_ROW; i++) {
		if (json_text_is(is, NAMES[i])) {
			policy->type = (enum schema_policy_type)i;
			return ERR_OK;
		}
	}
	return schema_refuse(builder, info, ERR_FORMAT, "%s",
	                     _("\"is\" is one of \"calendar\", \"limit\", \"value\", \"row\""));
}

static enum err
check_members(const struct schema_policy *policy, struct schema_builder *builder, const struct json *json,
              struct err_info *info)
{
	const char *names[ROW_COUNT + 3];
	size_t count = 0;

	names[count++] = "is";
	if (policy->type == SCHEMA_POLICY_ROW)
		names[count++] = "months";
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if ((ROWS[i].types & OF(policy->type)) != 0)
			names[count++] = ROWS[i].name;
	}
	names[count] = NULL;
	return schema_only(builder, json, names, info);
}

/* What a member's name says as a value of the field. */
static enum err
read_word(struct view *out, struct schema_builder *builder, struct view word, const struct schema_field *field,
          struct err_info *info)
{
	struct bytes encoded = {0};
	struct err_info why = {0};
	enum err err = schema_value_from_text(&encoded, field, word, &why);

	if (err == ERR_OK && encoded.size > 0)
		err = schema_keep(out, builder, bytes_view(&encoded), info);
	else
		err = schema_refuse(builder, info, err == ERR_NOMEM ? err : ERR_FORMAT, "%s",
		                    err == ERR_OK ? _("an empty value") : why.text);
	bytes_release(&encoded);
	return err;
}

/* {FIELD: {VALUE: months, ..}}: for how long an amount stands. */
static enum err
read_months(struct schema_kind *kind, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	const struct schema_field *field;
	const struct json *values = NULL;
	const struct json *value;
	struct schema_months *months;
	void *position = NULL;
	struct view name = {0};
	size_t count = 0;
	enum err err = ERR_OK;

	if (json == NULL)
		return ERR_OK;
	if (json_form_of(json) != JSON_FORM_OBJECT || json_count(json) != 1 ||
	    !json_next(json, &position, &name, &values) || json_form_of(values) != JSON_FORM_OBJECT)
		return schema_expect(builder, info, _("an object: one field to its values, each to a number of months"),
		                     json);
	field = schema_field_by_name(&kind->object, name);
	if (field == NULL || (field->type != SCHEMA_CODE && field->type != SCHEMA_ENUM && field->type != SCHEMA_STRING))
		return schema_refuse(builder, info, ERR_NOT_FOUND, _("there is no field \"%.*s\" of texts or codes"),
		                     (int)name.size, (const char *)name.data);
	months = schema_get(builder, json_count(values) + 1, sizeof(*months));
	if (months == NULL)
		return err_nomem(info);
	position = NULL;
	while (err == ERR_OK && json_next(values, &position, &name, &value)) {
		if (json_form_of(value) != JSON_FORM_INTEGER || json_integer_of(value) < 1 ||
		    json_integer_of(value) > MONTHS_MAX)
			return schema_refuse(builder, info, ERR_FORMAT, _("a number of months from 1 to %d"),
			                     MONTHS_MAX);
		months[count].count = (uint32_t)json_integer_of(value);
		err = read_word(&months[count++].value, builder, name, field, info);
	}
	kind->policy.period = field->number;
	kind->policy.months = months;
	kind->policy.months_count = count;
	return err;
}

static enum err
read_same(struct schema_kind *kind, struct schema_builder *builder, struct err_info *info)
{
	uint32_t *same = schema_get(builder, kind->key_count + 1, sizeof(*same));
	bool has_from = false;

	if (same == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < kind->key_count; i++) {
		has_from = has_from || kind->key[i] == kind->policy.from;
		if (kind->key[i] != kind->policy.from)
			same[kind->policy.same_count++] = kind->key[i];
	}
	kind->policy.same = same;
	if (!has_from)
		return schema_refuse(builder, info, ERR_FORMAT, "%s",
		                     _("a policy's \"x-key\" holds the field of its \"from\""));
	return ERR_OK;
}

enum err
schema_compile_policy(struct schema_kind *kind, struct schema_builder *builder, const struct json *json,
                      struct err_info *info)
{
	size_t mark = schema_builder_enter(builder, view_text("x-policy"));
	enum err err = read_type(&kind->policy, builder, json, info);

	if (err == ERR_OK)
		err = check_members(&kind->policy, builder, json, info);
	for (size_t i = 0; err == ERR_OK && i < ROW_COUNT; i++) {
		if ((ROWS[i].types & OF(kind->policy.type)) != 0)
			err = read_row(&kind->policy, builder, &ROWS[i], json_member(json, ROWS[i].name), &kind->object,
			               info);
	}
	if (kind->policy.type == SCHEMA_POLICY_VALUE)
		kind->policy.amount = kind->policy.value;
	if (err == ERR_OK)
		err = read_months(kind, builder, json_member(json, "months"), info);
	if (err == ERR_OK)
		err = read_same(kind, builder, info);
	schema_builder_leave(builder, mark);
	return err;
}
