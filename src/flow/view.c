#include "flow/view.h"

#include <stdlib.h>
#include <string.h>

#include "flow/bundle.h"
#include "flow/checkpoint.h"
#include "schema/value.h"

enum err
flow_view_open(struct flow_view *out, struct node *node, const struct node_code *owner, const char *at,
               struct err_info *info)
{
	struct flow_view view = {0};
	struct oid commit = {{0}};
	enum err err = node_partition_open(&view.partition, node, owner, info);

	if (err == ERR_OK)
		err = at == NULL ? partition_head(view.partition, &commit, info)
		                 : partition_resolve(&commit, view.partition, at, info);
	if (err == ERR_OK && oid_is_none(&commit))
		err = flow_head_check_lost(node, view.partition, info); /* else "no records" of a damaged store */
	if (err == ERR_OK)
		err = partition_version_open(&view.version, view.partition, &commit, info);
	if (err != ERR_OK) {
		flow_view_release(&view);
		return err;
	}
	*out = view;
	return ERR_OK;
}

void
flow_view_release(struct flow_view *view)
{
	partition_version_release(&view->version);
	partition_free(view->partition);
	*view = (struct flow_view){0};
}

struct walking {
	struct node *node;
	const struct flow_walk *walk;
	const struct node_code *owner;
	flow_visit visit;
	void *context;
	size_t read;                  /* partitions, to their end */
	uint64_t visited;             /* records */
	struct flow_left_out *unread; /* in a walk over all */
	size_t unread_count;
	struct arena arena;
	struct bytes wanted; /* encoded value of --where, for the kind at hand */
};

/* Whether the record passes --where; a field that its kind has not passes nothing. */
static enum err
passes(bool *out, struct walking *walking, const struct schema_kind *kind, const struct record *record,
       struct err_info *info)
{
	const char *where = walking->walk->where;
	const char *equals = where == NULL ? NULL : strchr(where, '=');
	const struct schema_field *field;
	enum err err;

	*out = equals == NULL;
	if (equals == NULL)
		return ERR_OK;
	field = kind == NULL ? NULL : schema_field_find(&kind->object, view_of(where, (size_t)(equals - where)));
	if (field == NULL)
		return ERR_OK;
	bytes_clear(&walking->wanted);
	err = schema_value_from_text(&walking->wanted, field, view_text(equals + 1), info);
	if (err == ERR_OK)
		*out = view_equal(record_get(record, field->number), bytes_view(&walking->wanted));
	return err;
}

static enum err
visit_record(void *context, const struct id *id, struct view plaintext, struct err_info *info)
{
	struct walking *walking = context;
	const struct schema_set *set = node_schema(walking->node);
	struct record record;
	struct flow_row row = {.owner = walking->owner, .id = id, .record = &record};
	bool is_wanted = false;
	enum err err;

	arena_clear(&walking->arena);
	err = record_read(&record, &walking->arena, plaintext, LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err != ERR_OK)
		return err;
	if (walking->walk->kind != NULL && !view_equal(record.kind, view_text(walking->walk->kind)))
		return ERR_OK;
	row.kind = set == NULL ? NULL : schema_set_kind(set, record.kind);
	err = passes(&is_wanted, walking, row.kind, &record, info);
	if (err == ERR_OK && is_wanted) {
		walking->visited++;
		err = walking->visit(walking->context, &row, info);
	}
	return err;
}

static enum err
walk_partition(struct walking *walking, struct err_info *info)
{
	struct flow_view view = {0};
	enum err err = flow_view_open(&view, walking->node, walking->owner, walking->walk->at, info);

	if (err == ERR_OK)
		err = partition_each(view.partition, &view.version, visit_record, walking, info);
	flow_view_release(&view);
	return err;
}

static enum err
check_kind(struct node *node, const struct flow_walk *walk, struct err_info *info)
{
	const struct schema_set *set = node_schema(node);

	if (walk->kind == NULL || set == NULL || schema_set_kind(set, view_text(walk->kind)) != NULL)
		return ERR_OK;
	return err_set(info, ERR_NOT_FOUND, _("there is no kind '%s'; see: tiersync schema list"), walk->kind);
}

/* A field that one kind has is one that others lack; one that no kind has is mistyped, and "0 records" would hide it. */
static enum err
check_where(struct node *node, const struct flow_walk *walk, struct err_info *info)
{
	const struct schema_set *set = node_schema(node);
	const char *equals = walk->where == NULL ? NULL : strchr(walk->where, '=');
	int size = equals == NULL ? 0 : (int)(equals - walk->where);
	size_t count = set == NULL ? 0 : schema_set_kind_count(set);

	if (walk->where == NULL || (equals != NULL && set == NULL))
		return ERR_OK;
	if (equals == NULL)
		return err_set(info, ERR_USAGE, _("--where takes field=value, not '%s'"), walk->where);
	for (size_t i = 0; i < count; i++) {
		const struct schema_kind *kind = schema_set_kind_at(set, i);

		if ((walk->kind == NULL || view_equal(kind->name, view_text(walk->kind))) &&
		    schema_field_find(&kind->object, view_of(walk->where, (size_t)size)) != NULL)
			return ERR_OK;
	}
	if (walk->kind == NULL)
		return err_set(info, ERR_RULE, _("no kind has a field '%.*s'; see: tiersync schema show KIND"), size,
		               walk->where);
	return err_set(info, ERR_RULE, _("kind %.*s has no field '%.*s'; see: tiersync schema show %.*s"),
	               (int)strlen(walk->kind), walk->kind, size, walk->where, (int)strlen(walk->kind), walk->kind);
}

