#include <string.h>

#include "schema/compile.h"

static const char *const level_names[] = {"", "township", "county", "city", "province"};

enum {
	LEVEL_COUNT = sizeof(level_names) / sizeof(level_names[0])
};

/* "ca" is the civil-affairs office, whose code has no department. */
static enum err
read_department(struct view *out, struct schema_builder *builder, struct view text, struct err_info *info)
{
	if (view_equal(text, view_text("ca"))) {
		*out = (struct view){0};
		return ERR_OK;
	}
	if (text.size == 0 || text.size > 18 || text.data[0] < 'a' || text.data[0] > 'z')
		return schema_refuse(builder, info, ERR_FORMAT,
		                     _("a department has 1 to 18 lower-case letters and digits"));
	for (size_t i = 1; i < text.size; i++) {
		if (!((text.data[i] >= 'a' && text.data[i] <= 'z') || (text.data[i] >= '0' && text.data[i] <= '9')))
			return schema_refuse(builder, info, ERR_FORMAT,
			                     _("a department has 1 to 18 lower-case letters and digits"));
	}
	return schema_keep(out, builder, text, info);
}

static enum err
read_level(uint8_t *out, struct schema_builder *builder, struct view text, struct err_info *info)
{
	for (uint8_t i = 1; i < LEVEL_COUNT; i++) {
		if (view_equal(text, view_text(level_names[i]))) {
			*out = i;
			return ERR_OK;
		}
	}
	return schema_refuse(builder, info, ERR_FORMAT, _("a level is one of township, county, city, province"));
}

/* "county" or "county.fin" */
enum err
schema_read_writer(struct schema_writer *out, struct schema_builder *builder, const struct json *json,
                   struct err_info *info)
{
	struct view text;
	const uint8_t *dot;
	enum err err;

	if (json == NULL || json_form_of(json) != JSON_FORM_TEXT)
		return schema_expect(builder, info, _("a level such as \"county\" or \"county.fin\""), json);
	text = json_text_of(json);
	dot = text.size == 0 ? NULL : memchr(text.data, '.', text.size);
	if (dot == NULL)
		return read_level(&out->level, builder, text, info);
	err = read_level(&out->level, builder, view_of(text.data, (size_t)(dot - text.data)), info);
	if (err != ERR_OK)
		return err;
	return read_department(&out->department, builder, view_of(dot + 1, text.size - (size_t)(dot - text.data) - 1),
	                       info);
}

static enum err
read_list(struct schema_field *out, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	bool is_list = json_form_of(json) == JSON_FORM_ARRAY;
	size_t count = is_list ? json_count(json) : 1;
	struct schema_writer *writers;
	enum err err = ERR_OK;

	if (count > LIMIT_FIELDS_MAX)
		return schema_refuse(builder, info, ERR_TOO_BIG, _("too many writers"));
	writers = schema_get(builder, count, sizeof(*writers));
	if (writers == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < count && err == ERR_OK; i++)
		err = schema_read_writer(&writers[i], builder, is_list ? json_item(json, i) : json, info);
	out->writers = writers;
	out->writer_count = count;
	return err;
}

/* One side of {"levels": [..], "departments": [..]}, or a list of one stand-in when it is not given. */
static size_t
side_count(const struct json *list, size_t when_absent)
{
	return list == NULL ? when_absent : json_count(list);
}

static enum err
read_pair(struct schema_writer *out, struct schema_builder *builder, const struct json *level, uint8_t level_number,
          const struct json *department, struct err_info *info)
{
	enum err err = ERR_OK;

	if (level != NULL && json_form_of(level) != JSON_FORM_TEXT)
		return schema_expect(builder, info, _("the name of a level"), level);
	if (department != NULL && json_form_of(department) != JSON_FORM_TEXT)
		return schema_expect(builder, info, _("the name of a department"), department);
	out->level = level_number;
	if (level != NULL)
		err = read_level(&out->level, builder, json_text_of(level), info);
	if (err == ERR_OK && department != NULL)
		err = read_department(&out->department, builder, json_text_of(department), info);
	return err;
}

static enum err
read_product(struct schema_field *out, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	static const char *const members[] = {"levels", "departments", NULL};
	const struct json *levels = json_member(json, "levels");
	const struct json *departments = json_member(json, "departments");
	size_t level_count = side_count(levels, LEVEL_COUNT - 1);
	size_t department_count = side_count(departments, 1);
	struct schema_writer *writers;
	enum err err = schema_only(builder, json, members, info);

	if (err == ERR_OK && (level_count == 0 || level_count > LIMIT_FIELDS_MAX || department_count == 0 ||
	                      department_count > LIMIT_FIELDS_MAX))
		err = schema_refuse(builder, info, ERR_FORMAT, _("\"levels\" and \"departments\" are lists of names"));
	if (err != ERR_OK)
		return err;
	writers = schema_get(builder, level_count * department_count, sizeof(*writers));
	if (writers == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < level_count * department_count && err == ERR_OK; i++) {
		size_t level = i / department_count;

		err = read_pair(&writers[i], builder, levels == NULL ? NULL : json_item(levels, level),
		                (uint8_t)(level + 1),
		                departments == NULL ? NULL : json_item(departments, i % department_count), info);
	}
	out->writers = writers;
	out->writer_count = level_count * department_count;
	return err;
}

enum err
schema_compile_writers(struct schema_field *out, struct schema_builder *builder, const struct json *json,
                       struct err_info *info)
{
	size_t mark = schema_builder_enter(builder, view_text("x-authority"));
	enum err err = json_form_of(json) == JSON_FORM_OBJECT ? read_product(out, builder, json, info)
	                                                      : read_list(out, builder, json, info);

	out->has_authority = true;
	schema_builder_leave(builder, mark);
	return err;
}
