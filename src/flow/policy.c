#include "flow/policy.h"

#include <string.h>

#include "text/date.h"

struct loading {
	struct policy *policy;
	const struct schema_set *set; /* whose kinds its rows are of */
};

static enum err
add_row(void *context, const struct flow_row *row, struct err_info *info)
{
	const struct loading *loading = context;
	const struct schema_kind *kind = row->kind == NULL ? NULL : schema_set_kind(loading->set, row->kind->name);
	const struct policy_record record = {.kind = kind,
	                                     .fields = row->record->fields,
	                                     .count = row->record->field_count,
	                                     .id = *row->id,
	                                     .owner = *row->owner};

	return kind == NULL ? ERR_OK : policy_add(loading->policy, &record, info);
}

/* A hub's partition, or ours: nobody else sets policy. */
static bool
may_hold(struct node *node, const struct node_code *owner)
{
	const struct roster_node *found = node_roster(node) == NULL ? NULL : roster_node_find(node_roster(node), owner);

	if (node_code_is_rolls(owner, NULL))
		return false;
	return strcmp(owner->text, node_identity_of(node)->code.text) == 0 ||
	       (found != NULL && found->level > NODE_LEVEL_TOWNSHIP);
}

static enum err
load(struct policy **out, struct node *node, const struct schema_set *set, struct err_info *info)
{
	struct loading loading = {.set = set};
	struct node_codes codes = {0};
	enum err err = policy_new(&loading.policy, set, info);

	if (err == ERR_OK && set != NULL)
		err = node_partitions(&codes, node, info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		const struct flow_walk walk = {.owner = &codes.codes[i]};

		if (may_hold(node, &codes.codes[i]))
			err = flow_each(node, &walk, add_row, &loading, info);
	}
	node_codes_release(&codes);
	if (err != ERR_OK) {
		policy_free(loading.policy);
		return err;
	}
	*out = loading.policy;
	return ERR_OK;
}

enum err
flow_policy_load(struct policy **out, struct node *node, struct err_info *info)
{
	return load(out, node, node_schema(node), info);
}

enum err
flow_policy_open(struct policy **out, struct node *node, const struct schema_set *set, struct err_info *info)
{
	struct policy *policy = NULL;
	enum err err = load(&policy, node, set, info);

	if (err == ERR_OK)
		err = policy_settle(policy, info);
	if (err != ERR_OK) {
		policy_free(policy);
		return err;
	}
	*out = policy;
	return ERR_OK;
}

static const char *
words_of(enum policy_problem_type type)
{
	switch (type) {
	case POLICY_OVERLAP:
		return _("its days overlap those of another record of the same matter");
	case POLICY_NO_LIMIT:
		return _("no kind has a limit of this name");
	case POLICY_NO_UNIT:
		return _("the unit is one of working_days, days, hours, months");
	case POLICY_NOT_BELOW:
		return _("the region does not lie below the office in whose partition it stands");
	case POLICY_HALF:
		return _("a field that it cannot do without is missing");
	case POLICY_CALENDAR_GAP:
		return _("no calendar speaks of the days between this table and the next");
	}
	return "";
}

enum err
flow_policy_describe(struct bytes *out, const struct policy_problem *problem, struct err_info *info)
{
	char hex[2 * ID_BYTES + 1];
	char day[TEXT_DATE_BYTES];
	enum err err;

	hex_write(hex, view_of(problem->id.bytes, ID_BYTES));
	err = bytes_printf(out, info, "%.*s %s (%s): %s", (int)problem->kind.size, (const char *)problem->kind.data,
	                   hex, problem->owner.text, words_of(problem->type));
	if (err == ERR_OK && problem->word.size > 0) {
		err = bytes_append_text(out, ": ", info);
		for (size_t i = 0; err == ERR_OK && i < problem->word.size; i++)
			err = bytes_append_byte(out, problem->word.data[i] == 0 ? '/' : problem->word.data[i], info);
	}
	if (err != ERR_OK || (problem->type != POLICY_OVERLAP && problem->type != POLICY_CALENDAR_GAP))
		return err;
	hex_write(hex, view_of(problem->other.bytes, ID_BYTES));
	if (!text_date_format(day, problem->day))
		return ERR_OK;
	return bytes_printf(out, info, _("; from %s on, with %s"), day, hex);
}

static void
write_day(char out[TEXT_DATE_BYTES], int64_t day)
{
	if (!text_date_format(out, day))
		out[0] = '\0';
}

enum err
flow_policy_check(const struct policy *policy, const struct node_code *owner, const struct id *id,
                  const struct schema_kind *kind, const struct record *record, struct err_info *info)
{
	const struct policy_record row = {
		.kind = kind, .fields = record->fields, .count = record->field_count, .id = *id, .owner = *owner};
	struct policy_problem problem;
	struct policy_overlap overlap;
	char hex[2 * ID_BYTES + 1];
	char from[TEXT_DATE_BYTES];
	char to[TEXT_DATE_BYTES];

	if (!policy_check(policy, &row, &problem, &overlap))
		return ERR_OK;
	if (problem.type != POLICY_OVERLAP)
		return err_set(info, ERR_RULE, _("this %.*s cannot count: %s"), (int)kind->name.size,
		               (const char *)kind->name.data, words_of(problem.type));
	hex_write(hex, view_of(overlap.id.bytes, ID_BYTES));
	write_day(from, overlap.from);
	write_day(to, overlap.to);
	return err_set(info, ERR_RULE,
	               _("its days overlap those of %.*s %s of %s (%s to %s); end that one before, or begin on another "
	                 "day"),
	               (int)kind->name.size, (const char *)kind->name.data, hex, overlap.owner.text, from,
	               to[0] == '\0' ? _("open") : to);
}

int64_t
flow_calendar_end(struct policy *policy, const struct node_code *office, int64_t day)
{
	const struct policy_office *found;
	struct err_info info;

	if (policy_for(&found, policy, office, &info) != ERR_OK)
		return day - 1;
	return calendar_known_until(policy_calendar(found), day);
}
