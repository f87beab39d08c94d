#include "receipt/peer.h"

#include <stdlib.h>
#include <string.h>

#include "receipt/peer_state.h"

enum {
	NAMED_MAX = 3 * LIMIT_RECEIPT_TIPS_MAX /* tips, taken and ladder */
};

enum err
receipt_peer_new(struct receipt_peer **out, struct err_info *info)
{
	struct receipt_peer *peer = calloc(1, sizeof(*peer));

	if (peer == NULL)
		return err_nomem(info);
	peer->need = PEER_NOTHING_SERVED;
	peer->need_dictionary = PEER_NOTHING_SERVED;
	*out = peer;
	return ERR_OK;
}

void
receipt_peer_forget(struct receipt_peer *peer)
{
	static const struct oid none;

	peer->answer_count = 0;
	peer->need = PEER_NOTHING_SERVED;
	peer->need_dictionary = PEER_NOTHING_SERVED;
	for (size_t i = 0; i < peer->partition_count; i++) {
		struct peer_partition *partition = &peer->partitions[i];

		free(partition->named);
		partition->named = NULL;
		partition->named_count = 0;
		partition->head = none;
		partition->shown = none;
		partition->shown_number = 0;
		partition->acknowledged = none;
		partition->peer_shown = none;
		partition->told = none;
		partition->is_heard = false;
	}
}

void
receipt_peer_free(struct receipt_peer *peer)
{
	if (peer == NULL)
		return;
	for (size_t i = 0; i < peer->partition_count; i++) {
		free(peer->partitions[i].named);
		free(peer->partitions[i].taken);
	}
	free(peer->partitions);
	table_release(&peer->partition_by_id);
	free(peer);
}

static const struct peer_partition *
find_partition(const struct receipt_peer *peer, const struct id *id)
{
	const uint64_t *index = table_find(&peer->partition_by_id, view_of(id->bytes, ID_BYTES));

	return index == NULL ? NULL : &peer->partitions[*index];
}

enum err
receipt_peer_partition(struct peer_partition **out, struct receipt_peer *peer, const struct id *id,
                       struct err_info *info)
{
	uint64_t *index;
	bool is_new;
	enum err err;

	if (peer->partition_count == peer->partition_capacity) {
		size_t capacity = peer->partition_capacity == 0 ? 4 : 2 * peer->partition_capacity;
		void *grown = realloc(peer->partitions, capacity * sizeof(*peer->partitions));

		if (grown == NULL)
			return err_nomem(info);
		peer->partitions = grown;
		peer->partition_capacity = capacity;
	}
	if (peer->partition_count >= LIMIT_NODES_MAX && find_partition(peer, id) == NULL)
		return err_set(info, ERR_TOO_BIG, _("a peer has named more than %d partitions"), LIMIT_NODES_MAX);
	err = table_put(&peer->partition_by_id, view_of(id->bytes, ID_BYTES), &index, &is_new, info);
	if (err != ERR_OK)
		return err;
	if (is_new) {
		*index = peer->partition_count;
		peer->partitions[peer->partition_count++] = (struct peer_partition){.id = *id};
	}
	*out = &peer->partitions[*index];
	return ERR_OK;
}

enum err
receipt_peer_sent(struct receipt_peer *peer, uint64_t number, const struct digest *bundle,
                  const struct receipt_shown *shown, size_t shown_count, struct err_info *info)
{
	for (size_t i = 0; i < shown_count; i++) {
		struct peer_partition *partition;
		enum err err = receipt_peer_partition(&partition, peer, &shown[i].partition, info);

		if (err != ERR_OK)
			return err;
		partition->shown = shown[i].head;
		partition->shown_number = number;
	}
	for (size_t i = 0; i < peer->answer_count; i++) {
		if (peer->answers[i].carried == 0)
			peer->answers[i].carried = number;
	}
	if (peer->sent_count == LIMIT_SENT_KEPT_MAX) {
		peer->sent_count--;
		memmove(&peer->sent[0], &peer->sent[1], peer->sent_count * sizeof(peer->sent[0]));
	}
	peer->sent[peer->sent_count++] = (struct peer_sent){number, *bundle};
	return ERR_OK;
}

static const struct peer_sent *
find_sent(const struct receipt_peer *peer, const struct digest *bundle)
{
	for (size_t i = 0; i < peer->sent_count; i++) {
		if (digest_equal(&peer->sent[i].bundle, bundle))
			return &peer->sent[i];
	}
	return NULL;
}

