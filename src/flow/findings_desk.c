/* Findings at the desk: listed, and explained. */
#include <string.h>

#include "flow/finding_kind.h"
#include "flow/findings.h"
#include "flow/view.h"
#include "schema/across.h"
#include "seal/seal.h"

enum {
	SECONDS_PER_DAY = 86400,
	CHINA_SECONDS_EAST = 28800,
	REASON_BYTES_MAX = 16,
};

struct listing {
	struct node *node;
	const struct node_code *owner;
	bool is_all;
	flow_finding_visit visit;
	void *context;
	struct flow_finding_kind kind;
	struct flow_view view; /* of the partition at hand */
	struct arena arena;
	struct arena about_arena;
	struct bytes plaintext;
};

static const struct schema_across *
find_rule(const struct schema_set *set, struct view declared_by, struct view name)
{
	const struct schema_kind *kind = NULL;

	for (size_t i = 0; kind == NULL && i < schema_set_kind_count(set); i++) {
		if (view_equal(schema_set_kind_name(set, i), declared_by))
			kind = schema_set_kind_across(set, i);
	}
	for (size_t i = 0; kind != NULL && i < kind->across_count; i++) {
		if (view_equal(kind->rules_across[i].rule, name))
			return &kind->rules_across[i];
	}
	return NULL;
}

static struct view
state_text(const struct listing *listing, const struct record *record)
{
	static const char *const STATES[] = {"open", "explained", "closed"};

	for (size_t i = 0; i < sizeof(STATES) / sizeof(STATES[0]); i++) {
		if (flow_finding_is(record, &listing->kind, STATES[i]))
			return view_text(STATES[i]);
	}
	return (struct view){0};
}

/* The record that it is about, if it is there and opens. */
static enum err
open_about(struct record *out, bool *is_there, struct listing *listing, const struct id *id, struct err_info *info)
{
	enum err err = partition_get(&listing->plaintext, listing->view.partition, &listing->view.version, id, NULL);

	*is_there = false;
	if (err == ERR_NOT_FOUND || err == ERR_RIGHT)
		return ERR_OK;
	if (err == ERR_OK)
		err = record_read(out, &listing->about_arena, bytes_view(&listing->plaintext),
		                  LIMIT_RECORD_MERGED_BYTES_MAX, info);
	else
		err = err_set(info, err, "%s", _("the record of a finding does not open"));
	*is_there = err == ERR_OK;
	return err;
}

static enum err
show(struct listing *listing, const struct id *id, const struct record *record, struct err_info *info)
{
	const struct schema_set *set = node_schema(listing->node);
	struct flow_finding finding = {
		.owner = listing->owner,
		.id = id,
		.record = record,
		.kind = listing->kind.kind,
		.rule = find_rule(set, flow_finding_text(record, &listing->kind, FLOW_FINDING_DECLARED_BY),
	                          flow_finding_text(record, &listing->kind, FLOW_FINDING_RULE)),
		.of_kind = schema_set_kind(set, flow_finding_text(record, &listing->kind, FLOW_FINDING_RECORD_KIND)),
		.state = state_text(listing, record),
		.since = flow_finding_number(record, &listing->kind, FLOW_FINDING_SINCE, INT64_MIN),
	};
	struct record about;
	struct id about_id;
	bool is_there = false;
	enum err err = ERR_OK;

	bytes_clear(&listing->plaintext);
	arena_clear(&listing->about_arena);
	if (flow_finding_record(&about_id, record, &listing->kind)) {
		finding.about_id = &about_id;
		err = open_about(&about, &is_there, listing, &about_id, info);
	}
	if (is_there)
		finding.about = &about;
	return err == ERR_OK ? listing->visit(listing->context, &finding, info) : err;
}

static enum err
visit_record(void *context, const struct id *id, struct view plaintext, struct err_info *info)
{
	struct listing *listing = context;
	struct record record;
	enum err err;

	arena_clear(&listing->arena);
	err = record_read(&record, &listing->arena, plaintext, LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err != ERR_OK || !view_equal(record.kind, view_text(FLOW_FINDING_KIND)))
		return err;
	if (!listing->is_all && !flow_finding_is(&record, &listing->kind, "open"))
		return ERR_OK;
	return show(listing, id, &record, info);
}

static enum err
list_partition(struct listing *listing, struct err_info *info)
{
	enum err err = flow_view_open(&listing->view, listing->node, listing->owner, NULL, info);

	if (err == ERR_OK)
		err = partition_each(listing->view.partition, &listing->view.version, visit_record, listing, info);
	flow_view_release(&listing->view);
	return err;
}

