/**
 * Plain JSON Schema without annotations, for the public test suite: the same keyword reader and the same checks as for
 * kinds, against JSON values. Not for records.
 */
#ifndef SCHEMA_FRAGMENT_H
#define SCHEMA_FRAGMENT_H

#include "base/bytes.h"

struct json;
struct schema_fragment;

/** Compile. ERR_FORMAT: a keyword outside the subset (named) or a wrong form; ERR_NOMEM. `schema` must outlive the result. */
enum err schema_compile_fragment(struct schema_fragment **out, const struct json *schema,
                                 struct err_info *info) MUST_USE;
void schema_fragment_free(struct schema_fragment *fragment);
/** ERR_OK: the instance is valid; ERR_RULE: it is not, the text says why. */
enum err schema_fragment_check(const struct schema_fragment *fragment, const struct json *instance,
                               struct err_info *info) MUST_USE;

#endif
