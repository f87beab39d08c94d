/* The bound part of a bundle: schema/bundle-v1.md sections 1 and 2. */
#include "codec/codec.h"
#include "envelope/internal.h"

size_t
envelope_unbound_bytes(size_t recipient_count)
{
	return envelope_wrapped_bytes(recipient_count) + envelope_commitment_bytes(recipient_count) +
	       ENVELOPE_FRAMES_DIGEST_BYTES;
}

size_t
envelope_wrapped_bytes(size_t recipient_count)
{
	return recipient_count == 1 ? 0 : recipient_count * SEAL_WRAPPED_BYTES;
}

size_t
envelope_commitment_bytes(size_t recipient_count)
{
	return recipient_count == 1 ? (size_t)ENVELOPE_COMMITMENT_ALONE_BYTES : (size_t)DIGEST_BYTES;
}

static enum err
write_code(struct bytes *out, const struct node_code *code, const struct node_code *sender, struct err_info *info)
{
	enum err err = envelope_code_write(out, code, sender, info);

	return err == ERR_OK ? ERR_OK : err_in(info, err, _("bundle, manifest"));
}

static enum err
write_roster(struct bytes *out, const struct envelope_terms *terms, struct err_info *info)
{
	enum err err;

	if (terms->roster_count > LIMIT_LEVELS_MAX)
		return err_set(info, ERR_TOO_BIG,
		               _("bundle, manifest: the roster version names %zu issuers, the limit is %d"),
		               terms->roster_count, LIMIT_LEVELS_MAX);
	err = codec_write_array(out, terms->roster_count, info);
	for (size_t i = 0; err == ERR_OK && i < terms->roster_count; i++) {
		const struct envelope_roster_reference *reference = &terms->roster[i];

		for (size_t k = 0; k < i; k++) {
			if (strcmp(reference->issuer.text, terms->roster[k].issuer.text) == 0)
				return err_set(info, ERR_RULE, _("bundle, manifest: the roster version names %s twice"),
				               reference->issuer.text);
		}
		if (reference->number == 0)
			return err_set(info, ERR_RULE,
			               _("bundle, manifest: the roster version names statement 0 of %s"),
			               reference->issuer.text);
		err = codec_write_array(out, ENVELOPE_REFERENCE_MEMBERS, info);
		if (err == ERR_OK)
			err = write_code(out, &reference->issuer, &terms->sender, info);
		if (err == ERR_OK)
			err = codec_write_uint(out, reference->number, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(reference->digest, sizeof(reference->digest)), info);
	}
	return err;
}

static enum err
write_statements(struct bytes *out, const struct envelope_terms *terms, struct err_info *info)
{
	size_t total = 0;
	enum err err;

	if (terms->statement_count > LIMIT_MANIFEST_STATEMENTS_MAX)
		return err_set(info, ERR_TOO_BIG, _("bundle, manifest: %zu statements, the limit is %d"),
		               terms->statement_count, LIMIT_MANIFEST_STATEMENTS_MAX);
	err = codec_write_array(out, terms->statement_count, info);
	for (size_t i = 0; err == ERR_OK && i < terms->statement_count; i++) {
		struct view statement = terms->statements[i];

		if (statement.size == 0)
			return err_set(info, ERR_RULE, _("bundle, manifest: statement %zu is empty"), i);
		if (statement.size > LIMIT_MANIFEST_STATEMENTS_BYTES_MAX - total)
			return err_set(info, ERR_TOO_BIG,
			               _("bundle, manifest: the statements pass their limit of %d bytes"),
			               LIMIT_MANIFEST_STATEMENTS_BYTES_MAX);
		total += statement.size;
		err = codec_write_bin(out, statement, info);
	}
	return err;
}

