#include "schema/compile.h"

static enum err
read_number(uint32_t *out, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	if (json == NULL || json_form_of(json) != JSON_FORM_INTEGER || json_integer_of(json) < 1 ||
	    json_integer_of(json) > UINT32_MAX)
		return schema_refuse(builder, info, ERR_FORMAT, _("a code needs a \"number\" from 1 to 4294967295"));
	*out = (uint32_t)json_integer_of(json);
	return ERR_OK;
}

static enum err
read_title(struct schema_code *out, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	enum err err = schema_read_words(&out->title.zh, builder, json_member(json, "zh"), info);

	if (err == ERR_OK)
		err = schema_read_words(&out->title.en, builder, json_member(json, "en"), info);
	if (err != ERR_OK)
		return err;
	out->title.has_zh = out->title.zh.size > 0;
	out->title.has_en = out->title.en.size > 0;
	if (!out->title.has_en)
		out->title.en = out->code;
	if (!out->title.has_zh)
		out->title.zh = out->title.en;
	return ERR_OK;
}

static enum err
read_code(struct schema_code *out, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	static const char *const members[] = {"code", "number", "zh", "en", "description", NULL};
	const struct json *code;
	enum err err;

	if (json_form_of(json) != JSON_FORM_OBJECT)
		return schema_expect(builder, info, _("a code, which is an object"), json);
	err = schema_only(builder, json, members, info);
	if (err != ERR_OK)
		return err;
	code = json_member(json, "code");
	if (code == NULL || json_form_of(code) != JSON_FORM_TEXT || json_text_of(code).size == 0 ||
	    json_text_of(code).size > LIMIT_NAME_BYTES_MAX)
		return schema_refuse(builder, info, ERR_FORMAT, _("a code needs a \"code\" of 1 to %d bytes"),
		                     LIMIT_NAME_BYTES_MAX);
	err = schema_keep(&out->code, builder, json_text_of(code), info);
	if (err == ERR_OK)
		err = read_number(&out->number, builder, json_member(json, "number"), info);
	return err == ERR_OK ? read_title(out, builder, json, info) : err;
}

static enum err
read_codes(struct schema_codes *out, struct schema_builder *builder, const struct json *list, struct err_info *info)
{
	size_t count = json_count(list);
	size_t mark = schema_builder_enter(builder, view_text("codes"));
	struct schema_code *codes;
	enum err err = ERR_OK;

	if (count > LIMIT_CODES_MAX)
		return schema_refuse(builder, info, ERR_TOO_BIG, _("%zu codes; the limit is %d"), count,
		                     LIMIT_CODES_MAX);
	codes = schema_get(builder, count, sizeof(*codes));
	if (codes == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		size_t inner = schema_builder_enter_index(builder, i);

		err = read_code(&codes[i], builder, json_item(list, i), info);
		schema_builder_leave(builder, inner);
	}
	out->codes = codes;
	out->count = count;
	if (err == ERR_OK)
		err = schema_index_codes(out, builder, info);
	schema_builder_leave(builder, mark);
	return err;
}

enum err
schema_compile_codes(struct schema_codes *out, struct schema_builder *builder, const struct json *json,
                     struct err_info *info)
{
	struct schema_codes codes = {0};
	struct schema_keywords keywords;
	const struct json *title;
	enum err err = schema_keywords_read(&keywords, builder, json, SCHEMA_AT_CODES, info);

	if (err == ERR_OK)
		err = schema_read_name(&codes.name, builder, keywords.values[SCHEMA_KEY_X_CODES], info);
	if (err != ERR_OK)
		return err;
	title = keywords.values[SCHEMA_KEY_X_TITLE];
	err = schema_read_title(&codes.title, builder, title != NULL ? title : keywords.values[SCHEMA_KEY_TITLE],
	                        codes.name, info);
	if (err == ERR_OK)
		err = schema_read_words(&codes.source, builder, keywords.values[SCHEMA_KEY_SOURCE], info);
	if (err == ERR_OK && keywords.values[SCHEMA_KEY_CODES] == NULL)
		err = schema_refuse(builder, info, ERR_FORMAT, _("a code set needs the member \"codes\""));
	if (err == ERR_OK)
		err = read_codes(&codes, builder, keywords.values[SCHEMA_KEY_CODES], info);
	if (err == ERR_OK)
		*out = codes;
	return err;
}
