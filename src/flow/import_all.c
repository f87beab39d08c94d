#include <stdlib.h>

#include "base/table.h"
#include "flow/import.h"

struct rounds {
	const struct flow_desk *desk;
	struct flow_import_terms terms;
	flow_import_opener *open;
	void *context;
	struct node_codes codes;
	struct table fates;
	bool *is_changed; /* by partition, as the rehearsal found */
	struct flow_import_result sum;
};

static void
rounds_release(struct rounds *rounds)
{
	node_codes_release(&rounds->codes);
	table_release(&rounds->fates);
	free(rounds->is_changed);
}

static uint64_t
count_refused(const struct table *fates)
{
	size_t position = 0;
	struct view key;
	uint64_t fate = 0;
	uint64_t count = 0;

	while (table_next(fates, &position, &key, &fate))
		count += fate == FLOW_IMPORT_REFUSED ? 1U : 0U;
	return count;
}

/* The rehearsal gives the numbers; the round that writes gives the head. */
static enum err
one_round(struct rounds *rounds, size_t index, bool is_rehearsal, struct err_info *info)
{
	struct flow_import_result *sum = &rounds->sum;
	struct flow_desk desk = *rounds->desk;
	struct import_source *source = NULL;
	struct flow_import_result one = {0};
	enum err err = rounds->open(&source, rounds->context, info);

	if (err != ERR_OK)
		return err;
	desk.is_dry_run = is_rehearsal;
	rounds->terms.owner = &rounds->codes.codes[index];
	err = flow_import(&one, &desk, &rounds->terms, source, info);
	import_source_free(source);
	if (err != ERR_OK)
		return err_in(info, err, "%s", rounds->codes.codes[index].text);
	if (one.commits > 0)
		sum->head = one.head;
	if (!is_rehearsal)
		return ERR_OK;
	rounds->is_changed[index] = one.commits > 0;
	sum->rows = one.rows;
	sum->changed += one.changed;
	sum->unchanged += one.unchanged;
	sum->removed += one.removed;
	sum->commits += one.commits;
	return ERR_OK;
}

static enum err
rehearse(struct rounds *rounds, struct err_info *info)
{
	struct flow_import_result *sum = &rounds->sum;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < rounds->codes.count; i++)
		err = one_round(rounds, i, true, info);
	if (err != ERR_OK)
		return err;
	sum->bad = count_refused(&rounds->fates);
	sum->unmatched = sum->rows - rounds->fates.count;
	if (rounds->terms.is_full && sum->bad > 0 && sum->removed > 0)
		return err_set(info, ERR_RULE, "%s",
		               _("--full removes nothing while a row is refused; nothing was written"));
	return ERR_OK;
}

enum err
flow_import_all(struct flow_import_result *out, const struct flow_desk *desk, const struct flow_import_terms *terms,
                flow_import_opener *open, void *context, struct err_info *info)
{
	struct rounds rounds = {.desk = desk, .terms = *terms, .open = open, .context = context};
	enum err err = node_partitions(&rounds.codes, desk->node, info);

	rounds.terms.is_match_only = true;
	rounds.terms.fates = &rounds.fates;
	rounds.terms.before_publish = NULL; /* asked once, for all of them */
	if (err == ERR_OK) {
		rounds.is_changed = calloc(rounds.codes.count + 1, sizeof(*rounds.is_changed));
		err = rounds.is_changed == NULL ? err_nomem(info) : rehearse(&rounds, info);
	}
	if (err == ERR_OK && terms->before_publish != NULL)
		err = terms->before_publish(terms->context, info);
	for (size_t i = 0; err == ERR_OK && !desk->is_dry_run && i < rounds.codes.count; i++) {
		if (rounds.is_changed[i])
			err = one_round(&rounds, i, false, info);
	}
	*out = rounds.sum;
	rounds_release(&rounds);
	return err;
}
