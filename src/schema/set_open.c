/* A set that was checked before: its files are compiled when they are asked for. And what every set answers. */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "schema/set_inside.h"
#include "seal/hash.h"

/* NULL: no memory. */
static pthread_mutex_t *
lock_new(void)
{
	pthread_mutex_t *lock = malloc(sizeof(*lock));
	pthread_mutexattr_t attributes;

	if (lock == NULL)
		return NULL;
	(void)pthread_mutexattr_init(&attributes); /* in glibc none of these fails */
	(void)pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	(void)pthread_mutex_init(lock, &attributes);
	(void)pthread_mutexattr_destroy(&attributes);
	return lock;
}

enum err
schema_set_make(struct schema_set **out, uint32_t version, size_t room, struct err_info *info)
{
	struct schema_set *set = calloc(1, sizeof(*set));

	if (set != NULL) {
		set->version = version;
		set->arena = calloc(1, sizeof(*set->arena));
		set->lock = lock_new();
		set->codes = calloc(room + 1, sizeof(*set->codes));
		set->kinds = calloc(room + 1, sizeof(*set->kinds));
	}
	if (set == NULL || set->arena == NULL || set->lock == NULL || set->codes == NULL || set->kinds == NULL) {
		schema_set_free(set);
		return err_nomem(info);
	}
	*out = set;
	return ERR_OK;
}

void
schema_set_free(struct schema_set *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; set->kinds != NULL && i < set->kind_count; i++)
		json_free(set->kinds[i].json);
	free(set->codes);
	free(set->kinds);
	bytes_release(&set->bytes);
	if (set->arena != NULL)
		arena_release(set->arena);
	free(set->arena);
	if (set->lock != NULL)
		(void)pthread_mutex_destroy(set->lock);
	free(set->lock);
	free(set);
}

/* --- opening --- */

static enum err
other_spelling(struct err_info *info)
{
	return err_set(info, ERR_FORMAT, "%s", _("a schema set in another spelling than the canonical one"));
}

/* A file's name, without compiling it. */
static enum err
take_name(struct view *out, struct schema_set *set, struct view text, const char *member, struct err_info *info)
{
	struct view name;
	const uint8_t *copy;

	if (!json_scan_text(&name, text, member))
		return other_spelling(info);
	copy = arena_copy(set->arena, name); /* with a NUL behind, for messages */
	if (copy == NULL)
		return err_nomem(info);
	*out = view_of(copy, name.size);
	return ERR_OK;
}

static enum err
open_texts(struct schema_set *set, struct codec_reader *reader, bool are_kinds, struct err_info *info)
{
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct view text;
		struct view name = {0};
		struct digest digest;

		err = codec_read_str(&text, reader, info);
		if (err == ERR_OK)
			err = take_name(&name, set, text, are_kinds ? "x-kind" : "x-codes", info);
		if (err != ERR_OK)
			break;
		seal_digest(&digest, text);
		if (are_kinds) {
			struct schema_set_kind *file = &set->kinds[set->kind_count++];

			file->name = name;
			file->text = text;
			file->draft.kind = (struct schema_kind){.name = name, .text = text, .digest = digest};
		} else {
			struct schema_set_codes *file = &set->codes[set->codes_count++];

			file->name = name;
			file->codes = (struct schema_codes){.name = name, .text = text, .digest = digest};
		}
	}
	return err;
}

/* The frame of a set; the texts stay where they are, in the set's own bytes. */
static enum err
open_parts(struct schema_set *set, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(bytes_view(&set->bytes));
	uint64_t version = 0;
	uint32_t key = 0;
	size_t count = 0;
	enum err err = codec_read_map(&count, &reader, info);

	for (uint32_t part = KEY_VERSION; err == ERR_OK && part <= KEY_KINDS; part++) {
		err = codec_read_key(&key, &reader, part - KEY_VERSION, info);
		if (err == ERR_OK && (key != part || count != KEY_KINDS))
			err = other_spelling(info);
		if (err == ERR_OK && part == KEY_VERSION)
			err = codec_read_uint_max(&version, &reader, UINT32_MAX, info);
		else if (err == ERR_OK)
			err = open_texts(set, &reader, part == KEY_KINDS, info);
	}
	set->version = (uint32_t)version;
	return err == ERR_OK ? codec_end(&reader, info) : err;
}

enum err
schema_set_open(struct schema_set **out, struct view bytes, const struct digest *digest, struct err_info *info)
{
	struct schema_set *set = NULL;
	enum err err =
		bytes.size > LIMIT_SCHEMA_SET_BYTES_MAX
			? err_set(info, ERR_TOO_BIG, _("a schema set has at most %d bytes"), LIMIT_SCHEMA_SET_BYTES_MAX)
			: schema_set_make(&set, 0, LIMIT_KINDS_MAX, info);

	if (err != ERR_OK)
		return err;
	err = bytes_append_view(&set->bytes, bytes, info);
	if (err == ERR_OK)
		err = open_parts(set, info);
	if (err == ERR_OK) {
		schema_set_compute_digest(set);
		if (!digest_equal(&set->digest, digest))
			err = err_set(info, ERR_AUTH, "%s", _("a schema set is not the one that its name says"));
	}
	if (err != ERR_OK) {
		schema_set_free(set);
		return err;
	}
	*out = set;
	return ERR_OK;
}

