/* x-standards: a record against the rows of a policy. */
#include "schema/across_side.h"

static enum err
read_is(struct schema_across *rule, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	static const char *const NAMES[] = {
		[SCHEMA_NO_ROW] = "none",
		[SCHEMA_AT_MOST] = "at_most",
		[SCHEMA_AT_LEAST] = "at_least",
		[SCHEMA_EQUAL] = "equal",
	};

	for (unsigned i = SCHEMA_NO_ROW; json != NULL && i <= SCHEMA_EQUAL; i++) {
		if (json_text_is(json, NAMES[i])) {
			rule->standard.is = (enum schema_standard_is)i;
			return ERR_OK;
		}
	}
	return schema_refuse(builder, info, ERR_FORMAT, "%s",
	                     _("\"is\" of a standard is one of \"at_most\", \"at_least\", \"equal\", \"none\""));
}

/* A field of the record; lists are not looked into. */
static enum err
read_own(struct schema_path *out, struct schema_across *rule, struct schema_builder *builder, const struct json *json,
         const char *member, struct err_info *info)
{
	struct view name;
	enum err err;

	if (json == NULL)
		return ERR_OK;
	err = schema_read_path_name(&name, builder, json, info);
	if (err == ERR_OK)
		err = schema_read_path(out, &rule->own.list, builder, rule->own.kind, name, info);
	if (err != ERR_OK)
		return err;
	if (out == &rule->standard.since ? out->type->type != SCHEMA_DATE && out->type->type != SCHEMA_MONTH
	                                 : out->type->type != SCHEMA_INTEGER)
		return schema_refuse(builder, info, ERR_FORMAT,
		                     _("the field \"%.*s\" is not of the type that \"%s\" needs"), (int)name.size,
		                     (const char *)name.data, member);
	return ERR_OK;
}

static enum err
check_standard(const struct schema_across *rule, struct schema_builder *builder, struct err_info *info)
{
	const struct schema_standard *standard = &rule->standard;
	const struct schema_policy *policy = &rule->other.kind->policy;
	bool is_amount = standard->is != SCHEMA_NO_ROW;

	if ((policy->type != SCHEMA_POLICY_ROW && policy->type != SCHEMA_POLICY_VALUE) ||
	    (is_amount && policy->amount == 0))
		return schema_refuse(
			builder, info, ERR_FORMAT,
			_("the kind \"%.*s\" is no policy of dated rows or values (\"is\": \"row\" or \"value\")%s"),
			(int)rule->other.kind->name.size, (const char *)rule->other.kind->name.data,
			is_amount ? _(" with an \"amount\"") : "");
	if (is_amount != (standard->amount.field != 0) || (is_amount && standard->since.field == 0) ||
	    (!is_amount && standard->times.field != 0))
		return schema_refuse(builder, info, ERR_FORMAT, "%s",
		                     _("a standard on an amount names \"amount\" and \"since\"; \"none\" names neither "
		                       "\"amount\" nor \"times\""));
	if (rule->own.list != 0 || rule->other.list != 0)
		return schema_refuse(builder, info, ERR_FORMAT, "%s", _("a standard does not look into lists"));
	return ERR_OK;
}

enum err
schema_read_standard(struct schema_across *rule, struct schema_builder *builder, const struct json *json,
                     struct err_info *info)
{
	static const char *const NAMES[] = {"rule",  "kind", "match", "while",  "other_while", "amount", "times",
	                                    "since", "is",   "shows", "source", "x-title",     NULL};
	enum err err;

	rule->type = SCHEMA_STANDARDS;
	rule->tells_own = true;
	if (json_form_of(json) != JSON_FORM_OBJECT)
		return schema_expect(builder, info, _("an object"), json);
	err = schema_only(builder, json, NAMES, info);
	if (err == ERR_OK)
		err = schema_read_rule_names(rule, builder, json, info);
	if (err == ERR_OK)
		err = schema_read_other_kind(&rule->other, builder, json_member(json, "kind"), rule->own.kind, info);
	if (err == ERR_OK && json_member(json, "match") != NULL)
		err = schema_read_match(&rule->own, &rule->other, builder, json_member(json, "match"), info);
	if (err == ERR_OK)
		err = schema_read_side(&rule->own, builder, json, &schema_own_names, info);
	if (err == ERR_OK)
		err = schema_read_side(&rule->other, builder, json, &schema_other_names, info);
	if (err == ERR_OK)
		err = read_is(rule, builder, json_member(json, "is"), info);
	if (err == ERR_OK)
		err = read_own(&rule->standard.amount, rule, builder, json_member(json, "amount"), "amount", info);
	if (err == ERR_OK)
		err = read_own(&rule->standard.times, rule, builder, json_member(json, "times"), "times", info);
	if (err == ERR_OK)
		err = read_own(&rule->standard.since, rule, builder, json_member(json, "since"), "since", info);
	if (err == ERR_OK && json_member(json, "shows") != NULL)
		err = schema_read_fields(&rule->shown, &rule->shown_count, builder, json_member(json, "shows"),
		                         &rule->other.kind->object, info);
	return err == ERR_OK ? check_standard(rule, builder, info) : err;
}
