#include <assert.h>
#include <string.h>

#include "statement/grammar.h"
#include "text/date.h"

/* How many lines of the rest begin with this key: a bound for what is allocated. */
static size_t
count_lines(const struct statement_reader *reader, const char *key)
{
	struct statement_reader ahead = *reader;
	size_t count = 0;

	while (ahead.rest.size > 0) {
		const uint8_t *end = memchr(ahead.rest.data, '\n', ahead.rest.size);

		count += statement_reader_has(&ahead, key) ? 1 : 0;
		if (end == NULL)
			break;
		ahead.rest.size -= (size_t)(end + 1 - ahead.rest.data);
		ahead.rest.data = end + 1;
	}
	return count;
}

static void *
get_array(struct statement_reader *reader, struct statement *statement, size_t count, size_t size)
{
	void *array = arena_get(&statement->arena, count * size);

	if (array == NULL && reader->err == ERR_OK)
		reader->err = err_nomem(reader->info);
	return array;
}

static void
get_chain(struct statement_reader *reader, const struct statement_line *line, struct statement *out)
{
	struct view value = statement_get(reader, line->key);
	uint64_t number = 0;

	if (!statement_number_read(&number, statement_word(&value), line->max) || value.size <= 3 ||
	    memcmp(value.data, "b2:", 3) != 0 ||
	    !hex_read(out->chain_digest.bytes, DIGEST_BYTES, view_of(value.data + 3, value.size - 3)))
		statement_reader_fail(reader, line->key);
	out->chain_number = (uint32_t)number;
}

static void
get_heads(struct statement_reader *reader, struct statement *out)
{
	size_t tip_max = count_lines(reader, "tip");
	struct oid *tips = get_array(reader, out, tip_max, sizeof(*tips));
	size_t tip_count = 0;

	out->heads = get_array(reader, out, count_lines(reader, "head"), sizeof(*out->heads));
	while (statement_reader_has(reader, "head")) {
		struct view value = statement_get(reader, "head");
		struct statement_head *head = &out->heads[out->head_count++];

		if (!hex_read(head->partition.bytes, ID_BYTES, statement_word(&value)) ||
		    !hex_read(head->head.bytes, OID_BYTES, value))
			statement_reader_fail(reader, "head");
		head->tips = tips + tip_count;
		while (statement_reader_has(reader, "tip")) {
			tips[tip_count++] = statement_get_oid(reader, "tip");
			head->tip_count++;
		}
	}
}

static void
get_fields(struct statement_reader *reader, const struct statement_line *line, struct statement *out)
{
	size_t count = count_lines(reader, line->key);

	if (count > LIMIT_STATEMENT_FIELDS_MAX) {
		reader->err = err_set(reader->info, ERR_TOO_BIG, _("a statement names %zu fields; the limit is %d"),
		                      count, LIMIT_STATEMENT_FIELDS_MAX);
		return;
	}
	out->fields = get_array(reader, out, count, sizeof(*out->fields));
	while (statement_reader_has(reader, line->key)) {
		struct view value = statement_get(reader, line->key);
		uint64_t number = 0;

		if (!view_equal(value, view_text("existence")) &&
		    (!statement_number_read(&number, value, line->max) || number == 0))
			statement_reader_fail(reader, line->key);
		out->fields[out->field_count++] = (uint32_t)number;
	}
}

static void
get_ids(struct statement_reader *reader, const struct statement_line *line, struct statement *out)
{
	out->ids = get_array(reader, out, count_lines(reader, line->key), sizeof(*out->ids));
	while (statement_reader_has(reader, line->key))
		out->ids[out->id_count++] = statement_get_id(reader, line->key);
}

static void
get_text(struct statement_reader *reader, const struct statement_line *line, char *at)
{
	struct view value = statement_get_text(reader, line->key, (size_t)line->max);

	if (reader->err == ERR_OK)
		memcpy(at, value.data, value.size);
}

static int64_t
get_day(struct statement_reader *reader, const char *key)
{
	int64_t day = 0;

	if (text_date_parse(&day, statement_get(reader, key), NULL) != ERR_OK)
		statement_reader_fail(reader, key);
	return day;
}

/* A value of which the member's bytes are copied. */
static void
get_simple(struct statement_reader *reader, const struct statement_line *line, uint8_t *at)
{
	union {
		struct node_code code;
		struct seal_public_key key;
		struct id id;
		struct digest digest;
		uint32_t u32;
		uint64_t u64;
		int64_t i64;
		uint8_t level;
		bool is_so;
	} value = {{{0}}};

	switch (line->value) {
	case VALUE_CODE:
		value.code = statement_get_code(reader, line->key);
		break;
	case VALUE_LEVEL:
		value.level = statement_get_level(reader, line->key);
		break;
	case VALUE_SIGN_KEY:
		value.key = statement_get_sign_key(reader, line->key);
		break;
	case VALUE_SEAL_KEY:
		value.key = statement_get_seal_key(reader, line->key);
		break;
	case VALUE_ID:
		value.id = statement_get_id(reader, line->key);
		break;
	case VALUE_DIGEST:
		value.digest = statement_get_digest(reader, line->key);
		break;
	case VALUE_BOOL:
		value.is_so = statement_get_bool(reader, line->key);
		break;
	case VALUE_U32:
		value.u32 = (uint32_t)statement_get_number(reader, line->key, line->max);
		break;
	case VALUE_U64:
		value.u64 = statement_get_number(reader, line->key, line->max);
		break;
	case VALUE_TIME:
		value.i64 = statement_get_time(reader, line->key);
		break;
	case VALUE_DAY:
		value.i64 = get_day(reader, line->key);
		break;
	case VALUE_TEXT:
	case VALUE_CHAIN:
	case VALUE_HEADS:
	case VALUE_FIELDS:
	case VALUE_IDS:
		assert(false && "not a simple value");
		break;
	}
	memcpy(at, &value, line->size);
}

