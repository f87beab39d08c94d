#include "schema/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "schema/set.h"

struct checking {
	struct schema_findings *findings;
	struct view kind;
	struct err_info *info;
	enum err err;
};

static void tell(struct checking *checking, bool is_note, struct view field, const char *format, ...) FORMAT_OF(4, 5);

static void
tell(struct checking *checking, bool is_note, struct view field, const char *format, ...)
{
	struct schema_findings *findings = checking->findings;
	char text[LIMIT_MESSAGE_BYTES_MAX];
	const uint8_t *copy;
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (findings->count == findings->capacity) {
		size_t capacity = findings->capacity == 0 ? 16 : findings->capacity * 2;
		struct schema_finding *items = realloc(findings->items, capacity * sizeof(*items));

		if (items == NULL) {
			checking->err = err_nomem(checking->info);
			return;
		}
		findings->items = items;
		findings->capacity = capacity;
	}
	copy = arena_copy(&findings->arena, view_text(text));
	if (copy == NULL) {
		checking->err = err_nomem(checking->info);
		return;
	}
	findings->items[findings->count++] =
		(struct schema_finding){is_note, checking->kind, field, view_of(copy, strlen(text))};
	findings->error_count += is_note ? 0U : 1U;
}

static bool
is_same_authority(const struct schema_field *a, const struct schema_field *b)
{
	if (a->has_authority != b->has_authority || a->writer_count != b->writer_count)
		return false;
	for (size_t i = 0; i < a->writer_count; i++) {
		if (a->writers[i].level != b->writers[i].level ||
		    !view_equal(a->writers[i].department, b->writers[i].department))
			return false;
	}
	return true;
}

static bool
is_same_dependence(const struct schema_field *a, const struct schema_field *b)
{
	return a->depends_count == b->depends_count &&
	       (a->depends_count == 0 ||
	        memcmp(a->depends_on, b->depends_on, a->depends_count * sizeof(*a->depends_on)) == 0);
}

static void
check_enum(struct checking *checking, const struct schema_field *old, const struct schema_field *new)
{
	for (size_t i = 0; i < old->enum_count; i++) {
		if (i >= new->enum_count)
			tell(checking, false, old->name,
			     _("the value \"%.*s\" is gone: records that hold it could not be read"),
			     (int)old->enum_values[i].size, (const char *)old->enum_values[i].data);
		else if (!view_equal(old->enum_values[i], new->enum_values[i]))
			tell(checking, false, old->name,
			     _("value %zu was \"%.*s\" and is \"%.*s\": a list grows only at its end, or stored "
			       "positions are misread"),
			     i + 1, (int)old->enum_values[i].size, (const char *)old->enum_values[i].data,
			     (int)new->enum_values[i].size, (const char *)new->enum_values[i].data);
	}
}

static void
check_bounds(struct checking *checking, const struct schema_field *old, const struct schema_field *new)
{
	if (new->minimum > old->minimum || new->maximum < old->maximum)
		tell(checking, false, old->name, _("narrower bounds: old values would break them"));
	if (new->multiple > 1 && old->multiple % new->multiple != 0)
		tell(checking, false, old->name, _("multipleOf is coarser: old values would break it"));
	if (new->length_min > old->length_min || new->length_max < old->length_max)
		tell(checking, false, old->name, _("narrower lengths: old texts would break them"));
	if (new->items_min > old->items_min || new->items_max < old->items_max)
		tell(checking, false, old->name, _("narrower item counts: old lists would break them"));
	if (new->items_unique && !old->items_unique)
		tell(checking, false, old->name, _("items must now be unique: old lists would break it"));
	if (new->is_required && !old->is_required)
		tell(checking, false, old->name, _("newly required: old records without it would break it"));
	if (!view_equal(old->constant, new->constant) && new->constant.size > 0)
		tell(checking, false, old->name, _("another const: old values would break it"));
}

static void check_object(struct checking *checking, const struct schema_object *old, const struct schema_object *new);

static void check_nested(struct checking *checking, const struct schema_field *old, const struct schema_field *new);