/* Everything that a receipt names in a partition, as one set. `out` has NAMED_MAX places. */
static size_t
gather_named(struct oid *out, const struct receipt_partition *partition)
{
	const struct receipt_oids *lists[] = {&partition->tips, &partition->taken, &partition->ladder};
	struct receipt_oids all = {out, 0};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		for (size_t k = 0; k < lists[i]->count && all.count < NAMED_MAX; k++)
			out[all.count++] = lists[i]->items[k];
	}
	receipt_oids_sort(&all);
	return all.count;
}

static enum err
replace_known(struct receipt_peer *peer, const struct receipt_partition *named, struct err_info *info)
{
	struct peer_partition *partition;
	struct oid all[NAMED_MAX];
	size_t count = gather_named(all, named);
	struct oid *copy = malloc((count + 1) * sizeof(*copy));
	enum err err;

	if (copy == NULL)
		return err_nomem(info);
	err = receipt_peer_partition(&partition, peer, &named->partition, info);
	if (err != ERR_OK) {
		free(copy);
		return err;
	}
	memcpy(copy, all, count * sizeof(*copy));
	free(partition->named);
	partition->named = copy;
	partition->named_count = count;
	partition->head = named->head;
	partition->is_heard = true;
	return ERR_OK;
}

/* What the peer has taken of ours it knows: the head that the bundle showed. */
static void
acknowledge(struct receipt_peer *peer, const struct receipt *receipt)
{
	for (size_t i = 0; i < receipt->answer_count; i++) {
		const struct peer_sent *sent = find_sent(peer, &receipt->answers[i].bundle);

		if (sent == NULL || receipt->answers[i].outcome != RECEIPT_TAKEN)
			continue;
		for (size_t k = 0; k < peer->partition_count; k++) {
			if (peer->partitions[k].shown_number == sent->number)
				peer->partitions[k].acknowledged = peer->partitions[k].shown;
		}
	}
}

/* The peer took a bundle of ours and so read what it answered: those answers need not be said again. */
static void
drop_read_answers(struct receipt_peer *peer, int64_t number, enum receipt_outcome outcome)
{
	size_t count = 0;

	if (number < 0 || outcome == RECEIPT_REFUSED)
		return;
	for (size_t i = 0; i < peer->answer_count; i++) {
		const struct peer_answer *answer = &peer->answers[i];

		if (answer->carried == 0 || answer->carried > (uint64_t)number)
			peer->answers[count++] = *answer;
	}
	peer->answer_count = count;
}

/* merge_spec's rule for a refusal of one kind; the state before is what the other rules look at. */
static void
serve(int64_t *need, bool is_refusal, int64_t number, uint64_t own_number)
{
	if (number <= *need)
		return;
	*need = is_refusal ? (int64_t)own_number : PEER_NOTHING_SERVED;
}

enum err
receipt_peer_take(struct receipt_peer *peer, const struct receipt *receipt, uint64_t own_number,
                  struct receipt_peer_news *news_out, struct err_info *info)
{
	struct receipt_peer_news news = {.outcome = RECEIPT_TAKEN};
	int64_t number = -1;
	int64_t need = peer->need;
	bool is_refusal;
	enum err err = ERR_OK;

	for (size_t i = 0; i < receipt->answer_count; i++) {
		const struct peer_sent *sent = find_sent(peer, &receipt->answers[i].bundle);

		if (sent == NULL || (int64_t)sent->number <= number)
			continue;
		number = (int64_t)sent->number;
		news.outcome = receipt->answers[i].outcome;
	}
	is_refusal = number >= 0 && news.outcome == RECEIPT_BASE_UNKNOWN;
	news.is_answered = number >= 0;
	news.number = number >= 0 ? (uint64_t)number : 0;
	news.is_known_changed = is_refusal || number > need || need < 0;
	for (size_t i = 0; err == ERR_OK && news.is_known_changed && i < receipt->partition_count; i++)
		err = replace_known(peer, &receipt->partitions[i], info);
	if (err != ERR_OK)
		return err;
	serve(&peer->need, is_refusal, number, own_number);
	serve(&peer->need_dictionary, news.is_answered && news.outcome == RECEIPT_NO_DICTIONARY, number, own_number);
	acknowledge(peer, receipt);
	drop_read_answers(peer, number, news.outcome);
	if (news_out != NULL)
		*news_out = news;
	return ERR_OK;
}

