/**
 * Kinds and their fields, compiled from JSON Schema files: what every other module asks about a record's meaning.
 *
 * A schema set (schema/set.h) owns everything that is described here; all pointers and views are borrowed from it and
 * live as long. What was given out is never changed; a set compiles a kind when it is first asked for, so it is for one thread.
 * Values: schema/value.h. What changes between two sets: schema/check.h. Source: schema/kind-v1.md.
 */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include "base/ids.h"

struct schema_kind;
struct schema_set;

/** A field of a record: its number and its encoded value. An empty view: absent. */
struct schema_slice {
	uint32_t number;
	struct view value;
};

enum schema_language {
	SCHEMA_ENGLISH,
	SCHEMA_CHINESE,
};

/** Titles; `en` falls back to the name and `zh` to `en`, so neither is empty. */
struct schema_title {
	struct view zh;
	struct view en;
	bool has_zh; /* false: fallen back */
	bool has_en;
};

struct schema_code {
	struct view code;
	uint32_t number; /* how it is stored; unique in its set, never reused */
	struct schema_title title;
};

struct schema_codes {
	struct view name; /* "GENDER" */
	struct schema_title title;
	struct view source;
	const struct schema_code *codes; /* in the file's order */
	size_t count;
	struct view text; /* the canonical JSON of the file */
	struct digest digest;
	const void *lookup; /* private */
};

enum schema_type {
	SCHEMA_STRING,     /* str */
	SCHEMA_INTEGER,    /* integer */
	SCHEMA_BOOLEAN,    /* bool */
	SCHEMA_NUMBER,     /* integer scaled by 10^scale */
	SCHEMA_DATE,       /* days since 1970-01-01 */
	SCHEMA_MONTH,      /* months since 1970-01 */
	SCHEMA_TIME,       /* unix seconds */
	SCHEMA_CITIZEN_ID, /* its first 17 digits */
	SCHEMA_DIVISION,   /* its 12 digits */
	SCHEMA_RECORD_ID,  /* bin 16 */
	SCHEMA_ENUM,       /* position in the list, from 1 */
	SCHEMA_CODE,       /* the code's number */
	SCHEMA_ARRAY,      /* array of item */
	SCHEMA_OBJECT,     /* map by x-field */
};

enum schema_merge {
	SCHEMA_MERGE_VALUE,
	SCHEMA_MERGE_SET,        /* an array; elements sorted by encoded bytes, unique */
	SCHEMA_MERGE_KEYED_LIST, /* an array of objects; sorted by the encoded member key, unique */
};

/** One line of x-authority: an office of a level, with the department behind the dot or the civil-affairs office. */
struct schema_writer {
	uint8_t level;          /* 1 township .. 4 province */
	struct view department; /* empty: the civil-affairs office */
};

struct schema_states;
struct schema_object;
struct schema_across;

struct schema_field {
	uint32_t number;  /* x-field; 0 for the items of an array */
	struct view name; /* of an item: the array's */
	struct schema_title title;
	enum schema_type type;
	enum schema_merge merge;
	uint8_t tier;  /* x-tier 0..3 */
	uint8_t scale; /* SCHEMA_NUMBER: decimal digits behind the point */
	bool is_required;
	bool is_enum_integer; /* the enum's values are integers in JSON */
	bool items_unique;
	int64_t minimum;     /* inclusive; INTEGER and NUMBER (scaled); INT64_MIN: none */
	int64_t maximum;     /* inclusive; INT64_MAX: none */
	int64_t multiple;    /* INTEGER: value is a multiple of it; 1: any */
	uint32_t length_min; /* characters */
	uint32_t length_max; /* UINT32_MAX: none but LIMIT_STRING_BYTES_MAX */
	uint32_t items_min;
	uint32_t items_max;             /* at most LIMIT_ARRAY_ITEMS_MAX */
	struct view unit;               /* x-unit, "fen"; may be empty */
	struct view description;        /* may be empty */
	struct view constant;           /* const, encoded; empty: none */
	const struct view *enum_values; /* texts in order; value i has position i + 1 */
	size_t enum_count;
	const struct schema_codes *codes;     /* SCHEMA_CODE */
	const struct schema_field *item;      /* SCHEMA_ARRAY */
	const struct schema_object *object;   /* SCHEMA_OBJECT */
	uint32_t member_key;                  /* KEYED_LIST: number of the member's field that names it */
	const struct schema_field *key_field; /* KEYED_LIST: that field */
	const struct schema_writer *writers;  /* x-authority */
	size_t writer_count;                  /* 0: the owner and its superiors */
	bool has_authority;                   /* x-authority is given */
	const uint32_t *depends_on;           /* numbers, ascending: this is a decision resting on those fields */
	size_t depends_count;
	const struct schema_states *states; /* x-states, or NULL */
};

