#include "git/sha1.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#include <immintrin.h>
#define HAS_SHA_INSTRUCTIONS 1
#else
#define HAS_SHA_INSTRUCTIONS 0
#endif

static uint32_t
rotate(uint32_t value, unsigned bits)
{
	return value << bits | value >> (32 - bits);
}

/* One round: `f` is the round's function of b, c, d; the five names change places from round to round. */
#define ROUND(f, k, a, b, c, d, e, word)                                                                               \
	do {                                                                                                           \
		(e) += rotate((a), 5) + (f) + (k) + (word);                                                            \
		(b) = rotate((b), 30);                                                                                 \
	} while (0)
#define CHOOSE(b, c, d) ((d) ^ ((b) & ((c) ^ (d))))
#define PARITY(b, c, d) ((b) ^ (c) ^ (d))
#define MAJORITY(b, c, d) (((b) & (c)) | ((d) & ((b) | (c))))
#define FIVE(f, k, i)                                                                                                  \
	ROUND(f(b, c, d), k, a, b, c, d, e, w[(i)]);                                                                   \
	ROUND(f(a, b, c), k, e, a, b, c, d, w[(i) + 1]);                                                               \
	ROUND(f(e, a, b), k, d, e, a, b, c, w[(i) + 2]);                                                               \
	ROUND(f(d, e, a), k, c, d, e, a, b, w[(i) + 3]);                                                               \
	ROUND(f(c, d, e), k, b, c, d, e, a, w[(i) + 4])

enum {
	ROUNDS = 80,
	ROUNDS_EACH = 20
};

static void
blocks_plain(uint32_t state[5], const uint8_t *data, size_t count)
{
	uint32_t w[ROUNDS];

	for (; count > 0; count--, data += SHA1_BLOCK_BYTES) {
		uint32_t a = state[0];
		uint32_t b = state[1];
		uint32_t c = state[2];
		uint32_t d = state[3];
		uint32_t e = state[4];

		for (size_t i = 0; i < 16; i++)
			w[i] = load_u32(data + 4 * i);
		for (size_t i = 16; i < ROUNDS; i++)
			w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
		for (size_t i = 0; i < ROUNDS_EACH; i += 5) {
			FIVE(CHOOSE, 0x5a827999U, i);
		}
		for (size_t i = ROUNDS_EACH; i < 2 * ROUNDS_EACH; i += 5) {
			FIVE(PARITY, 0x6ed9eba1U, i);
		}
		for (size_t i = 2 * ROUNDS_EACH; i < 3 * ROUNDS_EACH; i += 5) {
			FIVE(MAJORITY, 0x8f1bbcdcU, i);
		}
		for (size_t i = 3 * ROUNDS_EACH; i < ROUNDS; i += 5) {
			FIVE(PARITY, 0xca62c1d6U, i);
		}
		state[0] += a;
		state[1] += b;
		state[2] += c;
		state[3] += d;
		state[4] += e;
	}
}

#if HAS_SHA_INSTRUCTIONS

/*
 * Twenty rounds are five steps of four. A step takes e from before the last one, adds four words and gives the next e away;
 * the message schedule runs alongside: w[i] from w[i-16], w[i-14], w[i-8], w[i-3], four words at a time.
 */
#define STEP(i, k)                                                                                                     \
	do {                                                                                                           \
		__m128i next = abcd;                                                                                   \
                                                                                                                       \
		e = (i) == 0 ? _mm_add_epi32(e, w[0]) : _mm_sha1nexte_epu32(e, w[(i) % 4]);                            \
		abcd = _mm_sha1rnds4_epu32(abcd, e, k);                                                                \
		e = next;                                                                                              \
		if ((i) < 16)                                                                                          \
			w[(i) % 4] = _mm_sha1msg2_epu32(                                                               \
				_mm_xor_si128(_mm_sha1msg1_epu32(w[(i) % 4], w[((i) + 1) % 4]), w[((i) + 2) % 4]),     \
				w[((i) + 3) % 4]);                                                                     \
	} while (0)
