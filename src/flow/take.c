/* Taking a bundle: the order of it all. */
#include "flow/take.h"

#include <stdlib.h>
#include <string.h>

#include "flow/epoch.h"
#include "flow/findings.h"
#include "flow/stopped.h"
#include "flow/taking.h"
#include "flow/waiting.h"
#include "flow/wraps.h"

enum {
	SECONDS_PER_DAY = 86400
};

static void
taking_release(struct taking *taking)
{
	envelope_free(taking->envelope);
	bundle_preamble_release(&taking->preamble);
	bundle_small_release(&taking->small);
	bytes_release(&taking->small_bytes);
	flow_exchange_release(&taking->exchange);
	free(taking->answers);
	arena_release(&taking->arena);
}

static bool
was_taken(const struct taking *taking)
{
	struct receipt_answer answers[LIMIT_ANSWERS_MAX];
	size_t count = receipt_peer_answers(taking->exchange.peer, answers);

	for (size_t i = 0; i < count; i++) {
		if (digest_equal(&answers[i].bundle, &taking->taken->digest) && answers[i].outcome == RECEIPT_TAKEN)
			return true;
	}
	return false;
}

static void
note_order(struct taking *taking)
{
	struct flow_exchange *exchange = &taking->exchange;
	const struct envelope_terms *terms = &taking->manifest->terms;
	bool is_first = exchange->heard == 0;
	bool is_same = memcmp(exchange->incarnation, terms->incarnation, sizeof(exchange->incarnation)) == 0;
	/* an older one that comes late, or again, is none that was made later with a number used before */
	bool is_reused = terms->number <= exchange->taken && terms->time > exchange->heard;
	bool is_other =
		terms->number == exchange->taken && !digest_equal(&taking->taken->digest, &exchange->taken_digest);
	int64_t now = node_env(taking->node)->now(node_env(taking->node)->context);

	if (terms->time > now)
		taking->taken->days_ahead = (terms->time - now) / SECONDS_PER_DAY;
	taking->taken->is_rewound = !is_first && (!is_same || is_reused || is_other);
	taking->taken->is_gap = !is_first && is_same && terms->number > exchange->taken &&
	                        !envelope_follows(terms, &exchange->taken_digest);
	if (!is_first && !is_same)
		flow_exchange_forget(exchange);
	if (!is_first && is_same && terms->number <= exchange->taken)
		return; /* an older one, late: what the newest said stands */
	memcpy(exchange->incarnation, terms->incarnation, sizeof(exchange->incarnation));
	exchange->taken = terms->number;
	exchange->taken_digest = taking->taken->digest;
	exchange->heard = terms->time;
	exchange->heard_here = now;
}

static enum err
read_small(struct taking *taking, struct err_info *info)
{
	enum err err;

	if (envelope_section_count(taking->envelope) == 0 ||
	    envelope_section_at(taking->envelope, 0)->id != BUNDLE_SECTION_SMALL)
		return ERR_OK;
	err = taking_section(&taking->small_bytes, taking, 0, LIMIT_SMALL_BYTES_MAX, info);
	if (err == ERR_OK)
		err = bundle_small_read(&taking->small, bytes_view(&taking->small_bytes), info);
	return err == ERR_OK ? ERR_OK : err_in(info, err, "%s", _("bundle, small section"));
}

static void
read_version(struct taking *taking)
{
	const struct envelope_terms *terms = &taking->manifest->terms;

	for (size_t i = 0; i < terms->roster_count; i++) {
		struct statement_reference *reference = &taking->version.items[taking->version.count++];

		*reference = (struct statement_reference){.issuer = terms->roster[i].issuer,
		                                          .number = terms->roster[i].number};
		memcpy(reference->digest, terms->roster[i].digest, sizeof(reference->digest));
	}
}

/* Everything that the sender had shown by now is held: what comes later was signed after it had read this. */
static void
note_version(struct taking *taking)
{
	struct roster_version *acknowledged = &taking->exchange.acknowledged;

	for (size_t i = 0; i < taking->taken->partition_count; i++) {
		if (taking->taken->partitions[i].outcome != RECEIPT_TAKEN ||
		    !oid_is_none(&taking->preamble.partitions[i].end))
			return;
	}
	roster_version_join(acknowledged, node_roster(taking->node), &taking->sender.code, acknowledged,
	                    &taking->version);
}

/* A store that went back to an older state holds less than it told; its next answers say what. */
static enum err
look_at_holds(struct taking *taking, struct err_info *info)
{
	struct receipt_peer *peer = taking->exchange.peer;
	struct bundle_head *heads;
	struct receipt_shown told;
	uint8_t holds[BUNDLE_STANDING_BYTES];
	size_t position = 0;
	size_t count = 0;

	if (!taking->small.has_holds)
		return ERR_OK;
	while (receipt_peer_next_told(&told, peer, &position))
		count++;
	heads = calloc(count + 1, sizeof(*heads));
	if (heads == NULL)
		return err_nomem(info);
	position = 0;
	for (size_t i = 0; i < count && receipt_peer_next_told(&told, peer, &position); i++)
		heads[i] = (struct bundle_head){told.partition, told.head};
	bundle_holds(holds, heads, count);
	if (memcmp(holds, taking->small.holds, sizeof(holds)) != 0)
		receipt_peer_doubt(peer);
	free(heads);
	return ERR_OK;
}

