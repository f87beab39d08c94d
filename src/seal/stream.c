#include "seal/stream.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "seal/hash.h"

_Static_assert(sizeof(crypto_secretstream_xchacha20poly1305_state) <= sizeof(((struct seal_stream *)0)->state),
               "the opaque state is too small");
_Static_assert(SEAL_FRAME_OVERHEAD_BYTES == crypto_secretstream_xchacha20poly1305_ABYTES, "tag byte and MAC");
_Static_assert(SEAL_STREAM_HEADER_BYTES == crypto_secretstream_xchacha20poly1305_HEADERBYTES, "header");

/* Byte arrays all: any alignment is right for it. */
static crypto_secretstream_xchacha20poly1305_state *
state_of(struct seal_stream *stream)
{
	return (crypto_secretstream_xchacha20poly1305_state *)(void *)stream->state;
}

/* Both ends start from the header in the same way; libsodium's init_push only draws the header too, past our env. */
static void
start(struct seal_stream *stream, const uint8_t header[SEAL_STREAM_HEADER_BYTES], const struct seal_key *key,
      uint32_t frame_count)
{
	struct digest stream_key;
	uint8_t suite[SEAL_SUITE_BYTES];

	assert(frame_count >= 1);
	memset(stream, 0, sizeof(*stream));
	store_u16(suite, SEAL_SUITE);
	seal_digest_keyed(&stream_key, SEAL_DOMAIN_STREAM, key, view_of(suite, sizeof(suite)));
	(void)crypto_secretstream_xchacha20poly1305_init_pull(state_of(stream), header, stream_key.bytes);
	sodium_memzero(&stream_key, sizeof(stream_key));
	stream->frame_count = frame_count;
}

enum err
seal_stream_write_init(struct seal_stream *stream, uint8_t header[SEAL_STREAM_HEADER_BYTES], const struct seal_key *key,
                       uint32_t frame_count, const struct env *env, struct err_info *info)
{
	uint8_t drawn[SEAL_STREAM_HEADER_BYTES];
	enum err err = env->random(env->context, drawn, sizeof(drawn), info);

	if (err != ERR_OK)
		return err;
	start(stream, drawn, key, frame_count);
	memcpy(header, drawn, sizeof(drawn));
	return ERR_OK;
}

void
seal_stream_read_init(struct seal_stream *stream, const uint8_t header[SEAL_STREAM_HEADER_BYTES],
                      const struct seal_key *key, uint32_t frame_count)
{
	start(stream, header, key, frame_count);
}

/* The tag that the frame in turn has to have. */
static uint8_t
tag_in_turn(const struct seal_stream *stream)
{
	return stream->frames_done + 1 == stream->frame_count ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
	                                                      : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
}

enum err
seal_stream_push(struct seal_stream *stream, struct bytes *out, struct view plain, struct view associated,
                 struct err_info *info)
{
	uint8_t *at;

	assert(stream->frames_done < stream->frame_count && plain.size <= LIMIT_FRAME_BYTES_MAX);
	at = bytes_extend(out, plain.size + SEAL_FRAME_OVERHEAD_BYTES);
	if (at == NULL)
		return err_nomem(info);
	(void)crypto_secretstream_xchacha20poly1305_push(state_of(stream), at, NULL, plain.data, plain.size,
	                                                 associated.data, associated.size, tag_in_turn(stream));
	stream->frames_done++;
	return ERR_OK;
}

/* After an error the stream is dead: frame_count 0 refuses all that follows. */
static enum err
give_up(struct seal_stream *stream, enum err err)
{
	seal_stream_wipe(stream);
	return err;
}

enum err
seal_stream_pull(struct seal_stream *stream, struct bytes *out, struct view frame, struct view associated,
                 struct err_info *info)
{
	size_t before = out->size;
	uint8_t tag = 0;
	uint8_t *at;
	size_t size;

	if (stream->frames_done >= stream->frame_count)
		return give_up(stream, err_set(info, ERR_FORMAT, "%s",
		                               _("there are more encrypted frames than the signed header says")));
	if (frame.size < SEAL_FRAME_OVERHEAD_BYTES || frame.size - SEAL_FRAME_OVERHEAD_BYTES > LIMIT_FRAME_BYTES_MAX)
		return give_up(stream,
		               err_set(info, ERR_FORMAT, _("encrypted frame %u has %zu bytes; %d to %d were expected"),
		                       stream->frames_done + 1, frame.size, SEAL_FRAME_OVERHEAD_BYTES,
		                       LIMIT_FRAME_BYTES_MAX + SEAL_FRAME_OVERHEAD_BYTES));
	size = frame.size - SEAL_FRAME_OVERHEAD_BYTES;
	at = bytes_extend(out, size);
	if (at == NULL)
		return give_up(stream, err_nomem(info));
	if (crypto_secretstream_xchacha20poly1305_pull(state_of(stream), at, NULL, &tag, frame.data, frame.size,
	                                               associated.data, associated.size) != 0 ||
	    tag != tag_in_turn(stream)) {
		seal_wipe(at, size);
		out->size = before;
		return give_up(stream, err_set(info, ERR_AUTH,
		                               _("encrypted frame %u does not open: it was changed, moved or cut off"),
		                               stream->frames_done + 1));
	}
	stream->frames_done++;
	return ERR_OK;
}

enum err
seal_stream_end(const struct seal_stream *stream, struct err_info *info)
{
	if (stream->frame_count > 0 && stream->frames_done == stream->frame_count)
		return ERR_OK;
	return err_set(info, ERR_FORMAT, _("the encrypted frames end after %u of %u"), stream->frames_done,
	               stream->frame_count);
}

void
seal_stream_wipe(struct seal_stream *stream)
{
	sodium_memzero(stream, sizeof(*stream));
}
