/** A night under way. Internal to flow/sync.c and flow/sync_ssh.c. */
#ifndef FLOW_SYNCING_H
#define FLOW_SYNCING_H

#include "flow/peer.h"
#include "flow/sync.h"
#include "transport/transport.h"

/** One directory and the neighbours that are reached through it; or one neighbour that is called. */
struct sync_place {
	struct transport_url url;
	const char *text;
	struct flow_peer_place *peers;
	size_t peer_count;
	bool is_reached;
	struct err_info why;
};

struct sync_night {
	const struct flow_desk *desk;
	const struct flow_sync_terms *terms;
	const struct flow_sync_watch *watch;
	struct flow_sync_result *result;
	bool is_locked;
	bool has_one_place; /* that is visited */
};

/** Have the store's lock, taken anew if it was let go while a peer was called. Errors of node_lock(). */
enum err sync_hold(struct sync_night *night, struct err_info *info) MUST_USE;
/** Let others work while a peer is waited for. */
void sync_let_go(struct sync_night *night);

/** Make a peer's bundle; node.git remembers it before it leaves, so a number is never used twice. Errors of flow_bundle_make(). */
enum err sync_bundle(struct bytes *file_out, struct flow_sent *sent_out, struct sync_night *night,
                     const struct node_code *code, struct err_info *info) MUST_USE;
/** @param may_be_silent  it could not be reached: no failure within the silence agreed with it */
void sync_failed(struct sync_night *night, const struct flow_peer_place *peer, const struct err_info *why,
                 bool may_be_silent);
void sync_sent(struct sync_night *night, const struct flow_sent *sent);
void sync_took(struct sync_night *night, const char *file, const struct flow_taken *taken);
void sync_not_taken(struct sync_night *night, const char *file, const struct err_info *why);
void sync_skipped(void *night, const char *file, const char *reason);

/** A whole exchange with a peer behind ssh://. */
void sync_call(struct sync_night *night, const struct sync_place *place, const struct flow_peer_place *peer);

#endif
