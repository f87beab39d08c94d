/* A signed text as a file, or a bare text: what is taken is written again byte for byte. */
#include <stdlib.h>

#include "statement/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(struct view text)
{
	struct statement statement;
	struct seal_fingerprint fingerprint;
	struct bytes again = {0};

	if (statement_read(&statement, text, NULL) != ERR_OK)
		return;
	if (statement_write(&again, &statement, NULL) != ERR_OK || !view_equal(bytes_view(&again), text))
		abort();
	statement_fingerprint(&fingerprint, &statement);
	if (fingerprint.text[0] == '\0')
		abort();
	bytes_release(&again);
	statement_release(&statement);
}

static void
check_file(struct view file, enum seal_namespace name_space)
{
	struct statement_signed signed_text;
	struct bytes again = {0};

	if (statement_split(&signed_text, file, name_space, NULL) != ERR_OK)
		return;
	if (statement_join(&again, &signed_text, name_space, NULL) != ERR_OK || !view_equal(bytes_view(&again), file))
		abort();
	check_text(signed_text.text);
	bytes_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct statement card;

	if (seal_init(NULL) != ERR_OK)
		abort();
	check_text(view_of(data, size));
	check_file(view_of(data, size), SEAL_NAMESPACE_ROSTER);
	check_file(view_of(data, size), SEAL_NAMESPACE_CARD);
	if (statement_card_read(&card, view_of(data, size), NULL) == ERR_OK)
		statement_release(&card);
	return 0;
}
