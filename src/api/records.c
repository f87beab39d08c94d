/* Reading and writing records. */
#include <stdio.h>

#include "api/store.h"
#include "flow/desk.h"
#include "flow/view.h"

struct visiting {
	tiersync_visit *visit;
	void *context;
	struct bytes json;
	bool is_enough;
};

static enum err
visit_row(void *context, const struct flow_row *row, struct err_info *info)
{
	struct visiting *visiting = context;
	enum err err;

	bytes_clear(&visiting->json);
	err = flow_row_json(&visiting->json, row, info);
	if (err != ERR_OK)
		return err;
	visiting->is_enough = !visiting->visit(visiting->context, row->owner->text, bytes_text(&visiting->json));
	return visiting->is_enough ? err_set(info, ERR_STALE, "%s", _("the caller had enough")) : ERR_OK;
}

/* `record` NULL: every one */
static enum tiersync_code
walk(tiersync_store *store, const struct tiersync_query *query, const char *record, struct visiting *visiting,
     struct tiersync_error *error)
{
	static const struct tiersync_query all;
	const struct tiersync_query *asked = query == NULL ? &all : query;
	struct flow_walk walk = {.at = asked->at, .kind = asked->kind, .where = asked->where};
	struct err_info info = {0};
	struct node_code code;
	enum err err = api_owner(&walk.owner, &code, asked->partition, &info);

	if (err == ERR_OK && record == NULL)
		err = flow_each(store->node, &walk, visit_row, visiting, &info);
	else if (err == ERR_OK)
		err = flow_get(store->node, &walk, record, visit_row, visiting, &info);
	bytes_release(&visiting->json);
	return api_code(visiting->is_enough ? ERR_OK : err, &info, error);
}

enum tiersync_code
tiersync_each(tiersync_store *store, const struct tiersync_query *query, tiersync_visit *visit, void *context,
              struct tiersync_error *error)
{
	struct visiting visiting = {.visit = visit, .context = context};

	return walk(store, query, NULL, &visiting, error);
}

enum tiersync_code
tiersync_get(tiersync_store *store, const struct tiersync_query *query, const char *record, tiersync_visit *visit,
             void *context, struct tiersync_error *error)
{
	struct visiting visiting = {.visit = visit, .context = context};

	return walk(store, query, record, &visiting, error);
}

/* What the three edits have alike: the owner, the answer. */
struct editing {
	struct err_info info;
	struct node_code code;
	const struct node_code *owner;
	struct flow_edit_result result;
};

static enum err
begin(struct editing *editing, const char *partition)
{
	*editing = (struct editing){.owner = NULL};
	return api_owner(&editing->owner, &editing->code, partition, &editing->info);
}

static enum tiersync_code
end(struct tiersync_edit *out, enum err err, const struct editing *editing, struct tiersync_error *error)
{
	if (err == ERR_OK) {
		hex_write(out->id, view_of(editing->result.id.bytes, ID_BYTES));
		(void)snprintf(out->partition, sizeof(out->partition), "%s", editing->result.owner.text);
		out->is_changed = editing->result.is_changed;
	}
	return api_code(err, &editing->info, error);
}

enum tiersync_code
tiersync_add(struct tiersync_edit *out, tiersync_store *store, const char *partition, const char *kind,
             const char *const *values, size_t count, struct tiersync_error *error)
{
	struct editing editing;
	enum err err = begin(&editing, partition);

	if (err == ERR_OK)
		err = flow_add(&editing.result, &store->desk, editing.owner, kind, values, count, &editing.info);
	return end(out, err, &editing, error);
}

enum tiersync_code
tiersync_set(struct tiersync_edit *out, tiersync_store *store, const char *partition, const char *record,
             const char *const *values, size_t count, struct tiersync_error *error)
{
	struct editing editing;
	enum err err = begin(&editing, partition);

	if (err == ERR_OK)
		err = flow_set(&editing.result, &store->desk, editing.owner, record, values, count, &editing.info);
	return end(out, err, &editing, error);
}

enum tiersync_code
tiersync_remove(struct tiersync_edit *out, tiersync_store *store, const char *partition, const char *record,
                struct tiersync_error *error)
{
	struct editing editing;
	enum err err = begin(&editing, partition);

	if (err == ERR_OK)
		err = flow_remove(&editing.result, &store->desk, editing.owner, record, &editing.info);
	return end(out, err, &editing, error);
}
