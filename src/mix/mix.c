#include <stdlib.h>
#include <string.h>

#include "mix/inside.h"

/*
 * A slot serves one context: a counter for each node of the tree of a symbol of 4 bits. 64 bytes, so that one symbol in one
 * context touches one line of the cache.
 */
struct slot {
	uint32_t name; /* the context; 0: free */
	uint32_t counters[15];
};

enum {
	SLOTS_LOG2 = 16,
	SLOTS = 1 << SLOTS_LOG2,
	COUNT_BITS = 10, /* of a counter: how often it was asked; above it 22 bits of chance */
	COUNT_MASK = (1 << COUNT_BITS) - 1,
	COUNT_MAX = 30,
	CHANCE_BITS = 22,
	STRETCH_MAX = 2047,
	STRETCH_SIZE = 4096,
	WEIGHT_START = 34816, /* 0.53 of 65,536 */
	WEIGHT_MAX = 1 << 20,
	ORDERS = MIX_CONTEXTS_MAX + 1,
};

#define COUNTER_START (UINT32_C(1) << 31) /* one half, never asked */

/* 65,536 / (1 + e^-x), rounded, at x = (i - 16) / 2; x is counted in 256ths */
static const int32_t SQUASH[33] = {
	22,    36,    60,    98,    162,   267,   439,   720,   1179,  1921,  3108,
	4971,  7812,  11955, 17625, 24743, 32768, 40793, 47911, 53581, 57724, 60565,
	62428, 63615, 64357, 64816, 65097, 65269, 65374, 65438, 65476, 65500, 65514,
};

struct mix {
	struct mix_coder coder;
	/* Slots lie in the order in which they were first met: a night meets a third of them, a township's a fifth, and what is not met
	   takes no memory and is not cleared. The one of number 0 always lies first. */
	uint16_t *places;   /* of each number; 0: not met yet, or number 0 */
	struct slot *slots; /* room for all */
	uint16_t last;      /* place of the slot met last */
	int32_t weights[MIX_SETS_MAX][ORDERS][MIX_CONTEXTS_MAX];
	uint64_t decisions;
	int16_t stretch[STRETCH_SIZE];
	uint32_t rates[COUNT_MAX + 1];
};

/* Shifting rounds down, for negative numbers too. C leaves that to the compiler: one that does otherwise does not build this. */
/* cppcheck-suppress shiftNegativeLHS */
_Static_assert(-1 >> 1 == -1, "the format rests on it");

/* the chance, of 65,536, that x stands for; between two entries of the table on a straight line */
static inline int32_t
squash(int32_t x)
{
	int32_t place = (x + STRETCH_MAX + 1) >> 7;
	int32_t part = (x + STRETCH_MAX + 1) & 127;

	return (SQUASH[place] * (128 - part) + SQUASH[place + 1] * part + 64) >> 7;
}

/* the inverse of squash() for the first 12 bits of a chance: the least x that gives it, or more */
static void
make_stretch(struct mix *mix)
{
	int32_t x = -STRETCH_MAX;

	for (int32_t i = 0; i < STRETCH_SIZE; i++) {
		while (x < STRETCH_MAX && squash(x) >> 4 < i)
			x++;
		mix->stretch[i] = (int16_t)x;
	}
}

enum err
mix_new(struct mix **out, struct err_info *info)
{
	struct mix *mix = calloc(1, sizeof(*mix));

	if (mix == NULL)
		return err_nomem(info);
	mix->places = calloc(SLOTS, sizeof(*mix->places));
	mix->slots = aligned_alloc(sizeof(*mix->slots), (size_t)SLOTS * sizeof(*mix->slots));
	if (mix->places == NULL || mix->slots == NULL) {
		mix_free(mix);
		return err_nomem(info);
	}
	mix->slots[0].name = 0;
	mix_coder_init(&mix->coder);
	make_stretch(mix);
	for (uint32_t i = 0; i <= COUNT_MAX; i++)
		mix->rates[i] = 5 * 65536 / (5 * i + 6); /* 1 / (i + 1.2) */
	for (size_t i = 0; i < MIX_SETS_MAX * ORDERS * MIX_CONTEXTS_MAX; i++)
		(&mix->weights[0][0][0])[i] = WEIGHT_START;
	*out = mix;
	return ERR_OK;
}

