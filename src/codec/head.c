#include "codec/head.h"

/* How each first byte reads: schema/codec-v1.md, section 2. */
struct form {
	enum codec_type type;
	uint8_t width; /* bytes of the number behind the first byte */
	uint8_t is_negative;
	uint64_t least; /* the smallest number that needs this form; for negative forms: the smallest magnitude */
};

static const struct form forms[] = {
	[0xc4 - 0xc0] = {CODEC_BIN, 1, 0, 0},
	[0xc5 - 0xc0] = {CODEC_BIN, 2, 0, UINT8_MAX + 1},
	[0xc6 - 0xc0] = {CODEC_BIN, 4, 0, UINT16_MAX + 1},
	[0xcc - 0xc0] = {CODEC_INTEGER, 1, 0, 0x80},
	[0xcd - 0xc0] = {CODEC_INTEGER, 2, 0, UINT8_MAX + 1},
	[0xce - 0xc0] = {CODEC_INTEGER, 4, 0, UINT16_MAX + 1},
	[0xcf - 0xc0] = {CODEC_INTEGER, 8, 0, UINT64_C(1) << 32},
	[0xd0 - 0xc0] = {CODEC_INTEGER, 1, 1, 33},
	[0xd1 - 0xc0] = {CODEC_INTEGER, 2, 1, UINT64_C(129)},
	[0xd2 - 0xc0] = {CODEC_INTEGER, 4, 1, UINT64_C(32769)},
	[0xd3 - 0xc0] = {CODEC_INTEGER, 8, 1, UINT64_C(2147483649)},
	[0xd9 - 0xc0] = {CODEC_STR, 1, 0, 32},
	[0xda - 0xc0] = {CODEC_STR, 2, 0, UINT8_MAX + 1},
	[0xdb - 0xc0] = {CODEC_STR, 4, 0, UINT16_MAX + 1},
	[0xdc - 0xc0] = {CODEC_ARRAY, 2, 0, 16},
	[0xdd - 0xc0] = {CODEC_ARRAY, 4, 0, UINT16_MAX + 1},
	[0xde - 0xc0] = {CODEC_MAP, 2, 0, 16},
	[0xdf - 0xc0] = {CODEC_MAP, 4, 0, UINT16_MAX + 1},
};

enum err
codec_refuse(const struct codec_reader *reader, struct err_info *info, const char *why)
{
	return err_set(info, ERR_FORMAT, _("encoded value, byte %zu: %s"), reader->position, why);
}

/* The number behind the first byte; a negative form's is extended by its sign. */
static uint64_t
load_number(const uint8_t *at, size_t width, bool is_negative)
{
	uint64_t number = 0;

	for (size_t i = 0; i < width; i++)
		number = number << 8 | at[i];
	if (is_negative && width < 8 && (at[0] & 0x80U) != 0)
		number |= UINT64_MAX << (8 * width);
	return number;
}

/* A length or a count that the bytes left cannot hold is refused here, before anyone uses it. */
static enum err
check_room(const struct codec_head *head, const struct codec_reader *reader, struct err_info *info)
{
	uint64_t left = reader->view.size - reader->position - head->size;

	switch (head->type) {
	case CODEC_STR:
	case CODEC_BIN:
		if (head->number > left)
			return codec_refuse(reader, info, _("its content is cut off"));
		return ERR_OK;
	case CODEC_ARRAY:
		if (head->number > left)
			return codec_refuse(reader, info, _("an array has fewer members than it says"));
		return ERR_OK;
	case CODEC_MAP:
		if (head->number > left / 2)
			return codec_refuse(reader, info, _("a map has fewer members than it says"));
		return ERR_OK;
	case CODEC_NONE:
	case CODEC_INTEGER:
	case CODEC_BOOL:
		break;
	}
	return ERR_OK;
}

static enum err
read_wide(struct codec_head *out, const struct codec_reader *reader, struct err_info *info)
{
	const uint8_t *at = reader->view.data + reader->position;
	const struct form *form = &forms[at[0] - 0xc0];
	uint64_t number;

	if (form->type == CODEC_NONE)
		return codec_refuse(reader, info, _("nil, a float or an extension, which are not allowed"));
	if (codec_left(reader) < (size_t)1 + form->width)
		return codec_refuse(reader, info, _("it is cut off"));
	number = load_number(at + 1, form->width, form->is_negative != 0);
	if (form->is_negative != 0 ? number < UINT64_C(1) << 63 || 0 - number < form->least : number < form->least)
		return codec_refuse(reader, info, _("not in its shortest form"));
	*out = (struct codec_head){form->type, form->is_negative != 0, (size_t)1 + form->width, number};
	return check_room(out, reader, info);
}

enum err
codec_head_read(struct codec_head *out, const struct codec_reader *reader, struct err_info *info)
{
	uint8_t first;

	if (reader->position >= reader->view.size)
		return codec_refuse(reader, info, _("the bytes end where a value is expected"));
	first = reader->view.data[reader->position];
	if (first < 0x80)
		*out = (struct codec_head){CODEC_INTEGER, false, 1, first};
	else if (first < 0x90)
		*out = (struct codec_head){CODEC_MAP, false, 1, first & 0x0fU};
	else if (first < 0xa0)
		*out = (struct codec_head){CODEC_ARRAY, false, 1, first & 0x0fU};
	else if (first < 0xc0)
		*out = (struct codec_head){CODEC_STR, false, 1, first & 0x1fU};
	else if (first >= 0xe0)
		*out = (struct codec_head){CODEC_INTEGER, true, 1, load_number(&first, 1, true)};
	else if (first == 0xc2 || first == 0xc3)
		*out = (struct codec_head){CODEC_BOOL, false, 1, first & 1U};
	else
		return read_wide(out, reader, info);
	return check_room(out, reader, info);
}
