/* Wrapped epoch keys: schema/keyring-v1.md section 2. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "keyring/inside.h"

enum {
	VERSION = 1,
	AT_VERSION = 4,
	AT_NUMBER = 6,
	AT_PARTITION = 8,
	AT_DIGEST = 24,
	AT_RECIPIENT = 56,
	AT_WRAP = 72,
	AT_CHECK = 152,
	FILE_BYTES = 184,
	NUMBER_DIGITS = 5,
	NAME_BYTES = 5 + NUMBER_DIGITS + 1 + 2 * DIGEST_BYTES + 1 + 2 * ID_BYTES + 1,
	PREFIX_BYTES = 16, /* "tiersync-keyring" */
	CONTEXT_BYTES = PREFIX_BYTES + ID_BYTES + 2 + DIGEST_BYTES,
};

static const uint8_t MAGIC[4] = {'T', 'S', 'K', 'W'};
static const char PREFIX[] = "wrap-";

static void
name_of(char out[NAME_BYTES], uint16_t number, const struct digest *digest, const struct id *recipient)
{
	char digest_hex[2 * DIGEST_BYTES + 1];
	char recipient_hex[2 * ID_BYTES + 1];

	hex_write(digest_hex, view_of(digest->bytes, DIGEST_BYTES));
	hex_write(recipient_hex, view_of(recipient->bytes, ID_BYTES));
	(void)snprintf(out, NAME_BYTES, "%s%05u-%s-%s", PREFIX, (unsigned)number, digest_hex, recipient_hex);
}

bool
keyring_is_wrap_name(const char *name)
{
	return strlen(name) == NAME_BYTES - 1 && strncmp(name, PREFIX, strlen(PREFIX)) == 0;
}

static void
context_of(uint8_t out[CONTEXT_BYTES], const struct id *partition, uint16_t number, const struct digest *digest)
{
	struct view prefix = seal_prefix_view(SEAL_PREFIX_KEYRING);

	assert(prefix.size == PREFIX_BYTES);
	memcpy(out, prefix.data, PREFIX_BYTES);
	memcpy(out + PREFIX_BYTES, partition->bytes, ID_BYTES);
	store_u16(out + PREFIX_BYTES + ID_BYTES, number);
	memcpy(out + PREFIX_BYTES + ID_BYTES + 2, digest->bytes, DIGEST_BYTES);
}

enum err
keyring_parse_wrap(struct keyring_wrap *out, struct view content, const struct id *partition, struct err_info *info)
{
	struct digest check;

	if (content.size < AT_NUMBER || memcmp(content.data, MAGIC, sizeof(MAGIC)) != 0)
		return err_set(info, ERR_FORMAT, "%s", _("not a wrapped epoch key"));
	if (load_u16(content.data + AT_VERSION) > VERSION)
		return err_set(info, ERR_VERSION, _("a wrapped epoch key has version %u; this tiersync reads %d"),
		               (unsigned)load_u16(content.data + AT_VERSION), VERSION);
	if (load_u16(content.data + AT_VERSION) != VERSION || content.size != FILE_BYTES)
		return err_set(info, ERR_FORMAT, _("a wrapped epoch key has %zu bytes; %d were expected"), content.size,
		               FILE_BYTES);
	seal_digest(&check, view_of(content.data, AT_CHECK));
	if (memcmp(check.bytes, content.data + AT_CHECK, DIGEST_BYTES) != 0)
		return err_set(info, ERR_FORMAT, "%s", _("a wrapped epoch key is damaged: its digest is another"));
	if (memcmp(content.data + AT_PARTITION, partition->bytes, ID_BYTES) != 0)
		return err_set(info, ERR_FORMAT, "%s", _("a wrapped epoch key is of another partition"));
	out->number = load_u16(content.data + AT_NUMBER);
	memcpy(out->digest.bytes, content.data + AT_DIGEST, DIGEST_BYTES);
	memcpy(out->recipient.bytes, content.data + AT_RECIPIENT, ID_BYTES);
	memcpy(out->bytes, content.data + AT_WRAP, SEAL_WRAP_BYTES);
	return ERR_OK;
}

