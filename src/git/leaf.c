#include "git/leaf.h"

#include <assert.h>
#include <string.h>

#include "git/packer.h"

enum {
	MODE_BYTES = 7,
	DIGITS = 32,
	NAME_END = MODE_BYTES + DIGITS,
	ADLER_BYTES = 4,
	END_OF_BLOCK = 256,
	LENGTH_FIRST = 257, /* the symbol of a copy of 3 bytes */
	LENGTH_MIN = 3,
	DISTANCES = 12, /* distance 60 is symbol 11 (49 to 64) */
	DISTANCE_EXTRA_BITS = 4,
	DISTANCE_EXTRA = LEAF_ENTRY_BYTES - 49,
	/* Sizes of codes. Of 51 symbols of an entry 29 are digits (16 of them), 20 any byte, one a NUL, one a copy; these sizes
	   fill the code space exactly: 16/32 + 2/64 + 240/512 */
	DIGIT_BITS = 5,
	NUL_BITS = 6,
	COPY_BITS = 6,
	OTHER_BITS = 9,
	SIZE_BITS_MAX = 15,
	SYMBOL_BITS = 9,
	FILLED = 56, /* bits, at least */
	DIGITS_FILLED = FILLED / DIGIT_BITS,
	GUESSED = 3,                                      /* bytes that are looked up at once */
	GUESSES_FILLED = FILLED / (GUESSED * OTHER_BITS), /* so many times */
	/* symbols of the code for the sizes (RFC 1951, 3.2.7) */
	SIZE_AGAIN = 16,
	SIZE_ZEROS_FEW = 17,
	SIZE_ZEROS_MANY = 18,
	SIZE_SYMBOLS = 19,
	SIZE_SYMBOLS_SENT = 18, /* in SIZE_ORDER, up to the last one used */
};

