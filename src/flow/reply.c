#include "flow/reply.h"

void
flow_reply_release(struct flow_reply *reply)
{
	flow_taken_release(&reply->taken);
	flow_sent_release(&reply->sent);
	bytes_release(&reply->bundle);
	*reply = (struct flow_reply){.found_why = {.code = ERR_OK}};
}

/* A kind `finding` of another sort finds nothing, and stops nobody. */
static void
compare(struct flow_reply *reply, const struct flow_desk *desk)
{
	enum err err;

	if (desk->is_dry_run)
		return;
	err = flow_findings_check(&reply->found, desk, 0, &reply->found_why);
	if (err == ERR_OK || err == ERR_STATE)
		reply->found_why.code = ERR_OK;
}

static enum err
make_answer(struct flow_reply *reply, const struct flow_desk *desk, struct err_info *info)
{
	struct err_info why;
	enum err err;

	if (desk->is_dry_run)
		return ERR_OK;
	err = flow_bundle_make(&reply->bundle, &reply->sent, desk, &reply->taken.sender, false, info);
	if (err == ERR_OK)
		err = node_commit(desk->node, "answer", info);
	/* a statement that was not kept must not stay in memory; the error that counts is the first */
	if (err != ERR_OK)
		(void)!node_revert(desk->node, &why);
	return err;
}

enum err
flow_reply(struct flow_reply *out, const struct flow_desk *desk, const struct flow_file *file, struct err_info *info)
{
	struct flow_reply reply = {.found_why = {.code = ERR_OK}};
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK)
		err = node_lock(desk->node, desk->wait_seconds, info);
	if (err == ERR_OK) {
		err = flow_take(&reply.taken, desk, file, info);
		if (err_exit_code(err) == err_exit_code(ERR_FORMAT) || err == ERR_AUTH)
			err = err_in(info, err, _("%s: not taken, nothing was changed"), file->name);
	}
	if (err == ERR_OK) {
		compare(&reply, desk);
		err = make_answer(&reply, desk, info);
	}
	node_unlock(desk->node);
	if (err != ERR_OK) {
		flow_reply_release(&reply);
		return err;
	}
	*out = reply;
	return ERR_OK;
}

int
flow_reply_exit_code(const struct flow_reply *reply)
{
	int code = flow_taken_exit_code(&reply->taken);

	return code == 0 && (reply->found_why.code != ERR_OK || reply->found.skipped > 0 ||
	                     reply->sent.left_out_count > 0)
	               ? err_exit_code(ERR_PART)
	               : code;
}
