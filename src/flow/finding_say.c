/* What a finding says: of its own record all that the office needs, of the others how many they are. */
#include <stdio.h>

#include "flow/finding_writing.h"
#include "record/show.h"
#include "schema/slice.h"
#include "schema/value.h"
#include "seal/seal.h"

enum {
	SHOWN_BYTES_MAX = 1000, /* of the field's 400 characters */
};

enum err
finding_rule_of_step(struct bytes *out, const struct schema_kind *kind, struct err_info *info)
{
	bytes_clear(out);
	return bytes_printf(out, info, "states:%.*s", (int)kind->status->name.size,
	                    (const char *)kind->status->name.data);
}

enum err
finding_say_text(struct finding_writing *writing, struct record *record, enum flow_finding_field field,
                 struct view text, struct err_info *info)
{
	return flow_finding_set(record, &writing->arena, &writing->check->kind, field, text, info);
}

/* Marks as a set; past LIMIT_FINDING_PARTS_MAX the smallest are kept. */
static enum err
set_parts(struct finding_writing *writing, struct record *record, const struct finding_action *action,
          struct err_info *info)
{
	struct bytes json = {0};
	enum err err = bytes_append_byte(&json, '[', info);

	for (size_t i = 0; err == ERR_OK && i < action->part_count && i < LIMIT_FINDING_PARTS_MAX; i++)
		err = bytes_printf(&json, info, "%s\"%016llx\"", i == 0 ? "" : ",",
		                   (unsigned long long)action->parts[i].mark);
	if (err == ERR_OK)
		err = bytes_append_byte(&json, ']', info);
	if (err == ERR_OK)
		err = finding_say_text(writing, record, FLOW_FINDING_PARTS, bytes_view(&json), info);
	bytes_release(&json);
	return err;
}

/* Money is read in yuan; all else as it is shown elsewhere. The text lies in a record, so it is in one language. */
static enum err
show_value(struct bytes *out, const struct schema_field *field, struct view value, struct err_info *info)
{
	const struct record_display_terms terms = {SCHEMA_CHINESE, true};
	int64_t fen = 0;

	if (field->type != SCHEMA_INTEGER || !view_equal(field->unit, view_text("fen")) ||
	    !schema_integer_of(value, &fen) || fen < 0)
		return record_display_value(out, field, value, &terms, info);
	return bytes_printf(out, info, "%lld.%02lld元", (long long)(fen / 100), (long long)(fen % 100));
}

/* What a rule lets be repeated of the other side: titles and values, in words. */
static enum err
show_fields(struct bytes *out, const struct schema_across *rule, const struct schema_slice *fields, size_t count,
            struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < rule->shown_count; i++) {
		const struct schema_field *field = schema_field_by_number(&rule->other.kind->object, rule->shown[i]);
		struct view value = schema_slice_value(fields, count, rule->shown[i]);

		if (value.size == 0)
			continue;
		err = bytes_printf(out, info, "%s%.*s ", out->size == 0 ? "" : "; ", (int)field->title.zh.size,
		                   (const char *)field->title.zh.data);
		if (err == ERR_OK)
			err = show_value(out, field, value, info);
	}
	if (out->size > SHOWN_BYTES_MAX)
		bytes_clear(out);
	return err;
}

/* The row of the policy that the record does not keep to. */
static enum err
show_standard(struct bytes *out, struct finding_writing *writing, const struct finding_wanted *wanted,
              struct err_info *info)
{
	struct finding_check *check = writing->check;
	const struct finding_side *side = finding_side_of(check->rules, wanted->posting.side);
	struct record own;
	const struct finding_record looked_at = {
		.record = &own,
		.kind = side->side->kind,
		.id = wanted->posting.record,
		.place = wanted->posting.place,
		.policy = check->policy,
		.owner = &check->places[wanted->posting.place].owner,
	};
	struct bytes plaintext = {0};
	struct policy_found row;
	enum err err = finding_open_record(&own, &plaintext, check, looked_at.place, &looked_at.id, info);

	if (err == ERR_OK && finding_standard_broken(&row, side->rule, &looked_at))
		err = show_fields(out, side->rule, row.fields, row.count, info);
	seal_wipe_bytes(&plaintext);
	return err;
}

static enum err
show_roll(struct bytes *out, struct finding_writing *writing, const struct finding_wanted *wanted,
          struct err_info *info)
{
	struct finding_check *check = writing->check;
	const struct schema_across *rule = finding_side_of(check->rules, wanted->posting.side)->rule;
	struct bytes plaintext = {0};
	struct record roll;
	enum err err;

	if (rule->shown_count == 0)
		return ERR_OK;
	if (rule->type == SCHEMA_STANDARDS) {
		err = show_standard(out, writing, wanted, info);
		return err == ERR_NOT_FOUND || err == ERR_RIGHT ? ERR_OK : err;
	}
	if (wanted->others == 0)
		return ERR_OK;
	err = finding_open_record(&roll, &plaintext, check, wanted->other_place, &wanted->other, info);
	if (err == ERR_OK)
		err = show_fields(out, rule, roll.fields, roll.field_count, info);
	seal_wipe_bytes(&plaintext);
	return err == ERR_NOT_FOUND || err == ERR_RIGHT ? ERR_OK : err;
}

