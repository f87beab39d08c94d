/** The seam for the world: clock and randomness are handed in, so that tests replay from a seed. */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include "base/bytes.h"

struct env {
	/** Seconds since 1970-01-01 UTC; never negative. */
	int64_t (*now)(void *context);
	/** Fill with unpredictable bytes. ERR_IO. */
	enum err (*random)(void *context, void *out, size_t size, struct err_info *info);
	/** Told of each noteworthy event ("event=... key=value"): identifiers and hashes only. May be NULL. */
	void (*log)(void *context, const char *line);
	void *context;
};

/** The real clock and getrandom(2); no log. */
struct env env_system(void);

#endif