/* Epochs and schema sets are durable before the first commit that names them: else nobody could read what was published. */
static enum err
commit_first(struct taking *taking, struct err_info *info)
{
	const struct flow_taken *taken = taking->taken;

	if (taking->desk->is_dry_run || taken->statements + taken->evidence + taken->schema_sets == 0)
		return ERR_OK;
	return node_commit(taking->node, "statements", info);
}

static enum err
take_inside(struct taking *taking, const struct flow_file *file, struct err_info *info)
{
	enum err err = flow_exchange_load(&taking->exchange, taking->node, &taking->sender.code, info);

	if (err != ERR_OK)
		return err;
	if (was_taken(taking)) {
		taking->taken->was_taken = true;
		node_discard(taking->node);
		return ERR_OK;
	}
	note_order(taking);
	read_version(taking);
	err = read_small(taking, info);
	if (err == ERR_OK)
		err = taking_small(taking, info);
	if (err == ERR_OK)
		err = commit_first(taking, info);
	if (err == ERR_OK)
		err = flow_wraps_keep(taking->desk, taking->small.wraps, taking->small.wrap_count, info);
	if (err == ERR_OK)
		err = flow_wraps_heard(&taking->exchange, taking->node, &taking->sender.code, taking->small.wraps,
		                       taking->small.wrap_count, info);
	if (err == ERR_OK)
		err = taking_partitions(taking, info);
	if (err == ERR_OK)
		note_version(taking);
	if (err == ERR_OK)
		err = look_at_holds(taking, info);
	if (err == ERR_OK)
		err = taking_receipt(taking, info);
	if (err == ERR_OK)
		err = flow_exchange_save(&taking->exchange, taking->node, info);
	if (err == ERR_OK && !taking->desk->is_dry_run)
		err = flow_stopped_keep(taking->desk, taking->taken, file, info);
	return err;
}

/* A word that ended a key makes epochs due: from here on nothing is written that this key opens. What fails now is done by the
 * next bundle that is made. */
static enum err
renew_epochs(struct flow_taken *taken, const struct flow_desk *desk, struct err_info *info)
{
	struct err_info why;
	enum err err;

	if (taken->statements + taken->evidence == 0)
		return ERR_OK;
	err = flow_renew_epochs(&taken->epochs, desk, &why);
	if (err == ERR_OK)
		err = node_commit(desk->node, "epoch", &why);
	if (err == ERR_OK)
		return ERR_OK;
	taken->epochs = (struct flow_renewed){.opened = 0};
	return node_revert(desk->node, info); /* else the next commit would carry half of it */
}

/* What could not be merged may be now: a key or a schema set came, or a salt with the edits of that partition. A hub has hundreds. */
static enum err
merge_waiting(const struct taking *taking, const struct flow_taken *taken, struct err_info *info)
{
	enum err err = ERR_OK;

	if (taken->statements + taken->evidence + taken->schema_sets + taking->small.wrap_count > 0)
		return flow_merge_waiting(taking->desk, NULL, NULL, info);
	for (size_t i = 0; err == ERR_OK && i < taken->partition_count; i++)
		err = flow_merge_waiting_in(taking->desk, &taken->partitions[i].owner, NULL, NULL, info);
	return err;
}

enum err
flow_take(struct flow_taken *out, const struct flow_desk *desk, const struct flow_file *file, struct err_info *info)
{
	struct flow_taken taken = {0};
	struct taking taking = {.desk = desk, .node = desk->node, .taken = &taken};
	struct err_info again;
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK && node_keys(desk->node) == NULL)
		err = err_set(info, ERR_STATE, "%s", _("this store has no keys: it cannot take bundles"));
	if (err == ERR_OK) /* findings are looked for next */
		err = node_keep_recent(desk->node, info);
	if (err == ERR_OK)
		err = taking_open(&taking, file, info);
	if (err == ERR_OK && file->is_only) /* nothing is begun for a stranger */
		flow_findings_expect(desk);
	if (err == ERR_OK)
		err = take_inside(&taking, file, info);
	if (err == ERR_OK && !desk->is_dry_run && !taken.was_taken)
		err = node_commit(desk->node, "take", info);
	if (err == ERR_OK && !taken.was_taken)
		err = merge_waiting(&taking, &taken, info);
	if (err == ERR_OK && !desk->is_dry_run)
		err = flow_stopped_settle(desk, info);
	if (err == ERR_OK && !desk->is_dry_run)
		err = renew_epochs(&taken, desk, info);
	taking_release(&taking);
	if (err != ERR_OK || desk->is_dry_run) {
		if (node_revert(desk->node, &again) != ERR_OK && err == ERR_OK)
			err = err_pass(info, again.code, &again);
	}
	if (err != ERR_OK) {
		flow_taken_release(&taken);
		return err;
	}
	*out = taken;
	return ERR_OK;
}

void
flow_taken_release(struct flow_taken *taken)
{
	free(taken->partitions);
	*taken = (struct flow_taken){0};
}

int
flow_taken_exit_code(const struct flow_taken *taken)
{
	for (size_t i = 0; i < taken->partition_count; i++) {
		if (taken->partitions[i].outcome != RECEIPT_TAKEN)
			return err_exit_code(ERR_PART);
	}
	return taken->epochs.still_due > 0 ? err_exit_code(ERR_PART) : 0;
}
