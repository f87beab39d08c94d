/* The frames: checked against the signed digest, decrypted once in full, and again for each section that is asked for. */
#include <assert.h>
#include <stdlib.h>

#include "compress/compress.h"
#include "envelope/internal.h"
#include "seal/hash.h"

enum err
envelope_check_frames(struct envelope *envelope, struct err_info *info)
{
	const struct envelope_manifest *manifest = &envelope->manifest;
	struct bytes scratch = {0};
	struct seal_hash hash;
	struct digest digest;
	enum err err = ERR_OK;

	assert(envelope->is_verified);
	if (envelope->is_checked)
		return ERR_OK;
	seal_hash_init(&hash);
	for (uint32_t i = 0; err == ERR_OK && i < manifest->frame_count; i++) {
		size_t size;
		uint64_t at = envelope_frame_at(envelope, i, &size);
		struct view frame;

		err = envelope_source_read(&frame, &envelope->source, at, size, &scratch, info);
		if (err == ERR_OK)
			seal_hash_update(&hash, frame);
	}
	seal_hash_final(&digest, &hash);
	bytes_release(&scratch);
	if (err != ERR_OK)
		return err_in(info, err, _("bundle, frames"));
	if (memcmp(digest.bytes, manifest->frames_digest, ENVELOPE_FRAMES_DIGEST_BYTES) != 0)
		return err_set(info, ERR_FORMAT,
		               _("bundle, frames: damaged: the encrypted part is not the one that was signed"));
	envelope->frames = digest;
	envelope->is_checked = true;
	return ERR_OK;
}

/** The content key as one of our keys opens it for recipient `index`, if it is the one committed to. */
static enum err
open_for(struct seal_key **out, const struct envelope *envelope, size_t index, const struct seal_node_key *node_key,
         struct err_info *info)
{
	const struct envelope_manifest *manifest = &envelope->manifest;
	struct view bound = view_of(envelope->bound.bytes, DIGEST_BYTES);
	size_t committed = envelope_commitment_bytes(manifest->recipient_count);
	uint8_t context[2 * DIGEST_BYTES];
	struct seal_key *key = NULL;
	struct digest commitment;
	enum err err = envelope->wrapped.size == 0
	                       ? seal_agree_open(&key, node_key, &manifest->ephemeral, bound, info)
	                       : seal_unwrap(&key, node_key, &manifest->ephemeral,
	                                     envelope->wrapped.data + index * SEAL_WRAPPED_BYTES, bound, info);

	if (err != ERR_OK)
		return err_in(info, err, _("bundle, content key"));
	memcpy(context, envelope->bound.bytes, DIGEST_BYTES);
	memcpy(context + DIGEST_BYTES, envelope->frames.bytes, DIGEST_BYTES);
	seal_content_commitment(&commitment, key, view_of(context, sizeof(context)));
	if (!seal_equal(view_of(commitment.bytes, committed), view_of(manifest->commitment.bytes, committed))) {
		seal_key_free(key);
		return err_set(
			info, ERR_AUTH,
			_("bundle, key commitment: the content key is not the one that the sender committed to"));
	}
	*out = key;
	return ERR_OK;
}

/** The content key, by the first of our keys that its place among the recipients fits. */
static enum err
open_content_key(struct seal_key **out, const struct envelope *envelope, const struct node_code *self,
                 const struct seal_node_key *const *keys, size_t key_count, struct err_info *info)
{
	const struct envelope_manifest *manifest = &envelope->manifest;
	bool is_named = false;
	enum err err = ERR_NOT_FOUND;

	for (size_t i = 0; i < manifest->recipient_count; i++) {
		const struct envelope_recipient *recipient = &manifest->recipients[i];

		if (memcmp(recipient->code.text, self->text, NODE_CODE_BYTES) != 0)
			continue;
		is_named = true;
		for (size_t k = 0; k < key_count; k++) {
			struct id id;

			seal_key_id(&id, &seal_node_key_public(keys[k])->seal);
			if (memcmp(id.bytes, recipient->key_id, ENVELOPE_KEY_ID_BYTES) != 0)
				continue;
			err = open_for(out, envelope, i, keys[k], info);
			if (err != ERR_AUTH) /* ids are hints: another key of ours may have the same one */
				return err;
		}
	}
	if (err == ERR_AUTH)
		return err;
	if (!is_named)
		return err_set_advised(info, ERR_RIGHT, ADVICE_OTHER_STORE,
		                       _("bundle, recipient: it is not addressed to %s"), self->text);
	return err_set_advised(info, ERR_NOT_FOUND, ADVICE_SENDER,
	                       _("bundle, recipient: it is sealed to a key of %s that is not held here"), self->text);
}

