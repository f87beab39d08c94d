#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/taking.h"
#include "git/history.h"
#include "roster/version.h"

/* The newest of what was taken from this peer: what was taken before stays named unless a newer edit has it below. */
static enum err
fill_taken(struct receipt_oids *out, struct taking *taking, const struct intake *intake, struct err_info *info)
{
	struct oid *items = arena_get(&taking->arena, sizeof(*items));

	if (items == NULL)
		return err_nomem(info);
	if (oid_is_none(&intake->end))
		return ERR_OK;
	items[0] = intake->end;
	*out = (struct receipt_oids){items, 1};
	return ERR_OK;
}

/* Older edits, 1, 2, 4, 8 ... back along the first parents, for a peer that knows none of our heads. */
static enum err
fill_ladder(struct receipt_oids *out, struct taking *taking, struct partition *partition, const struct oid *head,
            struct err_info *info)
{
	enum {
		LADDER_MAX = 24
	};
	struct git_reader reader = {NULL, partition_store(partition)};
	struct oid *items = arena_get(&taking->arena, LADDER_MAX * sizeof(*items));
	struct oid at = *head;
	uint64_t next = 1;
	enum err err = items == NULL ? err_nomem(info) : ERR_OK;

	*out = (struct receipt_oids){items, 0};
	for (uint64_t back = 1; err == ERR_OK && out->count < LADDER_MAX; back++) {
		struct git_content content = {0};
		struct git_commit_links links = {0};

		err = git_reader_get(&content, reader, &at, GIT_TYPE_COMMIT, info);
		if (err == ERR_OK)
			err = git_commit_links_read(&links, content.content, info);
		git_content_release(&content);
		if (err != ERR_OK || links.parent_count == 0)
			break;
		at = links.parents[0];
		if (back == next) {
			items[out->count++] = at;
			next *= 2;
		}
	}
	if (err == ERR_OK)
		receipt_oids_sort(out);
	return err;
}

enum err
taking_answer(struct taking *taking, const struct intake *intake, const struct bundle_partition *shown,
              struct err_info *info)
{
	struct receipt_partition *answer = &taking->answers[taking->answer_count];
	const struct flow_taken_partition *row = &taking->taken->partitions[taking->taken->partition_count - 1];
	enum err err = ERR_OK;

	*answer = (struct receipt_partition){
		.partition = shown->id,
		.head = row->head,
		.state = intake->outcome,
		.edits = intake->outcome == RECEIPT_TAKEN ? intake->edits : 0,
	};
	if (intake->outcome == RECEIPT_TAKEN)
		answer->records = intake->counts.added + intake->counts.changed + intake->counts.removed;
	if (intake->outcome == RECEIPT_HELD || intake->outcome == RECEIPT_REFUSED)
		memcpy(answer->reason, intake->reason, sizeof(answer->reason));
	if (intake->outcome == RECEIPT_TAKEN)
		err = fill_taken(&answer->taken, taking, intake, info);
	if (err == ERR_OK && !oid_is_none(&row->head)) {
		struct oid *tip = arena_get(&taking->arena, sizeof(*tip));

		if (tip == NULL)
			return err_nomem(info);
		*tip = row->head;
		answer->tips = (struct receipt_oids){tip, 1};
		if (intake->partition != NULL &&
		    receipt_peer_needs_ladder(taking->exchange.peer, &shown->id, &row->head))
			err = fill_ladder(&answer->ladder, taking, intake->partition, &row->head, info);
	}
	taking->answer_count += err == ERR_OK ? 1U : 0U;
	return err;
}

static enum receipt_outcome
worst_of(const struct taking *taking, const char **reason)
{
	static const int RANK[] = {
		[RECEIPT_TAKEN] = 0,         [RECEIPT_HELD] = 1,         [RECEIPT_REFUSED] = 2,
		[RECEIPT_NO_DICTIONARY] = 3, [RECEIPT_BASE_UNKNOWN] = 4,
	};
	enum receipt_outcome worst = RECEIPT_TAKEN;

	*reason = "";
	for (size_t i = 0; i < taking->answer_count; i++) {
		if (RANK[taking->answers[i].state] > RANK[worst]) {
			worst = taking->answers[i].state;
			*reason = taking->answers[i].reason;
		}
	}
	return worst;
}

static enum err
owe(struct taking *taking, struct err_info *info)
{
	struct receipt_answer answer = {.bundle = taking->taken->digest};
	const char *reason;

	answer.outcome = worst_of(taking, &reason);
	(void)snprintf(answer.reason, sizeof(answer.reason), "%s", reason);
	return receipt_peer_owe(taking->exchange.peer, &answer, info);
}

static enum err
store_texts(struct taking *taking, const struct receipt *receipt, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < receipt_text_count(receipt); i++) {
		struct statement_signed signed_text = {.sshsig = {seal_node_key_public(node_keys(taking->node))->sign,
		                                                  *receipt_signature(receipt, i)}};
		char path[LIMIT_PATH_BYTES_MAX];
		struct bytes text = {0};
		struct bytes file = {0};

		err = receipt_text(&text, receipt, i, info);
		signed_text.text = bytes_view(&text);
		if (err == ERR_OK)
			err = statement_join(&file, &signed_text, SEAL_NAMESPACE_RECEIPT, info);
		if (err == ERR_OK)
			err = fs_path(path, info, "receipts/to/%s/%06llu/%04llu-%zu", taking->sender->code.text,
			              (unsigned long long)(taking->taken->number / 1000),
			              (unsigned long long)(taking->taken->number % 1000), i);
		if (err == ERR_OK)
			err = node_file_put(taking->node, path, bytes_view(&file), info);
		bytes_release(&text);
		bytes_release(&file);
	}
	return err;
}

/* A receipt that says nothing but "taken" makes room for the next one of its kind. */
static enum err
push_owed(struct flow_exchange *exchange, struct bytes *wire, struct err_info *info)
{
	(void)info;
	if (exchange->owed_count == FLOW_OWED_MAX) {
		bytes_release(&exchange->owed[0]);
		memmove(exchange->owed, exchange->owed + 1, (FLOW_OWED_MAX - 1) * sizeof(*exchange->owed));
		exchange->owed_count--;
		exchange->owed_sent -= exchange->owed_sent > 0 ? 1U : 0U;
	}
	exchange->owed[exchange->owed_count++] = *wire;
	*wire = (struct bytes){0};
	return ERR_OK;
}

enum err
taking_receipt(struct taking *taking, struct err_info *info)
{
	struct receipt receipt = {.from = node_identity_of(taking->node)->code, .to = taking->sender->code};
	struct bytes wire = {0};
	enum err err = owe(taking, info);

	if (err != ERR_OK)
		return err;
	receipt.time = node_env(taking->node)->now(node_env(taking->node)->context);
	receipt.answer_count = receipt_peer_answers(taking->exchange.peer, receipt.answers);
	receipt.partitions = taking->answers;
	receipt.partition_count = taking->answer_count;
	err = receipt_sign(&receipt, node_keys(taking->node), info);
	if (err == ERR_OK)
		err = store_texts(taking, &receipt, info);
	if (err == ERR_OK)
		err = receipt_write(&wire, &receipt, info);
	if (err == ERR_OK)
		err = push_owed(&taking->exchange, &wire, info);
	bytes_release(&wire);
	return err;
}