/** The fields of a kind or of a nested object. */
struct schema_object {
	const struct schema_field *fields; /* by number, ascending */
	size_t count;
	const void *lookup; /* private */
};

/** The field has one of these encoded values; of a list or set: holds one of them. */
struct schema_choice {
	uint32_t field;
	const struct view *values;
	size_t count;
};

/** How a limit says when it ends. */
enum schema_limit_form {
	SCHEMA_LIMIT_WORKING_DAYS, /* these four: so many after `since` */
	SCHEMA_LIMIT_DAYS,
	SCHEMA_LIMIT_HOURS,
	SCHEMA_LIMIT_MONTHS,
	SCHEMA_LIMIT_AT,           /* the day, month or time of a field */
	SCHEMA_LIMIT_DAY_OF_MONTH, /* that day of the month of `since` */
	SCHEMA_LIMIT_MONTH_DAY,    /* the next such day of a year */
	SCHEMA_LIMIT_NAMED_DAY,    /* before the next such day of the calendar */
};

/**
 * A time limit of x-states: while a record is in one of the running statuses, and `until` does not say that it is done,
 * the clock runs from `since`. Source: schema/kind-v1.md, section 2.
 */
struct schema_limit {
	struct view name;           /* how policy names it */
	struct view rule;           /* where it stands, "MLA21 15"; may be empty */
	struct schema_title title;  /* falls back to the name */
	const struct view *running; /* encoded statuses */
	size_t running_count;
	uint32_t since; /* number of a date, month or date-time field; 0: when the status was written */
	uint32_t until; /* likewise; 0: only the status says it */
	enum schema_limit_form form;
	bool is_by_policy;                  /* no number of its own: no limit where policy has none */
	uint32_t amount;                    /* of the first four; DAY_OF_MONTH: 1 to 28; MONTH_DAY: 100 * month + day */
	uint32_t amount_field;              /* the integer field that holds it instead; 0: none */
	uint32_t at;                        /* AT: number of the field */
	struct view named_day;              /* NAMED_DAY */
	const struct schema_choice *wanted; /* `while`: all hold */
	size_t wanted_count;
	const struct schema_choice *unwanted; /* `unless`: not all of them hold */
	size_t unwanted_count;
	const struct view *stopped_in; /* encoded statuses in which the clock stands still */
	size_t stopped_count;
	bool is_at_least;              /* not before, instead of not after */
	uint8_t office_level;          /* 0: the owner */
	struct view office_department; /* empty: the civil-affairs office */
	uint32_t person;               /* number of the field that names who is responsible; 0: none */
};

/** From when to when a record was in a status: numbers of two date, month or date-time fields. */
struct schema_period {
	struct view status; /* encoded */
	uint32_t from;
	uint32_t to;
};

/** The status machine of x-states, over encoded values of its field. */
struct schema_state {
	struct view value;
	const struct view *next;
	size_t next_count;
	bool is_initial; /* a new record may have it */
	bool is_final;   /* nothing follows */
};

struct schema_states {
	const struct schema_state *states; /* sorted by value */
	size_t count;
	const struct schema_period *periods;
	size_t period_count;
	const struct schema_limit *limits;
	size_t limit_count;
};

enum schema_rule_type {
	SCHEMA_RULE_DECLARED, /* one of x-rules */
	SCHEMA_RULE_REQUIRED, /* "required:name": the field is there */
	SCHEMA_RULE_ITEMS,    /* "items:members": a joined set or list keeps its bounds */
};

struct schema_if;

