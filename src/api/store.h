/** What the files of the public face share: an open store, and how codes and texts go out. include/tiersync/tiersync.h. */
#ifndef API_STORE_H
#define API_STORE_H

#include "flow/flow.h"
#include "tiersync/tiersync.h"

struct tiersync_store {
	struct node *node;
	struct flow_desk desk; /* its texts are the two below */
	char *operator_name;
	char *note;
};

/** Hand an error over. `error` may be NULL. */
enum tiersync_code api_code(enum err err, const struct err_info *info, struct tiersync_error *error);
/** NULL text: *owner_out is NULL. ERR_USAGE: no division code. */
enum err api_owner(const struct node_code **owner_out, struct node_code *code, const char *text,
                   struct err_info *info) MUST_USE;

#endif
