/** Schema sets: a new version signed by the root. */
#ifndef FLOW_SCHEMA_H
#define FLOW_SCHEMA_H

#include "flow/flow.h"
#include "schema/check.h"
#include "schema/set.h"

/**
 * Read kind and code-set files into a set on top of `base` (may be NULL). A code set that a kind names and nobody gave is
 * taken from ../codes/NAME.json beside the kind's directory, if it is there.
 */
enum err flow_schema_read(struct schema_set **out, uint32_t version, const struct schema_set *base,
                          const char *const *paths, size_t count, struct err_info *info) MUST_USE;

struct flow_schema_result {
	uint32_t version;
	struct digest digest;
	bool is_changed; /* false: the files say what the newest set says already */
};

/**
 * Sign a new version of the set. ERR_RIGHT: not the root; ERR_RULE: old records would be misread, see *findings;
 * ERR_STATE: this office went back to before its newest set, which must come home first.
 * @param findings  zero; released by the caller
 */
enum err flow_schema_add(struct flow_schema_result *out, struct schema_findings *findings, const struct flow_desk *desk,
                         const char *const *paths, size_t count, struct err_info *info) MUST_USE;

#endif
