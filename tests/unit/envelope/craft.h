/**
 * A second writer of bundles, from the text of schema/bundle-v1.md and not from src/envelope, for a sender who holds good
 * keys and writes what it likes: every deviation below is signed. Shared by the unit tests and the fuzz target.
 */
#ifndef TESTS_UNIT_ENVELOPE_CRAFT_H
#define TESTS_UNIT_ENVELOPE_CRAFT_H

#include <assert.h>
#include <string.h>

#include "base/env.h"
#include "codec/codec.h"
#include "envelope/envelope.h"
#include "seal/hash.h"
#include "seal/stream.h"

enum {
	CRAFT_RECIPIENTS_MAX = 66,
	CRAFT_FRAME_BYTES = 65536 + 17,
	CRAFT_AFTER_BYTES = 14,  /* plaintext of a frame behind the final one */
	CRAFT_TIME = 1512086400, /* 2017-12-01T00:00:00Z */
};

/** The office that sends, and those above it. */
#define CRAFT_TOWNSHIP "430321100000"
#define CRAFT_COUNTY "430321000000"
#define CRAFT_CITY "430300000000"
#define CRAFT_TOWNSHIP_NUMBER UINT64_C(430321100000)

/** Seeded randomness; state must not be 0. */
static inline enum err
craft_random(void *context, void *out, size_t size, struct err_info *info)
{
	uint64_t *state = context;
	uint8_t *at = out;

	(void)info;
	for (size_t i = 0; i < size; i++) {
		*state ^= *state >> 12;
		*state ^= *state << 25;
		*state ^= *state >> 27;
		at[i] = (uint8_t)((*state * 0x2545f4914f6cdd1dU) >> 56);
	}
	return ERR_OK;
}

static inline struct env
craft_env(uint64_t *state)
{
	return (struct env){.random = craft_random, .context = state};
}

static inline void
craft_ok(enum err err)
{
	assert(err == ERR_OK);
	(void)err;
}

/** The same node key for the same seed. */
static inline struct seal_node_key *
craft_key(uint64_t seed)
{
	struct env env = craft_env(&seed);
	struct seal_node_key *key = NULL;

	craft_ok(seal_init(NULL));
	craft_ok(seal_node_key_new(&key, &env, NULL));
	return key;
}

static inline struct node_code
craft_code(const char *text)
{
	struct node_code code = {{0}};

	assert(node_code_read(&code, view_text(text)));
	return code;
}

struct craft {
	uint64_t seed;
	const struct seal_node_key *sender;
	const struct seal_node_key *recipients[CRAFT_RECIPIENTS_MAX];
	uint64_t recipient_codes[CRAFT_RECIPIENTS_MAX]; /* as on the wire */
	size_t recipient_count;
	struct view plain; /* whole: table, preamble, sections */

	/* deviations; 0 is none */
	uint64_t number; /* of the bundle, instead of 7 */
	uint8_t version;
	uint16_t suite;
	struct view before_keys; /* the manifest's array up to its last element; empty: as it should be */
	size_t keys_cut;         /* bytes missing at the end of the keys */
	uint32_t missing_frames; /* frames that e does not count */
	uint32_t frames_after;   /* frames pushed behind FINAL, by a stream that was told of them later */
	void (*change)(struct bytes *file, size_t frames_at); /* before the frames' digest is taken */
	bool second_key;                                      /* the last recipient is given another content key */
	bool low_order;                                       /* the ephemeral key named is zero */
	bool other_commitment;                                /* the commitment is to other frames */
};

