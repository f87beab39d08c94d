#include "codec/dense.h"

#include <pthread.h>
#include <string.h>

enum {
	SYMBOLS = 257, /* the last one is the escape */
	ESCAPE = 256,
	LENGTH_MAX = 10,
	CONTEXT_KEY = 0,
	CONTEXT_FIRST = 1, /* + class of the value before */
	CONTEXT_LENGTH = 10,
	CONTEXT_STR = 37, /* + class of the byte */
	CONTEXTS = 53,
	CONTEXT_NONE = CONTEXTS,
	STR_STATES = 3,
	DEPTH_MAX = 24,
	WIDTH_MAX = 8,
};

#define DENSE_FIRST(class) static const uint8_t first_class = (class);
#define DENSE_CLASS(state, digits)
#define DENSE_CODE(context, digits)
#include "../../schema/dense.def"
#undef DENSE_FIRST
#undef DENSE_CLASS

static const char class_digits[STR_STATES][256 + 1] = {
#define DENSE_FIRST(class)
#define DENSE_CLASS(state, digits) [state] = digits,
#include "../../schema/dense.def"
#undef DENSE_CLASS
#undef DENSE_CODE
};

static const char length_digits[CONTEXTS][SYMBOLS + 1] = {
#define DENSE_CLASS(state, digits)
#define DENSE_CODE(context, digits) [context] = digits,
#include "../../schema/dense.def"
#undef DENSE_FIRST
#undef DENSE_CLASS
#undef DENSE_CODE
};

struct code {
	uint16_t bits; /* right-aligned */
	uint8_t length;
};

