#include "seal/seal.h"

#include <string.h>

#include <sodium.h>

enum err
seal_init(struct err_info *info)
{
	/* Of mixed order: libsodium before 1.0.18-1+deb12u1 takes it for a point of the main subgroup (CVE-2025-69277). */
	uint8_t mixed_order[crypto_core_ed25519_BYTES];

	if (sodium_init() < 0)
		return err_set(info, ERR_INTERNAL, "%s", _("libsodium does not start; nothing was done"));
	memset(mixed_order, 0x99, sizeof(mixed_order));
	mixed_order[0] = 0x95;
	if (crypto_core_ed25519_is_valid_point(mixed_order) != 0)
		return err_set(info, ERR_INTERNAL, "%s",
		               _("libsodium takes a weak public key for a good one (CVE-2025-69277); nothing was done; "
		                 "upgrade libsodium"));
	return ERR_OK;
}

bool
seal_equal(struct view a, struct view b)
{
	return a.size == b.size && (a.size == 0 || sodium_memcmp(a.data, b.data, a.size) == 0);
}

void
seal_wipe(void *at, size_t size)
{
	if (size > 0)
		sodium_memzero(at, size);
}

void
seal_wipe_bytes(struct bytes *bytes)
{
	if (bytes->data != NULL)
		sodium_memzero(bytes->data, bytes->capacity);
	bytes_release(bytes);
}

enum err
seal_base64_append(struct bytes *out, struct view data, struct err_info *info)
{
	size_t size = data.size / 3 * 4 + (data.size % 3 == 0 ? 0 : 4);
	enum err err;

	if (data.size == 0)
		return ERR_OK;
	if (data.size > SIZE_MAX / 4)
		return err_nomem(info);
	err = bytes_reserve(out, size + 1, info); /* with the NUL that libsodium writes */
	if (err != ERR_OK)
		return err;
	(void)sodium_bin2base64((char *)out->data + out->size, size + 1, data.data, data.size,
	                        sodium_base64_VARIANT_ORIGINAL);
	out->size += size;
	return ERR_OK;
}

/* libsodium 1.0.18 takes byte 0xaf for '/', and its like: a second spelling of the same bytes. */
static bool
is_ascii(struct view text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] >= 0x80)
			return false;
	}
	return true;
}

enum err
seal_base64_read(struct bytes *out, struct view text, struct err_info *info)
{
	const char *end = NULL;
	size_t size = 0;
	enum err err;

	if (text.size == 0)
		return ERR_OK;
	err = bytes_reserve(out, text.size / 4 * 3 + 3, info);
	if (err != ERR_OK)
		return err;
	if (text.size % 4 != 0 || !is_ascii(text) ||
	    sodium_base642bin(out->data + out->size, text.size / 4 * 3, (const char *)text.data, text.size, NULL, &size,
	                      &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    end != (const char *)text.data + text.size)
		return err_set(info, ERR_FORMAT, "%s", _("not base64 as RFC 4648 writes it, padded and on one line"));
	out->size += size;
	return ERR_OK;
}
