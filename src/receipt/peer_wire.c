/* The state about a peer as bytes: schema/receipt-v1.md, section 6. */
#include <stdlib.h>
#include <string.h>

#include "receipt/internal.h"
#include "receipt/peer_state.h"

enum peer_field {
	FIELD_ANSWERS = 1,
	FIELD_SENT = 2,
	FIELD_NEED = 3,
	FIELD_NEED_DICTIONARY = 4,
	FIELD_PARTITIONS = 5,
};

enum partition_field {
	PARTITION_ID = 1,
	PARTITION_HEAD = 2,
	PARTITION_NAMED = 3,
	PARTITION_SHOWN = 4,
	PARTITION_SHOWN_NUMBER = 5,
	PARTITION_ACKNOWLEDGED = 6,
	PARTITION_PEER_SHOWN = 7,
	PARTITION_HEARD = 8,
	PARTITION_TAKEN = 9,
	PARTITION_TOLD = 10,
};

enum {
	ANSWER_MEMBERS = 4,
	SENT_MEMBERS = 2,
	NAMED_MAX = 3 * LIMIT_RECEIPT_TIPS_MAX,
};

static void
out_answers(struct receipt_out *out, const struct receipt_peer *peer)
{
	if (peer->answer_count == 0)
		return;
	receipt_out_uint(out, FIELD_ANSWERS);
	receipt_out_array(out, peer->answer_count);
	for (size_t i = 0; i < peer->answer_count; i++) {
		const struct peer_answer *answer = &peer->answers[i];

		receipt_out_array(out, ANSWER_MEMBERS);
		receipt_out_bin(out, answer->answer.bundle.bytes, DIGEST_BYTES);
		receipt_out_uint(out, (uint64_t)answer->answer.outcome);
		receipt_out_str(out, answer->answer.reason);
		receipt_out_uint(out, answer->carried);
	}
}

static void
out_sent(struct receipt_out *out, const struct receipt_peer *peer)
{
	if (peer->sent_count == 0)
		return;
	receipt_out_uint(out, FIELD_SENT);
	receipt_out_array(out, peer->sent_count);
	for (size_t i = 0; i < peer->sent_count; i++) {
		receipt_out_array(out, SENT_MEMBERS);
		receipt_out_uint(out, peer->sent[i].number);
		receipt_out_bin(out, peer->sent[i].bundle.bytes, DIGEST_BYTES);
	}
}

static void
out_oid(struct receipt_out *out, enum partition_field field, const struct oid *oid)
{
	if (oid_is_none(oid))
		return;
	receipt_out_uint(out, (uint64_t)field);
	receipt_out_bin(out, oid->bytes, OID_BYTES);
}

static size_t
present_count(const struct peer_partition *partition)
{
	return 1U + (oid_is_none(&partition->head) ? 0U : 1U) + (partition->named_count == 0 ? 0U : 1U) +
	       (oid_is_none(&partition->shown) ? 0U : 1U) + (partition->shown_number == 0 ? 0U : 1U) +
	       (oid_is_none(&partition->acknowledged) ? 0U : 1U) + (oid_is_none(&partition->peer_shown) ? 0U : 1U) +
	       (partition->is_heard ? 1U : 0U) + (partition->taken_count == 0 ? 0U : 1U) +
	       (oid_is_none(&partition->told) ? 0U : 1U);
}

static void
out_partition(struct receipt_out *out, const struct peer_partition *partition)
{
	receipt_out_map(out, present_count(partition));
	receipt_out_uint(out, PARTITION_ID);
	receipt_out_bin(out, partition->id.bytes, ID_BYTES);
	out_oid(out, PARTITION_HEAD, &partition->head);
	if (partition->named_count > 0) {
		receipt_out_uint(out, PARTITION_NAMED);
		receipt_out_oids(out, partition->named, partition->named_count);
	}
	out_oid(out, PARTITION_SHOWN, &partition->shown);
	if (partition->shown_number > 0) {
		receipt_out_uint(out, PARTITION_SHOWN_NUMBER);
		receipt_out_uint(out, partition->shown_number);
	}
	out_oid(out, PARTITION_ACKNOWLEDGED, &partition->acknowledged);
	out_oid(out, PARTITION_PEER_SHOWN, &partition->peer_shown);
	if (partition->is_heard) {
		receipt_out_uint(out, PARTITION_HEARD);
		receipt_out_bool(out, true);
	}
	if (partition->taken_count > 0) {
		receipt_out_uint(out, PARTITION_TAKEN);
		receipt_out_oids(out, partition->taken, partition->taken_count);
	}
	out_oid(out, PARTITION_TOLD, &partition->told);
}