void
mix_free(struct mix *mix)
{
	if (mix == NULL)
		return;
	bytes_release(&mix->coder.bytes);
	mix_rest(mix);
	free(mix);
}

void
mix_rest(struct mix *mix)
{
	free(mix->places);
	free(mix->slots);
	mix->places = NULL;
	mix->slots = NULL;
}

void
mix_read(struct mix *mix, struct view code)
{
	mix_coder_read(&mix->coder, code);
}

void
mix_learn(struct mix *mix, bool is_on)
{
	mix->coder.is_learning = is_on;
}

uint32_t
mix_hash(uint32_t context, uint32_t number)
{
	uint32_t hash = (context ^ number * 0x85ebca77U) * 0x9e3779b1U;

	return (hash ^ hash >> 15) * 0x2c1b3c6dU + number;
}

/* NULL: not met yet */
static inline struct slot *
slot_at(struct mix *mix, uint32_t number)
{
	uint16_t place = mix->places[number];

	if (place == 0 && (number != 0 || mix->slots[0].name == 0))
		return NULL;
	return &mix->slots[place];
}

static struct slot *
meet(struct mix *mix, uint32_t number)
{
	if (number != 0)
		mix->places[number] = ++mix->last;
	return &mix->slots[mix->places[number]];
}

/*
 * The slot of a context: one of two neighbours. If both serve others, the one that was asked less often is given up; of two that are
 * free it is the neighbour.
 */
static struct slot *
find_slot(struct mix *mix, uint32_t context)
{
	uint32_t name = context * 0x9e3779b1U;
	uint32_t number = name >> (32 - SLOTS_LOG2);
	struct slot *slot = slot_at(mix, number);
	struct slot *other;

	name |= 1;
	if (slot != NULL && slot->name == name)
		return slot;
	other = slot_at(mix, number ^ 1);
	if (other != NULL && other->name == name)
		return other;
	if (other == NULL)
		slot = meet(mix, number ^ 1);
	else if (slot == NULL)
		slot = meet(mix, number);
	else if ((other->counters[0] & COUNT_MASK) < (slot->counters[0] & COUNT_MASK))
		slot = other;
	slot->name = name;
	for (size_t i = 0; i < sizeof(slot->counters) / sizeof(slot->counters[0]); i++)
		slot->counters[i] = COUNTER_START;
	return slot;
}

/* move the chance towards what came, the less the oftener it was asked */
static inline uint32_t
learn(const struct mix *mix, uint32_t counter, unsigned bit)
{
	uint32_t chance = counter >> COUNT_BITS;
	uint32_t count = counter & COUNT_MASK;
	uint32_t aim = bit != 0 ? (UINT32_C(1) << CHANCE_BITS) - 1 : 0;
	uint32_t way = bit != 0 ? aim - chance : chance;
	uint32_t step = (uint32_t)(((uint64_t)way * mix->rates[count]) >> 16);

	chance = bit != 0 ? chance + step : chance - step;
	return chance << COUNT_BITS | (count + (count < COUNT_MAX));
}

static inline int32_t
input_of(const struct mix *mix, uint32_t counter)
{
	return mix->stretch[counter >> (32 - 12)]; /* 0 if it was never asked: one half */
}

static inline int32_t
adapt(int32_t weight, int32_t input, int32_t miss)
{
	weight += (input * miss + 2048) >> 12;
	return weight > WEIGHT_MAX ? WEIGHT_MAX : weight < -WEIGHT_MAX ? -WEIGHT_MAX : weight;
}

