#include "receipt/internal.h"

#include <stdlib.h>
#include <string.h>

enum {
	REFERENCE_MEMBERS = 3
};

static int
compare_oids(const void *a, const void *b)
{
	return memcmp(a, b, OID_BYTES);
}

void
receipt_oids_sort(struct receipt_oids *oids)
{
	size_t count = 0;

	if (oids->count == 0)
		return;
	qsort(oids->items, oids->count, sizeof(*oids->items), compare_oids);
	for (size_t i = 0; i < oids->count; i++) {
		if (count == 0 || !oid_equal(&oids->items[count - 1], &oids->items[i]))
			oids->items[count++] = oids->items[i];
	}
	oids->count = count;
}

bool
receipt_oids_are_set(const struct oid *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (compare_oids(&items[i - 1], &items[i]) >= 0)
			return false;
	}
	return count <= LIMIT_RECEIPT_TIPS_MAX;
}

bool
receipt_oids_are(const struct oid *items, size_t count, const struct oid *one)
{
	return count == 1 && oid_equal(&items[0], one);
}

void
receipt_out_uint(struct receipt_out *out, uint64_t value)
{
	if (out->err == ERR_OK)
		out->err = codec_write_uint(out->out, value, out->info);
}

void
receipt_out_int(struct receipt_out *out, int64_t value)
{
	if (out->err == ERR_OK)
		out->err = codec_write_int(out->out, value, out->info);
}

void
receipt_out_bool(struct receipt_out *out, bool value)
{
	if (out->err == ERR_OK)
		out->err = codec_write_bool(out->out, value, out->info);
}

void
receipt_out_view(struct receipt_out *out, struct view text)
{
	if (out->err == ERR_OK)
		out->err = codec_write_str(out->out, text, out->info);
}

void
receipt_out_str(struct receipt_out *out, const char *text)
{
	receipt_out_view(out, view_text(text));
}

void
receipt_out_bin(struct receipt_out *out, const void *data, size_t size)
{
	if (out->err == ERR_OK)
		out->err = codec_write_bin(out->out, view_of(data, size), out->info);
}

void
receipt_out_array(struct receipt_out *out, size_t count)
{
	if (out->err == ERR_OK)
		out->err = codec_write_array(out->out, count, out->info);
}

void
receipt_out_map(struct receipt_out *out, size_t count)
{
	if (out->err == ERR_OK)
		out->err = codec_write_map(out->out, count, out->info);
}

void
receipt_out_oids(struct receipt_out *out, const struct oid *items, size_t count)
{
	/* an array of struct oid is its bytes, one behind the other */
	receipt_out_bin(out, items, count * OID_BYTES);
}

void
receipt_out_reference(struct receipt_out *out, const struct statement_reference *reference)
{
	receipt_out_array(out, REFERENCE_MEMBERS);
	receipt_out_str(out, reference->issuer.text);
	receipt_out_uint(out, reference->number);
	receipt_out_bin(out, reference->digest, sizeof(reference->digest));
}

struct receipt_in
receipt_in_of(struct view view, struct err_info *info)
{
	return (struct receipt_in){codec_reader_of(view), info, ERR_OK};
}

void
receipt_in_fail(struct receipt_in *in, const char *what)
{
	if (in->err == ERR_OK)
		in->err = err_set(in->info, ERR_FORMAT, _("a receipt or checkpoint is not well formed: %s"), what);
}

uint64_t
receipt_in_uint(struct receipt_in *in, uint64_t max)
{
	uint64_t value = 0;

	if (in->err == ERR_OK)
		in->err = codec_read_uint_max(&value, &in->reader, max, in->info);
	return in->err == ERR_OK ? value : 0;
}

int64_t
receipt_in_int(struct receipt_in *in)
{
	int64_t value = 0;

	if (in->err == ERR_OK)
		in->err = codec_read_int(&value, &in->reader, in->info);
	return in->err == ERR_OK ? value : 0;
}

void
receipt_in_bin(struct receipt_in *in, void *out, size_t size)
{
	if (in->err == ERR_OK)
		in->err = codec_read_bin_exact(out, size, &in->reader, in->info);
}

