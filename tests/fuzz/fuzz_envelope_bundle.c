/*
 * A whole bundle, end to end, with fixed keys. A file that begins with TSB1 is read as it is. Anything else is the plaintext
 * of a sender who holds good keys: it is sealed and signed, and then read, so that what lies behind the signature is reached.
 */
#include <stdlib.h>

#include "../unit/envelope/craft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	SENDER_SEED = 1001, /* as the golden samples */
	COUNTY_SEED = 1002,
	SECTION_BYTES_MAX = 1 << 20,
};

static void
read_sections(struct envelope *envelope, size_t plain_size)
{
	size_t named = envelope_preamble(envelope).size;

	for (size_t i = 0; i < envelope_section_count(envelope); i++) {
		struct bytes out = {0};
		struct err_info info;

		named += envelope_section_at(envelope, i)->packed_bytes;
		if (envelope_section(&out, envelope, i, (struct view){0}, SECTION_BYTES_MAX, &info) == ERR_OK &&
		    out.size != envelope_section_at(envelope, i)->plain_bytes)
			abort();
		bytes_release(&out);
	}
	if (named > plain_size)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct seal_node_key *sender;
	static struct seal_node_key *county;
	struct node_code self;
	struct envelope *envelope = NULL;
	struct bytes file = {0};
	struct err_info info;
	struct view view = view_of(data, size);

	if (sender == NULL) {
		sender = craft_key(SENDER_SEED);
		county = craft_key(COUNTY_SEED);
	}
	self = craft_code(CRAFT_COUNTY);
	if (size > 0 && (size < 4 || memcmp(data, "TSB1", 4) != 0)) {
		struct craft craft = {
			.seed = 99,
			.sender = sender,
			.recipients = {county},
			.recipient_codes = {6},
			.recipient_count = 1,
			.plain = view,
		};

		craft_write(&file, &craft);
		view = bytes_view(&file);
	}
	if (envelope_open(&envelope, view, &info) == ERR_OK &&
	    envelope_verify(envelope, &seal_node_key_public(sender)->sign, &info) == ERR_OK) {
		const struct seal_node_key *const keys[] = {county};

		if (envelope_decrypt(envelope, &self, keys, 1, &info) == ERR_OK)
			read_sections(envelope, view.size);
	}
	envelope_free(envelope);
	bytes_release(&file);
	return 0;
}
