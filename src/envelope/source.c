#include "base/fs.h"
#include "envelope/internal.h"

const uint8_t envelope_magic[4] = {'T', 'S', 'B', '1'};

uint32_t
envelope_frame_count(uint64_t encrypted_bytes)
{
	uint64_t last = encrypted_bytes % ENVELOPE_FRAME_BYTES_MAX;

	if (encrypted_bytes == 0 || encrypted_bytes > LIMIT_BUNDLE_BYTES_MAX)
		return 0;
	if (last != 0 && last <= SEAL_FRAME_OVERHEAD_BYTES)
		return 0;
	return (uint32_t)(encrypted_bytes / ENVELOPE_FRAME_BYTES_MAX) + (last != 0 ? 1 : 0);
}

uint64_t
envelope_encrypted_bytes(uint64_t plain_bytes)
{
	uint64_t frames = plain_bytes / LIMIT_FRAME_BYTES_MAX + (plain_bytes % LIMIT_FRAME_BYTES_MAX != 0 ? 1 : 0);

	return plain_bytes + frames * SEAL_FRAME_OVERHEAD_BYTES;
}

enum err
envelope_source_read(struct view *out, const struct envelope_source *source, uint64_t offset, size_t size,
                     struct bytes *scratch, struct err_info *info)
{
	uint8_t *at;
	enum err err;

	if (source->fd < 0) {
		*out = view_of(source->file.data + offset, size);
		return ERR_OK;
	}
	bytes_clear(scratch);
	at = bytes_extend(scratch, size);
	if (at == NULL)
		return err_nomem(info);
	err = fs_read_at(source->fd, source->name, at, size, (off_t)offset, info);
	if (err == ERR_OK)
		*out = view_of(at, size);
	return err;
}

uint64_t
envelope_frame_at(const struct envelope *envelope, uint32_t index, size_t *size_out)
{
	uint64_t start = (uint64_t)index * ENVELOPE_FRAME_BYTES_MAX;
	uint64_t left = envelope->manifest.encrypted_bytes - start;

	*size_out = left < ENVELOPE_FRAME_BYTES_MAX ? (size_t)left : ENVELOPE_FRAME_BYTES_MAX;
	return envelope->signed_part.size + SEAL_SIGNATURE_BYTES + start;
}
