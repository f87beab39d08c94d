/* A schema set: made of files, or read from its canonical bytes. */
#include "schema/set.h"

#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "schema/set_inside.h"
#include "seal/hash.h"

/* A file on the way in. */
struct entry {
	const char *name; /* for messages */
	struct view text; /* borrowed; empty when it is no file that a person wrote */
	struct json *json;
	bool is_kind;
	struct view title; /* x-kind or x-codes; borrowed from the tree */
};

struct entries {
	struct entry *items;
	size_t count;
};

static void
entries_release(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		json_free(entries->items[i].json);
	free(entries->items);
}

static enum err
add_entry(struct entries *entries, const char *name, struct view text, struct err_info *info)
{
	struct entry entry = {.name = name};
	const struct json *kind;
	const struct json *codes;
	enum err err = json_parse(&entry.json, text, LIMIT_KIND_FILE_BYTES_MAX, JSON_PARSE_REALS, info);

	if (err != ERR_OK)
		return err_in(info, err, "%s", name);
	kind = json_member(entry.json, "x-kind");
	codes = json_member(entry.json, "x-codes");
	entry.is_kind = kind != NULL;
	entry.title = json_form_of(entry.json) == JSON_FORM_OBJECT && (kind != NULL || codes != NULL) &&
	                              json_form_of(kind != NULL ? kind : codes) == JSON_FORM_TEXT
	                      ? json_text_of(kind != NULL ? kind : codes)
	                      : (struct view){0};
	if (entry.title.size == 0) {
		json_free(entry.json);
		return err_set(info, ERR_FORMAT,
		               _("%s: neither a kind (\"x-kind\") nor a code set (\"x-codes\") at its top"), name);
	}
	for (size_t i = 0; i < entries->count; i++) {
		if (entries->items[i].is_kind == entry.is_kind && view_equal(entries->items[i].title, entry.title)) {
			err = err_set(info, ERR_EXISTS, _("%s and %s are both called \"%.*s\""), entries->items[i].name,
			              name, (int)entry.title.size, (const char *)entry.title.data);
			json_free(entry.json);
			return err;
		}
	}
	entries->items[entries->count++] = entry;
	return ERR_OK;
}

static int
compare_entries(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;

	if (x->is_kind != y->is_kind)
		return x->is_kind ? 1 : -1;
	return view_compare(x->title, y->title);
}

static enum err
canonical_text(struct view *text_out, struct digest *digest_out, struct schema_set *set, const struct json *json,
               struct err_info *info)
{
	struct bytes text = {0};
	enum err err = json_print_sorted(&text, json, info);

	if (err == ERR_OK) {
		const uint8_t *copy = arena_copy(set->arena, bytes_view(&text));

		if (copy == NULL)
			err = err_nomem(info);
		else
			*text_out = view_of(copy, text.size);
	}
	if (err == ERR_OK)
		seal_digest(digest_out, *text_out);
	bytes_release(&text);
	return err;
}

static enum err
compile_one(struct schema_set *set, const struct entry *entry, struct err_info *info)
{
	struct schema_builder builder = {.arena = set->arena, .file = entry->name, .text = entry->text, .set = set};
	enum err err;

	if (entry->is_kind) {
		struct schema_set_kind *file = &set->kinds[set->kind_count];
		struct schema_kind *kind = &file->draft.kind;

		file->state = SCHEMA_COMPLETE; /* in a moment, or there is no set */
		err = schema_compile_kind(&file->draft, &builder, entry->json, info);
		if (err == ERR_OK)
			err = canonical_text(&kind->text, &kind->digest, set, entry->json, info);
		file->name = kind->name;
		file->text = kind->text;
		set->kind_count += err == ERR_OK ? 1U : 0U;
	} else {
		struct schema_set_codes *file = &set->codes[set->codes_count];
		struct schema_codes *codes = &file->codes;

		file->state = SCHEMA_COMPILED;
		err = schema_compile_codes(codes, &builder, entry->json, info);
		if (err == ERR_OK)
			err = canonical_text(&codes->text, &codes->digest, set, entry->json, info);
		file->name = codes->name;
		set->codes_count += err == ERR_OK ? 1U : 0U;
	}
	schema_builder_release(&builder);
	return err;
}

