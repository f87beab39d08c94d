/** What take, sync and approve print of a bundle that was taken. */
#ifndef CLI_TAKEN_H
#define CLI_TAKEN_H

#include "cli/cli.h"
#include "flow/bundle.h"
#include "flow/take.h"

/** A line for the bundle and one per partition, in words or JSON. */
void cli_print_taken(struct cli *cli, struct node *node, const char *file, const struct flow_taken *taken);
/** Into the JSON object at hand: how many key epochs a key that ended was shut out by. */
void cli_json_epochs(struct json_writer *writer, const struct flow_renewed *epochs);
/** Partitions that stay open to it for now: done in part. */
void cli_print_still_due(struct cli *cli, const struct flow_renewed *epochs);
/** What a bundle leaves out, and why. */
void cli_print_left_out(struct cli *cli, struct node *node, const struct flow_sent *sent);

#endif
