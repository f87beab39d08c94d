/* A receipt as fields and raw signatures. */
#include <string.h>

#include "receipt/internal.h"

enum receipt_field {
	FIELD_TIME = 1,
	FIELD_ANSWERS = 2,
	FIELD_CHAINS = 3,
	FIELD_PARTITIONS = 4,
	FIELD_SIGNATURE = 5,
};

enum partition_field {
	PARTITION_ID = 1,
	PARTITION_HEAD = 2,
	PARTITION_STATE = 3,
	PARTITION_REASON = 4,
	PARTITION_EDITS = 5,
	PARTITION_RECORDS = 6,
	PARTITION_DETAILS = 7,
	PARTITION_CORRECTIONS = 8,
	PARTITION_TIPS = 9,
	PARTITION_TAKEN = 10,
	PARTITION_LADDER = 11,
	PARTITION_SIGNATURE = 12,
};

static void
out_answers(struct receipt_out *out, const struct receipt *receipt)
{
	receipt_out_uint(out, FIELD_ANSWERS);
	receipt_out_array(out, receipt->answer_count);
	for (size_t i = 0; i < receipt->answer_count; i++) {
		const struct receipt_answer *answer = &receipt->answers[i];

		receipt_out_array(out, answer->reason[0] == '\0' ? 2 : 3);
		receipt_out_bin(out, answer->bundle.bytes, DIGEST_BYTES);
		receipt_out_uint(out, (uint64_t)answer->outcome);
		if (answer->reason[0] != '\0')
			receipt_out_str(out, answer->reason);
	}
}

static void
out_details(struct receipt_out *out, const struct receipt_partition *partition)
{
	receipt_out_uint(out, PARTITION_DETAILS);
	receipt_out_array(out, partition->detail_count);
	for (size_t i = 0; i < partition->detail_count; i++) {
		const struct receipt_detail *detail = &partition->details[i];

		receipt_out_array(out, 1 + (detail->has_record ? 1U : 0U) + (detail->path.size > 0 ? 1U : 0U));
		receipt_out_bin(out, detail->commit.bytes, OID_BYTES);
		if (detail->has_record)
			receipt_out_bin(out, detail->record.bytes, ID_BYTES);
		if (detail->path.size > 0)
			receipt_out_view(out, detail->path);
	}
}

/* A tip by its place, any other edit by its id. */
static void
out_taken(struct receipt_out *out, const struct receipt_partition *partition)
{
	receipt_out_uint(out, PARTITION_TAKEN);
	receipt_out_array(out, partition->taken.count);
	for (size_t i = 0; i < partition->taken.count; i++) {
		const struct oid *oid = &partition->taken.items[i];
		size_t place = 0;

		while (place < partition->tips.count && !oid_equal(&partition->tips.items[place], oid))
			place++;
		if (place < partition->tips.count)
			receipt_out_uint(out, place);
		else
			receipt_out_bin(out, oid->bytes, OID_BYTES);
	}
}

static void
out_count(struct receipt_out *out, enum partition_field field, uint64_t count)
{
	if (count == 0)
		return;
	receipt_out_uint(out, (uint64_t)field);
	receipt_out_uint(out, count);
}

/* Which of a partition's fields are there: bit n for field n. */
static uint32_t
present_fields(const struct receipt_partition *partition)
{
	const struct {
		enum partition_field field;
		bool is_there;
	} fields[] = {
		{PARTITION_ID, true},
		{PARTITION_HEAD, !oid_is_none(&partition->head)},
		{PARTITION_STATE, partition->state != RECEIPT_TAKEN},
		{PARTITION_REASON, partition->reason[0] != '\0'},
		{PARTITION_EDITS, partition->edits != 0},
		{PARTITION_RECORDS, partition->records != 0},
		{PARTITION_DETAILS, partition->detail_count != 0},
		{PARTITION_CORRECTIONS, partition->corrections != 0},
		{PARTITION_TIPS,
	         partition->tips.count != 0 &&
	                 !receipt_oids_are(partition->tips.items, partition->tips.count, &partition->head)},
		{PARTITION_TAKEN, partition->taken.count != 0},
		{PARTITION_LADDER, partition->ladder.count != 0},
		{PARTITION_SIGNATURE, true},
	};
	uint32_t present = 0;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		present |= fields[i].is_there ? 1U << fields[i].field : 0;
	return present;
}

