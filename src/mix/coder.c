#include <string.h>

#include "mix/inside.h"

enum {
	TAIL_BYTES_MAX = 4,
};

void
mix_coder_init(struct mix_coder *coder)
{
	*coder = (struct mix_coder){.high = UINT32_MAX};
}

/* behind the end everything is 0 */
static uint32_t
byte_at(const struct mix_coder *coder, size_t place)
{
	return place < coder->code.size ? coder->code.data[place] : 0;
}

void
mix_coder_read(struct mix_coder *coder, struct view code)
{
	coder->is_reading = true;
	coder->code = code;
	for (size_t i = 0; i < TAIL_BYTES_MAX; i++)
		coder->value = coder->value << 8 | byte_at(coder, i);
}

void
mix_coder_shift(struct mix_coder *coder)
{
	if (coder->is_reading)
		coder->value = coder->value << 8 | byte_at(coder, coder->taken + TAIL_BYTES_MAX);
	else if (bytes_append_byte(&coder->bytes, (uint8_t)(coder->high >> MIX_TOP_SHIFT), NULL) != ERR_OK)
		coder->is_failed = true;
	coder->taken++;
	coder->low <<= 8;
	coder->high = coder->high << 8 | UINT8_MAX;
}

/* the fewest bytes of which, with zeros behind, the interval can be found again: the roundest number in it */
static size_t
tail_of(uint8_t tail[TAIL_BYTES_MAX], const struct mix_coder *coder)
{
	uint64_t step = UINT64_C(1) << 32;
	uint64_t value = coder->low == 0 ? 0 : step;
	size_t size = 0;

	for (; value > coder->high; size++) {
		step >>= 8;
		value = (coder->low + step - 1) / step * step;
	}
	store_u32(tail, (uint32_t)value);
	return size;
}

enum err
mix_coder_finish(struct mix_coder *coder, struct bytes *out, struct err_info *info)
{
	uint8_t tail[TAIL_BYTES_MAX];
	size_t size = tail_of(tail, coder);
	size_t start = out->size;
	enum err err;

	if (coder->is_failed)
		return err_nomem(info);
	err = bytes_append_view(out, bytes_view(&coder->bytes), info);
	if (err == ERR_OK)
		err = bytes_append(out, tail, size, info);
	if (err != ERR_OK)
		out->size = start;
	return err;
}

/* What has left the interval was found by the decisions and cannot be otherwise; only the end can. */
bool
mix_coder_is_whole(const struct mix_coder *coder)
{
	uint8_t tail[TAIL_BYTES_MAX];
	size_t size = tail_of(tail, coder);

	if (coder->code.size != coder->taken + size)
		return false;
	return size == 0 || memcmp(coder->code.data + coder->taken, tail, size) == 0;
}
