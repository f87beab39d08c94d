#include "flow/status.h"

#include <stdlib.h>
#include <string.h>

#include "flow/bundle.h"
#include "flow/peer.h"
#include "flow/stopped.h"
#include "partition/partition.h"

enum {
	SECONDS_PER_DAY = 86400
};

struct looking {
	struct node *node;
	const struct roster *roster;
	const struct roster_node *self;
	const struct roster_node *superior; /* who confirms what we write; NULL: nobody */
	struct flow_exchange above;         /* what it answered */
	struct flow_peer_place *places;
	size_t place_count;
	struct flow_stopped_list held;
	int64_t now;
	struct flow_status *status;
};

static uint32_t
agreed_silence(const struct looking *looking, const struct node_code *code)
{
	for (size_t i = 0; i < looking->place_count; i++) {
		if (strcmp(looking->places[i].code.text, code->text) == 0 && looking->places[i].every_days > 0)
			return looking->places[i].every_days;
	}
	return FLOW_LATE_DAYS;
}

/* --- partitions --- */

static enum err
look_at_head(struct flow_status_partition *out, struct looking *looking, struct partition *partition,
             struct err_info *info)
{
	struct partition_version version;
	enum err err = partition_version_open(&version, partition, &out->head, info);

	if (err != ERR_OK)
		return err;
	out->newest = version.info.time;
	partition_version_release(&version);
	return flow_conflict_ages(&out->conflicts, looking->node, partition, &out->head, info);
}

static enum err
look_at_partition(struct looking *looking, const struct node_code *owner, struct err_info *info)
{
	struct flow_status_partition *row = &looking->status->partitions[looking->status->partition_count++];
	const struct flow_confirmed *confirmed;
	struct partition *partition = NULL;
	bool is_ours = node_code_is_owner(&looking->self->code, owner) ||
	               roster_is_superior(looking->roster, &looking->self->code, owner);
	enum err err = node_partition_open(&partition, looking->node, owner, info);

	*row = (struct flow_status_partition){.owner = *owner, .is_reported = looking->superior != NULL && is_ours};
	if (err == ERR_OK)
		err = partition_head(partition, &row->head, info);
	if (err == ERR_OK && !oid_is_none(&row->head))
		err = look_at_head(row, looking, partition, info);
	if (err == ERR_OK && row->is_reported) {
		confirmed = flow_exchange_confirmed(&looking->above, partition_id(partition));
		row->confirmed = confirmed == NULL ? 0 : confirmed->time;
		row->is_confirmed = flow_exchange_holds(&looking->above, partition_id(partition), &row->head);
		looking->status->unconfirmed += row->is_confirmed ? 0U : 1U;
	}
	for (size_t i = 0; err == ERR_OK && i < looking->held.count; i++)
		row->held += strcmp(looking->held.items[i].owner.text, owner->text) == 0 ? 1U : 0U;
	if (err == ERR_OK)
		flow_conflict_ages_add(&looking->status->conflicts, &row->conflicts);
	partition_free(partition);
	row->is_damaged = flow_is_of_one(err);
	return row->is_damaged ? ERR_OK : err;
}

static enum err
look_at_partitions(struct looking *looking, struct err_info *info)
{
	struct node_codes codes = {0};
	enum err err = node_partitions(&codes, looking->node, info);

	if (err == ERR_OK) {
		looking->status->partitions = calloc(codes.count + 1, sizeof(*looking->status->partitions));
		err = looking->status->partitions == NULL ? err_nomem(info) : ERR_OK;
	}
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++)
		err = look_at_partition(looking, &codes.codes[i], info);
	node_codes_release(&codes);
	return err;
}

/* --- offices --- */

static const struct flow_status_partition *
partition_of(const struct flow_status *status, const struct node_code *owner)
{
	for (size_t i = 0; i < status->partition_count; i++) {
		if (strcmp(status->partitions[i].owner.text, owner->text) == 0)
			return &status->partitions[i];
	}
	return NULL;
}

static enum err
look_at_office(struct looking *looking, const struct roster_node *office, bool is_superior, struct err_info *info)
{
	struct flow_status_office *row = &looking->status->offices[looking->status->office_count++];
	const struct flow_status_partition *own = partition_of(looking->status, &office->code);
	struct flow_exchange exchange;
	enum err err = flow_exchange_load(&exchange, looking->node, &office->code, info);

	if (err != ERR_OK)
		return err;
	*row = (struct flow_status_office){.code = office->code,
	                                   .is_superior = is_superior,
	                                   .is_auditor = office->is_auditor,
	                                   .is_revoked = office->is_revoked,
	                                   .heard = exchange.heard_here,
	                                   .taken = exchange.taken,
	                                   .sent = exchange.sent,
	                                   .silence_days = agreed_silence(looking, &office->code)};
	row->is_late = !row->is_revoked && (row->heard == 0 || row->heard > looking->now + SECONDS_PER_DAY ||
	                                    looking->now - row->heard > (int64_t)row->silence_days * SECONDS_PER_DAY);
	looking->status->late += row->is_late ? 1U : 0U;
	row->is_lagging = !is_superior && own != NULL && !oid_is_none(&own->head) &&
	                  !flow_exchange_holds(&exchange, &office->partition, &own->head);
	flow_exchange_release(&exchange);
	return ERR_OK;
}

static enum err
look_at_offices(struct looking *looking, struct err_info *info)
{
	const struct roster_node *above = roster_superior(looking->roster, looking->self);
	const struct roster_node *below;
	size_t position = 0;
	size_t count = 1;
	enum err err = ERR_OK;

	while (roster_next_below(looking->roster, &looking->self->code, &position) != NULL)
		count++;
	looking->status->offices = calloc(count, sizeof(*looking->status->offices));
	if (looking->status->offices == NULL)
		return err_nomem(info);
	if (above != NULL)
		err = look_at_office(looking, above, true, info);
	position = 0;
	while (err == ERR_OK && (below = roster_next_below(looking->roster, &looking->self->code, &position)) != NULL)
		err = look_at_office(looking, below, false, info);
	return err;
}

enum err
flow_status(struct flow_status *out, struct node *node, struct err_info *info)
{
	struct flow_status status = {0};
	struct looking looking = {.node = node, .roster = node_roster(node), .status = &status};
	enum err err;

	looking.now = node_env(node)->now(node_env(node)->context);
	looking.self = roster_node_find(looking.roster, &node_identity_of(node)->code);
	if (looking.self == NULL)
		return err_set(info, ERR_STATE, "%s", _("this office is not in its own roster"));
	if (!looking.self->is_auditor)
		looking.superior = roster_superior(looking.roster, looking.self);
	err = flow_peer_list(&looking.places, &looking.place_count, node, info);
	if (err == ERR_OK)
		err = flow_held(&looking.held, node, info);
	if (err == ERR_OK && looking.superior != NULL)
		err = flow_exchange_load(&looking.above, node, &looking.superior->code, info);
	if (err == ERR_OK)
		err = look_at_partitions(&looking, info);
	if (err == ERR_OK)
		err = look_at_offices(&looking, info);
	free(looking.places);
	flow_stopped_release(&looking.held);
	flow_exchange_release(&looking.above);
	if (err != ERR_OK) {
		flow_status_release(&status);
		return err;
	}
	*out = status;
	return ERR_OK;
}

void
flow_status_release(struct flow_status *status)
{
	free(status->offices);
	free(status->partitions);
	*status = (struct flow_status){0};
}
