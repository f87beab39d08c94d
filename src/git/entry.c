/* Entries of a pack: header and zlib stream. schema/store-v1.md, "Packs". */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "git/packer.h"

enum {
	STORED_BLOCK_BYTES_MAX = 65535,
	STORED_BLOCK_HEADER_BYTES = 5,
	ZLIB_HEADER_BYTES = 2,
	ZLIB_TRAILER_BYTES = 4,
	STORED_BYTES = ZLIB_HEADER_BYTES + STORED_BLOCK_HEADER_BYTES + ZLIB_TRAILER_BYTES, /* beside one stored block */
	DEFLATE_LEVEL = 1, /* commits are small and half random */
	HEADER_FIRST_BITS = 4,
	HEADER_NEXT_BITS = 7,
	HEADER_MORE = 0x80,
	BYTE_BITS = 8,
};

static size_t
encode_header(uint8_t *out, int type, uint64_t size)
{
	size_t used = 0;
	uint8_t byte = (uint8_t)((unsigned)type << HEADER_FIRST_BITS | (size & 0x0f));

	size >>= HEADER_FIRST_BITS;
	while (size != 0) {
		out[used++] = byte | HEADER_MORE;
		byte = (uint8_t)(size & 0x7f);
		size >>= HEADER_NEXT_BITS;
	}
	out[used++] = byte;
	return used;
}

enum err
pack_decode_header(int *type, uint64_t *size, size_t *used, struct view entry, struct err_info *info)
{
	uint64_t value;
	unsigned shift = HEADER_FIRST_BITS;
	size_t at = 1;

	if (entry.size == 0)
		return err_set(info, ERR_FORMAT, _("an entry of a pack has no bytes"));
	value = entry.data[0] & 0x0f;
	for (; (entry.data[at - 1] & HEADER_MORE) != 0; at++) {
		if (at == entry.size || at == PACK_ENTRY_HEADER_BYTES_MAX - 1)
			return err_set(info, ERR_FORMAT, _("an entry of a pack has no end of its header"));
		value |= (uint64_t)(entry.data[at] & 0x7f) << shift;
		shift += HEADER_NEXT_BITS;
	}
	*type = entry.data[0] >> HEADER_FIRST_BITS & 7;
	*size = value;
	*used = at;
	return ERR_OK;
}

/* A zlib stream of stored blocks (RFC 1950, RFC 1951 section 3.2.4). */
static enum err
encode_stored(struct bytes *out, struct view content, struct err_info *info)
{
	size_t block_count = content.size / STORED_BLOCK_BYTES_MAX + 1;
	size_t total = ZLIB_HEADER_BYTES + block_count * STORED_BLOCK_HEADER_BYTES + content.size + ZLIB_TRAILER_BYTES;
	uint32_t check = libdeflate_adler32(1, content.data, content.size);
	uint8_t *at = bytes_extend(out, total);

	if (at == NULL)
		return err_nomem(info);
	*at++ = 0x78;
	*at++ = 0x01;
	for (; block_count > 0; block_count--) {
		size_t size = block_count > 1 ? STORED_BLOCK_BYTES_MAX : content.size;

		*at++ = block_count == 1;
		*at++ = (uint8_t)size;
		*at++ = (uint8_t)(size >> BYTE_BITS);
		*at++ = (uint8_t)~size;
		*at++ = (uint8_t)(~size >> BYTE_BITS);
		if (size > 0)
			memcpy(at, content.data, size);
		at += size;
		content.data += size;
		content.size -= size;
	}
	store_u32(at, check);
	return ERR_OK;
}

static enum err
encode_deflated(struct bytes *out, struct pack_encoder *encoder, struct view content, struct err_info *info)
{
	size_t size_max;
	size_t size;
	enum err err;

	if (encoder->deflater == NULL)
		encoder->deflater = libdeflate_alloc_compressor(DEFLATE_LEVEL);
	if (encoder->deflater == NULL)
		return err_nomem(info);
	size_max = libdeflate_zlib_compress_bound(encoder->deflater, content.size);
	err = bytes_reserve(out, size_max, info);
	if (err != ERR_OK)
		return err;
	size = libdeflate_zlib_compress(encoder->deflater, content.data, content.size, out->data + out->size, size_max);
	if (size == 0)
		return err_set(info, ERR_INTERNAL, _("libdeflate does not deflate %zu bytes"), content.size);
	out->size += size;
	return ERR_OK;
}

