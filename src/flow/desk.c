#include "flow/desk.h"

#include <string.h>

#include "authority/authority.h"
#include "flow/checkpoint.h"
#include "flow/epoch.h"
#include "flow/policy.h"
#include "intake/judge.h"
#include "schema/rule.h"
#include "schema/value.h"

static enum err
begin_edit(struct flow_editing *editing, struct err_info *info)
{
	return partition_edit_begin(&editing->edit, editing->batch, &editing->terms.terms, info);
}

static enum err
open_head(struct flow_editing *editing, const struct node_code *owner, struct err_info *info)
{
	struct node *node = editing->desk->node;
	bool is_own = node_code_is_owner(&node_identity_of(node)->code, owner);
	struct oid head;
	enum err err = ERR_OK;

	if (is_own && node_code_is_rolls(owner, NULL))
		err = flow_start_rolls(editing->desk, owner, info);
	else if (is_own)
		err = flow_root_commit(editing->desk, info);
	if (err == ERR_OK)
		err = node_partition_open(&editing->partition, node, owner, info);
	if (err == ERR_OK)
		err = partition_lock(editing->partition, editing->desk->wait_seconds, info);
	if (err == ERR_OK)
		err = partition_head(editing->partition, &head, info);
	if (err == ERR_OK && oid_is_none(&head))
		err = err_set(info, ERR_STATE, _("nothing of the partition of %s has arrived here yet"),
		              node_label(node, owner));
	if (err == ERR_OK)
		err = flow_head_check(node, editing->partition, &head, info);
	if (err == ERR_OK)
		err = partition_version_open(&editing->head, editing->partition, &head, info);
	return err;
}

enum err
flow_editing_begin(struct flow_editing *out, const struct flow_desk *desk, const struct node_code *owner,
                   struct err_info *info)
{
	struct flow_editing editing = {.desk = desk};
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK && node_keys(desk->node) == NULL)
		err = err_set(info, ERR_STATE, "%s", _("this store has no keys: it cannot write"));
	if (err == ERR_OK)
		err = open_head(&editing, owner, info);
	if (err == ERR_OK)
		err = flow_terms_for(&editing.terms, desk, editing.partition, &editing.head, info);
	if (err == ERR_OK)
		err = roster_version_for(&editing.version, node_roster(desk->node), &node_identity_of(desk->node)->code,
		                         info);
	if (err == ERR_OK) {
		editing.schemas = node_schema_find(desk->node, editing.terms.terms.schema_version,
		                                   &editing.terms.terms.schema_digest);
		if (editing.schemas == NULL)
			err = err_set(info, ERR_STATE, "%s",
			              _("no schema set is held here; the root makes one with: tiersync schema add "
			                "KIND.json ..."));
	}
	if (err == ERR_OK)
		err = partition_batch_new(&editing.batch, editing.partition, info);
	if (err == ERR_OK)
		err = begin_edit(&editing, info);
	editing.last = editing.head.commit;
	if (err != ERR_OK) {
		flow_editing_release(&editing);
		return err;
	}
	*out = editing;
	out->terms.terms.roster = out->terms.roster; /* it pointed into the local */
	return ERR_OK;
}

enum err
flow_editing_natural(struct flow_editing *editing, struct err_info *info)
{
	if (editing->natural != NULL)
		return ERR_OK;
	return partition_batch_natural(&editing->natural, editing->batch, &editing->last, info);
}

enum err
flow_editing_sign(struct flow_editing *editing, struct err_info *info)
{
	enum err err = ERR_OK;

	if (editing->edit != NULL && partition_edit_count(editing->edit) > 0) {
		err = partition_edit_sign(editing->edit, node_keys(editing->desk->node), &editing->last, info);
		editing->commits += err == ERR_OK ? 1U : 0U;
	}
	partition_edit_free(editing->edit);
	editing->edit = NULL;
	return err;
}

enum err
flow_editing_next(struct flow_editing *editing, struct err_info *info)
{
	enum err err = flow_editing_sign(editing, info);

	if (err != ERR_OK)
		return err;
	editing->terms.terms.parent = editing->last;
	return begin_edit(editing, info);
}

enum err
flow_editing_publish(struct flow_editing *editing, struct err_info *info)
{
	enum err err = flow_editing_sign(editing, info);

	if (err != ERR_OK || editing->commits == 0 || editing->desk->is_dry_run)
		return err;
	return partition_batch_publish(editing->batch, &editing->head.commit, &editing->last, info);
}

