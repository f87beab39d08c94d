#include "flow/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "flow/conflict.h"
#include "flow/desk.h"
#include "flow/reason.h"
#include "git/history.h"
#include "partition/derive.h"
#include "schema/value.h"
#include "statement/lines.h"

/* The writes of one record that several answers add up to. */
struct settled_record {
	struct id id;
	struct view kind;
	struct delta_writes writes;
};

/* One partition's edit in the making. */
struct resolving {
	const struct flow_desk *desk;
	struct flow_editing editing;
	struct git_history *history;
	struct arena arena;
	struct settled_record *records;
	size_t record_count;
	struct bytes place;
};

static void
resolving_release(struct resolving *resolving)
{
	git_history_free(resolving->history);
	flow_editing_release(&resolving->editing);
	arena_release(&resolving->arena);
	bytes_release(&resolving->place);
}

static enum err
row_of(struct merge_row *out, struct resolving *resolving, const struct id *id, struct err_info *info)
{
	return partition_row(out, &resolving->arena, resolving->editing.partition, &resolving->editing.head, id, info);
}

static const struct schema_kind *
kind_of(const struct resolving *resolving, const struct merge_row *row)
{
	return row->has_record ? schema_set_kind(resolving->editing.schemas, row->record.kind) : NULL;
}

/* --- which entry --- */

static bool
is_about(const struct merge_entry *entry, const struct schema_kind *kind, const char *place)
{
	const struct schema_field *field;

	if (kind == NULL || entry->kind == MERGE_TWIN || entry->path.type == RECORD_BUILT_IN)
		return false;
	field = schema_field_find(&kind->object, view_text(place));
	if (field == NULL)
		return false;
	if (entry->kind == MERGE_RULE) { /* a rule by a field that it reads */
		for (size_t i = 0; i < kind->rule_count; i++) {
			for (size_t k = 0;
			     view_equal(kind->rules[i].name, entry->rule) && k < kind->rules[i].field_count; k++) {
				if (kind->rules[i].fields[k] == field->number)
					return true;
			}
		}
		return false;
	}
	return entry->path.type != RECORD_EXISTENCE && entry->path.field == field->number;
}

/* An entry fits if its place is named in full, or by its field, or not at all; and if the answer's form closes it. */
static enum err
find_entry(const struct merge_entry **out, struct resolving *resolving, const struct flow_answer *answer,
           const struct merge_row *row, struct err_info *info)
{
	const struct schema_kind *kind = kind_of(resolving, row);
	const struct merge_entry *found[2] = {NULL, NULL}; /* by its field, or not named; by its place in full */
	size_t counts[2] = {0, 0};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < row->entries.count; i++) {
		const struct merge_entry *entry = &row->entries.items[i];
		bool is_exact;

		bytes_clear(&resolving->place);
		err = flow_place_write(&resolving->place, entry, kind, info);
		is_exact = err == ERR_OK && answer->place != NULL &&
		           view_equal(bytes_view(&resolving->place), view_text(answer->place));
		if (err != ERR_OK || !merge_form_fits(answer->form, entry->kind) ||
		    (answer->place != NULL && !is_exact && !is_about(entry, kind, answer->place)))
			continue;
		if (answer->form == MERGE_FORM_VALUE && found[is_exact] != NULL &&
		    record_path_compare(&found[is_exact]->path, &entry->path) == 0)
			continue; /* one write of the register answers both */
		found[is_exact] = entry;
		counts[is_exact]++;
	}
	if (err != ERR_OK)
		return err;
	if (counts[0] + counts[1] == 0)
		return err_set(info, ERR_NOT_FOUND,
		               _("%s has no open conflict%s%s that this answer closes; see: tiersync conflicts"),
		               answer->record, answer->place != NULL ? _(" at ") : "",
		               answer->place != NULL ? answer->place : "");
	if (counts[1] > 1 || (counts[1] == 0 && counts[0] > 1))
		return err_set(
			info, ERR_USAGE,
			_("%s has several open conflicts that this answer closes; name one with --field, as tiersync "
		          "conflicts shows it"),
			answer->record);
	*out = counts[1] > 0 ? found[1] : found[0];
	return ERR_OK;
}

