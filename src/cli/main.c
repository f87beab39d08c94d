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

int
main(int argc, char **argv)
{
	static struct cli cli;
	const struct rlimit no_core = {0, 0};
	enum err err;

	(void)setrlimit(RLIMIT_CORE, &no_core); /* keys and records stay out of core files */
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
