#include "flow/outlook.h"

#include <string.h>

#include "flow/bundle.h"
#include "flow/peer.h"
#include "flow/stopped.h"
#include "git/tree.h"
#include "partition/partition.h"

enum {
	SECONDS_PER_DAY = 86400,
	WEEK_DAYS = 7,
	MONTH_DAYS = 30
};

struct dating {
	struct flow_conflict_ages *ages;
	struct partition *partition;
	int64_t now;
	int64_t row; /* the oldest entry of the record at hand; 0: none is dated */
};

static enum err
time_of(int64_t *out, struct partition *partition, const struct oid *commit, struct err_info *info)
{
	struct partition_version version;
	enum err err = partition_version_open(&version, partition, commit, info);

	if (err != ERR_OK)
		return err;
	*out = version.info.time > *out ? version.info.time : *out;
	partition_version_release(&version);
	return ERR_OK;
}

/* An entry waits since the newest write that it names. */
static enum err
date_entry(struct dating *dating, const struct merge_entry *entry, struct err_info *info)
{
	int64_t newest = 0;
	enum err err = ERR_OK;

	if (entry->kind == MERGE_TWIN || entry->kind == MERGE_RULE)
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < entry->count; i++) {
		if (entry->kind != MERGE_STALE) {
			err = time_of(&newest, dating->partition, &entry->commits[i], info);
			continue;
		}
		err = time_of(&newest, dating->partition, &entry->pairs[i].decision, info);
		if (err == ERR_OK)
			err = time_of(&newest, dating->partition, &entry->pairs[i].edit, info);
	}
	if (err == ERR_OK && newest > 0 && (dating->row == 0 || newest < dating->row))
		dating->row = newest;
	return err;
}

static enum err
date_row(void *context, const struct id *id, const struct merge_row *row, struct err_info *info)
{
	struct dating *dating = context;
	struct flow_conflict_ages *ages = dating->ages;
	int64_t days;
	enum err err = ERR_OK;

	(void)id;
	dating->row = 0;
	for (size_t i = 0; err == ERR_OK && i < row->entries.count; i++)
		err = date_entry(dating, &row->entries.items[i], info);
	if (err != ERR_OK || dating->row == 0)
		return err;
	days = (dating->now - dating->row) / SECONDS_PER_DAY;
	ages->undated--;
	ages->week += days <= WEEK_DAYS ? 1U : 0U;
	ages->month += days > WEEK_DAYS && days <= MONTH_DAYS ? 1U : 0U;
	ages->older += days > MONTH_DAYS ? 1U : 0U;
	ages->oldest = ages->oldest == 0 || dating->row < ages->oldest ? dating->row : ages->oldest;
	return ERR_OK;
}

enum err
flow_conflict_ages(struct flow_conflict_ages *out, struct node *node, struct partition *partition,
                   const struct oid *head, struct err_info *info)
{
	const struct git_reader reader = {NULL, partition_store(partition)};
	struct flow_conflict_ages ages = {0};
	struct dating dating = {.ages = &ages, .partition = partition};
	struct partition_version version;
	struct git_idtree *tree = NULL;
	size_t count = 0;
	enum err err = partition_version_open(&version, partition, head, info);

	if (err != ERR_OK)
		return err;
	err = git_idtree_open(&tree, reader, &version.conflicts, info);
	if (err == ERR_OK)
		err = git_idtree_count(&count, tree, info);
	ages.records = ages.undated = count;
	dating.now = node_env(node)->now(node_env(node)->context);
	if (err == ERR_OK && count > 0 && node_keys(node) != NULL) {
		err = partition_each_conflict(partition, &version, date_row, &dating, info);
		if (err == ERR_RIGHT)
			err = ERR_OK;
	}
	git_idtree_free(tree);
	partition_version_release(&version);
	if (err == ERR_OK)
		*out = ages;
	return err;
}