/* --- what is taken --- */

static bool
is_meant(const struct partition_version *version, const char *text)
{
	char hex[2 * OID_BYTES + 1];
	const char *level = statement_level_name(version->info.level);

	hex_write(hex, view_of(version->commit.bytes, OID_BYTES));
	return (level != NULL && strcmp(level, text) == 0) || strcmp(version->info.node.text, text) == 0 ||
	       (strlen(text) >= 6 && strncmp(hex, text, strlen(text)) == 0);
}

static enum err
find_claim(struct oid *out, struct resolving *resolving, const struct merge_entry *entry, const char *text,
           struct err_info *info)
{
	size_t count = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < entry->count; i++) {
		struct partition_version version;

		err = partition_version_open(&version, resolving->editing.partition, &entry->commits[i], info);
		if (err != ERR_OK)
			break;
		if (is_meant(&version, text)) {
			*out = entry->commits[i];
			count++;
		}
		partition_version_release(&version);
	}
	if (err == ERR_OK && count == 0)
		err = err_set(info, ERR_NOT_FOUND,
		              _("nothing in this conflict was written by %s; a level, a node or a commit that tiersync "
		                "conflicts shows is expected"),
		              text);
	if (err == ERR_OK && count > 1)
		err = err_set(info, ERR_USAGE, _("%zu values in this conflict were written by %s; name the commit"),
		              count, text);
	return err;
}

static enum err
read_taken(struct merge_resolution *resolution, struct delta_writes *writes, struct resolving *resolving,
           const struct id *id, const char *text, struct err_info *info)
{
	const struct partition_deriving deriving = {resolving->editing.partition, NULL, resolving->history};
	struct partition_change *change = arena_get(&resolving->arena, sizeof(*change));
	struct oid commit;
	enum err err = change == NULL ? err_nomem(info) : find_claim(&commit, resolving, resolution->entry, text, info);

	if (err == ERR_OK)
		err = partition_derive_one(change, writes, &resolving->arena, &deriving, &commit, id, info);
	resolution->taken = writes;
	return err;
}

/* The value as the field, or what is in it, reads it. */
static enum err
read_value(struct merge_resolution *resolution, struct resolving *resolving, const char *text, struct err_info *info)
{
	const struct record_path *path = &resolution->entry->path;
	const struct schema_field *field =
		resolution->kind == NULL ? NULL : schema_field_by_number(&resolution->kind->object, path->field);
	struct bytes value = {0};
	const uint8_t *copy;
	enum err err;

	if (field != NULL && path->type == RECORD_MEMBER_FIELD && field->item != NULL && field->item->object != NULL)
		field = schema_field_by_number(field->item->object, path->sub);
	else if (field != NULL && path->type == RECORD_ELEMENT)
		field = field->item;
	if (field == NULL)
		return err_set(info, ERR_RULE, "%s",
		               _("the schema set held here does not know this field; use --take with a commit"));
	err = schema_value_from_text(&value, field, view_text(text), info);
	copy = arena_copy(&resolving->arena, bytes_view(&value));
	if (err == ERR_OK && copy == NULL)
		err = err_nomem(info);
	resolution->value = view_of(copy, value.size);
	bytes_release(&value);
	return err;
}

/* --- gathering --- */

static enum err
add_writes(struct resolving *resolving, const struct id *id, struct view kind, const struct delta_writes *writes,
           struct err_info *info)
{
	struct settled_record *record = NULL;

	for (size_t i = 0; i < resolving->record_count && record == NULL; i++)
		record = id_equal(&resolving->records[i].id, id) ? &resolving->records[i] : NULL;
	if (record == NULL) {
		record = &resolving->records[resolving->record_count++];
		*record = (struct settled_record){.id = *id, .kind = kind};
	}
	return merge_writes_join(&record->writes, &resolving->arena, writes, info);
}

