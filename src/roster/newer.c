/* What concerns whom, and what somebody lacks of it. */
#include <stdlib.h>
#include <string.h>

#include "roster/state.h"
#include "roster/version.h"

enum {
	DIVISION_DIGITS = 12
};

/* Offices whose chains are wanted, from the root down: by depth, then code. */
struct selection {
	const struct roster_office **offices;
	size_t count;
};

static int
compare_offices(const void *a, const void *b)
{
	const struct roster_office *x = *(const struct roster_office *const *)a;
	const struct roster_office *y = *(const struct roster_office *const *)b;

	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return memcmp(x->node.code.text, y->node.code.text, NODE_CODE_BYTES);
}

static bool
is_or_is_above(const struct roster *roster, const struct roster_office *above, const struct roster_office *below)
{
	return above == below || roster_office_is_above(roster, roster->pools[above->pool].office, below);
}

static struct view
division_of(const struct roster_office *office)
{
	return view_of(office->node.code.text, DIVISION_DIGITS);
}

/* The division codes of the path to `centre` and of everything below it. */
static enum err
mark_divisions(struct table *divisions, const struct roster *roster, const struct roster_office *centre,
               struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < roster->office_count; i++) {
		const struct roster_office *office = roster->offices[i];

		if (is_or_is_above(roster, office, centre) || is_or_is_above(roster, centre, office))
			err = table_put(divisions, division_of(office), NULL, NULL, info);
	}
	return err;
}

static enum err
select_all(struct selection *out, const struct roster *roster, struct err_info *info)
{
	out->offices = calloc(roster->office_count + 1, sizeof(struct roster_office *));
	return out->offices == NULL ? err_nomem(info) : ERR_OK;
}

/* recipient NULL: every office. An auditor is concerned like the office that granted it. */
static enum err
select_for(struct selection *out, const struct roster *roster, const struct node_code *recipient, struct err_info *info)
{
	const struct roster_office *centre = recipient == NULL ? NULL : roster_office_find(roster, recipient);
	struct table divisions = {.seed = roster->pool_by_code.seed};
	enum err err;

	if (recipient != NULL && centre == NULL)
		return err_set(info, ERR_NOT_FOUND, _("the roster has no node %s"), recipient->text);
	if (centre != NULL && centre->node.is_auditor)
		centre = roster->offices[centre->superior];
	err = select_all(out, roster, info);
	if (err == ERR_OK && centre != NULL)
		err = mark_divisions(&divisions, roster, centre, info);
	for (size_t i = 0; err == ERR_OK && i < roster->office_count; i++) {
		const struct roster_office *office = roster->offices[i];

		if (centre == NULL || table_find(&divisions, division_of(office)) != NULL)
			out->offices[out->count++] = office;
	}
	table_release(&divisions);
	if (err == ERR_OK)
		qsort(out->offices, out->count, sizeof(struct roster_office *), compare_offices);
	return err;
}