static void
out_partition(struct receipt_out *out, const struct receipt_partition *partition)
{
	uint32_t present = present_fields(partition);

	receipt_out_map(out, (size_t)__builtin_popcount(present));
	receipt_out_uint(out, PARTITION_ID);
	receipt_out_bin(out, partition->partition.bytes, ID_BYTES);
	if (present & 1U << PARTITION_HEAD) {
		receipt_out_uint(out, PARTITION_HEAD);
		receipt_out_bin(out, partition->head.bytes, OID_BYTES);
	}
	if (present & 1U << PARTITION_STATE) {
		receipt_out_uint(out, PARTITION_STATE);
		receipt_out_uint(out, (uint64_t)partition->state);
	}
	if (present & 1U << PARTITION_REASON) {
		receipt_out_uint(out, PARTITION_REASON);
		receipt_out_str(out, partition->reason);
	}
	out_count(out, PARTITION_EDITS, partition->edits);
	out_count(out, PARTITION_RECORDS, partition->records);
	if (present & 1U << PARTITION_DETAILS)
		out_details(out, partition);
	out_count(out, PARTITION_CORRECTIONS, partition->corrections);
	if (present & 1U << PARTITION_TIPS) {
		receipt_out_uint(out, PARTITION_TIPS);
		receipt_out_oids(out, partition->tips.items, partition->tips.count);
	}
	if (present & 1U << PARTITION_TAKEN)
		out_taken(out, partition);
	if (present & 1U << PARTITION_LADDER) {
		receipt_out_uint(out, PARTITION_LADDER);
		receipt_out_oids(out, partition->ladder.items, partition->ladder.count);
	}
	receipt_out_uint(out, PARTITION_SIGNATURE);
	receipt_out_bin(out, partition->signature.bytes, SEAL_SIGNATURE_BYTES);
}

static void
out_chains(struct receipt_out *out, const struct receipt *receipt)
{
	receipt_out_uint(out, FIELD_CHAINS);
	receipt_out_array(out, receipt->chain_count);
	for (size_t i = 0; i < receipt->chain_count; i++)
		receipt_out_reference(out, &receipt->chains[i]);
}

enum err
receipt_write(struct bytes *bytes, const struct receipt *receipt, struct err_info *info)
{
	const char *flaw = receipt_flaw(receipt);
	struct receipt_out out = {bytes, info, ERR_OK};
	size_t size = bytes->size;

	if (flaw != NULL)
		return err_set(info, ERR_RULE, _("a receipt cannot say this: %s"), flaw);
	receipt_out_map(&out, 2 + (receipt->answer_count > 0 ? 1U : 0U) + (receipt->chain_count > 0 ? 1U : 0U));
	receipt_out_uint(&out, FIELD_TIME);
	receipt_out_int(&out, receipt->time);
	if (receipt->answer_count > 0)
		out_answers(&out, receipt);
	if (receipt->chain_count > 0)
		out_chains(&out, receipt);
	if (receipt->partition_count > 0) {
		receipt_out_uint(&out, FIELD_PARTITIONS);
		receipt_out_array(&out, receipt->partition_count);
		for (size_t i = 0; i < receipt->partition_count; i++)
			out_partition(&out, &receipt->partitions[i]);
	} else {
		receipt_out_uint(&out, FIELD_SIGNATURE);
		receipt_out_bin(&out, receipt->signature.bytes, SEAL_SIGNATURE_BYTES);
	}
	if (out.err == ERR_OK && bytes->size - size > LIMIT_RECEIPT_BYTES_MAX)
		out.err = err_set(info, ERR_TOO_BIG, _("a receipt of %zu bytes; the limit is %d"), bytes->size - size,
		                  LIMIT_RECEIPT_BYTES_MAX);
	if (out.err != ERR_OK)
		bytes->size = size;
	return out.err;
}

