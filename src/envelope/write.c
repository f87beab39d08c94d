/* Seal and sign: schema/bundle-v1.md. */
#include <assert.h>
#include <stdlib.h>

#include "compress/compress.h"
#include "envelope/internal.h"
#include "seal/hash.h"

/** A bundle being made. */
struct draft {
	const struct envelope_letter *letter;
	const struct envelope_addressee *addressees[LIMIT_RECIPIENTS_MAX]; /* sorted */
	uint8_t key_ids[LIMIT_RECIPIENTS_MAX][ENVELOPE_KEY_ID_BYTES];
	struct bytes front; /* table and preamble */
	struct bytes body;  /* sections as they travel */
	struct seal_key *key;
	struct seal_ephemeral *ephemeral;
	struct digest bound;
	struct digest frames;
	struct bytes file;
};

/** An addressee and the id that it is sorted by. */
struct sorted {
	struct envelope_recipient name;
	const struct envelope_addressee *addressee;
};

static int
compare_sorted(const void *a, const void *b)
{
	const struct sorted *left = a;
	const struct sorted *right = b;

	return memcmp(&left->name, &right->name, sizeof(left->name));
}

static enum err
sort_addressees(struct draft *draft, struct err_info *info)
{
	struct sorted sorted[LIMIT_RECIPIENTS_MAX];
	size_t count = draft->letter->addressee_count;

	assert(count > 0);
	if (count > LIMIT_RECIPIENTS_MAX)
		return err_set(info, ERR_TOO_BIG, _("bundle, manifest: %zu recipients, the limit is %d"), count,
		               LIMIT_RECIPIENTS_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct envelope_addressee *addressee = &draft->letter->addressees[i];
		struct id id;

		seal_key_id(&id, &addressee->key);
		sorted[i].name.code = addressee->code;
		memcpy(sorted[i].name.key_id, id.bytes, ENVELOPE_KEY_ID_BYTES);
		sorted[i].addressee = addressee;
	}
	qsort(sorted, count, sizeof(*sorted), compare_sorted);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && compare_sorted(&sorted[i - 1], &sorted[i]) == 0)
			return err_set(info, ERR_RULE, _("bundle, manifest: %s is named twice with one key"),
			               sorted[i].name.code.text);
		draft->addressees[i] = sorted[i].addressee;
		memcpy(draft->key_ids[i], sorted[i].name.key_id, ENVELOPE_KEY_ID_BYTES);
	}
	return ERR_OK;
}

/** Append one section, compressed if that is smaller. */
static enum err
pack_section(struct bytes *body, struct envelope_section_info *out, const struct envelope_content *content, int level,
             struct err_info *info)
{
	size_t start = body->size;
	size_t packed;
	enum err err;

	if (content->plain.size > LIMIT_DELTA_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("bundle: a section has %zu bytes, the limit is %d"),
		               content->plain.size, LIMIT_DELTA_BYTES_MAX);
	err = compress_shrink(body, content->plain, level, content->dictionary, info);
	if (err != ERR_OK)
		return err;
	packed = body->size - start;
	*out = (struct envelope_section_info){
		.id = content->id,
		.plain_bytes = (uint32_t)content->plain.size,
		.packed_bytes = (uint32_t)packed,
	};
	if (packed < content->plain.size && !envelope_is_bomb(content->plain.size, packed))
		return ERR_OK;
	body->size = start;
	out->is_stored = true;
	out->packed_bytes = out->plain_bytes;
	return bytes_append_view(body, content->plain, info);
}

/** Sections into draft->body, table and preamble into draft->front. */
static enum err
pack(struct draft *draft, struct err_info *info)
{
	const struct envelope_letter *letter = draft->letter;
	struct envelope_section_info *sections;
	enum err err = ERR_OK;

	if (letter->section_count > LIMIT_SECTIONS_MAX)
		return err_set(info, ERR_TOO_BIG, _("bundle: %zu sections, the limit is %d"), letter->section_count,
		               LIMIT_SECTIONS_MAX);
	if (letter->preamble.size > LIMIT_PREAMBLE_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("bundle: the preamble has %zu bytes, the limit is %d"),
		               letter->preamble.size, LIMIT_PREAMBLE_BYTES_MAX);
	sections = calloc(letter->section_count + 1, sizeof(*sections));
	if (sections == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < letter->section_count; i++) {
		err = pack_section(&draft->body, &sections[i], &letter->sections[i], letter->level, info);
		if (err == ERR_OK && draft->body.size > LIMIT_BUNDLE_BYTES_MAX)
			err = err_set(info, ERR_TOO_BIG, _("bundle: it passes its limit of %d bytes"),
			              LIMIT_BUNDLE_BYTES_MAX);
	}
	if (err == ERR_OK)
		err = envelope_table_write(&draft->front, letter->preamble.size, sections, letter->section_count, info);
	if (err == ERR_OK)
		err = bytes_append_view(&draft->front, letter->preamble, info);
	free(sections);
	return err;
}

