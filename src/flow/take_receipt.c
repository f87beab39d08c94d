#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/evidence.h"
#include "flow/taking.h"
#include "git/reach.h"
#include "roster/version.h"

/* A list of edits for the receipt; one that is too long says less, which costs bytes and never an edit. */
static enum err
copy_oids(struct receipt_oids *out, struct taking *taking, const struct git_oids *oids, struct err_info *info)
{
	size_t count = oids->count < LIMIT_RECEIPT_TIPS_MAX ? oids->count : LIMIT_RECEIPT_TIPS_MAX;
	struct oid *items = arena_get(&taking->arena, (count + 1) * sizeof(*items));

	if (items == NULL)
		return err_nomem(info);
	if (count > 0)
		memcpy(items, oids->items, count * sizeof(*items));
	*out = (struct receipt_oids){items, count};
	return ERR_OK;
}

/* Tips of all that was ever taken from this peer: those of before, and the end of this delta. */
static enum err
fill_taken(struct receipt_oids *out, struct taking *taking, struct git_history *history, struct git_reader reader,
           const struct bundle_partition *shown, const struct intake *intake, struct err_info *info)
{
	const struct receipt_known known = receipt_peer_known(taking->exchange.peer, &shown->id);
	struct oid *all = arena_get(&taking->arena, (known.taken_count + 1) * sizeof(*all));
	struct git_oids tips = {0};
	size_t count = 0;
	enum err err = all == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < known.taken_count; i++) {
		if (git_reader_has(reader, &known.taken[i])) /* not so in a store that was restored from older days */
			all[count++] = known.taken[i];
	}
	if (err == ERR_OK && !oid_is_none(&intake->end))
		all[count++] = intake->end;
	if (err == ERR_OK)
		err = git_history_maximal(&tips, history, (struct git_oids_view){all, count}, info);
	if (err == ERR_OK)
		err = copy_oids(out, taking, &tips, info);
	if (err == ERR_OK)
		err = receipt_peer_took(taking->exchange.peer, &shown->id, *out, info);
	git_oids_release(&tips);
	return err;
}

/* Older edits, 1, 2, 4, 8 ... back along the first parents, for a peer that knows none of our heads. */
static enum err
fill_ladder(struct receipt_oids *out, struct taking *taking, struct git_history *history, const struct oid *head,
            struct err_info *info)
{
	enum {
		LADDER_MAX = 24
	};
	struct oid *items = arena_get(&taking->arena, LADDER_MAX * sizeof(*items));
	struct oid at = *head;
	uint64_t next = 1;
	uint64_t back = 0;
	enum err err = items == NULL ? err_nomem(info) : ERR_OK;

	*out = (struct receipt_oids){items, 0};
	while (err == ERR_OK && out->count < LADDER_MAX) {
		struct oid parents[GIT_PARENTS_MAX];
		size_t count = 0;

		err = git_history_parents(parents, &count, history, &at, info);
		if (err == ERR_OK && count < GIT_PARENTS_MAX && back++ == next) {
			items[out->count++] = at;
			next *= 2;
		}
		if (count == 0)
			break;
		at = parents[0];
	}
	if (err == ERR_OK)
		receipt_oids_sort(out);
	return err;
}

/* What we hold of the partition now: the sets of edits that the peer's next bundle starts from. */
static enum err
fill_held(struct receipt_partition *answer, struct taking *taking, const struct intake *intake,
          const struct bundle_partition *shown, struct err_info *info)
{
	struct git_reader reader = {NULL, partition_store(intake->partition)};
	struct git_history *history = NULL;
	struct git_oids tips = {0};
	enum err err;

	if (intake->batch != NULL)
		reader = partition_batch_reader(intake->batch);
	err = git_history_open(&history, reader, info);
	if (err == ERR_OK && intake->outcome == RECEIPT_TAKEN)
		err = fill_taken(&answer->taken, taking, history, reader, shown, intake, info);
	if (err == ERR_OK && !oid_is_none(&answer->head)) {
		err = git_history_tips(&tips, history, &answer->head, info);
		if (err == ERR_OK)
			err = copy_oids(&answer->tips, taking, &tips, info);
		if (err == ERR_OK && receipt_peer_needs_ladder(taking->exchange.peer, &shown->id, &answer->head))
			err = fill_ladder(&answer->ladder, taking, history, &answer->head, info);
	}
	git_oids_release(&tips);
	git_history_free(history);
	return err;
}

static enum err
write_path(struct view *out, struct taking *taking, const struct record_path *path, struct err_info *info)
{
	struct bytes text = {0};
	const uint8_t *copy = NULL;
	enum err err = record_path_write(&text, path, info);

	if (err == ERR_OK) {
		copy = arena_copy(&taking->arena, bytes_view(&text));
		if (copy == NULL)
			err = err_nomem(info);
	}
	*out = view_of(copy, copy == NULL ? 0 : text.size);
	bytes_release(&text);
	return err;
}

/* What was corrected, the first of it one by one. */
static enum err
fill_details(struct receipt_partition *answer, struct taking *taking, const struct intake *intake,
             struct err_info *info)
{
	enum err err = ERR_OK;

	answer->corrections = intake->voided;
	if (intake->voided == 0)
		return ERR_OK;
	answer->details = arena_get(&taking->arena, LIMIT_RECEIPT_DETAILS_MAX * sizeof(*answer->details));
	if (answer->details == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < intake->correction_count; i++) {
		struct view rest = intake->corrections[i];

		while (err == ERR_OK && rest.size > 0 && answer->detail_count < LIMIT_RECEIPT_DETAILS_MAX) {
			struct receipt_detail *detail = &answer->details[answer->detail_count];
			struct delta_void word;

			err = delta_void_next(&word, &rest, &taking->arena, info);
			if (err != ERR_OK)
				break;
			*detail = (struct receipt_detail){
				.commit = word.commit, .has_record = !word.is_whole, .record = word.record};
			if (!word.is_whole)
				err = write_path(&detail->path, taking, &word.path, info);
			answer->detail_count++;
		}
	}
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
		err = fill_details(answer, taking, intake, info);
	if (err == ERR_OK && intake->partition != NULL)
		err = fill_held(answer, taking, intake, shown, info);
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

/* A receipt that says nothing but "taken" makes room for the next one of its kind. */
static enum err
push_owed(struct flow_exchange *exchange, struct bytes *wire, struct err_info *info)
{
	(void)info;
	if (exchange->owed_count == FLOW_OWED_MAX) {
		bytes_release(&exchange->owed[0]);
		memmove(exchange->owed, exchange->owed + 1, (FLOW_OWED_MAX - 1) * sizeof(*exchange->owed));
		memmove(exchange->owed_in, exchange->owed_in + 1, (FLOW_OWED_MAX - 1) * sizeof(*exchange->owed_in));
		exchange->owed_count--;
	}
	exchange->owed_in[exchange->owed_count] = 0;
	exchange->owed[exchange->owed_count++] = *wire;
	*wire = (struct bytes){0};
	return ERR_OK;
}

enum err
taking_receipt(struct taking *taking, struct err_info *info)
{
	struct receipt receipt = {.from = node_identity_of(taking->node)->code, .to = taking->sender.code};
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
		err = flow_receipt_keep(taking->node, FLOW_TO, &receipt,
		                        &seal_node_key_public(node_keys(taking->node))->sign, info);
	if (err == ERR_OK)
		err = receipt_write(&wire, &receipt, info);
	if (err == ERR_OK)
		err = push_owed(&taking->exchange, &wire, info);
	bytes_release(&wire);
	return err;
}
