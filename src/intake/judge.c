#include "intake/judge.h"

#include <stdio.h>
#include <stdlib.h>

#include "merge/entry.h"
#include "schema/rule.h"
#include "schema/value.h"

/* What is known of a line. */
enum {
	LINE_BAD = 1,       /* the write may not stand */
	LINE_NEW = 2,       /* of an edit that is judged for the first time */
	LINE_VOID = 4,      /* somebody has said it, and nobody has taken it back since */
	LINE_SETTLED = 8,   /* an office of our level or a higher one has spoken */
	LINE_REOPENED = 16, /* a lower one has taken it back */
};

enum {
	TEXT_BYTES_MAX = LIMIT_COMMIT_BYTES_MAX / 2, /* the rest of the commit is far smaller than the other half */
};

void
intake_verdicts_release(struct intake_verdicts *verdicts)
{
	table_release(&verdicts->lines);
	table_release(&verdicts->reopened);
	bytes_release(&verdicts->pending);
	arena_release(&verdicts->arena);
}

static void
note_reason(struct intake_verdicts *verdicts, const struct err_info *why)
{
	if (verdicts->first[0] != '\0')
		return;
	(void)snprintf(verdicts->first, sizeof(verdicts->first), "%s", why->text);
	verdicts->first_code = why->code;
}

/* The fast way first: hardly any edit has a write that it may not make. */
static enum err
find_without_right(bool *bad, struct intake_verdicts *verdicts, const struct authority_question *asked,
                   const struct partition_change *change, struct err_info *info)
{
	const struct delta_writes *writes = change->writes;
	struct authority_question question = *asked;
	struct err_info why;
	enum err err;

	question.record = change->after.has_record ? &change->after.record : NULL;
	err = authority_check(&question, writes, &why);
	if (err == ERR_OK)
		return ERR_OK;
	if (err != ERR_RIGHT) {
		*info = why;
		return err;
	}
	note_reason(verdicts, &why);
	for (size_t i = 0; i < writes->count; i++) {
		const struct delta_writes one = {.items = &writes->items[i], .count = 1};

		err = authority_check(&question, &one, &why);
		bad[i] = err == ERR_RIGHT;
		if (err != ERR_OK && err != ERR_RIGHT) {
			*info = why;
			return err;
		}
	}
	return ERR_OK;
}

static void
mark_field(bool *bad, const struct delta_writes *writes, uint32_t number)
{
	for (size_t i = 0; i < writes->count; i++) {
		const struct record_path *path = &writes->items[i].path;

		if (path->type != RECORD_EXISTENCE && path->type != RECORD_BUILT_IN && path->field == number)
			bad[i] = true;
	}
}

/* How many items a list has is a rule's business: a merge may join more, and who then takes one away has done nothing wrong. */
static bool
is_value_of(const struct schema_field *field, struct view value, struct err_info *why)
{
	struct schema_field any_count = *field;

	any_count.items_min = 0;
	any_count.items_max = UINT32_MAX;
	return schema_value_check(&any_count, value, why) == ERR_OK;
}

static void
note_wrong_value(struct intake_verdicts *verdicts, const struct schema_field *field, struct view value)
{
	struct err_info why;

	if (!is_value_of(field, value, &why))
		note_reason(verdicts, &why);
}

/* Values that are none of their field's: each field that was written is looked at once. */
static void
find_wrong_values(bool *bad, struct intake_verdicts *verdicts, const struct schema_kind *kind,
                  const struct partition_change *change)
{
	uint32_t last = 0;

	for (size_t i = 0; i < change->writes->count; i++) {
		const struct record_path *path = &change->writes->items[i].path;
		const struct schema_field *field;
		struct view value;

		if (path->type == RECORD_EXISTENCE || path->type == RECORD_BUILT_IN || path->is_drop ||
		    path->field == last)
			continue;
		last = path->field;
		field = schema_field_by_number(&kind->object, path->field);
		value = record_get(&change->after.record, path->field);
		if (field == NULL || value.size == 0 || is_value_of(field, value, NULL))
			continue;
		note_wrong_value(verdicts, field, value);
		mark_field(bad, change->writes, path->field);
	}
}

/* A rule that is broken and was not accepted so has an entry in the row. */
static bool
is_any_broken(const struct merge_row *row)
{
	if (row->record.built_in[RECORD_ACCEPTED].size > 0)
		return true;
	for (size_t i = 0; i < row->entries.count; i++) {
		if (row->entries.items[i].kind == MERGE_RULE)
			return true;
	}
	return false;
}