/** The file's bound part, H, and room for the rest of the signed part and the signature. */
static enum err
begin_file(struct draft *draft, const struct seal_node_key *key, struct err_info *info)
{
	size_t count = draft->letter->addressee_count;
	uint64_t encrypted = envelope_encrypted_bytes((uint64_t)draft->front.size + draft->body.size);
	struct envelope_draft manifest = {
		.terms = &draft->letter->terms,
		.addressees = draft->addressees,
		.key_ids = (const uint8_t(*)[ENVELOPE_KEY_ID_BYTES])draft->key_ids,
		.addressee_count = count,
		.encrypted_bytes = (uint32_t)encrypted,
		.ephemeral = *seal_ephemeral_public(draft->ephemeral),
	};
	struct id id;
	uint64_t size;
	enum err err;

	if (encrypted > LIMIT_BUNDLE_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("bundle: it passes its limit of %d bytes"), LIMIT_BUNDLE_BYTES_MAX);
	seal_key_id(&id, &seal_node_key_public(key)->sign);
	memcpy(manifest.sender_key_id, id.bytes, ENVELOPE_KEY_ID_BYTES);
	err = envelope_manifest_write(&draft->file, &manifest, info);
	if (err != ERR_OK)
		return err;
	seal_digest(&draft->bound, bytes_view(&draft->file));
	size = draft->file.size + envelope_unbound_bytes(count) + SEAL_SIGNATURE_BYTES + encrypted;
	if (size > LIMIT_BUNDLE_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("bundle: it passes its limit of %d bytes"), LIMIT_BUNDLE_BYTES_MAX);
	err = bytes_reserve(&draft->file, (size_t)(size - draft->file.size), info);
	if (err == ERR_OK && bytes_extend(&draft->file, envelope_unbound_bytes(count) + SEAL_SIGNATURE_BYTES) == NULL)
		err = err_nomem(info);
	return err;
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/** The piece of the plaintext from `start`, joined in `scratch` where front and body meet. */
static enum err
next_piece(struct view *out, const struct draft *draft, size_t start, struct bytes *scratch, struct err_info *info)
{
	size_t front = draft->front.size;
	size_t size = smaller(front + draft->body.size - start, LIMIT_FRAME_BYTES_MAX);
	size_t from_front;
	enum err err;

	if (start >= front) {
		*out = view_of(draft->body.data + (start - front), size);
		return ERR_OK;
	}
	from_front = smaller(front - start, size);
	bytes_clear(scratch);
	err = bytes_append(scratch, draft->front.data + start, from_front, info);
	if (err == ERR_OK)
		err = bytes_append(scratch, draft->body.data, size - from_front, info);
	if (err == ERR_OK)
		*out = bytes_view(scratch);
	return err;
}

/** Randomness that is none: the stream's header is the beginning of H (schema/bundle-v1.md section 3). */
static enum err
header_from_bound(void *context, void *out, size_t size, struct err_info *info)
{
	const struct digest *bound = context;

	(void)info;
	assert(size <= DIGEST_BYTES);
	memcpy(out, bound->bytes, size);
	return ERR_OK;
}

/** Append all frames, and take their digest. */
static enum err
encrypt(struct draft *draft, struct err_info *info)
{
	struct view bound = view_of(draft->bound.bytes, DIGEST_BYTES);
	size_t plain = draft->front.size + draft->body.size;
	uint32_t count = (uint32_t)((plain + LIMIT_FRAME_BYTES_MAX - 1) / LIMIT_FRAME_BYTES_MAX);
	const struct env env = {.random = header_from_bound, .context = &draft->bound};
	uint8_t header[SEAL_STREAM_HEADER_BYTES];
	size_t frames_at = draft->file.size;
	struct bytes scratch = {0};
	struct seal_stream stream = {0};
	enum err err = seal_stream_write_init(&stream, header, draft->key, count, &env, info);

	for (size_t start = 0; err == ERR_OK && start < plain; start += LIMIT_FRAME_BYTES_MAX) {
		struct view piece;

		err = next_piece(&piece, draft, start, &scratch, info);
		if (err == ERR_OK)
			err = seal_stream_push(&stream, &draft->file, piece, bound, info);
	}
	if (err == ERR_OK)
		seal_digest(&draft->frames, view_of(draft->file.data + frames_at, draft->file.size - frames_at));
	seal_stream_wipe(&stream);
	seal_wipe_bytes(&scratch);
	return err;
}

/** Fill in wraps, commitment, frames digest and signature behind the bound part of `bound_bytes`. */
static enum err
finish_file(struct draft *draft, size_t bound_bytes, const struct seal_node_key *key, struct digest *digest_out,
            struct err_info *info)
{
	uint8_t *at = draft->file.data + bound_bytes;
	uint8_t context[2 * DIGEST_BYTES];
	struct digest commitment;
	struct seal_signature signature;
	struct view signed_part;
	size_t count = draft->letter->addressee_count;
	enum err err;

	for (size_t i = 0; count > 1 && i < count; i++) {
		err = seal_wrap(at, draft->ephemeral, &draft->addressees[i]->key, draft->key,
		                view_of(draft->bound.bytes, DIGEST_BYTES), info);
		if (err != ERR_OK)
			return err_in(info, err, _("bundle, content key for %s"), draft->addressees[i]->code.text);
		at += SEAL_WRAPPED_BYTES;
	}
	memcpy(context, draft->bound.bytes, DIGEST_BYTES);
	memcpy(context + DIGEST_BYTES, draft->frames.bytes, DIGEST_BYTES);
	seal_content_commitment(&commitment, draft->key, view_of(context, sizeof(context)));
	memcpy(at, commitment.bytes, envelope_commitment_bytes(count));
	at += envelope_commitment_bytes(count);
	memcpy(at, draft->frames.bytes, ENVELOPE_FRAMES_DIGEST_BYTES);
	at += ENVELOPE_FRAMES_DIGEST_BYTES;
	signed_part = view_of(draft->file.data, (size_t)(at - draft->file.data));
	err = seal_sshsig_sign(&signature, key, SEAL_NAMESPACE_BUNDLE, signed_part, info);
	if (err != ERR_OK)
		return err_in(info, err, _("bundle, signature"));
	memcpy(at, signature.bytes, SEAL_SIGNATURE_BYTES);
	seal_digest(digest_out, signed_part);
	return ERR_OK;
}

/** The content key: drawn for several recipients, agreed on with one alone. */
static enum err
content_key(struct draft *draft, const struct env *env, struct err_info *info)
{
	enum err err;

	if (draft->letter->addressee_count > 1)
		return seal_key_new(&draft->key, env, info);
	err = seal_agree(&draft->key, draft->ephemeral, &draft->addressees[0]->key,
	                 view_of(draft->bound.bytes, DIGEST_BYTES), info);
	return err == ERR_OK ? ERR_OK
	                     : err_in(info, err, _("bundle, content key for %s"), draft->addressees[0]->code.text);
}

enum err
envelope_write(struct bytes *out, struct digest *digest_out, const struct envelope_letter *letter,
               const struct seal_node_key *key, const struct env *env, struct err_info *info)
{
	struct draft draft = {.letter = letter};
	struct digest digest = {{0}};
	enum err err;

	assert(out->size == 0);
	err = sort_addressees(&draft, info);
	if (err == ERR_OK)
		err = pack(&draft, info);
	if (err == ERR_OK)
		err = seal_ephemeral_new(&draft.ephemeral, env, info);
	if (err == ERR_OK)
		err = begin_file(&draft, key, info);
	if (err == ERR_OK) {
		size_t bound_bytes =
			draft.file.size - SEAL_SIGNATURE_BYTES - envelope_unbound_bytes(letter->addressee_count);

		err = content_key(&draft, env, info);
		if (err == ERR_OK)
			err = encrypt(&draft, info);
		if (err == ERR_OK)
			err = finish_file(&draft, bound_bytes, key, &digest, info);
	}
	if (err == ERR_OK) {
		bytes_release(out);
		*out = draft.file;
		draft.file = (struct bytes){0}; /* handed over */
		if (digest_out != NULL)
			*digest_out = digest;
	}
	seal_key_free(draft.key);
	seal_ephemeral_free(draft.ephemeral);
	seal_wipe_bytes(&draft.front);
	seal_wipe_bytes(&draft.body);
	bytes_release(&draft.file);
	return err;
}
