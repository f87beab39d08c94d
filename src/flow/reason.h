/** REASON codes: what a person gives as a reason where it is kept for good. */
#ifndef FLOW_REASON_H
#define FLOW_REASON_H

#include "node/node.h"

/** 1 to 16 letters or digits; where the schema set has a code set REASON, one of its codes. ERR_RULE, with the codes. */
enum err flow_reason_check(const struct node *node, const char *reason, struct err_info *info) MUST_USE;

#endif
