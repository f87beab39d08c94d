/* tiersync: signed, encrypted, versioned case records between township, county and city. One table, one loop. */
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/large.h"
#include "cli/cli.h"
#include "cli/locale.h"

enum {
	DESCRIPTORS = 65536
};

/* A store of two thousand partitions has more files open at once than the thousand that a shell starts with. */
static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS)
		return;
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

int
main(int argc, char **argv)
{
	static struct cli cli;
	const struct rlimit no_core = {0, 0};
	enum err err;

	(void)setrlimit(RLIMIT_CORE, &no_core); /* keys and records stay out of core files */
	raise_descriptors();
	large_give_back();
	(void)signal(SIGPIPE, SIG_IGN);
	cli.env = env_system();
	cli.is_chinese = cli_locale_start();
	err = cli_read(&cli, argc, argv);
	if (err == ERR_OK && (cli.help || cli.verb == NULL)) {
		cli_usage(&cli);
		return cli_finish(&cli, ERR_OK);
	}
	if (err == ERR_OK)
		err = cli.verb->run(&cli);
	return cli_finish(&cli, err);
}
