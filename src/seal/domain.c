#include "seal/domain.h"

#include <assert.h>

#define DOMAIN_PERSONAL(name, text)                                                                                    \
	_Static_assert(sizeof(text) - 1 == SEAL_PERSONAL_BYTES, "a personalisation has 16 bytes");
#define DOMAIN_CONTEXT(name, text) _Static_assert(sizeof(text) - 1 == 8, "a context has 8 bytes");
#define DOMAIN_PREFIX(name, text)
#define DOMAIN_NAMESPACE(name, text)
#define DOMAIN(kind, name, text, purpose) DOMAIN_##kind(name, text)
#include "../../schema/domains.def"
#undef DOMAIN_PERSONAL
#undef DOMAIN_CONTEXT
#undef DOMAIN_PREFIX

#define DOMAIN_PERSONAL(name, text)
#define DOMAIN_CONTEXT(name, text) const char SEAL_CONTEXT_##name[] = text;
#define DOMAIN_PREFIX(name, text) const char SEAL_PREFIX_##name[] = text;
#include "../../schema/domains.def"
#undef DOMAIN_PERSONAL
#undef DOMAIN_CONTEXT
#undef DOMAIN_PREFIX
#undef DOMAIN_NAMESPACE

#define DOMAIN_CONTEXT(name, text)
#define DOMAIN_PREFIX(name, text)
#define DOMAIN_PERSONAL(name, text) text,
#define DOMAIN_NAMESPACE(name, text)
static const char *const personals[] = {
#include "../../schema/domains.def"
};
#undef DOMAIN_PERSONAL
#undef DOMAIN_NAMESPACE

#define DOMAIN_PERSONAL(name, text)
#define DOMAIN_NAMESPACE(name, text) text,
static const char *const namespaces[] = {
#include "../../schema/domains.def"
};

const uint8_t *
seal_domain_bytes(enum seal_domain domain)
{
	assert((size_t)domain < sizeof(personals) / sizeof(personals[0]));
	return (const uint8_t *)personals[domain];
}

const char *
seal_namespace_text(enum seal_namespace name_space)
{
	assert((size_t)name_space < sizeof(namespaces) / sizeof(namespaces[0]));
	return namespaces[name_space];
}
