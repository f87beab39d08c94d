/* What our reader takes, msgpack-c takes too, whole, and packs again to the same bytes; a raw value holds what a value holds. */
#include <stdlib.h>
#include <string.h>

#include <msgpack.h>

#include "codec/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
compare(struct view value)
{
	msgpack_unpacked unpacked;
	msgpack_sbuffer packed;
	msgpack_packer packer;
	size_t offset = 0;

	msgpack_unpacked_init(&unpacked);
	if (msgpack_unpack_next(&unpacked, (const char *)value.data, value.size, &offset) != MSGPACK_UNPACK_SUCCESS ||
	    offset != value.size)
		abort();
	msgpack_sbuffer_init(&packed);
	msgpack_packer_init(&packer, &packed, msgpack_sbuffer_write);
	if (msgpack_pack_object(&packer, unpacked.data) != 0 || packed.size != value.size ||
	    memcmp(packed.data, value.data, value.size) != 0)
		abort();
	msgpack_sbuffer_destroy(&packed);
	msgpack_unpacked_destroy(&unpacked);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct codec_reader reader = codec_reader_of(view_of(data, size));
	struct view raw;

	if (codec_read_raw(&raw, &reader, NULL) == ERR_OK)
		compare(raw);
	else if (codec_check_value(view_of(data, size), NULL) == ERR_OK)
		abort();
	return 0;
}
