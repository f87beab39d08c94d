#include "seal/lthash.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "seal/domain.h"
#include "seal/hash.h"

_Static_assert(crypto_stream_chacha20_KEYBYTES == DIGEST_BYTES, "the element's digest is the key of its stream");
_Static_assert(sizeof(struct seal_lthash) == SEAL_LTHASH_BYTES, "words without gaps");

/* The key stream is little-endian words. */
static void
to_host(struct seal_lthash *words)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	for (size_t i = 0; i < SEAL_LTHASH_WORDS; i++)
		words->words[i] = __builtin_bswap16(words->words[i]);
#else
	(void)words;
#endif
}

static void
element(struct seal_lthash *out, const struct seal_lthash_file *file)
{
	static const uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
	uint8_t message[SEAL_LTHASH_PATH_BYTES_MAX + 1 + 4 + DIGEST_BYTES];
	size_t at = file->path.size;
	struct digest key;

	assert(at > 0 && at <= SEAL_LTHASH_PATH_BYTES_MAX && memchr(file->path.data, 0, at) == NULL);
	memcpy(message, file->path.data, at);
	message[at++] = 0;
	store_u32(message + at, file->mode);
	at += 4;
	memcpy(message + at, file->digest->bytes, DIGEST_BYTES);
	at += DIGEST_BYTES;
	seal_digest_domain(&key, SEAL_DOMAIN_LTHASH, view_of(message, at));
	(void)crypto_stream_chacha20((uint8_t *)out->words, sizeof(out->words), nonce, key.bytes);
	to_host(out);
}

void
seal_lthash_join(struct seal_lthash *sum, const struct seal_lthash *other)
{
	for (size_t i = 0; i < SEAL_LTHASH_WORDS; i++)
		sum->words[i] = (uint16_t)(sum->words[i] + other->words[i]);
}

void
seal_lthash_add(struct seal_lthash *sum, const struct seal_lthash_file *file)
{
	struct seal_lthash one;

	element(&one, file);
	seal_lthash_join(sum, &one);
}

void
seal_lthash_remove(struct seal_lthash *sum, const struct seal_lthash_file *file)
{
	struct seal_lthash one;

	element(&one, file);
	for (size_t i = 0; i < SEAL_LTHASH_WORDS; i++)
		sum->words[i] = (uint16_t)(sum->words[i] - one.words[i]);
}

void
seal_lthash_write(uint8_t out[SEAL_LTHASH_BYTES], const struct seal_lthash *sum)
{
	struct seal_lthash little = *sum;

	to_host(&little);
	memcpy(out, little.words, SEAL_LTHASH_BYTES);
}

void
seal_lthash_read(struct seal_lthash *out, const uint8_t bytes[SEAL_LTHASH_BYTES])
{
	memcpy(out->words, bytes, SEAL_LTHASH_BYTES);
	to_host(out);
}

void
seal_lthash_digest(struct digest *out, const struct seal_lthash *sum)
{
	uint8_t bytes[SEAL_LTHASH_BYTES];

	seal_lthash_write(bytes, sum);
	seal_digest(out, view_of(bytes, sizeof(bytes)));
}