static void
file_of(uint8_t out[FILE_BYTES], const struct keyring_wrap *wrap, const struct id *partition)
{
	struct digest check;

	memcpy(out, MAGIC, sizeof(MAGIC));
	store_u16(out + AT_VERSION, VERSION);
	store_u16(out + AT_NUMBER, wrap->number);
	memcpy(out + AT_PARTITION, partition->bytes, ID_BYTES);
	memcpy(out + AT_DIGEST, wrap->digest.bytes, DIGEST_BYTES);
	memcpy(out + AT_RECIPIENT, wrap->recipient.bytes, ID_BYTES);
	memcpy(out + AT_WRAP, wrap->bytes, SEAL_WRAP_BYTES);
	seal_digest(&check, view_of(out, AT_CHECK));
	memcpy(out + AT_CHECK, check.bytes, DIGEST_BYTES);
}

enum err
keyring_read_wrap(struct keyring_wrap *out, const struct keyring *keyring, const char *name, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	char expected[NAME_BYTES];
	struct bytes content = {0};
	struct keyring_wrap wrap;
	enum err err = fs_path(path, info, "%s/%s", keyring->dir, name);

	if (err == ERR_OK)
		err = fs_read(&content, path, FILE_BYTES, info);
	if (err != ERR_OK)
		return err == ERR_TOO_BIG ? err_set(info, ERR_FORMAT, _("%s is longer than a wrapped epoch key"), path)
		                          : err;
	err = keyring_parse_wrap(&wrap, bytes_view(&content), &keyring->partition, info);
	bytes_release(&content);
	if (err != ERR_OK)
		return err_in(info, err_advise(info, err, ADVICE_AUDIT), "%s", path);
	name_of(expected, wrap.number, &wrap.digest, &wrap.recipient);
	if (strcmp(expected, name) != 0)
		return err_set_advised(info, ERR_FORMAT, ADVICE_AUDIT, _("%s holds a wrapped key of another name"),
		                       path);
	*out = wrap;
	return ERR_OK;
}

enum err
keyring_wrap_make(struct keyring_wrap *out, const struct keyring_epoch *epoch, const struct seal_key *key,
                  const struct seal_public_key *recipient, const struct env *env, struct err_info *info)
{
	struct keyring_wrap wrap = {.number = epoch->number, .digest = epoch->digest};
	struct seal_ephemeral *ephemeral = NULL;
	uint8_t context[CONTEXT_BYTES];
	struct digest commitment;
	enum err err;

	seal_epoch_commitment(&commitment, key, &epoch->partition, epoch->number);
	assert(digest_equal(&commitment, &epoch->commitment));
	err = seal_ephemeral_new(&ephemeral, env, info);
	if (err != ERR_OK)
		return err;
	context_of(context, &epoch->partition, epoch->number, &epoch->digest);
	memcpy(wrap.bytes, seal_ephemeral_public(ephemeral)->bytes, SEAL_PUBLIC_KEY_BYTES);
	err = seal_wrap(wrap.bytes + SEAL_PUBLIC_KEY_BYTES, ephemeral, recipient, key,
	                view_of(context, sizeof(context)), info);
	seal_ephemeral_free(ephemeral);
	if (err != ERR_OK)
		return err;
	seal_key_id(&wrap.recipient, recipient);
	*out = wrap;
	return ERR_OK;
}

