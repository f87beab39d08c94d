#include "flow/due.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/history.h"

enum {
	CODE_DIGITS = 12
};

struct looking {
	struct node *node;
	const struct flow_due_terms *terms;
	flow_due_visit visit;
	void *context;
	struct due_item *items;
	size_t room;
};

/* The last time that the status was written; a record has few edits, and few limits need it. */
struct dating {
	uint32_t field;
	int64_t time;
	bool is_found;
};

static enum err
date_status(void *context, const struct flow_edit_row *row, struct err_info *info)
{
	struct dating *dating = context;

	(void)info;
	for (size_t i = 0; !dating->is_found && row->writes != NULL && i < row->writes->count; i++) {
		const struct record_path *path = &row->writes->items[i].path;

		if (path->type != RECORD_EXISTENCE && path->type != RECORD_BUILT_IN && path->field == dating->field) {
			dating->time = row->version->info.time;
			dating->is_found = true;
		}
	}
	return ERR_OK;
}

/* The office of a level on the way from the root to the owner; the owner itself when there is none. */
static void
find_office(struct node_code *out, const struct looking *looking, const struct node_code *owner,
            const struct schema_limit *limit)
{
	const struct roster_node *path[LIMIT_LEVELS_MAX];
	size_t count = roster_path(node_roster(looking->node), owner, path);

	*out = *owner;
	for (size_t i = 0; limit->office_level != 0 && i < count; i++) {
		if (path[i]->level == limit->office_level)
			*out = path[i]->code;
	}
	if (limit->office_department.size > 0 && CODE_DIGITS + 1 + limit->office_department.size < sizeof(out->text)) {
		memset(out->text + CODE_DIGITS, 0, sizeof(out->text) - CODE_DIGITS);
		out->text[CODE_DIGITS] = '.';
		memcpy(out->text + CODE_DIGITS + 1, limit->office_department.data, limit->office_department.size);
	}
}

static enum err
tell(struct looking *looking, const struct flow_row *row, const struct due_item *item, struct err_info *info)
{
	struct flow_due_row told = {.row = row, .item = item};

	find_office(&told.office, looking, row->owner, item->limit);
	if (item->limit->person != 0) {
		told.person_field = schema_field_by_number(&row->kind->object, item->limit->person);
		told.person = record_get(row->record, item->limit->person);
	}
	return looking->visit(looking->context, &told, info);
}

static bool
needs_history(const struct due_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (items[i].state == DUE_NO_START && items[i].limit->since == 0)
			return true;
	}
	return false;
}

static enum err
look(void *context, const struct flow_row *row, struct err_info *info)
{
	struct looking *looking = context;
	struct due_question question = {.kind = row->kind, .now = looking->terms->now};
	size_t count;
	enum err err;

	if (row->kind == NULL || node_code_is_rolls(row->owner, NULL))
		return ERR_OK;
	err = looking->terms->count == NULL ? ERR_OK : looking->terms->count(looking->context, row, info);
	if (err != ERR_OK || due_limits(row->kind) == 0)
		return err;
	if (due_limits(row->kind) > looking->room) {
		struct due_item *items = realloc(looking->items, due_limits(row->kind) * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		looking->items = items;
		looking->room = due_limits(row->kind);
	}
	question.fields = row->record->fields;
	question.count = row->record->field_count;
	err = policy_for(&question.office, looking->terms->policy, row->owner, info);
	if (err != ERR_OK)
		return err;
	count = due_look(looking->items, &question);
	if (needs_history(looking->items, count)) {
		struct dating dating = {.field = row->kind->status->number};

		err = flow_log(looking->node, row->owner, row->id, date_status, &dating, info);
		question.has_written = dating.is_found;
		question.written = dating.time;
		if (err == ERR_OK)
			count = due_look(looking->items, &question);
	}
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = tell(looking, row, &looking->items[i], info);
	return err;
}

static void
skip(void *context, const struct node_code *owner, const struct err_info *why)
{
	struct looking *looking = context;

	looking->terms->skipped(looking->context, owner, why);
}

enum err
flow_due(struct node *node, const struct flow_due_terms *terms, flow_due_visit visit, void *context,
         struct err_info *info)
{
	struct looking looking = {.node = node, .terms = terms, .visit = visit, .context = context};
	const struct flow_walk walk = {
		.owner = terms->owner, .kind = terms->kind, .skipped = terms->skipped == NULL ? NULL : skip};
	enum err err = flow_each(node, &walk, look, &looking, info);

	free(looking.items);
	return err;
}
