#include <stdio.h>

#include "seal/hash.h"

enum {
	GROUP_DIGITS = 5,
	GROUP_MODULUS = 100000,
	DIGITS = SEAL_FINGERPRINT_GROUPS * GROUP_DIGITS
};

_Static_assert(DIGITS + SEAL_FINGERPRINT_GROUPS == SEAL_FINGERPRINT_BYTES, "a blank or the NUL behind each group");

void
seal_fingerprint_of(struct seal_fingerprint *out, struct view message)
{
	struct digest digest;

	seal_digest_domain(&digest, SEAL_DOMAIN_FINGERPRINT, message);
	for (size_t i = 0; i < SEAL_FINGERPRINT_GROUPS; i++) {
		uint32_t group = load_u32(digest.bytes + 4 * i) % GROUP_MODULUS;

		(void)snprintf(out->text + i * (GROUP_DIGITS + 1), GROUP_DIGITS + 1, "%05u", (unsigned)group);
		if (i + 1 < SEAL_FINGERPRINT_GROUPS)
			out->text[i * (GROUP_DIGITS + 1) + GROUP_DIGITS] = ' ';
	}
}

bool
seal_fingerprint_read(struct seal_fingerprint *out, struct view text)
{
	struct seal_fingerprint result = {{0}};
	size_t digits = 0;

	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if (c == ' ' || c == '-')
			continue;
		if (c < '0' || c > '9' || digits == DIGITS)
			return false;
		result.text[digits + digits / GROUP_DIGITS] = (char)c;
		digits++;
	}
	if (digits != DIGITS)
		return false;
	for (size_t i = 1; i < SEAL_FINGERPRINT_GROUPS; i++)
		result.text[i * (GROUP_DIGITS + 1) - 1] = ' ';
	*out = result;
	return true;
}

bool
seal_fingerprint_equal(const struct seal_fingerprint *a, const struct seal_fingerprint *b)
{
	return memcmp(a->text, b->text, sizeof(a->text)) == 0;
}
