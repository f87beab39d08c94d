/* The order of the door, and where a new head lies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intake/apply.h"
#include "intake/judge_stored.h"
#include "partition/merge.h"
#include "roster/rights.h"

/*
 * The owner, an office above it; of what lies above us our own superior; and of what lies above it an office below us, which had
 * it from here and brings it back if we lost it: whatever it brings is signed by who may write there.
 */
static bool
may_carry(struct node *node, const struct node_code *sender, const struct roster_node *owner)
{
	const struct roster *roster = node_roster(node);
	const struct node_code *self = &node_identity_of(node)->code;
	const struct roster_node *own = roster_node_find(roster, self);
	const struct roster_node *superior = own == NULL ? NULL : roster_superior(roster, own);

	if (strcmp(sender->text, owner->code.text) == 0 || roster_is_superior(roster, sender, &owner->code))
		return true;
	if (superior != NULL && strcmp(superior->code.text, sender->text) == 0)
		return roster_is_superior(roster, &owner->code, self);
	return roster_is_superior(roster, self, sender) && roster_is_superior(roster, &owner->code, sender);
}

/* Rolls never go down. */
static bool
may_hold(struct node *node, const struct roster_node *owner)
{
	const struct node_code *self = &node_identity_of(node)->code;

	return !owner->is_rolls || node_code_is_owner(self, &owner->code) ||
	       roster_is_superior(node_roster(node), self, &owner->code);
}

static void
refuse(struct intake *intake, enum receipt_outcome outcome, const struct err_info *why)
{
	intake->outcome = outcome;
	intake->why = *why;
	(void)snprintf(intake->reason, sizeof(intake->reason), "%s", err_name(why->code));
	for (char *at = intake->reason; *at != '\0'; at++) {
		if (*at == '_')
			*at = '-';
	}
}

void
intake_refuse(struct intake *intake, const struct err_info *why)
{
	refuse(intake, RECEIPT_REFUSED, why);
}

bool
intake_is_own_trouble(enum err err)
{
	return err == ERR_IO || err == ERR_NOMEM || err == ERR_LOCKED || err == ERR_INTERNAL || err == ERR_STALE ||
	       err_has_run_out();
}

static enum err
open_partition(struct intake *intake, struct node *node, int wait_seconds, struct err_info *info)
{
	enum err err = node_partition_make(&intake->partition, node, &intake->owner, info);

	if (err == ERR_OK)
		err = partition_lock(intake->partition, wait_seconds, info);
	if (err == ERR_OK)
		err = partition_head(intake->partition, &intake->old_head, info);
	return err;
}

static enum err
check_bases(struct intake *intake, const struct bundle_partition *shown, struct err_info *info)
{
	struct git_store *store = partition_store(intake->partition);
	char hex[2 * OID_BYTES + 1];

	for (size_t i = 0; i < shown->base_count; i++) {
		if (git_store_has(store, &shown->bases[i]))
			continue;
		hex_write(hex, view_of(shown->bases[i].bytes, OID_BYTES));
		return err_set(
			info, ERR_BASE,
			_("it starts from commit %s, which is not held here; the receipt says what is held, and the "
		          "next bundle starts there"),
			hex);
	}
	return ERR_OK;
}

/* A key, a salt or a schema set is missing: both heads are kept until it is here. */
static bool
is_unable(enum err err)
{
	return err == ERR_RIGHT || err == ERR_STATE;
}

static enum err
find_head(struct intake *intake, struct err_info *info)
{
	struct err_info why;
	enum err err;

	intake->new_head = intake->end;
	intake->place = INTAKE_FORWARD;
	if (oid_is_none(&intake->old_head))
		return ERR_OK;
	err = partition_merge(&intake->new_head, &intake->is_merged, intake->batch, &intake->old_head, &intake->end,
	                      &why);
	if (is_unable(err)) {
		(void)err_set(&intake->why, err, _("cannot merge: %s"), why.text);
		intake->new_head = intake->old_head;
		intake->place = INTAKE_DIVERGED;
		return ERR_OK;
	}
	if (err != ERR_OK) {
		*info = why;
		return err;
	}
	if (oid_equal(&intake->new_head, &intake->old_head))
		intake->place = INTAKE_NOTHING;
	return ERR_OK;
}

/* What a lower office took back of a correction is judged again, if we hold it; what came with the delta was judged just now. */
static enum err
judge_reopened(struct intake *intake, struct node *node, struct err_info *info)
{
	struct intake_judging judging = {.node = node, .partition = intake->partition};
	enum err err;

	if (intake->verdicts->reopened.count == 0)
		return ERR_OK;
	err = git_history_open(&judging.history, (struct git_reader){NULL, partition_store(intake->partition)}, info);
	if (err == ERR_OK)
		err = intake_judge_reopened(intake->verdicts, &judging, info);
	git_history_free(judging.history);
	return err;
}

