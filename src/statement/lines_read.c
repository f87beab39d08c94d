#include <string.h>

#include "seal/sign.h"
#include "statement/lines.h"
#include "text/date.h"
#include "text/text.h"

enum {
	DECIMAL = 10,
	HEX_DIGITS_PER_BYTE = 2,
	LINE_SHOWN_BYTES = 40,
	SSH_KEY_BLOB_BYTES = 51, /* str("ssh-ed25519") str(key 32) */
	SSH_KEY_PREFIX_BYTES = SSH_KEY_BLOB_BYTES - SEAL_PUBLIC_KEY_BYTES,
};

static const char SEAL_KEY_WORD[] = "x25519 ";
static const char SIGN_KEY_WORD[] = "ssh-ed25519 ";
static const char DIGEST_WORD[] = "b2:";

/* Takes a word off the front of the view; false, and nothing taken, if something else is there. */
static bool
take_word(struct view *text, const char *word)
{
	size_t size = strlen(word);

	if (text->size < size || memcmp(text->data, word, size) != 0)
		return false;
	text->data += size;
	text->size -= size;
	return true;
}

bool
statement_number_read(uint64_t *out, struct view text, uint64_t number_max)
{
	uint64_t number = 0;

	if (text.size == 0 || (text.data[0] == '0' && text.size > 1))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		uint64_t digit;

		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		digit = (uint64_t)(text.data[i] - '0');
		if (number > (number_max - digit) / DECIMAL || digit > number_max)
			return false;
		number = number * DECIMAL + digit;
	}
	*out = number;
	return true;
}

struct view
statement_word(struct view *value)
{
	struct view word = *value;
	const uint8_t *blank = value->size > 0 ? memchr(value->data, ' ', value->size) : NULL;

	if (blank == NULL) {
		*value = (struct view){0};
		return word;
	}
	word.size = (size_t)(blank - value->data);
	value->data += word.size + 1;
	value->size -= word.size + 1;
	return word;
}

static struct view
first_line(struct view text)
{
	const uint8_t *end = text.size > 0 ? memchr(text.data, '\n', text.size) : NULL;

	return end == NULL ? text : view_of(text.data, (size_t)(end - text.data));
}

/* "tiersync-TYPE N"; 0: something else. */
static uint32_t
version_of(struct view line, const char *type)
{
	uint64_t version;

	return take_word(&line, "tiersync-") && take_word(&line, type) && take_word(&line, " ") &&
	                       statement_number_read(&version, line, UINT32_MAX)
	               ? (uint32_t)version
	               : 0;
}

void
statement_reader_init(struct statement_reader *reader, struct view text, const char *type, struct err_info *info)
{
	statement_reader_init_version(reader, text, type, 1, info);
}

void
statement_reader_init_version(struct statement_reader *reader, struct view text, const char *type, uint32_t version_max,
                              struct err_info *info)
{
	struct view line = first_line(text);
	uint32_t version = version_of(line, type);

	*reader = (struct statement_reader){text, type, version, info, ERR_OK};
	if (text.size > LIMIT_STATEMENT_BYTES_MAX)
		reader->err = err_set(info, ERR_TOO_BIG, _("a signed text of %zu bytes; the limit is %d"), text.size,
		                      LIMIT_STATEMENT_BYTES_MAX);
	else if (version > version_max)
		reader->err = err_set(info, ERR_VERSION,
		                      _("a \"%s\" text of a version that this program does not know"), type);
	else if (version == 0 || line.size == text.size)
		reader->err = err_set(info, ERR_FORMAT,
		                      _("not a \"%s\" text: it does not begin with \"tiersync-%s 1\""), type, type);
	else
		reader->rest = view_of(text.data + line.size + 1, text.size - line.size - 1);
}

bool
statement_reader_has(const struct statement_reader *reader, const char *key)
{
	struct view rest = reader->rest;

	return reader->err == ERR_OK && take_word(&rest, key) && take_word(&rest, " ");
}

void
statement_reader_fail(struct statement_reader *reader, const char *key)
{
	if (reader->err == ERR_OK)
		reader->err = err_set(reader->info, ERR_FORMAT,
		                      _("the \"%s\" text is not well formed: expected a correct line \"%s\""),
		                      reader->type, key);
}

struct view
statement_get(struct statement_reader *reader, const char *key)
{
	struct view value = {0};
	const uint8_t *end;

	if (reader->err != ERR_OK)
		return value;
	value = reader->rest;
	end = value.size > 0 ? memchr(value.data, '\n', value.size) : NULL;
	if (end == NULL || !take_word(&value, key) || !take_word(&value, " ") || value.data > end) {
		statement_reader_fail(reader, key);
		return (struct view){0};
	}
	value.size = (size_t)(end - value.data);
	if (memchr(value.data, '\0', value.size) != NULL) { /* no line has one, and C would read less than lies there */
		statement_reader_fail(reader, key);
		return (struct view){0};
	}
	reader->rest.size -= (size_t)(end + 1 - reader->rest.data);
	reader->rest.data = end + 1;
	return value;
}

struct view
statement_get_text(struct statement_reader *reader, const char *key, size_t size_max)
{
	struct view value = statement_get(reader, key);

	if (!statement_text_is_plain(value, size_max)) {
		statement_reader_fail(reader, key);
		return (struct view){0};
	}
	return value;
}

struct node_code
statement_get_code(struct statement_reader *reader, const char *key)
{
	struct node_code code = {{0}};

	if (!node_code_read(&code, statement_get(reader, key)))
		statement_reader_fail(reader, key);
	return code;
}