enum err
pack_encode(struct bytes *out, struct pack_encoder *encoder, int type, struct view content, struct err_info *info)
{
	uint8_t header[PACK_ENTRY_HEADER_BYTES_MAX];
	size_t start = out->size;
	enum err err = bytes_append(out, header, encode_header(header, type, content.size), info);

	if (err == ERR_OK && type == (int)GIT_TYPE_TREE && leaf_is_one(content))
		err = leaf_encode(out, &encoder->leaf, content, info);
	else if (err == ERR_OK && type == (int)GIT_TYPE_COMMIT)
		err = encode_deflated(out, encoder, content, info);
	else if (err == ERR_OK)
		err = encode_stored(out, content, info);
	if (err != ERR_OK)
		out->size = start;
	return err;
}

void
pack_encoder_release(struct pack_encoder *encoder)
{
	libdeflate_free_compressor(encoder->deflater);
	*encoder = (struct pack_encoder){0};
}

void
pack_inflater_release(struct pack_inflater *inflater)
{
	libdeflate_free_decompressor(inflater->any);
	*inflater = (struct pack_inflater){0};
}

/* A zlib stream of just one stored block of this size, as our writer makes it of a blob. */
static bool
is_stored(struct view stream, size_t size)
{
	const uint8_t head[ZLIB_HEADER_BYTES + STORED_BLOCK_HEADER_BYTES] = {0x78,
	                                                                     0x01,
	                                                                     1,
	                                                                     (uint8_t)size,
	                                                                     (uint8_t)(size >> BYTE_BITS),
	                                                                     (uint8_t)~size,
	                                                                     (uint8_t)(~size >> BYTE_BITS)};

	return size <= STORED_BLOCK_BYTES_MAX && stream.size >= STORED_BYTES + size &&
	       memcmp(stream.data, head, sizeof(head)) == 0;
}

static enum err
inflate_any(struct bytes *out, size_t *used_out, size_t size, struct view stream, struct pack_inflater *inflater,
            struct err_info *info)
{
	size_t before = out->size;
	enum libdeflate_result result;
	uint8_t *at;

	if (inflater->any == NULL)
		inflater->any = libdeflate_alloc_decompressor();
	at = inflater->any == NULL ? NULL : bytes_extend(out, size);
	if (at == NULL)
		return err_nomem(info);
	/* without a place for the size it is an error if it is another */
	result = libdeflate_zlib_decompress_ex(inflater->any, stream.data, stream.size, at, size, used_out, NULL);
	if (result == LIBDEFLATE_SUCCESS)
		return ERR_OK;
	out->size = before;
	return err_set(info, ERR_FORMAT, _("an entry of a pack does not inflate to %zu bytes (libdeflate %d)"), size,
	               (int)result);
}

enum err
pack_inflate_start(struct bytes *out, size_t *used_out, size_t size, struct view stream, struct pack_inflater *inflater,
                   struct err_info *info)
{
	if (is_stored(stream, size)) {
		*used_out = STORED_BYTES + size;
		return bytes_append(out, stream.data + ZLIB_HEADER_BYTES + STORED_BLOCK_HEADER_BYTES, size, info);
	}
	if (leaf_decode(out, used_out, &inflater->leaf, size, stream))
		return ERR_OK;
	return inflate_any(out, used_out, size, stream, inflater, info);
}

enum err
pack_inflate(struct bytes *out, size_t size, struct view stream, struct pack_inflater *inflater, struct err_info *info)
{
	size_t before = out->size;
	size_t used = 0;
	enum err err = pack_inflate_start(out, &used, size, stream, inflater, info);

	if (err == ERR_OK && used != stream.size) {
		out->size = before;
		err = err_set(info, ERR_FORMAT, _("an entry of a pack goes on behind its %zu bytes"), size);
	} else if (err == ERR_OK && is_stored(stream, size) &&
	           load_u32(stream.data + used - ZLIB_TRAILER_BYTES) !=
	                   libdeflate_adler32(1, out->data + before, size)) {
		out->size = before;
		err = err_set(info, ERR_FORMAT, _("an entry of a pack does not inflate to %zu bytes (libdeflate %d)"),
		              size, (int)LIBDEFLATE_BAD_DATA);
	}
	return err;
}