static enum err
answer_entry(struct resolving *resolving, const struct flow_answer *answer, const struct id *id, struct err_info *info)
{
	struct merge_row *row = arena_get(&resolving->arena, 2 * sizeof(*row));
	struct merge_resolution resolution = {.form = answer->form, .row = row, .id = *id};
	struct delta_writes writes = {0};
	struct delta_writes other = {0};
	struct delta_writes taken = {0};
	struct id other_id = {{0}};
	enum err err = row == NULL ? err_nomem(info) : row_of(row, resolving, id, info);

	if (err == ERR_OK)
		err = find_entry(&resolution.entry, resolving, answer, row, info);
	if (err != ERR_OK)
		return err;
	resolution.kind = kind_of(resolving, row);
	if (answer->form == MERGE_FORM_TAKE)
		err = read_taken(&resolution, &taken, resolving, id, answer->text, info);
	if (answer->form == MERGE_FORM_VALUE)
		err = read_value(&resolution, resolving, answer->text, info);
	if (answer->form == MERGE_FORM_SAME_AS) {
		err = flow_find(&other_id, resolving->desk->node, resolving->editing.partition,
		                &resolving->editing.head, answer->text, info);
		if (err == ERR_OK)
			err = row_of(&row[1], resolving, &other_id, info);
		resolution.other_row = &row[1];
	}
	if (err == ERR_OK)
		err = merge_resolve(&writes, &other, &resolving->arena, &resolution, info);
	if (err == ERR_OK)
		err = add_writes(resolving, id, row->record.kind, &writes, info);
	if (err == ERR_OK && other.count > 0)
		err = add_writes(resolving, &other_id, row[1].record.kind, &other, info);
	return err;
}

/* --- finding the record: also one that is nowhere, but has entries --- */

static enum err
find_record(struct id *out, struct node *node, const struct node_code *owner, const char *text, struct err_info *info)
{
	struct partition *partition = NULL;
	struct partition_version version = {0};
	struct oid head = {{0}};
	struct err_info why;
	enum err err = node_partition_open(&partition, node, owner, info);

	if (err == ERR_OK)
		err = partition_head(partition, &head, info);
	if (err == ERR_OK)
		err = partition_version_open(&version, partition, &head, info);
	if (err == ERR_OK) {
		err = flow_find(out, node, partition, &version, text, &why);
		if (err == ERR_NOT_FOUND && strchr(text, '=') == NULL)
			err = partition_find_conflict(out, partition, &version, view_text(text), &why);
		if (err != ERR_OK)
			*info = why;
	}
	partition_version_release(&version);
	partition_free(partition);
	return err;
}

static enum err
find_anywhere(struct node_code *owner_out, struct id *out, struct node *node, const struct flow_answer *answer,
              struct err_info *info)
{
	struct node_codes codes = {0};
	size_t found = 0;
	enum err err;

	if (answer->owner != NULL) {
		*owner_out = *answer->owner;
		return find_record(out, node, answer->owner, answer->record, info);
	}
	err = node_partitions(&codes, node, info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		struct err_info why;
		struct id id;
		enum err one = find_record(&id, node, &codes.codes[i], answer->record, &why);

		if (one == ERR_OK) {
			*owner_out = codes.codes[i];
			*out = id;
			found++;
		} else if (one != ERR_NOT_FOUND && one != ERR_RIGHT) {
			err = err_pass(info, one, &why);
		}
	}
	node_codes_release(&codes);
	if (err == ERR_OK && found == 0)
		err = err_set(info, ERR_NOT_FOUND, _("no record here is named %s"), answer->record);
	if (err == ERR_OK && found > 1)
		err = err_set(info, ERR_USAGE,
		              _("%s names records in %zu partitions; add --partition NODE or more digits"),
		              answer->record, found);
	return err;
}

struct located {
	struct node_code owner;
	struct id id;
	bool is_done;
};

static enum err
at_row(enum err err, const struct flow_answer *answer, struct err_info *info)
{
	return err == ERR_OK || answer->row == 0 ? err
	                                         : err_in(info, err, _("row %llu"), (unsigned long long)answer->row);
}