void
flow_editing_release(struct flow_editing *editing)
{
	policy_free(editing->policy);
	partition_edit_free(editing->edit);
	partition_batch_free(editing->batch);
	partition_version_release(&editing->head);
	partition_free(editing->partition);
	*editing = (struct flow_editing){0};
}

enum err
flow_editing_kind(const struct schema_kind **out, const struct flow_editing *editing, struct view name,
                  struct err_info *info)
{
	struct bytes names = {0};
	enum err err = ERR_OK;

	*out = schema_set_kind(editing->schemas, name);
	if (*out != NULL)
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < schema_set_kind_count(editing->schemas); i++) {
		struct view known = schema_set_kind_name(editing->schemas, i);

		err = bytes_printf(&names, info, "%s%.*s", i == 0 ? "" : ", ", (int)known.size,
		                   (const char *)known.data);
	}
	if (err == ERR_OK)
		err = err_set(info, ERR_NOT_FOUND, _("schema set %u has no kind '%.*s'; it has: %s"),
		              schema_set_version(editing->schemas), (int)name.size, (const char *)name.data,
		              bytes_text(&names));
	bytes_release(&names);
	return err;
}

static struct authority_question
question_of(const struct flow_editing *editing, const struct schema_kind *kind)
{
	return (struct authority_question){
		.roster = node_roster(editing->desk->node),
		.version = &editing->version,
		.signer = editing->terms.terms.node,
		.owner = *partition_owner(editing->partition),
		.kind = kind,
		.time = editing->terms.terms.time,
	};
}

enum err
flow_editing_write(struct flow_editing *editing, struct arena *arena, const struct id *id, struct view kind,
                   const struct delta_writes *writes, struct err_info *info)
{
	struct partition_change change = {.id = *id, .kind = kind, .writes = writes};
	struct intake_verdicts verdicts = {.total = 0};
	struct authority_question question = question_of(editing, NULL);
	enum err err = partition_edit_change(editing->edit, &change, arena, info);

	question.kind = schema_set_kind(editing->schemas, kind);
	if (err == ERR_OK)
		err = intake_judge_change(&verdicts, &question, &change, info);
	if (err == ERR_OK)
		err = intake_judge_answer(&verdicts, info);
	intake_verdicts_release(&verdicts);
	return err;
}

static enum err
add_record(struct flow_editing *editing, struct arena *arena, struct id *id, const struct record *record,
           const struct schema_kind *kind, struct err_info *info)
{
	struct partition_change change = {.kind = record->kind, .whole = record};
	struct authority_question question = question_of(editing, kind);
	enum err err;

	question.record = record;
	err = authority_check_added(&question, arena, info);
	if (err == ERR_OK)
		err = partition_edit_add(editing->edit, &change, arena, info);
	if (err == ERR_OK) {
		*id = change.id;
		return ERR_OK;
	}
	if (err == ERR_RULE)
		err = schema_rules_check(kind, NULL, 0, record->fields, record->field_count, info);
	if (err == ERR_OK) /* the rule that no kind names */
		err = err_set(info, ERR_TOO_BIG, _("the record would have more than %d bytes"), LIMIT_RECORD_BYTES_MAX);
	return err;
}

/* Policy that contradicts other policy is refused here, where a person can still say which of the two is meant. */
static enum err
check_policy(struct flow_editing *editing, const struct id *id, const struct schema_kind *kind,
             const struct record *record, struct err_info *info)
{
	static const struct id none;
	enum err err = ERR_OK;

	if (editing->policy == NULL)
		err = flow_policy_load(&editing->policy, editing->desk->node, info);
	if (err == ERR_OK)
		err = flow_policy_check(editing->policy, partition_owner(editing->partition), id == NULL ? &none : id,
		                        kind, record, info);
	return err;
}

static enum err
note_policy(struct flow_editing *editing, const struct id *id, const struct schema_kind *kind,
            const struct record *record, struct err_info *info)
{
	const struct policy_record row = {.kind = kind,
	                                  .fields = record->fields,
	                                  .count = record->field_count,
	                                  .id = *id,
	                                  .owner = *partition_owner(editing->partition)};

	policy_drop(editing->policy, id);
	return policy_add(editing->policy, &row, info);
}

/* A new record, its values checked: `kind` is its own. */
static enum err
add_checked(struct flow_editing *editing, struct arena *arena, struct id *id, const struct record *record,
            const struct schema_kind *kind, struct err_info *info)
{
	enum err err = ERR_OK;

	if (kind->policy.type != SCHEMA_POLICY_NONE)
		err = check_policy(editing, NULL, kind, record, info);
	if (err == ERR_OK)
		err = add_record(editing, arena, id, record, kind, info);
	if (err == ERR_OK && editing->policy != NULL)
		err = note_policy(editing, id, kind, record, info);
	return err;
}

