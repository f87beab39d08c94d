#include "flow/correct.h"

#include "flow/terms.h"

/* As much of the reason as a commit may hold: whole characters, no blank at the end. */
static struct view
reason_of(const char *text)
{
	struct view view = view_text(text);

	if (view.size > LIMIT_REASON_BYTES_MAX) {
		view.size = LIMIT_REASON_BYTES_MAX;
		while (view.size > 0 && (view.data[view.size] & 0xC0) == 0x80) /* not within a character */
			view.size--;
	}
	while (view.size > 0 && view.data[view.size - 1] == ' ')
		view.size--;
	return delta_text_is_plain(view) ? view : (struct view){0};
}

static enum err
sign_one(struct oid *head, const struct flow_desk *desk, struct partition *partition, struct partition_batch *batch,
         struct view text, const char *reason, struct err_info *info)
{
	struct partition_version parent = {0};
	struct partition_edit *edit = NULL;
	struct flow_terms terms;
	enum err err = partition_batch_version(&parent, batch, head, info);

	if (err == ERR_OK)
		err = flow_terms_for(&terms, desk, partition, &parent, info);
	if (err == ERR_OK) {
		terms.terms.voids = text;
		terms.terms.operator_name = (struct view){0}; /* the rule decided, not a person */
		terms.terms.reason = reason_of(reason);
		err = partition_edit_begin(&edit, batch, &terms.terms, info);
	}
	if (err == ERR_OK)
		err = partition_edit_sign(edit, node_keys(desk->node), head, info);
	partition_edit_free(edit);
	partition_version_release(&parent);
	return err;
}

enum err
flow_correct(struct oid *head, const struct flow_desk *desk, struct partition *partition, struct partition_batch *batch,
             const struct flow_correction *correction, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < correction->count; i++)
		err = sign_one(head, desk, partition, batch, correction->texts[i], correction->reason, info);
	return err;
}
