/* The manifest of a stranger: schema/bundle-v1.md section 2, every count met by its limit before it is used. */
#include "codec/codec.h"
#include "envelope/internal.h"
#include "seal/hash.h"

_Static_assert(sizeof(struct envelope_recipient) == NODE_CODE_BYTES + ENVELOPE_KEY_ID_BYTES, "compared as bytes");

static enum err
refuse(struct err_info *info, const char *why)
{
	return err_set(info, ERR_FORMAT, _("bundle, manifest: %s"), why);
}

static enum err
read_code(struct node_code *out, struct codec_reader *reader, const struct node_code *sender, struct err_info *info)
{
	enum err err = envelope_code_read(out, reader, sender, info);

	return err == ERR_OK ? ERR_OK : err_in(info, err, _("bundle, manifest"));
}

static enum err
read_recipients(struct envelope *envelope, struct codec_reader *reader, struct err_info *info)
{
	struct envelope_manifest *manifest = &envelope->manifest;
	struct envelope_recipient *recipients;
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err != ERR_OK)
		return err_in(info, err, _("bundle, manifest"));
	if (count == 0)
		return refuse(info, _("it names no recipient"));
	if (count > LIMIT_RECIPIENTS_MAX)
		return err_set(info, ERR_TOO_BIG, _("bundle, manifest: %zu recipients, the limit is %d"), count,
		               LIMIT_RECIPIENTS_MAX);
	recipients = arena_get(&envelope->arena, count * sizeof(*recipients));
	if (recipients == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = read_code(&recipients[i].code, reader, &manifest->terms.sender, info);
	manifest->recipients = recipients;
	manifest->recipient_count = count;
	return err;
}

static enum err
read_reference(struct envelope_roster_reference *out, struct codec_reader *reader, const struct node_code *sender,
               struct err_info *info)
{
	size_t members;
	uint64_t number = 0;
	enum err err = codec_read_array(&members, reader, info);

	if (err != ERR_OK)
		return err_in(info, err, _("bundle, manifest"));
	if (members != ENVELOPE_REFERENCE_MEMBERS)
		return refuse(info, _("a roster version has issuers, numbers and digests"));
	err = read_code(&out->issuer, reader, sender, info);
	if (err != ERR_OK)
		return err;
	err = codec_read_uint_max(&number, reader, UINT32_MAX, info);
	if (err == ERR_OK)
		err = codec_read_bin_exact(out->digest, sizeof(out->digest), reader, info);
	if (err != ERR_OK)
		return err_in(info, err, _("bundle, manifest"));
	if (number == 0)
		return refuse(info, _("the roster version names a statement 0"));
	out->number = (uint32_t)number;
	return ERR_OK;
}

static enum err
read_roster(struct envelope *envelope, struct codec_reader *reader, struct err_info *info)
{
	struct envelope_terms *terms = &envelope->manifest.terms;
	struct envelope_roster_reference *roster;
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err != ERR_OK)
		return err_in(info, err, _("bundle, manifest"));
	if (count > LIMIT_LEVELS_MAX)
		return err_set(info, ERR_TOO_BIG,
		               _("bundle, manifest: the roster version names %zu issuers, the limit is %d"), count,
		               LIMIT_LEVELS_MAX);
	roster = arena_get(&envelope->arena, count * sizeof(*roster));
	if (roster == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		err = read_reference(&roster[i], reader, &terms->sender, info);
		for (size_t k = 0; err == ERR_OK && k < i; k++) {
			if (strcmp(roster[i].issuer.text, roster[k].issuer.text) == 0)
				err = refuse(info, _("the roster version names an issuer twice"));
		}
	}
	terms->roster = roster;
	terms->roster_count = count;
	return err;
}

static enum err
read_statements(struct envelope *envelope, struct codec_reader *reader, struct err_info *info)
{
	struct envelope_terms *terms = &envelope->manifest.terms;
	struct view *statements;
	size_t total = 0;
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err != ERR_OK)
		return err_in(info, err, _("bundle, manifest"));
	if (count == 0)
		return refuse(info, _("a list of no statements is left out"));
	if (count > LIMIT_MANIFEST_STATEMENTS_MAX)
		return err_set(info, ERR_TOO_BIG, _("bundle, manifest: %zu statements, the limit is %d"), count,
		               LIMIT_MANIFEST_STATEMENTS_MAX);
	statements = arena_get(&envelope->arena, count * sizeof(*statements));
	if (statements == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < count; i++) {
		err = codec_read_bin(&statements[i], reader, info);
		if (err != ERR_OK)
			return err_in(info, err, _("bundle, manifest"));
		if (statements[i].size == 0)
			return refuse(info, _("a statement is empty"));
		if (statements[i].size > LIMIT_MANIFEST_STATEMENTS_BYTES_MAX - total)
			return err_set(info, ERR_TOO_BIG,
			               _("bundle, manifest: the statements pass their limit of %d bytes"),
			               LIMIT_MANIFEST_STATEMENTS_BYTES_MAX);
		total += statements[i].size;
	}
	terms->statements = statements;
	terms->statement_count = count;
	return ERR_OK;
}

