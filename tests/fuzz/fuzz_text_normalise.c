/* The normal form is UTF-8, a fixed point, keeps compatibility ideographs, and agrees with its borrowing twin; display copes. */
#include <assert.h>
#include <string.h>

#include "text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
count_kept(struct view text)
{
	size_t count = 0;

	while (text.size > 0) {
		uint32_t point = text_next(&text);

		count += (point >= 0xf900 && point <= 0xfaff) || (point >= 0x2f800 && point <= 0x2fa1f);
	}
	return count;
}

static void
check_normal(struct view text, struct view normal)
{
	struct bytes twice = {0};
	struct bytes spare = {0};
	struct view view = {0};
	struct err_info info;

	assert(text_is_utf8(normal) && count_kept(text) == count_kept(normal));
	/* decomposition may lengthen a run of marks past the limit; else nothing changes any more */
	if (text_normalise(&twice, normal, &info) == ERR_OK)
		assert(view_equal(bytes_view(&twice), normal));
	assert(text_normalise_view(&view, &spare, text, &info) == ERR_OK && view_equal(view, normal));
	bytes_release(&twice);
	bytes_release(&spare);
}

static void
check_display(struct view text)
{
	struct bytes out = {0};

	assert(text_escape(&out, text, NULL) == ERR_OK && text_is_utf8(bytes_view(&out)));
	assert(memchr(out.data == NULL ? (const uint8_t *)"" : out.data, 0x1b, out.size) == NULL);
	bytes_clear(&out);
	assert(text_pad(&out, text, 17, TEXT_RIGHT, NULL) == ERR_OK && text_width(bytes_view(&out)) == 17);
	bytes_clear(&out);
	assert(text_mask(&out, text, 2, TEXT_SHAPE_WORDS, NULL) == ERR_OK && text_is_utf8(bytes_view(&out)));
	bytes_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view text = view_of(data, size);
	struct bytes normal = {0};
	struct err_info info;
	enum err err;

	if (size > LIMIT_STRING_BYTES_MAX)
		return 0;
	err = text_normalise(&normal, text, &info);
	assert((err == ERR_FORMAT) == (!text_is_utf8(text) || (size > 0 && memchr(data, 0, size) != NULL)));
	if (err == ERR_OK)
		check_normal(text, bytes_view(&normal));
	check_display(text);
	bytes_release(&normal);
	return 0;
}
