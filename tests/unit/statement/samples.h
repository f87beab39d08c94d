/** One statement of every type, with fixed keys, and its text as the format says it (schema/statement-v1.md). */
#ifndef TESTS_STATEMENT_SAMPLES_H
#define TESTS_STATEMENT_SAMPLES_H

#include <string.h>

#include "statement/statement.h"

/* RFC 8032 section 7.1, test 1; RFC 7748 section 6.1, Alice */
#define SAMPLE_SIGN_KEY "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define SAMPLE_SEAL_KEY "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"

static const struct oid sample_tips[] = {{{0x11}}, {{0x12}}, {{0x13}}};
static const uint32_t sample_fields[] = {0, 4, 12};
static const struct id sample_ids[] = {{{0x31}}, {{0x32, 0x01}}};

static inline struct statement
sample_statement(enum statement_type type)
{
	static struct oid tips[3];
	static uint32_t fields[3];
	static struct id ids[2];
	static struct statement_head heads[2];
	struct statement statement = {.type = type, .number = 2, .time = 1751103600, .previous = {{0xaa}}};

	memcpy(tips, sample_tips, sizeof(tips));
	memcpy(fields, sample_fields, sizeof(fields));
	memcpy(ids, sample_ids, sizeof(ids));
	heads[0] = (struct statement_head){{{0x01}}, {{0x21}}, tips, 2};
	heads[1] = (struct statement_head){{{0x02}}, {{0x22}}, tips + 2, 1};
	(void)node_code_read(&statement.issuer, view_text("430300000000"));
	(void)node_code_read(&statement.node, view_text("430321000000.fin"));
	(void)hex_read(statement.keys.sign.bytes, 32, view_text(SAMPLE_SIGN_KEY));
	(void)hex_read(statement.keys.seal.bytes, 32, view_text(SAMPLE_SEAL_KEY));
	strcpy(statement.name, "湘潭县财政局");
	strcpy(statement.reason, "LOST");
	strcpy(statement.kind, "dibao_case");
	statement.level = 2;
	statement.partition = (struct id){{0x0a, 0x0b}};
	statement.is_confirmed = true;
	statement.is_hard = true;
	statement.key_id = (struct id){{0xee}};
	statement.chain_number = 5;
	statement.chain_digest = (struct digest){{0xcc}};
	statement.heads = heads;
	statement.head_count = 2;
	statement.version = 3;
	statement.digest = (struct digest){{0xdd}};
	statement.fields = fields;
	statement.field_count = 3;
	statement.amount_field = 7;
	statement.amount_max = 200000;
	statement.ids = ids;
	statement.id_count = 2;
	statement.first_day = 20270;
	statement.last_day = 20634;
	if (type == STATEMENT_ROOT) {
		statement.number = 1;
		statement.previous = (struct digest){{0}};
	}
	return statement;
}

#endif