static enum err
locate_all(struct located *out, struct node *node, const struct flow_answer *answers, size_t count,
           struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		err = flow_reason_check(node, answers[i].reason, info);
		if (err == ERR_OK)
			err = find_anywhere(&out[i].owner, &out[i].id, node, &answers[i], info);
		err = at_row(err, &answers[i], info);
	}
	return err;
}

/* The reason codes of one partition's answers, each once, as the edit's reason; a note may follow. */
static enum err
join_reasons(struct bytes *out, const struct flow_desk *desk, const struct flow_answer *answers,
             const struct located *located, size_t first, size_t count, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = first; err == ERR_OK && i < count; i++) {
		bool is_new = strcmp(located[i].owner.text, located[first].owner.text) == 0;

		for (size_t k = first; k < i && is_new; k++)
			is_new = strcmp(located[k].owner.text, located[first].owner.text) != 0 ||
			         strcmp(answers[k].reason, answers[i].reason) != 0;
		if (is_new && out->size + strlen(answers[i].reason) + 1 < LIMIT_REASON_BYTES_MAX / 2)
			err = bytes_printf(out, info, "%s%s", out->size == 0 ? "" : " ", answers[i].reason);
	}
	if (err == ERR_OK && desk->note != NULL && desk->note[0] != '\0')
		err = bytes_printf(out, info, ": %s", desk->note);
	return err;
}

static enum err
settle_partition(struct flow_resolved *out, const struct flow_desk *desk, const struct flow_answer *answers,
                 struct located *located, size_t first, size_t count, struct err_info *info)
{
	struct flow_desk with_reason = *desk;
	struct resolving resolving = {.desk = &with_reason};
	struct bytes reason = {0};
	size_t settled = 0;
	enum err err = join_reasons(&reason, desk, answers, located, first, count, info);

	with_reason.note = bytes_text(&reason);
	if (err == ERR_OK)
		err = flow_editing_begin(&resolving.editing, &with_reason, &located[first].owner, info);
	if (err == ERR_OK)
		err = git_history_open(&resolving.history,
		                       (struct git_reader){NULL, partition_store(resolving.editing.partition)}, info);
	resolving.records = arena_get(&resolving.arena, (2 * count + 1) * sizeof(*resolving.records));
	if (err == ERR_OK && resolving.records == NULL)
		err = err_nomem(info);
	for (size_t i = first; err == ERR_OK && i < count; i++) {
		if (located[i].is_done || strcmp(located[i].owner.text, located[first].owner.text) != 0)
			continue;
		located[i].is_done = true;
		err = at_row(answer_entry(&resolving, &answers[i], &located[i].id, info), &answers[i], info);
		settled++;
	}
	for (size_t i = 0; err == ERR_OK && i < resolving.record_count; i++) {
		const struct settled_record *record = &resolving.records[i];

		err = flow_editing_write(&resolving.editing, &resolving.arena, &record->id, record->kind,
		                         &record->writes, info);
	}
	if (err == ERR_OK)
		err = flow_editing_publish(&resolving.editing, info);
	if (err == ERR_OK) {
		out->settled += settled;
		out->commits += resolving.editing.commits;
		out->commit = resolving.editing.last;
	}
	bytes_release(&reason);
	resolving_release(&resolving);
	return err;
}

enum err
flow_resolve(struct flow_resolved *out, const struct flow_desk *desk, const struct flow_answer *answers, size_t count,
             struct err_info *info)
{
	struct located *located = calloc(count + 1, sizeof(*located));
	struct flow_desk rehearsal = *desk;
	enum err err = located == NULL ? err_nomem(info) : locate_all(located, desk->node, answers, count, info);

	*out = (struct flow_resolved){0};
	/* several partitions: all of it is tried before any of it is published */
	for (int pass = 0; err == ERR_OK && pass < 2; pass++) {
		rehearsal.is_dry_run = desk->is_dry_run || pass == 0;
		*out = (struct flow_resolved){0};
		for (size_t i = 0; i < count; i++)
			located[i].is_done = false;
		for (size_t i = 0; err == ERR_OK && i < count; i++) {
			if (!located[i].is_done)
				err = settle_partition(out, &rehearsal, answers, located, i, count, info);
		}
	}
	free(located);
	return err;
}
