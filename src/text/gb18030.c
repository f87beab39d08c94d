#include "text/gb18030.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <iconv.h>

#include "text/text.h"

enum {
	CODE_BYTES_MAX = 4, /* one GB 18030 code */
	STEP = 4096,        /* bytes given to iconv at once, so that its output fits a buffer on the stack */
};

struct text_decoder {
	iconv_t iconv;
	uint64_t offset; /* of the first byte not decoded */
	uint64_t line;
	uint8_t kept[CODE_BYTES_MAX]; /* a code cut by the end of a piece */
	size_t kept_size;
};

struct text_encoder {
	iconv_t iconv;
};

static enum err
open_iconv(iconv_t *out, const char *to, const char *from, struct err_info *info)
{
	iconv_t opened = iconv_open(to, from);

	if (opened == (iconv_t)-1 && errno == ENOMEM)
		return err_nomem(info);
	if (opened == (iconv_t)-1)
		return err_set(info, ERR_STATE,
		               _("this system cannot convert GB 18030: the C library's conversion tables are missing"));
	*out = opened;
	return ERR_OK;
}

enum err
text_decoder_new(struct text_decoder **out, struct err_info *info)
{
	struct text_decoder *decoder = calloc(1, sizeof(*decoder));
	enum err err;

	if (decoder == NULL)
		return err_nomem(info);
	decoder->line = 1;
	err = open_iconv(&decoder->iconv, "UTF-8", "GB18030", info);
	if (err != ERR_OK) {
		free(decoder);
		return err;
	}
	*out = decoder;
	return ERR_OK;
}

void
text_decoder_free(struct text_decoder *decoder)
{
	if (decoder == NULL)
		return;
	(void)iconv_close(decoder->iconv);
	free(decoder);
}

static uint64_t
count_lines(const uint8_t *at, size_t size)
{
	uint64_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += at[i] == '\n';
	return count;
}

static enum err
wrong_byte(const struct text_decoder *decoder, struct err_info *info)
{
	return err_set(info, ERR_FORMAT, _("line %llu, byte %llu of the file: not GB 18030"),
	               (unsigned long long)decoder->line, (unsigned long long)decoder->offset + 1);
}

/*
 * Decode at most STEP bytes. *used_out is short of `size` only if the last code is cut. iconv takes its input as char *
 * but does not write to it; a copy keeps the promise of const.
 */
static enum err
decode_step(struct text_decoder *decoder, struct bytes *out, const uint8_t *at, size_t size, size_t *used_out,
            struct err_info *info)
{
	char in[STEP];
	char decoded[STEP * 2]; /* 1 byte gives 1, 2 give at most 3 (some composed ones 4), 4 give at most 4 */
	char *from = in;
	char *to = decoded;
	size_t from_left = size;
	size_t to_left = sizeof(decoded);
	size_t result;
	int conversion_errno;
	enum err err;

	memcpy(in, at, size);
	result = iconv(decoder->iconv, &from, &from_left, &to, &to_left);
	conversion_errno = errno;
	err = bytes_append(out, decoded, sizeof(decoded) - to_left, info);
	if (err != ERR_OK)
		return err;
	*used_out = size - from_left;
	decoder->offset += *used_out;
	decoder->line += count_lines(at, *used_out);
	if (result != (size_t)-1 || (conversion_errno == EINVAL && from_left < CODE_BYTES_MAX))
		return ERR_OK;
	return wrong_byte(decoder, info);
}

/* Finish the code that the last piece left cut, byte by byte. */
static enum err
decode_kept(struct text_decoder *decoder, struct bytes *out, struct view *piece, struct err_info *info)
{
	while (decoder->kept_size > 0 && piece->size > 0) {
		size_t used = 0;
		enum err err;

		decoder->kept[decoder->kept_size++] = piece->data[0];
		piece->data++;
		piece->size--;
		err = decode_step(decoder, out, decoder->kept, decoder->kept_size, &used, info);
		if (err != ERR_OK)
			return err;
		decoder->kept_size -= used;
		memmove(decoder->kept, decoder->kept + used, decoder->kept_size);
	}
	return ERR_OK;
}

enum err
text_decoder_put(struct text_decoder *decoder, struct bytes *out, struct view piece, bool is_last,
                 struct err_info *info)
{
	enum err err = decode_kept(decoder, out, &piece, info);

