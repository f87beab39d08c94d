#include "roster/version.h"

#include <stdlib.h>
#include <string.h>

#include "roster/state.h"

static struct statement_reference
reference_of(const struct roster *roster, const struct roster_office *office, uint32_t number)
{
	struct statement_reference reference = {.issuer = office->node.code, .number = number};

	memcpy(reference.digest, roster->entries[office->chain.items[number - 1]].digest.bytes,
	       STATEMENT_REFERENCE_DIGEST_BYTES);
	return reference;
}

enum err
roster_version_for(struct roster_version *out, const struct roster *roster, const struct node_code *signer,
                   struct err_info *info)
{
	const struct roster_node *path[LIMIT_LEVELS_MAX];
	size_t count = roster_path(roster, signer, path);
	struct roster_version version = {.count = 0};

	if (count == 0)
		return err_set(info, ERR_NOT_FOUND, _("the roster has no node %s"), signer->text);
	for (size_t i = 0; i < count; i++) {
		const struct roster_office *office = roster_office_of(path[i]);

		if (office->chain.count > 0)
			version.items[version.count++] = reference_of(roster, office, (uint32_t)office->chain.count);
	}
	*out = version;
	return ERR_OK;
}

static const struct statement_reference *
find_reference(const struct roster_version *version, const struct node_code *issuer)
{
	for (size_t i = 0; i < version->count; i++) {
		if (memcmp(version->items[i].issuer.text, issuer->text, NODE_CODE_BYTES) == 0)
			return &version->items[i];
	}
	return NULL;
}

bool
roster_version_has(const struct roster_version *version, const struct node_code *issuer, uint32_t number)
{
	const struct statement_reference *reference = find_reference(version, issuer);

	return reference != NULL && number <= reference->number;
}

/* Whether a reference is to a statement of our chain. */
static bool
is_ours(const struct roster *roster, const struct roster_office *office, const struct statement_reference *reference)
{
	const struct roster_entry *entry;

	if (reference->number == 0 || reference->number > office->chain.count)
		return false;
	entry = &roster->entries[office->chain.items[reference->number - 1]];
	return memcmp(entry->digest.bytes, reference->digest, STATEMENT_REFERENCE_DIGEST_BYTES) == 0;
}

/* The version's issuers must be on the path, in its order, each once; and what they name ours. */
static enum err
check_version(const struct roster *roster, const struct roster_node *const *path, size_t path_count,
              const struct roster_version *version, struct err_info *info)
{
	size_t at = 0;

	for (size_t i = 0; i < version->count; i++) {
		const struct statement_reference *reference = &version->items[i];

		while (at < path_count && memcmp(path[at]->code.text, reference->issuer.text, NODE_CODE_BYTES) != 0)
			at++;
		if (at == path_count)
			return err_set(
				info, ERR_AUTH,
				_("the roster version names %s, which is not on the path from the root to the signer"),
				reference->issuer.text);
		if (!is_ours(roster, roster_office_of(path[at]), reference))
			return err_set(info, ERR_NOT_FOUND,
			               _("the roster version names statement %u of %s, which is not held"),
			               (unsigned)reference->number, reference->issuer.text);
		at++;
	}
	return ERR_OK;
}

/*
 * A version from before a root was adopted leads from that office's own root statement: then nothing is asked of those above it.
 * Its place in the path; 0: an ordinary version.
 */
static size_t
adopted_at(const struct roster *roster, const struct roster_node *const *path, size_t count,
           const struct roster_version *version)
{
	for (size_t i = 1; version->count > 0 && i < count; i++) {
		const struct roster_office *office = roster_office_of(path[i]);

		if (strcmp(path[i]->code.text, version->items[0].issuer.text) == 0)
			return office->chain.count > 0 && roster->entries[office->chain.items[0]].type == STATEMENT_ROOT
			               ? i
			               : 0;
	}
	return 0;
}

enum err
roster_at(struct roster_signer *out, const struct roster *roster, const struct node_code *signer,
          const struct roster_version *version, struct err_info *info)
{
	const struct roster_node *path[LIMIT_LEVELS_MAX];
	size_t count = roster_path(roster, signer, path);
	const struct roster_office *office = roster_office_find(roster, signer);
	const struct roster_key_word *word;
	size_t top;
	enum err err;

	if (office == NULL)
		return err_set(info, ERR_NOT_FOUND, _("the roster has no node %s"), signer->text);
	err = check_version(roster, path, count, version, info);
	if (err != ERR_OK)
		return err;
	top = adopted_at(roster, path, count, version);
	for (size_t i = top == 0 ? 0 : top + 1; i < count; i++) {
		const struct roster_office *step = roster_office_of(path[i]);

		if (!roster_version_has(version, &roster->offices[step->words[0].issuer]->node.code,
		                        step->words[0].number))
			return err_set(info, ERR_AUTH,
			               _("the roster version names a state in which %s was not enrolled"),
			               path[i]->code.text);
	}
	word = roster_keys_at(roster, office, version);
	if (word == NULL) /* of the adopted office itself, whose enrolment came later, with the keys that it had */
		word = &office->words[0];
	*out = (struct roster_signer){
		.node = &office->node,
		.level = office->node.level,
		.keys = word->keys,
		.is_revoked = roster_revocation_of(roster, office, &word->key_id, version) != NULL,
		.is_revoked_now = roster_revocation_of(roster, office, &word->key_id, NULL) != NULL,
	};
	return ERR_OK;
}

void
roster_version_join(struct roster_version *out, const struct roster *roster, const struct node_code *signer,
                    const struct roster_version *a, const struct roster_version *b)
{
	const struct roster_node *path[LIMIT_LEVELS_MAX];
	size_t count = roster_path(roster, signer, path);
	struct roster_version joined = {.count = 0};

	for (size_t i = 0; i < count; i++) {
		const struct roster_office *office = roster_office_of(path[i]);
		const struct statement_reference *of_a = find_reference(a, &path[i]->code);
		const struct statement_reference *of_b = find_reference(b, &path[i]->code);

		of_a = of_a != NULL && is_ours(roster, office, of_a) ? of_a : NULL;
		of_b = of_b != NULL && is_ours(roster, office, of_b) ? of_b : NULL;
		if (of_a != NULL && (of_b == NULL || of_a->number >= of_b->number))
			joined.items[joined.count++] = *of_a;
		else if (of_b != NULL)
			joined.items[joined.count++] = *of_b;
	}
	*out = joined;
}

bool
roster_version_holds(const struct roster_version *a, const struct roster_version *b)
{
	for (size_t i = 0; i < b->count; i++) {
		if (!roster_version_has(a, &b->items[i].issuer, b->items[i].number))
			return false;
	}
	return true;
}