uint8_t
statement_get_level(struct statement_reader *reader, const char *key)
{
	uint8_t level = 0;

	if (!statement_level_read(&level, statement_get(reader, key)))
		statement_reader_fail(reader, key);
	return level;
}

uint64_t
statement_get_number(struct statement_reader *reader, const char *key, uint64_t number_max)
{
	uint64_t number = 0;

	if (!statement_number_read(&number, statement_get(reader, key), number_max))
		statement_reader_fail(reader, key);
	return number;
}

int64_t
statement_get_time(struct statement_reader *reader, const char *key)
{
	struct view value = statement_get(reader, key);
	char same[TEXT_TIME_BYTES];
	int64_t seconds = 0;

	if (reader->err != ERR_OK)
		return 0;
	/* one time, one spelling: always +08:00 */
	if (text_time_parse(&seconds, value, NULL) != ERR_OK || !text_time_format(same, seconds) ||
	    !view_equal(value, view_text(same)))
		statement_reader_fail(reader, key);
	return reader->err == ERR_OK ? seconds : 0;
}

bool
statement_get_bool(struct statement_reader *reader, const char *key)
{
	struct view value = statement_get(reader, key);

	if (view_equal(value, view_text("yes")))
		return true;
	if (!view_equal(value, view_text("no")))
		statement_reader_fail(reader, key);
	return false;
}

static void
get_hex(struct statement_reader *reader, const char *key, const char *word, uint8_t *out, size_t size)
{
	struct view value = statement_get(reader, key);

	if (reader->err == ERR_OK && (!take_word(&value, word) || !hex_read(out, size, value)))
		statement_reader_fail(reader, key);
	if (reader->err != ERR_OK)
		memset(out, 0, size);
}

struct id
statement_get_id(struct statement_reader *reader, const char *key)
{
	struct id id;

	get_hex(reader, key, "", id.bytes, ID_BYTES);
	return id;
}

struct oid
statement_get_oid(struct statement_reader *reader, const char *key)
{
	struct oid oid;

	get_hex(reader, key, "", oid.bytes, OID_BYTES);
	return oid;
}

struct digest
statement_get_digest(struct statement_reader *reader, const char *key)
{
	struct digest digest;

	get_hex(reader, key, DIGEST_WORD, digest.bytes, DIGEST_BYTES);
	return digest;
}

struct seal_public_key
statement_get_sign_key(struct statement_reader *reader, const char *key)
{
	static const uint8_t prefix[SSH_KEY_PREFIX_BYTES] = {
		0, 0, 0, 11, 's', 's', 'h', '-', 'e', 'd', '2', '5', '5', '1', '9', 0, 0, 0, SEAL_PUBLIC_KEY_BYTES};
	struct seal_public_key sign_key = {{0}};
	struct view value = statement_get(reader, key);
	struct bytes blob = {0};
	enum err err;

	if (reader->err != ERR_OK)
		return sign_key;
	err = take_word(&value, SIGN_KEY_WORD) ? seal_base64_read(&blob, value, NULL) : ERR_FORMAT;
	if (err == ERR_NOMEM)
		reader->err = err_nomem(reader->info);
	else if (err != ERR_OK || blob.size != SSH_KEY_BLOB_BYTES || memcmp(blob.data, prefix, sizeof(prefix)) != 0)
		statement_reader_fail(reader, key);
	else
		memcpy(sign_key.bytes, blob.data + sizeof(prefix), SEAL_PUBLIC_KEY_BYTES);
	bytes_release(&blob);
	return sign_key;
}

struct seal_public_key
statement_get_seal_key(struct statement_reader *reader, const char *key)
{
	struct seal_public_key seal_key;

	get_hex(reader, key, SEAL_KEY_WORD, seal_key.bytes, SEAL_PUBLIC_KEY_BYTES);
	return seal_key;
}

struct statement_reference
statement_get_reference(struct statement_reader *reader, const char *key)
{
	struct statement_reference reference = {{{0}}, 0, {0}};
	struct view value = statement_get(reader, key);
	uint64_t number = 0;

	if (!node_code_read(&reference.issuer, statement_word(&value)) ||
	    !statement_number_read(&number, statement_word(&value), LIMIT_CHAIN_STATEMENTS_MAX) || number == 0 ||
	    !hex_read(reference.digest, STATEMENT_REFERENCE_DIGEST_BYTES, value))
		statement_reader_fail(reader, key);
	reference.number = (uint32_t)number;
	return reference;
}

enum err
statement_reader_end(struct statement_reader *reader)
{
	if (reader->err == ERR_OK && reader->rest.size > 0) {
		struct view line = first_line(reader->rest);
		struct bytes shown = {0};

		if (line.size > LINE_SHOWN_BYTES)
			line.size = LINE_SHOWN_BYTES;
		if (text_escape(&shown, line, reader->info) != ERR_OK || bytes_text(&shown) == NULL)
			reader->err = err_nomem(reader->info);
		else
			reader->err = err_set(reader->info, ERR_FORMAT,
			                      _("the \"%s\" text has a line that is not expected: \"%s\""),
			                      reader->type, bytes_text(&shown));
		bytes_release(&shown);
	}
	return reader->err;
}

enum err
statement_lines_same(struct view read, struct view rebuilt, const char *type, struct err_info *info)
{
	if (view_equal(read, rebuilt))
		return ERR_OK;
	return err_set(info, ERR_FORMAT, _("the \"%s\" text is not spelled the one way that its content has"), type);
}
