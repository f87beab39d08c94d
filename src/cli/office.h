/** One office of the roster, for `roster list`. */
#ifndef CLI_OFFICE_H
#define CLI_OFFICE_H

#include "cli/cli.h"
#include "node/node.h"

/** One line. */
void cli_print_node(struct cli *cli, const struct roster *roster, const struct roster_node *node);
/** Everything that the roster says of it: keys, rights, epochs, what is in dispute. */
enum err cli_print_office(struct cli *cli, struct node *node, const struct roster_node *office) MUST_USE;

#endif
