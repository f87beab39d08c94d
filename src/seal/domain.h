/** Inside seal: the strings of schema/domains.def. */
#ifndef SEAL_DOMAIN_H
#define SEAL_DOMAIN_H

#include "seal/seal.h"

enum {
	SEAL_PERSONAL_BYTES = 16
};

/** The 16 bytes of a personalisation. */
const uint8_t *seal_domain_bytes(enum seal_domain domain);

extern const char SEAL_CONTEXT_SIV[];

#endif