/* Parts, number and what is shown: what may change while it is open. */
enum err
finding_say_cause(struct finding_writing *writing, struct record *record, const struct finding_action *action,
                  struct err_info *info)
{
	struct bytes shown = {0};
	enum err err = ERR_OK;

	if (action->step != NULL)
		err = bytes_append_text(&shown, action->step->shown, info);
	else
		err = show_roll(&shown, writing, action->wanted, info);
	if (err == ERR_OK)
		err = finding_say_text(writing, record, FLOW_FINDING_SHOWN, bytes_view(&shown), info);
	if (err == ERR_OK && action->wanted != NULL)
		err = set_parts(writing, record, action, info);
	if (err == ERR_OK && action->wanted != NULL)
		err = flow_finding_set_number(record, &writing->arena, &writing->check->kind, FLOW_FINDING_OTHERS,
		                              (int64_t)action->wanted->others, info);
	bytes_release(&shown);
	return err;
}

/* Whom of the own record's list it is about. */
static enum err
set_about(struct finding_writing *writing, struct record *record, const struct finding_wanted *wanted,
          struct err_info *info)
{
	struct finding_check *check = writing->check;
	struct bytes plaintext = {0};
	struct bytes about = {0};
	struct record own;
	enum err err;

	if (wanted->posting.element == 0)
		return ERR_OK;
	err = finding_open_record(&own, &plaintext, check, wanted->posting.place, &wanted->posting.record, info);
	if (err == ERR_OK)
		err = finding_about(&about, check->rules, wanted->posting.side, wanted->posting.element, &own, info);
	if (err == ERR_OK)
		err = finding_say_text(writing, record, FLOW_FINDING_ABOUT, bytes_view(&about), info);
	if (err == ERR_OK)
		err = flow_finding_set_number(record, &writing->arena, &check->kind, FLOW_FINDING_ELEMENT,
		                              (int64_t)wanted->posting.element, info);
	seal_wipe_bytes(&plaintext);
	seal_wipe_bytes(&about);
	return err;
}

enum err
finding_say_names(struct finding_writing *writing, struct record *record, const struct finding_action *action,
                  struct err_info *info)
{
	struct finding_check *check = writing->check;
	const struct finding_side *side =
		action->wanted == NULL ? NULL : finding_side_of(check->rules, action->wanted->posting.side);
	struct view declared_by = side == NULL ? action->step->kind->name : side->declared_by->name;
	struct view kind = side == NULL ? action->step->kind->name : side->side->kind->name;
	const struct id *id = side == NULL ? &action->step->record : &action->wanted->posting.record;
	char hex[2 * ID_BYTES + 1];
	enum err err = ERR_OK;

	hex_write(hex, view_of(id->bytes, ID_BYTES));
	if (side == NULL)
		err = finding_rule_of_step(&writing->text, action->step->kind, info);
	if (err == ERR_OK)
		err = finding_say_text(writing, record, FLOW_FINDING_RULE,
		                       side == NULL ? bytes_view(&writing->text) : side->rule->rule, info);
	if (err == ERR_OK)
		err = finding_say_text(writing, record, FLOW_FINDING_DECLARED_BY, declared_by, info);
	if (err == ERR_OK)
		err = finding_say_text(writing, record, FLOW_FINDING_RECORD, view_text(hex), info);
	if (err == ERR_OK)
		err = finding_say_text(writing, record, FLOW_FINDING_RECORD_KIND, kind, info);
	if (err == ERR_OK)
		err = finding_say_text(writing, record, FLOW_FINDING_OFFICE,
		                       view_text(node_identity_of(check->node)->code.text), info);
	if (err == ERR_OK && action->wanted != NULL)
		err = set_about(writing, record, action->wanted, info);
	return err;
}

enum err
finding_say_open(struct finding_writing *writing, struct record *record, struct err_info *info)
{
	static const enum flow_finding_field CLEARED[] = {FLOW_FINDING_CLOSED_ON, FLOW_FINDING_REASON,
	                                                  FLOW_FINDING_NOTE, FLOW_FINDING_EXPLAINED_ON};
	struct finding_check *check = writing->check;
	enum err err = finding_say_text(writing, record, FLOW_FINDING_STATE, view_text("open"), info);

	if (err == ERR_OK)
		err = flow_finding_set_day(record, &writing->arena, &check->kind, FLOW_FINDING_SINCE, check->today,
		                           info);
	for (size_t i = 0; err == ERR_OK && i < sizeof(CLEARED) / sizeof(CLEARED[0]); i++)
		err = finding_say_text(writing, record, CLEARED[i], (struct view){0}, info);
	return err;
}