/** The elements of the manifest before the keys, as they should be. */
static inline void
craft_elements(struct bytes *out, const struct craft *craft, uint32_t encrypted)
{
	static const uint8_t digest[8] = {1, 2, 3, 4, 5, 6, 7, 8};

	if (craft->before_keys.size > 0) {
		craft_ok(bytes_append_view(out, craft->before_keys, NULL));
		return;
	}
	craft_ok(codec_write_array(out, 7, NULL));
	craft_ok(codec_write_uint(out, CRAFT_TOWNSHIP_NUMBER, NULL));
	craft_ok(codec_write_array(out, craft->recipient_count, NULL));
	for (size_t i = 0; i < craft->recipient_count; i++)
		craft_ok(codec_write_uint(out, craft->recipient_codes[i], NULL));
	craft_ok(codec_write_uint(out, craft->number != 0 ? craft->number : 7, NULL));
	craft_ok(codec_write_uint(out, CRAFT_TIME, NULL));
	craft_ok(codec_write_array(out, 1, NULL));
	craft_ok(codec_write_array(out, 3, NULL));
	craft_ok(codec_write_uint(out, 6, NULL));
	craft_ok(codec_write_uint(out, 1, NULL));
	craft_ok(codec_write_bin(out, view_of(digest, sizeof(digest)), NULL));
	craft_ok(codec_write_uint(out, encrypted, NULL));
}

static inline void
craft_append_id(struct bytes *out, const struct seal_public_key *key)
{
	struct id id;

	seal_key_id(&id, key);
	craft_ok(bytes_append(out, id.bytes, 4, NULL));
}

/** Head and manifest up to H's end; `unbound` zero bytes more. */
static inline void
craft_signed_part(struct bytes *out, const struct craft *craft, const struct seal_ephemeral *ephemeral, size_t unbound,
                  uint32_t encrypted)
{
	static const uint8_t zero[66 * 48 + 48];
	struct bytes keys = {0};
	struct bytes manifest = {0};
	uint8_t head[10] = {'T', 'S', 'B', '1', 1, 0, 1};

	craft_append_id(&keys, &seal_node_key_public(craft->sender)->sign);
	craft_ok(bytes_append(&keys, "incarnat", 8, NULL));
	craft_ok(bytes_append(&keys, zero, 16, NULL));
	craft_ok(bytes_append(&keys, craft->low_order ? zero : seal_ephemeral_public(ephemeral)->bytes, 32, NULL));
	for (size_t i = 0; i < craft->recipient_count; i++)
		craft_append_id(&keys, &seal_node_key_public(craft->recipients[i])->seal);
	craft_ok(bytes_append(&keys, zero, unbound - craft->keys_cut, NULL));
	craft_elements(&manifest, craft, encrypted);
	craft_ok(codec_write_bin(&manifest, bytes_view(&keys), NULL));
	if (craft->version != 0)
		head[4] = craft->version;
	if (craft->suite != 0)
		store_u16(head + 5, craft->suite);
	head[7] = (uint8_t)(manifest.size >> 16);
	store_u16(head + 8, (uint16_t)manifest.size);
	craft_ok(bytes_append(out, head, sizeof(head), NULL));
	craft_ok(bytes_append_view(out, bytes_view(&manifest), NULL));
	bytes_release(&keys);
	bytes_release(&manifest);
}

static inline enum err
craft_header(void *context, void *out, size_t size, struct err_info *info)
{
	(void)info;
	memcpy(out, context, size);
	return ERR_OK;
}

static inline void
craft_frames(struct bytes *out, const struct craft *craft, const struct seal_key *key, struct digest *bound)
{
	uint32_t count = (uint32_t)((craft->plain.size + 65535) / 65536);
	const struct env env = {.random = craft_header, .context = bound};
	uint8_t header[SEAL_STREAM_HEADER_BYTES];
	struct seal_stream stream;

	craft_ok(seal_stream_write_init(&stream, header, key, count, &env, NULL));
	for (size_t at = 0; at < craft->plain.size; at += 65536) {
		size_t size = craft->plain.size - at < 65536 ? craft->plain.size - at : 65536;

		craft_ok(seal_stream_push(&stream, out, view_of(craft->plain.data + at, size),
		                          view_of(bound->bytes, 32), NULL));
	}
	for (uint32_t i = 0; i < craft->frames_after; i++) {
		stream.frame_count++;
		craft_ok(seal_stream_push(&stream, out, view_text("behind the end"), view_of(bound->bytes, 32), NULL));
	}
	seal_stream_wipe(&stream);
}