#define FIVE_STEPS(i, k)                                                                                               \
	STEP(i, k);                                                                                                    \
	STEP((i) + 1, k);                                                                                              \
	STEP((i) + 2, k);                                                                                              \
	STEP((i) + 3, k);                                                                                              \
	STEP((i) + 4, k)

__attribute__((target("sha,sse4.1"))) static void
blocks_fast(uint32_t state[5], const uint8_t *data, size_t count)
{
	const __m128i order = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
	__m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)state), 0x1b);
	__m128i e = _mm_set_epi32((int)state[4], 0, 0, 0);

	for (; count > 0; count--, data += SHA1_BLOCK_BYTES) {
		const __m128i abcd_before = abcd;
		const __m128i e_before = e;
		__m128i w[4];

		for (size_t i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(data + 16 * i)), order);
		FIVE_STEPS(0, 0);
		FIVE_STEPS(5, 1);
		FIVE_STEPS(10, 2);
		FIVE_STEPS(15, 3);
		e = _mm_sha1nexte_epu32(e, e_before);
		abcd = _mm_add_epi32(abcd, abcd_before);
	}
	_mm_storeu_si128((__m128i *)(void *)state, _mm_shuffle_epi32(abcd, 0x1b));
	state[4] = (uint32_t)_mm_extract_epi32(e, 3);
}

static bool
has_instructions(void)
{
	static const unsigned sha = 1U << 29;   /* leaf 7, ebx */
	static const unsigned sse41 = 1U << 19; /* leaf 1, ecx */
	unsigned a;
	unsigned b;
	unsigned c;
	unsigned d;

	if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & sse41) == 0)
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & sha) != 0;
}

#endif

static bool is_plain; /* for tests */

/* The processor's own instructions are three times as fast. */
static void
blocks(uint32_t state[5], const uint8_t *data, size_t count)
{
#if HAS_SHA_INSTRUCTIONS
	static int is_fast = -1; /* not asked yet */

	if (is_fast < 0)
		is_fast = has_instructions();
	if (is_fast > 0 && !is_plain) {
		blocks_fast(state, data, count);
		return;
	}
#endif
	blocks_plain(state, data, count);
}

void
sha1_without_instructions(bool is_without)
{
	is_plain = is_without;
}

void
sha1_init(struct sha1 *sha1)
{
	*sha1 = (struct sha1){.state = {0x67452301U, 0xefcdab89U, 0x98badcfeU, 0x10325476U, 0xc3d2e1f0U}};
}

void
sha1_add(struct sha1 *sha1, struct view data)
{
	size_t used = (size_t)(sha1->size % SHA1_BLOCK_BYTES);

	sha1->size += data.size;
	if (used > 0) {
		size_t part = SHA1_BLOCK_BYTES - used;

		if (part > data.size)
			part = data.size;
		if (part > 0)
			memcpy(sha1->block + used, data.data, part);
		data.data += part;
		data.size -= part;
		if (used + part < SHA1_BLOCK_BYTES)
			return;
		blocks(sha1->state, sha1->block, 1);
	}
	blocks(sha1->state, data.data, data.size / SHA1_BLOCK_BYTES);
	if (data.size % SHA1_BLOCK_BYTES > 0)
		memcpy(sha1->block, data.data + data.size - data.size % SHA1_BLOCK_BYTES, data.size % SHA1_BLOCK_BYTES);
}

void
sha1_finish(struct sha1 *sha1, struct oid *out)
{
	enum {
		SIZE_BYTES = 8
	};
	static const uint8_t padding[SHA1_BLOCK_BYTES] = {0x80};
	uint64_t size = sha1->size;
	size_t used = (size_t)(size % SHA1_BLOCK_BYTES);
	size_t end = used < SHA1_BLOCK_BYTES - SIZE_BYTES ? SHA1_BLOCK_BYTES : 2 * SHA1_BLOCK_BYTES;
	uint8_t bits[SIZE_BYTES];

	store_u64(bits, size * 8);
	sha1_add(sha1, view_of(padding, end - SIZE_BYTES - used));
	sha1_add(sha1, view_of(bits, sizeof(bits)));
	for (size_t i = 0; i < 5; i++)
		store_u32(out->bytes + 4 * i, sha1->state[i]);
}
