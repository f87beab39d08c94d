#include "roster/answer.h"

#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"

static const uint8_t MAGIC[] = {'T', 'S', 'A', '1'};

enum {
	FIELD_NODE = 1,
	FIELD_ISSUER = 2,
	FIELD_STATEMENTS = 3,
	FIELD_SETS = 4,
	MAGIC_NAME_BYTES = 3, /* without its version digit */
};

static enum err
write_code(struct bytes *out, uint64_t key, const struct node_code *code, struct err_info *info)
{
	enum err err = codec_write_uint(out, key, info);

	return err == ERR_OK ? codec_write_str(out, view_text(code->text), info) : err;
}

static enum err
write_statements(struct bytes *out, const struct roster_statement *items, size_t count, struct err_info *info)
{
	struct bytes wire = {0};
	enum err err = codec_write_uint(out, FIELD_STATEMENTS, info);

	if (err == ERR_OK)
		err = codec_write_array(out, count, info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		bytes_clear(&wire);
		err = statement_wire_write(&wire, items[i].text, &items[i].sshsig.signature, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, bytes_view(&wire), info);
	}
	bytes_release(&wire);
	return err;
}

static enum err
write_sets(struct bytes *out, const struct view *sets, size_t count, struct err_info *info)
{
	enum err err;

	if (count == 0)
		return ERR_OK;
	err = codec_write_uint(out, FIELD_SETS, info);
	if (err == ERR_OK)
		err = codec_write_array(out, count, info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = codec_write_bin(out, sets[i], info);
	return err;
}

enum err
roster_answer_write(struct bytes *out, const struct roster *roster, const struct node_code *issuer,
                    const struct node_code *node, const struct view *schema_sets, size_t schema_set_count,
                    struct err_info *info)
{
	struct roster_statement *items = NULL;
	size_t count = 0;
	size_t size = out->size;
	enum err err = roster_newer(&items, &count, roster, node, NULL, 0, info);

	if (err == ERR_OK && (schema_set_count > LIMIT_ANSWER_SETS_MAX || count > LIMIT_ANSWER_STATEMENTS_MAX))
		err = err_set(info, ERR_TOO_BIG,
		              _("an answer with %zu statements and %zu schema sets; the limits are %d and %d"), count,
		              schema_set_count, LIMIT_ANSWER_STATEMENTS_MAX, LIMIT_ANSWER_SETS_MAX);
	if (err == ERR_OK)
		err = bytes_append(out, MAGIC, sizeof(MAGIC), info);
	if (err == ERR_OK)
		err = codec_write_map(out, schema_set_count == 0 ? FIELD_STATEMENTS : FIELD_SETS, info);
	if (err == ERR_OK)
		err = write_code(out, FIELD_NODE, node, info);
	if (err == ERR_OK)
		err = write_code(out, FIELD_ISSUER, issuer, info);
	if (err == ERR_OK)
		err = write_statements(out, items, count, info);
	if (err == ERR_OK)
		err = write_sets(out, schema_sets, schema_set_count, info);
	if (err == ERR_OK && out->size - size > LIMIT_ANSWER_BYTES_MAX)
		err = err_set(info, ERR_TOO_BIG, _("an answer of %zu bytes; the limit is %d"), out->size - size,
		              LIMIT_ANSWER_BYTES_MAX);
	if (err != ERR_OK)
		out->size = size;
	free(items);
	return err;
}

static enum err
read_field(struct codec_reader *reader, uint32_t expected, struct err_info *info)
{
	uint32_t key = expected - 1; /* all fields before it were read */
	enum err err = codec_read_key(&key, reader, expected - 1, info);

	if (err == ERR_OK && key != expected)
		return err_set(info, ERR_FORMAT, _("an answer to a card has field %u where %u must be"), (unsigned)key,
		               (unsigned)expected);
	return err;
}

static enum err
read_code(struct codec_reader *reader, uint32_t field, struct node_code *out, struct err_info *info)
{
	struct view text;
	enum err err = read_field(reader, field, info);

	if (err == ERR_OK)
		err = codec_read_str_max(&text, reader, NODE_CODE_BYTES, info);
	if (err == ERR_OK && !node_code_read(out, text))
		return err_set(info, ERR_FORMAT, _("an answer to a card names no office in field %u"), (unsigned)field);
	return err;
}

static enum err
read_count(size_t *out, struct codec_reader *reader, size_t count_max, struct err_info *info)
{
	enum err err = codec_read_array(out, reader, info);

	if (err == ERR_OK && *out == 0)
		return err_set(info, ERR_FORMAT, _("an answer to a card has an empty list"));
	if (err == ERR_OK && *out > count_max)
		return err_set(info, ERR_TOO_BIG, _("an answer to a card has a list of %zu; the limit is %zu"), *out,
		               count_max);
	return err;
}

static enum err
read_statements(struct codec_reader *reader, struct roster_answer *out, struct err_info *info)
{
	size_t count;
	enum err err = read_count(&count, reader, LIMIT_ANSWER_STATEMENTS_MAX, info);

	if (err != ERR_OK)
		return err;
	if (count > codec_left(reader) / SEAL_SIGNATURE_BYTES)
		return err_set(info, ERR_FORMAT,
		               _("an answer to a card claims %zu statements, which it is too short for"), count);
	out->statements = calloc(count, sizeof(*out->statements));
	if (out->statements == NULL)
		return err_nomem(info);
	out->statement_count = count;
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct statement_signed *item = &out->statements[i];
		struct view wire;

		err = codec_read_bin(&wire, reader, info);
		if (err == ERR_OK)
			err = statement_wire_read(&item->text, &item->sshsig.signature, wire, info);
	}
	return err;
}