enum err
flow_editing_add(struct flow_editing *editing, struct arena *arena, struct id *id, const struct record *record,
                 struct err_info *info)
{
	const struct schema_kind *kind;
	enum err err = flow_editing_kind(&kind, editing, record->kind, info);

	if (err == ERR_OK)
		err = schema_record_check_required(kind, record->fields, record->field_count, info);
	return err == ERR_OK ? add_checked(editing, arena, id, record, kind, info) : err;
}

enum err
flow_editing_put(struct flow_editing *editing, struct arena *arena, struct id *id, const struct record *old,
                 struct record *record, bool *is_changed_out, struct err_info *info)
{
	const struct schema_kind *kind;
	struct delta_writes writes = {0};
	enum err err = flow_editing_kind(&kind, editing, record->kind, info);

	*is_changed_out = false;
	if (err == ERR_OK && old == NULL) {
		err = schema_record_check(kind, record->fields, record->field_count, info);
		if (err == ERR_OK)
			err = add_checked(editing, arena, id, record, kind, info);
		*is_changed_out = err == ERR_OK;
		return err;
	}
	if (err == ERR_OK)
		err = delta_changes(&writes, arena, old, record, kind, info);
	if (err != ERR_OK || writes.count == 0)
		return err;
	if (kind->policy.type != SCHEMA_POLICY_NONE)
		err = check_policy(editing, id, kind, record, info);
	if (err == ERR_OK)
		err = flow_editing_write(editing, arena, id, record->kind, &writes, info);
	if (err == ERR_OK && editing->policy != NULL)
		err = note_policy(editing, id, kind, record, info);
	*is_changed_out = err == ERR_OK;
	return err;
}

enum err
flow_editing_remove(struct flow_editing *editing, struct arena *arena, const struct id *id, const struct record *old,
                    struct err_info *info)
{
	const struct schema_kind *kind;
	struct delta_writes writes = {0};
	enum err err = flow_editing_kind(&kind, editing, old->kind, info);

	if (err == ERR_OK)
		err = delta_changes(&writes, arena, old, NULL, kind, info);
	return err == ERR_OK ? flow_editing_write(editing, arena, id, old->kind, &writes, info) : err;
}

enum err
flow_assign(struct record *record, struct arena *arena, const struct schema_kind *kind, const char *const *words,
            size_t count, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		const char *equals = strchr(words[i], '=');
		const struct schema_field *field;
		struct bytes value = {0};
		struct view copy;

		if (equals == NULL)
			return err_set(info, ERR_USAGE, _("'%s' is not of the form field=value"), words[i]);
		field = schema_field_find(&kind->object, view_of(words[i], (size_t)(equals - words[i])));
		if (field == NULL)
			return err_set(info, ERR_RULE,
			               _("kind %.*s has no field '%.*s'; see: tiersync schema show %.*s"),
			               (int)kind->name.size, (const char *)kind->name.data, (int)(equals - words[i]),
			               words[i], (int)kind->name.size, (const char *)kind->name.data);
		err = schema_value_from_text(&value, field, view_text(equals + 1), info);
		copy = view_of(arena_copy(arena, bytes_view(&value)), value.size);
		if (err == ERR_OK && copy.data == NULL)
			err = err_nomem(info);
		if (err == ERR_OK)
			err = record_set(record, arena, field->number, copy, info);
		bytes_release(&value);
	}
	return err;
}

/* Another live record of this partition with the same natural key. */
static enum err
check_twin(struct flow_editing *editing, const struct schema_kind *kind, const struct record *record,
           struct err_info *info)
{
	struct bytes key = {0};
	struct bytes ids = {0};
	bool has_key = false;
	char hex[2 * ID_BYTES + 1];
	enum err err;

	if (kind->key_count == 0)
		return ERR_OK;
	err = flow_editing_natural(editing, info);
	if (err == ERR_OK)
		err = record_natural_key(&key, &has_key, kind, record, info);
	if (err == ERR_OK && has_key)
		err = partition_natural_find(&ids, editing->natural, bytes_view(&key), info);
	if (err == ERR_OK && ids.size > 0) {
		hex_write(hex, view_of(ids.data, ID_BYTES));
		err = err_set(info, ERR_EXISTS,
		              _("record %s has this natural key already; change it with: tiersync set %s field=value"),
		              hex, hex);
	}
	bytes_release(&key);
	bytes_release(&ids);
	return err;
}