static void
in_answers(struct receipt_in *in, struct receipt *out)
{
	out->answer_count = receipt_in_array(in, LIMIT_ANSWERS_MAX);
	for (size_t i = 0; i < out->answer_count; i++) {
		struct receipt_answer *answer = &out->answers[i];
		size_t members = receipt_in_array(in, 3);

		receipt_in_bin(in, answer->bundle.bytes, DIGEST_BYTES);
		answer->outcome = (enum receipt_outcome)receipt_in_uint(in, RECEIPT_REFUSED);
		if (members > 2)
			receipt_in_str(in, answer->reason, sizeof(answer->reason));
	}
}

static void
in_chains(struct receipt_in *in, struct receipt *out)
{
	size_t count = receipt_in_array(in, LIMIT_RECEIPT_CHAINS_MAX);

	out->chains = receipt_in_get(in, &out->arena, count, sizeof(*out->chains));
	for (size_t i = 0; in->err == ERR_OK && i < count; i++)
		out->chains[out->chain_count++] = receipt_in_reference(in);
}

static void
in_details(struct receipt_in *in, struct arena *arena, struct receipt_partition *out)
{
	size_t count = receipt_in_array(in, LIMIT_RECEIPT_DETAILS_MAX);

	out->details = receipt_in_get(in, arena, count, sizeof(*out->details));
	for (size_t i = 0; in->err == ERR_OK && i < count; i++) {
		struct receipt_detail *detail = &out->details[out->detail_count++];
		size_t members = receipt_in_array(in, 3);
		const uint8_t *path;

		receipt_in_bin(in, detail->commit.bytes, OID_BYTES);
		detail->has_record = members > 1;
		if (detail->has_record)
			receipt_in_bin(in, detail->record.bytes, ID_BYTES);
		if (members < 3)
			continue;
		detail->path = receipt_in_view(in, LIMIT_RECEIPT_PATH_BYTES_MAX);
		path = arena_copy(arena, detail->path);
		if (path == NULL && in->err == ERR_OK)
			in->err = err_nomem(in->info);
		detail->path.data = path;
	}
}

static void
in_taken(struct receipt_in *in, struct arena *arena, struct receipt_partition *out)
{
	size_t count = receipt_in_array(in, LIMIT_RECEIPT_TIPS_MAX);

	out->taken.items = receipt_in_get(in, arena, count, sizeof(struct oid));
	for (size_t i = 0; in->err == ERR_OK && i < count; i++) {
		struct oid *oid = &out->taken.items[out->taken.count++];
		uint64_t place;

		if (codec_peek_type(&in->reader) == CODEC_BIN) {
			receipt_in_bin(in, oid->bytes, OID_BYTES);
			continue;
		}
		place = receipt_in_uint(in, LIMIT_RECEIPT_TIPS_MAX);
		if (in->err == ERR_OK && place >= out->tips.count)
			receipt_in_fail(in, _("a place behind the tips"));
		else if (in->err == ERR_OK)
			*oid = out->tips.items[place];
	}
}

/* The head alone is its only tip when the wire names none. */
static void
default_tips(struct receipt_in *in, struct arena *arena, struct receipt_partition *out)
{
	if (in->err != ERR_OK || out->tips.count > 0 || oid_is_none(&out->head))
		return;
	out->tips.items = receipt_in_get(in, arena, 1, sizeof(struct oid));
	if (out->tips.items == NULL)
		return;
	out->tips.items[0] = out->head;
	out->tips.count = 1;
}

