/* The sides of all rules of a set, numbered, and by the kind that they look at. */
#include <stdlib.h>
#include <string.h>

#include "finding/inside.h"
#include "schema/set.h"

static enum err
add_side(struct finding_rules *rules, const struct schema_kind *kind, const struct schema_across *rule,
         const struct schema_side *side, enum finding_role role, struct err_info *info)
{
	struct finding_side *sides;

	if (rules->side_count == LIMIT_FINDING_SIDES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a schema set has rules across records with more than %d sides"),
		               LIMIT_FINDING_SIDES_MAX);
	sides = realloc(rules->sides, (rules->side_count + 1) * sizeof(*sides));
	if (sides == NULL)
		return err_nomem(info);
	rules->sides = sides;
	sides[rules->side_count++] = (struct finding_side){kind, rule, side, role, (uint32_t)rules->rule_count};
	return ERR_OK;
}

static enum err
add_rule(struct finding_rules *rules, const struct schema_kind *kind, const struct schema_across *rule,
         struct err_info *info)
{
	enum err err = add_side(rules, kind, rule, &rule->own, FINDING_OWN, info);

	if (err == ERR_OK && rule->type != SCHEMA_UNIQUE && rule->type != SCHEMA_STANDARDS)
		err = add_side(rules, kind, rule, &rule->other, FINDING_OTHER, info);
	if (err == ERR_OK && rule->has_unless)
		err = add_side(rules, kind, rule, &rule->unless_own, FINDING_UNLESS_OWN, info);
	if (err == ERR_OK && rule->has_unless)
		err = add_side(rules, kind, rule, &rule->unless, FINDING_UNLESS, info);
	rules->rule_count++;
	return err;
}

static int
compare_lookers(const void *a, const void *b)
{
	const struct finding_lookers *x = a;
	const struct finding_lookers *y = b;

	return (x->kind > y->kind) - (x->kind < y->kind);
}

static bool
has_lookers(const struct finding_rules *rules, const struct schema_kind *kind)
{
	for (size_t i = 0; i < rules->looker_count; i++) {
		if (rules->lookers[i].kind == kind)
			return true;
	}
	return false;
}

static void
add_field(struct finding_lookers *lookers, uint32_t number)
{
	for (size_t i = 0; i < lookers->field_count; i++) {
		if (lookers->fields[i] == number)
			return;
	}
	if (number != 0)
		lookers->fields[lookers->field_count++] = number;
}

static size_t
fields_max(const struct schema_side *side)
{
	return side->match_count + side->condition_count + 6; /* list, from, to; amount, times, since */
}

/* Every field of the record that a posting of this side can depend on. */
static void
add_fields(struct finding_lookers *lookers, const struct finding_side *side)
{
	const struct schema_side *read = side->side;
	const struct schema_standard *standard = &side->rule->standard;

	add_field(lookers, read->list);
	for (size_t i = 0; i < read->match_count; i++)
		add_field(lookers, read->match[i].field);
	for (size_t i = 0; i < read->condition_count; i++)
		add_field(lookers, read->conditions[i].path.field);
	add_field(lookers, read->from.field);
	add_field(lookers, read->to.field);
	if (side->rule->type != SCHEMA_STANDARDS)
		return;
	add_field(lookers, standard->amount.field);
	add_field(lookers, standard->times.field);
	add_field(lookers, standard->since.field);
}

static enum err
list_fields(struct finding_lookers *lookers, const struct finding_rules *rules, struct err_info *info)
{
	size_t most = 0;

	for (size_t i = 0; i < lookers->count; i++)
		most += fields_max(rules->sides[lookers->sides[i]].side);
	lookers->fields = calloc(most + 1, sizeof(*lookers->fields));
	if (lookers->fields == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < lookers->count; i++)
		add_fields(lookers, &rules->sides[lookers->sides[i]]);
	return ERR_OK;
}

static enum err
add_lookers(struct finding_rules *rules, const struct schema_kind *kind, struct err_info *info)
{
	struct finding_lookers *lookers = &rules->lookers[rules->looker_count];

	if (has_lookers(rules, kind))
		return ERR_OK;
	*lookers = (struct finding_lookers){.kind = kind};
	lookers->sides = calloc(rules->side_count + 1, sizeof(*lookers->sides));
	if (lookers->sides == NULL)
		return err_nomem(info);
	rules->looker_count++;
	for (size_t i = 0; i < rules->side_count; i++) {
		if (rules->sides[i].side->kind == kind)
			lookers->sides[lookers->count++] = (uint16_t)i;
	}
	return list_fields(lookers, rules, info);
}

enum err
finding_rules_new(struct finding_rules **out, const struct schema_set *set, struct err_info *info)
{
	struct finding_rules *rules = calloc(1, sizeof(*rules));
	size_t kinds = schema_set_kind_count(set);
	enum err err = rules == NULL ? err_nomem(info) : ERR_OK;

	if (err != ERR_OK)
		return err;
	rules->set = set;
	rules->lookers = calloc(kinds + 1, sizeof(*rules->lookers));
	if (rules->lookers == NULL)
		err = err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < kinds; i++) {
		const struct schema_kind *kind =
			schema_set_kind_may_compare(set, i) ? schema_set_kind_across(set, i) : NULL;

		for (size_t k = 0; err == ERR_OK && kind != NULL && k < kind->across_count; k++)
			err = add_rule(rules, kind, &kind->rules_across[k], info);
	}
	for (size_t i = 0; err == ERR_OK && i < rules->side_count;
	     i++) /* a kind that no rule looks at is not compiled */
		err = add_lookers(rules, rules->sides[i].side->kind, info);
	if (err != ERR_OK) {
		finding_rules_free(rules);
		return err;
	}
	qsort(rules->lookers, rules->looker_count, sizeof(*rules->lookers), compare_lookers);
	*out = rules;
	return ERR_OK;
}

void
finding_rules_free(struct finding_rules *rules)
{
	if (rules == NULL)
		return;
	for (size_t i = 0; i < rules->looker_count; i++) {
		free(rules->lookers[i].sides);
		free(rules->lookers[i].fields);
	}
	free(rules->lookers);
	free(rules->sides);
	free(rules);
}

size_t
finding_rules_count(const struct finding_rules *rules)
{
	return rules->rule_count;
}

const struct finding_side *
finding_side_of(const struct finding_rules *rules, uint16_t side)
{
	return side < rules->side_count ? &rules->sides[side] : NULL;
}

bool
finding_side_find(uint16_t *out, const struct finding_rules *rules, uint32_t rule_index, enum finding_role role)
{
	for (size_t i = 0; i < rules->side_count; i++) {
		if (rules->sides[i].rule_index == rule_index && rules->sides[i].role == role) {
			*out = (uint16_t)i;
			return true;
		}
	}
	return false;
}

const struct finding_lookers *
finding_lookers_of(const struct finding_rules *rules, const struct schema_kind *kind)
{
	const struct finding_lookers wanted = {.kind = kind};

	return bsearch(&wanted, rules->lookers, rules->looker_count, sizeof(wanted), compare_lookers);
}

bool
finding_looks_at(const struct finding_rules *rules, const struct schema_kind *kind)
{
	const struct finding_lookers *lookers = finding_lookers_of(rules, kind);

	return lookers != NULL && lookers->count > 0;
}

bool
finding_is_subject(const struct finding_rules *rules, const struct finding_posting *posting)
{
	const struct finding_side *side = finding_side_of(rules, posting->side);

	if (side == NULL)
		return false;
	return (side->role == FINDING_OWN && side->rule->tells_own) ||
	       (side->role == FINDING_OTHER && side->rule->tells_other);
}