static enum err
write_bytes(struct schema_set *set, struct err_info *info)
{
	struct bytes *out = &set->bytes;
	enum err err = codec_write_map(out, 3, info);

	if (err == ERR_OK)
		err = codec_write_uint(out, KEY_VERSION, info);
	if (err == ERR_OK)
		err = codec_write_uint(out, set->version, info);
	if (err == ERR_OK)
		err = codec_write_uint(out, KEY_CODES, info);
	if (err == ERR_OK)
		err = codec_write_array(out, set->codes_count, info);
	for (size_t i = 0; err == ERR_OK && i < set->codes_count; i++)
		err = codec_write_str(out, set->codes[i].codes.text, info);
	if (err == ERR_OK)
		err = codec_write_uint(out, KEY_KINDS, info);
	if (err == ERR_OK)
		err = codec_write_array(out, set->kind_count, info);
	for (size_t i = 0; err == ERR_OK && i < set->kind_count; i++)
		err = codec_write_str(out, set->kinds[i].draft.kind.text, info);
	if (err == ERR_OK && out->size > LIMIT_SCHEMA_SET_BYTES_MAX)
		err = err_set(info, ERR_TOO_BIG, _("a schema set has at most %d bytes"), LIMIT_SCHEMA_SET_BYTES_MAX);
	return err;
}

static void
hash_file(struct seal_hash *hash, uint8_t type, struct view name, const struct digest *digest)
{
	uint8_t head[3];

	head[0] = type;
	store_u16(head + 1, (uint16_t)name.size);
	seal_hash_update(hash, view_of(head, sizeof(head)));
	seal_hash_update(hash, name);
	seal_hash_update(hash, view_of(digest->bytes, DIGEST_BYTES));
}

void
schema_set_compute_digest(struct schema_set *set)
{
	struct seal_hash hash;
	uint8_t version[4];

	store_u32(version, set->version);
	seal_hash_init_domain(&hash, SEAL_DOMAIN_SCHEMA);
	seal_hash_update(&hash, view_of(version, sizeof(version)));
	for (size_t i = 0; i < set->codes_count; i++)
		hash_file(&hash, TYPE_CODES, set->codes[i].codes.name, &set->codes[i].codes.digest);
	for (size_t i = 0; i < set->kind_count; i++)
		hash_file(&hash, TYPE_KIND, set->kinds[i].draft.kind.name, &set->kinds[i].draft.kind.digest);
	seal_hash_final(&set->digest, &hash);
}

static enum err
build(struct schema_set **out, uint32_t version, struct entries *entries, struct err_info *info)
{
	struct schema_set *set = NULL;
	enum err err = schema_set_make(&set, version, entries->count, info);

	if (err != ERR_OK)
		return err;
	qsort(entries->items, entries->count, sizeof(*entries->items), compare_entries); /* code sets first */
	for (size_t i = 0; err == ERR_OK && i < entries->count; i++)
		err = compile_one(set, &entries->items[i], info);
	for (size_t i = 0; err == ERR_OK && i < set->kind_count; i++) {
		const struct entry *entry = &entries->items[set->codes_count + i];
		struct schema_builder builder = {
			.arena = set->arena, .file = entry->name, .text = entry->text, .set = set};

		err = schema_compile_across(&set->kinds[i].draft.kind, &builder, &set->kinds[i].draft.keywords, info);
		if (err == ERR_OK)
			err = schema_compile_rules(&set->kinds[i].draft, &builder, info);
		schema_builder_release(&builder);
	}
	for (size_t i = 0; i < set->kind_count; i++)
		set->kinds[i].draft.keywords = (struct schema_keywords){0}; /* they borrow from the trees, which go */
	if (err == ERR_OK)
		err = write_bytes(set, info);
	if (err != ERR_OK) {
		schema_set_free(set);
		return err;
	}
	schema_set_compute_digest(set);
	*out = set;
	return ERR_OK;
}

