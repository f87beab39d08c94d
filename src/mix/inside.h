/** What the files of this folder share. */
#ifndef MIX_INSIDE_H
#define MIX_INSIDE_H

#include "mix/mix.h"

enum {
	MIX_TOP_SHIFT = 24,
};

/** The arithmetic code: an interval [low, high] of which the leading bytes that are settled have left. */
struct mix_coder {
	bool is_reading;
	bool is_learning; /* both sides know the symbols: the interval stays */
	uint32_t low;
	uint32_t high;
	uint32_t value; /* the code under the interval; reading */
	struct view code;
	size_t taken;       /* bytes that have left the interval */
	struct bytes bytes; /* written */
	bool is_failed;     /* no memory */
};

void mix_coder_init(struct mix_coder *coder);
void mix_coder_read(struct mix_coder *coder, struct view code);
/** A leading byte is settled: it leaves. */
void mix_coder_shift(struct mix_coder *coder);

/** One decision; chance: that the bit is 1, 1 to 65,535 of 65,536. Here, because it is asked a million times a night. */
static inline unsigned
mix_coder_bit(struct mix_coder *coder, uint32_t chance, unsigned bit)
{
	uint32_t middle = coder->low + (uint32_t)((uint64_t)(coder->high - coder->low) * chance >> 16);

	if (coder->is_learning)
		return bit;
	if (coder->is_reading)
		bit = coder->value <= middle;
	if (bit != 0)
		coder->high = middle;
	else
		coder->low = middle + 1;
	while (((coder->low ^ coder->high) >> MIX_TOP_SHIFT) == 0)
		mix_coder_shift(coder);
	return bit;
}

enum err mix_coder_finish(struct mix_coder *coder, struct bytes *out, struct err_info *info) MUST_USE;
bool mix_coder_is_whole(const struct mix_coder *coder);

#endif
