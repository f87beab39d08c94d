#include "statement/statement.h"

#include <assert.h>
#include <string.h>

#include "statement/grammar.h"
#include "text/date.h"

/* A member of a statement, by the grammar's offset. */
static const void *
member(const struct statement *statement, const struct statement_line *line)
{
	return (const uint8_t *)statement + line->offset;
}

static bool
is_zero(const uint8_t *at, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (at[i] != 0)
			return false;
	}
	return true;
}

static bool
is_absent(const struct statement *statement, const struct statement_line *line)
{
	const char *text;

	if (line->value != VALUE_TEXT)
		return is_zero(member(statement, line), line->size);
	text = member(statement, line);
	return text[0] == '\0';
}

static void
put_day(struct statement_writer *writer, const char *key, int64_t day)
{
	char text[TEXT_DATE_BYTES];

	if (writer->err != ERR_OK)
		return;
	if (!text_date_format(text, day))
		writer->err = err_set(writer->info, ERR_RULE, _("the day %lld is not in the years 1800 to 2200"),
		                      (long long)day);
	else
		statement_put_words(writer, key, "%s", text);
}

static void
put_chain(struct statement_writer *writer, const char *key, const struct statement *statement)
{
	char hex[2 * DIGEST_BYTES + 1];

	hex_write(hex, view_of(statement->chain_digest.bytes, DIGEST_BYTES));
	statement_put_words(writer, key, "%u b2:%s", (unsigned)statement->chain_number, hex);
}

static void
put_heads(struct statement_writer *writer, const struct statement *statement)
{
	for (size_t i = 0; i < statement->head_count; i++) {
		const struct statement_head *head = &statement->heads[i];
		char partition[2 * ID_BYTES + 1];
		char oid[2 * OID_BYTES + 1];

		hex_write(partition, view_of(head->partition.bytes, ID_BYTES));
		hex_write(oid, view_of(head->head.bytes, OID_BYTES));
		statement_put_words(writer, "head", "%s %s", partition, oid);
		for (size_t t = 0; t < head->tip_count; t++)
			statement_put_oid(writer, "tip", &head->tips[t]);
	}
}

static void
put_fields(struct statement_writer *writer, const char *key, const struct statement *statement)
{
	for (size_t i = 0; i < statement->field_count; i++) {
		if (statement->fields[i] == STATEMENT_FIELD_EXISTENCE)
			statement_put_words(writer, key, "existence");
		else
			statement_put_number(writer, key, statement->fields[i]);
	}
}

static void
put_ids(struct statement_writer *writer, const char *key, const struct statement *statement)
{
	for (size_t i = 0; i < statement->id_count; i++)
		statement_put_id(writer, key, &statement->ids[i]);
}

static void
put_simple(struct statement_writer *writer, const struct statement_line *line, const void *at)
{
	uint32_t u32;
	uint64_t u64;
	int64_t i64;

	switch (line->value) {
	case VALUE_CODE:
		statement_put_code(writer, line->key, at);
		break;
	case VALUE_LEVEL:
		statement_put_level(writer, line->key, *(const uint8_t *)at);
		break;
	case VALUE_TEXT:
		statement_put_text(writer, line->key, view_of(at, strnlen(at, line->size)), (size_t)line->max);
		break;
	case VALUE_SIGN_KEY:
		statement_put_sign_key(writer, line->key, at);
		break;
	case VALUE_SEAL_KEY:
		statement_put_seal_key(writer, line->key, at);
		break;
	case VALUE_ID:
		statement_put_id(writer, line->key, at);
		break;
	case VALUE_DIGEST:
		statement_put_digest(writer, line->key, at);
		break;
	case VALUE_BOOL:
		statement_put_bool(writer, line->key, *(const bool *)at);
		break;
	case VALUE_U32:
		memcpy(&u32, at, sizeof(u32));
		statement_put_number(writer, line->key, u32);
		break;
	case VALUE_U64:
		memcpy(&u64, at, sizeof(u64));
		statement_put_number(writer, line->key, u64);
		break;
	case VALUE_TIME:
	case VALUE_DAY:
		memcpy(&i64, at, sizeof(i64));
		if (line->value == VALUE_TIME)
			statement_put_time(writer, line->key, i64);
		else
			put_day(writer, line->key, i64);
		break;
	case VALUE_CHAIN:
	case VALUE_HEADS:
	case VALUE_FIELDS:
	case VALUE_IDS:
		assert(false && "not a simple value");
		break;
	}
}

