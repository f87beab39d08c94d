/**
 * A neighbour: how to reach it (peers/NODE in node.git), and what we remember of the exchange with it (exchange/NODE).
 * The second is state, not evidence: schema/exchange-v1.md, section 3.
 */
#ifndef FLOW_PEER_H
#define FLOW_PEER_H

#include "flow/flow.h"
#include "receipt/peer.h"
#include "roster/version.h"
#include "statement/lines.h"

/** How to reach a neighbour. */
struct flow_peer_place {
	struct node_code code;
	char url[LIMIT_PATH_BYTES_MAX];
	uint32_t every_days; /* 0: a failure to reach it is reported at once */
};

/** Add or replace. ERR_FORMAT (URL), ERR_NOT_FOUND (no such office in the roster), ERR_STATE. */
enum err flow_peer_add(const struct flow_desk *desk, const struct flow_peer_place *place,
                       struct err_info *info) MUST_USE;
/** ERR_NOT_FOUND. */
enum err flow_peer_remove(const struct flow_desk *desk, const struct node_code *code, struct err_info *info) MUST_USE;
/** The text of peers/NODE, and back. ERR_FORMAT, ERR_NOMEM. */
enum err flow_peer_write(struct bytes *out, const struct flow_peer_place *place, struct err_info *info) MUST_USE;
enum err flow_peer_read(struct flow_peer_place *out, struct view text, struct err_info *info) MUST_USE;
/** malloc'd, freed by the caller; by code. */
enum err flow_peer_list(struct flow_peer_place **out, size_t *count_out, struct node *node,
                        struct err_info *info) MUST_USE;

/** A list of chain ends, owned. */
struct flow_chains {
	struct statement_reference *items;
	size_t count;
};

/** What a peer's receipts confirmed of one partition. */
struct flow_confirmed {
	struct id partition;
	struct oid head;
	int64_t time; /* of the receipt, by the peer's clock */
};

enum {
	FLOW_OWED_MAX = 4
};

struct flow_exchange {
	struct node_code code;
	uint8_t incarnation[8]; /* of the peer's last bundle */
	uint64_t taken;         /* its number */
	struct digest taken_digest;
	int64_t heard;      /* time of the peer's last bundle, by its clock; 0: never */
	int64_t heard_here; /* when we took it, by ours */
	uint64_t sent;      /* number of our last bundle to it; 0: none */
	struct digest sent_digest;
	/* what our bundles told, each with the number of the first one that did (`_in`; 0: none yet): known there once that one or a
	 * later one is answered, whichever of many it is (each stick is written to, and few arrive) */
	uint32_t schema_told; /* all schema sets up to this version */
	uint64_t schema_told_in;
	uint32_t schema_acked;
	uint32_t night_told;
	uint64_t night_told_in;
	uint32_t night_acked;
	struct flow_chains chains_told; /* all ends that our bundles have told by now */
	uint64_t *chains_told_in;
	struct flow_chains chains_acked;  /* those that an answered bundle told */
	struct flow_chains chains_peer;   /* the peer's own */
	bool is_behind;                   /* its last bundle stood on less than it had told */
	bool wants_schema;                /* its last bundle said that it lacks a schema set */
	bool wants_keys;                  /* ... the key of an epoch that it may read */
	struct bytes owed[FLOW_OWED_MAX]; /* receipts, wire form, until a bundle that carried them is answered */
	uint64_t owed_in[FLOW_OWED_MAX];
	size_t owed_count;
	struct flow_confirmed *confirmed;
	size_t confirmed_count;
	struct roster_version acknowledged; /* roster state that a bundle of the peer, taken whole, said it had read */
	uint64_t *wraps;                    /* short names of the wraps that our bundles carried by now */
	uint64_t *wraps_in;
	size_t wrap_count;
	uint64_t answered; /* highest number of our bundles that the peer answered */
	struct receipt_peer *peer;
};

/** What is remembered of a peer; nothing yet: an empty state. Released by flow_exchange_release. ERR_FORMAT, ERR_NOMEM. */
enum err flow_exchange_load(struct flow_exchange *out, struct node *node, const struct node_code *code,
                            struct err_info *info) MUST_USE;
/** Its bytes: schema/exchange-v1.md, section 3. */
enum err flow_exchange_write(struct bytes *out, const struct flow_exchange *exchange, struct err_info *info) MUST_USE;
/** Read them; out->code is not set. Released by flow_exchange_release. ERR_FORMAT, ERR_TOO_BIG, ERR_NOMEM. */
enum err flow_exchange_read(struct flow_exchange *out, struct view content, struct err_info *info) MUST_USE;
/** Stage it in node.git. */
enum err flow_exchange_save(const struct flow_exchange *exchange, struct node *node, struct err_info *info) MUST_USE;
void flow_exchange_release(struct flow_exchange *exchange);

/**
 * The peer began anew (a restored or replaced machine): it holds what it shows from now on, and nothing that we believed. What
 * was confirmed stays, as history.
 */
void flow_exchange_forget(struct flow_exchange *exchange);

/** Replace or add the ends in `news`. ERR_NOMEM. */
enum err flow_chains_update(struct flow_chains *chains, const struct statement_reference *news, size_t count,
                            struct err_info *info) MUST_USE;
/** Whether the list has just this end. */
bool flow_chains_has(const struct flow_chains *chains, const struct statement_reference *reference);
/** Note that a receipt named this head. ERR_NOMEM. */
enum err flow_exchange_confirm(struct flow_exchange *exchange, const struct flow_confirmed *confirmed,
                               struct err_info *info) MUST_USE;
/** What the peer's receipts confirmed of a partition; NULL: nothing. */
const struct flow_confirmed *flow_exchange_confirmed(const struct flow_exchange *exchange, const struct id *partition);
/** Whether the peer is known to hold this head of ours: a receipt named it, or its own last bundle showed it as its head. */
bool flow_exchange_holds(const struct flow_exchange *exchange, const struct id *partition, const struct oid *head);
/** Whether an answered bundle carried the wrap with this short name. */
bool flow_exchange_has_wrap(const struct flow_exchange *exchange, uint64_t name);
/** Whether a schema set that the root is known to have opened is not held here: what was written by it cannot be read. */
bool flow_lacks_schema(struct node *node);
/** Our bundle `number` carries it. ERR_NOMEM. */
enum err flow_exchange_tell_wrap(struct flow_exchange *exchange, uint64_t name, uint64_t number,
                                 struct err_info *info) MUST_USE;
/** Our bundle `number` tells these ends. ERR_NOMEM. */
enum err flow_exchange_tell_chains(struct flow_exchange *exchange, const struct statement_reference *ends, size_t count,
                                   uint64_t number, struct err_info *info) MUST_USE;
/** Our bundle `number` carries every receipt that is owed. */
void flow_exchange_tell_owed(struct flow_exchange *exchange, uint64_t number);
/** Our bundle `number` carries schema sets up to this version. */
void flow_exchange_tell_schema(struct flow_exchange *exchange, uint32_t version, uint64_t number);
/** All schema sets were told and answered, and yet the peer lacks one: from the first again. */
void flow_exchange_tell_schemas_again(struct flow_exchange *exchange);
void flow_exchange_tell_night(struct flow_exchange *exchange, uint32_t night, uint64_t number);
/** Our bundle `number` was answered: what it told and carried need not be repeated. */
enum err flow_exchange_answered(struct flow_exchange *exchange, uint64_t number, struct err_info *info) MUST_USE;

#endif
