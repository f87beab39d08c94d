/** Inside statement: which lines each type of statement has. schema/statement-v1.md, section 3, is this table in words. */
#ifndef STATEMENT_GRAMMAR_H
#define STATEMENT_GRAMMAR_H

#include "statement/statement.h"

enum statement_value {
	VALUE_CODE,
	VALUE_LEVEL,
	VALUE_TEXT,
	VALUE_SIGN_KEY,
	VALUE_SEAL_KEY,
	VALUE_ID,
	VALUE_DIGEST,
	VALUE_BOOL,
	VALUE_U32,
	VALUE_U64,
	VALUE_TIME,
	VALUE_DAY,
	VALUE_CHAIN,  /* number and digest: chain_number, chain_digest */
	VALUE_HEADS,  /* any number of `head` lines, each with its `tip` lines */
	VALUE_FIELDS, /* any number of lines */
	VALUE_IDS,    /* any number of lines, ascending: ids */
};

struct statement_line {
	const char *key;
	enum statement_value value;
	bool is_optional; /* absent if and only if the member is zero */
	size_t offset;    /* of the member in struct statement */
	size_t size;
	uint64_t max; /* numbers: largest; texts: bytes */
};

enum {
	STATEMENT_LINES_MAX = 13
};

struct statement_grammar {
	const char *name;
	uint32_t version_max;                             /* the newest one of its text that is known */
	bool is_of_itself;                                /* `node` has no line: it is the issuer */
	struct statement_line lines[STATEMENT_LINES_MAX]; /* ends at a line without key */
};

const struct statement_grammar *statement_grammar_of(enum statement_type type);

#endif