/** What the one pass over the frames gathers. */
struct pass {
	struct envelope_table table;
	struct bytes preamble;
	uint64_t plain_bytes;
	size_t next_slot; /* the first section not yet reached */
};

/** Take what frame `index` holds of the preamble, and note the sections that start in it. */
static enum err
pass_take(struct pass *pass, uint32_t index, struct view plain, const struct seal_stream *before, struct err_info *info)
{
	uint64_t start = (uint64_t)index * LIMIT_FRAME_BYTES_MAX;
	uint64_t end = start + plain.size;
	uint64_t preamble_end;
	enum err err = ERR_OK;

	if (index == 0) {
		err = envelope_table_read(&pass->table, plain, pass->plain_bytes, info);
		if (err != ERR_OK)
			return err;
	}
	preamble_end = pass->table.table_bytes + pass->table.preamble_bytes;
	if (start < preamble_end) {
		size_t from = index == 0 ? pass->table.table_bytes : 0;
		size_t to = preamble_end < end ? (size_t)(preamble_end - start) : plain.size;

		err = bytes_append(&pass->preamble, plain.data + from, to - from, info);
	}
	while (pass->next_slot < pass->table.count && pass->table.slots[pass->next_slot].start < end)
		pass->table.slots[pass->next_slot++].stream = *before;
	return err;
}

/** Decrypt every frame, keeping what pass_take keeps. */
static enum err
pass_run(struct pass *pass, const struct envelope *envelope, const struct seal_key *key, struct err_info *info)
{
	struct view bound = view_of(envelope->bound.bytes, DIGEST_BYTES);
	uint32_t count = envelope->manifest.frame_count;
	struct bytes scratch = {0};
	struct bytes plain = {0};
	struct seal_stream stream = {0};
	enum err err = ERR_OK;

	/* the stream's header is H's beginning: schema/bundle-v1.md section 3 */
	seal_stream_read_init(&stream, envelope->bound.bytes, key, count);
	for (uint32_t i = 0; err == ERR_OK && i < count; i++) {
		struct seal_stream before = stream;
		size_t size;
		uint64_t at = envelope_frame_at(envelope, i, &size);
		struct view frame;

		bytes_clear(&plain);
		err = envelope_source_read(&frame, &envelope->source, at, size, &scratch, info);
		if (err == ERR_OK)
			err = seal_stream_pull(&stream, &plain, frame, bound, info);
		if (err == ERR_OK)
			err = pass_take(pass, i, bytes_view(&plain), &before, info);
		seal_stream_wipe(&before);
	}
	if (err == ERR_OK)
		err = seal_stream_end(&stream, info);
	seal_stream_wipe(&stream);
	seal_wipe_bytes(&plain);
	bytes_release(&scratch);
	return err;
}

