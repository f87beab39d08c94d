#include "intake/terms.h"

#include "roster/rights.h"

static enum err
check_signer(const struct roster *roster, const struct node_code *owner, const struct delta_commit_info *commit,
             bool is_root, struct err_info *info)
{
	bool is_owner = node_code_is_owner(&commit->node, owner);

	if (!is_owner && !roster_is_superior(roster, &commit->node, owner))
		return err_set(info, ERR_RIGHT,
		               _("an edit is signed by %s, which neither owns the partition of %s nor is above it"),
		               commit->node.text, owner->text);
	if (is_root && !is_owner)
		return err_set(info, ERR_AUTH, _("the root commit is signed by %s, not by the owner %s"),
		               commit->node.text, owner->text);
	return ERR_OK;
}

enum err
intake_terms_check(const struct roster *roster, const struct id *partition, const struct node_code *owner,
                   const struct delta_commit_info *commit, bool is_root, struct err_info *info)
{
	const char *who = commit->is_merge ? _("a merge") : commit->node.text;

	if (commit->schema_version != 0 &&
	    !roster_schema_is_open(roster, commit->schema_version, &commit->schema_digest))
		return err_set(info, ERR_AUTH, _("an edit by %s names schema set %u, which the root has not opened"),
		               who, commit->schema_version);
	if (commit->rules == 0 || commit->rules > DELTA_RULES_VERSION || commit->rules > roster_rules_newest(roster))
		return err_set(info, ERR_VERSION, _("an edit by %s names merge rules %u"), who, commit->rules);
	if (roster_epoch_find(roster, partition, (uint16_t)commit->epoch, &commit->epoch_digest) == NULL)
		return err_set(info, ERR_AUTH, _("an edit by %s names key epoch %u, which its owner has not opened"),
		               who, commit->epoch);
	return commit->is_merge ? ERR_OK : check_signer(roster, owner, commit, is_root, info);
}