/* What follows from dense.def, made once. */
static struct {
	struct code codes[CONTEXTS][SYMBOLS];
	uint16_t symbols[CONTEXTS][1 << LENGTH_MAX]; /* by the next bits: length << 9 | symbol */
	uint8_t classes[STR_STATES][256];
} tables;
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static uint8_t
digit_of(char digit)
{
	return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* RFC 1951, section 3.2.2 */
static void
make_context(size_t context)
{
	struct code *codes = tables.codes[context];
	uint16_t *at = tables.symbols[context];
	unsigned next = 0;

	for (unsigned length = 1; length <= LENGTH_MAX; length++) {
		next <<= 1;
		for (size_t symbol = 0; symbol < SYMBOLS; symbol++) {
			size_t same = (size_t)1 << (LENGTH_MAX - length);

			if (digit_of(length_digits[context][symbol]) != length)
				continue;
			codes[symbol] = (struct code){(uint16_t)next++, (uint8_t)length};
			while (same-- > 0)
				*at++ = (uint16_t)(length << 9 | (unsigned)symbol);
		}
	}
}

static void
make_tables(void)
{
	for (size_t i = 0; i < CONTEXTS; i++)
		make_context(i);
	for (size_t i = 0; i < STR_STATES; i++) {
		for (size_t j = 0; j < 256; j++)
			tables.classes[i][j] = digit_of(class_digits[i][j]);
	}
}

/* One walk over a value serves both ways: it asks for the next byte, which is read here and written there. */
struct dense {
	bool is_reading; /* the dense form, from `in`; else the value */
	const uint8_t *in;
	const uint8_t *in_end;
	uint8_t *out;
	uint8_t *out_end;
	uint64_t bits; /* of the dense form: not yet written, right-aligned; or not yet used, left-aligned */
	unsigned count;
	bool is_too_big;             /* `out` is full */
	uint8_t last[2 * WIDTH_MAX]; /* the last integer of w bytes, at w */
};

struct container {
	uint64_t left; /* values, and keys, still to come */
	uint8_t key;   /* what the next key is counted from */
	uint8_t class; /* of the value before */
	bool is_map;
};

static bool
put_bits(struct dense *dense, uint32_t bits, unsigned count)
{
	dense->bits = dense->bits << count | bits;
	dense->count += count;
	while (dense->count >= 8) {
		if (dense->out == dense->out_end)
			return false;
		dense->count -= 8;
		*dense->out++ = (uint8_t)(dense->bits >> dense->count);
	}
	return true;
}

static void
fill_bits(struct dense *dense)
{
	while (dense->count <= 56 && dense->in < dense->in_end) {
		dense->bits |= (uint64_t)*dense->in++ << (56 - dense->count);
		dense->count += 8;
	}
}

/* At most 10; false: there are fewer. */
static bool
drop_bits(struct dense *dense, unsigned count)
{
	if (count > dense->count)
		return false;
	dense->bits <<= count;
	dense->count -= count;
	return true;
}

static bool
write_byte(struct dense *dense, unsigned context, uint8_t symbol)
{
	struct code code;

	if (context == CONTEXT_NONE)
		return put_bits(dense, symbol, 8);
	code = tables.codes[context][symbol];
	if (code.length != 0)
		return put_bits(dense, code.bits, code.length);
	code = tables.codes[context][ESCAPE];
	return put_bits(dense, (uint32_t)code.bits << 8 | symbol, code.length + 8U);
}

static bool
read_symbol(uint8_t *out, struct dense *dense, unsigned context)
{
	uint16_t found;

	if (dense->count < LENGTH_MAX + 8)
		fill_bits(dense);
	if (context != CONTEXT_NONE) {
		found = tables.symbols[context][dense->bits >> (64 - LENGTH_MAX)];
		*out = (uint8_t)found;
		if (!drop_bits(dense, found >> 9))
			return false;
		if ((found & 0x1ff) != ESCAPE)
			return true;
	}
	*out = (uint8_t)(dense->bits >> 56);
	return drop_bits(dense, 8) && (context == CONTEXT_NONE || tables.codes[context][*out].length == 0);
}

/* The next byte of the value; -1: there is none, or no room for it. */
static int
next_byte(struct dense *dense, unsigned context, unsigned base)
{
	uint8_t byte;

	if (!dense->is_reading) {
		if (dense->in == dense->in_end)
			return -1;
		byte = *dense->in++;
		return write_byte(dense, context, (uint8_t)(byte - base)) ? byte : -1;
	}
	if (!read_symbol(&byte, dense, context))
		return -1;
	if (dense->out == dense->out_end) {
		dense->is_too_big = true;
		return -1;
	}
	byte = (uint8_t)(byte + base);
	*dense->out++ = byte;
	return byte;
}

static bool
walk_integer(struct dense *dense, unsigned width)
{
	static const uint8_t contexts[WIDTH_MAX + 1] = {[1] = 11, [2] = 12, [4] = 15, [8] = 22};
	uint8_t *last = dense->last + width;
	unsigned differs = 0;

	for (unsigned i = 0; i < width; i++) {
		int byte = next_byte(dense, contexts[width] + (i == 0 ? 0 : 2 * i - 1 + differs), last[i]);

		if (byte < 0)
			return false;
		if (byte != last[i])
			differs = 1;
		last[i] = (uint8_t)byte;
	}
	return true;
}

static bool
walk_str(struct dense *dense, uint64_t size)
{
	unsigned context = CONTEXT_STR + first_class;
	unsigned state = 0;

	for (; size > 0; size--) {
		int byte = next_byte(dense, context, 0);

		if (byte < 0)
			return false;
		if (state == 0)
			state = byte >= 0xe0 && byte <= 0xef ? 1 : 0;
		else
			state = state == 1 ? 2 : 0;
		context = CONTEXT_STR + tables.classes[state][byte];
	}
	return true;
}

static bool
walk_bin(struct dense *dense, uint64_t size)
{
	for (; size > 0; size--) {
		if (next_byte(dense, CONTEXT_NONE, 0) < 0)
			return false;
	}
	return true;
}

static bool
walk_length(uint64_t *out, struct dense *dense, unsigned width)
{
	*out = 0;
	for (unsigned i = 0; i < width; i++) {
		int byte = next_byte(dense, CONTEXT_LENGTH, 0);

		if (byte < 0)
			return false;
		*out = *out << 8 | (uint64_t)byte;
	}
	return true;
}

static uint8_t
class_of(int first)
{
	if (first < 0x20)
		return 1;
	if (first < 0x80)
		return 2;
	if (first < 0x90)
		return 6;
	if (first < 0xa0)
		return 7;
	if (first < 0xc0)
		return 3;
	if (first == 0xc2 || first == 0xc3)
		return 4;
	return first == 0xcc || first == 0xcd ? 5 : 8;
}

/* What follows a first byte. A container is opened: *opened, with the count of what it holds. */
static bool
walk_rest(struct dense *dense, int first, struct container *opened)
{
	uint64_t length = 0;

	*opened = (struct container){0};
	if (first < 0x80 || first >= 0xe0 || first == 0xc2 || first == 0xc3)
		return true;
	if (first < 0xa0) {
		opened->is_map = first < 0x90;
		opened->left = (uint64_t)(first & 0x0f);
	} else if (first < 0xc0) {
		return walk_str(dense, (uint64_t)(first & 0x1f));
	} else if (first >= 0xcc && first <= 0xd3) {
		return walk_integer(dense, 1U << ((first - 0xcc) & 3));
	} else if (first >= 0xc4 && first <= 0xc6) {
		return walk_length(&length, dense, 1U << (first - 0xc4)) && walk_bin(dense, length);
	} else if (first >= 0xd9 && first <= 0xdb) {
		return walk_length(&length, dense, 1U << (first - 0xd9)) && walk_str(dense, length);
	} else if (first >= 0xdc) {
		opened->is_map = first >= 0xde;
		if (!walk_length(&opened->left, dense, 2U << ((first - 0xdc) & 1)))
			return false;
	} else {
		return false;
	}
	opened->left <<= opened->is_map ? 1 : 0;
	return true;
}

/* One value. False: it has no dense form, or it is no dense form; or an end was met. */
static bool
walk(struct dense *dense)
{
	struct container containers[DEPTH_MAX + 1];
	struct container *inner = containers;
	struct container opened;

	containers[0] = (struct container){.left = 1};
	for (;;) {
		int first;

		while (inner->left == 0) {
			if (inner == containers)
				return true;
			inner--;
		}
		if (inner->is_map && inner->left % 2 == 0) {
			first = next_byte(dense, CONTEXT_KEY, inner->key + 1U);
			inner->key = (uint8_t)first;
		} else {
			first = next_byte(dense, CONTEXT_FIRST + (unsigned)inner->class, 0);
			inner->class = first < 0 ? 0 : class_of(first);
		}
		inner->left--;
		if (first < 0 || !walk_rest(dense, first, &opened))
			return false;
		if (opened.left == 0)
			continue;
		if (inner == containers + DEPTH_MAX)
			return false;
		*++inner = opened;
	}
}

bool
codec_dense_write(uint8_t *out, size_t capacity, size_t *size_out, struct view value)
{
	struct dense dense = {
		.in = value.data, .in_end = value.data + value.size, .out = out, .out_end = out + capacity};

	(void)pthread_once(&tables_once, make_tables);
	if (value.size == 0 || !walk(&dense) || dense.in != dense.in_end)
		return false;
	if (dense.count > 0 && !put_bits(&dense, 0, 8 - dense.count))
		return false;
	*size_out = (size_t)(dense.out - out);
	return true;
}

enum err
codec_dense_read(struct bytes *out, struct view dense, size_t size_max, struct err_info *info)
{
	/* a byte takes at least one bit */
	size_t room = dense.size <= size_max / 8 ? 8 * dense.size : size_max;
	struct dense reader = {.is_reading = true, .in = dense.data, .in_end = dense.data + dense.size};
	enum err err = bytes_reserve(out, room, info);

	(void)pthread_once(&tables_once, make_tables);
	if (err != ERR_OK)
		return err;
	reader.out = out->data + out->size;
	reader.out_end = reader.out + room;
	if (dense.size == 0 || !walk(&reader)) {
		if (reader.is_too_big)
			return err_set(info, ERR_TOO_BIG, _("a record has more than %zu bytes"), size_max);
		return err_set(info, ERR_FORMAT, "%s", _("not the dense form of a value"));
	}
	if (reader.in != reader.in_end || reader.count >= 8 || reader.bits != 0)
		return err_set(info, ERR_FORMAT, "%s",
		               _("not the dense form of a value: something stands behind its end"));
	out->size = (size_t)(reader.out - out->data);
	return ERR_OK;
}
