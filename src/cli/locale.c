#include "cli/locale.h"

#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"

static const char *
asked_locale(void)
{
	static const char *const NAMES[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		const char *value = getenv(NAMES[i]);

		if (value != NULL && value[0] != '\0')
			return value;
	}
	return "C";
}

/* PREFIX/share/locale of the PREFIX/bin in which the program lies, if there is a catalogue of ours. */
static bool
find_installed(char *out, size_t size)
{
	char program[LIMIT_PATH_BYTES_MAX];
	char probe[LIMIT_PATH_BYTES_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	char *slash;
	int written;

	if (length <= 0)
		return false;
	program[length] = '\0';
	slash = strrchr(program, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	written = snprintf(out, size, "%s/../share/locale", program);
	if (written < 0 || (size_t)written >= size)
		return false;
	written = snprintf(probe, sizeof(probe), "%s/zh_CN/LC_MESSAGES/tiersync.mo", out);
	return written > 0 && (size_t)written < sizeof(probe) && access(probe, R_OK) == 0;
}

/* Where a caller says, beside the installed program, or in the build (TIERSYNC_LOCALEDIR, set by CMake). */
static const char *
catalogue_directory(void)
{
	static char installed[LIMIT_PATH_BYTES_MAX];
	const char *directory = getenv("TIERSYNC_LOCALEDIR");

	if (directory != NULL && directory[0] != '\0')
		return directory;
	return find_installed(installed, sizeof(installed)) ? installed : TIERSYNC_LOCALEDIR;
}

bool
cli_locale_start(void)
{
	bool is_chinese = strncmp(asked_locale(), "zh", 2) == 0;

	if (setlocale(LC_MESSAGES, "") == NULL || strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0)
		(void)setlocale(LC_MESSAGES, "C.UTF-8"); /* gettext looks nothing up in "C" */
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)setenv("LANGUAGE", is_chinese ? "zh_CN" : "en", 1);
	(void)bindtextdomain("tiersync", catalogue_directory());
	(void)bind_textdomain_codeset("tiersync", "UTF-8");
	(void)textdomain("tiersync");
	message_forget();
	return is_chinese;
}
