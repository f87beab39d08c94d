/**
 * mix: symbols of 1 to 4 bits as binary decisions under an adaptive model, in an arithmetic code. Each decision is guessed
 * from up to three contexts: a context is a number of the caller's, behind which a slot remembers how often the bit was 1;
 * the guesses are mixed by weights that learn which context is to be trusted. All of it is integer arithmetic, and both
 * sides do the same: who reads gets what was written, if he was shown the same symbols before.
 *
 * Invariants: any bytes can be read (they give some symbols); a reader that took all symbols knows whether the bytes are
 * the ones that a writer makes of them. Memory is fixed at the start. One call is one symbol; nothing fails but the end.
 * Source: schema/delta-v1.md, section 3.
 */
#ifndef MIX_MIX_H
#define MIX_MIX_H

#include "base/bytes.h"

struct mix;

enum {
	MIX_CONTEXTS_MAX = 3,
	MIX_SETS_MAX = 64, /* sets of weights: one for each sort of symbol */
};

/** A model that knows nothing, for writing. ERR_NOMEM. */
enum err mix_new(struct mix **out, struct err_info *info) MUST_USE;
void mix_free(struct mix *mix);

/** From now on symbols are read from `code`, which must outlive the reading. Before anything was written. */
void mix_read(struct mix *mix, struct view code);
/** While it is on, symbols are known to both sides: nothing is written or read. */
void mix_learn(struct mix *mix, bool is_on);

/** What is asked: which weights, and the contexts, the most telling first. */
struct mix_question {
	unsigned set;                        /* below MIX_SETS_MAX */
	unsigned count;                      /* of contexts, at least 1 */
	uint32_t contexts[MIX_CONTEXTS_MAX]; /* hashed by the caller: place, sort and content */
};

/**
 * One symbol of `width` bits (1 to 4), its highest bit first.
 * @param symbol  what is learned or written; not looked at in reading
 * @return the symbol
 */
unsigned mix_symbol(struct mix *mix, const struct mix_question *question, unsigned width, unsigned symbol);
/** `width` bits (1 to 32) that nothing tells anything about, at their full price. */
uint32_t mix_plain(struct mix *mix, unsigned width, uint32_t symbol);

/** Decisions made so far, learned ones too: the measure of the work done. */
uint64_t mix_decisions(const struct mix *mix);
/** Bytes written so far. */
size_t mix_size(const struct mix *mix);

/** Append what was written. ERR_NOMEM, also when memory failed before. */
enum err mix_finish(struct mix *mix, struct bytes *out, struct err_info *info) MUST_USE;
/** No symbol comes any more: the model, most of its memory, is given back. What was coded stands, and is finished or looked at as before. */
void mix_rest(struct mix *mix);
/** Whether the bytes read are, to the last, those that mix_finish() gives for the symbols. */
bool mix_is_whole(const struct mix *mix);

/** Hash a number into a context. */
uint32_t mix_hash(uint32_t context, uint32_t number);

#endif