static void
in_partition_field(struct receipt_in *in, enum partition_field field, struct arena *arena,
                   struct receipt_partition *out)
{
	switch (field) {
	case PARTITION_ID:
		receipt_in_bin(in, out->partition.bytes, ID_BYTES);
		return;
	case PARTITION_HEAD:
		receipt_in_bin(in, out->head.bytes, OID_BYTES);
		return;
	case PARTITION_STATE:
		out->state = (enum receipt_outcome)receipt_in_uint(in, RECEIPT_REFUSED);
		return;
	case PARTITION_REASON:
		receipt_in_str(in, out->reason, sizeof(out->reason));
		return;
	case PARTITION_EDITS:
		out->edits = receipt_in_uint(in, INT64_MAX);
		return;
	case PARTITION_RECORDS:
		out->records = receipt_in_uint(in, INT64_MAX);
		return;
	case PARTITION_DETAILS:
		in_details(in, arena, out);
		return;
	case PARTITION_CORRECTIONS:
		out->corrections = receipt_in_uint(in, INT64_MAX);
		return;
	case PARTITION_TIPS:
		out->tips = receipt_in_oids(in, arena, LIMIT_RECEIPT_TIPS_MAX);
		return;
	case PARTITION_TAKEN:
		default_tips(in, arena, out);
		in_taken(in, arena, out);
		return;
	case PARTITION_LADDER:
		out->ladder = receipt_in_oids(in, arena, LIMIT_RECEIPT_TIPS_MAX);
		return;
	case PARTITION_SIGNATURE:
		receipt_in_bin(in, out->signature.bytes, SEAL_SIGNATURE_BYTES);
		return;
	}
	receipt_in_fail(in, _("an unknown field of a partition"));
}

static void
in_partitions(struct receipt_in *in, struct receipt *out)
{
	size_t count = receipt_in_array(in, LIMIT_BUNDLE_PARTITIONS_MAX);

	out->partitions = receipt_in_get(in, &out->arena, count, sizeof(*out->partitions));
	for (size_t i = 0; in->err == ERR_OK && i < count; i++) {
		struct receipt_partition *partition = &out->partitions[out->partition_count++];
		struct receipt_keys keys = receipt_in_map(in);

		partition->state = RECEIPT_TAKEN;
		while (receipt_in_key(in, &keys))
			in_partition_field(in, (enum partition_field)keys.key, &out->arena, partition);
		default_tips(in, &out->arena, partition);
	}
}

static void
in_receipt(struct receipt_in *in, struct receipt *out)
{
	struct receipt_keys keys = receipt_in_map(in);

	while (receipt_in_key(in, &keys)) {
		if (keys.key == FIELD_TIME)
			out->time = receipt_in_int(in);
		else if (keys.key == FIELD_ANSWERS)
			in_answers(in, out);
		else if (keys.key == FIELD_CHAINS)
			in_chains(in, out);
		else if (keys.key == FIELD_PARTITIONS)
			in_partitions(in, out);
		else if (keys.key == FIELD_SIGNATURE)
			receipt_in_bin(in, out->signature.bytes, SEAL_SIGNATURE_BYTES);
		else
			receipt_in_fail(in, _("an unknown field"));
	}
}

/* Strict by construction: what our writer would not write for the same content is refused. */
static enum err
check_rewritten(const struct receipt *receipt, struct view wire, struct err_info *info)
{
	struct bytes same = {0};
	enum err err = receipt_write(&same, receipt, info);

	if (err == ERR_RULE)
		err = err_in(info, ERR_FORMAT, _("not a receipt"));
	else if (err == ERR_OK && !view_equal(wire, bytes_view(&same)))
		err = err_set(info, ERR_FORMAT, _("a receipt is not encoded in the one way that its content has"));
	bytes_release(&same);
	return err;
}

enum err
receipt_read(struct receipt *out, struct view wire, const struct node_code *from, const struct node_code *to,
             struct err_info *info)
{
	struct receipt receipt = {.from = *from, .to = *to};
	struct receipt_in in = receipt_in_of(wire, info);
	enum err err;

	if (wire.size > LIMIT_RECEIPT_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a receipt of %zu bytes; the limit is %d"), wire.size,
		               LIMIT_RECEIPT_BYTES_MAX);
	in_receipt(&in, &receipt);
	err = receipt_in_end(&in);
	if (err == ERR_OK)
		err = check_rewritten(&receipt, wire, info);
	if (err == ERR_OK) {
		*out = receipt;
		receipt = (struct receipt){.time = 0};
	}
	receipt_release(&receipt);
	return err;
}
