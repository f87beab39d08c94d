#include "statement/lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "seal/sign.h"
#include "text/date.h"
#include "text/text.h"

enum {
	LEVELS = 5,
	HEX_DIGITS_PER_BYTE = 2,
};

static const char SEAL_KEY_WORD[] = "x25519 ";
static const char DIGEST_WORD[] = "b2:";

static const char *const level_names[LEVELS] = {"auditor", "township", "county", "city", "province"};

const char *
statement_level_name(uint8_t level)
{
	return level < LEVELS ? level_names[level] : NULL;
}

bool
statement_level_read(uint8_t *out, struct view text)
{
	for (uint8_t level = 0; level < LEVELS; level++) {
		if (view_equal(text, view_text(level_names[level]))) {
			*out = level;
			return true;
		}
	}
	return false;
}

/* Control, format and invisible characters, by code point ranges of Unicode 15; fixed here so that no library decides. */
static bool
is_invisible(uint32_t point)
{
	static const struct {
		uint32_t first;
		uint32_t last;
	} ranges[] = {
		{0x0000, 0x001f}, {0x007f, 0x00a0}, {0x00ad, 0x00ad}, {0x034f, 0x034f},   {0x061c, 0x061c},
		{0x115f, 0x1160}, {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x2000, 0x200f},
		{0x2028, 0x202f}, {0x205f, 0x206f}, {0x2800, 0x2800}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},
		{0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	}
	return false;
}

bool
statement_text_is_plain(struct view text, size_t size_max)
{
	if (text.size == 0 || text.size > size_max || !text_is_utf8(text))
		return false;
	if (text.data[0] == ' ' || text.data[text.size - 1] == ' ')
		return false;
	while (text.size > 0) {
		if (is_invisible(text_next(&text)))
			return false;
	}
	return true;
}

void
statement_writer_init(struct statement_writer *writer, struct bytes *out, const char *type, struct err_info *info)
{
	statement_writer_init_version(writer, out, type, 1, info);
}

void
statement_writer_init_version(struct statement_writer *writer, struct bytes *out, const char *type, uint32_t version,
                              struct err_info *info)
{
	*writer = (struct statement_writer){out, info, ERR_OK};
	writer->err = bytes_printf(out, info, "tiersync-%s %u\n", type, (unsigned)version);
}

void
statement_put_text(struct statement_writer *writer, const char *key, struct view text, size_t size_max)
{
	if (writer->err != ERR_OK)
		return;
	if (!statement_text_is_plain(text, size_max)) {
		writer->err = err_set(writer->info, ERR_RULE,
		                      _("the text for \"%s\" must be 1 to %zu bytes of UTF-8 without control or "
		                        "invisible characters and without a blank at either end"),
		                      key, size_max);
		return;
	}
	writer->err = bytes_printf(writer->out, writer->info, "%s ", key);
	if (writer->err == ERR_OK)
		writer->err = bytes_append_view(writer->out, text, writer->info);
	if (writer->err == ERR_OK)
		writer->err = bytes_append_byte(writer->out, '\n', writer->info);
}

void
statement_put_words(struct statement_writer *writer, const char *key, const char *format, ...)
{
	char words[LIMIT_MESSAGE_BYTES_MAX];
	va_list arguments;
	int size;

	if (writer->err != ERR_OK)
		return;
	va_start(arguments, format);
	size = vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	if (size < 0 || (size_t)size >= sizeof(words)) {
		writer->err = err_set(writer->info, ERR_TOO_BIG, _("the line \"%s\" has more than %zu bytes"), key,
		                      sizeof(words) - 1);
		return;
	}
	writer->err = bytes_printf(writer->out, writer->info, "%s %s\n", key, words);
}