void
flow_conflict_ages_add(struct flow_conflict_ages *sum, const struct flow_conflict_ages *more)
{
	sum->records += more->records;
	sum->week += more->week;
	sum->month += more->month;
	sum->older += more->older;
	sum->undated += more->undated;
	if (more->oldest != 0 && (sum->oldest == 0 || more->oldest < sum->oldest))
		sum->oldest = more->oldest;
}

static enum err
look_at_conflicts(struct flow_outlook *out, struct node *node, struct partition *partition, const struct oid *head,
                  struct err_info *info)
{
	struct flow_conflict_ages ages = {0};
	enum err err = flow_conflict_ages(&ages, node, partition, head, info);

	out->conflicts += ages.records;
	if (ages.oldest != 0 && (out->oldest == 0 || ages.oldest < out->oldest))
		out->oldest = ages.oldest;
	return err;
}

static enum err
look_at_confirmed(struct flow_outlook *out, struct node *node, struct partition *partition, const struct oid *head,
                  struct err_info *info)
{
	struct flow_exchange exchange;
	const struct flow_confirmed *confirmed;
	enum err err = flow_exchange_load(&exchange, node, &out->superior, info);

	if (err != ERR_OK)
		return err;
	confirmed = flow_exchange_confirmed(&exchange, partition_id(partition));
	if (confirmed != NULL) {
		out->is_any_confirmed = true;
		out->confirmed = confirmed->head;
		out->confirmed_time = confirmed->time;
	}
	if (!oid_is_none(head) && flow_exchange_holds(&exchange, partition_id(partition), head)) {
		out->is_any_confirmed = true;
		out->is_confirmed = true;
		out->confirmed_time =
			confirmed != NULL && oid_equal(&confirmed->head, head) ? confirmed->time : exchange.heard;
		out->confirmed = *head;
	}
	flow_exchange_release(&exchange);
	return ERR_OK;
}

static enum err
look_at_partition(struct flow_outlook *out, struct node *node, const struct node_code *owner, struct err_info *info)
{
	struct partition *partition = NULL;
	struct oid head = {{0}};
	enum err err = node_partition_open(&partition, node, owner, info);

	if (err == ERR_OK)
		err = partition_head(partition, &head, info);
	if (err == ERR_OK && !oid_is_none(&head))
		err = look_at_conflicts(out, node, partition, &head, info);
	if (err == ERR_OK && out->has_superior && strcmp(owner->text, node_identity_of(node)->code.text) == 0)
		err = look_at_confirmed(out, node, partition, &head, info);
	partition_free(partition);
	if (!flow_is_of_one(err))
		return err;
	out->damaged++;
	return ERR_OK;
}

static enum err
look_at_stopped(struct flow_outlook *out, struct node *node, struct err_info *info)
{
	struct flow_stopped_list held = {0};
	struct flow_stopped_list refused = {0};
	enum err err = flow_held(&held, node, info);

	if (err == ERR_OK)
		err = flow_refused(&refused, node, info);
	out->held = held.count;
	out->refused = refused.count;
	flow_stopped_release(&held);
	flow_stopped_release(&refused);
	return err;
}

enum err
flow_outlook(struct flow_outlook *out, struct node *node, struct err_info *info)
{
	const struct roster *roster = node_roster(node);
	const struct roster_node *self = roster_node_find(roster, &node_identity_of(node)->code);
	const struct roster_node *superior = self == NULL || self->is_auditor
	                                             ? NULL
	                                             : roster_superior(roster, self); /* who receipts what we write */
	struct flow_outlook outlook = {.has_superior = superior != NULL};
	struct node_codes codes = {0};
	enum err err = node_partitions(&codes, node, info);

	if (superior != NULL)
		outlook.superior = superior->code;
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++)
		err = look_at_partition(&outlook, node, &codes.codes[i], info);
	node_codes_release(&codes);
	if (err == ERR_OK)
		err = look_at_stopped(&outlook, node, info);
	if (err == ERR_OK)
		*out = outlook;
	return err;
}
