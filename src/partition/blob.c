/* Blobs: records and entries as they lie in the repository. schema/seal-v1.md section 5, schema/blob-v2.md. */
#include "codec/dense.h"
#include "partition/internal.h"
#include "partition/recent.h"
#include "roster/rights.h"

enum {
	VERSION_PLAIN = 1,
	VERSION_DENSE = 2,
};

size_t
partition_blob_write(uint8_t *out, uint8_t *scratch, const struct partition_epoch *epoch, const struct seal_salt *salt,
                     const struct seal_blob_names *names, struct view plaintext)
{
	struct seal_blob_names sealed = *names;
	size_t size;

	out[0] = VERSION_PLAIN;
	if (epoch->is_dense && plaintext.size > 0 && codec_dense_write(scratch, plaintext.size - 1, &size, plaintext)) {
		out[0] = VERSION_DENSE;
		sealed.is_dense = true;
		plaintext = view_of(scratch, size);
	}
	store_u16(out + 1, names->epoch_number);
	seal_blob_seal(out + PARTITION_BLOB_HEADER_BYTES, epoch->key, salt, &sealed, plaintext);
	return PARTITION_BLOB_OVERHEAD_BYTES + plaintext.size;
}

enum err
partition_seal(struct bytes *out, struct partition *partition, const struct seal_salt *salt,
               const struct seal_blob_names *names, struct view plaintext, struct err_info *info)
{
	const struct partition_epoch *epoch;
	size_t before = out->size;
	uint8_t *at;
	enum err err = partition_epoch_open(&epoch, partition, names->epoch_number, &names->epoch, info);

	bytes_clear(&partition->scratch);
	if (err == ERR_OK)
		err = bytes_reserve(&partition->scratch, plaintext.size, info);
	if (err != ERR_OK)
		return err;
	at = bytes_extend(out, PARTITION_BLOB_OVERHEAD_BYTES + plaintext.size);
	if (at == NULL)
		return err_nomem(info);
	out->size = before + partition_blob_write(at, partition->scratch.data, epoch, salt, names, plaintext);
	return ERR_OK;
}

/* Opens a body under one epoch. */
static enum err
unseal_under(struct bytes *out, struct partition *partition, const struct roster_epoch *epoch,
             const struct seal_salt *salt, struct seal_blob_names *names, struct view body, struct err_info *info)
{
	const struct partition_epoch *opened;
	struct bytes *to = names->is_dense ? &partition->scratch : out;
	uint8_t *at;
	enum err err = partition_epoch_open(&opened, partition, epoch->number, &epoch->digest, info);

	if (err != ERR_OK)
		return err;
	names->epoch = epoch->digest;
	bytes_clear(&partition->scratch);
	at = bytes_extend(to, body.size - SEAL_TAG_BYTES);
	if (at == NULL)
		return err_nomem(info);
	err = seal_blob_open(at, opened->key, salt, names, body, info);
	if (err != ERR_OK)
		to->size -= body.size - SEAL_TAG_BYTES;
	else if (names->is_dense)
		err = codec_dense_read(out, bytes_view(to), LIMIT_BLOB_BYTES_MAX - PARTITION_BLOB_OVERHEAD_BYTES, info);
	return err;
}

/* Version and epoch number. A blob of version 2 under an epoch of version 1 cannot be: its tag is under another name. */
static enum err
read_header(struct seal_blob_names *names, struct view blob, const char *hex, struct err_info *info)
{
	if (blob.size < PARTITION_BLOB_OVERHEAD_BYTES)
		return err_set(info, ERR_FORMAT, _("the blob of record %s is cut short"), hex);
	if (blob.data[0] != VERSION_PLAIN && blob.data[0] != VERSION_DENSE)
		return err_set(info, ERR_VERSION, _("the blob of record %s has version %u, this program knows %d"), hex,
		               (unsigned)blob.data[0], VERSION_DENSE);
	names->is_dense = blob.data[0] == VERSION_DENSE;
	names->epoch_number = load_u16(blob.data + 1);
	return ERR_OK;
}

enum err
partition_unseal(struct bytes *out, struct merge_epoch *epoch_out, struct partition *partition,
                 const struct seal_salt *salt, const struct id *id, enum seal_role role, struct view blob,
                 struct err_info *info)
{
	struct seal_blob_names names = {.partition = partition->id, .record = *id, .role = role};
	const struct roster_epoch *epoch;
	size_t position = 0;
	bool is_known = false;
	char hex[2 * ID_BYTES + 1];
	enum err err;

	hex_write(hex, view_of(id->bytes, ID_BYTES));
	err = read_header(&names, blob, hex, info);
	if (err != ERR_OK)
		return err;
	blob = view_of(blob.data + PARTITION_BLOB_HEADER_BYTES, blob.size - PARTITION_BLOB_HEADER_BYTES);
	err = ERR_NOT_FOUND;
	/* two epochs may share a number after a dispute; the tag says which one it is */
	while ((epoch = roster_epoch_next(partition->world.roster, &partition->id, &position)) != NULL) {
		if (epoch->number != names.epoch_number)
			continue;
		is_known = true;
		err = unseal_under(out, partition, epoch, salt, &names, blob, info);
		if (err == ERR_OK) {
			if (epoch_out != NULL)
				*epoch_out = (struct merge_epoch){epoch->number, epoch->digest};
			return ERR_OK;
		}
		if (err != ERR_AUTH && err != ERR_RIGHT)
			break; /* no other epoch would open it better */
	}
	if (!is_known)
		return err_set(info, err, _("the blob of record %s names epoch %u, which the roster does not know"),
		               hex, (unsigned)names.epoch_number);
	return err_in(info, err, _("record %s"), hex);
}

enum err
partition_open_record(struct bytes *out, struct partition *partition, const struct id *id, const struct oid *blob,
                      struct err_info *info)
{
	struct git_content content = {0};
	struct view plaintext;
	enum err err;

	if (partition_recent_find(&plaintext, partition->world.recent, blob))
		return bytes_append_view(out, plaintext, info);
	err = git_store_get(&content, partition->store, blob, GIT_TYPE_BLOB, info);
	if (err == ERR_OK)
		err = partition_open_blob(out, partition, id, content.content, info);
	git_content_release(&content);
	return err;
}

enum err
partition_open_blob(struct bytes *out, struct partition *partition, const struct id *id, struct view blob,
                    struct err_info *info)
{
	struct seal_salt salt;
	enum err err = partition_salt(&salt, partition, NULL, id, info);

	if (err == ERR_OK)
		err = partition_unseal(out, NULL, partition, &salt, id, SEAL_ROLE_RECORD, blob, info);
	seal_wipe(&salt, sizeof(salt));
	return err;
}
