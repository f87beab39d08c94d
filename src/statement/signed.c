#include "statement/signed.h"

#include <string.h>

static const char ARMOR_BEGIN[] = "-----BEGIN SSH SIGNATURE-----\n";

enum {
	ARMOR_BYTES_MAX = 1024, /* ours have about 300; the strict reader decides */
};

void
statement_digest(struct digest *out, struct view text)
{
	seal_digest(out, text);
}

/* Where the armor begins: the first line that is its BEGIN line; text.size if there is none. */
static size_t
armor_at(struct view file)
{
	const size_t size = sizeof(ARMOR_BEGIN) - 1;
	size_t at = 0;

	while (at < file.size) {
		const uint8_t *end = memchr(file.data + at, '\n', file.size - at);

		if (file.size - at >= size && memcmp(file.data + at, ARMOR_BEGIN, size) == 0)
			return at;
		if (end == NULL)
			return file.size;
		at = (size_t)(end + 1 - file.data);
	}
	return file.size;
}

enum err
statement_split(struct statement_signed *out, struct view file, enum seal_namespace name_space, struct err_info *info)
{
	struct statement_signed result = {{0}, {{{0}}, {{0}}}};
	size_t at;
	enum err err;

	if (file.size > LIMIT_STATEMENT_BYTES_MAX + ARMOR_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a signed text of %zu bytes; the limit is %d"), file.size,
		               LIMIT_STATEMENT_BYTES_MAX);
	at = file.size > 0 ? armor_at(file) : 0;
	if (at == file.size)
		return err_set(info, ERR_FORMAT, _("a signed text without \"-----BEGIN SSH SIGNATURE-----\""));
	if (at == 0)
		return err_set(info, ERR_FORMAT, _("a signature without a text before it"));
	result.text = view_of(file.data, at);
	err = seal_sshsig_read(&result.sshsig, view_of(file.data + at, file.size - at), name_space, info);
	if (err == ERR_OK)
		*out = result;
	return err;
}

enum err
statement_join(struct bytes *out, const struct statement_signed *signed_text, enum seal_namespace name_space,
               struct err_info *info)
{
	size_t size = out->size;
	enum err err = bytes_append_view(out, signed_text->text, info);

	if (err == ERR_OK)
		err = seal_sshsig_armor(out, &signed_text->sshsig, name_space, info);
	if (err != ERR_OK)
		out->size = size;
	return err;
}

enum err
statement_sign(struct statement_signed *out, const struct seal_node_key *key, enum seal_namespace name_space,
               struct view text, struct err_info *info)
{
	struct statement_signed result = {text, {seal_node_key_public(key)->sign, {{0}}}};
	enum err err = seal_sshsig_sign(&result.sshsig.signature, key, name_space, text, info);

	if (err == ERR_OK)
		*out = result;
	return err;
}

enum err
statement_verify(const struct statement_signed *signed_text, enum seal_namespace name_space, struct err_info *info)
{
	return seal_sshsig_verify(&signed_text->sshsig.signature, &signed_text->sshsig.signer, name_space,
	                          signed_text->text, info);
}
