/* Terms of x-rules, from JSON. */
#include "schema/term.h"
#include "text/date.h"

enum {
	SCALES = 10
};

static enum err
new_term(struct schema_term **out, struct schema_rule_reading *reading, enum schema_term_type type,
         struct err_info *info)
{
	enum err err = schema_rule_grow(reading, info);

	if (err != ERR_OK)
		return err;
	*out = schema_get(reading->builder, 1, sizeof(**out));
	if (*out == NULL)
		return err_nomem(info);
	(*out)->type = type;
	return ERR_OK;
}

static enum err
refuse(struct schema_rule_reading *reading, struct err_info *info, const char *text)
{
	return schema_refuse(reading->builder, info, ERR_FORMAT, "%s", text);
}

static enum err
one_field(struct schema_term *term, struct schema_rule_reading *reading, const struct schema_field *field,
          struct err_info *info)
{
	uint32_t *number = schema_get(reading->builder, 1, sizeof(*number));

	if (number == NULL)
		return err_nomem(info);
	*number = field->number;
	term->fields = number;
	term->field_count = 1;
	return ERR_OK;
}

static enum err
read_field_term(struct schema_term *term, struct schema_rule_reading *reading, const struct json *json,
                struct err_info *info)
{
	const struct schema_field *field;
	enum err err = schema_rule_field(&field, reading, json, info);

	if (err != ERR_OK)
		return err;
	if (field->type == SCHEMA_DATE)
		term->measure = SCHEMA_MEASURE_DAY;
	else if (field->type == SCHEMA_MONTH)
		term->measure = SCHEMA_MEASURE_MONTH;
	else if (field->type == SCHEMA_TIME)
		term->measure = SCHEMA_MEASURE_TIME;
	else if (field->type != SCHEMA_INTEGER && field->type != SCHEMA_NUMBER)
		return schema_refuse(reading->builder, info, ERR_FORMAT,
		                     _("the field \"%.*s\" is neither a number nor a date; use \"in\", \"has\", or "
		                       "\"=\" between two fields of one type"),
		                     (int)field->name.size, (const char *)field->name.data);
	term->scale = field->type == SCHEMA_NUMBER ? field->scale : 0;
	return one_field(term, reading, field, info);
}

static enum err
read_operands(struct schema_term *term, struct schema_rule_reading *reading, const struct json *list,
              struct err_info *info)
{
	size_t count = list != NULL && json_form_of(list) == JSON_FORM_ARRAY ? json_count(list) : 0;
	const struct schema_term **terms = schema_get(reading->builder, count + 1, sizeof(*terms));
	enum err err = terms == NULL ? err_nomem(info) : ERR_OK;

	if (err == ERR_OK && count == 0)
		err = refuse(reading, info, _("a list of terms is expected"));
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		size_t mark = schema_builder_enter_index(reading->builder, i);

		err = schema_read_term(&terms[i], reading, json_item(list, i), info);
		schema_builder_leave(reading->builder, mark);
	}
	term->terms = terms;
	term->term_count = err == ERR_OK ? count : 0;
	return err;
}

/* One point in time may stand in a sum; it is moved to the front. */
static enum err
settle_sum(struct schema_term *term, struct schema_rule_reading *reading, struct err_info *info)
{
	const struct schema_term **terms = schema_get(reading->builder, term->term_count, sizeof(*terms));
	size_t count = 1;
	size_t points = 0;

	if (terms == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < term->term_count; i++) {
		if (term->terms[i]->measure != SCHEMA_MEASURE_NUMBER)
			points++;
		if (term->terms[i]->scale != term->terms[0]->scale)
			return refuse(reading, info, _("the terms have different digits behind the point"));
	}
	if (points > 1)
		return refuse(reading, info, _("two days, months or times cannot be added"));
	if (points == 0) {
		term->scale = term->terms[0]->scale;
		return ERR_OK;
	}
	for (size_t i = 0; i < term->term_count; i++) {
		if (term->terms[i]->measure != SCHEMA_MEASURE_NUMBER)
			terms[0] = term->terms[i];
		else
			terms[count++] = term->terms[i];
	}
	term->terms = terms;
	term->measure = terms[0]->measure;
	return ERR_OK;
}

