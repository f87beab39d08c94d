#include <libintl.h>

#include "base/err.h"

const char *
message(const char *text)
{
	return dgettext("tiersync", text);
}
