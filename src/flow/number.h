/** The node's own bundle counter: exchange/own in node.git. */
#ifndef FLOW_NUMBER_H
#define FLOW_NUMBER_H

#include "flow/flow.h"

struct flow_number {
	uint64_t next;        /* number of the next bundle, from 1 */
	uint8_t previous[16]; /* of the last bundle's digest; zero: none */
};

enum err flow_number_load(struct flow_number *out, struct node *node, struct err_info *info) MUST_USE;
/** The number was given to the bundle with this digest; staged. */
enum err flow_number_used(struct flow_number *number, struct node *node, const struct digest *digest,
                          struct err_info *info) MUST_USE;

#endif
