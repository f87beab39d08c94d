#include "compress/compress.h"

#include <assert.h>

#include <zstd.h>
#include <zstd_errors.h>

enum {
	WINDOW_LOG_MIN = 10, /* zstd's own least */
	STEP_BYTES = 131072,
	MAGIC_BYTES = 4,
	CHECKSUM_BIT = 0x04, /* of the frame header descriptor, RFC 8878 section 3.1.1.1.1 */
	RESERVED_BIT = 0x08,
	SINGLE_SEGMENT_BIT = 0x20,
	HEADER_BYTES_MIN = 6,
};

static const uint8_t magic[MAGIC_BYTES] = {0x28, 0xb5, 0x2f, 0xfd};

/* zstd's errors, once. */
static enum err
zstd_error(struct err_info *info, size_t result)
{
	if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
		return err_nomem(info);
	return err_set(info, ERR_INTERNAL, _("compressing failed: %s"), ZSTD_getErrorName(result));
}

/* The least window that sees all of the text and the dictionary, within our limit. */
static int
window_log(size_t size)
{
	int log = WINDOW_LOG_MIN;

	while (log < LIMIT_ZSTD_WINDOW_LOG_MAX && ((size_t)1 << log) < size)
		log++;
	return log;
}

static size_t
set_up(ZSTD_CCtx *context, struct view plain, int level, struct view dictionary)
{
	size_t result = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);

	if (!ZSTD_isError(result))
		result = ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log(plain.size + dictionary.size));
	if (!ZSTD_isError(result))
		result = ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	if (!ZSTD_isError(result))
		result = ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1);
	/* a prefix is raw content whatever its first bytes are; a dictionary with zstd's magic would be parsed */
	if (!ZSTD_isError(result) && dictionary.size > 0)
		result = ZSTD_CCtx_refPrefix(context, dictionary.data, dictionary.size);
	return result;
}

enum err
compress_shrink(struct bytes *out, struct view plain, int level, struct view dictionary, struct err_info *info)
{
	ZSTD_CCtx *context;
	size_t result;
	enum err err;

	assert(level >= COMPRESS_LEVEL_MIN && level <= COMPRESS_LEVEL_MAX);
	if (plain.size > LIMIT_DELTA_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("%zu bytes are to be compressed; at most %d are taken"), plain.size,
		               LIMIT_DELTA_BYTES_MAX);
	err = bytes_reserve(out, ZSTD_compressBound(plain.size), info);
	if (err != ERR_OK)
		return err;
	context = ZSTD_createCCtx();
	if (context == NULL)
		return err_nomem(info);
	result = set_up(context, plain, level, dictionary);
	if (!ZSTD_isError(result))
		result = ZSTD_compress2(context, out->data + out->size, out->capacity - out->size, plain.data,
		                        plain.size);
	if (ZSTD_isError(result))
		err = zstd_error(info, result);
	else
		out->size += result;
	(void)ZSTD_freeCCtx(context);
	return err;
}

/* The window that a frame asks for: RFC 8878 section 3.1.1.1.2; all of it if it is one segment. zstd itself does not look at
 * it when a frame fits into one step. */
static uint64_t
window_of(struct view shrunk, size_t size_exact)
{
	unsigned descriptor = shrunk.data[MAGIC_BYTES + 1];
	uint64_t base;

	if ((shrunk.data[MAGIC_BYTES] & SINGLE_SEGMENT_BIT) != 0)
		return size_exact;
	base = UINT64_C(1) << (WINDOW_LOG_MIN + (descriptor >> 3));
	return base + base / 8 * (descriptor & 7U);
}