static enum err
settle_minus(struct schema_term *term, struct schema_rule_reading *reading, struct err_info *info)
{
	const struct schema_term *pair[2];
	const struct schema_term **terms;
	enum err err = ERR_OK;

	if (term->term_count != 2)
		return refuse(reading, info, _("\"minus\" takes two terms"));
	pair[0] = term->terms[0];
	pair[1] = term->terms[1];
	if (pair[1]->measure != SCHEMA_MEASURE_NUMBER || pair[0]->measure == SCHEMA_MEASURE_NUMBER)
		err = schema_pair_terms(pair, reading, info);
	else
		term->measure = pair[0]->measure; /* a day less so many days */
	terms = schema_get(reading->builder, 2, sizeof(*terms));
	if (err == ERR_OK && terms == NULL)
		err = err_nomem(info);
	if (err != ERR_OK)
		return err;
	terms[0] = pair[0];
	terms[1] = pair[1];
	term->terms = terms;
	term->scale = pair[0]->scale;
	return ERR_OK;
}

static enum err
settle_times(const struct schema_term *term, struct schema_rule_reading *reading, struct err_info *info)
{
	if (term->term_count != 2)
		return refuse(reading, info, _("\"times\" takes two terms"));
	for (size_t i = 0; i < 2; i++) {
		if (term->terms[i]->measure != SCHEMA_MEASURE_NUMBER || term->terms[i]->scale != 0)
			return refuse(reading, info, _("\"times\" takes whole numbers"));
	}
	return ERR_OK;
}

static enum err
read_count(struct schema_term *term, struct schema_rule_reading *reading, const struct json *json,
           struct err_info *info)
{
	const struct schema_field *field;
	enum err err = schema_rule_field(&field, reading, json, info);

	if (err == ERR_OK && field->type != SCHEMA_ARRAY)
		err = refuse(reading, info, _("\"count\" takes a list"));
	return err == ERR_OK ? one_field(term, reading, field, info) : err;
}

static enum err
read_total(struct schema_term *term, struct schema_rule_reading *reading, const struct json *json,
           struct err_info *info)
{
	const struct schema_field *list;
	const struct schema_field *member;
	uint32_t *numbers = schema_get(reading->builder, 2, sizeof(*numbers));
	enum err err;

	if (numbers == NULL)
		return err_nomem(info);
	if (json_form_of(json) != JSON_FORM_ARRAY || json_count(json) != 2)
		return refuse(reading, info, _("\"total\" takes a list of objects and one of their integers"));
	err = schema_rule_field(&list, reading, json_item(json, 0), info);
	if (err == ERR_OK && (list->type != SCHEMA_ARRAY || list->item->type != SCHEMA_OBJECT))
		err = refuse(reading, info, _("\"total\" takes a list of objects and one of their integers"));
	if (err == ERR_OK)
		err = schema_read_field(&member, reading->builder, json_item(json, 1), list->item->object, info);
	if (err == ERR_OK && member->type != SCHEMA_INTEGER && member->type != SCHEMA_NUMBER)
		err = refuse(reading, info, _("\"total\" takes a list of objects and one of their integers"));
	if (err != ERR_OK)
		return err;
	numbers[0] = list->number;
	numbers[1] = member->number;
	term->fields = numbers;
	term->field_count = 2;
	term->scale = member->type == SCHEMA_NUMBER ? member->scale : 0;
	return ERR_OK;
}

static enum err
read_true(struct schema_term *term, struct schema_rule_reading *reading, const struct json *json, struct err_info *info)
{
	enum err err = schema_rule_fields(&term->fields, &term->field_count, reading, json, info);

	for (size_t i = 0; err == ERR_OK && i < term->field_count; i++) {
		if (schema_field_by_number(reading->object, term->fields[i])->type != SCHEMA_BOOLEAN)
			err = refuse(reading, info, _("\"true\" takes fields that are true or false"));
	}
	return err;
}

static enum err
read_birth(struct schema_term *term, struct schema_rule_reading *reading, const struct json *json,
           struct err_info *info)
{
	const struct schema_field *field;
	enum err err = schema_rule_field(&field, reading, json, info);

	if (err == ERR_OK && field->type != SCHEMA_CITIZEN_ID)
		err = refuse(reading, info, _("a citizen id is expected"));
	term->measure = SCHEMA_MEASURE_DAY;
	return err == ERR_OK ? one_field(term, reading, field, info) : err;
}

