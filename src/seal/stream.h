/**
 * A bundle's encrypted frames: libsodium's secretstream with what it leaves open closed: the count is known before, the
 * last frame and no other is FINAL, every frame binds the caller's associated data, and the key was committed to.
 * schema/seal-v1.md section 7. A frame is its plaintext and SEAL_FRAME_OVERHEAD_BYTES more.
 */
#ifndef SEAL_STREAM_H
#define SEAL_STREAM_H

#include "seal/key.h"

enum {
	SEAL_STREAM_HEADER_BYTES = 24,
	SEAL_FRAME_OVERHEAD_BYTES = 17,
};

/** Either end of a stream, on the caller's stack; seal_stream_wipe when done or given up. {0} may be wiped. */
struct seal_stream {
	uint8_t state[64];
	uint32_t frame_count;
	uint32_t frames_done;
};

/**
 * Start writing.
 *
 * @param header  drawn from env; travels before the frames
 * @param key     the content key
 * @param frame_count  how many frames will be pushed, at least 1
 * @return ERR_OK; ERR_IO (randomness)
 */
enum err seal_stream_write_init(struct seal_stream *stream, uint8_t header[SEAL_STREAM_HEADER_BYTES],
                                const struct seal_key *key, uint32_t frame_count, const struct env *env,
                                struct err_info *info) MUST_USE;
/**
 * Encrypt the next frame; the last of frame_count is marked FINAL by itself, and pushing more is a programmer's error.
 *
 * @param out         appended to
 * @param plain       at most LIMIT_FRAME_BYTES_MAX bytes (programmer's error otherwise)
 * @param associated  bound, not sent
 * @return ERR_OK; ERR_NOMEM
 */
enum err seal_stream_push(struct seal_stream *stream, struct bytes *out, struct view plain, struct view associated,
                          struct err_info *info) MUST_USE;

/** Start reading. The key's commitment has been compared; frame_count (at least 1) comes from the signed manifest. */
void seal_stream_read_init(struct seal_stream *stream, const uint8_t header[SEAL_STREAM_HEADER_BYTES],
                           const struct seal_key *key, uint32_t frame_count);
/**
 * Decrypt the next frame.
 *
 * @param out    appended to; unchanged on error
 * @param frame  untrusted: one whole frame
 * @return ERR_OK; ERR_FORMAT: too short or too long, or one frame more than frame_count; ERR_AUTH: changed, out of order,
 *         or FINAL in the wrong place; ERR_NOMEM. After an error the stream gives nothing more.
 */
enum err seal_stream_pull(struct seal_stream *stream, struct bytes *out, struct view frame, struct view associated,
                          struct err_info *info) MUST_USE;
/** All frames are through, FINAL seen? ERR_FORMAT: it ends early. Must be asked before the content is used. */
enum err seal_stream_end(const struct seal_stream *stream, struct err_info *info) MUST_USE;

void seal_stream_wipe(struct seal_stream *stream);

#endif
