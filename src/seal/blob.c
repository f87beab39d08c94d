#include "seal/blob.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "seal/domain.h"
#include "seal/secret.h"

enum {
	ROLE_DENSE = 2, /* added to the role */
	ASSOCIATED_BYTES = 2 + ID_BYTES + 2 + DIGEST_BYTES + ID_BYTES + 1,
	MAC_SUBKEY = 1,
	STREAM_SUBKEY = 2
};

struct siv_keys {
	uint8_t mac[32];
	uint8_t stream[crypto_stream_xchacha20_KEYBYTES];
};

static void
keys_of(struct siv_keys *out, const uint8_t key[SEAL_KEY_BYTES])
{
	(void)crypto_kdf_blake2b_derive_from_key(out->mac, sizeof(out->mac), MAC_SUBKEY, SEAL_CONTEXT_SIV, key);
	(void)crypto_kdf_blake2b_derive_from_key(out->stream, sizeof(out->stream), STREAM_SUBKEY, SEAL_CONTEXT_SIV,
	                                         key);
}

static void
store_le64(uint8_t out[8], uint64_t value)
{
	for (size_t i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> (8 * i));
}

/* T over le64(|AD|) AD le64(|M|) M. The first three parts go in at once where they fit: fewer calls a record. */
static void
tag_of(uint8_t tag[SEAL_TAG_BYTES], const struct siv_keys *keys, struct view associated, struct view plain)
{
	crypto_generichash_blake2b_state state;
	uint8_t length[8];

	(void)crypto_generichash_blake2b_init(&state, keys->mac, sizeof(keys->mac), SEAL_TAG_BYTES);
	store_le64(length, associated.size);
	(void)crypto_generichash_blake2b_update(&state, length, sizeof(length));
	(void)crypto_generichash_blake2b_update(&state, associated.data, associated.size);
	store_le64(length, plain.size);
	(void)crypto_generichash_blake2b_update(&state, length, sizeof(length));
	(void)crypto_generichash_blake2b_update(&state, plain.data, plain.size);
	(void)crypto_generichash_blake2b_final(&state, tag, SEAL_TAG_BYTES);
	sodium_memzero(&state, sizeof(state));
}

static void
siv_seal(uint8_t *out, const uint8_t key[SEAL_KEY_BYTES], struct view associated, struct view plain)
{
	struct siv_keys keys;

	keys_of(&keys, key);
	tag_of(out, &keys, associated, plain);
	/* the nonce is the first 24 bytes of the tag */
	(void)crypto_stream_xchacha20_xor(out + SEAL_TAG_BYTES, plain.data, plain.size, out, keys.stream);
	sodium_memzero(&keys, sizeof(keys));
}

static enum err
siv_open(uint8_t *out, const uint8_t key[SEAL_KEY_BYTES], struct view associated, struct view body,
         struct err_info *info)
{
	struct siv_keys keys;
	uint8_t tag[SEAL_TAG_BYTES];
	size_t size;
	bool is_good;

	if (body.size < SEAL_TAG_BYTES)
		return err_set(info, ERR_FORMAT, _("a sealed record has %zu bytes; its tag alone has %d"), body.size,
		               SEAL_TAG_BYTES);
	size = body.size - SEAL_TAG_BYTES;
	keys_of(&keys, key);
	(void)crypto_stream_xchacha20_xor(out, body.data + SEAL_TAG_BYTES, size, body.data, keys.stream);
	tag_of(tag, &keys, associated, view_of(out, size));
	is_good = sodium_memcmp(tag, body.data, SEAL_TAG_BYTES) == 0;
	sodium_memzero(&keys, sizeof(keys));
	if (is_good)
		return ERR_OK;
	seal_wipe(out, size);
	return err_set(
		info, ERR_AUTH, "%s",
		_("a sealed record does not open: it was changed, or it is of another record, epoch or partition"));
}

static void
associated_of(uint8_t out[ASSOCIATED_BYTES], const struct seal_blob_names *names)
{
	uint8_t *at = out;

	store_u16(at, SEAL_SUITE);
	at += 2;
	memcpy(at, names->partition.bytes, ID_BYTES);
	at += ID_BYTES;
	store_u16(at, names->epoch_number);
	at += 2;
	memcpy(at, names->epoch.bytes, DIGEST_BYTES);
	at += DIGEST_BYTES;
	memcpy(at, names->record.bytes, ID_BYTES);
	at += ID_BYTES;
	assert(names->role == SEAL_ROLE_RECORD || names->role == SEAL_ROLE_ENTRY);
	*at = (uint8_t)(names->role + (names->is_dense ? ROLE_DENSE : 0));
}

static void
record_key(struct digest *out, const struct seal_key *epoch_key, const struct seal_salt *salt, const struct id *record)
{
	uint8_t message[ID_BYTES + sizeof(salt->bytes)];

	memcpy(message, record->bytes, ID_BYTES);
	memcpy(message + ID_BYTES, salt->bytes, sizeof(salt->bytes));
	seal_digest_keyed(out, SEAL_DOMAIN_BLOB, epoch_key, view_of(message, sizeof(message)));
	sodium_memzero(message, sizeof(message));
}

void
seal_blob_seal(uint8_t *out, const struct seal_key *epoch_key, const struct seal_salt *salt,
               const struct seal_blob_names *names, struct view plain)
{
	uint8_t associated[ASSOCIATED_BYTES];
	struct digest key;

	associated_of(associated, names);
	record_key(&key, epoch_key, salt, &names->record);
	siv_seal(out, key.bytes, view_of(associated, sizeof(associated)), plain);
	sodium_memzero(&key, sizeof(key));
}

enum err
seal_blob_open(uint8_t *out, const struct seal_key *epoch_key, const struct seal_salt *salt,
               const struct seal_blob_names *names, struct view body, struct err_info *info)
{
	uint8_t associated[ASSOCIATED_BYTES];
	struct digest key;
	enum err err;

	associated_of(associated, names);
	record_key(&key, epoch_key, salt, &names->record);
	err = siv_open(out, key.bytes, view_of(associated, sizeof(associated)), body, info);
	sodium_memzero(&key, sizeof(key));
	return err;
}

void
seal_siv_seal(uint8_t *out, const struct seal_key *key, struct view associated, struct view plain)
{
	siv_seal(out, key->bytes, associated, plain);
}

enum err
seal_siv_open(uint8_t *out, const struct seal_key *key, struct view associated, struct view body, struct err_info *info)
{
	return siv_open(out, key->bytes, associated, body, info);
}
