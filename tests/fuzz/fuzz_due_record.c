/* Two maps of fields: a policy row of each kind, then a record: whatever they hold, looking ends and says only what it may. */
#include <stdlib.h>

#include "codec/codec.h"
#include "due/due.h"
#include "schema/set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const FILES[] = {
	"{\"x-kind\":\"case\",\"type\":\"object\",\"x-states\":{\"field\":\"state\",\"periods\":{\"b\":[\"from\","
	"\"to\"]},"
	"\"follow\":{\"a\":[\"b\"],\"b\":[\"c\"]},\"limits\":["
	"{\"name\":\"w\",\"from\":\"a\",\"to\":[\"c\"],\"working_days\":\"n\",\"since\":\"day\",\"until\":\"done\","
	"\"stopped_in\":[\"b\"]},"
	"{\"name\":\"m\",\"from\":\"a\",\"to\":[\"c\"],\"months\":\"n\",\"since\":\"at\",\"stopped_in\":[\"b\"]},"
	"{\"name\":\"h\",\"from\":\"a\",\"to\":[\"c\"],\"by_policy\":\"hours\",\"since\":\"at\"},"
	"{\"name\":\"l\",\"from\":\"a\",\"to\":[\"c\"],\"days\":7,\"at_least\":true,\"since\":\"from\",\"until\":"
	"\"to\"},"
	"{\"name\":\"s\",\"from\":\"a\",\"to\":[\"c\"],\"named_day\":\"N\",\"since\":\"day\"},"
	"{\"name\":\"y\",\"from\":\"a\",\"to\":[\"c\"],\"month_day\":\"10-31\",\"since\":\"month\"},"
	"{\"name\":\"t\",\"from\":\"a\",\"to\":[\"c\"],\"at\":\"at\"}]},\"properties\":{"
	"\"state\":{\"x-field\":1,\"type\":\"string\",\"enum\":[\"a\",\"b\",\"c\"]},"
	"\"day\":{\"x-field\":2,\"type\":\"string\",\"format\":\"date\"},\"done\":{\"x-field\":3,\"type\":\"string\","
	"\"format\":\"date\"},"
	"\"n\":{\"x-field\":4,\"type\":\"integer\"},\"at\":{\"x-field\":5,\"type\":\"string\",\"format\":\"date-time\"}"
	","
	"\"month\":{\"x-field\":6,\"type\":\"string\",\"format\":\"month\"},\"from\":{\"x-field\":7,\"type\":"
	"\"string\",\"format\":"
	"\"date\"},\"to\":{\"x-field\":8,\"type\":\"string\",\"format\":\"date\"}}}",
	"{\"x-kind\":\"limit\",\"x-key\":[\"r\",\"f\"],\"type\":\"object\",\"x-policy\":{\"is\":\"limit\",\"region\":"
	"\"r\",\"from\":\"f\","
	"\"to\":\"t\",\"kind\":\"k\",\"limit\":\"l\",\"amount\":\"n\",\"unit\":\"u\",\"stopped_in\":\"s\",\"off\":"
	"\"o\"},\"properties\":{"
	"\"r\":{\"x-field\":1,\"type\":\"string\",\"format\":\"division\"},\"f\":{\"x-field\":2,\"type\":\"string\","
	"\"format\":\"date\"},"
	"\"t\":{\"x-field\":3,\"type\":\"string\",\"format\":\"date\"},\"k\":{\"x-field\":4,\"type\":\"string\"},"
	"\"l\":{\"x-field\":5,\"type\":\"string\"},\"n\":{\"x-field\":6,\"type\":\"integer\"},\"u\":{\"x-field\":7,"
	"\"type\":\"string\"},"
	"\"s\":{\"x-field\":8,\"type\":\"array\",\"x-merge\":\"set\",\"items\":{\"type\":\"string\"}},\"o\":{\"x-"
	"field\":9,\"type\":"
	"\"boolean\"}}}",
	"{\"x-kind\":\"table\",\"x-key\":[\"r\",\"f\"],\"type\":\"object\",\"x-policy\":{\"is\":\"calendar\","
	"\"region\":\"r\",\"from\":\"f\","
	"\"to\":\"t\",\"off_days\":\"o\",\"worked_days\":\"w\",\"named_days\":\"n\"},\"properties\":{"
	"\"r\":{\"x-field\":1,\"type\":\"string\",\"format\":\"division\"},\"f\":{\"x-field\":2,\"type\":\"string\","
	"\"format\":\"date\"},"
	"\"t\":{\"x-field\":3,\"type\":\"string\",\"format\":\"date\"},"
	"\"o\":{\"x-field\":4,\"type\":\"array\",\"x-merge\":\"set\",\"items\":{\"type\":\"string\",\"format\":"
	"\"date\"}},"
	"\"w\":{\"x-field\":5,\"type\":\"array\",\"x-merge\":\"set\",\"items\":{\"type\":\"string\",\"format\":"
	"\"date\"}},"
	"\"n\":{\"x-field\":6,\"type\":\"array\",\"x-merge\":\"keyed-list\",\"x-member-key\":\"name\",\"items\":{"
	"\"type\":\"object\","
	"\"properties\":{\"name\":{\"x-field\":1,\"type\":\"string\"},\"day\":{\"x-field\":2,\"type\":\"string\","
	"\"format\":\"date\"}}}}}}",
};

