/*
 * One JSON Schema and one instance a line, "SCHEMA TAB INSTANCE": the schema becomes field `v` of a kind, compiled as every kind
 * is, and the instance a value of it, read, checked and read back as every value is. Answers "valid", "invalid WHY" or "schema WHY".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "schema/set.h"
#include "schema/value.h"
#include "seal/seal.h"

enum {
	LINE_BYTES = 65536
};

static enum err
compile(struct schema_set **out, const char *field, struct err_info *info)
{
	struct schema_file file = {.name = "case"};
	struct bytes text = {0};
	enum err err = bytes_printf(&text, info,
	                            "{\"x-kind\": \"case\", \"type\": \"object\", \"additionalProperties\": false, "
	                            "\"properties\": {\"v\": %s}}",
	                            field);

	file.text = bytes_view(&text);
	if (err == ERR_OK)
		err = schema_set_new(out, 1, NULL, &file, 1, info);
	bytes_release(&text);
	return err;
}

/* In by the door, then as a record that came from outside, then out and in again. */
static enum err
check(const struct schema_kind *kind, const char *instance, struct err_info *info)
{
	const struct schema_field *field = schema_field_by_number(&kind->object, 1);
	struct json *json = NULL;
	struct bytes value = {0};
	struct bytes shown = {0};
	struct bytes again = {0};
	enum err err = json_parse(&json, view_text(instance), LINE_BYTES, JSON_PARSE_REALS, info);

	if (err == ERR_OK)
		err = schema_value_from_json(&value, field, json, info);
	if (err == ERR_OK && value.size == 0)
		err = err_set(info, ERR_RULE, "it is empty");
	if (err == ERR_OK) {
		const struct schema_slice slice = {1, bytes_view(&value)};

		err = schema_record_check(kind, &slice, 1, info);
	}
	json_free(json);
	json = NULL;
	if (err == ERR_OK && (schema_value_to_json(&shown, field, bytes_view(&value), info) != ERR_OK ||
	                      json_parse(&json, bytes_view(&shown), LINE_BYTES, JSON_PARSE_REALS, info) != ERR_OK ||
	                      schema_value_from_json(&again, field, json, info) != ERR_OK ||
	                      !view_equal(bytes_view(&value), bytes_view(&again))))
		err = err_set(info, ERR_INTERNAL, "it does not come back as the same bytes");
	json_free(json);
	bytes_release(&value);
	bytes_release(&shown);
	bytes_release(&again);
	return err;
}

int
main(void)
{
	static char line[LINE_BYTES];

	if (seal_init(NULL) != ERR_OK)
		return 1;
	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *instance = strchr(line, '\t');
		struct schema_set *set = NULL;
		struct err_info info;
		enum err err;

		if (instance == NULL)
			return 2;
		*instance++ = '\0';
		instance[strcspn(instance, "\n")] = '\0';
		err = compile(&set, line, &info);
		if (err != ERR_OK) {
			(void)printf("schema %s\n", info.text);
			continue;
		}
		err = check(schema_set_kind_at(set, 0), instance, &info);
		(void)printf("%s %s\n",
		             err == ERR_OK         ? "valid"
		             : err == ERR_INTERNAL ? "broken"
		                                   : "invalid",
		             err == ERR_OK ? "" : info.text);
		schema_set_free(set);
	}
	return 0;
}