/* Rules that the parent kept and this edit broke: all that it wrote in their fields; nothing there: the record itself. */
static void
find_broken_rules(bool *bad, struct intake_verdicts *verdicts, const struct schema_kind *kind,
                  const struct partition_change *change)
{
	const struct record *before = change->before.has_record ? &change->before.record : NULL;
	const struct record *after = &change->after.record;
	struct err_info why;
	enum err err;

	if (!is_any_broken(&change->after))
		return;
	err = schema_rules_check(kind, before == NULL ? NULL : before->fields, before == NULL ? 0 : before->field_count,
	                         after->fields, after->field_count, &why);

	if (err == ERR_OK)
		return;
	note_reason(verdicts, &why);
	for (size_t i = 0; i < kind->rule_count; i++) {
		const struct schema_rule *rule = &kind->rules[i];

		if (schema_rule_holds(kind, rule, after->fields, after->field_count) ||
		    (before != NULL && !schema_rule_holds(kind, rule, before->fields, before->field_count)))
			continue;
		for (size_t k = 0; k < rule->field_count; k++)
			mark_field(bad, change->writes, rule->fields[k]);
		if (before == NULL && change->writes->count > 0)
			bad[0] = true; /* its existence */
	}
}

static enum err
add_pending(struct intake_verdicts *verdicts, const struct id *id, const struct record_path *path,
            struct err_info *info)
{
	const struct partition_register what = {verdicts->partition, verdicts->batch, id, path};
	struct record_path named;
	struct id digest;
	char hex[2 * ID_BYTES + 1];
	enum err err;

	verdicts->pending_count++;
	if (verdicts->partition == NULL)
		return ERR_OK;
	err = partition_register_name(&named, &digest, &what, info);
	hex_write(hex, view_of(id->bytes, ID_BYTES));
	if (err == ERR_OK)
		err = bytes_printf(&verdicts->pending, info, "%s ", hex);
	if (err == ERR_OK)
		err = record_path_write(&verdicts->pending, &named, info);
	if (err == ERR_OK)
		err = bytes_append_text(&verdicts->pending, "\n", info);
	return err;
}

enum err
intake_judge_change(struct intake_verdicts *verdicts, const struct authority_question *question,
                    const struct partition_change *change, struct err_info *info)
{
	const struct delta_writes *writes = change->writes;
	bool *bad = calloc(writes->count + 1, sizeof(*bad));
	enum err err = bad == NULL ? err_nomem(info) : ERR_OK;

	verdicts->total += writes->count;
	if (err == ERR_OK && question->kind == NULL) {
		for (size_t i = 0; i < writes->count; i++)
			bad[i] = true;
	} else if (err == ERR_OK) {
		err = find_without_right(bad, verdicts, question, change, info);
		if (err == ERR_OK && change->after.has_record) {
			find_wrong_values(bad, verdicts, question->kind, change);
			find_broken_rules(bad, verdicts, question->kind, change);
		}
	}
	for (size_t i = 0; err == ERR_OK && i < writes->count; i++) {
		if (bad[i])
			err = add_pending(verdicts, &change->id, &writes->items[i].path, info);
	}
	free(bad);
	return err;
}

enum err
intake_judge_answer(const struct intake_verdicts *verdicts, struct err_info *info)
{
	if (verdicts->pending_count == 0)
		return ERR_OK;
	return err_set(info, verdicts->first_code == ERR_OK ? ERR_RULE : verdicts->first_code, "%s", verdicts->first);
}

static enum err
say(struct intake_verdicts *verdicts, struct view line, struct err_info *info)
{
	uint64_t *value;
	enum err err = table_put(&verdicts->lines, line, &value, NULL, info);

	if (err == ERR_OK)
		*value |= LINE_BAD | (verdicts->is_again ? 0U : LINE_NEW);
	return err;
}

void
intake_judge_forget(struct intake_verdicts *verdicts)
{
	bytes_clear(&verdicts->pending);
	verdicts->pending_count = 0;
	verdicts->total = 0;
}

/* All of an edit: one line. Else a line for each write. */
enum err
intake_judge_commit(struct intake_verdicts *verdicts, const struct oid *commit, struct err_info *info)
{
	struct view rest = bytes_view(&verdicts->pending);
	char hex[2 * OID_BYTES + 1];
	struct bytes line = {0};
	enum err err = ERR_OK;

	hex_write(hex, view_of(commit->bytes, OID_BYTES));
	if (verdicts->pending_count > 1 && verdicts->pending_count == verdicts->total) {
		err = bytes_printf(&line, info, "Void: %s\n", hex);
		if (err == ERR_OK)
			err = say(verdicts, bytes_view(&line), info);
		rest = (struct view){0};
	}
	while (err == ERR_OK && rest.size > 0) {
		const uint8_t *end = memchr(rest.data, '\n', rest.size);
		size_t size = (size_t)(end - rest.data) + 1;

		bytes_clear(&line);
		err = bytes_printf(&line, info, "Void: %s ", hex);
		if (err == ERR_OK)
			err = bytes_append_view(&line, view_of(rest.data, size), info);
		if (err == ERR_OK)
			err = say(verdicts, bytes_view(&line), info);
		rest = view_of(rest.data + size, rest.size - size);
	}
	intake_judge_forget(verdicts);
	bytes_release(&line);
	return err;
}