/* Open a wrap and compare what is in it with the commitment. */
static enum err
open_wrap(struct seal_key **out, const struct keyring_wrap *wrap, const struct keyring_epoch *epoch,
          const struct seal_node_key *node, struct err_info *info)
{
	struct seal_public_key ephemeral;
	uint8_t context[CONTEXT_BYTES];
	struct seal_key *key = NULL;
	struct digest commitment;
	enum err err;

	context_of(context, &epoch->partition, epoch->number, &epoch->digest);
	memcpy(ephemeral.bytes, wrap->bytes, SEAL_PUBLIC_KEY_BYTES);
	err = seal_unwrap(&key, node, &ephemeral, wrap->bytes + SEAL_PUBLIC_KEY_BYTES,
	                  view_of(context, sizeof(context)), info);
	if (err != ERR_OK)
		return err;
	seal_epoch_commitment(&commitment, key, &epoch->partition, epoch->number);
	if (!digest_equal(&commitment, &epoch->commitment)) {
		seal_key_free(key);
		return err_set(info, ERR_AUTH,
		               _("the wrapped key of epoch %u is not the one that its statement commits to"),
		               (unsigned)epoch->number);
	}
	*out = key;
	return ERR_OK;
}

/* The wrap kept for the same epoch and recipient: rehearsed, or in its file. ERR_NOT_FOUND, ERR_FORMAT ... */
static enum err
read_kept(struct keyring_wrap *out, const struct keyring *keyring, const struct keyring_wrap *like,
          struct err_info *info)
{
	const struct keyring_wrap *rehearsed = keyring_rehearsal_find(keyring->rehearsal, &keyring->partition, like);
	char name[NAME_BYTES];

	if (rehearsed != NULL) {
		*out = *rehearsed;
		return ERR_OK;
	}
	name_of(name, like->number, &like->digest, &like->recipient);
	return keyring_read_wrap(out, keyring, name, info);
}

static enum err
write_wrap(struct keyring *keyring, const struct keyring_wrap *wrap, struct err_info *info)
{
	char name[NAME_BYTES];
	char path[LIMIT_PATH_BYTES_MAX];
	uint8_t content[FILE_BYTES];
	enum err err;

	name_of(name, wrap->number, &wrap->digest, &wrap->recipient);
	err = fs_path(path, info, "%s/%s", keyring->dir, name);
	if (err == ERR_OK)
		err = fs_mkdir(keyring->dir, info);
	if (err == ERR_OK)
		err = fs_clean(keyring->dir, info);
	file_of(content, wrap, &keyring->partition);
	return err == ERR_OK ? fs_write(path, view_of(content, sizeof(content)), 0600, info) : err;
}

enum err
keyring_add_wrap(struct keyring *keyring, const struct keyring_wrap *wrap, bool replace, struct err_info *info)
{
	struct keyring_wrap held;

	/* a damaged one gives way */
	if (read_kept(&held, keyring, wrap, NULL) == ERR_OK &&
	    (!replace || memcmp(held.bytes, wrap->bytes, SEAL_WRAP_BYTES) == 0))
		return ERR_OK;
	if (keyring->rehearsal != NULL)
		return keyring_rehearsal_put(keyring->rehearsal, &keyring->partition, wrap, info);
	return write_wrap(keyring, wrap, info);
}

enum err
keyring_add_own_wrap(struct keyring *keyring, const struct keyring_wrap *wrap, const struct keyring_epoch *epoch,
                     const struct seal_node_key *node, struct err_info *info)
{
	struct seal_key *key = NULL;
	struct id own;
	enum err err;

	assert(id_equal(&keyring->partition, &epoch->partition));
	seal_key_id(&own, &seal_node_key_public(node)->seal);
	if (!id_equal(&own, &wrap->recipient) || wrap->number != epoch->number ||
	    !digest_equal(&wrap->digest, &epoch->digest))
		return err_set(info, ERR_AUTH, _("a wrapped key of epoch %u is not for this node and epoch"),
		               (unsigned)wrap->number);
	err = open_wrap(&key, wrap, epoch, node, info);
	if (err != ERR_OK)
		return err;
	seal_key_free(key);
	key = NULL;
	/* the one kept opens as well: a wrap told again, and it may be in a bundle that is refused and changes nothing */
	if (keyring_epoch_key(&key, keyring, epoch, node, NULL) == ERR_OK) {
		seal_key_free(key);
		return ERR_OK;
	}
	return keyring_add_wrap(keyring, wrap, true, info);
}

