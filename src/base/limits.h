/** The limits of schema/limits.def as constants LIMIT_NAME. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
#define LIMIT(name, value, reason) LIMIT_##name = (value),
#include "../../schema/limits.def"
#undef LIMIT
};

#endif
