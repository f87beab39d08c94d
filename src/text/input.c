#include "text/input.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/gb18030.h"
#include "text/text.h"

enum {
	STEP_BYTES = 65536,
	SEQUENCE_BYTES_MAX = 4, /* of UTF-8 */
};

struct text_input {
	int fd;              /* -1: from memory */
	struct view content; /* from memory: what is not read yet */
	char *name;
	enum text_encoding encoding;
	struct text_decoder *decoder; /* NULL: UTF-8 */

	struct bytes raw;    /* read and not yet checked */
	struct bytes window; /* checked; what is before `start` is consumed */
	size_t start;
	size_t step_bytes;
	bool is_begun; /* the byte order mark was looked for */
	bool is_ended; /* the source gives no more */

	uint64_t lines_dropped; /* line ends in what left the window */
	uint64_t bytes_passed;  /* of the source, all that left `raw` */

	enum err pending; /* an error that comes after what stands in the window */
	struct err_info pending_info;
};

static enum err
input_new(struct text_input **out, const char *name, enum text_encoding encoding, struct err_info *info)
{
	struct text_input *input = calloc(1, sizeof(*input));

	if (input == NULL)
		return err_nomem(info);
	input->fd = -1;
	input->encoding = encoding;
	input->step_bytes = STEP_BYTES;
	input->name = strdup(name);
	if (input->name == NULL) {
		text_input_free(input);
		return err_nomem(info);
	}
	*out = input;
	return ERR_OK;
}

enum err
text_input_new_fd(struct text_input **out, int fd, const char *name, enum text_encoding encoding, struct err_info *info)
{
	enum err err = input_new(out, name, encoding, info);

	if (err == ERR_OK)
		(*out)->fd = fd;
	return err;
}

enum err
text_input_new_view(struct text_input **out, struct view content, const char *name, enum text_encoding encoding,
                    struct err_info *info)
{
	enum err err = input_new(out, name, encoding, info);

	if (err == ERR_OK)
		(*out)->content = content;
	return err;
}

void
text_input_free(struct text_input *input)
{
	if (input == NULL)
		return;
	text_decoder_free(input->decoder);
	bytes_release(&input->raw);
	bytes_release(&input->window);
	free(input->name);
	free(input);
}

void
text_input_set_step(struct text_input *input, size_t size)
{
	assert(size >= 1 && size <= STEP_BYTES);
	input->step_bytes = size;
}

const char *
text_input_name(const struct text_input *input)
{
	return input->name;
}

enum text_encoding
text_input_encoding(const struct text_input *input)
{
	return input->encoding;
}

struct view
text_input_window(const struct text_input *input)
{
	if (input->window.size == input->start)
		return (struct view){0};
	return view_of(input->window.data + input->start, input->window.size - input->start);
}

void
text_input_consume(struct text_input *input, size_t size)
{
	assert(size <= input->window.size - input->start);
	input->start += size;
}

static uint64_t
count_lines(const uint8_t *at, size_t size)
{
	const uint8_t *end = at + size;
	uint64_t count = 0;

	while (size > 0 && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at++;
		count++;
		size = (size_t)(end - at);
	}
	return count;
}

/* Move what is left to the front. Called once per read of STEP_BYTES, so it costs little more than the reading. */
static void
drop_consumed(struct text_input *input)
{
	if (input->start == 0)
		return;
	input->lines_dropped += count_lines(input->window.data, input->start);
	input->window.size -= input->start;
	memmove(input->window.data, input->window.data + input->start, input->window.size);
	input->start = 0;
}

static uint64_t
line_at_end(const struct text_input *input)
{
	return 1 + input->lines_dropped +
	       (input->window.size == 0 ? 0 : count_lines(input->window.data, input->window.size));
}