enum err
flow_findings_each(struct node *node, const struct node_code *owner, bool is_all, flow_finding_visit visit,
                   void *context, struct err_info *info)
{
	struct listing listing = {.node = node, .owner = owner, .is_all = is_all, .visit = visit, .context = context};
	struct node_codes codes = {0};
	enum err err =
		node_schema(node) == NULL || schema_set_kind(node_schema(node), view_text(FLOW_FINDING_KIND)) == NULL
			? ERR_NOT_FOUND
			: flow_finding_kind_find(&listing.kind, node_schema(node), info);

	if (err == ERR_NOT_FOUND) /* no such kind: nothing can have been found */
		return ERR_OK;
	if (err == ERR_OK && owner != NULL) {
		err = list_partition(&listing, info);
	} else if (err == ERR_OK) {
		err = node_partitions(&codes, node, info);
		for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
			if (node_code_is_rolls(&codes.codes[i], NULL))
				continue;
			listing.owner = &codes.codes[i];
			err = list_partition(&listing, info);
			if (err == ERR_RIGHT) /* what we may not read concerns us not */
				err = ERR_OK;
		}
	}
	node_codes_release(&codes);
	arena_release(&listing.arena);
	arena_release(&listing.about_arena);
	seal_wipe_bytes(&listing.plaintext);
	return err;
}

static bool
is_reason(const char *text)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return size >= 1 && size <= REASON_BYTES_MAX;
}

static enum err
check_reason(const struct schema_set *set, const char *reason, struct err_info *info)
{
	const struct schema_codes *codes = set == NULL ? NULL : schema_set_codes(set, view_text("REASON"));

	if (codes != NULL && schema_code_by_text(codes, view_text(reason)) == NULL)
		return err_set(info, ERR_USAGE, _("'%s' is no code of the code set REASON"), reason);
	if (codes == NULL && !is_reason(reason))
		return err_set(info, ERR_USAGE, _("a reason has 1 to %d letters or digits, not '%s'"), REASON_BYTES_MAX,
		               reason);
	return ERR_OK;
}

static enum err
explain(struct record *record, struct arena *arena, const struct flow_finding_kind *kind, const char *reason,
        const char *text, int64_t today, struct err_info *info)
{
	enum err err = flow_finding_set(record, arena, kind, FLOW_FINDING_STATE, view_text("explained"), info);

	if (err == ERR_OK)
		err = flow_finding_set(record, arena, kind, FLOW_FINDING_REASON, view_text(reason), info);
	if (err == ERR_OK)
		err = flow_finding_set(record, arena, kind, FLOW_FINDING_NOTE, view_text(text), info);
	if (err == ERR_OK)
		err = flow_finding_set_day(record, arena, kind, FLOW_FINDING_EXPLAINED_ON, today, info);
	return err;
}

enum err
flow_findings_explain(struct flow_edit_result *out, const struct flow_desk *desk, const struct node_code *owner,
                      const char *name, const char *reason, const char *text, struct err_info *info)
{
	const struct env *env = node_env(desk->node);
	struct flow_finding_kind kind;
	struct flow_editing editing;
	struct bytes plaintext = {0};
	struct arena arena = {0};
	struct node_code found;
	struct record old;
	struct record record;
	bool is_changed = false;
	struct id id;
	enum err err = check_reason(node_schema(desk->node), reason, info);

	if (err == ERR_OK)
		err = flow_find_anywhere(&found, &id, desk->node, owner, name, info);
	if (err == ERR_OK)
		err = flow_editing_begin(&editing, desk, &found, info);
	if (err != ERR_OK)
		return err;
	err = flow_finding_kind_find(&kind, editing.schemas, info);
	if (err == ERR_OK)
		err = partition_edit_get(&plaintext, editing.edit, &id, info);
	if (err == ERR_OK)
		err = record_read(&old, &arena, bytes_view(&plaintext), LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err == ERR_OK && !view_equal(old.kind, view_text(FLOW_FINDING_KIND)))
		err = err_set_advised(info, ERR_STATE, ADVICE_NAME,
		                      _("record %s is no finding; see: tiersync findings"), name);
	if (err == ERR_OK && !flow_finding_is(&old, &kind, "open"))
		err = err_set_advised(info, ERR_STATE, ADVICE_NAME,
		                      _("finding %s is not open: it is gone or explained already"), name);
	if (err == ERR_OK)
		err = record_copy(&record, &arena, &old, info);
	if (err == ERR_OK)
		err = explain(&record, &arena, &kind, reason, text == NULL ? "" : text,
		              (env->now(env->context) + CHINA_SECONDS_EAST) / SECONDS_PER_DAY, info);
	if (err == ERR_OK)
		err = flow_editing_put(&editing, &arena, &id, &old, &record, &is_changed, info);
	if (err == ERR_OK)
		err = flow_editing_publish(&editing, info);
	if (err == ERR_OK)
		*out = (struct flow_edit_result){found, id, editing.last, is_changed};
	flow_editing_release(&editing);
	arena_release(&arena);
	seal_wipe_bytes(&plaintext);
	return err;
}