/* Those in files that no rehearsed one stands for. */
static enum err
list_files(struct keyring_wraps *wraps, const struct keyring *keyring, const struct fs_names *names,
           struct err_info *info)
{
	enum err err = ERR_OK;

	/* names sort as (number, digest, recipient) do: fixed widths */
	for (size_t i = 0; err == ERR_OK && i < names->count; i++) {
		struct keyring_wrap *wrap = &wraps->wraps[wraps->count];

		if (!keyring_is_wrap_name(names->names[i]))
			continue;
		err = keyring_read_wrap(wrap, keyring, names->names[i], info);
		if (err == ERR_OK && keyring_rehearsal_find(keyring->rehearsal, &keyring->partition, wrap) == NULL)
			wraps->count++;
		else if (err == ERR_FORMAT || err == ERR_VERSION)
			err = ERR_OK; /* one that is damaged stops no exchange; keyring_check names it */
	}
	return err;
}

static int
compare_wraps(const void *a, const void *b)
{
	const struct keyring_wrap *one = a;
	const struct keyring_wrap *other = b;
	int order = (one->number > other->number) - (one->number < other->number);

	if (order == 0)
		order = memcmp(one->digest.bytes, other->digest.bytes, DIGEST_BYTES);
	return order != 0 ? order : memcmp(one->recipient.bytes, other->recipient.bytes, ID_BYTES);
}

static void
list_rehearsed(struct keyring_wraps *wraps, const struct keyring *keyring)
{
	const struct keyring_wrap *wrap;
	size_t position = 0;

	while ((wrap = keyring_rehearsal_next(keyring->rehearsal, &keyring->partition, &position)) != NULL)
		wraps->wraps[wraps->count++] = *wrap;
	if (position > 0)
		qsort(wraps->wraps, wraps->count, sizeof(*wraps->wraps), compare_wraps);
}

enum err
keyring_list_wraps(struct keyring_wraps *out, const struct keyring *keyring, struct err_info *info)
{
	struct keyring_wraps wraps = {0};
	struct fs_names names = {0};
	size_t position = 0;
	size_t rehearsed = 0;
	enum err err = fs_list(&names, keyring->dir, LIMIT_KEYRING_FILES_MAX, info);

	if (err == ERR_NOT_FOUND)
		err = ERR_OK;
	if (err != ERR_OK)
		return err;
	while (keyring_rehearsal_next(keyring->rehearsal, &keyring->partition, &position) != NULL)
		rehearsed++;
	wraps.wraps = calloc(names.count + rehearsed + 1, sizeof(*wraps.wraps));
	if (wraps.wraps == NULL)
		err = err_nomem(info);
	if (err == ERR_OK)
		err = list_files(&wraps, keyring, &names, info);
	if (err == ERR_OK)
		list_rehearsed(&wraps, keyring);
	fs_names_release(&names);
	if (err == ERR_OK)
		*out = wraps;
	else
		keyring_wraps_release(&wraps);
	return err;
}

void
keyring_wraps_release(struct keyring_wraps *wraps)
{
	free(wraps->wraps);
	*wraps = (struct keyring_wraps){0};
}

enum err
keyring_epoch_key(struct seal_key **out, const struct keyring *keyring, const struct keyring_epoch *epoch,
                  const struct seal_node_key *node, struct err_info *info)
{
	struct keyring_wrap wrap;
	struct keyring_wrap like = {.number = epoch->number, .digest = epoch->digest};
	enum err err;

	assert(id_equal(&keyring->partition, &epoch->partition));
	seal_key_id(&like.recipient, &seal_node_key_public(node)->seal);
	err = read_kept(&wrap, keyring, &like, info);
	if (err == ERR_NOT_FOUND)
		return err_set(info, ERR_NOT_FOUND, _("no key of epoch %u is held for this node in %s"),
		               (unsigned)epoch->number, keyring->dir);
	if (err != ERR_OK)
		return err;
	return open_wrap(out, &wrap, epoch, node, info);
}
