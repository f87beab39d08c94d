/* The bytes of a schema set: one that is read has just these bytes, its digest opens it, and all in it compiles. */
#include <stdlib.h>

#include "schema/set.h"
#include "seal/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct schema_set *set = NULL;
	struct schema_set *again = NULL;

	if (seal_init(NULL) != ERR_OK)
		abort();
	if (schema_set_read(&set, view_of(data, size), NULL) != ERR_OK)
		return 0;
	if (!view_equal(schema_set_bytes(set), view_of(data, size)) ||
	    schema_set_open(&again, view_of(data, size), schema_set_digest(set), NULL) != ERR_OK)
		abort();
	for (size_t i = 0; i < schema_set_kind_count(set); i++) {
		if (schema_set_kind_at(set, i) == NULL || schema_set_kind_at(again, i) == NULL ||
		    schema_set_kind(set, schema_set_kind_name(set, i)) != schema_set_kind_at(set, i))
			abort();
	}
	schema_set_free(set);
	schema_set_free(again);
	return 0;
}