	while (err == ERR_OK && piece.size > 0) {
		size_t size = piece.size < STEP ? piece.size : STEP;
		size_t used = 0;

		err = decode_step(decoder, out, piece.data, size, &used, info);
		if (err != ERR_OK)
			return err;
		piece.data += used;
		piece.size -= used;
		if (piece.size > 0 && piece.size < CODE_BYTES_MAX && size - used == piece.size) {
			memcpy(decoder->kept, piece.data, piece.size);
			decoder->kept_size = piece.size;
			break;
		}
	}
	if (err == ERR_OK && is_last && decoder->kept_size > 0)
		return wrong_byte(decoder, info);
	return err;
}

enum err
text_gb18030_read(struct bytes *out, struct view text, struct err_info *info)
{
	struct text_decoder *decoder = NULL;
	size_t size_before = out->size;
	enum err err = text_decoder_new(&decoder, info);

	if (err == ERR_OK)
		err = text_decoder_put(decoder, out, text, true, info);
	if (err != ERR_OK)
		out->size = size_before;
	text_decoder_free(decoder);
	return err;
}

enum err
text_encoder_new(struct text_encoder **out, struct err_info *info)
{
	struct text_encoder *encoder = calloc(1, sizeof(*encoder));
	enum err err;

	if (encoder == NULL)
		return err_nomem(info);
	err = open_iconv(&encoder->iconv, "GB18030", "UTF-8", info);
	if (err != ERR_OK) {
		free(encoder);
		return err;
	}
	*out = encoder;
	return ERR_OK;
}

void
text_encoder_free(struct text_encoder *encoder)
{
	if (encoder == NULL)
		return;
	(void)iconv_close(encoder->iconv);
	free(encoder);
}

/* Encode at most STEP bytes of well-formed UTF-8; *used_out is short of `size` if the last character is cut. */
static enum err
encode_step(struct text_encoder *encoder, struct bytes *out, struct view text, size_t *used_out, struct err_info *info)
{
	char in[STEP];
	char encoded[STEP * 2]; /* a character of 2 bytes may become 4, no other grows by as much */
	size_t size = text.size < STEP ? text.size : STEP;
	char *from = in;
	char *to = encoded;
	size_t from_left = size;
	size_t to_left = sizeof(encoded);
	size_t result;

	memcpy(in, text.data, size);
	result = iconv(encoder->iconv, &from, &from_left, &to, &to_left);
	*used_out = size - from_left;
	/* a positive result counts characters put in place of others: that would be a loss */
	if (result == 0 || (result == (size_t)-1 && errno == EINVAL && from_left < CODE_BYTES_MAX))
		return bytes_append(out, encoded, sizeof(encoded) - to_left, info);
	if (result == (size_t)-1 && errno == EILSEQ) {
		struct view rest = view_of(text.data + *used_out, text.size - *used_out);

		return err_set(info, ERR_RULE,
		               _("the character U+%04X cannot be written in GB 18030 and come back as itself"),
		               (unsigned)text_next(&rest));
	}
	return err_set(info, ERR_RULE, "%s", _("a text cannot be written in GB 18030 without loss"));
}

enum err
text_encoder_put(struct text_encoder *encoder, struct bytes *out, struct view text, struct err_info *info)
{
	size_t size_before = out->size;
	size_t prefix = text_utf8_prefix(text);
	enum err err = ERR_OK;

	if (prefix != text.size)
		return err_set(info, ERR_FORMAT, _("the text is not UTF-8 at byte %zu"), prefix + 1);
	(void)iconv(encoder->iconv, NULL, NULL, NULL, NULL);
	while (err == ERR_OK && text.size > 0) {
		size_t used = 0;

		err = encode_step(encoder, out, text, &used, info);
		text.data += used;
		text.size -= used;
	}
	if (err != ERR_OK)
		out->size = size_before;
	return err;
}

enum err
text_gb18030_write(struct bytes *out, struct view text, struct err_info *info)
{
	struct text_encoder *encoder = NULL;
	enum err err = text_encoder_new(&encoder, info);

	if (err == ERR_OK)
		err = text_encoder_put(encoder, out, text, info);
	text_encoder_free(encoder);
	return err;
}
