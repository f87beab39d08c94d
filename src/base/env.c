#include "base/env.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

static int64_t
system_now(void *context)
{
	struct timespec now;

	(void)context;
	if (clock_gettime(CLOCK_REALTIME, &now) != 0 || now.tv_sec < 0)
		return 0;
	return now.tv_sec;
}

static enum err
system_random(void *context, void *out, size_t size, struct err_info *info)
{
	uint8_t *at = out;

	(void)context;
	while (size > 0) {
		ssize_t got = getrandom(at, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_errno(info, errno, "%s", _("cannot read random bytes"));
		at += got;
		size -= (size_t)got;
	}
	return ERR_OK;
}

struct env
env_system(void)
{
	return (struct env){system_now, system_random, NULL, NULL};
}
