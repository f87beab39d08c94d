#include "flow/finding_kind.h"

#include <stdio.h>
#include <string.h>

#include "codec/codec.h"
#include "schema/set.h"
#include "schema/value.h"
#include "text/date.h"

const char FLOW_FINDING_KIND[] = "finding";

static const char *const NAMES[FLOW_FINDING_FIELD_COUNT] = {
#define FIELD(id, name) name,
	FLOW_FINDING_FIELDS(FIELD)
#undef FIELD
};

enum err
flow_finding_kind_find(struct flow_finding_kind *out, const struct schema_set *set, struct err_info *info)
{
	struct flow_finding_kind found = {.kind = set == NULL ? NULL
	                                                      : schema_set_kind(set, view_text(FLOW_FINDING_KIND))};

	if (found.kind == NULL)
		return err_set(info, ERR_STATE,
		               _("the schema set has no kind '%s', so nothing can be written; the root adds it with: "
		                 "tiersync schema add schema/kinds/finding.json schema/codes/FINDING.json"),
		               FLOW_FINDING_KIND);
	for (int i = 0; i < FLOW_FINDING_FIELD_COUNT; i++) {
		found.fields[i] = schema_field_by_name(&found.kind->object, view_text(NAMES[i]));
		if (found.fields[i] == NULL)
			return err_set(info, ERR_STATE, _("the kind '%s' of the schema set lacks the field '%s'"),
			               FLOW_FINDING_KIND, NAMES[i]);
	}
	*out = found;
	return ERR_OK;
}

enum err
flow_finding_set(struct record *record, struct arena *arena, const struct flow_finding_kind *kind,
                 enum flow_finding_field field, struct view text, struct err_info *info)
{
	struct bytes value = {0};
	const uint8_t *copy = NULL;
	enum err err = schema_value_from_text(&value, kind->fields[field], text, info);

	if (err == ERR_OK) {
		copy = arena_copy(arena, bytes_view(&value));
		err = copy == NULL ? err_nomem(info) : ERR_OK;
	}
	if (err == ERR_OK)
		err = record_set(record, arena, kind->fields[field]->number, view_of(copy, value.size), info);
	bytes_release(&value);
	return err;
}

enum err
flow_finding_set_number(struct record *record, struct arena *arena, const struct flow_finding_kind *kind,
                        enum flow_finding_field field, int64_t number, struct err_info *info)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld", (long long)number);
	return flow_finding_set(record, arena, kind, field, view_text(text), info);
}

enum err
flow_finding_set_day(struct record *record, struct arena *arena, const struct flow_finding_kind *kind,
                     enum flow_finding_field field, int64_t day, struct err_info *info)
{
	char text[TEXT_DATE_BYTES];

	if (!text_date_format(text, day))
		return err_set(info, ERR_RULE, "%s", _("the clock of this machine is out of range"));
	return flow_finding_set(record, arena, kind, field, view_text(text), info);
}

struct view
flow_finding_get(const struct record *record, const struct flow_finding_kind *kind, enum flow_finding_field field)
{
	return record_get(record, kind->fields[field]->number);
}

struct view
flow_finding_text(const struct record *record, const struct flow_finding_kind *kind, enum flow_finding_field field)
{
	struct view value = flow_finding_get(record, kind, field);
	struct codec_reader reader = codec_reader_of(value);
	struct view text = {0};

	if (value.size > 0 && codec_read_str(&text, &reader, NULL) != ERR_OK)
		return (struct view){0};
	return text;
}

int64_t
flow_finding_number(const struct record *record, const struct flow_finding_kind *kind, enum flow_finding_field field,
                    int64_t fallback)
{
	struct view value = flow_finding_get(record, kind, field);
	struct codec_reader reader = codec_reader_of(value);
	int64_t number = fallback;

	if (value.size > 0 && codec_read_int(&number, &reader, NULL) != ERR_OK)
		return fallback;
	return number;
}

bool
flow_finding_record(struct id *out, const struct record *record, const struct flow_finding_kind *kind)
{
	struct view value = flow_finding_get(record, kind, FLOW_FINDING_RECORD);
	struct codec_reader reader = codec_reader_of(value);

	return value.size > 0 && codec_read_bin_exact(out->bytes, ID_BYTES, &reader, NULL) == ERR_OK;
}

bool
flow_finding_is(const struct record *record, const struct flow_finding_kind *kind, const char *state)
{
	struct bytes wanted = {0};
	bool is_so =
		schema_value_from_text(&wanted, kind->fields[FLOW_FINDING_STATE], view_text(state), NULL) == ERR_OK &&
		view_equal(bytes_view(&wanted), flow_finding_get(record, kind, FLOW_FINDING_STATE));

	bytes_release(&wanted);
	return is_so;
}
