/** A lookup under a known key, and the reader of its two files for golden samples and the fuzzer. */
#ifndef TESTS_LOOKUP_SAMPLE_H
#define TESTS_LOOKUP_SAMPLE_H

#include <string.h>

#include "lookup/internal.h"
#include "seal/key.h"

/** 32 times 0x42; NULL: no memory. */
static inline struct seal_key *
sample_lookup_key(void)
{
	struct seal_key *key = NULL;
	uint8_t bytes[32];

	memset(bytes, 0x42, sizeof(bytes));
	return seal_key_from_bytes(&key, bytes, NULL) == ERR_OK ? key : NULL;
}

/** Every page of the base checked, and all pairs in order? */
static inline bool
sample_base_is_good(struct lookup *lookup)
{
	struct lookup_pair last = {.id = {{0}}};

	for (uint64_t i = 0; i < lookup->base.count; i++) {
		const struct lookup_pair *pair = lookup_base_at(lookup, i);

		if (pair == NULL || (i > 0 && lookup_pair_compare(&last, pair) >= 0))
			return false;
		last = *pair;
	}
	return true;
}

#endif
