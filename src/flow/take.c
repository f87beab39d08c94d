#include "flow/take.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/checkpoint.h"
#include "flow/correct.h"
#include "flow/epoch.h"
#include "flow/stopped.h"
#include "flow/taking.h"
#include "flow/waiting.h"
#include "flow/wraps.h"
#include "git/tree.h"
#include "statement/signed.h"

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

/* The statements that lead to the sender's present key, from the pinned root. Each proves itself, or is passed over. */
static enum err
read_statements(struct taking *taking, struct err_info *info)
{
	const struct envelope_terms *terms = &taking->manifest->terms;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < terms->statement_count; i++) {
		struct seal_signature signature;
		struct view text;
		enum roster_outcome outcome = ROSTER_KNOWN;

		err = statement_wire_read(&text, &signature, terms->statements[i], info);
		if (err == ERR_OK)
			err = node_roster_add(taking->node, text, &signature, &outcome, info);
		taking->taken->statements += outcome == ROSTER_ADDED ? 1U : 0U;
		taking->taken->evidence += outcome == ROSTER_EVIDENCE ? 1U : 0U;
		if (err == ERR_STATE) /* it stands on one that we lack: of no use here, and no harm */
			err = ERR_OK;
	}
	return err;
}

static enum err
verify(void *envelope, const struct seal_public_key *key, struct err_info *info)
{
	return envelope_verify(envelope, key, info);
}

static enum err
check_sender(struct taking *taking, struct err_info *info)
{
	struct seal_public_key signer;
	const struct node_code *code = &taking->manifest->terms.sender;
	const struct roster_node *found = roster_node_find(node_roster(taking->node), code);
	enum err err;

	if (found == NULL)
		return err_set(info, ERR_AUTH, _("its sender %s is not in the roster: a stranger"), code->text);
	taking->sender = *found;
	err = roster_key_check(node_roster(taking->node), code, &taking->sender.keys.sign, info);
	if (err == ERR_OK)
		err = taking_find_signer(&signer, NULL, taking, verify, taking->envelope, info);
	if (err != ERR_OK)
		return err_in(info, err, _("sender %s"), code->text);
	return ERR_OK;
}

/* Every section has a meaning and a place: no byte of a bundle is there for nobody. */
static enum err
check_sections(const struct taking *taking, struct err_info *info)
{
	size_t count = envelope_section_count(taking->envelope);
	size_t schemas = 0;
	bool *is_named = calloc(count + 1, sizeof(*is_named));
	enum err err = is_named == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < taking->preamble.partition_count; i++) {
		size_t section = taking->preamble.partitions[i].section;

		if (section == BUNDLE_NO_SECTION)
			continue;
		if (is_named[section] || envelope_section_at(taking->envelope, section)->id != BUNDLE_SECTION_DELTA ||
		    envelope_section_at(taking->envelope, section)->plain_bytes == 0)
			err = err_set(info, ERR_FORMAT,
			              _("preamble: section %zu is no delta, or is named by two partitions"), section);
		is_named[section] = true;
	}
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		unsigned id = envelope_section_at(taking->envelope, i)->id;
		bool is_right = (id == BUNDLE_SECTION_SMALL && i == 0) || (id == BUNDLE_SECTION_DELTA && is_named[i]) ||
		                (id == BUNDLE_SECTION_SCHEMA && schemas++ < BUNDLE_SCHEMAS_MAX);

		if (!is_right)
			err = err_set(info, ERR_FORMAT, _("section %zu, of type %u, has no meaning where it is"), i,
			              id);
	}
	free(is_named);
	return err;
}

/* By our present key; by one that it replaced if the sender did not know of the change yet. */
static enum err
decrypt(struct taking *taking, struct err_info *info)
{
	const struct node_code *self = &node_identity_of(taking->node)->code;
	const struct seal_node_key *const *old = NULL;
	const struct seal_node_key *keys[] = {node_keys(taking->node)};
	size_t count = 0;
	enum err err = envelope_decrypt(taking->envelope, self, keys, 1, info);

	if (err != ERR_NOT_FOUND || node_old_keys(&old, &count, taking->node, NULL) != ERR_OK || count == 0)
		return err;
	return envelope_decrypt(taking->envelope, self, old, count, info);
}

static enum err
open_inside(struct taking *taking, struct err_info *info)
{
	const struct node_identity *self = node_identity_of(taking->node);
	enum err err = decrypt(taking, info);

	if (err == ERR_OK)
		err = bundle_preamble_read(&taking->preamble, envelope_preamble(taking->envelope),
		                           envelope_section_count(taking->envelope), info);
	if (err == ERR_OK && (strcmp(taking->preamble.sender.text, taking->manifest->terms.sender.text) != 0 ||
	                      strcmp(taking->preamble.recipient.text, self->code.text) != 0))
		err = err_set(info, ERR_AUTH, "%s",
		              _("its preamble names another sender or recipient than its manifest"));
	if (err == ERR_OK)
		err = check_sections(taking, info);
	return err;
}

