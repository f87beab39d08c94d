/** Inside schema: compiled conditions and terms of x-rules. */
#ifndef SCHEMA_TERM_H
#define SCHEMA_TERM_H

#include "schema/compile.h"

enum schema_term_type {
	SCHEMA_TERM_CONSTANT,
	SCHEMA_TERM_FIELD,
	SCHEMA_TERM_SUM,
	SCHEMA_TERM_MINUS,
	SCHEMA_TERM_TIMES,
	SCHEMA_TERM_COUNT,
	SCHEMA_TERM_TOTAL,
	SCHEMA_TERM_TRUE,
	SCHEMA_TERM_BIRTH,
	SCHEMA_TERM_AGE,
	SCHEMA_TERM_DAY_OF_TIME,
	SCHEMA_TERM_MONTH_OF_DAY,
};

/** What a term counts. Points in time are ordered from fine to coarse: a comparison is made in the coarser of two. */
enum schema_measure {
	SCHEMA_MEASURE_NUMBER,
	SCHEMA_MEASURE_TIME,
	SCHEMA_MEASURE_DAY,
	SCHEMA_MEASURE_MONTH,
};

struct schema_term {
	enum schema_term_type type;
	enum schema_measure measure;
	uint8_t scale;          /* digits behind the point */
	int64_t value;          /* CONSTANT */
	const uint32_t *fields; /* FIELD, COUNT, BIRTH, AGE: one; TRUE: several; TOTAL: list and member */
	size_t field_count;
	const struct schema_term *const *terms; /* operands; of SUM the point in time, if there is one, is the first */
	size_t term_count;
};

enum schema_condition_type {
	SCHEMA_IF_COMPARED,
	SCHEMA_IF_SAME, /* two fields, byte by byte */
	SCHEMA_IF_DIFFERENT,
	SCHEMA_IF_IN,
	SCHEMA_IF_HAS,
	SCHEMA_IF_LACKS,
	SCHEMA_IF_ALL,
	SCHEMA_IF_ANY,
	SCHEMA_IF_NOT,
};

enum schema_comparison {
	SCHEMA_LESS,
	SCHEMA_LESS_EQUAL,
	SCHEMA_EQUAL,
	SCHEMA_NOT_EQUAL,
	SCHEMA_GREATER_EQUAL,
	SCHEMA_GREATER,
};

struct schema_if {
	enum schema_condition_type type;
	enum schema_comparison comparison;  /* COMPARED */
	const struct schema_term *terms[2]; /* COMPARED */
	const uint32_t *fields;             /* SAME, DIFFERENT, HAS, LACKS */
	size_t field_count;
	const struct schema_choice *values; /* IN: by field; a list holds one of the values */
	size_t value_count;
	const struct schema_if *const *parts; /* ALL, ANY, NOT */
	size_t part_count;
};

/** Reading one rule: bounds, and which fields it reads. */
struct schema_rule_reading {
	struct schema_builder *builder;
	const struct schema_object *object;
	size_t size;      /* conditions and terms so far */
	uint32_t *fields; /* ascending; room for all of the object */
	size_t field_count;
};

/** ERR_TOO_BIG past LIMIT_RULE_TERMS_MAX. */
enum err schema_rule_grow(struct schema_rule_reading *reading, struct err_info *info) MUST_USE;
/** A field that the rule reads, by name. */
enum err schema_rule_field(const struct schema_field **out, struct schema_rule_reading *reading,
                           const struct json *name, struct err_info *info) MUST_USE;
/** Several of them, or one name without brackets. */
enum err schema_rule_fields(const uint32_t **out, size_t *count_out, struct schema_rule_reading *reading,
                            const struct json *names, struct err_info *info) MUST_USE;
enum err schema_read_term(const struct schema_term **out, struct schema_rule_reading *reading, const struct json *json,
                          struct err_info *info) MUST_USE;
/** Bring two terms to one measure and one scale. ERR_FORMAT: a number with a day, other digits behind the point. */
enum err schema_pair_terms(const struct schema_term *pair[2], struct schema_rule_reading *reading,
                           struct err_info *info) MUST_USE;
/** x-rules of a kind, added to `rules` behind `*count`. */
enum err schema_compile_declared(struct schema_rule *rules, size_t *count, struct schema_builder *builder,
                                 const struct json *json, const struct schema_object *object,
                                 struct err_info *info) MUST_USE;

#endif
