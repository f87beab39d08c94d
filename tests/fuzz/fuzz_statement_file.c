/* A signed file: text and armor. What comes apart goes together as the same bytes, and a card that is read verifies. */
#include <stdlib.h>

#include "statement/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct view file = view_of(data, size);
	struct statement_signed signed_text;
	struct statement card = {0};
	struct bytes same = {0};

	if (seal_init(NULL) != ERR_OK)
		abort();
	if (statement_split(&signed_text, file, SEAL_NAMESPACE_CARD, NULL) != ERR_OK)
		return 0;
	if (statement_join(&same, &signed_text, SEAL_NAMESPACE_CARD, NULL) != ERR_OK ||
	    !view_equal(file, bytes_view(&same)))
		abort();
	if (statement_card_read(&card, file, NULL) == ERR_OK) {
		if (statement_verify(&signed_text, SEAL_NAMESPACE_CARD, NULL) != ERR_OK)
			abort();
		statement_release(&card);
	}
	bytes_release(&same);
	return 0;
}
