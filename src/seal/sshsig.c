/* OpenSSH's PROTOCOL.sshsig; layout in schema/seal-v1.md section 3. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "seal/hash.h"
#include "seal/sign.h"

enum {
	COLUMNS = 70, /* what ssh-keygen writes */
	BLOB_BYTES_MAX = 256,
	NAMESPACE_BYTES_MAX = 64,
	ARMOR_BYTES_MAX = 512
};

static const char MAGIC[] = "SSHSIG";
static const char KEY_TYPE[] = "ssh-ed25519";
static const char HASH_NAME[] = "sha512";
static const char BEGIN_LINE[] = "-----BEGIN SSH SIGNATURE-----\n";
static const char END_LINE[] = "-----END SSH SIGNATURE-----\n";

/* A short message of the SSH wire format, built on the stack. */
struct wire {
	uint8_t bytes[BLOB_BYTES_MAX];
	size_t size;
};

static void
put(struct wire *wire, struct view view)
{
	assert(view.size <= sizeof(wire->bytes) - wire->size);
	if (view.size > 0)
		memcpy(wire->bytes + wire->size, view.data, view.size);
	wire->size += view.size;
}

static void
put_u32(struct wire *wire, size_t value)
{
	uint8_t bytes[4];

	store_u32(bytes, (uint32_t)value);
	put(wire, view_of(bytes, sizeof(bytes)));
}

static void
put_string(struct wire *wire, struct view view)
{
	put_u32(wire, view.size);
	put(wire, view);
}

/* str(str("ssh-ed25519") str(bytes)): a public key or a signature */
static void
put_typed(struct wire *wire, struct view bytes)
{
	struct view type = view_text(KEY_TYPE);

	put_u32(wire, 4 + type.size + 4 + bytes.size);
	put_string(wire, type);
	put_string(wire, bytes);
}

static void
put_frame(struct wire *wire, enum seal_namespace name_space)
{
	struct view text = view_text(seal_namespace_text(name_space));

	assert(text.size <= NAMESPACE_BYTES_MAX);
	put_string(wire, text);
	put_u32(wire, 0); /* reserved */
	put_string(wire, view_text(HASH_NAME));
}

static void
signed_bytes(struct wire *out, enum seal_namespace name_space, struct view message)
{
	uint8_t hash[SEAL_SHA512_BYTES];

	seal_sha512(hash, message);
	out->size = 0;
	put(out, view_text(MAGIC));
	put_frame(out, name_space);
	put_string(out, view_of(hash, sizeof(hash)));
}

enum err
seal_sshsig_sign(struct seal_signature *out, const struct seal_node_key *key, enum seal_namespace name_space,
                 struct view message, struct err_info *info)
{
	struct wire wire;

	signed_bytes(&wire, name_space, message);
	return seal_sign(out, key, view_of(wire.bytes, wire.size), info);
}

enum err
seal_sshsig_verify(const struct seal_signature *signature, const struct seal_public_key *signer,
                   enum seal_namespace name_space, struct view message, struct err_info *info)
{
	struct wire wire;

	signed_bytes(&wire, name_space, message);
	return seal_verify(signature, signer, view_of(wire.bytes, wire.size), info);
}

static void
blob_of(struct wire *out, const struct seal_sshsig *sshsig, enum seal_namespace name_space)
{
	out->size = 0;
	put(out, view_text(MAGIC));
	put_u32(out, 1);
	put_typed(out, view_of(sshsig->signer.bytes, sizeof(sshsig->signer.bytes)));
	put_frame(out, name_space);
	put_typed(out, view_of(sshsig->signature.bytes, sizeof(sshsig->signature.bytes)));
}

enum err
seal_sshsig_armor(struct bytes *out, const struct seal_sshsig *sshsig, enum seal_namespace name_space,
                  struct err_info *info)
{
	struct bytes base64 = {0};
	struct wire blob;
	enum err err;

