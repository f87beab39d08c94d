#include <libintl.h>
#include <stddef.h>

#include "base/err.h"

/*
 * A catalogue is looked for once: without one (English) the text is its own translation, and asking gettext each time costs
 * more than most of what the messages are about. message_forget() is for when the locale changes.
 */
static enum {
	NOT_ASKED,
	HAS_CATALOGUE,
	HAS_NONE,
} state;

void
message_forget(void)
{
	state = NOT_ASKED;
}

const char *
message(const char *text)
{
	if (state == NOT_ASKED)
		state = dgettext("tiersync", "")[0] != '\0' ? HAS_CATALOGUE : HAS_NONE; /* "" is a catalogue's header */
	return state == HAS_NONE ? text : dgettext("tiersync", text);
}
