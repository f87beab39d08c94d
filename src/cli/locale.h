/** The language of messages: LC_ALL, LC_MESSAGES, LANG by their usual order; UTF-8 in every locale. */
#ifndef CLI_LOCALE_H
#define CLI_LOCALE_H

#include <stdbool.h>

/**
 * Set the process's locale and bind the message catalogue. Where the asked locale is not installed, C.UTF-8 serves and the
 * language is still honoured, so that a bare machine speaks Chinese too. Numbers stay in C form.
 *
 * @return true when messages are Chinese
 */
bool cli_locale_start(void);

#endif
