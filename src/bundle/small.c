#include "bundle/small.h"

#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "seal/hash.h"

enum {
	KEY_RECEIPTS = 1,
	KEY_STATEMENTS = 2,
	KEY_CHAINS = 3,
	KEY_WRAPS = 4,
	KEY_NIGHT = 5,
	KEY_STANDING = 6,
	KEY_LACKS = 7,
	KEY_HOLDS = 8,
	LACKS_MAX = BUNDLE_LACKS_SCHEMA | BUNDLE_LACKS_KEY,
	WRAP_BYTES = ID_BYTES + 2 + DIGEST_BYTES + ID_BYTES + SEAL_WRAP_BYTES,
	REFERENCE_FIELDS = 3,
};

static enum err
write_views(struct bytes *out, unsigned key, const struct view *views, size_t count, struct err_info *info)
{
	enum err err = ERR_OK;

	if (count == 0)
		return ERR_OK;
	err = codec_write_uint(out, key, info);
	if (err == ERR_OK)
		err = codec_write_array(out, count, info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = codec_write_bin(out, views[i], info);
	return err;
}

static enum err
write_chains(struct bytes *out, const struct bundle_small *small, struct err_info *info)
{
	enum err err = ERR_OK;

	if (small->chain_count == 0)
		return ERR_OK;
	err = codec_write_uint(out, KEY_CHAINS, info);
	if (err == ERR_OK)
		err = codec_write_array(out, small->chain_count, info);
	for (size_t i = 0; err == ERR_OK && i < small->chain_count; i++) {
		const struct statement_reference *chain = &small->chains[i];

		err = codec_write_array(out, REFERENCE_FIELDS, info);
		if (err == ERR_OK)
			err = codec_write_str(out, view_text(chain->issuer.text), info);
		if (err == ERR_OK)
			err = codec_write_uint(out, chain->number, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(chain->digest, sizeof(chain->digest)), info);
	}
	return err;
}

static enum err
write_wraps(struct bytes *out, const struct bundle_small *small, struct err_info *info)
{
	enum err err = ERR_OK;

	if (small->wrap_count == 0)
		return ERR_OK;
	err = codec_write_uint(out, KEY_WRAPS, info);
	if (err == ERR_OK)
		err = codec_write_array(out, small->wrap_count, info);
	for (size_t i = 0; err == ERR_OK && i < small->wrap_count; i++) {
		const struct bundle_wrap *wrap = &small->wraps[i];
		uint8_t wire[WRAP_BYTES];
		uint8_t *at = wire;

		memcpy(at, wrap->partition.bytes, ID_BYTES);
		at += ID_BYTES;
		store_u16(at, wrap->wrap.number);
		at += 2;
		memcpy(at, wrap->wrap.digest.bytes, DIGEST_BYTES);
		at += DIGEST_BYTES;
		memcpy(at, wrap->wrap.recipient.bytes, ID_BYTES);
		at += ID_BYTES;
		memcpy(at, wrap->wrap.bytes, SEAL_WRAP_BYTES);
		err = codec_write_bin(out, view_of(wire, sizeof(wire)), info);
	}
	return err;
}

static enum err
write_standing(struct bytes *out, const struct bundle_small *small, struct err_info *info)
{
	enum err err = ERR_OK;

	if (small->has_standing) {
		err = codec_write_uint(out, KEY_STANDING, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(small->standing, sizeof(small->standing)), info);
	}
	if (err == ERR_OK && small->lacks != 0) {
		err = codec_write_uint(out, KEY_LACKS, info);
		if (err == ERR_OK)
			err = codec_write_uint(out, small->lacks, info);
	}
	if (err == ERR_OK && small->has_holds) {
		err = codec_write_uint(out, KEY_HOLDS, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(small->holds, sizeof(small->holds)), info);
	}
	return err;
}

enum err
bundle_small_write(struct bytes *out, const struct bundle_small *small, struct err_info *info)
{
	size_t count = (small->receipt_count > 0 ? 1U : 0U) + (small->statement_count > 0 ? 1U : 0U) +
	               (small->chain_count > 0 ? 1U : 0U) + (small->wrap_count > 0 ? 1U : 0U) +
	               (small->night.size > 0 ? 1U : 0U) + (small->has_standing ? 1U : 0U) +
	               (small->lacks != 0 ? 1U : 0U) + (small->has_holds ? 1U : 0U);
	enum err err = codec_write_map(out, count, info);

	if (err == ERR_OK)
		err = write_views(out, KEY_RECEIPTS, small->receipts, small->receipt_count, info);
	if (err == ERR_OK)
		err = write_views(out, KEY_STATEMENTS, small->statements, small->statement_count, info);
	if (err == ERR_OK)
		err = write_chains(out, small, info);
	if (err == ERR_OK)
		err = write_wraps(out, small, info);
	if (err == ERR_OK && small->night.size > 0) {
		err = codec_write_uint(out, KEY_NIGHT, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, small->night, info);
	}
	return err == ERR_OK ? write_standing(out, small, info) : err;
}

/* The head of an array of at least one member, and zeroed room for it in the arena. */
static enum err
read_list(void **out, size_t *count_out, struct codec_reader *reader, size_t item_bytes, struct arena *arena,
          struct err_info *info)
{
	enum err err = codec_read_array(count_out, reader, info);

	if (err != ERR_OK)
		return err;
	if (*count_out > LIMIT_CHAIN_STATEMENTS_MAX)
		return err_set(info, ERR_TOO_BIG, _("small section: a list of over %d"), LIMIT_CHAIN_STATEMENTS_MAX);
	if (*count_out == 0)
		return err_set(info, ERR_FORMAT, "%s", _("small section: an empty list"));
	*out = arena_get(arena, *count_out * item_bytes);
	return *out == NULL ? err_nomem(info) : ERR_OK;
}

static enum err
read_views(const struct view **out, size_t *count_out, struct codec_reader *reader, struct arena *arena,
           struct err_info *info)
{
	void *room;
	struct view *views;
	enum err err = read_list(&room, count_out, reader, sizeof(*views), arena, info);

	if (err != ERR_OK)
		return err;
	views = room;
	for (size_t i = 0; err == ERR_OK && i < *count_out; i++)
		err = codec_read_bin(&views[i], reader, info);
	*out = views;
	return err;
}

static enum err
read_chain(struct statement_reference *out, struct codec_reader *reader, struct err_info *info)
{
	struct view code;
	uint64_t number;
	size_t fields;
	enum err err = codec_read_array(&fields, reader, info);

	if (err == ERR_OK && fields != REFERENCE_FIELDS)
		err = err_set(info, ERR_FORMAT, "%s", _("small section: a chain end has three fields"));
	if (err == ERR_OK)
		err = codec_read_str_max(&code, reader, NODE_CODE_BYTES - 1, info);
	if (err == ERR_OK && !node_code_read(&out->issuer, code))
		err = err_set(info, ERR_FORMAT, "%s", _("small section: not a node code"));
	if (err == ERR_OK)
		err = codec_read_uint_max(&number, reader, UINT32_MAX, info);
	if (err != ERR_OK)
		return err;
	out->number = (uint32_t)number;
	return codec_read_bin_exact(out->digest, sizeof(out->digest), reader, info);
}

static enum err
read_chains(struct bundle_small *out, struct codec_reader *reader, struct err_info *info)
{
	void *room;
	struct statement_reference *chains;
	enum err err = read_list(&room, &out->chain_count, reader, sizeof(*chains), &out->arena, info);

	if (err != ERR_OK)
		return err;
	chains = room;
	for (size_t i = 0; err == ERR_OK && i < out->chain_count; i++)
		err = read_chain(&chains[i], reader, info);
	out->chains = chains;
	return err;
}

static enum err
read_wraps(struct bundle_small *out, struct codec_reader *reader, struct err_info *info)
{
	void *room;
	struct bundle_wrap *wraps;
	enum err err = read_list(&room, &out->wrap_count, reader, sizeof(*wraps), &out->arena, info);

	if (err != ERR_OK)
		return err;
	wraps = room;
	for (size_t i = 0; err == ERR_OK && i < out->wrap_count; i++) {
		uint8_t wire[WRAP_BYTES];
		const uint8_t *at = wire;

		err = codec_read_bin_exact(wire, sizeof(wire), reader, info);
		if (err != ERR_OK)
			break;
		memcpy(wraps[i].partition.bytes, at, ID_BYTES);
		at += ID_BYTES;
		wraps[i].wrap.number = load_u16(at);
		at += 2;
		memcpy(wraps[i].wrap.digest.bytes, at, DIGEST_BYTES);
		at += DIGEST_BYTES;
		memcpy(wraps[i].wrap.recipient.bytes, at, ID_BYTES);
		at += ID_BYTES;
		memcpy(wraps[i].wrap.bytes, at, SEAL_WRAP_BYTES);
	}
	out->wraps = wraps;
	return err;
}

static enum err
read_night(struct bundle_small *out, struct codec_reader *reader, struct err_info *info)
{
	enum err err = codec_read_bin(&out->night, reader, info);

	if (err == ERR_OK && out->night.size == 0)
		err = err_set(info, ERR_FORMAT, "%s", _("small section: an empty nightly line"));
	return err;
}

static enum err
read_lacks(struct bundle_small *out, struct codec_reader *reader, struct err_info *info)
{
	uint64_t lacks;
	enum err err = codec_read_uint_max(&lacks, reader, LACKS_MAX, info);

	if (err == ERR_OK && lacks == 0)
		err = err_set(info, ERR_FORMAT, "%s", _("small section: nothing is lacked, and it is said"));
	if (err == ERR_OK)
		out->lacks = (uint32_t)lacks;
	return err;
}

static enum err
read_member(struct bundle_small *out, struct codec_reader *reader, uint32_t key, struct err_info *info)
{
	if (key == KEY_RECEIPTS)
		return read_views(&out->receipts, &out->receipt_count, reader, &out->arena, info);
	if (key == KEY_STATEMENTS)
		return read_views(&out->statements, &out->statement_count, reader, &out->arena, info);
	if (key == KEY_CHAINS)
		return read_chains(out, reader, info);
	if (key == KEY_WRAPS)
		return read_wraps(out, reader, info);
	if (key == KEY_NIGHT)
		return read_night(out, reader, info);
	if (key == KEY_LACKS)
		return read_lacks(out, reader, info);
	if (key == KEY_HOLDS) {
		out->has_holds = true;
		return codec_read_bin_exact(out->holds, sizeof(out->holds), reader, info);
	}
	if (key == KEY_STANDING) {
		out->has_standing = true;
		return codec_read_bin_exact(out->standing, sizeof(out->standing), reader, info);
	}
	return err_set(info, ERR_FORMAT, "%s", _("small section: a key that version 1 does not have"));
}

enum err
bundle_small_read(struct bundle_small *out, struct view section, struct err_info *info)
{
	struct bundle_small small = {0};
	struct codec_reader reader = codec_reader_of(section);
	uint32_t key = 0;
	size_t count;
	enum err err = codec_read_map(&count, &reader, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		err = codec_read_key(&key, &reader, i, info);
		if (err == ERR_OK)
			err = read_member(&small, &reader, key, info);
	}
	if (err == ERR_OK)
		err = codec_end(&reader, info);
	if (err != ERR_OK) {
		bundle_small_release(&small);
		return err;
	}
	*out = small;
	return ERR_OK;
}

void
bundle_small_release(struct bundle_small *small)
{
	arena_release(&small->arena);
	*small = (struct bundle_small){0};
}

static int
compare_issuers(const void *a, const void *b)
{
	return strcmp(((const struct statement_reference *)a)->issuer.text,
	              ((const struct statement_reference *)b)->issuer.text);
}

enum err
bundle_standing(uint8_t out[BUNDLE_STANDING_BYTES], const struct statement_reference *chains, size_t count,
                struct err_info *info)
{
	struct statement_reference *sorted = calloc(count + 1, sizeof(*sorted));
	struct seal_hash hash;
	struct digest digest;

	if (sorted == NULL)
		return err_nomem(info);
	if (count > 0)
		memcpy(sorted, chains, count * sizeof(*sorted));
	if (count > 1)
		qsort(sorted, count, sizeof(*sorted), compare_issuers);
	seal_hash_init_domain(&hash, SEAL_DOMAIN_STANDING);
	for (size_t i = 0; i < count; i++) {
		struct view issuer = view_text(sorted[i].issuer.text);
		const uint8_t size = (uint8_t)issuer.size;
		uint8_t number[4];

		store_u32(number, sorted[i].number);
		seal_hash_update(&hash, view_of(&size, 1));
		seal_hash_update(&hash, issuer);
		seal_hash_update(&hash, view_of(number, sizeof(number)));
		seal_hash_update(&hash, view_of(sorted[i].digest, sizeof(sorted[i].digest)));
	}
	seal_hash_final(&digest, &hash);
	memcpy(out, digest.bytes, BUNDLE_STANDING_BYTES);
	free(sorted);
	return ERR_OK;
}

static int
compare_heads(const void *a, const void *b)
{
	return memcmp(((const struct bundle_head *)a)->partition.bytes,
	              ((const struct bundle_head *)b)->partition.bytes, ID_BYTES);
}

void
bundle_holds(uint8_t out[BUNDLE_STANDING_BYTES], struct bundle_head *heads, size_t count)
{
	struct seal_hash hash;
	struct digest digest;

	if (count > 1)
		qsort(heads, count, sizeof(*heads), compare_heads);
	seal_hash_init_domain(&hash, SEAL_DOMAIN_HOLDS);
	for (size_t i = 0; i < count; i++) {
		seal_hash_update(&hash, view_of(heads[i].partition.bytes, ID_BYTES));
		seal_hash_update(&hash, view_of(heads[i].head.bytes, OID_BYTES));
	}
	seal_hash_final(&digest, &hash);
	memcpy(out, digest.bytes, BUNDLE_STANDING_BYTES);
}