static int
compare_partitions(const void *a, const void *b)
{
	const struct peer_partition *x = *(const struct peer_partition *const *)a;
	const struct peer_partition *y = *(const struct peer_partition *const *)b;

	return memcmp(x->id.bytes, y->id.bytes, ID_BYTES);
}

static void
out_partitions(struct receipt_out *out, const struct receipt_peer *peer)
{
	const struct peer_partition **sorted;

	if (peer->partition_count == 0 || out->err != ERR_OK)
		return;
	sorted = calloc(peer->partition_count, sizeof(struct peer_partition *));
	if (sorted == NULL) {
		out->err = err_nomem(out->info);
		return;
	}
	for (size_t i = 0; i < peer->partition_count; i++)
		sorted[i] = &peer->partitions[i];
	qsort(sorted, peer->partition_count, sizeof(struct peer_partition *), compare_partitions);
	receipt_out_uint(out, FIELD_PARTITIONS);
	receipt_out_array(out, peer->partition_count);
	for (size_t i = 0; i < peer->partition_count; i++)
		out_partition(out, sorted[i]);
	free(sorted);
}

static void
out_need(struct receipt_out *out, enum peer_field field, int64_t need)
{
	if (need == PEER_NOTHING_SERVED)
		return;
	receipt_out_uint(out, (uint64_t)field);
	receipt_out_uint(out, (uint64_t)need);
}

enum err
receipt_peer_write(struct bytes *bytes, const struct receipt_peer *peer, struct err_info *info)
{
	struct receipt_out out = {bytes, info, ERR_OK};
	size_t size = bytes->size;
	size_t count = (peer->answer_count > 0 ? 1U : 0U) + (peer->sent_count > 0 ? 1U : 0U) +
	               (peer->need != PEER_NOTHING_SERVED ? 1U : 0U) +
	               (peer->need_dictionary != PEER_NOTHING_SERVED ? 1U : 0U) + (peer->partition_count > 0 ? 1U : 0U);

	receipt_out_map(&out, count);
	out_answers(&out, peer);
	out_sent(&out, peer);
	out_need(&out, FIELD_NEED, peer->need);
	out_need(&out, FIELD_NEED_DICTIONARY, peer->need_dictionary);
	out_partitions(&out, peer);
	if (out.err != ERR_OK)
		bytes->size = size;
	return out.err;
}

static void
in_answers(struct receipt_in *in, struct receipt_peer *out)
{
	out->answer_count = receipt_in_array(in, LIMIT_ANSWERS_MAX);
	for (size_t i = 0; in->err == ERR_OK && i < out->answer_count; i++) {
		struct peer_answer *answer = &out->answers[i];

		if (receipt_in_array(in, ANSWER_MEMBERS) != ANSWER_MEMBERS)
			receipt_in_fail(in, _("an answer has four parts"));
		receipt_in_bin(in, answer->answer.bundle.bytes, DIGEST_BYTES);
		answer->answer.outcome = (enum receipt_outcome)receipt_in_uint(in, RECEIPT_REFUSED);
		receipt_in_str(in, answer->answer.reason, sizeof(answer->answer.reason));
		answer->carried = receipt_in_uint(in, INT64_MAX);
		if (receipt_outcome_name(answer->answer.outcome) == NULL)
			receipt_in_fail(in, _("an outcome"));
	}
}

static void
in_sent(struct receipt_in *in, struct receipt_peer *out)
{
	out->sent_count = receipt_in_array(in, LIMIT_SENT_KEPT_MAX);
	for (size_t i = 0; in->err == ERR_OK && i < out->sent_count; i++) {
		if (receipt_in_array(in, SENT_MEMBERS) != SENT_MEMBERS)
			receipt_in_fail(in, _("a bundle sent has two parts"));
		out->sent[i].number = receipt_in_uint(in, INT64_MAX);
		receipt_in_bin(in, out->sent[i].bundle.bytes, DIGEST_BYTES);
	}
}

static void
in_oids(struct receipt_in *in, struct oid **items_out, size_t *count_out, size_t count_max)
{
	struct arena arena = {0};
	struct receipt_oids oids = receipt_in_oids(in, &arena, count_max);

	if (in->err == ERR_OK && oids.count > 0) {
		*items_out = malloc(oids.count * sizeof(**items_out));
		if (*items_out == NULL) {
			in->err = err_nomem(in->info);
		} else {
			memcpy(*items_out, oids.items, oids.count * sizeof(**items_out));
			*count_out = oids.count;
		}
	}
	arena_release(&arena);
}