/** A rule inside one record; schema/rule.h says whether it holds. */
struct schema_rule {
	struct view name; /* unique in the kind */
	struct schema_title title;
	struct view source; /* where it stands; may be empty */
	enum schema_rule_type type;
	const uint32_t *fields; /* the numbers of what it reads, ascending */
	size_t field_count;
	const struct schema_if *when; /* DECLARED; NULL: always */
	const struct schema_if *that;
};

enum schema_policy_type {
	SCHEMA_POLICY_NONE,
	SCHEMA_POLICY_CALENDAR,
	SCHEMA_POLICY_LIMIT,
	SCHEMA_POLICY_VALUE,
	SCHEMA_POLICY_ROW, /* dated and scoped, with a meaning of its own: standards */
};

/** For how many months an amount stands when the field of its period has this encoded value. */
struct schema_months {
	struct view value;
	uint32_t count;
};

/** x-policy: which fields of a kind say what. Numbers of fields; 0: absent. Source: schema/kind-v1.md, section 3b. */
struct schema_policy {
	enum schema_policy_type type;
	uint32_t from;
	uint32_t to;
	uint32_t region;
	uint32_t source;
	uint32_t off_days; /* CALENDAR */
	uint32_t worked_days;
	uint32_t named_days;
	uint32_t named_name; /* of a member of named_days */
	uint32_t named_day;
	uint32_t kind; /* LIMIT */
	uint32_t limit;
	uint32_t amount; /* ROW too; of VALUE the same as `value` */
	uint32_t unit;
	uint32_t stopped_in;
	uint32_t never_stops;
	uint32_t off;
	uint32_t name; /* VALUE */
	uint32_t value;
	uint32_t period;                    /* ROW: the field that says for how many months `amount` stands */
	const struct schema_months *months; /* its values */
	size_t months_count;
	const uint32_t *same; /* what two records of one matter agree in: x-key without `from` */
	size_t same_count;
};

struct schema_kind {
	struct view name; /* x-kind */
	struct schema_title title;
	struct view description;
	struct schema_object object;
	const uint32_t *key; /* x-key: numbers in the order given */
	size_t key_count;
	const struct schema_field *status;        /* the field with x-states, or NULL */
	const struct schema_across *rules_across; /* x-unique, x-excludes, x-requires; schema/across.h */
	size_t across_count;
	bool is_roll; /* x-roll: an external roll, kept at a hub where only the hub and the offices above read it */
	struct schema_policy policy;              /* x-policy; type NONE: none */
	const uint32_t *notice;                   /* x-notice: fields that a public notice shows, in this order */
	size_t notice_count;                      /* 0: nothing of this kind is ever put up */
	const struct schema_choice *notice_while; /* of which records: all hold */
	size_t notice_while_count;
	const struct schema_rule *rules; /* by name, bytewise */
	size_t rule_count;
	struct view text; /* the canonical JSON of the file */
	struct digest digest;
};

/** Field of a number, or NULL: unknown (written by a newer set). */
const struct schema_field *schema_field_by_number(const struct schema_object *object, uint32_t number);
/** Field of a name, or NULL. */
const struct schema_field *schema_field_by_name(const struct schema_object *object, struct view name);
/** Field by name or, failing that, by a Chinese or English title that only one field has; NULL. */
const struct schema_field *schema_field_find(const struct schema_object *object, struct view name_or_title);
/** The title in a language; never empty. */
struct view schema_title_in(const struct schema_title *title, enum schema_language language);

/** Code by its text, or by its stored number; NULL: none. */
const struct schema_code *schema_code_by_text(const struct schema_codes *codes, struct view code);
const struct schema_code *schema_code_by_number(const struct schema_codes *codes, uint64_t number);
/** Code by its text or, failing that, by a title that only one code of the set has; NULL. */
const struct schema_code *schema_code_find(const struct schema_codes *codes, struct view code_or_title);

/** Whether the machine lets `to` follow `from` directly (encoded values); from empty: a new record. Unknown statuses: false. */
bool schema_states_may_follow(const struct schema_states *states, struct view from, struct view to);
const struct schema_state *schema_state_find(const struct schema_states *states, struct view value);

#endif
