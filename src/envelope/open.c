/* Sizes and manifest of a file that nobody vouches for yet, and the signature that changes that. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "envelope/internal.h"
#include "seal/hash.h"

/** Magic, version, suite; gives the manifest's size. */
static enum err
read_head(size_t *manifest_bytes, struct view head, struct err_info *info)
{
	unsigned version = head.data[4];
	unsigned suite = load_u16(head.data + 5);
	size_t size = (size_t)head.data[7] << 16 | load_u16(head.data + 8);

	if (memcmp(head.data, envelope_magic, sizeof(envelope_magic)) != 0)
		return err_set_advised(info, ERR_FORMAT, ADVICE_WRONG_FILE,
		                       _("bundle, sizes: it does not begin with TSB1, so it is no bundle"));
	if (version > ENVELOPE_VERSION)
		return err_set(info, ERR_VERSION, _("bundle, sizes: its format has version %u, this program knows %d"),
		               version, ENVELOPE_VERSION);
	if (suite > SEAL_SUITE)
		return err_set(info, ERR_VERSION, _("bundle, sizes: its suite is 0x%04x, this program knows 0x%04x"),
		               suite, SEAL_SUITE);
	if (version != ENVELOPE_VERSION || suite != SEAL_SUITE)
		return err_set(info, ERR_FORMAT, _("bundle, sizes: version %u with suite 0x%04x was never written"),
		               version, suite);
	if (size > LIMIT_MANIFEST_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("bundle, sizes: its manifest has %zu bytes, the limit is %d"), size,
		               LIMIT_MANIFEST_BYTES_MAX);
	if (size == 0)
		return err_set(info, ERR_FORMAT, _("bundle, sizes: it has no manifest"));
	*manifest_bytes = size;
	return ERR_OK;
}

static enum err
check_size(uint64_t has, uint64_t needs, struct err_info *info)
{
	if (has < needs)
		return err_set(info, ERR_FORMAT, _("bundle, sizes: truncated: it has %llu bytes of %llu"),
		               (unsigned long long)has, (unsigned long long)needs);
	return ERR_OK;
}

/** Read the signed part and the signature into the envelope. */
static enum err
read_signed_part(struct envelope *envelope, struct err_info *info)
{
	const struct envelope_source *source = &envelope->source;
	struct bytes scratch = {0};
	struct view part = {0};
	size_t manifest_bytes = 0;
	size_t signed_bytes;
	enum err err;

	if (source->size > LIMIT_BUNDLE_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("bundle, sizes: it has %llu bytes, the limit is %d"),
		               (unsigned long long)source->size, LIMIT_BUNDLE_BYTES_MAX);
	err = check_size(source->size, ENVELOPE_HEAD_BYTES, info);
	if (err == ERR_OK)
		err = envelope_source_read(&part, source, 0, ENVELOPE_HEAD_BYTES, &scratch, info);
	if (err == ERR_OK)
		err = read_head(&manifest_bytes, part, info);
	if (err != ERR_OK)
		goto out;
	signed_bytes = ENVELOPE_HEAD_BYTES + manifest_bytes;
	err = check_size(source->size, signed_bytes + SEAL_SIGNATURE_BYTES + 1, info);
	if (err == ERR_OK)
		err = envelope_source_read(&part, source, 0, signed_bytes + SEAL_SIGNATURE_BYTES, &scratch, info);
	if (err == ERR_OK)
		err = bytes_append(&envelope->signed_part, part.data, signed_bytes, info);
	if (err == ERR_OK)
		memcpy(envelope->signature.bytes, part.data + signed_bytes, SEAL_SIGNATURE_BYTES);
out:
	bytes_release(&scratch);
	return err;
}

