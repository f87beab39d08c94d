/** Inside receipt: helpers that its texts and wire forms share. */
#ifndef RECEIPT_INTERNAL_H
#define RECEIPT_INTERNAL_H

#include "codec/codec.h"
#include "receipt/checkpoint.h"
#include "receipt/receipt.h"

/** What a receipt says that cannot be: a static phrase; NULL: all is well. */
const char *receipt_flaw(const struct receipt *receipt);

/** Whether oids ascend strictly and are at most LIMIT_RECEIPT_TIPS_MAX. */
bool receipt_oids_are_set(const struct oid *items, size_t count);
/** Whether the list is this one oid. */
bool receipt_oids_are(const struct oid *items, size_t count, const struct oid *one);

/** A carried error in front of codec's writers: after the first nothing is written. */
struct receipt_out {
	struct bytes *out;
	struct err_info *info;
	enum err err;
};

void receipt_out_uint(struct receipt_out *out, uint64_t value);
void receipt_out_int(struct receipt_out *out, int64_t value);
void receipt_out_bool(struct receipt_out *out, bool value);
void receipt_out_str(struct receipt_out *out, const char *text);
void receipt_out_view(struct receipt_out *out, struct view text);
void receipt_out_bin(struct receipt_out *out, const void *data, size_t size);
void receipt_out_array(struct receipt_out *out, size_t count);
void receipt_out_map(struct receipt_out *out, size_t count);
void receipt_out_oids(struct receipt_out *out, const struct oid *items, size_t count);
void receipt_out_reference(struct receipt_out *out, const struct statement_reference *reference);

/** The same in front of codec's readers: after the first error everything gives zeros. */
struct receipt_in {
	struct codec_reader reader;
	struct err_info *info;
	enum err err;
};

struct receipt_in receipt_in_of(struct view view, struct err_info *info);
/** ERR_FORMAT with a phrase. */
void receipt_in_fail(struct receipt_in *in, const char *what);
uint64_t receipt_in_uint(struct receipt_in *in, uint64_t max);
int64_t receipt_in_int(struct receipt_in *in);
void receipt_in_bin(struct receipt_in *in, void *out, size_t size);
/** A str copied to `size` bytes with its NUL. */
void receipt_in_str(struct receipt_in *in, char *out, size_t size);
struct view receipt_in_view(struct receipt_in *in, size_t size_max);
size_t receipt_in_array(struct receipt_in *in, size_t count_max);
/** Start a map; then receipt_in_key() walks its keys. */
struct receipt_keys {
	size_t count;
	size_t index;
	uint32_t key;
};
struct receipt_keys receipt_in_map(struct receipt_in *in);
/** The next key; false at the end or after an error. */
bool receipt_in_key(struct receipt_in *in, struct receipt_keys *keys);
/** A bin of whole oids into the arena. */
struct receipt_oids receipt_in_oids(struct receipt_in *in, struct arena *arena, size_t count_max);
struct statement_reference receipt_in_reference(struct receipt_in *in);
enum err receipt_in_end(struct receipt_in *in) MUST_USE;
void *receipt_in_get(struct receipt_in *in, struct arena *arena, size_t count, size_t size);

#endif
