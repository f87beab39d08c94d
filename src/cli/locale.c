#include "cli/locale.h"

#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

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

/* The catalogue lies beside the build or in the installed place: TIERSYNC_LOCALEDIR, set by CMake; a caller may override. */
static const char *
catalogue_directory(void)
{
	const char *directory = getenv("TIERSYNC_LOCALEDIR");

	return directory != NULL && directory[0] != '\0' ? directory : TIERSYNC_LOCALEDIR;
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