void
statement_put_code(struct statement_writer *writer, const char *key, const struct node_code *code)
{
	struct node_code checked;

	if (!node_code_read(&checked, view_of(code->text, strnlen(code->text, NODE_CODE_BYTES))) &&
	    writer->err == ERR_OK) {
		writer->err = err_set(writer->info, ERR_RULE, _("\"%s\" is not the code of an office"), key);
		return;
	}
	statement_put_words(writer, key, "%s", code->text);
}

void
statement_put_level(struct statement_writer *writer, const char *key, uint8_t level)
{
	const char *name = statement_level_name(level);

	if (name == NULL && writer->err == ERR_OK)
		writer->err = err_set(writer->info, ERR_RULE, _("there is no level %u"), (unsigned)level);
	if (name != NULL)
		statement_put_words(writer, key, "%s", name);
}

void
statement_put_number(struct statement_writer *writer, const char *key, uint64_t number)
{
	statement_put_words(writer, key, "%llu", (unsigned long long)number);
}

void
statement_put_time(struct statement_writer *writer, const char *key, int64_t seconds)
{
	char text[TEXT_TIME_BYTES];

	if (writer->err != ERR_OK)
		return;
	if (!text_time_format(text, seconds)) {
		writer->err = err_set(writer->info, ERR_RULE, _("the time %lld is not in the years 1800 to 2200"),
		                      (long long)seconds);
		return;
	}
	statement_put_words(writer, key, "%s", text);
}

void
statement_put_bool(struct statement_writer *writer, const char *key, bool value)
{
	statement_put_words(writer, key, "%s", value ? "yes" : "no");
}

static void
put_hex(struct statement_writer *writer, const char *key, const char *word, struct view value)
{
	char hex[DIGEST_BYTES * HEX_DIGITS_PER_BYTE + 1];

	hex_write(hex, value);
	statement_put_words(writer, key, "%s%s", word, hex);
}

void
statement_put_id(struct statement_writer *writer, const char *key, const struct id *id)
{
	put_hex(writer, key, "", view_of(id->bytes, ID_BYTES));
}

void
statement_put_oid(struct statement_writer *writer, const char *key, const struct oid *oid)
{
	put_hex(writer, key, "", view_of(oid->bytes, OID_BYTES));
}

void
statement_put_digest(struct statement_writer *writer, const char *key, const struct digest *digest)
{
	put_hex(writer, key, DIGEST_WORD, view_of(digest->bytes, DIGEST_BYTES));
}

void
statement_put_sign_key(struct statement_writer *writer, const char *key, const struct seal_public_key *sign_key)
{
	if (writer->err != ERR_OK)
		return;
	writer->err = bytes_printf(writer->out, writer->info, "%s ", key);
	if (writer->err == ERR_OK)
		writer->err = seal_ssh_public_append(writer->out, sign_key, writer->info);
	if (writer->err == ERR_OK)
		writer->err = bytes_append_byte(writer->out, '\n', writer->info);
}

void
statement_put_seal_key(struct statement_writer *writer, const char *key, const struct seal_public_key *seal_key)
{
	put_hex(writer, key, SEAL_KEY_WORD, view_of(seal_key->bytes, SEAL_PUBLIC_KEY_BYTES));
}

void
statement_put_reference(struct statement_writer *writer, const char *key, const struct statement_reference *reference)
{
	char hex[STATEMENT_REFERENCE_DIGEST_BYTES * HEX_DIGITS_PER_BYTE + 1];

	hex_write(hex, view_of(reference->digest, STATEMENT_REFERENCE_DIGEST_BYTES));
	statement_put_words(writer, key, "%s %u %s", reference->issuer.text, (unsigned)reference->number, hex);
}

enum err
statement_writer_end(struct statement_writer *writer)
{
	if (writer->err == ERR_OK && writer->out->size > LIMIT_STATEMENT_BYTES_MAX)
		writer->err = err_set(writer->info, ERR_TOO_BIG, _("a signed text of %zu bytes; the limit is %d"),
		                      writer->out->size, LIMIT_STATEMENT_BYTES_MAX);
	return writer->err;
}