/* Zero is a value of these; of all others it means "absent". */
static bool
may_be_zero(enum statement_value value)
{
	return value == VALUE_BOOL || value == VALUE_LEVEL || value == VALUE_TIME;
}

static void
put_line(struct statement_writer *writer, const struct statement *statement, const struct statement_line *line)
{
	if (!may_be_zero(line->value) && is_absent(statement, line)) {
		if (!line->is_optional && writer->err == ERR_OK)
			writer->err =
				err_set(writer->info, ERR_RULE, _("a statement of type \"%s\" needs a line \"%s\""),
			                statement_type_name(statement->type), line->key);
		return;
	}
	if (line->value == VALUE_CHAIN)
		put_chain(writer, line->key, statement);
	else if (line->value == VALUE_HEADS)
		put_heads(writer, statement);
	else if (line->value == VALUE_FIELDS)
		put_fields(writer, line->key, statement);
	else if (line->value == VALUE_IDS)
		put_ids(writer, line->key, statement);
	else
		put_simple(writer, line, member(statement, line));
}

static bool
are_oids_ascending(const struct oid *oids, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (memcmp(oids[i - 1].bytes, oids[i].bytes, OID_BYTES) >= 0)
			return false;
	}
	return true;
}

/* Lines that come several times ascend. NULL: they do. */
static const char *
wrong_order(const struct statement *statement)
{
	for (size_t i = 1; i < statement->field_count; i++) {
		if (statement->fields[i - 1] >= statement->fields[i])
			return "field";
	}
	for (size_t i = 1; i < statement->id_count; i++) {
		if (memcmp(statement->ids[i - 1].bytes, statement->ids[i].bytes, ID_BYTES) >= 0)
			return statement->type == STATEMENT_GRANT ? "partition" : "without";
	}
	for (size_t i = 0; i < statement->head_count; i++) {
		const struct statement_head *head = &statement->heads[i];

		if (i > 0 && memcmp(head[-1].partition.bytes, head->partition.bytes, ID_BYTES) >= 0)
			return "head";
		if (!are_oids_ascending(head->tips, head->tip_count))
			return "tip";
	}
	return NULL;
}

/* What the lines one by one do not show. NULL: all is well. */
static const char *
wrong_line(const struct statement *statement)
{
	static const struct digest none;
	bool is_first = statement->number == 1;

	if (statement->type == STATEMENT_CARD) {
		static const struct id no_id;

		return (statement->level == 0) != id_equal(&statement->partition, &no_id) ? "partition" : NULL;
	}
	if (is_first != digest_equal(&statement->previous, &none))
		return "previous";
	if (statement->type == STATEMENT_ROOT && !is_first)
		return "number";
	if ((statement->type == STATEMENT_ROOT || statement->type == STATEMENT_ENROL) && statement->level == 0)
		return "level";
	if (statement->chain_number == 0 && !digest_equal(&statement->chain_digest, &none))
		return "chain";
	if (statement->amount_field != 0 && statement->amount_max == 0)
		return "amount-field";
	return wrong_order(statement);
}

