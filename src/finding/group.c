/* One group: who agrees with whom, in periods that share a day, at places whose finding is ours. */
#include "finding/inside.h"

static bool
shares_a_day(const struct finding_posting *a, const struct finding_posting *b)
{
	return a->from <= b->to && b->from <= a->to;
}

struct judging {
	const struct finding_rules *rules;
	const struct finding_posting *postings;
	size_t count;
	const struct finding_judge *judge;
};

static const struct finding_side *
side_of(const struct judging *judging, size_t index)
{
	return finding_side_of(judging->rules, judging->postings[index].side);
}

static enum err
tell_pair(const struct judging *judging, const struct finding_posting *own, const struct finding_posting *other,
          struct err_info *info)
{
	const struct schema_across *rule = finding_side_of(judging->rules, own->side)->rule;
	const struct finding_judge *judge = judging->judge;
	bool is_excused = false;
	enum err err = ERR_OK;

	if (id_equal(&own->record, &other->record) || !shares_a_day(own, other) ||
	    !judge->is_ours(judge->context, own->place, other->place))
		return ERR_OK;
	if (rule->has_unless)
		err = judge->is_excused(judge->context, own, &is_excused, info);
	if (err == ERR_OK && !is_excused && rule->tells_own)
		err = judge->tell(judge->context, own, other, info);
	if (err == ERR_OK && !is_excused && rule->tells_other)
		err = judge->tell(judge->context, other, own, info);
	return err;
}

/* Of unique every pair once; of excludes each own one with each other one. */
static enum err
judge_pairs(const struct judging *judging, const struct schema_across *rule, struct err_info *info)
{
	size_t count = judging->count;
	enum err err = ERR_OK;

	if (count > LIMIT_FINDING_GROUP_MAX) {
		if (judging->judge->too_many != NULL)
			judging->judge->too_many(judging->judge->context, side_of(judging, 0), count);
		count = LIMIT_FINDING_GROUP_MAX;
	}
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		if (side_of(judging, i)->role != FINDING_OWN)
			continue;
		for (size_t k = rule->type == SCHEMA_UNIQUE ? i + 1 : 0; err == ERR_OK && k < count; k++) {
			if (side_of(judging, k)->role == (rule->type == SCHEMA_UNIQUE ? FINDING_OWN : FINDING_OTHER))
				err = tell_pair(judging, &judging->postings[i], &judging->postings[k], info);
		}
	}
	return err;
}

/* Where the record asked for must lie; false: nothing is said here. */
static bool
find_place(uint16_t *out, const struct judging *judging, const struct schema_across *rule,
           const struct finding_posting *own)
{
	const struct finding_judge *judge = judging->judge;

	if (rule->other.kind->is_roll)
		return judge->find_rolls(judge->context, own->place, rule->other.kind, out);
	*out = own->place;
	return judge->is_ours(judge->context, own->place, own->place);
}

static enum err
judge_required(const struct judging *judging, const struct schema_across *rule, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < judging->count; i++) {
		const struct finding_posting *own = &judging->postings[i];
		bool is_there = false;
		uint16_t place;

		if (side_of(judging, i)->role != FINDING_OWN || !find_place(&place, judging, rule, own))
			continue;
		for (size_t k = 0; !is_there && k < judging->count; k++) {
			const struct finding_posting *other = &judging->postings[k];

			is_there = side_of(judging, k)->role == FINDING_OTHER && other->place == place &&
			           !id_equal(&own->record, &other->record) && shares_a_day(own, other);
		}
		if (!is_there)
			err = judging->judge->tell(judging->judge->context, own, NULL, info);
	}
	return err;
}

/* Whoever stands here breaks its standard: it is told by the office above it. */
static enum err
judge_standards(const struct judging *judging, struct err_info *info)
{
	const struct finding_judge *judge = judging->judge;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < judging->count; i++) {
		const struct finding_posting *own = &judging->postings[i];

		if (judge->is_ours(judge->context, own->place, own->place))
			err = judge->tell(judge->context, own, NULL, info);
	}
	return err;
}

enum err
finding_group_judge(const struct finding_rules *rules, const struct finding_posting *postings, size_t count,
                    const struct finding_judge *judge, struct err_info *info)
{
	const struct judging judging = {rules, postings, count, judge};
	const struct finding_side *first = count == 0 ? NULL : finding_side_of(rules, postings[0].side);

	if (first == NULL || first->role == FINDING_UNLESS || first->role == FINDING_UNLESS_OWN)
		return ERR_OK;
	if (first->rule->type == SCHEMA_REQUIRES)
		return judge_required(&judging, first->rule, info);
	if (first->rule->type == SCHEMA_STANDARDS)
		return judge_standards(&judging, info);
	return count < 2 ? ERR_OK : judge_pairs(&judging, first->rule, info);
}
