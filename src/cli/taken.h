/** What take, sync and approve print of a bundle that was taken. */
#ifndef CLI_TAKEN_H
#define CLI_TAKEN_H

#include "cli/cli.h"
#include "flow/bundle.h"
#include "flow/take.h"

/** A line for the bundle and one per partition, in words or JSON. */
void cli_print_taken(struct cli *cli, struct node *node, const char *file, const struct flow_taken *taken);
/** What a bundle leaves out, and why. */
void cli_print_left_out(struct cli *cli, struct node *node, const struct flow_sent *sent);

#endif