/* One zstd frame of ours, from the first byte of the view to its last, saying size_exact. */
static enum err
check_frame(struct view shrunk, size_t size_exact, struct err_info *info)
{
	unsigned long long declared;
	size_t frame_size;

	if (size_exact > LIMIT_DELTA_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a compressed part says %zu bytes; at most %d are taken"),
		               size_exact, LIMIT_DELTA_BYTES_MAX);
	/* skippable frames and old formats have other magics; zstd would pass over the one and report size 0 */
	if (shrunk.size < HEADER_BYTES_MIN ||
	    !view_equal(view_of(shrunk.data, MAGIC_BYTES), view_of(magic, MAGIC_BYTES)))
		return err_set(info, ERR_FORMAT, "%s", _("a compressed part is not a zstd frame"));
	if ((shrunk.data[MAGIC_BYTES] & CHECKSUM_BIT) == 0 || (shrunk.data[MAGIC_BYTES] & RESERVED_BIT) != 0 ||
	    ZSTD_getDictID_fromFrame(shrunk.data, shrunk.size) != 0)
		return err_set(
			info, ERR_FORMAT, "%s",
			_("a compressed part has no checksum, or names a dictionary; neither is written by tiersync"));
	declared = ZSTD_getFrameContentSize(shrunk.data, shrunk.size);
	if (declared != size_exact)
		return err_set(info, ERR_FORMAT,
		               _("a compressed part does not say the %zu bytes that were signed for it"), size_exact);
	if (window_of(shrunk, size_exact) > UINT64_C(1) << LIMIT_ZSTD_WINDOW_LOG_MAX)
		return err_set(info, ERR_TOO_BIG, _("a compressed part wants a window of more than 2^%d bytes"),
		               LIMIT_ZSTD_WINDOW_LOG_MAX);
	frame_size = ZSTD_findFrameCompressedSize(shrunk.data, shrunk.size);
	if (ZSTD_isError(frame_size) || frame_size != shrunk.size)
		return err_set(info, ERR_FORMAT, "%s", _("a compressed part is cut off, or something follows it"));
	return ERR_OK;
}

static enum err
restore_error(struct err_info *info, size_t result)
{
	ZSTD_ErrorCode code = ZSTD_getErrorCode(result);

	if (code == ZSTD_error_memory_allocation)
		return err_nomem(info);
	if (code == ZSTD_error_frameParameter_windowTooLarge)
		return err_set(info, ERR_TOO_BIG, _("a compressed part wants a window of more than 2^%d bytes"),
		               LIMIT_ZSTD_WINDOW_LOG_MAX);
	return err_set(info, ERR_FORMAT, _("a compressed part cannot be restored: %s"), ZSTD_getErrorName(result));
}

/* Decode in steps, so that memory grows with what is there and not with what is claimed; never past size_exact + 1. */
static enum err
restore_steps(struct bytes *out, ZSTD_DCtx *context, struct view shrunk, size_t size_exact, struct err_info *info)
{
	ZSTD_inBuffer in = {shrunk.data, shrunk.size, 0};
	size_t done = 0;

	for (;;) {
		size_t step = size_exact - done + 1 < STEP_BYTES ? size_exact - done + 1 : STEP_BYTES;
		size_t in_before = in.pos;
		ZSTD_outBuffer to;
		size_t left;
		enum err err = bytes_reserve(out, step, info);

		if (err != ERR_OK)
			return err;
		to = (ZSTD_outBuffer){out->data + out->size, step, 0};
		left = ZSTD_decompressStream(context, &to, &in);
		if (ZSTD_isError(left))
			return restore_error(info, left);
		out->size += to.pos;
		done += to.pos;
		if (done > size_exact || (left == 0 && (done != size_exact || in.pos != in.size)))
			return err_set(info, ERR_FORMAT,
			               _("a compressed part does not give the %zu bytes signed for it"), size_exact);
		if (left == 0)
			return ERR_OK;
		if (to.pos == 0 && in.pos == in_before)
			return err_set(info, ERR_FORMAT, "%s", _("a compressed part is cut off"));
	}
}

enum err
compress_restore(struct bytes *out, struct view shrunk, size_t size_exact, struct view dictionary,
                 struct err_info *info)
{
	size_t before = out->size;
	ZSTD_DCtx *context;
	size_t result;
	enum err err = check_frame(shrunk, size_exact, info);

	if (err != ERR_OK)
		return err;
	context = ZSTD_createDCtx();
	if (context == NULL)
		return err_nomem(info);
	result = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, LIMIT_ZSTD_WINDOW_LOG_MAX);
	if (!ZSTD_isError(result) && dictionary.size > 0)
		result = ZSTD_DCtx_refPrefix(context, dictionary.data, dictionary.size);
	if (ZSTD_isError(result))
		err = restore_error(info, result);
	else
		err = restore_steps(out, context, shrunk, size_exact, info);
	(void)ZSTD_freeDCtx(context);
	if (err != ERR_OK)
		out->size = before;
	return err;
}