/* Everything up to here must leave the store as it was. */
static enum err
open_bundle(struct taking *taking, const struct flow_file *file, struct err_info *info)
{
	enum err err = file->fd < 0 ? envelope_open(&taking->envelope, file->bytes, info)
	                            : envelope_open_fd(&taking->envelope, file->fd, file->name, info);

	if (err != ERR_OK)
		return err;
	taking->manifest = envelope_manifest(taking->envelope);
	taking->taken->sender = taking->manifest->terms.sender;
	taking->taken->number = taking->manifest->terms.number;
	taking->taken->digest = *envelope_digest(taking->envelope);
	taking->taken->bytes = taking->manifest->file_bytes;
	err = read_statements(taking, info);
	if (err == ERR_OK)
		err = check_sender(taking, info);
	if (err == ERR_OK)
		err = open_inside(taking, info);
	return err;
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
restore_section(struct bytes *out, struct taking *taking, size_t section, size_t size_max, struct err_info *info)
{
	const struct view no_dictionary = {0};

	return envelope_section(out, taking->envelope, section, no_dictionary, size_max, info);
}

static enum err
read_small(struct taking *taking, struct err_info *info)
{
	enum err err;

	if (envelope_section_count(taking->envelope) == 0 ||
	    envelope_section_at(taking->envelope, 0)->id != BUNDLE_SECTION_SMALL)
		return ERR_OK;
	err = restore_section(&taking->small_bytes, taking, 0, LIMIT_SMALL_BYTES_MAX, info);
	if (err == ERR_OK)
		err = bundle_small_read(&taking->small, bytes_view(&taking->small_bytes), info);
	return err == ERR_OK ? ERR_OK : err_in(info, err, "%s", _("bundle, small section"));
}

static struct flow_taken_partition *
note_partition(struct taking *taking, const struct intake *intake, const struct bundle_partition *shown)
{
	struct flow_taken_partition *row = &taking->taken->partitions[taking->taken->partition_count++];

	*row = (struct flow_taken_partition){
		.owner = intake->owner,
		.id = shown->id,
		.outcome = intake->outcome,
		.place = intake->place,
		.old_head = intake->old_head,
		.end = oid_is_none(&shown->end) ? shown->head : shown->end,
		.head = intake->place == INTAKE_FORWARD && intake->outcome == RECEIPT_TAKEN ? intake->new_head
	                                                                                    : intake->old_head,
		.is_merged = intake->is_merged,
		.voided = intake->voided,
		.edits = intake->edits,
		.added = intake->counts.added,
		.changed = intake->counts.changed,
		.removed = intake->counts.removed,
	};
	memcpy(row->reason, intake->reason, sizeof(row->reason));
	if (intake->outcome != RECEIPT_TAKEN || intake->place == INTAKE_DIVERGED)
		(void)snprintf(row->why, sizeof(row->why), "%s", intake->why.text);
	return row;
}

/* What may not stand is voided in the same publication: no published head shows it. */
static enum err
correct(struct intake *intake, const struct flow_desk *desk, struct err_info *info)
{
	const struct flow_correction correction = {intake->corrections, intake->correction_count,
	                                           intake_correction_reason(intake)};

	if (intake->outcome != RECEIPT_TAKEN || intake->place != INTAKE_FORWARD || correction.count == 0)
		return ERR_OK;
	return flow_correct(&intake->new_head, desk, intake->partition, intake->batch, &correction, info);
}

static enum err
count_conflicts(uint64_t *out, const struct intake *intake, const struct oid *commit, struct err_info *info)
{
	struct partition_version version = {0};
	struct git_reader reader;
	struct git_idtree *tree = NULL;
	size_t count = 0;
	enum err err;

	*out = 0;
	if (oid_is_none(commit) || intake->partition == NULL) /* refused before it was opened */
		return ERR_OK;
	reader = intake->batch != NULL ? partition_batch_reader(intake->batch)
	                               : (struct git_reader){NULL, partition_store(intake->partition)};
	err = intake->batch != NULL ? partition_batch_version(&version, intake->batch, commit, info)
	                            : partition_version_open(&version, intake->partition, commit, info);
	if (err == ERR_OK)
		err = git_idtree_open(&tree, reader, &version.conflicts, info);
	if (err == ERR_OK)
		err = git_idtree_count(&count, tree, info);
	git_idtree_free(tree);
	partition_version_release(&version);
	*out = count;
	return err;
}

/* A section that cannot be restored is refused like a bad delta: it says nothing about the other partitions. */
static enum err
judge_partition(struct intake *intake, struct taking *taking, const struct bundle_partition *shown,
                struct err_info *info)
{
	const struct intake_terms terms = {taking->node, &taking->sender.code, taking->desk->wait_seconds,
	                                   &taking->version, &taking->exchange.acknowledged};
	struct bytes section = {0};
	struct err_info why;
	enum err restored = ERR_OK;
	enum err err;

	if (shown->section != BUNDLE_NO_SECTION)
		restored = restore_section(&section, taking, shown->section, LIMIT_DELTA_BYTES_MAX, &why);
	if (restored != ERR_OK && intake_is_own_trouble(restored))
		return err_set(info, restored, "%s", why.text);
	err = intake_judge(intake, &terms, shown, bytes_view(&section), info);
	if (err == ERR_OK && restored != ERR_OK && intake->outcome == RECEIPT_TAKEN)
		intake_refuse(intake, &why);
	bytes_release(&section);
	return err;
}

/* One partition, whatever becomes of it, does not stop the others. */
static enum err
take_partition(struct taking *taking, const struct bundle_partition *shown, struct err_info *info)
{
	const struct receipt_shown head = {shown->id, oid_is_none(&shown->end) ? shown->head : shown->end};
	const struct receipt_shown told = {shown->id, shown->head};
	struct intake intake = {0};
	enum err err = judge_partition(&intake, taking, shown, info);

	if (err == ERR_OK && intake.is_merged)
		err = flow_head_check(taking->node, intake.partition, &intake.old_head, info);
	if (err == ERR_OK)
		err = correct(&intake, taking->desk, info);
	if (err == ERR_OK && !taking->desk->is_dry_run)
		err = intake_publish(&intake, &taking->sender.code, info);
	if (err == ERR_OK && !taking->desk->is_dry_run && intake.outcome == RECEIPT_TAKEN &&
	    intake.place == INTAKE_FORWARD)
		err = node_note_published(taking->node, &intake.new_head, info);
	if (err == ERR_OK) {
		struct flow_taken_partition *row = note_partition(taking, &intake, shown);

		err = count_conflicts(&row->conflicts_old, &intake, &row->old_head, info);
		if (err == ERR_OK)
			err = count_conflicts(&row->conflicts, &intake, &row->head, info);
	}
	if (err == ERR_OK)
		err = receipt_peer_told(taking->exchange.peer, &told, info);
	if (err == ERR_OK && intake.outcome == RECEIPT_TAKEN)
		err = receipt_peer_showed(taking->exchange.peer, &head, info);
	if (err == ERR_OK)
		err = taking_answer(taking, &intake, shown, info);
	intake_release(&intake);
	return err;
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

static enum err
take_partitions(struct taking *taking, struct err_info *info)
{
	size_t count = taking->preamble.partition_count;
	enum err err = ERR_OK;

	taking->taken->partitions = calloc(count + 1, sizeof(*taking->taken->partitions));
	taking->answers = calloc(count + 1, sizeof(*taking->answers));
	if (taking->taken->partitions == NULL || taking->answers == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = take_partition(taking, &taking->preamble.partitions[i], info);
	return err;
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
		err = take_partitions(taking, info);
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
static void
renew_epochs(struct flow_taken *taken, const struct flow_desk *desk)
{
	struct err_info info;
	enum err err;

	if (taken->statements + taken->evidence == 0)
		return;
	err = flow_renew_epochs(&taken->epochs, desk, &info);
	if (err == ERR_OK)
		err = node_commit(desk->node, "epoch", &info);
	if (err != ERR_OK) {
		taken->epochs = 0;
		err = node_revert(desk->node, &info);
	}
	(void)err;
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
		err = open_bundle(&taking, file, info);
	if (err == ERR_OK)
		err = take_inside(&taking, file, info);
	if (err == ERR_OK && !desk->is_dry_run && !taken.was_taken)
		err = node_commit(desk->node, "take", info);
	/* what could not be merged may be now: a key or a schema set came */
	if (err == ERR_OK && !taken.was_taken)
		err = flow_merge_waiting(desk, NULL, info);
	if (err == ERR_OK && !desk->is_dry_run)
		err = flow_stopped_settle(desk, info);
	if (err == ERR_OK && !desk->is_dry_run)
		renew_epochs(&taken, desk);
	taking_release(&taking);
	if (err != ERR_OK || desk->is_dry_run) {
		if (node_revert(desk->node, &again) != ERR_OK && err == ERR_OK)
			err = err_set(info, again.code, "%s", again.text);
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
	return 0;
}
