/** An edit as the journal of changes keeps it: what test_journal.c and the fuzz target read. */
#ifndef TESTS_UNIT_PARTITION_SAMPLE_JOURNAL_H
#define TESTS_UNIT_PARTITION_SAMPLE_JOURNAL_H

#include <string.h>

#include "partition/internal.h"
#include "seal/key.h"

enum {
	SAMPLE_SHELF_BITS = 5
};

static inline struct seal_key *
sample_journal_key(uint8_t byte)
{
	uint8_t bytes[32];
	struct seal_key *key = NULL;

	memset(bytes, byte, sizeof(bytes));
	return seal_key_from_bytes(&key, bytes, NULL) == ERR_OK ? key : NULL;
}

static inline struct oid
sample_oid(uint8_t byte)
{
	struct oid oid;

	memset(oid.bytes, byte, OID_BYTES);
	return oid;
}

#endif