static enum err
read_sets(struct codec_reader *reader, struct roster_answer *out, struct err_info *info)
{
	size_t count;
	enum err err = read_count(&count, reader, LIMIT_ANSWER_SETS_MAX, info);

	if (err != ERR_OK)
		return err;
	out->schema_sets = calloc(count, sizeof(*out->schema_sets));
	if (out->schema_sets == NULL)
		return err_nomem(info);
	out->schema_set_count = count;
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		err = codec_read_bin(&out->schema_sets[i], reader, info);
		if (err == ERR_OK && out->schema_sets[i].size > LIMIT_SCHEMA_SET_BYTES_MAX)
			err = err_set(info, ERR_TOO_BIG, _("a schema set of %zu bytes; the limit is %d"),
			              out->schema_sets[i].size, LIMIT_SCHEMA_SET_BYTES_MAX);
	}
	return err;
}

static enum err
read_magic(struct view file, struct err_info *info)
{
	if (file.size > LIMIT_ANSWER_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("an answer of %zu bytes; the limit is %d"), file.size,
		               LIMIT_ANSWER_BYTES_MAX);
	if (file.size < sizeof(MAGIC) || memcmp(file.data, MAGIC, MAGIC_NAME_BYTES) != 0)
		return err_set_advised(info, ERR_FORMAT, ADVICE_WRONG_FILE,
		                       _("not an answer to a card: it does not begin with TSA1"));
	if (file.data[MAGIC_NAME_BYTES] == MAGIC[MAGIC_NAME_BYTES])
		return ERR_OK;
	if (file.data[MAGIC_NAME_BYTES] > '1' && file.data[MAGIC_NAME_BYTES] <= '9')
		return err_set(info, ERR_VERSION,
		               _("an answer to a card of version %c, which this program does not know"),
		               file.data[MAGIC_NAME_BYTES]);
	return err_set_advised(info, ERR_FORMAT, ADVICE_WRONG_FILE,
	                       _("not an answer to a card: it does not begin with TSA1"));
}

enum err
roster_answer_read(struct roster_answer *out, struct view file, struct err_info *info)
{
	struct roster_answer answer = {0};
	struct codec_reader reader;
	size_t count = 0;
	enum err err = read_magic(file, info);

	if (err != ERR_OK)
		return err;
	reader = codec_reader_of(view_of(file.data + sizeof(MAGIC), file.size - sizeof(MAGIC)));
	err = codec_read_map(&count, &reader, info);
	if (err == ERR_OK && count != FIELD_STATEMENTS && count != FIELD_SETS)
		err = err_set(info, ERR_FORMAT, _("an answer to a card has %zu fields"), count);
	if (err == ERR_OK)
		err = read_code(&reader, FIELD_NODE, &answer.node, info);
	if (err == ERR_OK)
		err = read_code(&reader, FIELD_ISSUER, &answer.issuer, info);
	if (err == ERR_OK)
		err = read_field(&reader, FIELD_STATEMENTS, info);
	if (err == ERR_OK)
		err = read_statements(&reader, &answer, info);
	if (err == ERR_OK && count == FIELD_SETS) {
		err = read_field(&reader, FIELD_SETS, info);
		if (err == ERR_OK)
			err = read_sets(&reader, &answer, info);
	}
	if (err == ERR_OK)
		err = codec_end(&reader, info);
	if (err == ERR_OK) {
		statement_digest(&answer.root, answer.statements[0].text);
		*out = answer;
		answer = (struct roster_answer){0};
	}
	roster_answer_release(&answer);
	return err;
}

void
roster_answer_release(struct roster_answer *answer)
{
	free(answer->statements);
	free(answer->schema_sets);
	*answer = (struct roster_answer){0};
}

enum err
roster_answer_fingerprint(struct seal_fingerprint *out, const struct roster_answer *answer, struct err_info *info)
{
	struct statement statement = {0};
	enum err err = statement_read(&statement, answer->statements[0].text, info);

	if (err == ERR_OK && statement.type != STATEMENT_ROOT)
		err = err_set(info, ERR_FORMAT, _("an answer to a card does not begin with the statement of a root"));
	if (err == ERR_OK)
		statement_fingerprint(out, &statement);
	statement_release(&statement);
	return err;
}

enum err
roster_answer_roster(struct roster **out, const struct roster_answer *answer, struct err_info *info)
{
	struct roster *roster = NULL;
	enum err err = roster_new(&roster, &answer->root, info);

	for (size_t i = 0; err == ERR_OK && i < answer->statement_count; i++)
		err = roster_add(roster, answer->statements[i].text, &answer->statements[i].sshsig.signature, NULL,
		                 info);
	if (err == ERR_OK) {
		*out = roster;
		roster = NULL;
	}
	roster_free(roster);
	return err;
}