static bool
is_replaced(const struct entries *entries, bool is_kind, struct view name)
{
	for (size_t i = 0; i < entries->count; i++) {
		if (entries->items[i].is_kind == is_kind && view_equal(entries->items[i].title, name))
			return true;
	}
	return false;
}

enum err
schema_set_new(struct schema_set **out, uint32_t version, const struct schema_set *base,
               const struct schema_file *files, size_t count, struct err_info *info)
{
	size_t room = count + (base == NULL ? 0 : base->codes_count + base->kind_count);
	struct entries entries = {0};
	enum err err = ERR_OK;

	if (room > LIMIT_KINDS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a schema set has at most %d files"), LIMIT_KINDS_MAX);
	entries.items = calloc(room + 1, sizeof(*entries.items));
	if (entries.items == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		err = add_entry(&entries, files[i].name, files[i].text, info);
		if (err == ERR_OK)
			entries.items[i].text = files[i].text;
	}
	for (size_t i = 0; err == ERR_OK && base != NULL && i < base->codes_count; i++) {
		if (!is_replaced(&entries, false, base->codes[i].codes.name))
			err = add_entry(&entries, (const char *)base->codes[i].codes.name.data,
			                base->codes[i].codes.text, info);
	}
	for (size_t i = 0; err == ERR_OK && base != NULL && i < base->kind_count; i++) {
		if (!is_replaced(&entries, true, base->kinds[i].draft.kind.name))
			err = add_entry(&entries, (const char *)base->kinds[i].draft.kind.name.data,
			                base->kinds[i].draft.kind.text, info);
	}
	if (err == ERR_OK)
		err = build(out, version, &entries, info);
	entries_release(&entries);
	return err;
}

static enum err
read_texts(struct entries *entries, struct codec_reader *reader, const char *name, struct err_info *info)
{
	struct entry *items;
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err == ERR_OK && count > LIMIT_KINDS_MAX)
		err = err_set(info, ERR_TOO_BIG, _("a schema set has at most %d files"), LIMIT_KINDS_MAX);
	if (err != ERR_OK)
		return err;
	items = realloc(entries->items, (entries->count + count + 1) * sizeof(*items));
	if (items == NULL)
		return err_nomem(info);
	entries->items = items;
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct view text;

		err = codec_read_str(&text, reader, info);
		if (err == ERR_OK)
			err = add_entry(entries, name, text, info);
	}
	return err;
}

enum err
schema_set_read(struct schema_set **out, struct view bytes, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(bytes);
	struct entries entries = {0};
	struct schema_set *set = NULL;
	uint64_t version = 0;
	uint32_t key = 0;
	size_t count = 0;
	enum err err =
		bytes.size > LIMIT_SCHEMA_SET_BYTES_MAX
			? err_set(info, ERR_TOO_BIG, _("a schema set has at most %d bytes"), LIMIT_SCHEMA_SET_BYTES_MAX)
			: codec_read_map(&count, &reader, info);

	if (err == ERR_OK && count != 3)
		err = err_set(info, ERR_FORMAT, "%s", _("a schema set has three parts"));
	for (uint32_t part = KEY_VERSION; err == ERR_OK && part <= KEY_KINDS; part++) {
		err = codec_read_key(&key, &reader, part - KEY_VERSION, info);
		if (err == ERR_OK && key != part)
			err = err_set(info, ERR_FORMAT, "%s", _("a schema set has the parts 1, 2 and 3"));
		if (err == ERR_OK && part == KEY_VERSION)
			err = codec_read_uint_max(&version, &reader, UINT32_MAX, info);
		else if (err == ERR_OK)
			err = read_texts(&entries, &reader, part == KEY_CODES ? "code set" : "kind", info);
	}
	if (err == ERR_OK)
		err = codec_end(&reader, info);
	if (err == ERR_OK)
		err = build(&set, (uint32_t)version, &entries, info);
	if (err == ERR_OK && !view_equal(bytes_view(&set->bytes), bytes)) {
		schema_set_free(set);
		set = NULL;
		err = err_set(info, ERR_FORMAT, "%s", _("a schema set in another spelling than the canonical one"));
	}
	entries_release(&entries);
	if (err == ERR_OK)
		*out = set;
	return err;
}