struct view
receipt_in_view(struct receipt_in *in, size_t size_max)
{
	struct view text = {0};

	if (in->err == ERR_OK)
		in->err = codec_read_str_max(&text, &in->reader, size_max, in->info);
	return in->err == ERR_OK ? text : (struct view){0};
}

void
receipt_in_str(struct receipt_in *in, char *out, size_t size)
{
	struct view text = receipt_in_view(in, size - 1);

	if (text.size > 0 && memchr(text.data, '\0', text.size) != NULL)
		receipt_in_fail(in, _("a NUL in a text"));
	else if (text.size > 0)
		memcpy(out, text.data, text.size);
}

size_t
receipt_in_array(struct receipt_in *in, size_t count_max)
{
	size_t count = 0;

	if (in->err == ERR_OK)
		in->err = codec_read_array(&count, &in->reader, in->info);
	if (in->err == ERR_OK && count > count_max)
		in->err = err_set(in->info, ERR_TOO_BIG,
		                  _("a receipt or checkpoint has a list of %zu; the limit is %zu"), count, count_max);
	return in->err == ERR_OK ? count : 0;
}

struct receipt_keys
receipt_in_map(struct receipt_in *in)
{
	struct receipt_keys keys = {0};

	if (in->err == ERR_OK)
		in->err = codec_read_map(&keys.count, &in->reader, in->info);
	return keys;
}

bool
receipt_in_key(struct receipt_in *in, struct receipt_keys *keys)
{
	if (in->err != ERR_OK || keys->index == keys->count)
		return false;
	in->err = codec_read_key(&keys->key, &in->reader, keys->index, in->info);
	keys->index++;
	return in->err == ERR_OK;
}

void *
receipt_in_get(struct receipt_in *in, struct arena *arena, size_t count, size_t size)
{
	void *array = arena_get(arena, count * size);

	if (array == NULL && in->err == ERR_OK)
		in->err = err_nomem(in->info);
	return array;
}

struct receipt_oids
receipt_in_oids(struct receipt_in *in, struct arena *arena, size_t count_max)
{
	struct receipt_oids oids = {0};
	struct view bytes = {0};

	if (in->err == ERR_OK)
		in->err = codec_read_bin(&bytes, &in->reader, in->info);
	if (in->err != ERR_OK)
		return oids;
	if (bytes.size % OID_BYTES != 0) {
		receipt_in_fail(in, _("a list of commits whose size is not a multiple of 20"));
		return oids;
	}
	if (bytes.size / OID_BYTES > count_max) {
		in->err = err_set(in->info, ERR_TOO_BIG, _("a receipt names %zu commits in one list; the limit is %zu"),
		                  bytes.size / OID_BYTES, count_max);
		return oids;
	}
	oids.items = receipt_in_get(in, arena, bytes.size / OID_BYTES, OID_BYTES);
	if (oids.items == NULL)
		return (struct receipt_oids){0};
	oids.count = bytes.size / OID_BYTES;
	if (bytes.size > 0)
		memcpy(oids.items, bytes.data, bytes.size);
	return oids;
}

struct statement_reference
receipt_in_reference(struct receipt_in *in)
{
	struct statement_reference reference = {.number = 0};
	struct view code;

	if (receipt_in_array(in, REFERENCE_MEMBERS) != REFERENCE_MEMBERS)
		receipt_in_fail(in, _("an end of a chain has three parts"));
	code = receipt_in_view(in, NODE_CODE_BYTES);
	if (in->err == ERR_OK && !node_code_read(&reference.issuer, code))
		receipt_in_fail(in, _("an issuer that is no office"));
	reference.number = (uint32_t)receipt_in_uint(in, LIMIT_CHAIN_STATEMENTS_MAX);
	receipt_in_bin(in, reference.digest, sizeof(reference.digest));
	return reference;
}

enum err
receipt_in_end(struct receipt_in *in)
{
	if (in->err == ERR_OK)
		in->err = codec_end(&in->reader, in->info);
	return in->err;
}
