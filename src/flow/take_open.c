/* Opening a bundle: everything here must leave the store as it was. Signature first, then the recipient, then what is inside. */
#include <stdlib.h>
#include <string.h>

#include "flow/taking.h"
#include "statement/signed.h"

enum err
taking_statements(struct taking *taking, const struct view *statements, size_t count, bool is_inside,
                  struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct seal_signature signature;
		struct view text;
		enum roster_outcome outcome = ROSTER_KNOWN;

		err = statement_wire_read(&text, &signature, statements[i], info);
		if (err == ERR_OK)
			err = node_roster_add(taking->node, text, &signature, &outcome, info);
		taking->taken->statements += outcome == ROSTER_ADDED ? 1U : 0U;
		taking->taken->evidence += outcome == ROSTER_EVIDENCE ? 1U : 0U;
		/* it stands on one that we lack: of no use here, and no harm; inside, nor is one of another key */
		if (err == ERR_STATE || (is_inside && err == ERR_AUTH))
			err = ERR_OK;
	}
	return err;
}

static enum err
verify(void *envelope, const struct seal_public_key *key, struct err_info *info)
{
	return envelope_verify(envelope, key, info);
}

static enum err
check_sender(struct taking *taking, struct err_info *info)
{
	struct seal_public_key signer;
	const struct node_code *code = &taking->manifest->terms.sender;
	const struct roster_node *found = roster_node_find(node_roster(taking->node), code);
	enum err err;

	if (found == NULL)
		return err_set(info, ERR_AUTH, _("its sender %s is not in the roster: a stranger"), code->text);
	taking->sender = *found;
	err = roster_key_check(node_roster(taking->node), code, &taking->sender.keys.sign, info);
	if (err == ERR_OK)
		err = taking_find_signer(&signer, NULL, taking, verify, taking->envelope, info);
	if (err != ERR_OK)
		return err_in(info, err, _("sender %s"), code->text);
	return ERR_OK;
}

/* Every section has a meaning and a place: no byte of a bundle is there for nobody. */
static enum err
check_sections(const struct taking *taking, struct err_info *info)
{
	size_t count = envelope_section_count(taking->envelope);
	size_t schemas = 0;
	bool *is_named = calloc(count + 1, sizeof(*is_named));
	enum err err = is_named == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < taking->preamble.partition_count; i++) {
		size_t section = taking->preamble.partitions[i].section;

		if (section == BUNDLE_NO_SECTION)
			continue;
		if (is_named[section] || envelope_section_at(taking->envelope, section)->id != BUNDLE_SECTION_DELTA ||
		    envelope_section_at(taking->envelope, section)->plain_bytes == 0)
			err = err_set(info, ERR_FORMAT,
			              _("preamble: section %zu is no delta, or is named by two partitions"), section);
		is_named[section] = true;
	}
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		unsigned id = envelope_section_at(taking->envelope, i)->id;
		bool is_right = (id == BUNDLE_SECTION_SMALL && i == 0) || (id == BUNDLE_SECTION_DELTA && is_named[i]) ||
		                (id == BUNDLE_SECTION_SCHEMA && schemas++ < BUNDLE_SCHEMAS_MAX);

		if (!is_right)
			err = err_set(info, ERR_FORMAT, _("section %zu, of type %u, has no meaning where it is"), i,
			              id);
	}
	free(is_named);
	return err;
}

/* By our present key; by one that it replaced if the sender did not know of the change yet. */
static enum err
decrypt(struct taking *taking, struct err_info *info)
{
	const struct node_code *self = &node_identity_of(taking->node)->code;
	const struct seal_node_key *const *old = NULL;
	const struct seal_node_key *keys[] = {node_keys(taking->node)};
	size_t count = 0;
	enum err err = envelope_decrypt(taking->envelope, self, keys, 1, info);

	if (err != ERR_NOT_FOUND || node_old_keys(&old, &count, taking->node, NULL) != ERR_OK || count == 0)
		return err;
	return envelope_decrypt(taking->envelope, self, old, count, info);
}

static enum err
open_inside(struct taking *taking, struct err_info *info)
{
	const struct node_identity *self = node_identity_of(taking->node);
	enum err err = decrypt(taking, info);

	if (err == ERR_OK)
		err = bundle_preamble_read(&taking->preamble, envelope_preamble(taking->envelope),
		                           envelope_section_count(taking->envelope), info);
	if (err == ERR_OK && (strcmp(taking->preamble.sender.text, taking->manifest->terms.sender.text) != 0 ||
	                      strcmp(taking->preamble.recipient.text, self->code.text) != 0))
		err = err_set(info, ERR_AUTH, "%s",
		              _("its preamble names another sender or recipient than its manifest"));
	if (err == ERR_OK)
		err = check_sections(taking, info);
	return err;
}

enum err
taking_open(struct taking *taking, const struct flow_file *file, struct err_info *info)
{
	enum err err = file->fd < 0 ? envelope_open(&taking->envelope, file->bytes, info)
	                            : envelope_open_fd(&taking->envelope, file->fd, file->name, info);

	if (err != ERR_OK)
		return err;
	taking->manifest = envelope_manifest(taking->envelope);
	taking->taken->sender = taking->manifest->terms.sender;
	taking->taken->number = taking->manifest->terms.number;
	taking->taken->digest = *envelope_digest(taking->envelope);
	taking->taken->bytes = taking->manifest->file_bytes;
	err = taking_statements(taking, taking->manifest->terms.statements, taking->manifest->terms.statement_count,
	                        false, info);
	if (err == ERR_OK)
		err = check_sender(taking, info);
	if (err == ERR_OK)
		err = open_inside(taking, info);
	return err;
}

enum err
taking_section(struct bytes *out, struct taking *taking, size_t section, size_t size_max, struct err_info *info)
{
	const struct view no_dictionary = {0};

	return envelope_section(out, taking->envelope, section, no_dictionary, size_max, info);
}
