#include "flow/terms.h"

#include <string.h>

#include "roster/rights.h"
#include "schema/set.h"

enum err
flow_check_accepted(const struct node *node, struct err_info *info)
{
	if (node_identity_of(node)->is_accepted)
		return ERR_OK;
	return err_set(
		info, ERR_STATE,
		_("this office is not enrolled yet; nothing was changed; run: tiersync request --out CARD, have the "
	          "superior enrol it, then: tiersync accept ANSWER"));
}

static enum err
fill_roster(struct flow_terms *out, struct node *node, struct err_info *info)
{
	struct roster_version version;
	enum err err = roster_version_for(&version, node_roster(node), &out->terms.node, info);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < version.count; i++) {
		out->roster[i].issuer = version.items[i].issuer;
		out->roster[i].number = version.items[i].number;
		memcpy(out->roster[i].digest, version.items[i].digest, sizeof(out->roster[i].digest));
	}
	out->terms.roster = out->roster;
	out->terms.roster_count = version.count;
	return ERR_OK;
}

static enum err
fill_schema(struct flow_terms *out, struct node *node, const struct partition_version *parent)
{
	const struct schema_set *set = node_schema(node);

	out->terms.schema_version = parent->info.schema_version;
	out->terms.schema_digest = parent->info.schema_digest;
	if (set != NULL && schema_set_version(set) > parent->info.schema_version) {
		out->terms.schema_version = schema_set_version(set);
		out->terms.schema_digest = *schema_set_digest(set);
	}
	return ERR_OK;
}

static enum err
fill_epoch(struct flow_terms *out, struct node *node, const struct partition *partition, struct err_info *info)
{
	const struct roster_epoch *epoch = roster_epoch_newest(node_roster(node), partition_id(partition));

	if (epoch == NULL)
		return err_set(info, ERR_STATE,
		               _("no key epoch of the partition of %s is open; take a bundle from it first"),
		               partition_owner(partition)->text);
	out->terms.epoch = epoch->number;
	out->terms.epoch_digest = epoch->digest;
	return ERR_OK;
}

enum err
flow_terms_for(struct flow_terms *out, const struct flow_desk *desk, const struct partition *partition,
               const struct partition_version *parent, struct err_info *info)
{
	const struct node_identity *identity = node_identity_of(desk->node);
	const struct env *env = node_env(desk->node);
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK && identity->level == NODE_LEVEL_AUDITOR)
		err = err_set(info, ERR_RIGHT, "%s", _("this office is an auditor: it reads, and never writes"));
	*out = (struct flow_terms){0};
	out->terms.parent = parent->commit;
	out->terms.node = identity->code;
	out->terms.level = identity->level;
	out->terms.time = env->now(env->context);
	out->terms.rules = DELTA_RULES_VERSION;
	out->terms.operator_name = desk->operator_name == NULL ? (struct view){0} : view_text(desk->operator_name);
	out->terms.reason = desk->note == NULL ? (struct view){0} : view_text(desk->note);
	if (err == ERR_OK)
		err = fill_roster(out, desk->node, info);
	if (err == ERR_OK)
		err = fill_schema(out, desk->node, parent);
	if (err == ERR_OK)
		err = fill_epoch(out, desk->node, partition, info);
	return err;
}
