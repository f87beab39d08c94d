/**
 * A bundle being taken: shared by take.c (the order), take_open.c (who sent it, and what is in it), take_small.c
 * (what is no delta), take_partition.c (the deltas) and take_receipt.c (our answer).
 */
#ifndef FLOW_TAKING_H
#define FLOW_TAKING_H

#include "bundle/preamble.h"
#include "bundle/small.h"
#include "envelope/envelope.h"
#include "flow/peer.h"
#include "flow/take.h"

struct taking {
	const struct flow_desk *desk;
	struct node *node;
	struct envelope *envelope;
	const struct envelope_manifest *manifest;
	struct roster_node sender;     /* a copy: statements that the bundle brings move the roster's own */
	struct roster_version version; /* what the sender had read when it made the bundle */
	struct bundle_preamble preamble;
	struct bytes small_bytes;
	struct bundle_small small;
	struct flow_exchange exchange;
	struct flow_taken *taken;
	struct receipt_partition *answers; /* parallel to preamble.partitions */
	size_t answer_count;
	struct arena arena;
};

typedef enum err (*taking_check_key)(void *text, const struct seal_public_key *key, struct err_info *info);
/**
 * By which of the sender's keys is it signed: the newest, or one that it had before and that is not revoked: a bundle may come
 * late, and what it carries be older still. ERR_AUTH: none; the text is the newest one's.
 * is_ended: NULL, or where to say that a key which was revoked meanwhile signed it: it says nothing then, and the bundle is
 * taken without it, for its sender goes on sending what it signed before until it is answered
 */
enum err taking_find_signer(struct seal_public_key *out, bool *is_ended, struct taking *taking, taking_check_key check,
                            void *text, struct err_info *info) MUST_USE;
/**
 * From the file to the preamble: roster statements, signature, recipient, keys, sections. Nothing is staged that a refusal would
 * not take back. Fills envelope, manifest, sender, preamble and the taken bundle's own words. Errors of flow_take().
 */
enum err taking_open(struct taking *taking, const struct flow_file *file, struct err_info *info) MUST_USE;
/**
 * Statements in wire form into the roster; each proves itself, or is passed over.
 * @param is_inside  of an opened bundle: one that a key signed that its issuer has not is passed over too. ERR_FORMAT, ERR_AUTH ...
 */
enum err taking_statements(struct taking *taking, const struct view *statements, size_t count, bool is_inside,
                           struct err_info *info) MUST_USE;
/** The bytes of a section, at most size_max. Errors of envelope_section(). */
enum err taking_section(struct bytes *out, struct taking *taking, size_t section, size_t size_max,
                        struct err_info *info) MUST_USE;
/** Every partition that the bundle carries; whatever becomes of one does not stop the others. ERR_IO, ERR_NOMEM ... */
enum err taking_partitions(struct taking *taking, struct err_info *info) MUST_USE;
/** Statements, schema sets, receipts, chain ends and the night's line of the small section. Staged. */
enum err taking_small(struct taking *taking, struct err_info *info) MUST_USE;
/** What our receipt says of one partition, into the next of taking->answers. */
enum err taking_answer(struct taking *taking, const struct intake *intake, const struct bundle_partition *shown,
                       struct err_info *info) MUST_USE;
/** Sign the receipt, stage its texts, owe it to the sender. */
enum err taking_receipt(struct taking *taking, struct err_info *info) MUST_USE;

#endif
