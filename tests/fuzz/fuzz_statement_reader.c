/* A statement's text: what is read is written again as the same bytes. */
#include <stdlib.h>

#include "statement/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct view text = view_of(data, size);
	struct statement statement = {0};
	struct seal_fingerprint fingerprint;
	struct bytes same = {0};

	if (statement_read(&statement, text, NULL) != ERR_OK)
		return 0;
	if (statement_write(&same, &statement, NULL) != ERR_OK || !view_equal(text, bytes_view(&same)))
		abort();
	statement_fingerprint(&fingerprint, &statement);
	bytes_release(&same);
	statement_release(&statement);
	return 0;
}