static void
get_line(struct statement_reader *reader, const struct statement_line *line, struct statement *out)
{
	uint8_t *at = (uint8_t *)out + line->offset;

	if (line->is_optional && !statement_reader_has(reader, line->key))
		return;
	if (line->value == VALUE_CHAIN)
		get_chain(reader, line, out);
	else if (line->value == VALUE_HEADS)
		get_heads(reader, out);
	else if (line->value == VALUE_FIELDS)
		get_fields(reader, line, out);
	else if (line->value == VALUE_IDS)
		get_ids(reader, line, out);
	else if (line->value == VALUE_TEXT)
		get_text(reader, line, (char *)at);
	else
		get_simple(reader, line, at);
}

/* The word between "tiersync-" and the blank of the first line. */
static enum err
read_type(enum statement_type *out, struct view text, struct err_info *info)
{
	struct view line = text;
	struct view word = statement_word(&line);

	for (int type = 0; type < STATEMENT_TYPES; type++) {
		const char *name = statement_type_name((enum statement_type)type);
		size_t size = strlen(name);

		if (word.size == sizeof("tiersync-") - 1 + size &&
		    memcmp(word.data, "tiersync-", word.size - size) == 0 &&
		    memcmp(word.data + word.size - size, name, size) == 0) {
			*out = (enum statement_type)type;
			return ERR_OK;
		}
	}
	return err_set(info, ERR_FORMAT, _("not a statement: it begins with no known \"tiersync-TYPE 1\""));
}

/* Its own text again; what cannot be written cannot have been read rightly. */
static enum err
check_rebuilt(const struct statement *statement, struct view text, struct err_info *info)
{
	struct bytes rebuilt = {0};
	enum err err = statement_write(&rebuilt, statement, info);

	if (err == ERR_OK)
		err = statement_lines_same(text, bytes_view(&rebuilt), statement_type_name(statement->type), info);
	else if (err == ERR_RULE)
		err = err_in(info, ERR_FORMAT, _("not a statement"));
	bytes_release(&rebuilt);
	return err;
}

enum err
statement_read(struct statement *out, struct view text, struct err_info *info)
{
	struct statement result = {0};
	struct statement_reader reader;
	const struct statement_grammar *grammar;
	enum err err = read_type(&result.type, text, info);

	if (err != ERR_OK)
		return err;
	grammar = statement_grammar_of(result.type);
	statement_reader_init_version(&reader, text, grammar->name, grammar->version_max, info);
	result.is_dense = reader.version == 2;
	for (const struct statement_line *line = grammar->lines; line->key != NULL && reader.err == ERR_OK; line++)
		get_line(&reader, line, &result);
	err = statement_reader_end(&reader);
	if (result.type == STATEMENT_CARD)
		result.issuer = result.node;
	else if (grammar->is_of_itself)
		result.node = result.issuer;
	if (err == ERR_OK)
		err = check_rebuilt(&result, text, info);
	if (err == ERR_OK)
		*out = result;
	else
		statement_release(&result);
	return err;
}

enum err
statement_card_read(struct statement *out, struct view file, struct err_info *info)
{
	struct statement card = {0};
	struct statement_signed signed_text;
	enum err err = statement_split(&signed_text, file, SEAL_NAMESPACE_CARD, info);

	if (err == ERR_OK)
		err = statement_read(&card, signed_text.text, info);
	if (err == ERR_OK && card.type != STATEMENT_CARD)
		err = err_set(info, ERR_FORMAT, _("not a card but a statement of type \"%s\""),
		              statement_type_name(card.type));
	if (err == ERR_FORMAT)
		err = err_advise(info, err, ADVICE_WRONG_FILE);
	if (err == ERR_OK && !seal_public_key_equal(&signed_text.sshsig.signer, &card.keys.sign))
		err = err_set(info, ERR_AUTH, _("the card of %s is not signed by the key that it names"),
		              card.node.text);
	if (err == ERR_OK)
		err = seal_public_check(&card.keys, info);
	if (err == ERR_OK)
		err = statement_verify(&signed_text, SEAL_NAMESPACE_CARD, info);
	if (err == ERR_OK) {
		*out = card;
		card = (struct statement){0};
	}
	statement_release(&card);
	return err;
}
