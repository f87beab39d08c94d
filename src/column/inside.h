/** What the files of this folder share. */
#ifndef COLUMN_INSIDE_H
#define COLUMN_INSIDE_H

#include "base/table.h"
#include "column/column.h"
#include "mix/mix.h"

enum {
	KNOWN_MAX = 14,            /* values remembered at a place */
	KNOWN_BYTES_MAX = 32,      /* longer ones are not */
	KNOWN_ALL_MAX = 262144,    /* values remembered at all places */
	LETTERS_ALL_MAX = 1048576, /* characters of all alphabets */
	ALPHABET_MAX = 269,        /* characters of a place: 13 in one symbol, 256 in three */
	WORLD_MAX = 4095,          /* characters of all places */
	SIBLINGS_MAX = 48,         /* fields of a kind that may tell about each other */
	ROWS_MAX = 128,            /* records that are looked at for that */
	KINDS_MAX = 32,            /* kinds for which it is done */
	CHOICE_FIRST = 32,         /* the first choice is made after so many records, the next after 4 times as many */
	HISTORY_LOG2 = 18,         /* characters of texts that are remembered */
	PAIRS_LOG2 = 14,           /* pairs of characters under which they are found */
};

/** Sorts of symbols. The numbers are part of the format. */
enum sort {
	SORT_VALUE = 0,
	SORT_CLASS = 1,
	SORT_BOOL = 2,
	SORT_SIGN = 3,
	SORT_DIGITS = 4,
	SORT_DIGITS_MORE = 5,
	SORT_DIGIT = 6,
	SORT_BIN = 7,
	SORT_ITEMS = 8,
	SORT_KEY = 9,
	SORT_HIT = 10,
	SORT_CHARACTER = 11,
	SORT_CHARACTER_HIGH = 12,
	SORT_CHARACTER_LOW = 13,
	SORT_WORLD_HIGH = 14,
	SORT_WORLD_MIDDLE = 15,
	SORT_WORLD_LOW = 16,
	SORT_POINT_HIGH = 17,
	SORT_POINT_MIDDLE = 18,
	SORT_TEXT = 19,   /* stored only: a text's bytes */
	SORT_NUMBER = 20, /* stored only: an integer */
	SORT_PLAIN = 21,  /* stored only, at the root: what nothing tells anything about */
};

/** Sets of weights that are not a sort's own. */
enum {
	SET_HIT = 52, /* 8 of them */
	SET_BITS = 60,
};

/** Classes of values. */
enum value_class {
	CLASS_INTEGER,
	CLASS_TEXT,
	CLASS_BOOL,
	CLASS_BIN,
	CLASS_ARRAY,
	CLASS_MAP,
	CLASS_BIG, /* integers above INT64_MAX */
	CLASSES,
};

enum form {
	FORM_PLAIN,
	FORM_DATE,  /* days since 1970-01-01 */
	FORM_MONTH, /* months since 1970-01 */
	FORM_TIME,  /* seconds since 1970-01-01T00:00Z */
	FORM_CITIZEN,
};

/** How an integer is said. */
enum mode {
	MODE_ITSELF,
	MODE_SIBLING, /* as the difference to another field of the record, or to the record before */
	MODE_NOW,     /* as the difference to the time of the edit */
	MODES,
};

struct known {
	uint32_t hash;
	uint8_t size;
	uint8_t data[KNOWN_BYTES_MAX];
};

struct known_list {
	struct known *items;
	unsigned count;
	unsigned capacity;
	uint32_t last; /* hash of the value before, 0: none */
};

struct stored {
	unsigned sort;
	struct bytes bytes; /* writing */
	struct view rest;   /* reading */
};

/** A column that a stored body gives. */
struct given {
	uint64_t key; /* COLUMN_SORTS * number of the place + sort */
	struct view bytes;
};

/** What the record at hand has at a place. */
struct current {
	uint64_t row; /* of that record; another: it has nothing here */
	uint32_t hash;
	bool is_number;
	bool is_new; /* given by this edit, not known before */
	int64_t number;
};

/** One field in one record. */
struct cell {
	uint32_t hash; /* 0: none */
	bool is_number;
	int64_t number;
};