/* --- compiling, when asked for: under the lock --- */

static int
state_of(const atomic_int *state)
{
	return atomic_load_explicit(state, memory_order_acquire);
}

/* Last: whoever sees it may read what was compiled. */
static void
set_state(atomic_int *state, enum schema_state_of_file value)
{
	atomic_store_explicit(state, (int)value, memory_order_release);
}

/* For want of memory nothing is known of a file, and what is judged as if it were not there must not stand: schema_set_is_short(). */
static void
note_short(const struct schema_set *set, enum err err)
{
	if (err == ERR_NOMEM)
		atomic_store_explicit((atomic_bool *)(uintptr_t)&set->is_short, true, memory_order_release);
}

bool
schema_set_is_short(const struct schema_set *set)
{
	return atomic_load_explicit(&set->is_short, memory_order_acquire);
}

static void
compile_codes(const struct schema_set *set, struct schema_set_codes *file)
{
	struct schema_builder builder = {.arena = set->arena, .file = (const char *)file->name.data, .set = set};
	struct schema_codes codes = {0};
	struct json *json = NULL;
	struct err_info info;
	enum err err = json_parse(&json, file->codes.text, LIMIT_KIND_FILE_BYTES_MAX, JSON_PARSE_REALS, &info);

	if (err == ERR_OK)
		err = schema_compile_codes(&codes, &builder, json, &info);
	if (err == ERR_OK) {
		codes.text = file->codes.text;
		codes.digest = file->codes.digest;
		file->codes = codes;
	}
	note_short(set, err);
	set_state(&file->state, err == ERR_OK ? SCHEMA_COMPILED : SCHEMA_UNREADABLE);
	json_free(json);
	schema_builder_release(&builder);
}

static struct schema_builder
builder_of(const struct schema_set *set, const struct schema_set_kind *file)
{
	return (struct schema_builder){.arena = set->arena, .file = (const char *)file->name.data, .set = set};
}

static void
compile_fields(const struct schema_set *set, struct schema_set_kind *file)
{
	struct schema_builder builder = builder_of(set, file);
	struct schema_draft draft = {0};
	struct err_info info;
	enum err err = json_parse(&file->json, file->text, LIMIT_KIND_FILE_BYTES_MAX, JSON_PARSE_REALS, &info);

	if (err == ERR_OK)
		err = schema_compile_kind(&draft, &builder, file->json, &info);
	if (err == ERR_OK) {
		draft.kind.text = file->text;
		draft.kind.digest = file->draft.kind.digest;
		file->draft = draft;
	}
	note_short(set, err);
	set_state(&file->state, err == ERR_OK ? SCHEMA_HAS_FIELDS : SCHEMA_UNREADABLE);
	schema_builder_release(&builder);
}

/* Canonical JSON spells a name in one way: a text that has none of these four words has no such keyword. */
static bool
has_across(struct view text)
{
	static const char *const WORDS[] = {"\"x-unique\"", "\"x-excludes\"", "\"x-requires\"", "\"x-standards\""};
	const uint8_t *end = text.data + text.size;
	const uint8_t *at = text.data;

	while (at < end && (at = memchr(at, '-', (size_t)(end - at))) != NULL) {
		at++;
		for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
			size_t size = strlen(WORDS[i]);

			if (at - text.data >= 3 && (size_t)(end - at) + 3 >= size &&
			    memcmp(at - 3, WORDS[i], size) == 0)
				return true;
		}
	}
	return false;
}

static bool
may_compare(struct schema_set_kind *file)
{
	int across = atomic_load_explicit(&file->across, memory_order_relaxed);

	if (across == SCHEMA_ACROSS_UNKNOWN) { /* two threads that search find the same */
		across = has_across(file->text) ? SCHEMA_ACROSS_SOME : SCHEMA_ACROSS_NONE;
		atomic_store_explicit(&file->across, across, memory_order_relaxed);
	}
	return across == SCHEMA_ACROSS_SOME;
}

/* The keywords borrow from the tree, which goes. */
static void
forget_tree(struct schema_set_kind *file)
{
	file->draft.keywords = (struct schema_keywords){0};
	json_free(file->json);
	file->json = NULL;
}

static void
compile_rules(const struct schema_set *set, struct schema_set_kind *file)
{
	struct schema_builder builder = builder_of(set, file);
	struct err_info info;
	enum err err = schema_compile_rules(&file->draft, &builder, &info);

	note_short(set, err);
	if (err != ERR_OK || !may_compare(file))
		forget_tree(file);
	set_state(&file->state, err != ERR_OK       ? SCHEMA_UNREADABLE
	                        : may_compare(file) ? SCHEMA_COMPILED
	                                            : SCHEMA_COMPLETE);
	schema_builder_release(&builder);
}

