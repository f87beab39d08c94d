/* From the pool to the offices: from the root down, by depth and code, so that the order of arrival decides nothing. */
#include <stdlib.h>
#include <string.h>

#include "roster/state.h"

static void
office_free(struct roster_office *office)
{
	for (size_t i = 0; i < office->word_count; i++) {
		if (office->words[i].statement != NULL)
			statement_release(office->words[i].statement);
		free(office->words[i].statement);
	}
	free(office->chain.items);
	free(office->words);
	free(office->rights);
	free(office->grants);
	free(office->epochs);
	free(office);
}

void
roster_unbuild(struct roster *roster)
{
	for (size_t i = 0; i < roster->office_count; i++)
		office_free(roster->offices[i]);
	roster->office_count = 0;
	roster->set_count = 0;
	roster->waiting_count = 0;
	roster->rules = 1;
	table_release(&roster->office_by_key);
	table_release(&roster->office_by_partition);
	for (size_t i = 0; i < roster->pool_count; i++)
		roster->pools[i].office = ROSTER_NONE;
	for (size_t i = 0; i < roster->entry_count; i++)
		roster->entries[i].is_effective = false;
}

static bool
is_rotation_free(const struct roster *roster, const struct roster_office *office, const struct statement *statement)
{
	return statement->type == STATEMENT_ROTATE && roster_flaw_of(roster, office, statement) == ROSTER_FLAW_NONE;
}

enum err
roster_chain_add(struct roster *roster, uint32_t index, uint32_t entry_index, const struct statement *statement,
                 struct err_info *info)
{
	struct roster_office *office = roster->offices[index];
	struct roster_entry *entry = &roster->entries[entry_index];
	enum err err = roster_list_add(&office->chain, entry_index, info);

	if (err != ERR_OK)
		return err;
	entry->is_effective = true;
	entry->key_after = is_rotation_free(roster, office, statement) ? statement->keys.sign : entry->sshsig.signer;
	return roster_effect(roster, index, entry, statement, info);
}

/* The word that decides which statement `number` is: of the highest superior, its last that reaches so far; NULL: none. */
static const struct roster_key_word *
deciding_word(const struct roster *roster, const struct roster_office *office, uint32_t number)
{
	const struct roster_key_word *best = NULL;

	for (size_t i = 1; i < office->word_count; i++) {
		const struct roster_key_word *word = &office->words[i];

		if (word->type == STATEMENT_ROTATE || word->chain_number < number)
			continue;
		if (best != NULL && roster->offices[best->issuer]->depth < roster->offices[word->issuer]->depth)
			break;
		best = word;
	}
	return best;
}

/* The entry with this number on the branch that leads to a digest; NULL: the branch is not held. */
static const struct roster_entry *
branch_entry(const struct roster *roster, const struct digest *digest, uint32_t number)
{
	for (;;) {
		const uint64_t *index = table_find(&roster->entry_by_digest, view_of(digest->bytes, DIGEST_BYTES));
		const struct roster_entry *entry = index == NULL ? NULL : &roster->entries[*index];

		if (entry == NULL || entry->number <= number)
			return entry;
		digest = &entry->previous;
	}
}

static bool
is_named(const struct roster *roster, const struct roster_office *office, const struct roster_entry *entry)
{
	const struct roster_key_word *word = deciding_word(roster, office, entry->number);
	const struct roster_entry *named;

	if (office->superior == ROSTER_NONE && entry->number == 1)
		return digest_equal(&entry->digest, &roster->root_digest);
	if (word == NULL)
		return true;
	if (word->chain_number == entry->number)
		return digest_equal(&word->chain_digest, &entry->digest);
	named = branch_entry(roster, &word->chain_digest, entry->number);
	return named == NULL || digest_equal(&named->digest, &entry->digest);
}

/* One of an issuer's statements, for sorting. */
struct ordered {
	uint32_t number;
	uint32_t entry;
	const uint8_t *digest;
};

static int
compare_ordered(const void *a, const void *b)
{
	const struct ordered *x = a;
	const struct ordered *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return memcmp(x->digest, y->digest, DIGEST_BYTES);
}

static enum err
order_entries(struct ordered **out, const struct roster *roster, const struct roster_list *list, struct err_info *info)
{
	struct ordered *ordered = calloc(list->count + 1, sizeof(*ordered));

	if (ordered == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < list->count; i++) {
		const struct roster_entry *entry = &roster->entries[list->items[i]];

		ordered[i] = (struct ordered){entry->number, list->items[i], entry->digest.bytes};
	}
	qsort(ordered, list->count, sizeof(*ordered), compare_ordered);
	*out = ordered;
	return ERR_OK;
}

/* Reads a statement of the pool again and hands it to the chain, or (is_beside) to its effect alone. */
static enum err
apply(struct roster *roster, uint32_t office, uint32_t entry, bool is_beside, struct err_info *info)
{
	struct statement statement = {0};
	enum err err = statement_read(&statement, roster->entries[entry].text, info);

	if (err == ERR_OK && is_beside)
		err = roster_effect(roster, office, &roster->entries[entry], &statement, info);
	else if (err == ERR_OK)
		err = roster_chain_add(roster, office, entry, &statement, info);
	statement_release(&statement);
	return err;
}

