#include <stdlib.h>

#include "flow/auditing.h"
#include "roster/version.h"

/* What is only ever added to node.git. */
static const char *const EVIDENCE[] = {"checkpoints", "receipts", "roster"};

void
auditing_wrong(struct auditing *auditing, const char *what, const struct err_info *why)
{
	auditing->result.wrong++;
	if (auditing->tell != NULL)
		auditing->tell(auditing->context, what, why);
}

void
auditing_wrong_text(struct auditing *auditing, const char *what, enum err code, const char *text)
{
	struct err_info why;

	(void)err_set(&why, code, "%s", text);
	auditing_wrong(auditing, what, &why);
}

void
auditing_release(struct auditing *auditing)
{
	free(auditing->partitions);
	table_release(&auditing->reached);
	table_release(&auditing->receipts);
	table_release(&auditing->confirmed);
	arena_release(&auditing->arena);
}

static enum err
check_root(struct node *node, const struct seal_fingerprint *root, struct err_info *info)
{
	struct seal_fingerprint own;
	enum err err = root == NULL ? ERR_OK : roster_root_fingerprint(&own, node_roster(node), info);

	if (root == NULL || err != ERR_OK || seal_fingerprint_equal(root, &own))
		return err;
	return err_set(info, ERR_AUTH, _("the pinned root has fingerprint %s, not the one given"), own.text);
}

static void
tell_lost(void *context, const char *path, const struct oid *commit)
{
	char hex[2 * OID_BYTES + 1];
	struct err_info why;

	hex_write(hex, view_of(commit->bytes, OID_BYTES));
	(void)err_set(&why, ERR_AUTH,
	              _("commit %s of node.git took it away or changed it; evidence is only ever added"), hex);
	auditing_wrong(context, path, &why);
}

/* Whatever became evidence once is still there: node.git's own history is the witness. */
static enum err
audit_history(struct auditing *auditing, struct err_info *info)
{
	struct err_info why;
	enum err err = node_history_check(auditing->node, EVIDENCE, sizeof(EVIDENCE) / sizeof(EVIDENCE[0]),
	                                  &auditing->result.node_commits, tell_lost, auditing, &why);

	if (err == ERR_NOMEM)
		return err_nomem(info);
	if (err != ERR_OK)
		auditing_wrong(auditing, "node.git", &why);
	return ERR_OK;
}

enum err
flow_audit(struct flow_audit_result *out, struct node *node, const struct seal_fingerprint *root, flow_audit_tell tell,
           void *context, struct err_info *info)
{
	struct auditing auditing = {.node = node, .tell = tell, .context = context};
	enum err err = flow_check_accepted(node, info);
	enum err read;

	if (err == ERR_OK)
		err = check_root(node, root, info);
	if (err == ERR_OK)
		err = auditing_roster(&auditing, info);
	if (err == ERR_OK)
		err = audit_history(&auditing, info);
	if (err == ERR_OK)
		err = auditing_partitions(&auditing, info);
	if (err == ERR_OK)
		err = auditing_texts(&auditing, info);
	if (err == ERR_OK)
		auditing_packs(&auditing);
	*out = auditing.result;
	auditing_release(&auditing);
	read = err == ERR_OK ? node_schema_check(node, info) : ERR_OK;
	/* what was judged without a kind would be wrong; what is wrong besides is told first */
	if (read == ERR_NOMEM || (read != ERR_OK && out->wrong == 0))
		return read;
	if (err == ERR_OK && out->wrong > 0)
		err = err_set_advised(info, ERR_AUTH, ADVICE_RESTORE, _("%llu things are wrong"),
		                      (unsigned long long)out->wrong);
	return err;
}