static void
check_field(struct checking *checking, const struct schema_field *old, const struct schema_field *new)
{
	if (old->type != new->type) {
		tell(checking, false, old->name,
		     _("number %u has another type or format: stored values would be misread"), old->number);
		return;
	}
	if (!view_equal(old->name, new->name))
		tell(checking, true, old->name, _("renamed to %.*s"), (int)new->name.size,
		     (const char *)new->name.data);
	if (old->scale != new->scale)
		tell(checking, false, old->name, _("other digits behind the point: stored numbers would be misread"));
	if (!view_equal(old->unit, new->unit))
		tell(checking, false, old->name, _("another unit: stored numbers would be misread"));
	if (old->type == SCHEMA_CODE && !view_equal(old->codes->name, new->codes->name))
		tell(checking, false, old->name, _("another code set: stored codes would be misread"));
	if (old->type == SCHEMA_ENUM)
		check_enum(checking, old, new);
	if (old->merge != new->merge || old->member_key != new->member_key)
		tell(checking, false, old->name,
		     _("another x-merge or x-member-key: stored members would be in the wrong order"));
	check_bounds(checking, old, new);
	if (old->tier != new->tier)
		tell(checking, true, old->name, _("tier S%u became S%u"), old->tier, new->tier);
	if (!is_same_authority(old, new))
		tell(checking, true, old->name, _("another x-authority: it counts for edits from now on"));
	if (!is_same_dependence(old, new))
		tell(checking, true, old->name, _("another x-depends-on: it counts for edits from now on"));
	check_nested(checking, old, new);
}

static void
check_nested(struct checking *checking, const struct schema_field *old, const struct schema_field *new)
{
	if (old->type == SCHEMA_ARRAY && checking->err == ERR_OK)
		check_field(checking, old->item, new->item);
	else if (old->type == SCHEMA_OBJECT && checking->err == ERR_OK)
		check_object(checking, old->object, new->object);
}

static void
check_object(struct checking *checking, const struct schema_object *old, const struct schema_object *new)
{
	for (size_t i = 0; i < old->count; i++) {
		const struct schema_field *field = &old->fields[i];
		const struct schema_field *match = schema_field_by_number(new, field->number);

		if (match != NULL)
			check_field(checking, field, match);
		else
			tell(checking, true, field->name, _("removed; its number %u stays taken for ever"),
			     field->number);
	}
	for (size_t i = 0; i < new->count; i++) {
		const struct schema_field *field = &new->fields[i];
		const struct schema_field *named = schema_field_by_name(old, field->name);

		if (schema_field_by_number(old, field->number) == NULL && named != NULL)
			tell(checking, false, field->name,
			     _("its number was %u and is %u: stored values would be lost from sight"), named->number,
			     field->number);
		else if (schema_field_by_number(old, field->number) == NULL && field->is_required)
			tell(checking, false, field->name, _("a new field that is required: no old record has it"));
	}
}

static bool
is_same_key(const struct schema_kind *old, const struct schema_kind *new)
{
	if (old->key_count != new->key_count)
		return false;
	for (size_t i = 0; i < old->key_count; i++) {
		if (old->key[i] != new->key[i])
			return false;
	}
	return true;
}

static void
check_codes(struct checking *checking, const struct schema_codes *old, const struct schema_codes *new)
{
	for (size_t i = 0; i < old->count; i++) {
		const struct schema_code *code = &old->codes[i];
		const struct schema_code *match = schema_code_by_number(new, code->number);
		const struct schema_code *named = schema_code_by_text(new, code->code);

		if (named != NULL && named->number != code->number)
			tell(checking, false, code->code,
			     _("its number was %u and is %u: stored codes would be misread"), code->number,
			     named->number);
		else if (match == NULL)
			tell(checking, false, code->code,
			     _("the code is gone: records that hold it could not be read"));
		else if (!view_equal(match->code, code->code))
			tell(checking, true, code->code, _("renamed to %.*s"), (int)match->code.size,
			     (const char *)match->code.data);
	}
}

/* NULL: a rule in its short form has no name of its own. */
static const struct json *
name_of_rule(const struct json *rule)
{
	return json_form_of(rule) == JSON_FORM_OBJECT ? json_member(rule, "rule") : NULL;
}

static size_t
count_rules(const struct json *rules)
{
	return rules != NULL && json_form_of(rules) == JSON_FORM_ARRAY ? json_count(rules) : 0;
}

static const struct json *
rule_named(const struct json *rules, const struct json *name)
{
	for (size_t i = 0; i < count_rules(rules); i++) {
		const struct json *other = name_of_rule(json_item(rules, i));

		if (other != NULL && json_same(other, name))
			return json_item(rules, i);
	}
	return NULL;
}

