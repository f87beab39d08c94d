/** The last lines of a night and of `status`: what is confirmed, and what waits for a person. */
#ifndef CLI_OUTLOOK_H
#define CLI_OUTLOOK_H

#include "cli/cli.h"
#include "flow/outlook.h"

/** Print it, and say it to the caller. Errors of flow_outlook. */
enum err cli_print_outlook(struct flow_outlook *out, struct cli *cli, struct node *node) MUST_USE;

#endif