/* Append what one read gives to `raw`; nothing more: is_ended. */
static enum err
read_raw(struct text_input *input, struct err_info *info)
{
	ssize_t got;
	enum err err;

	if (input->fd < 0) {
		size_t size = input->content.size < input->step_bytes ? input->content.size : input->step_bytes;

		err = bytes_append(&input->raw, input->content.data, size, info);
		if (err != ERR_OK)
			return err;
		if (size > 0)
			input->content.data += size;
		input->content.size -= size;
		input->is_ended = size == 0;
		return ERR_OK;
	}
	err = bytes_reserve(&input->raw, input->step_bytes, info);
	if (err != ERR_OK)
		return err;
	do {
		got = read(input->fd, input->raw.data + input->raw.size, input->step_bytes);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_errno(info, errno, "%s %s", _("cannot read"), input->name);
	input->raw.size += (size_t)got;
	input->is_ended = got == 0;
	return ERR_OK;
}

static void
pass_raw(struct text_input *input, size_t size)
{
	input->raw.size -= size;
	memmove(input->raw.data, input->raw.data + size, input->raw.size);
	input->bytes_passed += size;
}

static bool
raw_begins_with(const struct text_input *input, const char *mark, size_t size)
{
	return input->raw.size >= size && memcmp(input->raw.data, mark, size) == 0;
}

/* Look for a byte order mark and settle the encoding. */
static enum err
begin(struct text_input *input, struct err_info *info)
{
	while (!input->is_ended && input->raw.size < SEQUENCE_BYTES_MAX) {
		enum err err = read_raw(input, info);

		if (err != ERR_OK)
			return err;
	}
	input->is_begun = true;
	if (raw_begins_with(input, "\xff\xfe", 2) || raw_begins_with(input, "\xfe\xff", 2))
		return err_set(info, ERR_FORMAT,
		               _("%s is UTF-16 (\"Unicode text\"); save it as CSV UTF-8, comma separated"),
		               input->name);
	if (raw_begins_with(input, "\xef\xbb\xbf", 3)) {
		input->encoding = TEXT_UTF8;
		pass_raw(input, 3);
	} else if (input->encoding == TEXT_GB18030 && raw_begins_with(input, "\x84\x31\x95\x33", 4)) {
		pass_raw(input, 4);
	}
	if (input->encoding == TEXT_GB18030)
		return text_decoder_new(&input->decoder, info);
	return ERR_OK;
}

/* Keep an error for after what was read before it. */
static void
keep_error(struct text_input *input, enum err err)
{
	input->pending = err;
	input->pending_info.code = err;
}

static void
keep_wrong_byte(struct text_input *input)
{
	keep_error(input, err_set(&input->pending_info, ERR_FORMAT,
	                          _("%s, line %llu, byte %llu of the file: not UTF-8; if it was saved as GBK or GB "
	                            "18030, give --encoding gb18030"),
	                          input->name, (unsigned long long)line_at_end(input),
	                          (unsigned long long)input->bytes_passed + 1));
}

/* Check what stands in `raw` and append it to the window; a sequence cut at the end stays in `raw`. */
static enum err
take_utf8(struct text_input *input, struct err_info *info)
{
	size_t prefix = text_utf8_prefix(bytes_view(&input->raw));
	enum err err = bytes_append(&input->window, input->raw.data, prefix, info);

	if (err != ERR_OK || input->raw.size == 0)
		return err;
	pass_raw(input, prefix);
	if (input->raw.size >= SEQUENCE_BYTES_MAX || (input->is_ended && input->raw.size > 0))
		keep_wrong_byte(input);
	return ERR_OK;
}

static void
take_gb18030(struct text_input *input)
{
	struct view raw = bytes_view(&input->raw);
	enum err err = text_decoder_put(input->decoder, &input->window, raw, input->is_ended, &input->pending_info);

	input->bytes_passed += raw.size;
	bytes_clear(&input->raw);
	if (err == ERR_OK)
		return;
	if (err == ERR_FORMAT)
		err = err_in(&input->pending_info, err, _("%s (read as --encoding gb18030)"), input->name);
	keep_error(input, err);
}

/* A NUL ends what is given out. */
static void
stop_at_nul(struct text_input *input, size_t size_before)
{
	const uint8_t *nul;

	if (input->window.size == size_before)
		return;
	nul = memchr(input->window.data + size_before, '\0', input->window.size - size_before);
	if (nul == NULL)
		return;
	input->window.size = (size_t)(nul - input->window.data);
	keep_error(input, err_set(&input->pending_info, ERR_FORMAT,
	                          _("%s, line %llu holds a NUL byte; is it a text file, saved as CSV UTF-8?"),
	                          input->name, (unsigned long long)line_at_end(input)));
}

static enum err
take_pending(const struct text_input *input, struct err_info *info)
{
	if (info != NULL)
		*info = input->pending_info;
	return input->pending;
}

enum err
text_input_more(struct text_input *input, bool *is_end_out, struct err_info *info)
{
	size_t size_before;
	enum err err = ERR_OK;

	drop_consumed(input);
	size_before = input->window.size;
	if (!input->is_begun)
		err = begin(input, info);
	else if (!input->is_ended && input->pending == ERR_OK)
		err = read_raw(input, info);
	while (err == ERR_OK && input->pending == ERR_OK) {
		if (input->decoder != NULL)
			take_gb18030(input);
		else
			err = take_utf8(input, info);
		stop_at_nul(input, size_before);
		if (err != ERR_OK || input->window.size > size_before || input->is_ended)
			break;
		err = read_raw(input, info);
	}
	if (err != ERR_OK) {
		if (info != NULL)
			input->pending_info = *info;
		keep_error(input, err);
		return err;
	}
	if (input->window.size == size_before && input->pending != ERR_OK)
		return take_pending(input, info);
	*is_end_out = input->window.size == size_before;
	return ERR_OK;
}
