/* A kind's or a code set's file as a person wrote it: compiled into a set, which is then the same when its bytes are read. */
#include <stdlib.h>

#include "schema/set.h"
#include "seal/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct schema_file file = {"fuzz.json", view_of(data, size)};
	struct schema_set *set = NULL;
	struct schema_set *again = NULL;
	struct err_info info = {0};

	if (seal_init(NULL) != ERR_OK)
		abort();
	if (schema_set_new(&set, 1, NULL, &file, 1, &info) != ERR_OK) {
		if (info.text[0] == '\0')
			abort();
		return 0;
	}
	if (schema_set_read(&again, schema_set_bytes(set), &info) != ERR_OK ||
	    !digest_equal(schema_set_digest(set), schema_set_digest(again)))
		abort();
	schema_set_free(set);
	schema_set_free(again);
	return 0;
}
