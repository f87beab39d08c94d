/* What decodes is UTF-8, comes back as the same bytes' text, and does not depend on how it is cut. */
#include <assert.h>

#include "text/gb18030.h"
#include "text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err
decode_in_pieces(struct bytes *out, const uint8_t *data, size_t size, size_t step)
{
	struct text_decoder *decoder = NULL;
	enum err err = ERR_OK;

	assert(text_decoder_new(&decoder, NULL) == ERR_OK);
	for (size_t at = 0; err == ERR_OK && at < size; at += step) {
		size_t piece = size - at < step ? size - at : step;

		err = text_decoder_put(decoder, out, view_of(data + at, piece), at + piece == size, NULL);
	}
	text_decoder_free(decoder);
	return err;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = {0};
	struct bytes pieces = {0};
	struct bytes encoded = {0};
	struct bytes again = {0};
	struct err_info info;
	enum err err = text_gb18030_read(&text, view_of(data, size), &info);

	assert(text_is_utf8(bytes_view(&text)));
	assert(decode_in_pieces(&pieces, data, size, size == 0 ? 1 : 1 + (size_t)data[0] % 7) == err);
	if (err == ERR_OK) {
		assert(view_equal(bytes_view(&text), bytes_view(&pieces)));
		assert(text_gb18030_write(&encoded, bytes_view(&text), &info) == ERR_OK);
		assert(text_gb18030_read(&again, bytes_view(&encoded), &info) == ERR_OK);
		assert(view_equal(bytes_view(&text), bytes_view(&again)));
	}
	bytes_release(&text);
	bytes_release(&pieces);
	bytes_release(&encoded);
	bytes_release(&again);
	return 0;
}