struct column_place {
	uint32_t index; /* in column->places */
	uint32_t
		number; /* in the order in which a symbol was first asked at each; the root is 0, another one not yet asked too */
	enum value_class usual;
	enum form form;
	struct known_list known[MODES];
	uint32_t *alphabet;
	unsigned alphabet_count;
	unsigned alphabet_capacity;
	uint64_t last_text;    /* where it begins in the history; 0: none */
	struct stored *stored; /* few */
	unsigned stored_count;
	/* fields of a kind only */
	bool is_sibling;
	struct current current;
	struct column_place *partner; /* whose value says most about this one's; NULL: none */
	struct column_place
		*reference; /* to which this one's number is a difference; NULL: none; itself: of the record before */
	struct cell before; /* its number in the record before */
	struct column_place *parts[3]; /* of a citizen id: region, day of birth, sex */
	struct siblings *siblings;     /* of a kind */
};

/** The fields of one kind, and the last records of it. */
struct siblings {
	struct column_place *places[SIBLINGS_MAX]; /* in the order in which they were made */
	size_t count;
	uint64_t rows;
	uint64_t next_choice;
	struct cell *cells; /* [ROWS_MAX][SIBLINGS_MAX] */
};

struct column {
	enum column_codec codec;
	bool is_reading; /* and not learning */
	bool is_reader;
	struct mix *mix;
	struct err_info failure; /* code ERR_OK: none */
	size_t size;             /* stored: bytes written, or still to be read */
	struct given *given;     /* stored, reading; by key */
	size_t given_count;
	struct column_place **places;
	struct column_place **numbered; /* by number */
	size_t numbered_count;
	size_t place_count;
	size_t place_capacity;
	struct table children; /* index of the parent, key -> index */
	uint64_t row;
	struct column_place *kind; /* of the record at hand */
	size_t sibling_kinds;
	size_t known_count; /* of all places */
	size_t letter_count;
	bool has_now;
	int64_t now;
	struct bytes build; /* a value that is read */
	/* texts */
	uint32_t *history; /* a ring */
	uint64_t history_size;
	uint64_t *pairs;
	uint32_t *world; /* characters in the order in which they were first seen */
	size_t world_count;
	struct table world_index;
};

/** The hash of an encoded value; never 0. */
uint32_t column_hash(struct view value);

/** A number as zigzag. */
uint64_t column_zigzag(int64_t number);

/** The number of a place, given to it when it is first asked for. */
uint32_t column_number_of(struct column *column, struct column_place *place);
/** Reading: the column that the body gives for a sort at a place; empty: none. */
struct view column_given(const struct column *column, uint32_t place, unsigned sort);
/** A byte column of a place; NULL after a failure. */
struct stored *column_stored(struct column *column, struct column_place *place, unsigned sort);
void column_store(struct column *column, struct stored *stored, const uint8_t *data, size_t size);
void column_store_varint(struct column *column, struct stored *stored, uint64_t number);
/** Reading: `size` bytes of a column; empty after a failure. */
struct view column_take(struct column *column, struct stored *stored, size_t size);
uint64_t column_take_varint(struct column *column, struct stored *stored);
/** The mixed codec with another set of weights than the sort's. */
unsigned column_mixed(struct column *column, const struct column_ask *ask, unsigned set, unsigned width,
                      unsigned symbol);

/** One value; reading appends it to column->build. */
void column_leaf(struct column *column, struct column_place *place, struct view value, struct view old, unsigned depth);
/** An integer, spelled. */
int64_t column_integer(struct column *column, struct column_place *place, enum mode mode, int64_t number);
/** A text, spelled; reading appends its bytes to column->build. `old`: an encoded text, or empty. */
void column_text(struct column *column, struct column_place *place, struct view text, struct view old);

/** How an integer at a place is said now, and what it is a difference to. */
enum mode column_mode(const struct column *column, const struct column_place *place, bool has_old,
                      int64_t *reference_out);
/** A number at one place in the form of another; false: they have nothing to do with each other. */
bool column_convert(int64_t *out, const struct column_place *to, const struct column_place *from, int64_t number);
void column_siblings_free(struct siblings *siblings);

#endif
