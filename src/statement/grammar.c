#include "statement/grammar.h"

#include <stddef.h>

#define MEMBER(member) offsetof(struct statement, member), sizeof(((struct statement *)NULL)->member)

#define LINE(key, value, member, max)                                                                                  \
	{                                                                                                              \
		key, value, false, MEMBER(member), max                                                                 \
	}
#define LINE_OPTIONAL(key, value, member, max)                                                                         \
	{                                                                                                              \
		key, value, true, MEMBER(member), max                                                                  \
	}

/* number 1 has no `previous` */
#define LINES_OF_CHAIN                                                                                                 \
	LINE("issuer", VALUE_CODE, issuer, 0), LINE("number", VALUE_U32, number, LIMIT_CHAIN_STATEMENTS_MAX),          \
		LINE_OPTIONAL("previous", VALUE_DIGEST, previous, 0), LINE("time", VALUE_TIME, time, 0)
#define LINE_NODE LINE("node", VALUE_CODE, node, 0)
#define LINE_LEVEL LINE("level", VALUE_LEVEL, level, 0)
#define LINE_NAME LINE("name", VALUE_TEXT, name, LIMIT_NAME_BYTES_MAX)
#define LINES_OF_KEYS LINE("sign-key", VALUE_SIGN_KEY, keys.sign, 0), LINE("seal-key", VALUE_SEAL_KEY, keys.seal, 0)
#define LINE_PARTITION LINE("partition", VALUE_ID, partition, 0)
#define LINE_CONFIRMED LINE("confirmed", VALUE_BOOL, is_confirmed, 0)
#define LINE_REASON LINE_OPTIONAL("reason", VALUE_TEXT, reason, LIMIT_REASON_BYTES_MAX)
#define LINE_CHAIN_OPTIONAL LINE_OPTIONAL("chain", VALUE_CHAIN, chain_number, LIMIT_CHAIN_STATEMENTS_MAX)
#define LINE_HEADS LINE_OPTIONAL("head", VALUE_HEADS, head_count, 0)
#define LINES_OF_SCOPE                                                                                                 \
	LINE_OPTIONAL("kind", VALUE_TEXT, kind, LIMIT_NAME_BYTES_MAX),                                                 \
		LINE_OPTIONAL("field", VALUE_FIELDS, field_count, LIMIT_FIELD_NUMBER_MAX)

static const struct statement_grammar grammars[STATEMENT_TYPES] = {
	[STATEMENT_CARD] = {"card",
                            1,
                            false,
                            {LINE_NODE, LINE_LEVEL, LINE_NAME, LINES_OF_KEYS,
                             LINE_OPTIONAL("partition", VALUE_ID, partition, 0), LINE("time", VALUE_TIME, time, 0)}},
	[STATEMENT_ROOT] = {"root", 1, true, {LINES_OF_CHAIN, LINE_LEVEL, LINE_NAME, LINES_OF_KEYS, LINE_PARTITION}},
	[STATEMENT_ENROL] = {"enrol",
                             1,
                             false,
                             {LINES_OF_CHAIN, LINE_NODE, LINE_LEVEL, LINE_NAME, LINES_OF_KEYS, LINE_PARTITION,
                              LINE_CONFIRMED}},
	[STATEMENT_REPLACE] = {"replace",
                               1,
                               false,
                               {LINES_OF_CHAIN, LINE_NODE, LINES_OF_KEYS, LINE_CONFIRMED, LINE_REASON,
                                LINE_CHAIN_OPTIONAL, LINE_HEADS}},
	[STATEMENT_ROTATE] = {"rotate", 1, true, {LINES_OF_CHAIN, LINES_OF_KEYS}},
	[STATEMENT_REVOKE] = {"revoke",
                              1,
                              false,
                              {LINES_OF_CHAIN, LINE_NODE, LINE("key-id", VALUE_ID, key_id, 0), LINE_REASON,
                               LINE_CHAIN_OPTIONAL, LINE_HEADS}},
	[STATEMENT_SETTLE] = {"settle",
                              1,
                              false,
                              {LINES_OF_CHAIN, LINE_NODE,
                               LINE("chain", VALUE_CHAIN, chain_number, LIMIT_CHAIN_STATEMENTS_MAX)}},
	[STATEMENT_DELEGATE] = {"delegate",
                                1,
                                false,
                                {LINES_OF_CHAIN, LINE_NODE, LINES_OF_SCOPE,
                                 LINE_OPTIONAL("amount-field", VALUE_U32, amount_field, LIMIT_FIELD_NUMBER_MAX),
                                 LINE_OPTIONAL("amount-max", VALUE_U64, amount_max, INT64_MAX),
                                 LINE_OPTIONAL("first-day", VALUE_DAY, first_day, 0),
                                 LINE_OPTIONAL("last-day", VALUE_DAY, last_day, 0)}},
	[STATEMENT_WITHDRAW] = {"withdraw",
                                1,
                                false,
                                {LINES_OF_CHAIN, LINE_NODE, LINES_OF_SCOPE, LINE("hard", VALUE_BOOL, is_hard, 0)}},
	[STATEMENT_GRANT] = {"grant",
                             1,
                             false,
                             {LINES_OF_CHAIN, LINE_NODE, LINE_NAME, LINES_OF_KEYS,
                              LINE("read", VALUE_BOOL, may_read, 0), LINE_OPTIONAL("partition", VALUE_IDS, id_count, 0),
                              LINE_CONFIRMED}},
	[STATEMENT_SCHEMA_SET] = {"schema-set",
                                  1,
                                  true,
                                  {LINES_OF_CHAIN, LINE("version", VALUE_U32, version, UINT32_MAX),
                                   LINE("set", VALUE_DIGEST, digest, 0)}},
	[STATEMENT_RULES] = {"rules", 1, true, {LINES_OF_CHAIN, LINE("version", VALUE_U32, version, UINT32_MAX)}},
	[STATEMENT_OPEN_EPOCH] = {"open-epoch",
                                  2,
                                  true,
                                  {LINES_OF_CHAIN, LINE_PARTITION, LINE("epoch", VALUE_U32, version, LIMIT_EPOCH_MAX),
                                   LINE("commitment", VALUE_DIGEST, digest, 0),
                                   LINE_OPTIONAL("without", VALUE_IDS, id_count, 0)}},
};

const struct statement_grammar *
statement_grammar_of(enum statement_type type)
{
	return &grammars[type];
}

const char *
statement_type_name(enum statement_type type)
{
	return grammars[type].name;
}
