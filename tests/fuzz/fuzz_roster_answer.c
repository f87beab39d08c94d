/* The answer to a card: what is read leads to a roster or to a refusal, and a roster made of it gives the same answer again. */
#include <stdlib.h>

#include "roster/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every statement of it was admitted, so the answer written from it can be read and leads to the same heads. */
static void
check_again(const struct roster *roster, const struct roster_answer *answer)
{
	struct roster_answer second;
	struct roster *again = NULL;
	struct bytes file = {0};

	if (roster_node_find(roster, &answer->node) == NULL)
		return;
	if (roster_answer_write(&file, roster, &answer->issuer, &answer->node, answer->schema_sets,
	                        answer->schema_set_count, NULL) != ERR_OK)
		abort();
	if (roster_answer_read(&second, bytes_view(&file), NULL) != ERR_OK ||
	    roster_answer_roster(&again, &second, NULL) != ERR_OK || !digest_equal(&second.root, &answer->root) ||
	    roster_node_find(again, &answer->node) == NULL)
		abort();
	roster_free(again);
	roster_answer_release(&second);
	bytes_release(&file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seal_fingerprint fingerprint;
	struct roster_answer answer;
	struct roster *roster = NULL;

	if (seal_init(NULL) != ERR_OK)
		abort();
	if (roster_answer_read(&answer, view_of(data, size), NULL) != ERR_OK)
		return 0;
	if (roster_answer_fingerprint(&fingerprint, &answer, NULL) == ERR_OK && fingerprint.text[0] == 0)
		abort();
	if (roster_answer_roster(&roster, &answer, NULL) == ERR_OK)
		check_again(roster, &answer);
	roster_free(roster);
	roster_answer_release(&answer);
	return 0;
}