enum {
	FILE_COUNT = sizeof(FILES) / sizeof(FILES[0]),
	SLICES_MAX = 64,
	ITEMS_MAX = 8
};

static const struct schema_set *
the_set(void)
{
	static struct schema_set *set;
	struct schema_file files[FILE_COUNT];
	struct err_info info;

	for (size_t i = 0; i < FILE_COUNT; i++)
		files[i] = (struct schema_file){"kind", view_text(FILES[i])};
	if (set == NULL && schema_set_new(&set, 1, NULL, files, FILE_COUNT, &info) != ERR_OK)
		abort();
	return set;
}

static size_t
read_fields(struct schema_slice *out, struct codec_reader *reader)
{
	struct err_info info;
	uint32_t key = 0;
	size_t count = 0;
	size_t read = 0;

	if (codec_read_map(&count, reader, &info) != ERR_OK)
		return 0;
	while (read < count && read < SLICES_MAX && codec_read_key(&key, reader, read, &info) == ERR_OK &&
	       codec_read_raw(&out[read].value, reader, &info) == ERR_OK)
		out[read++].number = key;
	return read;
}

static void
look(struct policy *policy, const struct schema_set *set, const struct schema_slice *slices, size_t count)
{
	struct due_item items[ITEMS_MAX];
	struct due_question question = {
		.kind = schema_set_kind(set, view_text("case")), .fields = slices, .count = count, .now = 1519430400};
	struct node_code office = {.text = "430321100000"};
	struct err_info info;

	if (due_limits(question.kind) > ITEMS_MAX || policy_for(&question.office, policy, &office, &info) != ERR_OK)
		abort();
	if (due_look(items, &question) > due_limits(question.kind))
		abort();
	question.has_written = true;
	question.written = 1512086400;
	for (size_t i = 0, n = due_look(items, &question); i < n; i++) {
		if (items[i].state == DUE_LATE && items[i].left > 0)
			abort();
		if (items[i].state == DUE_IN_TIME && items[i].left < 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const KINDS[] = {"limit", "table"};
	const struct schema_set *set = the_set();
	struct codec_reader reader = codec_reader_of(view_of(data, size));
	struct schema_slice slices[SLICES_MAX];
	struct policy *policy = NULL;
	struct err_info info;
	size_t count;

	if (policy_new(&policy, set, &info) != ERR_OK)
		abort();
	for (uint8_t i = 0; i < 4; i++) {
		struct policy_record record = {.kind = schema_set_kind(set, view_text(KINDS[i % 2])),
		                               .fields = slices,
		                               .owner = {.text = "430300000000"}};

		record.id.bytes[0] = i;
		record.count = read_fields(slices, &reader);
		if (policy_add(policy, &record, &info) != ERR_OK)
			abort();
	}
	if (policy_settle(policy, &info) != ERR_OK)
		abort();
	count = read_fields(slices, &reader);
	look(policy, set, slices, count);
	policy_free(policy);
	return 0;
}