static enum err
coarsen(const struct schema_term **term, struct schema_rule_reading *reading, enum schema_measure measure,
        struct err_info *info)
{
	while ((*term)->measure < measure) {
		const struct schema_term **operand = schema_get(reading->builder, 1, sizeof(*operand));
		bool is_time = (*term)->measure == SCHEMA_MEASURE_TIME;
		struct schema_term *coarse;
		enum err err =
			new_term(&coarse, reading, is_time ? SCHEMA_TERM_DAY_OF_TIME : SCHEMA_TERM_MONTH_OF_DAY, info);

		if (err != ERR_OK)
			return err;
		if (operand == NULL)
			return err_nomem(info);
		operand[0] = *term;
		coarse->terms = operand;
		coarse->term_count = 1;
		coarse->measure = is_time ? SCHEMA_MEASURE_DAY : SCHEMA_MEASURE_MONTH;
		*term = coarse;
	}
	return ERR_OK;
}

static enum err
read_age(struct schema_term *term, struct schema_rule_reading *reading, const struct json *json, struct err_info *info)
{
	const struct schema_term **day = schema_get(reading->builder, 1, sizeof(*day));
	enum err err = ERR_OK;

	if (day == NULL)
		return err_nomem(info);
	if (json_form_of(json) != JSON_FORM_ARRAY || json_count(json) != 2)
		return refuse(reading, info, _("\"age\" takes a citizen id and a day"));
	err = read_birth(term, reading, json_item(json, 0), info);
	term->measure = SCHEMA_MEASURE_NUMBER;
	if (err == ERR_OK)
		err = schema_read_term(&day[0], reading, json_item(json, 1), info);
	if (err == ERR_OK && day[0]->measure != SCHEMA_MEASURE_DAY && day[0]->measure != SCHEMA_MEASURE_TIME)
		err = refuse(reading, info, _("\"age\" takes a citizen id and a day"));
	if (err == ERR_OK)
		err = coarsen(&day[0], reading, SCHEMA_MEASURE_DAY, info);
	term->terms = day;
	term->term_count = err == ERR_OK ? 1 : 0;
	return err;
}

static enum err
read_month(struct schema_term *term, struct schema_rule_reading *reading, const struct json *json,
           struct err_info *info)
{
	const struct schema_term **day = schema_get(reading->builder, 1, sizeof(*day));
	enum err err;

	if (day == NULL)
		return err_nomem(info);
	err = schema_read_term(&day[0], reading, json, info);
	if (err == ERR_OK && day[0]->measure != SCHEMA_MEASURE_DAY && day[0]->measure != SCHEMA_MEASURE_TIME)
		err = refuse(reading, info, _("\"month\" takes a day"));
	if (err == ERR_OK)
		err = coarsen(&day[0], reading, SCHEMA_MEASURE_DAY, info);
	term->measure = SCHEMA_MEASURE_MONTH;
	term->terms = day;
	term->term_count = err == ERR_OK ? 1 : 0;
	return err;
}

static enum err
read_day(struct schema_term *term, struct schema_rule_reading *reading, const struct json *json, struct err_info *info)
{
	struct err_info why;

	term->measure = SCHEMA_MEASURE_DAY;
	if (json_form_of(json) != JSON_FORM_TEXT || text_date_parse(&term->value, json_text_of(json), &why) != ERR_OK)
		return refuse(reading, info, _("\"day\" takes a date such as \"2021-07-01\""));
	return ERR_OK;
}

static enum err
read_operation(struct schema_term *term, struct schema_rule_reading *reading, struct view name,
               const struct json *value, struct err_info *info)
{
	enum err err = ERR_OK;

	switch (term->type) {
	case SCHEMA_TERM_SUM:
	case SCHEMA_TERM_MINUS:
	case SCHEMA_TERM_TIMES:
		err = read_operands(term, reading, value, info);
		if (err == ERR_OK)
			err = term->type == SCHEMA_TERM_SUM     ? settle_sum(term, reading, info)
			      : term->type == SCHEMA_TERM_MINUS ? settle_minus(term, reading, info)
			                                        : settle_times(term, reading, info);
		break;
	case SCHEMA_TERM_COUNT:
		err = read_count(term, reading, value, info);
		break;
	case SCHEMA_TERM_TOTAL:
		err = read_total(term, reading, value, info);
		break;
	case SCHEMA_TERM_TRUE:
		err = read_true(term, reading, value, info);
		break;
	case SCHEMA_TERM_BIRTH:
		err = read_birth(term, reading, value, info);
		break;
	case SCHEMA_TERM_AGE:
		err = read_age(term, reading, value, info);
		break;
	case SCHEMA_TERM_MONTH_OF_DAY:
		err = read_month(term, reading, value, info);
		break;
	case SCHEMA_TERM_CONSTANT:
		err = read_day(term, reading, value, info);
		break;
	case SCHEMA_TERM_FIELD:
	case SCHEMA_TERM_DAY_OF_TIME:
		err = schema_refuse(reading->builder, info, ERR_FORMAT, _("there is no term \"%.*s\""), (int)name.size,
		                    (const char *)name.data);
		break;
	}
	return err;
}

