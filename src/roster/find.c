/* One statement by its digest: as it was added, signer and all; and the one that is pinned. */
#include "roster/state.h"

enum err
roster_statement_find(struct roster_statement *out, const struct roster *roster, const struct digest *digest,
                      struct err_info *info)
{
	const uint64_t *at = table_find(&roster->entry_by_digest, view_of(digest->bytes, DIGEST_BYTES));
	const struct roster_entry *entry;

	if (at == NULL)
		return err_set(info, ERR_NOT_FOUND, "%s", _("the roster holds no such statement"));
	entry = &roster->entries[*at];
	*out = (struct roster_statement){
		.issuer = roster->pools[entry->issuer].code,
		.number = entry->number,
		.digest = entry->digest,
		.text = entry->text,
		.sshsig = entry->sshsig,
		.is_effective = entry->is_effective,
	};
	return ERR_OK;
}

enum err
roster_root_fingerprint(struct seal_fingerprint *out, const struct roster *roster, struct err_info *info)
{
	struct roster_statement found;
	struct statement statement = {0};
	enum err err = roster_statement_find(&found, roster, &roster->root_digest, info);

	if (err == ERR_OK)
		err = statement_read(&statement, found.text, info);
	if (err == ERR_OK)
		statement_fingerprint(out, &statement);
	statement_release(&statement);
	return err;
}