enum err
receipt_peer_showed(struct receipt_peer *peer, const struct receipt_shown *shown, struct err_info *info)
{
	struct peer_partition *partition;
	enum err err = receipt_peer_partition(&partition, peer, &shown->partition, info);

	if (err == ERR_OK)
		partition->peer_shown = shown->head;
	return err;
}

enum err
receipt_peer_told(struct receipt_peer *peer, const struct receipt_shown *told, struct err_info *info)
{
	struct peer_partition *partition;
	enum err err = receipt_peer_partition(&partition, peer, &told->partition, info);

	if (err == ERR_OK)
		partition->told = told->head;
	return err;
}

bool
receipt_peer_next_told(struct receipt_shown *out, const struct receipt_peer *peer, size_t *position)
{
	while (*position < peer->partition_count) {
		const struct peer_partition *partition = &peer->partitions[(*position)++];

		if (oid_is_none(&partition->told))
			continue;
		*out = (struct receipt_shown){partition->id, partition->told};
		return true;
	}
	return false;
}

void
receipt_peer_doubt(struct receipt_peer *peer)
{
	static const struct oid none;

	for (size_t i = 0; i < peer->partition_count; i++) {
		peer->partitions[i].head = none;
		peer->partitions[i].peer_shown = none;
		peer->partitions[i].told = none;
	}
}

enum err
receipt_peer_took(struct receipt_peer *peer, const struct id *partition, struct receipt_oids tips,
                  struct err_info *info)
{
	struct peer_partition *state;
	struct oid *copy = malloc((tips.count + 1) * sizeof(*copy));
	enum err err = copy == NULL ? err_nomem(info) : receipt_peer_partition(&state, peer, partition, info);

	if (err != ERR_OK) {
		free(copy);
		return err;
	}
	if (tips.count > 0)
		memcpy(copy, tips.items, tips.count * sizeof(*copy));
	free(state->taken);
	state->taken = copy;
	state->taken_count = tips.count;
	return ERR_OK;
}

struct receipt_known
receipt_peer_known(const struct receipt_peer *peer, const struct id *partition)
{
	const struct peer_partition *state = find_partition(peer, partition);

	if (state == NULL)
		return (struct receipt_known){.named = NULL};
	return (struct receipt_known){
		.head = state->head,
		.named = state->named,
		.named_count = state->named_count,
		.is_heard = state->is_heard,
		.shown = state->shown,
		.acknowledged = state->acknowledged,
		.peer_shown = state->peer_shown,
		.told = state->told,
		.taken = state->taken,
		.taken_count = state->taken_count,
	};
}

bool
receipt_peer_needs_ladder(const struct receipt_peer *peer, const struct id *partition, const struct oid *own_head)
{
	const struct peer_partition *state = find_partition(peer, partition);

	if (oid_is_none(own_head))
		return false;
	return state == NULL || (!oid_equal(own_head, &state->head) && !oid_equal(own_head, &state->peer_shown) &&
	                         !oid_equal(own_head, &state->acknowledged));
}

bool
receipt_peer_is_base_unknown(const struct receipt_peer *peer)
{
	return peer->need != PEER_NOTHING_SERVED;
}

bool
receipt_peer_is_without_dictionary(const struct receipt_peer *peer)
{
	return peer->need_dictionary != PEER_NOTHING_SERVED;
}

enum err
receipt_peer_owe(struct receipt_peer *peer, const struct receipt_answer *answer, struct err_info *info)
{
	size_t count = 1;
	struct peer_answer answers[LIMIT_ANSWERS_MAX] = {{.answer = *answer}};

	if (receipt_outcome_name(answer->outcome) == NULL)
		return err_set(info, ERR_RULE, _("a bundle has no outcome %d"), (int)answer->outcome);
	for (size_t i = 0; i < peer->answer_count && count < LIMIT_ANSWERS_MAX; i++) {
		if (!digest_equal(&peer->answers[i].answer.bundle, &answer->bundle))
			answers[count++] = peer->answers[i];
	}
	memcpy(peer->answers, answers, sizeof(answers));
	peer->answer_count = count;
	return ERR_OK;
}

size_t
receipt_peer_answers(const struct receipt_peer *peer, struct receipt_answer out[LIMIT_ANSWERS_MAX])
{
	for (size_t i = 0; i < peer->answer_count; i++)
		out[i] = peer->answers[i].answer;
	return peer->answer_count;
}