/** The array of the manifest, without its last element. */
static enum err
write_elements(struct bytes *out, const struct envelope_draft *draft, struct err_info *info)
{
	const struct envelope_terms *terms = draft->terms;
	bool has_statements = terms->statement_count > 0;
	enum err err;

	if (terms->number == 0)
		return err_set(info, ERR_RULE, _("bundle, manifest: a bundle has a number, from 1"));
	if (terms->time < 0 || terms->time > ENVELOPE_TIME_MAX)
		return err_set(info, ERR_RULE, _("bundle, manifest: the clock says %lld, which is no time"),
		               (long long)terms->time);
	err = codec_write_array(out, ENVELOPE_MANIFEST_MEMBERS + (has_statements ? 1 : 0), info);
	if (err == ERR_OK)
		err = write_code(out, &terms->sender, NULL, info);
	if (err == ERR_OK)
		err = codec_write_array(out, draft->addressee_count, info);
	for (size_t i = 0; err == ERR_OK && i < draft->addressee_count; i++)
		err = write_code(out, &draft->addressees[i]->code, &terms->sender, info);
	if (err == ERR_OK)
		err = codec_write_uint(out, terms->number, info);
	if (err == ERR_OK)
		err = codec_write_uint(out, (uint64_t)terms->time, info);
	if (err == ERR_OK)
		err = write_roster(out, terms, info);
	if (err == ERR_OK)
		err = codec_write_uint(out, draft->encrypted_bytes, info);
	if (err == ERR_OK && has_statements)
		err = write_statements(out, terms, info);
	return err;
}

/** The bin of keys: its header, then what is bound of it. */
static enum err
write_keys(struct bytes *out, const struct envelope_draft *draft, struct err_info *info)
{
	uint8_t keys[ENVELOPE_KEYS_FIRST_BYTES + LIMIT_RECIPIENTS_MAX * (ENVELOPE_KEY_ID_BYTES + SEAL_WRAPPED_BYTES) +
	             DIGEST_BYTES + ENVELOPE_FRAMES_DIGEST_BYTES] = {0};
	size_t unbound = envelope_unbound_bytes(draft->addressee_count);
	uint8_t *at = keys;
	enum err err;

	memcpy(at, draft->sender_key_id, ENVELOPE_KEY_ID_BYTES);
	at += ENVELOPE_KEY_ID_BYTES;
	memcpy(at, draft->terms->incarnation, ENVELOPE_INCARNATION_BYTES);
	at += ENVELOPE_INCARNATION_BYTES;
	memcpy(at, draft->terms->previous, ENVELOPE_PREVIOUS_BYTES);
	at += ENVELOPE_PREVIOUS_BYTES;
	memcpy(at, draft->ephemeral.bytes, SEAL_PUBLIC_KEY_BYTES);
	at += SEAL_PUBLIC_KEY_BYTES;
	memcpy(at, draft->key_ids, draft->addressee_count * ENVELOPE_KEY_ID_BYTES);
	at += draft->addressee_count * ENVELOPE_KEY_ID_BYTES;
	err = codec_write_bin(out, view_of(keys, (size_t)(at - keys) + unbound), info);
	if (err == ERR_OK)
		out->size -= unbound; /* only the header had to know of them */
	return err;
}

enum err
envelope_manifest_write(struct bytes *out, const struct envelope_draft *draft, struct err_info *info)
{
	uint8_t head[ENVELOPE_HEAD_BYTES];
	struct bytes manifest = {0};
	size_t size;
	enum err err = write_elements(&manifest, draft, info);

	if (err == ERR_OK)
		err = write_keys(&manifest, draft, info);
	if (err != ERR_OK)
		goto out;
	size = manifest.size + envelope_unbound_bytes(draft->addressee_count);
	if (size > LIMIT_MANIFEST_BYTES_MAX) {
		err = err_set(info, ERR_TOO_BIG, _("bundle, manifest: %zu bytes, the limit is %d"), size,
		              LIMIT_MANIFEST_BYTES_MAX);
		goto out;
	}
	memcpy(head, envelope_magic, sizeof(envelope_magic));
	head[4] = ENVELOPE_VERSION;
	store_u16(head + 5, SEAL_SUITE);
	head[7] = (uint8_t)(size >> 16);
	store_u16(head + 8, (uint16_t)size);
	err = bytes_append(out, head, sizeof(head), info);
	if (err == ERR_OK)
		err = bytes_append_view(out, bytes_view(&manifest), info);
out:
	bytes_release(&manifest);
	return err;
}