static void
compile_across(const struct schema_set *set, struct schema_set_kind *file)
{
	struct schema_builder builder = builder_of(set, file);
	struct err_info info;
	enum err err = schema_compile_across(&file->draft.kind, &builder, &file->draft.keywords, &info);

	forget_tree(file);
	note_short(set, err);
	set_state(&file->state, err == ERR_OK ? SCHEMA_COMPLETE : SCHEMA_UNREADABLE);
	schema_builder_release(&builder);
}

static struct schema_set_kind *
find_kind(const struct schema_set *set, struct view name)
{
	size_t low = 0;
	size_t high = set->kind_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = view_compare(set->kinds[middle].name, name);

		if (order == 0)
			return &set->kinds[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct schema_kind *
schema_set_kind_fields(const struct schema_set *set, struct view name)
{
	struct schema_set_kind *file = find_kind(set, name);

	if (file == NULL)
		return NULL;
	if (state_of(&file->state) == SCHEMA_NOT_COMPILED) {
		(void)pthread_mutex_lock(set->lock);
		if (state_of(&file->state) == SCHEMA_NOT_COMPILED)
			compile_fields(set, file);
		(void)pthread_mutex_unlock(set->lock);
	}
	return state_of(&file->state) == SCHEMA_UNREADABLE ? NULL : &file->draft.kind;
}

/* --- answers --- */

struct view
schema_set_bytes(const struct schema_set *set)
{
	return bytes_view(&set->bytes);
}

uint32_t
schema_set_version(const struct schema_set *set)
{
	return set->version;
}

const struct digest *
schema_set_digest(const struct schema_set *set)
{
	return &set->digest;
}

size_t
schema_set_kind_count(const struct schema_set *set)
{
	return set->kind_count;
}

const struct schema_kind *
schema_set_kind_at(const struct schema_set *set, size_t index)
{
	struct schema_set_kind *file = &set->kinds[index];

	if (state_of(&file->state) >= SCHEMA_COMPILED)
		return &file->draft.kind;
	(void)pthread_mutex_lock(set->lock);
	if (state_of(&file->state) == SCHEMA_NOT_COMPILED)
		compile_fields(set, file);
	if (state_of(&file->state) == SCHEMA_HAS_FIELDS)
		compile_rules(set, file);
	(void)pthread_mutex_unlock(set->lock);
	return &file->draft.kind;
}

const struct schema_kind *
schema_set_kind_across(const struct schema_set *set, size_t index)
{
	struct schema_set_kind *file = &set->kinds[index];
	const struct schema_kind *kind = schema_set_kind_at(set, index);

	if (state_of(&file->state) != SCHEMA_COMPILED)
		return kind;
	(void)pthread_mutex_lock(set->lock);
	if (state_of(&file->state) == SCHEMA_COMPILED)
		compile_across(set, file);
	(void)pthread_mutex_unlock(set->lock);
	return kind;
}

bool
schema_set_kind_may_compare(const struct schema_set *set, size_t index)
{
	return may_compare(&set->kinds[index]);
}

struct view
schema_set_kind_name(const struct schema_set *set, size_t index)
{
	return set->kinds[index].name;
}

struct view
schema_set_kind_text(const struct schema_set *set, size_t index)
{
	return set->kinds[index].text;
}

const struct schema_kind *
schema_set_kind(const struct schema_set *set, struct view name)
{
	const struct schema_set_kind *file = find_kind(set, name);
	const struct schema_kind *kind = file == NULL ? NULL : schema_set_kind_at(set, (size_t)(file - set->kinds));

	return file == NULL || state_of(&file->state) == SCHEMA_UNREADABLE ? NULL : kind;
}

size_t
schema_set_codes_count(const struct schema_set *set)
{
	return set->codes_count;
}

const struct schema_codes *
schema_set_codes_at(const struct schema_set *set, size_t index)
{
	struct schema_set_codes *file = &set->codes[index];

	if (state_of(&file->state) != SCHEMA_NOT_COMPILED)
		return &file->codes;
	(void)pthread_mutex_lock(set->lock);
	if (state_of(&file->state) == SCHEMA_NOT_COMPILED)
		compile_codes(set, file);
	(void)pthread_mutex_unlock(set->lock);
	return &file->codes;
}

const struct schema_codes *
schema_set_codes(const struct schema_set *set, struct view name)
{
	for (size_t i = 0; i < set->codes_count; i++) {
		const struct schema_codes *codes;

		if (!view_equal(set->codes[i].name, name))
			continue;
		codes = schema_set_codes_at(set, i);
		return state_of(&set->codes[i].state) == SCHEMA_UNREADABLE ? NULL : codes;
	}
	return NULL;
}