static enum err
select_path(struct selection *out, const struct roster *roster, const struct node_code *signer, struct err_info *info)
{
	const struct roster_node *path[LIMIT_LEVELS_MAX];
	size_t count = roster_path(roster, signer, path);
	enum err err;

	if (count == 0)
		return err_set(info, ERR_NOT_FOUND, _("the roster has no node %s"), signer->text);
	err = select_all(out, roster, info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		out->offices[out->count++] = roster_office_of(path[i]);
	return err;
}

static void
selection_release(struct selection *selection)
{
	free(selection->offices);
}

/* Over the two smallest digests among the statements that fit at the disputed number: who knows both says the same. */
static struct digest
dispute_digest(const struct roster *roster, const struct roster_office *office)
{
	uint8_t both[2 * DIGEST_BYTES];
	struct digest digest;

	for (size_t i = 0; i < 2; i++)
		memcpy(both + i * DIGEST_BYTES, roster->entries[office->disputed[i]].digest.bytes, DIGEST_BYTES);
	seal_digest(&digest, view_of(both, sizeof(both)));
	return digest;
}

/* False: the chain is empty and nothing is in dispute. */
static bool
head_of(struct statement_reference *out, const struct roster *roster, const struct roster_office *office)
{
	struct digest digest;

	*out = (struct statement_reference){.issuer = office->node.code};
	if (office->disputed_number != 0) {
		out->number = office->disputed_number;
		digest = dispute_digest(roster, office);
	} else if (office->chain.count > 0) {
		out->number = (uint32_t)office->chain.count;
		digest = roster->entries[office->chain.items[office->chain.count - 1]].digest;
	} else {
		return false;
	}
	memcpy(out->digest, digest.bytes, STATEMENT_REFERENCE_DIGEST_BYTES);
	return true;
}

enum err
roster_heads(struct statement_reference **items_out, size_t *count_out, const struct roster *roster,
             const struct node_code *recipient, struct err_info *info)
{
	struct statement_reference *items = NULL;
	struct selection selection = {0};
	size_t count = 0;
	enum err err = select_for(&selection, roster, recipient, info);

	if (err == ERR_OK) {
		items = calloc(selection.count + 1, sizeof(*items));
		if (items == NULL)
			err = err_nomem(info);
	}
	for (size_t i = 0; err == ERR_OK && i < selection.count; i++)
		count += head_of(&items[count], roster, selection.offices[i]) ? 1 : 0;
	if (err == ERR_OK) {
		*items_out = items;
		*count_out = count;
	}
	selection_release(&selection);
	return err;
}

static struct roster_statement
statement_of(const struct roster *roster, uint32_t index)
{
	const struct roster_entry *entry = &roster->entries[index];

	return (struct roster_statement){
		.issuer = roster->pools[entry->issuer].code,
		.number = entry->number,
		.digest = entry->digest,
		.text = entry->text,
		.sshsig = entry->sshsig,
		.is_effective = entry->is_effective,
	};
}

static int
compare_statements(const void *a, const void *b)
{
	const struct roster_statement *x = a;
	const struct roster_statement *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return memcmp(x->digest.bytes, y->digest.bytes, DIGEST_BYTES);
}

/* How many statements of the chain the reference covers; SIZE_MAX: everything, it is ahead of us or equal. */
static size_t
covered(const struct roster *roster, const struct roster_office *office, const struct statement_reference *shown)
{
	struct statement_reference ours;
	const struct roster_entry *entry;

	if (shown == NULL || !head_of(&ours, roster, office))
		return 0;
	if (ours.number == shown->number && memcmp(ours.digest, shown->digest, sizeof(ours.digest)) == 0)
		return SIZE_MAX;
	if (office->disputed_number != 0)
		return 0;
	if (shown->number > ours.number)
		return SIZE_MAX;
	if (shown->number == 0)
		return 0;
	entry = &roster->entries[office->chain.items[shown->number - 1]];
	return memcmp(entry->digest.bytes, shown->digest, sizeof(shown->digest)) == 0 ? shown->number : 0;
}

/* Append what `office` has said behind `from`; of a disputed chain everything that is held. */
static void
append_chain(struct roster_statement *items, size_t *count, const struct roster *roster,
             const struct roster_office *office, size_t from)
{
	const struct roster_list *list = &roster->pools[office->pool].entries;
	size_t first = *count;

	for (size_t i = from; i < office->chain.count; i++)
		items[(*count)++] = statement_of(roster, office->chain.items[i]);
	if (office->disputed_number == 0)
		return;
	for (size_t i = 0; i < list->count; i++) {
		if (!roster->entries[list->items[i]].is_effective)
			items[(*count)++] = statement_of(roster, list->items[i]);
	}
	qsort(items + first, *count - first, sizeof(*items), compare_statements);
}

static enum err
newer_of(struct roster_statement **items_out, size_t *count_out, const struct roster *roster,
         const struct selection *selection, const struct table *shown_by_code, const struct statement_reference *heads,
         struct err_info *info)
{
	size_t bound = 1;
	size_t count = 0;
	struct roster_statement *items;

	for (size_t i = 0; i < selection->count; i++)
		bound += roster->pools[selection->offices[i]->pool].entries.count;
	items = calloc(bound, sizeof(*items));
	if (items == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < selection->count; i++) {
		const struct roster_office *office = selection->offices[i];
		const uint64_t *at = table_find(shown_by_code, view_of(office->node.code.text, NODE_CODE_BYTES));
		size_t from = covered(roster, office, at == NULL ? NULL : &heads[*at]);

		if (from != SIZE_MAX)
			append_chain(items, &count, roster, office, from);
	}
	*items_out = items;
	*count_out = count;
	return ERR_OK;
}

static enum err
newer(struct roster_statement **items_out, size_t *count_out, const struct roster *roster,
      const struct selection *selection, const struct statement_reference *heads, size_t head_count,
      struct err_info *info)
{
	struct table shown_by_code = {.seed = roster->pool_by_code.seed};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < head_count; i++) {
		uint64_t *value;

		err = table_put(&shown_by_code, view_of(heads[i].issuer.text, NODE_CODE_BYTES), &value, NULL, info);
		if (err == ERR_OK)
			*value = i;
	}
	if (err == ERR_OK)
		err = newer_of(items_out, count_out, roster, selection, &shown_by_code, heads, info);
	table_release(&shown_by_code);
	return err;
}

enum err
roster_newer(struct roster_statement **items_out, size_t *count_out, const struct roster *roster,
             const struct node_code *recipient, const struct statement_reference *heads, size_t head_count,
             struct err_info *info)
{
	struct selection selection = {0};
	enum err err = select_for(&selection, roster, recipient, info);

	if (err == ERR_OK)
		err = newer(items_out, count_out, roster, &selection, heads, head_count, info);
	selection_release(&selection);
	return err;
}

enum err
roster_newer_path(struct roster_statement **items_out, size_t *count_out, const struct roster *roster,
                  const struct node_code *signer, const struct statement_reference *heads, size_t head_count,
                  struct err_info *info)
{
	struct selection selection = {0};
	enum err err = select_path(&selection, roster, signer, info);

	if (err == ERR_OK)
		err = newer(items_out, count_out, roster, &selection, heads, head_count, info);
	selection_release(&selection);
	return err;
}