static enum schema_term_type
type_of(struct view name)
{
	static const struct {
		const char *name;
		enum schema_term_type type;
	} ROWS[] = {
		{"sum", SCHEMA_TERM_SUM},      {"minus", SCHEMA_TERM_MINUS},
		{"times", SCHEMA_TERM_TIMES},  {"count", SCHEMA_TERM_COUNT},
		{"total", SCHEMA_TERM_TOTAL},  {"true", SCHEMA_TERM_TRUE},
		{"birth", SCHEMA_TERM_BIRTH},  {"age", SCHEMA_TERM_AGE},
		{"day", SCHEMA_TERM_CONSTANT}, {"month", SCHEMA_TERM_MONTH_OF_DAY},
	};

	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		if (view_equal(name, view_text(ROWS[i].name)))
			return ROWS[i].type;
	}
	return SCHEMA_TERM_FIELD;
}

enum err
schema_read_term(const struct schema_term **out, struct schema_rule_reading *reading, const struct json *json,
                 struct err_info *info)
{
	struct schema_term *term;
	void *position = NULL;
	struct view name = {0};
	const struct json *value = NULL;
	enum err err = new_term(&term, reading, SCHEMA_TERM_FIELD, info);

	if (err != ERR_OK)
		return err;
	if (json == NULL) {
		err = schema_expect(reading->builder, info, _("a term"), json);
	} else if (json_form_of(json) == JSON_FORM_TEXT) {
		err = read_field_term(term, reading, json, info);
	} else if (json_form_of(json) == JSON_FORM_INTEGER) {
		term->type = SCHEMA_TERM_CONSTANT;
		term->value = json_integer_of(json);
	} else if (json_form_of(json) == JSON_FORM_OBJECT && json_count(json) == 1 &&
	           json_next(json, &position, &name, &value)) {
		size_t mark = schema_builder_enter(reading->builder, name);

		term->type = type_of(name);
		err = read_operation(term, reading, name, value, info);
		schema_builder_leave(reading->builder, mark);
	} else {
		err = schema_expect(reading->builder, info, _("a field's name, a whole number or one operation"), json);
	}
	if (err == ERR_OK)
		*out = term;
	return err;
}

/* A plain number beside one with digits behind the point means whole units of it. */
static enum err
scale_constant(const struct schema_term **term, struct schema_rule_reading *reading, uint8_t scale,
               struct err_info *info)
{
	struct schema_term *scaled;
	enum err err;

	if ((*term)->type != SCHEMA_TERM_CONSTANT || (*term)->scale != 0 || scale >= SCALES)
		return refuse(reading, info, _("the terms have different digits behind the point"));
	err = new_term(&scaled, reading, SCHEMA_TERM_CONSTANT, info);
	if (err != ERR_OK)
		return err;
	*scaled = **term;
	for (uint8_t i = 0; i < scale; i++) {
		if (scaled->value > INT64_MAX / 10 || scaled->value < INT64_MIN / 10)
			return refuse(reading, info, _("the number is too large"));
		scaled->value *= 10;
	}
	scaled->scale = scale;
	*term = scaled;
	return ERR_OK;
}

enum err
schema_pair_terms(const struct schema_term *pair[2], struct schema_rule_reading *reading, struct err_info *info)
{
	enum schema_measure coarser = pair[0]->measure > pair[1]->measure ? pair[0]->measure : pair[1]->measure;
	enum err err = ERR_OK;

	if ((pair[0]->measure == SCHEMA_MEASURE_NUMBER) != (pair[1]->measure == SCHEMA_MEASURE_NUMBER))
		return refuse(reading, info, _("a number stands beside a day, month or time"));
	if (coarser == SCHEMA_MEASURE_NUMBER) {
		if (pair[0]->scale < pair[1]->scale)
			return scale_constant(&pair[0], reading, pair[1]->scale, info);
		return pair[0]->scale > pair[1]->scale ? scale_constant(&pair[1], reading, pair[0]->scale, info)
		                                       : ERR_OK;
	}
	for (size_t i = 0; err == ERR_OK && i < 2; i++)
		err = coarsen(&pair[i], reading, coarser, info);
	return err;
}
