/* The content of the head of the postings, once it is opened: whatever it claims, nothing is taken that is not there. */
#include <stdlib.h>

#include "postings/inside.h"
#include "seal/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t KEY[32] = {7};
	const struct env env = env_system();
	struct digest context;
	struct postings *postings = NULL;
	struct seal_key *key = NULL;

	if (seal_init(NULL) != ERR_OK || seal_key_from_bytes(&key, KEY, NULL) != ERR_OK ||
	    postings_new(&postings, "/nowhere/at/all", key, &env, NULL) != ERR_OK)
		abort();
	if (postings_head_parse(postings, &context, view_of(data, size)) == ERR_OK) {
		size_t position = 0;
		const struct postings_note *note;

		while ((note = postings_note_next(postings, &position)) != NULL) {
			if (postings_note_find(postings, note->subject) == NULL)
				abort();
		}
		if (postings->segment_count > POSTINGS_SEGMENTS_MAX)
			abort();
	}
	postings_free(postings);
	return 0;
}
