/* Entries of a pack: header and zlib stream. schema/store-v1.md, "Packs". */
#include <assert.h>
#include <stdlib.h>

#include "git/packer.h"

enum {
	STORED_BLOCK_BYTES_MAX = 65535,
	STORED_BLOCK_HEADER_BYTES = 5,
	ZLIB_HEADER_BYTES = 2,
	ZLIB_TRAILER_BYTES = 4,
	/* trees and commits are small and half random: a small window and little memory make deflateReset cheap */
	DEFLATE_LEVEL = 1,
	DEFLATE_WINDOW_BITS = 12,
	DEFLATE_MEMORY_LEVEL = 5,
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
	uint32_t check = (uint32_t)adler32_z(1, content.data, content.size);
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
start_deflater(struct git_pack *pack, struct err_info *info)
{
	if (pack->deflater != NULL) {
		(void)deflateReset(pack->deflater);
		return ERR_OK;
	}
	pack->deflater = calloc(1, sizeof(*pack->deflater));
	if (pack->deflater == NULL)
		return err_nomem(info);
	if (deflateInit2(pack->deflater, DEFLATE_LEVEL, Z_DEFLATED, DEFLATE_WINDOW_BITS, DEFLATE_MEMORY_LEVEL,
	                 Z_DEFAULT_STRATEGY) == Z_OK)
		return ERR_OK;
	free(pack->deflater);
	pack->deflater = NULL;
	return err_nomem(info);
}

static enum err
encode_deflated(struct git_pack *pack, struct view content, struct err_info *info)
{
	struct bytes *out = &pack->buffer;
	size_t size_max;
	enum err err = start_deflater(pack, info);

	if (err != ERR_OK)
		return err;
	size_max = deflateBound(pack->deflater, content.size);
	err = bytes_reserve(out, size_max, info);
	if (err != ERR_OK)
		return err;
	assert(content.size <= LIMIT_BLOB_BYTES_MAX && size_max <= UINT32_MAX);
	pack->deflater->next_in = content.data;
	pack->deflater->avail_in = (uInt)content.size;
	pack->deflater->next_out = out->data + out->size;
	pack->deflater->avail_out = (uInt)size_max;
	if (deflate(pack->deflater, Z_FINISH) != Z_STREAM_END)
		return err_set(info, ERR_INTERNAL, _("zlib does not deflate %zu bytes"), content.size);
	out->size += size_max - pack->deflater->avail_out;
	return ERR_OK;
}

enum err
pack_encode(struct git_pack *pack, int type, struct view content, struct err_info *info)
{
	uint8_t header[PACK_ENTRY_HEADER_BYTES_MAX];
	size_t start = pack->buffer.size;
	enum err err = bytes_append(&pack->buffer, header, encode_header(header, type, content.size), info);

	if (err == ERR_OK && type == (int)GIT_TYPE_BLOB)
		err = encode_stored(&pack->buffer, content, info);
	else if (err == ERR_OK && type == (int)GIT_TYPE_TREE && leaf_is_one(content))
		err = leaf_encode(&pack->buffer, &pack->leaf, content, info);
	else if (err == ERR_OK)
		err = encode_deflated(pack, content, info);
	if (err != ERR_OK)
		pack->buffer.size = start;
	return err;
}

/* *used_out: how much of the stream was its own. */
static enum err
inflate_stream(struct bytes *out, size_t *used_out, size_t size, struct view stream, struct err_info *info)
{
	struct bytes content = {0};
	uLongf got = (uLongf)size;
	uLong used = (uLong)stream.size;
	uint8_t *at = bytes_extend(&content, size);
	int result;

	if (at == NULL)
		return err_nomem(info);
	result = uncompress2(at, &got, stream.data, &used);
	if (result != Z_OK || got != size) {
		bytes_release(&content);
		return err_set(info, ERR_FORMAT, _("an entry of a pack does not inflate to %zu bytes (zlib %d)"), size,
		               result);
	}
	*out = content;
	*used_out = (size_t)used;
	return ERR_OK;
}

enum err
pack_inflate_start(struct bytes *out, size_t size, struct view stream, struct err_info *info)
{
	size_t used;

	return inflate_stream(out, &used, size, stream, info);
}

enum err
pack_inflate(struct bytes *out, size_t size, struct view stream, struct err_info *info)
{
	struct bytes content = {0};
	size_t used = 0;
	enum err err = inflate_stream(&content, &used, size, stream, info);

	if (err == ERR_OK && used != stream.size)
		err = err_set(info, ERR_FORMAT, _("an entry of a pack goes on behind its %zu bytes"), size);
	if (err != ERR_OK) {
		bytes_release(&content);
		return err;
	}
	*out = content;
	return ERR_OK;
}