/** Hand the key ids to the recipients; both together must ascend. */
static enum err
take_key_ids(struct envelope *envelope, const uint8_t *ids, struct err_info *info)
{
	size_t count = envelope->manifest.recipient_count;
	struct envelope_recipient *recipients = arena_get(&envelope->arena, count * sizeof(*recipients));

	if (recipients == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < count; i++) {
		recipients[i] = envelope->manifest.recipients[i];
		memcpy(recipients[i].key_id, ids + i * ENVELOPE_KEY_ID_BYTES, ENVELOPE_KEY_ID_BYTES);
		/* text, then id, without padding between: node_code is zero-filled */
		if (i > 0 && memcmp(&recipients[i - 1], &recipients[i], sizeof(*recipients)) >= 0)
			return refuse(info, _("the recipients do not ascend, or one is named twice"));
	}
	envelope->manifest.recipients = recipients;
	return ERR_OK;
}

/** Take the last element apart; H covers the file up to the wrapped keys. */
static enum err
take_keys(struct envelope *envelope, struct view keys, struct err_info *info)
{
	struct envelope_manifest *manifest = &envelope->manifest;
	size_t count = manifest->recipient_count;
	const uint8_t *at = keys.data;
	enum err err;

	if (keys.size != ENVELOPE_KEYS_FIRST_BYTES + count * ENVELOPE_KEY_ID_BYTES + envelope_unbound_bytes(count))
		return refuse(info, _("its keys do not have the size that its recipients need"));
	memcpy(manifest->sender_key_id, at, ENVELOPE_KEY_ID_BYTES);
	at += ENVELOPE_KEY_ID_BYTES;
	memcpy(manifest->terms.incarnation, at, ENVELOPE_INCARNATION_BYTES);
	at += ENVELOPE_INCARNATION_BYTES;
	memcpy(manifest->terms.previous, at, ENVELOPE_PREVIOUS_BYTES);
	at += ENVELOPE_PREVIOUS_BYTES;
	memcpy(manifest->ephemeral.bytes, at, SEAL_PUBLIC_KEY_BYTES);
	at += SEAL_PUBLIC_KEY_BYTES;
	err = take_key_ids(envelope, at, info);
	if (err != ERR_OK)
		return err;
	at += count * ENVELOPE_KEY_ID_BYTES;
	seal_digest(&envelope->bound, view_of(envelope->signed_part.data, (size_t)(at - envelope->signed_part.data)));
	envelope->wrapped = view_of(at, envelope_wrapped_bytes(count));
	at += envelope->wrapped.size;
	memcpy(manifest->commitment.bytes, at, envelope_commitment_bytes(count));
	at += envelope_commitment_bytes(count);
	memcpy(manifest->frames_digest, at, ENVELOPE_FRAMES_DIGEST_BYTES);
	return ERR_OK;
}

static enum err
read_numbers(struct envelope *envelope, struct codec_reader *reader, struct err_info *info)
{
	struct envelope_terms *terms = &envelope->manifest.terms;
	uint64_t time = 0;
	enum err err = codec_read_uint(&terms->number, reader, info);

	if (err == ERR_OK)
		err = codec_read_uint_max(&time, reader, (uint64_t)ENVELOPE_TIME_MAX, info);
	if (err != ERR_OK)
		return err_in(info, err, _("bundle, manifest"));
	if (terms->number == 0)
		return refuse(info, _("its number is 0"));
	terms->time = (int64_t)time;
	return ERR_OK;
}

static enum err
read_encrypted_bytes(struct envelope *envelope, struct codec_reader *reader, struct err_info *info)
{
	struct envelope_manifest *manifest = &envelope->manifest;
	uint64_t bytes = 0;
	enum err err = codec_read_uint_max(&bytes, reader, LIMIT_BUNDLE_BYTES_MAX, info);

	if (err != ERR_OK)
		return err_in(info, err, _("bundle, manifest"));
	manifest->encrypted_bytes = (uint32_t)bytes;
	manifest->frame_count = envelope_frame_count(bytes);
	if (manifest->frame_count == 0)
		return refuse(info, _("no number of frames has the size that it names"));
	return ERR_OK;
}

enum err
envelope_manifest_read(struct envelope *envelope, struct err_info *info)
{
	struct view text = bytes_view(&envelope->signed_part);
	struct codec_reader reader =
		codec_reader_of(view_of(text.data + ENVELOPE_HEAD_BYTES, text.size - ENVELOPE_HEAD_BYTES));
	struct view keys;
	size_t elements;
	enum err err = codec_read_array(&elements, &reader, info);

	if (err != ERR_OK)
		return err_in(info, err, _("bundle, manifest"));
	if (elements != ENVELOPE_MANIFEST_MEMBERS && elements != ENVELOPE_MANIFEST_MEMBERS + 1)
		return refuse(info, _("it does not have the elements of a manifest"));
	err = read_code(&envelope->manifest.terms.sender, &reader, NULL, info);
	if (err == ERR_OK)
		err = read_recipients(envelope, &reader, info);
	if (err == ERR_OK)
		err = read_numbers(envelope, &reader, info);
	if (err == ERR_OK)
		err = read_roster(envelope, &reader, info);
	if (err == ERR_OK)
		err = read_encrypted_bytes(envelope, &reader, info);
	if (err == ERR_OK && elements == ENVELOPE_MANIFEST_MEMBERS + 1)
		err = read_statements(envelope, &reader, info);
	if (err != ERR_OK)
		return err;
	err = codec_read_bin(&keys, &reader, info);
	if (err == ERR_OK)
		err = codec_end(&reader, info);
	if (err != ERR_OK)
		return err_in(info, err, _("bundle, manifest"));
	return take_keys(envelope, keys, info);
}