/*
 * One decision from `count` slots. The count is a constant at each call, and nothing here is an array: this is where all the
 * time goes.
 */
static inline unsigned
decide(struct mix *mix, int32_t (*sets)[MIX_CONTEXTS_MAX], struct slot *const slots[], unsigned node, unsigned bit,
       unsigned count)
{
	uint32_t first = slots[0]->counters[node];
	uint32_t second = count > 1 ? slots[1]->counters[node] : 0;
	uint32_t third = count > 2 ? slots[2]->counters[node] : 0;
	int32_t a = input_of(mix, first);
	int32_t b = count > 1 ? input_of(mix, second) : 0;
	int32_t c = count > 2 ? input_of(mix, third) : 0;
	/* the first context that was met before, from 1; 0: none was */
	unsigned order = (first & COUNT_MASK) != 0    ? 1
	                 : (second & COUNT_MASK) != 0 ? 2
	                 : (third & COUNT_MASK) != 0  ? 3
	                                              : 0;
	int32_t *weights = sets[order];
	int32_t x = (int32_t)(((int64_t)a * weights[0] + (int64_t)b * weights[1] + (int64_t)c * weights[2]) >> 16);
	int32_t chance;
	int32_t miss;

	x = x > STRETCH_MAX ? STRETCH_MAX : x < -STRETCH_MAX ? -STRETCH_MAX : x;
	chance = squash(x);
	bit = mix_coder_bit(&mix->coder, (uint32_t)chance, bit);
	miss = ((bit != 0 ? 65536 : 0) - chance) >> 4;
	/* two contexts may share a slot: each counter is looked at again */
	weights[0] = adapt(weights[0], a, miss);
	slots[0]->counters[node] = learn(mix, slots[0]->counters[node], bit);
	if (count > 1) {
		weights[1] = adapt(weights[1], b, miss);
		slots[1]->counters[node] = learn(mix, slots[1]->counters[node], bit);
	}
	if (count > 2) {
		weights[2] = adapt(weights[2], c, miss);
		slots[2]->counters[node] = learn(mix, slots[2]->counters[node], bit);
	}
	return bit;
}

static inline unsigned
symbol_of(struct mix *mix, const struct mix_question *question, unsigned width, unsigned symbol, unsigned count)
{
	struct slot *const slots[MIX_CONTEXTS_MAX] = {
		find_slot(mix, question->contexts[0]),
		count > 1 ? find_slot(mix, question->contexts[1]) : NULL,
		count > 2 ? find_slot(mix, question->contexts[2]) : NULL,
	};
	unsigned node = 1;

	for (unsigned i = width; i-- > 0;)
		node = node << 1 | decide(mix, mix->weights[question->set], slots, node - 1, symbol >> i & 1, count);
	mix->decisions += width;
	return node - (1U << width);
}

unsigned
mix_symbol(struct mix *mix, const struct mix_question *question, unsigned width, unsigned symbol)
{
	if (question->count == 1)
		return symbol_of(mix, question, width, symbol, 1);
	if (question->count == 2)
		return symbol_of(mix, question, width, symbol, 2);
	return symbol_of(mix, question, width, symbol, 3);
}

uint32_t
mix_plain(struct mix *mix, unsigned width, uint32_t symbol)
{
	uint32_t result = 0;

	for (unsigned i = width; i-- > 0;)
		result = result << 1 | mix_coder_bit(&mix->coder, 32768, symbol >> i & 1);
	mix->decisions += width;
	return result;
}

uint64_t
mix_decisions(const struct mix *mix)
{
	return mix->decisions;
}

size_t
mix_size(const struct mix *mix)
{
	return mix->coder.bytes.size;
}

enum err
mix_finish(struct mix *mix, struct bytes *out, struct err_info *info)
{
	return mix_coder_finish(&mix->coder, out, info);
}

bool
mix_is_whole(const struct mix *mix)
{
	return mix_coder_is_whole(&mix->coder);
}