	blob_of(&blob, sshsig, name_space);
	err = seal_base64_append(&base64, view_of(blob.bytes, blob.size), info);
	if (err == ERR_OK)
		err = bytes_reserve(out, ARMOR_BYTES_MAX, info); /* so that nothing below fails half-way */
	if (err == ERR_OK)
		err = bytes_append_text(out, BEGIN_LINE, info);
	for (size_t at = 0; err == ERR_OK && at < base64.size; at += COLUMNS) {
		size_t size = base64.size - at < COLUMNS ? base64.size - at : COLUMNS;

		err = bytes_append(out, base64.data + at, size, info);
		if (err == ERR_OK)
			err = bytes_append_byte(out, '\n', info);
	}
	if (err == ERR_OK)
		err = bytes_append_text(out, END_LINE, info);
	bytes_release(&base64);
	return err;
}

/* The base64 of an armor without its lines; false if the frame is not there or there is more than any armor needs. */
static bool
take_base64(char *out, size_t *size_out, struct view armor)
{
	size_t begin = strlen(BEGIN_LINE);
	size_t end = strlen(END_LINE);
	size_t size = 0;

	if (armor.size > ARMOR_BYTES_MAX || armor.size < begin + end || memcmp(armor.data, BEGIN_LINE, begin) != 0 ||
	    memcmp(armor.data + armor.size - end, END_LINE, end) != 0)
		return false;
	for (size_t i = begin; i < armor.size - end; i++) {
		if (armor.data[i] != '\n')
			out[size++] = (char)armor.data[i];
	}
	*size_out = size;
	return true;
}

/* Cut key and signature out of where they must lie; whether the rest is right, building it again tells. */
static bool
take_parts(struct seal_sshsig *out, struct view blob, enum seal_namespace name_space)
{
	struct wire expected;
	size_t key_at = strlen(MAGIC) + 4 + 4 + 4 + strlen(KEY_TYPE) + 4;

	blob_of(&expected, out, name_space);
	if (blob.size != expected.size)
		return false;
	memcpy(out->signer.bytes, blob.data + key_at, sizeof(out->signer.bytes));
	memcpy(out->signature.bytes, blob.data + blob.size - SEAL_SIGNATURE_BYTES, SEAL_SIGNATURE_BYTES);
	return true;
}

enum err
seal_sshsig_read(struct seal_sshsig *out, struct view armor, enum seal_namespace name_space, struct err_info *info)
{
	char text[ARMOR_BYTES_MAX];
	size_t text_size = 0;
	struct seal_sshsig result = {0};
	struct bytes blob = {0};
	struct bytes again = {0};
	enum err err = ERR_FORMAT;

	if (take_base64(text, &text_size, armor))
		err = seal_base64_read(&blob, view_of(text, text_size), NULL);
	if (err == ERR_OK && !take_parts(&result, bytes_view(&blob), name_space))
		err = ERR_FORMAT;
	if (err == ERR_OK)
		err = seal_sshsig_armor(&again, &result, name_space, NULL);
	if (err == ERR_OK && !view_equal(bytes_view(&again), armor))
		err = ERR_FORMAT;
	if (err == ERR_OK)
		*out = result;
	else if (err == ERR_NOMEM)
		(void)err_nomem(info);
	else
		(void)err_set(
			info, ERR_FORMAT,
			_("not an SSH signature as tiersync writes it (one Ed25519 signature, namespace %s, sha512, "
		          "70 columns)"),
			seal_namespace_text(name_space));
	bytes_release(&blob);
	bytes_release(&again);
	return err;
}

enum err
seal_ssh_public_append(struct bytes *out, const struct seal_public_key *signer, struct err_info *info)
{
	struct wire wire = {{0}, 0};
	size_t before = out->size;
	enum err err;

	put_string(&wire, view_text(KEY_TYPE));
	put_string(&wire, view_of(signer->bytes, sizeof(signer->bytes)));
	err = bytes_append_text(out, KEY_TYPE, info);
	if (err == ERR_OK)
		err = bytes_append_byte(out, ' ', info);
	if (err == ERR_OK)
		err = seal_base64_append(out, view_of(wire.bytes, wire.size), info);
	if (err != ERR_OK)
		out->size = before;
	return err;
}