enum err
statement_write(struct bytes *out, const struct statement *statement, struct err_info *info)
{
	const struct statement_grammar *grammar = statement_grammar_of(statement->type);
	const char *wrong = wrong_line(statement);
	struct bytes text = {0};
	struct statement_writer writer;
	enum err err;

	assert(!statement->is_dense || statement->type == STATEMENT_OPEN_EPOCH);
	if (wrong != NULL)
		return err_set(info, ERR_RULE,
		               _("a statement of type \"%s\" does not hold together at its line \"%s\""), grammar->name,
		               wrong);
	statement_writer_init_version(&writer, &text, grammar->name, statement->is_dense ? 2 : 1, info);
	for (const struct statement_line *line = grammar->lines; line->key != NULL; line++)
		put_line(&writer, statement, line);
	err = statement_writer_end(&writer);
	if (err == ERR_OK)
		err = bytes_append_view(out, bytes_view(&text), info);
	bytes_release(&text);
	return err;
}

void
statement_release(struct statement *statement)
{
	arena_release(&statement->arena);
	*statement = (struct statement){0};
}

enum seal_namespace
statement_namespace(enum statement_type type)
{
	return type == STATEMENT_CARD ? SEAL_NAMESPACE_CARD : SEAL_NAMESPACE_ROSTER;
}

enum err
statement_make(struct bytes *out, const struct statement *statement, const struct seal_node_key *key,
               struct err_info *info)
{
	enum seal_namespace name_space = statement_namespace(statement->type);
	struct statement_signed signed_text;
	struct bytes text = {0};
	enum err err = statement_write(&text, statement, info);

	if (err == ERR_OK)
		err = statement_sign(&signed_text, key, name_space, bytes_view(&text), info);
	if (err == ERR_OK)
		err = statement_join(out, &signed_text, name_space, info);
	bytes_release(&text);
	return err;
}

void
statement_fingerprint(struct seal_fingerprint *out, const struct statement *statement)
{
	uint8_t message[SEAL_SUITE_BYTES + NODE_CODE_BYTES + 2 * SEAL_PUBLIC_KEY_BYTES + ID_BYTES];
	uint8_t *at = message;

	store_u16(at, SEAL_SUITE);
	at += SEAL_SUITE_BYTES;
	memcpy(at, statement->node.text, NODE_CODE_BYTES); /* zero-filled */
	at += NODE_CODE_BYTES;
	memcpy(at, statement->keys.sign.bytes, SEAL_PUBLIC_KEY_BYTES);
	at += SEAL_PUBLIC_KEY_BYTES;
	memcpy(at, statement->keys.seal.bytes, SEAL_PUBLIC_KEY_BYTES);
	at += SEAL_PUBLIC_KEY_BYTES;
	memcpy(at, statement->partition.bytes, ID_BYTES);
	seal_fingerprint_of(out, view_of(message, sizeof(message)));
}

enum err
statement_wire_write(struct bytes *out, struct view text, const struct seal_signature *signature, struct err_info *info)
{
	size_t size = out->size;
	enum err err = bytes_append_view(out, text, info);

	if (err == ERR_OK)
		err = bytes_append(out, signature->bytes, SEAL_SIGNATURE_BYTES, info);
	if (err != ERR_OK)
		out->size = size;
	return err;
}

enum err
statement_wire_read(struct view *text_out, struct seal_signature *signature_out, struct view wire,
                    struct err_info *info)
{
	if (wire.size > LIMIT_STATEMENT_BYTES_MAX + SEAL_SIGNATURE_BYTES)
		return err_set(info, ERR_TOO_BIG, _("a signed text of %zu bytes; the limit is %d"), wire.size,
		               LIMIT_STATEMENT_BYTES_MAX);
	if (wire.size <= SEAL_SIGNATURE_BYTES)
		return err_set(info, ERR_FORMAT, _("a signed text of %zu bytes is too short for its signature"),
		               wire.size);
	*text_out = view_of(wire.data, wire.size - SEAL_SIGNATURE_BYTES);
	memcpy(signature_out->bytes, wire.data + text_out->size, SEAL_SIGNATURE_BYTES);
	return ERR_OK;
}