enum rule_change {
	RULE_GONE,
	RULE_NEW,
	RULE_OTHER,
};

static void
tell_rule(struct checking *checking, enum rule_change change, struct view name)
{
	const struct view whole = {0};
	const char *text = (const char *)name.data;
	int size = (int)name.size;

	if (change == RULE_GONE)
		tell(checking, true, whole, _("the rule %.*s is gone"), size, text);
	else if (change == RULE_NEW)
		tell(checking, true, whole, _("the rule %.*s is new: it counts from now on"), size, text);
	else
		tell(checking, true, whole, _("the rule %.*s is another: it counts from now on"), size, text);
}

/* Each rule of `own` that `other` lacks or, asked for RULE_OTHER, has in another form. How many were told. */
static size_t
tell_rules(struct checking *checking, const struct json *own, const struct json *other, enum rule_change change)
{
	size_t told = 0;

	for (size_t i = 0; i < count_rules(own); i++) {
		const struct json *name = name_of_rule(json_item(own, i));
		const struct json *match = name == NULL ? NULL : rule_named(other, name);
		bool is_other = match != NULL && !json_same(match, json_item(own, i));

		if (name == NULL || (change == RULE_OTHER ? !is_other : match != NULL))
			continue;
		tell_rule(checking, change, json_text_of(name));
		told++;
	}
	return told;
}

/* What counts from now on, and changes no old record. */
static void
check_words(struct checking *checking, const struct json *old, const struct json *new)
{
	static const char *const WORDS[] = {"x-rules",     "x-unique", "x-excludes", "x-requires",
	                                    "x-standards", "x-states", "x-policy",   "x-notice"};

	for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
		const struct json *before = json_member(old, WORDS[i]);
		const struct json *after = json_member(new, WORDS[i]);
		size_t told = 0;

		if (before == after || (before != NULL && after != NULL && json_same(before, after)))
			continue;
		told += tell_rules(checking, before, after, RULE_GONE);
		told += tell_rules(checking, after, before, RULE_NEW);
		told += tell_rules(checking, after, before, RULE_OTHER);
		if (told == 0)
			tell(checking, true, (struct view){0}, _("another %s: it counts from now on"), WORDS[i]);
	}
}

static void
check_texts(struct checking *checking, const struct schema_kind *old, const struct schema_kind *new)
{
	struct json *before = NULL;
	struct json *after = NULL;

	if (digest_equal(&old->digest, &new->digest))
		return;
	checking->err = json_parse(&before, old->text, LIMIT_KIND_FILE_BYTES_MAX, 0, checking->info);
	if (checking->err == ERR_OK)
		checking->err = json_parse(&after, new->text, LIMIT_KIND_FILE_BYTES_MAX, 0, checking->info);
	if (checking->err == ERR_OK)
		check_words(checking, before, after);
	json_free(before);
	json_free(after);
}

enum err
schema_check(struct schema_findings *out, const struct schema_set *old, const struct schema_set *new,
             struct err_info *info)
{
	struct checking checking = {.findings = out, .info = info};

	for (size_t i = 0; i < schema_set_codes_count(old); i++) {
		const struct schema_codes *codes = schema_set_codes_at(old, i);
		const struct schema_codes *match = schema_set_codes(new, codes->name);

		checking.kind = codes->name;
		if (match == NULL)
			tell(&checking, false, (struct view){0},
			     _("the code set is gone: its codes could not be read"));
		else
			check_codes(&checking, codes, match);
	}
	for (size_t i = 0; i < schema_set_kind_count(old); i++) {
		const struct schema_kind *kind = schema_set_kind_at(old, i);
		const struct schema_kind *match = schema_set_kind(new, kind->name);

		checking.kind = kind->name;
		if (match == NULL) {
			tell(&checking, false, (struct view){0}, _("the kind is gone: its records could not be read"));
			continue;
		}
		if (!is_same_key(kind, match))
			tell(&checking, false, (struct view){0},
			     _("another x-key: records would be matched otherwise"));
		check_object(&checking, &kind->object, &match->object);
		if (checking.err == ERR_OK)
			check_texts(&checking, kind, match);
	}
	return checking.err;
}

void
schema_findings_release(struct schema_findings *findings)
{
	free(findings->items);
	arena_release(&findings->arena);
	*findings = (struct schema_findings){0};
}
