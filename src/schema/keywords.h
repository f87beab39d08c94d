/**
 * Inside schema: the keywords of one (sub)schema, told apart by a table. Unknown ones, and those with no meaning where they
 * stand, are refused by name.
 */
#ifndef SCHEMA_KEYWORDS_H
#define SCHEMA_KEYWORDS_H

#include "schema/builder.h"
#include "schema/decimal.h"

enum schema_keyword {
#define KEYWORD(id, text, places) SCHEMA_KEY_##id,
#include "schema/keywords.def"
#undef KEYWORD
	SCHEMA_KEYWORDS
};

/** Where a keyword may stand. */
enum schema_place {
	SCHEMA_AT_TOP = 1 << 0,    /* of a kind */
	SCHEMA_AT_FIELD = 1 << 1,  /* a property at the top of a kind */
	SCHEMA_AT_NESTED = 1 << 2, /* a property of a nested object */
	SCHEMA_AT_ITEM = 1 << 3,   /* the items of an array */
	SCHEMA_AT_CODES = 1 << 4,  /* top of a code-set file */
};

enum schema_json_type {
	SCHEMA_JSON_ANY,
	SCHEMA_JSON_STRING,
	SCHEMA_JSON_INTEGER,
	SCHEMA_JSON_NUMBER,
	SCHEMA_JSON_BOOLEAN,
	SCHEMA_JSON_ARRAY,
	SCHEMA_JSON_OBJECT,
};

struct schema_bound {
	bool is_given;
	bool is_exclusive;
	struct schema_decimal value;
};

/** Values borrow from the JSON tree. Numbers and counts are read and checked for form. */
struct schema_keywords {
	const struct json *values[SCHEMA_KEYWORDS]; /* NULL: not given */
	enum schema_json_type type;
	struct schema_bound bounds[4]; /* minimum, maximum, exclusiveMinimum, exclusiveMaximum */
	struct schema_bound multiple;
	uint32_t length_min;
	uint32_t length_max; /* UINT32_MAX: none */
	uint32_t items_min;
	uint32_t items_max; /* UINT32_MAX: none */
	bool items_unique;
};

/** ERR_FORMAT: not an object, a keyword outside the subset or in the wrong place, or one of the wrong form. */
enum err schema_keywords_read(struct schema_keywords *out, struct schema_builder *builder, const struct json *json,
                              enum schema_place place, struct err_info *info) MUST_USE;
const char *schema_keyword_text(enum schema_keyword keyword);
/** Refuse the first of the keywords given that is in the list (ended by SCHEMA_KEYWORDS): it means nothing for this type. */
enum err schema_keywords_refuse(const struct schema_keywords *keywords, struct schema_builder *builder,
                                const enum schema_keyword *list, struct err_info *info) MUST_USE;

/** Whether every bound given, and multipleOf, holds of a number. */
bool schema_bounds_hold(const struct schema_keywords *keywords, const struct schema_decimal *value);

#endif
