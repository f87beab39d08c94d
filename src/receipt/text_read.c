/* A receipt from one of its texts. */
#include <string.h>

#include "receipt/internal.h"

static const char TYPE[] = "receipt";

/* OUTCOME [CODE] */
static void
get_outcome(struct statement_reader *reader, const char *key, struct view value, enum receipt_outcome *outcome,
            char reason[RECEIPT_REASON_BYTES])
{
	struct view word = statement_word(&value);

	*outcome = RECEIPT_TAKEN;
	while (receipt_outcome_name(*outcome) != NULL && !view_equal(word, view_text(receipt_outcome_name(*outcome))))
		*outcome = (enum receipt_outcome)(*outcome + 1);
	if (receipt_outcome_name(*outcome) == NULL || value.size >= RECEIPT_REASON_BYTES)
		statement_reader_fail(reader, key);
	else if (value.size > 0)
		memcpy(reason, value.data, value.size);
}

static void
get_answer(struct statement_reader *reader, struct receipt_answer *out)
{
	struct view value = statement_get(reader, "answer");
	struct view digest = statement_word(&value);

	if (digest.size < 3 || memcmp(digest.data, "b2:", 3) != 0 ||
	    !hex_read(out->bundle.bytes, DIGEST_BYTES, view_of(digest.data + 3, digest.size - 3)))
		statement_reader_fail(reader, "answer");
	get_outcome(reader, "answer", value, &out->outcome, out->reason);
}

static size_t
count_lines(const struct statement_reader *reader, const char *key)
{
	struct statement_reader ahead = *reader;
	size_t count = 0;

	while (statement_reader_has(&ahead, key)) {
		(void)statement_get(&ahead, key);
		count++;
	}
	return count;
}

static void *
get_array(struct statement_reader *reader, struct receipt *out, size_t count, size_t size)
{
	void *array = arena_get(&out->arena, count * size);

	if (array == NULL && reader->err == ERR_OK)
		reader->err = err_nomem(reader->info);
	return array;
}

static void
get_oids(struct statement_reader *reader, const char *key, struct receipt *receipt, struct receipt_oids *out)
{
	size_t count = count_lines(reader, key);
	struct oid *items = get_array(reader, receipt, count, sizeof(*items));

	while (statement_reader_has(reader, key) && out->count < count) {
		out->items = items;
		out->items[out->count++] = statement_get_oid(reader, key);
	}
}

static void
get_details(struct statement_reader *reader, struct receipt *receipt, struct receipt_partition *out)
{
	size_t count = count_lines(reader, "detail");
	struct receipt_detail *details = get_array(reader, receipt, count, sizeof(*details));

	while (statement_reader_has(reader, "detail") && out->detail_count < count) {
		struct view value = statement_get(reader, "detail");
		struct view commit = statement_word(&value);
		struct view record = statement_word(&value);
		struct receipt_detail *detail = &details[out->detail_count++];
		const uint8_t *path = arena_copy(&receipt->arena, value);

		out->details = details;
		detail->has_record = record.size > 0;
		if (!hex_read(detail->commit.bytes, OID_BYTES, commit) ||
		    (detail->has_record && !hex_read(detail->record.bytes, ID_BYTES, record)))
			statement_reader_fail(reader, "detail");
		if (path == NULL && reader->err == ERR_OK)
			reader->err = err_nomem(reader->info);
		detail->path = view_of(path, path == NULL ? 0 : value.size);
	}
}

static uint64_t
get_count(struct statement_reader *reader, const char *key)
{
	return statement_reader_has(reader, key) ? statement_get_number(reader, key, INT64_MAX) : 0;
}

static void
get_partition(struct statement_reader *reader, struct receipt *receipt)
{
	struct receipt_partition *out = get_array(reader, receipt, 1, sizeof(*out));

	if (out == NULL)
		return;
	receipt->partitions = out;
	receipt->partition_count = 1;
	out->partition = statement_get_id(reader, "partition");
	if (statement_reader_has(reader, "head"))
		out->head = statement_get_oid(reader, "head");
	get_outcome(reader, "state", statement_get(reader, "state"), &out->state, out->reason);
	out->edits = get_count(reader, "edits");
	out->records = get_count(reader, "records");
	get_details(reader, receipt, out);
	out->corrections = get_count(reader, "corrections");
	get_oids(reader, "tip", receipt, &out->tips);
	get_oids(reader, "taken", receipt, &out->taken);
	get_oids(reader, "ladder", receipt, &out->ladder);
}

static void
get_chains(struct statement_reader *reader, struct receipt *out)
{
	size_t count = count_lines(reader, "chain");

	out->chains = get_array(reader, out, count, sizeof(*out->chains));
	while (statement_reader_has(reader, "chain") && out->chain_count < count)
		out->chains[out->chain_count++] = statement_get_reference(reader, "chain");
}

static enum err
check_rebuilt(const struct receipt *receipt, struct view text, struct err_info *info)
{
	struct bytes rebuilt = {0};
	enum err err = receipt_text(&rebuilt, receipt, 0, info);

	if (err == ERR_OK)
		err = statement_lines_same(text, bytes_view(&rebuilt), TYPE, info);
	else if (err == ERR_RULE)
		err = err_in(info, ERR_FORMAT, _("not a receipt"));
	bytes_release(&rebuilt);
	return err;
}

enum err
receipt_text_read(struct receipt *out, struct view text, struct err_info *info)
{
	struct receipt receipt = {.time = 0};
	struct statement_reader reader;
	enum err err;

	statement_reader_init(&reader, text, TYPE, info);
	receipt.from = statement_get_code(&reader, "from");
	receipt.to = statement_get_code(&reader, "to");
	receipt.time = statement_get_time(&reader, "time");
	while (statement_reader_has(&reader, "answer") && receipt.answer_count < LIMIT_ANSWERS_MAX)
		get_answer(&reader, &receipt.answers[receipt.answer_count++]);
	get_chains(&reader, &receipt);
	if (statement_reader_has(&reader, "partition"))
		get_partition(&reader, &receipt);
	err = statement_reader_end(&reader);
	if (err == ERR_OK)
		err = check_rebuilt(&receipt, text, info);
	if (err == ERR_OK) {
		*out = receipt;
		receipt = (struct receipt){.time = 0};
	}
	receipt_release(&receipt);
	return err;
}