enum err
envelope_decrypt(struct envelope *envelope, const struct node_code *self, const struct seal_node_key *const *keys,
                 size_t key_count, struct err_info *info)
{
	const struct envelope_manifest *manifest = &envelope->manifest;
	struct pass pass = {.plain_bytes = manifest->encrypted_bytes -
	                                   (uint64_t)manifest->frame_count * SEAL_FRAME_OVERHEAD_BYTES};
	struct seal_key *key = NULL;
	enum err err;

	assert(envelope->is_verified);
	if (envelope->is_decrypted)
		return ERR_OK;
	err = envelope_check_frames(envelope, info);
	if (err == ERR_OK)
		err = open_content_key(&key, envelope, self, keys, key_count, info);
	if (err != ERR_OK)
		goto out;
	err = pass_run(&pass, envelope, key, info);
	if (err != ERR_OK) {
		err = err_in(info, err, _("bundle, decryption"));
		goto out;
	}
	envelope->preamble = pass.preamble;
	envelope->slots = pass.table.slots;
	envelope->slot_count = pass.table.count;
	envelope->is_decrypted = true;
	pass = (struct pass){0}; /* handed over */
out:
	seal_key_free(key);
	seal_wipe_bytes(&pass.preamble);
	if (pass.table.slots != NULL)
		seal_wipe(pass.table.slots, pass.table.count * sizeof(*pass.table.slots));
	free(pass.table.slots);
	return err;
}

struct view
envelope_preamble(const struct envelope *envelope)
{
	assert(envelope->is_decrypted);
	return bytes_view(&envelope->preamble);
}

size_t
envelope_section_count(const struct envelope *envelope)
{
	assert(envelope->is_decrypted);
	return envelope->slot_count;
}

const struct envelope_section_info *
envelope_section_at(const struct envelope *envelope, size_t index)
{
	assert(envelope->is_decrypted && index < envelope->slot_count);
	return &envelope->slots[index].info;
}

/** Append the section's bytes as they travelled. */
static enum err
read_packed(struct bytes *out, const struct envelope *envelope, const struct envelope_slot *slot, struct err_info *info)
{
	struct view bound = view_of(envelope->bound.bytes, DIGEST_BYTES);
	uint32_t index = (uint32_t)(slot->start / LIMIT_FRAME_BYTES_MAX);
	size_t from = (size_t)(slot->start % LIMIT_FRAME_BYTES_MAX);
	size_t left = slot->info.packed_bytes;
	struct bytes scratch = {0};
	struct bytes plain = {0};
	struct seal_stream stream = slot->stream;
	enum err err = ERR_OK;

	while (err == ERR_OK && left > 0) {
		size_t size;
		uint64_t at = envelope_frame_at(envelope, index++, &size);
		struct view frame;

		bytes_clear(&plain);
		err = envelope_source_read(&frame, &envelope->source, at, size, &scratch, info);
		if (err == ERR_OK)
			err = seal_stream_pull(&stream, &plain, frame, bound, info);
		if (err == ERR_OK) {
			size_t here = plain.size - from < left ? plain.size - from : left;

			err = bytes_append(out, plain.data + from, here, info);
			left -= here;
			from = 0;
		}
	}
	seal_stream_wipe(&stream);
	seal_wipe_bytes(&plain);
	bytes_release(&scratch);
	return err;
}

enum err
envelope_section(struct bytes *out, struct envelope *envelope, size_t index, struct view dictionary, size_t size_max,
                 struct err_info *info)
{
	const struct envelope_slot *slot;
	struct bytes packed = {0};
	enum err err;

	assert(envelope->is_decrypted && index < envelope->slot_count);
	slot = &envelope->slots[index];
	if (slot->info.plain_bytes > size_max)
		return err_set(info, ERR_TOO_BIG, _("bundle, section %zu: it has %u bytes, the limit is %zu"), index,
		               slot->info.plain_bytes, size_max);
	err = read_packed(&packed, envelope, slot, info);
	if (err == ERR_OK && slot->info.is_stored)
		err = bytes_append_view(out, bytes_view(&packed), info);
	else if (err == ERR_OK)
		err = compress_restore(out, bytes_view(&packed), slot->info.plain_bytes, dictionary, info);
	seal_wipe_bytes(&packed);
	return err == ERR_OK ? ERR_OK : err_in(info, err, _("bundle, section %zu"), index);
}