static enum err
judge_delta(struct intake *intake, const struct intake_terms *terms, const struct bundle_partition *shown,
            struct view delta, struct err_info *info)
{
	enum err err = check_bases(intake, shown, info);

	intake->verdicts = calloc(1, sizeof(*intake->verdicts));
	if (err == ERR_OK && intake->verdicts == NULL)
		err = err_nomem(info);
	if (err == ERR_OK)
		err = partition_batch_new(&intake->batch, intake->partition, info);
	if (err == ERR_OK)
		intake->verdicts->batch = intake->batch;
	if (err == ERR_OK)
		intake->verdicts->partition = intake->partition;
	if (err == ERR_OK)
		err = intake_apply(intake, terms, shown, delta, info);
	if (err == ERR_OK)
		err = judge_reopened(intake, terms->node, info);
	if (err == ERR_OK)
		err = find_head(intake, info);
	if (err == ERR_OK)
		err = intake_verdicts_texts(&intake->corrections, &intake->correction_count, &intake->voided,
		                            intake->verdicts, info);
	return err;
}

const char *
intake_correction_reason(const struct intake *intake)
{
	return intake->verdicts == NULL ? "" : intake->verdicts->first;
}

static enum receipt_outcome
outcome_of(enum err err)
{
	if (err == ERR_BASE)
		return RECEIPT_BASE_UNKNOWN;
	if (err == ERR_DICTIONARY)
		return RECEIPT_NO_DICTIONARY;
	return err == ERR_STATE ? RECEIPT_HELD : RECEIPT_REFUSED;
}

enum err
intake_judge(struct intake *out, const struct intake_terms *terms, const struct bundle_partition *shown,
             struct view delta, struct err_info *info)
{
	struct node *node = terms->node;
	const struct node_code *sender = terms->sender;
	const struct roster_node *owner = roster_owner(node_roster(node), &shown->id);
	struct err_info why;
	enum err err = ERR_OK;

	*out = (struct intake){.outcome = RECEIPT_TAKEN};
	if (owner == NULL) {
		(void)err_set(&why, ERR_RIGHT, "%s", _("no enrolled office owns this partition"));
		refuse(out, RECEIPT_REFUSED, &why);
		return ERR_OK;
	}
	out->owner = owner->code;
	if (!may_hold(node, owner)) {
		(void)err_set(&why, ERR_RIGHT, "%s", _("the rolls of a hub are read by it and the offices above it"));
		refuse(out, RECEIPT_REFUSED, &why);
		return ERR_OK;
	}
	if (!may_carry(node, sender, owner)) {
		(void)err_set(&why, ERR_RIGHT, _("%s may not carry the partition of %s"), sender->text,
		              owner->code.text);
		refuse(out, RECEIPT_REFUSED, &why);
		return ERR_OK;
	}
	err = open_partition(out, node, terms->wait_seconds, info);
	if (err == ERR_OK && delta.size > 0)
		err = judge_delta(out, terms, shown, delta, &why);
	else if (err != ERR_OK)
		why = *info;
	if (err == ERR_OK)
		return ERR_OK;
	if (intake_is_own_trouble(err)) {
		*info = why;
		intake_release(out);
		return err_in(info, err, _("partition of %s"), owner->code.text);
	}
	refuse(out, outcome_of(err), &why);
	return ERR_OK;
}

enum err
intake_publish(struct intake *intake, const struct node_code *sender, struct err_info *info)
{
	enum err err = ERR_OK;

	if (intake->outcome != RECEIPT_TAKEN || intake->batch == NULL)
		return ERR_OK;
	if (intake->place == INTAKE_NOTHING) /* a full bundle brings salts to who held the edits without them */
		err = partition_batch_keep_salts(intake->batch, info);
	else if (intake->place == INTAKE_FORWARD)
		err = partition_batch_publish(intake->batch, &intake->old_head, &intake->new_head, info);
	else
		err = partition_batch_keep_waiting(intake->batch, sender, &intake->end, info);
	return err;
}

void
intake_release(struct intake *intake)
{
	if (intake->verdicts != NULL)
		intake_verdicts_release(intake->verdicts);
	free(intake->verdicts);
	partition_batch_free(intake->batch);
	partition_free(intake->partition);
	intake->verdicts = NULL;
	intake->batch = NULL;
	intake->partition = NULL;
}

enum err
intake_approval_path(char *out, const struct id *partition, const struct oid *commit, struct err_info *info)
{
	char partition_hex[2 * ID_BYTES + 1];
	char commit_hex[2 * OID_BYTES + 1];

	hex_write(partition_hex, view_of(partition->bytes, ID_BYTES));
	hex_write(commit_hex, view_of(commit->bytes, OID_BYTES));
	return fs_path(out, info, "approvals/%s/%s", partition_hex, commit_hex);
}