static void
fill_result(struct flow_edit_result *out, const struct flow_editing *editing, const struct id *id, bool is_changed)
{
	*out = (struct flow_edit_result){*partition_owner(editing->partition), *id, editing->last, is_changed};
}

enum err
flow_add(struct flow_edit_result *out, const struct flow_desk *desk, const struct node_code *owner,
         const char *kind_name, const char *const *words, size_t count, struct err_info *info)
{
	struct flow_editing editing;
	struct arena arena = {0};
	struct record record = {.kind = view_text(kind_name)};
	const struct schema_kind *kind;
	struct id id = {{0}};
	enum err err =
		flow_editing_begin(&editing, desk, owner != NULL ? owner : &node_identity_of(desk->node)->code, info);

	if (err != ERR_OK)
		return err;
	err = flow_editing_kind(&kind, &editing, record.kind, info);
	if (err == ERR_OK)
		err = flow_assign(&record, &arena, kind, words, count, info);
	if (err == ERR_OK)
		err = check_twin(&editing, kind, &record, info);
	if (err == ERR_OK)
		err = flow_editing_add(&editing, &arena, &id, &record, info);
	if (err == ERR_OK)
		err = flow_editing_publish(&editing, info);
	if (err == ERR_OK)
		fill_result(out, &editing, &id, true);
	flow_editing_release(&editing);
	arena_release(&arena);
	return err;
}

static enum err
read_record(struct record *out, struct arena *arena, struct bytes *plaintext, struct flow_editing *editing,
            const struct id *id, struct err_info *info)
{
	enum err err = partition_edit_get(plaintext, editing->edit, id, info);

	if (err != ERR_OK)
		return err;
	return record_read(out, arena, bytes_view(plaintext), LIMIT_RECORD_MERGED_BYTES_MAX, info);
}

/* Opens the partition in which the record lies for one edit of it. */
static enum err
begin_on(struct flow_editing *editing, struct id *id, const struct flow_desk *desk, const struct node_code *owner,
         const char *name, struct err_info *info)
{
	struct node_code found;
	enum err err = flow_find_anywhere(&found, id, desk->node, owner, name, info);

	if (err != ERR_OK)
		return err;
	return flow_editing_begin(editing, desk, &found, info);
}

enum err
flow_set(struct flow_edit_result *out, const struct flow_desk *desk, const struct node_code *owner, const char *name,
         const char *const *words, size_t count, struct err_info *info)
{
	struct flow_editing editing;
	struct arena arena = {0};
	struct bytes plaintext = {0};
	struct record old;
	struct record record;
	const struct schema_kind *kind;
	struct id id;
	bool is_changed = false;
	enum err err = begin_on(&editing, &id, desk, owner, name, info);

	if (err != ERR_OK)
		return err;
	err = read_record(&old, &arena, &plaintext, &editing, &id, info);
	if (err == ERR_OK)
		err = record_copy(&record, &arena, &old, info);
	if (err == ERR_OK)
		err = flow_editing_kind(&kind, &editing, record.kind, info);
	if (err == ERR_OK)
		err = flow_assign(&record, &arena, kind, words, count, info);
	if (err == ERR_OK)
		err = flow_editing_put(&editing, &arena, &id, &old, &record, &is_changed, info);
	if (err == ERR_OK)
		err = flow_editing_publish(&editing, info);
	if (err == ERR_OK)
		fill_result(out, &editing, &id, is_changed);
	flow_editing_release(&editing);
	arena_release(&arena);
	bytes_release(&plaintext);
	return err;
}

enum err
flow_remove(struct flow_edit_result *out, const struct flow_desk *desk, const struct node_code *owner, const char *name,
            struct err_info *info)
{
	struct flow_editing editing;
	struct arena arena = {0};
	struct bytes plaintext = {0};
	struct record old;
	struct id id;
	enum err err = begin_on(&editing, &id, desk, owner, name, info);

	if (err != ERR_OK)
		return err;
	err = read_record(&old, &arena, &plaintext, &editing, &id, info);
	if (err == ERR_OK)
		err = flow_editing_remove(&editing, &arena, &id, &old, info);
	if (err == ERR_OK)
		err = flow_editing_publish(&editing, info);
	if (err == ERR_OK)
		fill_result(out, &editing, &id, true);
	flow_editing_release(&editing);
	arena_release(&arena);
	bytes_release(&plaintext);
	return err;
}
