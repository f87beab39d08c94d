/* The texts of a receipt, and what a receipt may say. */
#include <string.h>

#include "receipt/internal.h"
#include "text/date.h"

static const char TYPE[] = "receipt";
static const char *const outcome_names[] = {NULL, "taken", "base-unknown", "no-dictionary", "held", "refused"};

enum {
	OUTCOMES = sizeof(outcome_names) / sizeof(outcome_names[0])
};

const char *
receipt_outcome_name(enum receipt_outcome outcome)
{
	return (size_t)outcome < OUTCOMES ? outcome_names[outcome] : NULL;
}

void
receipt_release(struct receipt *receipt)
{
	arena_release(&receipt->arena);
	*receipt = (struct receipt){0};
}

static bool
is_reason(const char *reason)
{
	size_t size = strnlen(reason, RECEIPT_REASON_BYTES);

	for (size_t i = 0; i < size; i++) {
		char c = reason[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-')
			return false;
	}
	return size > 0 && size < RECEIPT_REASON_BYTES;
}

static bool
is_outcome(enum receipt_outcome outcome, const char *reason)
{
	if (receipt_outcome_name(outcome) == NULL)
		return false;
	if (outcome == RECEIPT_HELD || outcome == RECEIPT_REFUSED)
		return is_reason(reason);
	return reason[0] == '\0';
}

static bool
is_path(struct view path)
{
	for (size_t i = 0; i < path.size; i++) {
		uint8_t c = path.data[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '/' && c != '#')
			return false;
	}
	return path.size <= LIMIT_RECEIPT_PATH_BYTES_MAX;
}

static bool
are_details(const struct receipt_partition *partition)
{
	for (size_t i = 0; i < partition->detail_count; i++) {
		const struct receipt_detail *detail = &partition->details[i];

		if (!is_path(detail->path) || (detail->path.size > 0 && !detail->has_record))
			return false;
	}
	return partition->detail_count <= LIMIT_RECEIPT_DETAILS_MAX;
}

static const char *
flaw_of_partition(const struct receipt_partition *partition)
{
	if (!is_outcome(partition->state, partition->reason))
		return _("the state of a partition");
	if (!are_details(partition))
		return _("the details of a partition");
	if (oid_is_none(&partition->head) != (partition->tips.count == 0))
		return _("a head has tips, and no head has none");
	if (!receipt_oids_are_set(partition->tips.items, partition->tips.count) ||
	    !receipt_oids_are_set(partition->taken.items, partition->taken.count) ||
	    !receipt_oids_are_set(partition->ladder.items, partition->ladder.count))
		return _("a list of edits that does not ascend, or is too long");
	return NULL;
}

const char *
receipt_flaw(const struct receipt *receipt)
{
	const char *flaw = NULL;

	if (receipt->time < TEXT_TIME_MIN || receipt->time > TEXT_TIME_MAX)
		return _("a time outside of the years 1800 to 2200");
	if (receipt->answer_count > LIMIT_ANSWERS_MAX || receipt->chain_count > LIMIT_RECEIPT_CHAINS_MAX ||
	    receipt->partition_count > LIMIT_BUNDLE_PARTITIONS_MAX)
		return _("too many answers, chains or partitions");
	for (size_t i = 0; i < receipt->answer_count; i++) {
		if (!is_outcome(receipt->answers[i].outcome, receipt->answers[i].reason))
			return _("the outcome of a bundle");
	}
	for (size_t i = 0; i < receipt->chain_count; i++) {
		const struct statement_reference *chain = &receipt->chains[i];

		if (chain->number == 0 ||
		    (i > 0 && memcmp(chain[-1].issuer.text, chain->issuer.text, NODE_CODE_BYTES) >= 0))
			return _("ends of chains, which must ascend by issuer");
	}
	for (size_t i = 0; i < receipt->partition_count && flaw == NULL; i++) {
		const struct receipt_partition *partition = &receipt->partitions[i];

		if (i > 0 && memcmp(partition[-1].partition.bytes, partition->partition.bytes, ID_BYTES) >= 0)
			return _("partitions, which must ascend");
		flaw = flaw_of_partition(partition);
	}
	return flaw;
}

size_t
receipt_text_count(const struct receipt *receipt)
{
	return receipt->partition_count == 0 ? 1 : receipt->partition_count;
}

const struct seal_signature *
receipt_signature(const struct receipt *receipt, size_t index)
{
	return receipt->partition_count == 0 ? &receipt->signature : &receipt->partitions[index].signature;
}

static void
put_outcome(struct statement_writer *writer, const char *key, const char *before, enum receipt_outcome outcome,
            const char *reason)
{
	statement_put_words(writer, key, "%s%s%s%s", before, receipt_outcome_name(outcome),
	                    reason[0] == '\0' ? "" : " ", reason);
}

static void
put_oids(struct statement_writer *writer, const char *key, const struct receipt_oids *oids)
{
	for (size_t i = 0; i < oids->count; i++)
		statement_put_oid(writer, key, &oids->items[i]);
}

static void
put_count(struct statement_writer *writer, const char *key, uint64_t count)
{
	if (count > 0)
		statement_put_number(writer, key, count);
}

static void
put_detail(struct statement_writer *writer, const struct receipt_detail *detail)
{
	char commit[2 * OID_BYTES + 1];
	char record[2 * ID_BYTES + 1];

	hex_write(commit, view_of(detail->commit.bytes, OID_BYTES));
	hex_write(record, view_of(detail->record.bytes, ID_BYTES));
	if (!detail->has_record)
		statement_put_words(writer, "detail", "%s", commit);
	else if (detail->path.size == 0)
		statement_put_words(writer, "detail", "%s %s", commit, record);
	else
		statement_put_words(writer, "detail", "%s %s %.*s", commit, record, (int)detail->path.size,
		                    (const char *)detail->path.data);
}

static void
put_partition(struct statement_writer *writer, const struct receipt_partition *partition)
{
	statement_put_id(writer, "partition", &partition->partition);
	if (!oid_is_none(&partition->head))
		statement_put_oid(writer, "head", &partition->head);
	put_outcome(writer, "state", "", partition->state, partition->reason);
	put_count(writer, "edits", partition->edits);
	put_count(writer, "records", partition->records);
	for (size_t i = 0; i < partition->detail_count; i++)
		put_detail(writer, &partition->details[i]);
	put_count(writer, "corrections", partition->corrections);
	put_oids(writer, "tip", &partition->tips);
	put_oids(writer, "taken", &partition->taken);
	put_oids(writer, "ladder", &partition->ladder);
}

enum err
receipt_text(struct bytes *out, const struct receipt *receipt, size_t index, struct err_info *info)
{
	const char *flaw = receipt_flaw(receipt);
	struct statement_writer writer;
	struct bytes text = {0};
	enum err err;

	if (flaw != NULL)
		return err_set(info, ERR_RULE, _("a receipt cannot say this: %s"), flaw);
	statement_writer_init(&writer, &text, TYPE, info);
	statement_put_code(&writer, "from", &receipt->from);
	statement_put_code(&writer, "to", &receipt->to);
	statement_put_time(&writer, "time", receipt->time);
	for (size_t i = 0; i < receipt->answer_count; i++) {
		const struct receipt_answer *answer = &receipt->answers[i];
		char before[sizeof("b2: ") + 2 * (size_t)DIGEST_BYTES] = "b2:";

		hex_write(before + 3, view_of(answer->bundle.bytes, DIGEST_BYTES));
		strcat(before, " ");
		put_outcome(&writer, "answer", before, answer->outcome, answer->reason);
	}
	for (size_t i = 0; i < receipt->chain_count; i++)
		statement_put_reference(&writer, "chain", &receipt->chains[i]);
	if (index < receipt->partition_count)
		put_partition(&writer, &receipt->partitions[index]);
	err = statement_writer_end(&writer);
	if (err == ERR_OK)
		err = bytes_append_view(out, bytes_view(&text), info);
	bytes_release(&text);
	return err;
}

enum err
receipt_sign(struct receipt *receipt, const struct seal_node_key *key, struct err_info *info)
{
	struct bytes text = {0};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < receipt_text_count(receipt); i++) {
		struct seal_signature *signature =
			receipt->partition_count == 0 ? &receipt->signature : &receipt->partitions[i].signature;

		bytes_clear(&text);
		err = receipt_text(&text, receipt, i, info);
		if (err == ERR_OK)
			err = seal_sshsig_sign(signature, key, SEAL_NAMESPACE_RECEIPT, bytes_view(&text), info);
	}
	bytes_release(&text);
	return err;
}

enum err
receipt_verify(const struct receipt *receipt, const struct seal_public_key *signer, struct err_info *info)
{
	struct bytes text = {0};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < receipt_text_count(receipt); i++) {
		bytes_clear(&text);
		err = receipt_text(&text, receipt, i, info);
		if (err == ERR_OK)
			err = seal_sshsig_verify(receipt_signature(receipt, i), signer, SEAL_NAMESPACE_RECEIPT,
			                         bytes_view(&text), info);
	}
	if (err == ERR_AUTH)
		err = err_in(info, ERR_AUTH, _("receipt of %s"), receipt->from.text);
	bytes_release(&text);
	return err;
}
