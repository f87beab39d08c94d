/** What status says of records. */
#ifndef CLI_COUNTS_H
#define CLI_COUNTS_H

#include "base/table.h"
#include "cli/cli.h"

/** Count the records held by kind and state, and what is late by office. Nothing without keys or a schema set. */
enum err counts_print(struct cli *cli, struct node *node) MUST_USE;

#endif