/* The key that the next statement of the chain must have, and the digest that it must name; false: no key may. */
static bool
find_next(const struct roster *roster, const struct roster_office *office, struct seal_public_key *key_out,
          struct digest *previous_out)
{
	const struct seal_public_key *key = &office->words[0].keys.sign;
	size_t count = office->chain.count;

	*previous_out = (struct digest){{0}};
	if (count > 0) {
		const struct roster_entry *last = &roster->entries[office->chain.items[count - 1]];

		key = &last->key_after;
		*previous_out = last->digest;
	}
	key = roster_key_for_number(roster, office, (uint32_t)count + 1, key);
	if (key != NULL)
		*key_out = *key;
	return key != NULL;
}

/* Put one office's chain together. Statements with one number that all fit stop it; what they revoke counts. */
static enum err
walk_chain(struct roster *roster, uint32_t index, const struct ordered *ordered, size_t count, struct err_info *info)
{
	struct roster_office *office = roster->offices[index];
	struct seal_public_key key;
	struct digest previous;
	enum err err = ERR_OK;
	size_t at = 0;

	while (err == ERR_OK && at < count && find_next(roster, office, &key, &previous)) {
		uint32_t number = (uint32_t)office->chain.count + 1;
		uint32_t fit = 0;
		size_t fits = 0;

		for (; at < count && ordered[at].number <= number; at++) {
			const struct roster_entry *entry = &roster->entries[ordered[at].entry];

			if (entry->number == number && digest_equal(&entry->previous, &previous) &&
			    seal_public_key_equal(&entry->sshsig.signer, &key) && is_named(roster, office, entry)) {
				fit = ordered[at].entry;
				if (fits < 2)
					office->disputed[fits] = fit;
				fits++;
			}
		}
		if (fits > 1)
			office->disputed_number = number;
		if (fits != 1)
			break;
		err = apply(roster, index, fit, false, info);
	}
	office->node.is_disputed = office->disputed_number != 0;
	for (at = 0; err == ERR_OK && office->node.is_disputed && at < count; at++) {
		const struct roster_entry *entry = &roster->entries[ordered[at].entry];

		if (entry->number >= office->disputed_number && entry->type == STATEMENT_REVOKE &&
		    seal_public_key_equal(&entry->sshsig.signer, &key))
			err = apply(roster, index, ordered[at].entry, true, info);
	}
	return err;
}

static enum err
build_office(struct roster *roster, uint32_t index, struct err_info *info)
{
	const struct roster_list *list = &roster->pools[roster->offices[index]->pool].entries;
	struct ordered *ordered = NULL;
	enum err err = order_entries(&ordered, roster, list, info);

	/* the list's count is taken before: effects may move the pools */
	if (err == ERR_OK)
		err = walk_chain(roster, index, ordered, list->count, info);
	free(ordered);
	return err;
}

struct placed {
	struct node_code code;
	uint32_t office;
};

static int
compare_placed(const void *a, const void *b)
{
	return memcmp(((const struct placed *)a)->code.text, ((const struct placed *)b)->code.text, NODE_CODE_BYTES);
}

/* All offices of one depth, by code: [first, end) of the roster's. */
static enum err
build_depth(struct roster *roster, size_t first, size_t end, struct err_info *info)
{
	struct placed *placed = calloc(end - first, sizeof(*placed));
	enum err err = ERR_OK;

	if (placed == NULL)
		return err_nomem(info);
	for (size_t i = first; i < end; i++)
		placed[i - first] = (struct placed){roster->offices[i]->node.code, (uint32_t)i};
	qsort(placed, end - first, sizeof(*placed), compare_placed);
	for (size_t i = 0; err == ERR_OK && i < end - first; i++)
		err = build_office(roster, placed[i].office, info);
	free(placed);
	return err;
}

static enum err
build_root(struct roster *roster, struct err_info *info)
{
	const uint64_t *index = table_find(&roster->entry_by_digest, view_of(roster->root_digest.bytes, DIGEST_BYTES));
	struct statement statement = {0};
	struct roster_entry entry;
	enum err err;

	if (index == NULL)
		return ERR_OK;
	entry = roster->entries[*index];
	err = statement_read(&statement, entry.text, info);
	if (err == ERR_OK)
		err = roster_effect_root(roster, entry.issuer, &entry, &statement, info);
	statement_release(&statement);
	return err;
}

enum err
roster_build(struct roster *roster, struct err_info *info)
{
	size_t first = 0;
	enum err err;

	roster_unbuild(roster);
	err = build_root(roster, info);
	while (err == ERR_OK && first < roster->office_count) {
		size_t end = roster->office_count;

		err = build_depth(roster, first, end, info);
		first = end;
	}
	roster->must_build = err != ERR_OK;
	return err;
}