static void
in_partition_field(struct receipt_in *in, enum partition_field field, struct peer_partition *out)
{
	switch (field) {
	case PARTITION_HEAD:
		receipt_in_bin(in, out->head.bytes, OID_BYTES);
		return;
	case PARTITION_NAMED:
		in_oids(in, &out->named, &out->named_count, NAMED_MAX);
		return;
	case PARTITION_SHOWN:
		receipt_in_bin(in, out->shown.bytes, OID_BYTES);
		return;
	case PARTITION_SHOWN_NUMBER:
		out->shown_number = receipt_in_uint(in, INT64_MAX);
		return;
	case PARTITION_ACKNOWLEDGED:
		receipt_in_bin(in, out->acknowledged.bytes, OID_BYTES);
		return;
	case PARTITION_PEER_SHOWN:
		receipt_in_bin(in, out->peer_shown.bytes, OID_BYTES);
		return;
	case PARTITION_HEARD:
		if (in->err == ERR_OK)
			in->err = codec_read_bool(&out->is_heard, &in->reader, in->info);
		return;
	case PARTITION_TOLD:
		receipt_in_bin(in, out->told.bytes, OID_BYTES);
		return;
	case PARTITION_TAKEN:
		in_oids(in, &out->taken, &out->taken_count, LIMIT_RECEIPT_TIPS_MAX);
		return;
	case PARTITION_ID:
		break;
	}
	receipt_in_fail(in, _("an unknown field of a partition"));
}

static void
in_partitions(struct receipt_in *in, struct receipt_peer *out)
{
	size_t count = receipt_in_array(in, LIMIT_NODES_MAX);

	for (size_t i = 0; in->err == ERR_OK && i < count; i++) {
		struct receipt_keys keys = receipt_in_map(in);
		struct peer_partition *partition;
		struct id id = {{0}};

		if (!receipt_in_key(in, &keys) || keys.key != PARTITION_ID)
			receipt_in_fail(in, _("a partition without its id"));
		receipt_in_bin(in, id.bytes, ID_BYTES);
		if (in->err == ERR_OK)
			in->err = receipt_peer_partition(&partition, out, &id, in->info);
		if (in->err == ERR_OK && out->partition_count != i + 1)
			receipt_in_fail(in, _("a partition twice"));
		while (in->err == ERR_OK && receipt_in_key(in, &keys))
			in_partition_field(in, (enum partition_field)keys.key, partition);
	}
}

static void
in_peer(struct receipt_in *in, struct receipt_peer *out)
{
	struct receipt_keys keys = receipt_in_map(in);

	while (receipt_in_key(in, &keys)) {
		if (keys.key == FIELD_ANSWERS)
			in_answers(in, out);
		else if (keys.key == FIELD_SENT)
			in_sent(in, out);
		else if (keys.key == FIELD_NEED)
			out->need = (int64_t)receipt_in_uint(in, INT64_MAX);
		else if (keys.key == FIELD_NEED_DICTIONARY)
			out->need_dictionary = (int64_t)receipt_in_uint(in, INT64_MAX);
		else if (keys.key == FIELD_PARTITIONS)
			in_partitions(in, out);
		else
			receipt_in_fail(in, _("an unknown field"));
	}
}

enum err
receipt_peer_read(struct receipt_peer **out, struct view content, struct err_info *info)
{
	struct receipt_in in = receipt_in_of(content, info);
	struct receipt_peer *peer = NULL;
	struct bytes same = {0};
	enum err err;

	if (content.size > LIMIT_PEER_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("the state of a peer has %zu bytes; the limit is %d"), content.size,
		               LIMIT_PEER_BYTES_MAX);
	err = receipt_peer_new(&peer, info);
	if (err != ERR_OK)
		return err;
	in_peer(&in, peer);
	err = receipt_in_end(&in);
	if (err == ERR_OK)
		err = receipt_peer_write(&same, peer, info);
	if (err == ERR_OK && !view_equal(bytes_view(&same), content))
		err = err_set(info, ERR_FORMAT,
		              _("the state of a peer is not encoded in the one way that its content has"));
	if (err == ERR_OK) {
		*out = peer;
		peer = NULL;
	}
	bytes_release(&same);
	receipt_peer_free(peer);
	return err;
}