/** Take over a source whose size is known. */
static enum err
open_source(struct envelope **out, const struct envelope_source *source, struct err_info *info)
{
	struct envelope *envelope = calloc(1, sizeof(*envelope));
	struct envelope_manifest *manifest;
	uint64_t size;
	enum err err;

	if (envelope == NULL) {
		free(source->name);
		return err_nomem(info);
	}
	envelope->source = *source;
	manifest = &envelope->manifest;
	err = read_signed_part(envelope, info);
	if (err == ERR_OK) {
		/* the head may have changed between two reads of a descriptor: what is kept is what is judged */
		size_t manifest_bytes = 0;

		err = read_head(&manifest_bytes, bytes_view(&envelope->signed_part), info);
		if (err == ERR_OK && ENVELOPE_HEAD_BYTES + manifest_bytes != envelope->signed_part.size)
			err = err_set(info, ERR_IO, _("bundle, sizes: the file changed while it was read"));
	}
	if (err == ERR_OK)
		err = envelope_manifest_read(envelope, info);
	if (err != ERR_OK)
		goto out;
	size = (uint64_t)envelope->signed_part.size + SEAL_SIGNATURE_BYTES + manifest->encrypted_bytes;
	err = check_size(source->size, size, info);
	if (err == ERR_OK && source->size > size)
		err = err_set(info, ERR_FORMAT, _("bundle, sizes: %llu bytes follow its end"),
		              (unsigned long long)(source->size - size));
	if (err != ERR_OK)
		goto out;
	manifest->suite = SEAL_SUITE;
	manifest->file_bytes = size;
	manifest->manifest_bytes = (uint32_t)envelope->signed_part.size;
	seal_digest(&envelope->digest, bytes_view(&envelope->signed_part));
	*out = envelope;
	envelope = NULL; /* handed over */
out:
	envelope_free(envelope);
	return err;
}

enum err
envelope_open(struct envelope **out, struct view file, struct err_info *info)
{
	struct envelope_source source = {.file = file, .fd = -1, .size = file.size};

	return open_source(out, &source, info);
}

enum err
envelope_open_fd(struct envelope **out, int fd, const char *name, struct err_info *info)
{
	struct envelope_source source = {.fd = fd};
	struct stat status;

	assert(fd >= 0);
	if (fstat(fd, &status) != 0)
		return err_errno(info, errno, _("bundle, sizes: %s"), name);
	if (!S_ISREG(status.st_mode))
		return err_set(info, ERR_FORMAT, _("bundle, sizes: %s is not a regular file"), name);
	source.size = (uint64_t)status.st_size;
	source.name = strdup(name);
	if (source.name == NULL)
		return err_nomem(info);
	return open_source(out, &source, info);
}

void
envelope_free(struct envelope *envelope)
{
	if (envelope == NULL)
		return;
	if (envelope->slots != NULL)
		seal_wipe(envelope->slots, envelope->slot_count * sizeof(*envelope->slots));
	free(envelope->slots);
	seal_wipe_bytes(&envelope->preamble);
	bytes_release(&envelope->signed_part);
	arena_release(&envelope->arena);
	free(envelope->source.name);
	free(envelope);
}

const struct envelope_manifest *
envelope_manifest(const struct envelope *envelope)
{
	return &envelope->manifest;
}

const struct digest *
envelope_digest(const struct envelope *envelope)
{
	return &envelope->digest;
}

struct view
envelope_signed_part(const struct envelope *envelope)
{
	return bytes_view(&envelope->signed_part);
}

const struct seal_signature *
envelope_signature(const struct envelope *envelope)
{
	return &envelope->signature;
}

bool
envelope_follows(const struct envelope_terms *terms, const struct digest *digest)
{
	return memcmp(terms->previous, digest->bytes, ENVELOPE_PREVIOUS_BYTES) == 0;
}

enum err
envelope_verify(struct envelope *envelope, const struct seal_public_key *sender, struct err_info *info)
{
	struct id id;
	enum err err;

	seal_key_id(&id, sender);
	if (memcmp(id.bytes, envelope->manifest.sender_key_id, ENVELOPE_KEY_ID_BYTES) != 0)
		return err_set(info, ERR_AUTH, _("bundle, signature: it names another key of %s than the one known"),
		               envelope->manifest.terms.sender.text);
	err = seal_sshsig_verify(&envelope->signature, sender, SEAL_NAMESPACE_BUNDLE,
	                         bytes_view(&envelope->signed_part), info);
	if (err != ERR_OK)
		return err_in(info, err, _("bundle, signature of %s"), envelope->manifest.terms.sender.text);
	envelope->is_verified = true;
	return ERR_OK;
}