/* Whoever is told of it goes on without. */
static enum err
note_unread(struct walking *walking, enum err code, const struct err_info *why, struct err_info *info)
{
	struct flow_left_out *unread;

	if (walking->walk->skipped == NULL || !flow_is_of_one(code))
		return err_pass(info, code, why);
	unread = realloc(walking->unread, (walking->unread_count + 1) * sizeof(*walking->unread));
	if (unread == NULL)
		return err_nomem(info);
	walking->unread = unread;
	unread[walking->unread_count++] = (struct flow_left_out){.owner = *walking->owner, .why = *why};
	return ERR_OK;
}

/* If none at all was read, they are why; and if it is our own, nothing at all is no answer. */
static enum err
tell_unread(const struct walking *walking, struct err_info *info)
{
	const struct node_code *self = &node_identity_of(walking->node)->code;

	for (size_t i = 0; i < walking->unread_count; i++) {
		const struct flow_left_out *unread = &walking->unread[i];
		bool is_ours = strcmp(unread->owner.text, self->text) == 0;

		if (walking->read == 0 || (is_ours && walking->visited == 0))
			return err_pass(info, unread->why.code, &unread->why);
	}
	for (size_t i = 0; i < walking->unread_count; i++)
		walking->walk->skipped(walking->context, &walking->unread[i].owner, &walking->unread[i].why);
	return ERR_OK;
}

/* Of many partitions not each had the commit that --at names, or one on that day; one whose head is lost may have had it. */
static enum err
was_there(bool *out, const struct walking *walking, struct err_info *absent, struct err_info *info)
{
	struct partition *partition = NULL;
	struct oid commit;
	enum err err;

	if (walking->walk->at == NULL)
		return ERR_OK;
	err = node_partition_open(&partition, walking->node, walking->owner, info);
	if (err == ERR_OK)
		err = flow_head_check_lost(walking->node, partition, info);
	if (err == ERR_OK) {
		err = partition_resolve(&commit, partition, walking->walk->at, absent);
		*out = err == ERR_OK;
		if (err != ERR_OK)
			err = err == ERR_NOT_FOUND ? ERR_OK : err_pass(info, err, absent);
	}
	partition_free(partition);
	return err;
}

static enum err
walk_each(struct walking *walking, const struct node_codes *codes, struct err_info *info)
{
	struct err_info absent = {.code = ERR_OK};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < codes->count; i++) {
		struct err_info why = {.code = ERR_OK};
		bool is_there = true;

		walking->owner = &codes->codes[i];
		err = was_there(&is_there, walking, &absent, &why);
		if (err == ERR_OK && is_there) {
			err = walk_partition(walking, &why);
			walking->read += err == ERR_OK ? 1U : 0U;
		}
		if (err != ERR_OK)
			err = note_unread(walking, err, &why, info);
	}
	if (err == ERR_OK && absent.code != ERR_OK && walking->read + walking->unread_count == 0)
		err = err_pass(info, absent.code, &absent);
	return err;
}

static enum err
walk_all(struct walking *walking, struct err_info *info)
{
	struct node_codes codes = {0};
	struct err_info why = {.code = ERR_OK};
	enum err err = node_partitions(&codes, walking->node, info);
	enum err own = err == ERR_OK ? flow_own_check_listed(walking->node, &codes, &why) : ERR_OK;

	if (own != ERR_OK) {
		walking->owner = &node_identity_of(walking->node)->code;
		err = note_unread(walking, own, &why, info);
	}
	if (err == ERR_OK)
		err = walk_each(walking, &codes, info);
	if (err == ERR_OK)
		err = tell_unread(walking, info);
	free(walking->unread);
	node_codes_release(&codes);
	return err;
}

enum err
flow_each(struct node *node, const struct flow_walk *walk, flow_visit visit, void *context, struct err_info *info)
{
	struct walking walking = {.node = node, .walk = walk, .owner = walk->owner, .visit = visit, .context = context};
	enum err err = check_kind(node, walk, info);

	if (err == ERR_OK)
		err = check_where(node, walk, info);
	if (err == ERR_OK)
		err = walk->owner != NULL ? walk_partition(&walking, info) : walk_all(&walking, info);
	arena_release(&walking.arena);
	bytes_release(&walking.wanted);
	return err;
}

enum err
flow_get(struct node *node, const struct flow_walk *walk, const char *name, flow_visit visit, void *context,
         struct err_info *info)
{
	struct walking walking = {.node = node, .walk = walk, .visit = visit, .context = context};
	struct flow_view view = {0};
	struct bytes plaintext = {0};
	struct node_code owner;
	struct id id;
	enum err err = ERR_OK;

	if (walk->at == NULL) {
		err = flow_find_anywhere(&owner, &id, node, walk->owner, name, info);
		if (err == ERR_OK)
			err = flow_view_open(&view, node, &owner, NULL, info);
	} else {
		owner = walk->owner != NULL ? *walk->owner : node_identity_of(node)->code;
		err = flow_view_open(&view, node, &owner, walk->at, info);
		if (err == ERR_OK)
			err = flow_find(&id, node, view.partition, &view.version, name, info);
	}
	walking.owner = &owner;
	if (err == ERR_OK)
		err = partition_get(&plaintext, view.partition, &view.version, &id, info);
	if (err == ERR_OK)
		err = visit_record(&walking, &id, bytes_view(&plaintext), info);
	flow_view_release(&view);
	seal_wipe_bytes(&plaintext);
	arena_release(&walking.arena);
	bytes_release(&walking.wanted);
	return err;
}
