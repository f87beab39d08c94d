/* x-rules of a kind with a field of each type, a NUL, then a record's fields as a map: compile, evaluate, twice the same. */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "schema/rule.h"
#include "schema/set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char HEAD[] =
	"{\"x-kind\":\"k\",\"type\":\"object\",\"properties\":{"
	"\"a\":{\"x-field\":1,\"type\":\"integer\"},\"b\":{\"x-field\":2,\"type\":\"integer\"},"
	"\"from\":{\"x-field\":4,\"type\":\"string\",\"format\":\"date\"},"
	"\"month\":{\"x-field\":6,\"type\":\"string\",\"format\":\"month\"},"
	"\"at\":{\"x-field\":7,\"type\":\"string\",\"format\":\"date-time\"},"
	"\"who\":{\"x-field\":8,\"type\":\"string\",\"format\":\"citizen-id\"},"
	"\"yes\":{\"x-field\":10,\"type\":\"boolean\"},"
	"\"state\":{\"x-field\":12,\"type\":\"string\",\"enum\":[\"draft\",\"done\"]},"
	"\"tags\":{\"x-field\":13,\"type\":\"array\",\"x-merge\":\"set\",\"items\":{\"type\":\"string\"}},"
	"\"parts\":{\"x-field\":14,\"type\":\"array\",\"x-merge\":\"keyed-list\",\"x-member-key\":\"n\",\"items\":{"
	"\"type\":"
	"\"object\",\"properties\":{\"n\":{\"x-field\":1,\"type\":\"integer\"},\"fen\":{\"x-field\":2,\"type\":"
	"\"integer\"}}}},"
	"\"mu\":{\"x-field\":15,\"type\":\"number\",\"multipleOf\":0.01}},\"x-rules\":";

enum {
	SLICES_MAX = 64
};

static size_t
read_fields(struct schema_slice *out, struct view bytes)
{
	struct codec_reader reader = codec_reader_of(bytes);
	struct err_info info;
	uint32_t key = 0;
	size_t count = 0;
	size_t read = 0;

	if (codec_read_map(&count, &reader, &info) != ERR_OK)
		return 0;
	while (read < count && read < SLICES_MAX && codec_read_key(&key, &reader, read, &info) == ERR_OK &&
	       codec_read_raw(&out[read].value, &reader, &info) == ERR_OK)
		out[read++].number = key;
	return read;
}

static void
evaluate(const struct schema_kind *kind, struct view bytes)
{
	struct schema_slice slices[SLICES_MAX];
	size_t count = read_fields(slices, bytes);
	struct err_info info;
	bool all = true;

	for (size_t i = 0; i < kind->rule_count; i++) {
		bool is_kept = schema_rule_holds(kind, &kind->rules[i], slices, count);

		for (size_t k = 1; k < kind->rules[i].field_count; k++) {
			if (kind->rules[i].fields[k - 1] >= kind->rules[i].fields[k])
				abort();
		}
		if (schema_rule_holds(kind, &kind->rules[i], slices, count) != is_kept)
			abort();
		all = all && is_kept;
	}
	if ((schema_rules_check(kind, NULL, 0, slices, count, &info) == ERR_OK) != all)
		abort();
	if (schema_rules_check(kind, slices, count, slices, count, &info) != ERR_OK)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, 0, size);
	size_t rules_size = end == NULL ? size : (size_t)(end - data);
	struct bytes text = {0};
	struct schema_set *set = NULL;
	struct schema_file file = {.name = "fuzz"};
	struct err_info info;
	enum err err = bytes_append_text(&text, HEAD, &info);

	if (err == ERR_OK)
		err = bytes_append(&text, data, rules_size, &info);
	if (err == ERR_OK)
		err = bytes_append_text(&text, "}", &info);
	file.text = bytes_view(&text);
	if (err == ERR_OK)
		err = schema_set_new(&set, 1, NULL, &file, 1, &info);
	if (err == ERR_OK && schema_set_kind_count(set) == 1 && end != NULL)
		evaluate(schema_set_kind_at(set, 0), view_of(end + 1, size - rules_size - 1));
	schema_set_free(set);
	bytes_release(&text);
	return 0;
}