static enum err
note_word(struct intake_verdicts *verdicts, const struct delta_void *word, struct view line, bool is_settled,
          struct err_info *info)
{
	uint64_t *value;
	enum err err = table_put(&verdicts->lines, line, &value, NULL, info);

	if (err != ERR_OK)
		return err;
	if (is_settled)
		*value |= LINE_SETTLED;
	else if (!word->is_restore)
		*value |= LINE_VOID;
	else
		*value = (*value & ~(uint64_t)LINE_VOID) | LINE_REOPENED;
	if (word->is_restore && !is_settled)
		err = table_put(&verdicts->reopened, view_of(word->commit.bytes, OID_BYTES), NULL, NULL, info);
	return err;
}

enum err
intake_judge_spoken(struct intake_verdicts *verdicts, const struct delta_commit_info *correction, uint8_t own_level,
                    struct err_info *info)
{
	struct view rest = correction->voids;
	struct bytes line = {0};
	enum err err = ERR_OK;

	while (err == ERR_OK && rest.size > 0) {
		struct delta_void word;
		struct delta_void said;

		err = delta_void_next(&word, &rest, &verdicts->arena, info);
		if (err != ERR_OK)
			break;
		said = word;
		said.is_restore = false; /* the line that we would say */
		bytes_clear(&line);
		err = delta_void_write(&line, &said, info);
		if (err == ERR_OK)
			err = note_word(verdicts, &word, bytes_view(&line), correction->level >= own_level, info);
	}
	bytes_release(&line);
	return err;
}

static int
compare_lines(const void *a, const void *b)
{
	const struct view *x = a;
	const struct view *y = b;
	size_t size = x->size < y->size ? x->size : y->size;
	int order = memcmp(x->data, y->data, size);

	return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

/* What is known of the whole edit that a line is about. "Void: " and 40 digits. */
static uint64_t
known_of_whole(const struct intake_verdicts *verdicts, struct view line)
{
	enum {
		PREFIX = 6 + 2 * OID_BYTES
	};
	char whole[PREFIX + 1];
	const uint64_t *value;

	if (line.size <= PREFIX + 1)
		return 0;
	memcpy(whole, line.data, PREFIX);
	whole[PREFIX] = '\n';
	value = table_find(&verdicts->lines, view_of(whole, sizeof(whole)));
	return value == NULL ? 0 : *value;
}

/* A word on the whole edit is one on each of its writes. */
static bool
must_say(const struct intake_verdicts *verdicts, struct view line, uint64_t known)
{
	uint64_t both = known | (known_of_whole(verdicts, line) & ~(uint64_t)(LINE_BAD | LINE_NEW));

	return (known & LINE_BAD) != 0 && (both & (LINE_NEW | LINE_REOPENED)) != 0 &&
	       (both & (LINE_VOID | LINE_SETTLED)) == 0;
}

static enum err
collect_lines(struct view **out, size_t *count_out, struct intake_verdicts *verdicts, struct err_info *info)
{
	struct view *lines = arena_get(&verdicts->arena, (verdicts->lines.count + 1) * sizeof(*lines));
	size_t position = 0;
	size_t count = 0;
	struct view key;
	uint64_t value;

	if (lines == NULL)
		return err_nomem(info);
	while (table_next(&verdicts->lines, &position, &key, &value)) {
		if (must_say(verdicts, key, value))
			lines[count++] = key;
	}
	if (count > 1)
		qsort(lines, count, sizeof(*lines), compare_lines);
	*out = lines;
	*count_out = count;
	return ERR_OK;
}

enum err
intake_verdicts_texts(struct view **out, size_t *count_out, size_t *lines_out, struct intake_verdicts *verdicts,
                      struct err_info *info)
{
	struct view *lines = NULL;
	struct view *texts;
	struct bytes text = {0};
	size_t count = 0;
	size_t text_count = 0;
	enum err err = collect_lines(&lines, &count, verdicts, info);

	if (err != ERR_OK)
		return err;
	texts = arena_get(&verdicts->arena, (count + 1) * sizeof(*texts));
	if (texts == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		err = bytes_append_view(&text, lines[i], info);
		if (err == ERR_OK && (i + 1 == count || text.size + lines[i + 1].size > TEXT_BYTES_MAX)) {
			const uint8_t *copy = arena_copy(&verdicts->arena, bytes_view(&text));

			if (copy == NULL)
				err = err_nomem(info);
			texts[text_count++] = view_of(copy, text.size);
			bytes_clear(&text);
		}
	}
	bytes_release(&text);
	if (err != ERR_OK)
		return err;
	*out = texts;
	*count_out = text_count;
	*lines_out = count;
	return ERR_OK;
}
