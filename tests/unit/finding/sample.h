/** Records and rows of a standard, from their JSON. */
#ifndef TESTS_UNIT_FINDING_SAMPLE_H
#define TESTS_UNIT_FINDING_SAMPLE_H

#include <string.h>

#include "finding/finding.h"
#include "json/json.h"
#include "record/show.h"
#include "schema/set.h"
#include "test.h"

/* The kind `standard`: dated rows of regions. */
#define SAMPLE_STANDARD                                                                                                \
	"{\"x-kind\": \"standard\", \"x-key\": [\"what\", \"region\", \"from\"], "                                     \
	"\"x-policy\": {\"is\": \"row\", \"region\": \"region\", \"from\": \"from\", \"to\": \"to\", "                 \
	"\"amount\": \"fen\", \"months\": {\"period\": {\"month\": 1, \"year\": 12}}}, "                               \
	"\"type\": \"object\", \"properties\": {"                                                                      \
	"\"what\": {\"x-field\": 1, \"type\": \"string\"}, "                                                           \
	"\"region\": {\"x-field\": 2, \"type\": \"string\", \"format\": \"division\"}, "                               \
	"\"from\": {\"x-field\": 3, \"type\": \"string\", \"format\": \"date\"}, "                                     \
	"\"to\": {\"x-field\": 4, \"type\": \"string\", \"format\": \"date\"}, "                                       \
	"\"fen\": {\"x-field\": 5, \"type\": \"integer\"}, "                                                           \
	"\"period\": {\"x-field\": 6, \"type\": \"string\"}, "                                                         \
	"\"class\": {\"x-field\": 7, \"type\": \"string\"}}}"

/* It lives in the arena. */
static inline void
sample_record(struct record *out, struct arena *arena, const struct schema_kind *kind, const char *text)
{
	struct record_json_names names;
	struct json *json = NULL;
	struct err_info info;

	*out = (struct record){.kind = kind->name, .schema_version = 1};
	assert_ok(json_parse(&json, view_text(text), LIMIT_ROW_BYTES_MAX, 0, &info));
	assert_ok(record_take_json(out, arena, json, kind, &names, &info));
	json_free(json);
}

/* One more row, whose id is this number in every byte. */
static inline void
sample_row(struct policy *policy, struct arena *arena, const struct schema_kind *standard, uint8_t number,
           const char *owner, const char *text)
{
	struct policy_record row = {.kind = standard};
	struct record record;
	struct err_info info;

	sample_record(&record, arena, standard, text);
	row.fields = record.fields;
	row.count = record.field_count;
	memset(row.id.bytes, number, ID_BYTES);
	assert_true(node_code_read(&row.owner, view_text(owner)));
	assert_ok(policy_add(policy, &row, &info));
}

#endif
