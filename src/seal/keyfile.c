/* Key files: schema/seal-v1.md section 2. */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "base/fs.h"
#include "seal/secret.h"

enum {
	VERSION = 1,
	LINES = 5,
	BYTES_PER_MIB = 1048576,
	BOXED_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + SEAL_NODE_SECRET_BYTES +
	              crypto_aead_xchacha20poly1305_ietf_ABYTES,
	NUMBER_DIGITS_MAX = 6
};

static const char FIRST_WORD[] = "tiersync-key ";

struct kdf {
	bool is_argon2id; /* else none */
	uint32_t passes;
	uint32_t mib;
	uint8_t salt[crypto_pwhash_SALTBYTES];
};

static enum err
derive(struct seal_key *out, const struct kdf *kdf, struct view passphrase, struct err_info *info)
{
	if (crypto_pwhash(out->bytes, sizeof(out->bytes), (const char *)passphrase.data, passphrase.size, kdf->salt,
	                  kdf->passes, (size_t)kdf->mib * BYTES_PER_MIB, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(info, ERR_NOMEM,
		               _("a key under a passphrase needs %u MiB of memory, which are not to be had"), kdf->mib);
	return ERR_OK;
}

static enum err
append_base64_line(struct bytes *out, const char *word, struct view data, struct err_info *info)
{
	enum err err = bytes_append_text(out, word, info);

	if (err == ERR_OK)
		err = seal_base64_append(out, data, info);
	if (err == ERR_OK)
		err = bytes_append_byte(out, '\n', info);
	return err;
}

/* The four lines before the secret. */
static enum err
append_head(struct bytes *out, const struct seal_node_key *key, const struct kdf *kdf, struct err_info *info)
{
	enum err err = bytes_printf(out, info, "%s%d\n", FIRST_WORD, VERSION);

	if (err == ERR_OK)
		err = append_base64_line(out, "sign ", view_of(key->public.sign.bytes, SEAL_PUBLIC_KEY_BYTES), info);
	if (err == ERR_OK)
		err = append_base64_line(out, "seal ", view_of(key->public.seal.bytes, SEAL_PUBLIC_KEY_BYTES), info);
	if (err != ERR_OK)
		return err;
	if (!kdf->is_argon2id)
		return bytes_append_text(out, "kdf none\n", info);
	err = bytes_printf(out, info, "kdf argon2id %u %u ", kdf->passes, kdf->mib);
	if (err == ERR_OK)
		err = append_base64_line(out, "", view_of(kdf->salt, sizeof(kdf->salt)), info);
	return err;
}

/* nonce | box of the secrets, bound to the lines before it */
static enum err
box_secrets(uint8_t out[BOXED_BYTES], const uint8_t secrets[SEAL_NODE_SECRET_BYTES], const struct seal_key *key,
            struct view head, const struct env *env, struct err_info *info)
{
	enum err err = env->random(env->context, out, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, info);

	if (err == ERR_OK)
		(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
		                                                 NULL, secrets, SEAL_NODE_SECRET_BYTES, head.data,
		                                                 head.size, NULL, out, key->bytes);
	return err;
}

static enum err
append_secret(struct bytes *out, const struct seal_node_key *key, const struct kdf *kdf, struct view passphrase,
              const struct env *env, struct err_info *info)
{
	uint8_t secrets[SEAL_NODE_SECRET_BYTES];
	uint8_t boxed[BOXED_BYTES];
	struct seal_key wrapping = {{0}};
	enum err err = ERR_OK;

	memcpy(secrets, key->sign_seed, sizeof(key->sign_seed));
	memcpy(secrets + sizeof(key->sign_seed), key->seal_secret, sizeof(key->seal_secret));
	if (!kdf->is_argon2id) {
		err = append_base64_line(out, "secret ", view_of(secrets, sizeof(secrets)), info);
		goto out;
	}
	err = derive(&wrapping, kdf, passphrase, info);
	if (err == ERR_OK)
		err = box_secrets(boxed, secrets, &wrapping, bytes_view(out), env, info);
	if (err == ERR_OK)
		err = append_base64_line(out, "secret ", view_of(boxed, sizeof(boxed)), info);
out:
	sodium_memzero(&wrapping, sizeof(wrapping));
	sodium_memzero(secrets, sizeof(secrets));
	return err;
}

enum err
seal_node_key_write(struct bytes *out, const struct seal_node_key *key, struct view passphrase, const struct env *env,
                    struct err_info *info)
{
	struct kdf kdf = {passphrase.size > 0, LIMIT_ARGON2_PASSES_MIN, LIMIT_ARGON2_MIB_MIN, {0}};
	struct bytes text = {0};
	enum err err;

	if (passphrase.size > LIMIT_PASSPHRASE_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a passphrase has %zu bytes; at most %d are taken"),
		               passphrase.size, LIMIT_PASSPHRASE_BYTES_MAX);
	/* all at once: memory that grows leaves copies of the secret behind */
	err = bytes_reserve(&text, LIMIT_KEY_FILE_BYTES_MAX, info);
	if (err == ERR_OK && kdf.is_argon2id)
		err = env->random(env->context, kdf.salt, sizeof(kdf.salt), info);
	if (err == ERR_OK)
		err = append_head(&text, key, &kdf, info);
	if (err == ERR_OK)
		err = append_secret(&text, key, &kdf, passphrase, env, info);
	if (err == ERR_OK)
		err = bytes_append_view(out, bytes_view(&text), info);
	seal_wipe_bytes(&text);
	return err;
}

enum err
seal_node_key_save(const char *path, const struct seal_node_key *key, struct view passphrase, const struct env *env,
                   struct err_info *info)
{
	struct bytes text = {0};
	enum err err = seal_node_key_write(&text, key, passphrase, env, info);

	if (err == ERR_OK)
		err = fs_write(path, bytes_view(&text), 0600, info);
	seal_wipe_bytes(&text);
	return err;
}

/* --- reading; messages name lines, never what is in them --- */

static enum err
bad_line(struct err_info *info, size_t line)
{
	return err_set(info, ERR_FORMAT, _("not a key file, or a damaged one: line %zu is not as expected"), line + 1);
}

static bool
split_lines(struct view lines[LINES], struct view text)
{
	for (size_t i = 0; i < LINES; i++) {
		const uint8_t *end = text.size == 0 ? NULL : memchr(text.data, '\n', text.size);
		size_t size;

		if (end == NULL)
			return false;
		size = (size_t)(end - text.data);
		lines[i] = view_of(text.data, size);
		text = view_of(end + 1, text.size - size - 1);
	}
	return text.size == 0;
}

static bool
take_word(struct view *line, const char *word)
{
	size_t size = strlen(word);

	if (line->size < size || memcmp(line->data, word, size) != 0)
		return false;
	*line = view_of(line->data + size, line->size - size);
	return true;
}

/* Exactly `size` bytes of base64. */
static bool
read_base64(uint8_t *out, size_t size, struct view text)
{
	struct bytes bytes = {0};
	bool is_good =
		text.size == (size + 2) / 3 * 4 && seal_base64_read(&bytes, text, NULL) == ERR_OK && bytes.size == size;

	if (is_good)
		memcpy(out, bytes.data, size);
	seal_wipe_bytes(&bytes);
	return is_good;
}

/* A decimal number and the blank behind it, without leading zeros. */
static bool
take_number(uint32_t *out, struct view *line)
{
	uint32_t value = 0;
	size_t i = 0;

	while (i < line->size && i < NUMBER_DIGITS_MAX && line->data[i] >= '0' && line->data[i] <= '9')
		value = value * 10 + (uint32_t)(line->data[i++] - '0');
	if (i == 0 || line->data[0] == '0' || i == line->size || line->data[i] != ' ')
		return false;
	*line = view_of(line->data + i + 1, line->size - i - 1);
	*out = value;
	return true;
}

static enum err
read_kdf(struct kdf *out, struct view line, struct err_info *info)
{
	struct kdf kdf = {0};

	if (view_equal(line, view_text("kdf none"))) {
		*out = kdf;
		return ERR_OK;
	}
	kdf.is_argon2id = true;
	if (!take_word(&line, "kdf argon2id ") || !take_number(&kdf.passes, &line) || !take_number(&kdf.mib, &line) ||
	    !read_base64(kdf.salt, sizeof(kdf.salt), line))
		return bad_line(info, 3);
	if (kdf.passes < LIMIT_ARGON2_PASSES_MIN || kdf.passes > LIMIT_ARGON2_PASSES_MAX ||
	    kdf.mib < LIMIT_ARGON2_MIB_MIN || kdf.mib > LIMIT_ARGON2_MIB_MAX)
		return err_set(
			info, ERR_FORMAT,
			_("the key file asks for %u passes over %u MiB; %d to %d passes over %d to %d MiB are taken"),
			kdf.passes, kdf.mib, LIMIT_ARGON2_PASSES_MIN, LIMIT_ARGON2_PASSES_MAX, LIMIT_ARGON2_MIB_MIN,
			LIMIT_ARGON2_MIB_MAX);
	*out = kdf;
	return ERR_OK;
}

static enum err
unbox_secrets(uint8_t out[SEAL_NODE_SECRET_BYTES], const uint8_t boxed[BOXED_BYTES], const struct kdf *kdf,
              struct view passphrase, struct view head, struct err_info *info)
{
	struct seal_key wrapping;
	enum err err;

	if (passphrase.size == 0)
		return err_set_advised(info, ERR_STATE, ADVICE_PASSPHRASE, "%s",
		                       _("the key is under a passphrase, and none was given"));
	if (passphrase.size > LIMIT_PASSPHRASE_BYTES_MAX)
		return err_set_advised(info, ERR_AUTH, ADVICE_PASSPHRASE_AGAIN, "%s",
		                       _("the passphrase does not open the key file"));
	err = derive(&wrapping, kdf, passphrase, info);
	if (err == ERR_OK && crypto_aead_xchacha20poly1305_ietf_decrypt(
				     out, NULL, NULL, boxed + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
				     BOXED_BYTES - crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, head.data, head.size,
				     boxed, wrapping.bytes) != 0)
		err = err_set_advised(info, ERR_AUTH, ADVICE_PASSPHRASE_AGAIN, "%s",
		                      _("the passphrase does not open the key file, or the file was changed"));
	sodium_memzero(&wrapping, sizeof(wrapping));
	return err;
}

static enum err
read_secrets(uint8_t out[SEAL_NODE_SECRET_BYTES], struct view line, const struct kdf *kdf, struct view passphrase,
             struct view head, struct err_info *info)
{
	uint8_t boxed[BOXED_BYTES];

	if (!take_word(&line, "secret "))
		return bad_line(info, 4);
	if (!kdf->is_argon2id)
		return read_base64(out, SEAL_NODE_SECRET_BYTES, line) ? ERR_OK : bad_line(info, 4);
	if (!read_base64(boxed, sizeof(boxed), line))
		return bad_line(info, 4);
	return unbox_secrets(out, boxed, kdf, passphrase, head, info);
}

static enum err
read_head(struct seal_public *public, struct kdf *kdf, struct view lines[LINES], struct err_info *info)
{
	if (!take_word(&lines[0], FIRST_WORD))
		return bad_line(info, 0);
	if (!view_equal(lines[0], view_text("1")))
		return err_set(info, ERR_VERSION, "%s",
		               _("the key file is of a newer version than this tiersync reads"));
	if (!take_word(&lines[1], "sign ") || !read_base64(public->sign.bytes, SEAL_PUBLIC_KEY_BYTES, lines[1]))
		return bad_line(info, 1);
	if (!take_word(&lines[2], "seal ") || !read_base64(public->seal.bytes, SEAL_PUBLIC_KEY_BYTES, lines[2]))
		return bad_line(info, 2);
	return read_kdf(kdf, lines[3], info);
}

/* "tiersync-key N" with a number N above ours, whatever follows. */
static bool
is_newer(struct view text)
{
	size_t digits = 0;

	if (!take_word(&text, FIRST_WORD))
		return false;
	while (digits < text.size && text.data[digits] >= '0' && text.data[digits] <= '9')
		digits++;
	return digits > 0 && digits < text.size && text.data[digits] == '\n' && text.data[0] != '0' &&
	       !(digits == 1 && text.data[0] == '0' + VERSION);
}

/* The lines of a key file, and what stands in clear. */
static enum err
read_clear(struct view lines[LINES], struct seal_public *public, struct kdf *kdf, struct view text,
           struct err_info *info)
{
	struct view words[LINES];

	if (is_newer(text))
		return err_set(info, ERR_VERSION, "%s",
		               _("the key file is of a newer version than this tiersync reads"));
	if (text.size > LIMIT_KEY_FILE_BYTES_MAX || !split_lines(lines, text))
		return err_set(info, ERR_FORMAT, _("not a key file, or a damaged one: %d lines were expected"), LINES);
	memcpy(words, lines, sizeof(words));
	return read_head(public, kdf, words, info);
}

enum err
seal_node_key_peek(struct seal_public *out, bool *is_wrapped_out, struct view text, struct err_info *info)
{
	struct view lines[LINES];
	struct seal_public public;
	struct kdf kdf;
	enum err err = read_clear(lines, &public, &kdf, text, info);

	if (err != ERR_OK)
		return err;
	*out = public;
	*is_wrapped_out = kdf.is_argon2id;
	return ERR_OK;
}

enum err
seal_node_key_read(struct seal_node_key **out, struct view text, struct view passphrase, struct err_info *info)
{
	struct view lines[LINES];
	uint8_t secrets[SEAL_NODE_SECRET_BYTES] = {0};
	struct seal_node_key *key = NULL;
	struct seal_public public;
	struct kdf kdf;
	struct view head;
	enum err err = read_clear(lines, &public, &kdf, text, info);

	if (err != ERR_OK)
		return err;
	head = view_of(text.data, (size_t)(lines[LINES - 1].data - text.data));
	err = read_secrets(secrets, lines[LINES - 1], &kdf, passphrase, head, info);
	if (err == ERR_OK)
		err = seal_node_key_build(&key, secrets, info);
	if (err == ERR_OK && (!seal_public_key_equal(&key->public.sign, &public.sign) ||
	                      !seal_public_key_equal(&key->public.seal, &public.seal)))
		err = err_set(info, ERR_FORMAT, "%s",
		              _("the key file is damaged: its public and secret halves differ"));
	sodium_memzero(secrets, sizeof(secrets));
	if (err == ERR_OK)
		*out = key;
	else
		seal_node_key_free(key);
	return err;
}

enum err
seal_node_key_load(struct seal_node_key **out, const char *path, struct view passphrase, struct err_info *info)
{
	struct bytes text = {0};
	enum err err = fs_read(&text, path, LIMIT_KEY_FILE_BYTES_MAX, info);

	if (err == ERR_OK) {
		err = seal_node_key_read(out, bytes_view(&text), passphrase, info);
		if (err != ERR_OK)
			(void)err_in(info, err, "%s", path);
	}
	seal_wipe_bytes(&text);
	return err;
}