static const uint8_t SIZE_ORDER[SIZE_SYMBOLS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

/* The code for the sizes: "again" comes by far most often. 1/2 + 1/8 + 6/16. */
static const uint8_t SIZE_SIZES[SIZE_SYMBOLS] = {
	[SIZE_AGAIN] = 1, [OTHER_BITS] = 3, [DIGIT_BITS] = 4,     [NUL_BITS] = 4,
	[1] = 4,          [0] = 4,          [SIZE_ZEROS_FEW] = 4, [SIZE_ZEROS_MANY] = 4};

struct bit_writer {
	uint8_t *at;
	uint64_t bits;
	unsigned count;
};

static void
put_bits(struct bit_writer *writer, uint32_t bits, unsigned count)
{
	writer->bits |= (uint64_t)bits << writer->count;
	writer->count += count;
	while (writer->count >= 8) {
		*writer->at++ = (uint8_t)writer->bits;
		writer->bits >>= 8;
		writer->count -= 8;
	}
}

/* Canonical codes of these sizes, bits reversed as the stream wants them (RFC 1951, 3.2.2). */
static void
make_codes(uint16_t *codes, const uint8_t *sizes, size_t count)
{
	uint16_t next[SIZE_BITS_MAX + 2] = {0};
	uint16_t code = 0;

	for (size_t i = 0; i < count; i++)
		next[sizes[i] + 1]++;
	next[1] = 0; /* symbols without a code */
	for (unsigned size = 1; size <= SIZE_BITS_MAX; size++) {
		code = (uint16_t)((code + next[size]) << 1);
		next[size] = code;
	}
	for (size_t i = 0; i < count; i++) {
		uint16_t value = sizes[i] == 0 ? 0 : next[sizes[i]]++;

		codes[i] = 0;
		for (unsigned bit = 0; bit < sizes[i]; bit++)
			codes[i] |= (uint16_t)(((uint32_t)value >> bit & 1U) << (sizes[i] - 1U - bit));
	}
}

/* The symbol of a copy's length, with its extra bits (RFC 1951, 3.2.5): four symbols for each further bit from 11 on. */
static unsigned
length_symbol(unsigned length, unsigned *extra_out, unsigned *extra_bits_out)
{
	unsigned bits = 0;
	unsigned offset = length - LENGTH_MIN;

	while (offset >> bits >= 8)
		bits++;
	*extra_bits_out = bits;
	*extra_out = offset & ((1U << bits) - 1U);
	return LENGTH_FIRST + 4 * bits + (offset >> bits);
}

static void
put_sizes(struct bit_writer *writer, const uint8_t *sizes, size_t count)
{
	uint16_t codes[SIZE_SYMBOLS];
	size_t i = 0;

	make_codes(codes, SIZE_SIZES, SIZE_SYMBOLS);
	while (i < count) {
		uint8_t size = sizes[i];
		size_t run = 1;

		while (i + run < count && sizes[i + run] == size)
			run++;
		if (size == 0 && run >= 3) {
			unsigned symbol = run > 10 ? SIZE_ZEROS_MANY : SIZE_ZEROS_FEW;

			run = run > 138 ? 138 : run;
			put_bits(writer, codes[symbol], SIZE_SIZES[symbol]);
			if (symbol == SIZE_ZEROS_MANY)
				put_bits(writer, (uint32_t)run - 11, 7);
			else
				put_bits(writer, (uint32_t)run - 3, 3);
		} else if (i > 0 && sizes[i - 1] == size && run >= 3) {
			run = run > 6 ? 6 : run;
			put_bits(writer, codes[SIZE_AGAIN], SIZE_SIZES[SIZE_AGAIN]);
			put_bits(writer, (uint32_t)run - 3, 2);
		} else {
			run = 1;
			put_bits(writer, codes[size], SIZE_SIZES[size]);
		}
		i += run;
	}
}

static void
make_head(struct leaf_coder *coder, unsigned literals)
{
	struct bit_writer writer = {.at = coder->head};
	uint8_t sizes[LEAF_SYMBOLS + DISTANCES] = {0};

	memcpy(sizes, coder->sizes, literals);
	sizes[literals + DISTANCES - 1] = 1;
	put_bits(&writer, 1, 1); /* the last block */
	put_bits(&writer, 2, 2); /* with codes of its own */
	put_bits(&writer, literals - LEAF_LITERALS, 5);
	put_bits(&writer, DISTANCES - 1, 5);
	put_bits(&writer, SIZE_SYMBOLS_SENT - 4, 4);
	for (size_t i = 0; i < SIZE_SYMBOLS_SENT; i++)
		put_bits(&writer, SIZE_SIZES[SIZE_ORDER[i]], 3);
	put_sizes(&writer, sizes, literals + DISTANCES);
	coder->head_bits = (size_t)(writer.at - coder->head) * 8 + writer.count;
	*writer.at = (uint8_t)writer.bits;
}

static void
make_coder(struct leaf_coder *coder, unsigned copied)
{
	unsigned extra;
	unsigned extra_bits;
	unsigned symbol = length_symbol(copied, &extra, &extra_bits);

	memset(coder, 0, sizeof(*coder));
	memset(coder->sizes, OTHER_BITS, LEAF_LITERALS);
	memset(&coder->sizes['0'], DIGIT_BITS, 10);
	memset(&coder->sizes['a'], DIGIT_BITS, 6);
	coder->sizes[0] = NUL_BITS;
	coder->sizes[symbol] = COPY_BITS;
	make_codes(coder->codes, coder->sizes, symbol + 1);
	make_head(coder, symbol + 1);
	/* the one distance has the code 0 of one bit */
	coder->copy =
		coder->codes[symbol] | extra << COPY_BITS | (uint32_t)DISTANCE_EXTRA << (COPY_BITS + extra_bits + 1);
	coder->copy_bits = COPY_BITS + extra_bits + 1 + DISTANCE_EXTRA_BITS;
	coder->copied = copied;
	coder->symbol = symbol;
}

bool
leaf_is_one(struct view content)
{
	if (content.size == 0 || content.size % LEAF_ENTRY_BYTES != 0)
		return false;
	for (size_t at = 0; at < content.size; at += LEAF_ENTRY_BYTES) {
		if (memcmp(content.data + at, "100644 ", MODE_BYTES) != 0 || content.data[at + NAME_END] != 0)
			return false;
	}
	return true;
}

/* What all entries begin with. Names are in order, so the first and the last say it. */
static unsigned
common_bytes(struct view content)
{
	const uint8_t *first = content.data;
	const uint8_t *last = content.data + content.size - LEAF_ENTRY_BYTES;
	unsigned common = MODE_BYTES;

	while (common < NAME_END && first[common] == last[common])
		common++;
	return common;
}

static void
put_literals(struct bit_writer *writer, const struct leaf_coder *coder, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_bits(writer, coder->codes[bytes[i]], coder->sizes[bytes[i]]);
}

enum err
leaf_encode(struct bytes *out, struct leaf_coder *coder, struct view content, struct err_info *info)
{
	struct bit_writer writer = {0};
	unsigned copied = common_bytes(content);
	uint8_t *start;
	uint8_t *at;
	/* no code has more than nine bits */
	enum err err = bytes_reserve(out, content.size + content.size / 8 + sizeof(coder->head) + 16, info);

	assert(leaf_is_one(content));
	if (err != ERR_OK)
		return err;
	if (coder->copied != copied)
		make_coder(coder, copied);
	start = out->data + out->size;
	start[0] = 0x78;
	start[1] = 0x01;
	writer.at = start + 2;
	memcpy(writer.at, coder->head, sizeof(coder->head));
	writer.at += coder->head_bits / 8;
	writer.count = (unsigned)(coder->head_bits % 8);
	writer.bits = writer.count == 0 ? 0 : coder->head[coder->head_bits / 8];
	put_literals(&writer, coder, content.data, LEAF_ENTRY_BYTES);
	for (size_t i = LEAF_ENTRY_BYTES; i < content.size; i += LEAF_ENTRY_BYTES) {
		put_bits(&writer, coder->copy, coder->copy_bits);
		put_literals(&writer, coder, content.data + i + copied, LEAF_ENTRY_BYTES - copied);
	}
	put_bits(&writer, coder->codes[END_OF_BLOCK], coder->sizes[END_OF_BLOCK]);
	put_bits(&writer, 0, (8 - writer.count) % 8);
	at = writer.at;
	store_u32(at, libdeflate_adler32(1, content.data, content.size));
	out->size += (size_t)(at - start) + ADLER_BYTES;
	return ERR_OK;
}

/* --- reading --- */

struct bit_reader {
	const uint8_t *at;
	const uint8_t *end;
	uint64_t bits;
	unsigned count;
	bool is_short; /* more was taken than there is */
};

static uint64_t
load_le64(const uint8_t *at)
{
	return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
	       (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

/* At least 56 bits, unless the stream has no more. */
static void
fill(struct bit_reader *reader)
{
	if (reader->end - reader->at >= 8) {
		reader->bits |= load_le64(reader->at) << reader->count;
		reader->at += (63 - reader->count) / 8;
		reader->count |= 56;
		return;
	}
	while (reader->count <= 56 && reader->at < reader->end) {
		reader->bits |= (uint64_t)*reader->at++ << reader->count;
		reader->count += 8;
	}
}

static uint32_t
take(struct bit_reader *reader, unsigned count)
{
	uint32_t bits = (uint32_t)(reader->bits & ((UINT64_C(1) << count) - 1));

	reader->is_short |= count > reader->count;
	reader->bits >>= count;
	reader->count -= count < reader->count ? count : reader->count;
	return bits;
}

/* The shortest copy that has this symbol; what length_symbol() turns round. */
static unsigned
length_of(unsigned symbol, unsigned *extra_bits_out)
{
	unsigned place = symbol - LENGTH_FIRST;
	unsigned bits = place < 8 ? 0 : place / 4 - 1;

	*extra_bits_out = bits;
	return LENGTH_MIN + (place < 8 ? place : (4 + place % 4) << bits);
}

static void
make_decoder(struct leaf_decoder *decoder, unsigned copied)
{
	struct leaf_coder *coder = &decoder->coder;

	make_coder(coder, copied);
	for (unsigned symbol = 0; symbol <= coder->symbol; symbol++) {
		unsigned size = coder->sizes[symbol];

		for (unsigned code = coder->codes[symbol]; size > 0 && code < LEAF_LOOKS; code += 1U << size)
			decoder->symbols[code] = (uint16_t)(size << SYMBOL_BITS | symbol);
	}
	for (unsigned code = 0; code < LEAF_DIGITS; code++) {
		uint16_t look = decoder->symbols[code];

		decoder->digits[code] = look >> SYMBOL_BITS == DIGIT_BITS ? (uint8_t)look : 0;
	}
}

/* The codes are the same whatever is copied; the head says which symbol stands for it. */
static bool
read_head(struct bit_reader *reader, struct leaf_decoder *decoder, struct view stream)
{
	const struct leaf_coder *coder = &decoder->coder;
	unsigned symbol;
	unsigned extra_bits;
	size_t whole;
	uint8_t rest;

	if (stream.size < 2 + sizeof(coder->head) || stream.data[0] != 0x78 || stream.data[1] != 0x01)
		return false;
	symbol = LEAF_LITERALS - 1 + (stream.data[2] >> 3);
	if (symbol < LENGTH_FIRST || length_of(symbol, &extra_bits) > NAME_END)
		return false;
	if (coder->copied == 0 || coder->symbol != symbol)
		make_decoder(decoder, length_of(symbol, &extra_bits));
	whole = coder->head_bits / 8;
	rest = (uint8_t)((1U << coder->head_bits % 8) - 1U);
	if (memcmp(stream.data + 2, coder->head, whole) != 0 ||
	    ((stream.data[2 + whole] ^ coder->head[whole]) & rest) != 0)
		return false;
	*reader = (struct bit_reader){.at = stream.data + 2 + whole, .end = stream.data + stream.size};
	fill(reader);
	(void)take(reader, (unsigned)(coder->head_bits % 8));
	return true;
}

/* A symbol that is no byte has bit 8. */
static bool
read_byte(uint8_t *out, struct bit_reader *reader, const struct leaf_decoder *decoder)
{
	uint32_t look = decoder->symbols[reader->bits % LEAF_LOOKS];

	*out = (uint8_t)look;
	(void)take(reader, look >> SYMBOL_BITS);
	return (look & END_OF_BLOCK) == 0;
}

/* All digits have codes of the same size, so none waits for the one before. */
static bool
read_digits(uint8_t *out, size_t count, struct bit_reader *reader, const struct leaf_decoder *decoder)
{
	bool is_good = true;

	while (count > 0) {
		unsigned step = count < DIGITS_FILLED ? (unsigned)count : DIGITS_FILLED;
		uint64_t bits;

		fill(reader);
		bits = reader->bits;
		for (unsigned i = 0; i < step; i++) {
			out[i] = decoder->digits[bits % LEAF_DIGITS];
			is_good &= out[i] != 0;
			bits >>= DIGIT_BITS;
		}
		if (step * DIGIT_BITS > reader->count)
			return false;
		reader->bits = bits;
		reader->count -= step * DIGIT_BITS;
		out += step;
		count -= step;
	}
	return is_good;
}

/*
 * Bytes of an id: fifteen of sixteen have a code of nine bits. So the second and the third are looked up where they begin if the ones before
 * them have, and only if not, one waits for the other.
 */
static bool
read_guessed(uint8_t *out, struct bit_reader *reader, const struct leaf_decoder *decoder)
{
	uint64_t bits = reader->bits;
	uint32_t first = decoder->symbols[bits % LEAF_LOOKS];
	uint32_t second = decoder->symbols[(bits >> OTHER_BITS) % LEAF_LOOKS];
	uint32_t third = decoder->symbols[(bits >> 2 * OTHER_BITS) % LEAF_LOOKS];
	unsigned size = 2 * OTHER_BITS + (third >> SYMBOL_BITS);

	if (first >> SYMBOL_BITS != OTHER_BITS || second >> SYMBOL_BITS != OTHER_BITS || size > reader->count)
		return read_byte(out, reader, decoder) && read_byte(out + 1, reader, decoder) &&
		       read_byte(out + 2, reader, decoder);
	out[0] = (uint8_t)first;
	out[1] = (uint8_t)second;
	out[2] = (uint8_t)third;
	reader->bits = bits >> size;
	reader->count -= size;
	return ((first | second | third) & END_OF_BLOCK) == 0;
}

static bool
read_bytes(uint8_t *out, size_t count, struct bit_reader *reader, const struct leaf_decoder *decoder)
{
	bool is_good = true;

	while (is_good && count >= GUESSED) {
		fill(reader);
		for (unsigned i = 0; is_good && i < GUESSES_FILLED && count >= GUESSED; i++) {
			is_good = read_guessed(out, reader, decoder);
			out += GUESSED;
			count -= GUESSED;
		}
	}
	fill(reader);
	for (; is_good && count > 0; count--)
		is_good = read_byte(out++, reader, decoder);
	return is_good;
}

/* From the byte on that is not copied, which is a digit or the end of the name. */
static bool
read_entry(uint8_t *out, unsigned copied, struct bit_reader *reader, const struct leaf_decoder *decoder)
{
	return read_digits(out + copied, NAME_END - copied, reader, decoder) &&
	       read_bytes(out + NAME_END, LEAF_ENTRY_BYTES - NAME_END, reader, decoder) && out[NAME_END] == 0;
}

/* The first copy says how much each takes over; 0: this is none. */
static unsigned
read_copy(struct bit_reader *reader, const struct leaf_coder *coder)
{
	unsigned extra_bits;
	unsigned length = length_of(coder->symbol, &extra_bits);

	fill(reader);
	if (take(reader, COPY_BITS) != coder->codes[coder->symbol])
		return 0;
	length += take(reader, extra_bits);
	return take(reader, 1 + DISTANCE_EXTRA_BITS) == DISTANCE_EXTRA << 1 && length >= MODE_BYTES &&
	                       length <= NAME_END
	               ? length
	               : 0;
}

static bool
read_entries(uint8_t *out, size_t count, struct bit_reader *reader, const struct leaf_decoder *decoder)
{
	unsigned copied = 0;

	if (!read_bytes(out, LEAF_ENTRY_BYTES, reader, decoder))
		return false;
	for (size_t i = 1; i < count; i++) {
		unsigned length = read_copy(reader, &decoder->coder);

		out += LEAF_ENTRY_BYTES;
		if (length == 0 || (i > 1 && length != copied))
			return false;
		copied = length;
		memcpy(out, out - LEAF_ENTRY_BYTES, copied);
		if (!read_entry(out, copied, reader, decoder))
			return false;
	}
	fill(reader);
	return take(reader, OTHER_BITS) == decoder->coder.codes[END_OF_BLOCK] && !reader->is_short;
}

bool
leaf_decode(struct bytes *out, size_t *used_out, struct leaf_decoder *decoder, size_t size, struct view stream)
{
	struct bit_reader reader;
	size_t before = out->size;
	uint8_t *at;

	if (size == 0 || size % LEAF_ENTRY_BYTES != 0 || !read_head(&reader, decoder, stream))
		return false;
	at = bytes_extend(out, size);
	if (at == NULL)
		return false;
	if (read_entries(at, size / LEAF_ENTRY_BYTES, &reader, decoder)) {
		const uint8_t *end =
			reader.at - reader.count / 8; /* whole bytes that were filled in and are not used */

		*used_out = (size_t)(end - stream.data) + ADLER_BYTES;
		if (*used_out <= stream.size && load_u32(end) == libdeflate_adler32(1, at, size))
			return true;
	}
	out->size = before;
	return false;
}
