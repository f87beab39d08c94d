/* schema/domains.def as tables. Each expansion picks one kind of row. */
#include "seal/domain.h"

#include <assert.h>

enum {
	CONTEXT_BYTES = 8
};

#define DOMAIN(kind, name, text, purpose) DOMAIN_##kind(name, text)

#define DOMAIN_PERSONAL(name, text) _Static_assert(sizeof(text) == SEAL_PERSONAL_BYTES + 1, "16 bytes: " text);
#define DOMAIN_CONTEXT(name, text) _Static_assert(sizeof(text) == CONTEXT_BYTES + 1, "8 bytes: " text);
#define DOMAIN_PREFIX(name, text)
#define DOMAIN_NAMESPACE(name, text)
#include "../../schema/domains.def"
#undef DOMAIN_PERSONAL
#undef DOMAIN_CONTEXT

#define DOMAIN_PERSONAL(name, text)
#define DOMAIN_CONTEXT(name, text) const char SEAL_CONTEXT_##name[] = text;
#include "../../schema/domains.def"
#undef DOMAIN_PERSONAL
#undef DOMAIN_CONTEXT

#define DOMAIN_CONTEXT(name, text)
#define DOMAIN_PERSONAL(name, text) text,
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
#undef DOMAIN_NAMESPACE
#undef DOMAIN_PREFIX

#define DOMAIN_NAMESPACE(name, text)
#define DOMAIN_PREFIX(name, text) {(const uint8_t *)(text), sizeof(text) - 1},
static const struct view prefixes[] = {
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

struct view
seal_prefix_view(enum seal_prefix prefix)
{
	assert((size_t)prefix < sizeof(prefixes) / sizeof(prefixes[0]));
	return prefixes[prefix];
}
