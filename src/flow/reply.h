/** Answering a neighbour that calls: take what it brings, compare (a hub), and make what it is owed. The far half of an ssh:// exchange. */
#ifndef FLOW_REPLY_H
#define FLOW_REPLY_H

#include "flow/bundle.h"
#include "flow/findings.h"
#include "flow/take.h"

enum {
	FLOW_CALLER_SILENT_SECONDS = 300 /* a caller that sends nothing for so long is gone */
};

struct flow_reply {
	struct flow_taken taken;
	struct flow_findings_result found;
	struct err_info found_why; /* code not ERR_OK: nothing could be compared */
	struct flow_sent sent;
	struct bytes bundle; /* for the caller; empty in a dry run */
};

/**
 * The whole of it, under node_lock, which is held while it works and not while anybody is waited for. What was taken is durable, and node.git knows
 * of the answer, when this returns: an answer that gets lost is made again with the next call.
 *
 * @param file  untrusted: the caller's bundle
 * @return ERR_OK: see *out; the errors of flow_take() and flow_bundle_make(): with the first nothing was changed
 */
enum err flow_reply(struct flow_reply *out, const struct flow_desk *desk, const struct flow_file *file,
                    struct err_info *info) MUST_USE;
void flow_reply_release(struct flow_reply *reply);
/** 0; 7 when a partition was refused, held or left out of the answer, or nothing could be compared. */
int flow_reply_exit_code(const struct flow_reply *reply);

#endif