static inline size_t
craft_commitment_bytes(const struct craft *craft)
{
	return craft->recipient_count == 1 ? 16 : 32;
}

/** Wraps, commitment, frames digest at `at`; to one recipient alone no wraps. */
static inline void
craft_unbound(uint8_t *at, const struct craft *craft, const struct seal_ephemeral *ephemeral, struct seal_key *keys[2],
              const struct digest *bound, struct view frames)
{
	struct digest digest;
	struct digest commitment;
	uint8_t context[64];

	seal_digest(&digest, frames);
	for (size_t i = 0; craft->recipient_count > 1 && i < craft->recipient_count; i++, at += 48) {
		size_t k = craft->second_key && i + 1 == craft->recipient_count ? 1 : 0;

		craft_ok(seal_wrap(at, ephemeral, &seal_node_key_public(craft->recipients[i])->seal, keys[k],
		                   view_of(bound->bytes, 32), NULL));
	}
	memcpy(context, bound->bytes, 32);
	memcpy(context + 32, digest.bytes, 32);
	if (craft->other_commitment)
		context[63] ^= 1; /* a bit of the frames digest that does not travel */
	seal_content_commitment(&commitment, keys[0], view_of(context, 64));
	memcpy(at, commitment.bytes, craft_commitment_bytes(craft));
	memcpy(at + craft_commitment_bytes(craft), digest.bytes, 16);
}

/** Write the bundle; `out` is empty. */
static inline void
craft_write(struct bytes *out, const struct craft *craft)
{
	uint64_t seed = craft->seed;
	struct env env = craft_env(&seed);
	struct seal_key *keys[2] = {NULL, NULL};
	struct seal_ephemeral *ephemeral = NULL;
	size_t wrapped = craft->recipient_count == 1 ? 0 : craft->recipient_count * 48;
	size_t unbound = wrapped + craft_commitment_bytes(craft) + 16;
	size_t frames = (craft->plain.size + 65535) / 65536;
	size_t encrypted = craft->plain.size + frames * 17 + craft->frames_after * (CRAFT_AFTER_BYTES + 17) -
	                   craft->missing_frames * (size_t)CRAFT_FRAME_BYTES;
	struct seal_signature signature = {{0}};
	struct digest bound;
	size_t signed_bytes;

	craft_ok(seal_key_new(&keys[0], &env, NULL));
	craft_ok(seal_key_new(&keys[1], &env, NULL));
	craft_ok(seal_ephemeral_new(&ephemeral, &env, NULL));
	craft_signed_part(out, craft, ephemeral, unbound, (uint32_t)encrypted);
	signed_bytes = out->size;
	unbound -= craft->keys_cut;
	seal_digest(&bound, view_of(out->data, signed_bytes - unbound));
	if (craft->recipient_count == 1) { /* agreed on, not drawn */
		seal_key_free(keys[0]);
		craft_ok(seal_agree(&keys[0], ephemeral, &seal_node_key_public(craft->recipients[0])->seal,
		                    view_of(bound.bytes, 32), NULL));
	}
	craft_ok(bytes_append(out, signature.bytes, 64, NULL));
	craft_frames(out, craft, keys[0], &bound);
	if (craft->change != NULL)
		craft->change(out, signed_bytes + 64);
	if (craft->keys_cut == 0)
		craft_unbound(out->data + signed_bytes - unbound, craft, ephemeral, keys, &bound,
		              view_of(out->data + signed_bytes + 64, out->size - signed_bytes - 64));
	craft_ok(seal_sshsig_sign(&signature, craft->sender, SEAL_NAMESPACE_BUNDLE, view_of(out->data, signed_bytes),
	                          NULL));
	memcpy(out->data + signed_bytes, signature.bytes, 64);
	seal_key_free(keys[0]);
	seal_key_free(keys[1]);
	seal_ephemeral_free(ephemeral);
}

#endif
