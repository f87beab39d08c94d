#include <string.h>

#include "codec/codec.h"
#include "merge/entry_form.h"

enum {
	MEMBERS_MIN = 3,     /* kind, place, names */
	MEMBERS_MAX = 4,     /* and more */
	ENTRY_BYTES_MIN = 21 /* frame, kind, place, and one name of 16 bytes with its two bytes of frame */
};

static enum err
bad(struct err_info *info, const char *what)
{
	return err_set(info, ERR_FORMAT, _("these are no conflict entries: %s"), what);
}

static enum err
read_number(uint32_t *out, struct codec_reader *reader, uint32_t max, struct err_info *info)
{
	uint64_t number = 0;
	enum err err = codec_read_uint(&number, reader, info);

	if (err == ERR_OK && (number < 1 || number > max))
		return bad(info, _("a field number that cannot be"));
	*out = (uint32_t)number;
	return err;
}

/* E or M of a path, whose type and field are there */
static enum err
read_key(struct record_path *path, struct codec_reader *reader, struct err_info *info)
{
	enum err err = codec_read_value(&path->key, reader, info);

	if (err == ERR_OK && path->type == RECORD_BUILT_IN)
		err = record_built_in_check((enum record_built_in)path->field, path->key, info);
	return err;
}

static enum err
read_path(struct record_path *out, struct codec_reader *reader, struct err_info *info)
{
	static const size_t MEMBERS[] = {1, 2, 3, 3, 4, 3}; /* by type */
	struct record_path path = {.type = RECORD_EXISTENCE};
	uint64_t type = 0;
	size_t members = 0;
	enum err err = codec_read_array(&members, reader, info);

	if (err == ERR_OK)
		err = codec_read_uint(&type, reader, info);
	if (err == ERR_OK && (type > RECORD_BUILT_IN || members != MEMBERS[type]))
		return bad(info, _("a place that is no register"));
	if (err != ERR_OK)
		return err;
	path.type = (enum record_path_type)type;
	if (members > 1)
		err = read_number(&path.field, reader,
		                  path.type == RECORD_BUILT_IN ? RECORD_BUILT_INS : LIMIT_FIELD_NUMBER_MAX, info);
	if (err == ERR_OK && members > 2)
		err = read_key(&path, reader, info);
	if (err == ERR_OK && members > 3)
		err = read_number(&path.sub, reader, LIMIT_FIELD_NUMBER_MAX, info);
	if (err == ERR_OK)
		*out = path;
	return err;
}

/* which registers an entry of a kind can be about */
static bool
is_place_of(enum merge_entry_kind kind, const struct record_path *path)
{
	if (kind == MERGE_VALUE)
		return !record_path_is_existence(path);
	if (kind == MERGE_REMOVED)
		return record_path_is_existence(path);
	return kind == MERGE_REFUSED || path->type == RECORD_FIELD;
}

static enum err
read_place(struct merge_entry *entry, struct codec_reader *reader, struct err_info *info)
{
	uint64_t nothing = 0;
	enum err err;

	if (entry->kind == MERGE_TWIN) {
		err = codec_read_uint(&nothing, reader, info);
		return err == ERR_OK && nothing != 0 ? bad(info, _("a twin entry with a place")) : err;
	}
	if (entry->kind == MERGE_RULE) {
		err = codec_read_str_max(&entry->rule, reader, LIMIT_NAME_BYTES_MAX, info);
		return err == ERR_OK && entry->rule.size == 0 ? bad(info, _("a rule without a name")) : err;
	}
	err = read_path(&entry->path, reader, info);
	if (err == ERR_OK && !is_place_of(entry->kind, &entry->path))
		return bad(info, _("an entry at a register of another kind"));
	return err;
}

/* ascending, or (value, state) at least different */
static bool
are_names_right(const struct merge_entry *entry, struct view names, size_t name_bytes)
{
	bool is_any_order = entry->kind == MERGE_VALUE || entry->kind == MERGE_STATE;

	for (size_t i = 1; i < entry->count; i++) {
		const uint8_t *name = names.data + i * name_bytes;

		if (!is_any_order && memcmp(name - name_bytes, name, name_bytes) >= 0)
			return false;
		for (size_t j = 0; is_any_order && j < i; j++) {
			if (memcmp(names.data + j * name_bytes, name, name_bytes) == 0)
				return false;
		}
	}
	return true;
}

static enum err
read_names(struct merge_entry *entry, struct codec_reader *reader, struct err_info *info)
{
	const struct merge_entry_form *form = &MERGE_ENTRY_FORMS[entry->kind];
	struct view names = {0};
	enum err err = codec_read_bin(&names, reader, info);

	if (err != ERR_OK)
		return err;
	if (names.size % form->name_bytes != 0 || names.size < form->least * form->name_bytes ||
	    names.size > LIMIT_ENTRY_NAMES_MAX * form->name_bytes)
		return bad(info, _("an entry has not as many names as its kind demands"));
	entry->count = (uint8_t)(names.size / form->name_bytes);
	if (entry->kind == MERGE_RULE && entry->count != 1)
		return bad(info, _("a rule has one digest"));
	if (!are_names_right(entry, names, form->name_bytes))
		return bad(info, _("the names of an entry are not in order, or one stands twice"));
	entry->commits = (const struct oid *)names.data; /* byte arrays all: any of the union's */
	return ERR_OK;
}

static enum err
read_more(struct merge_entry *entry, struct codec_reader *reader, struct err_info *info)
{
	enum err err = codec_read_bool(&entry->has_more, reader, info);

	if (err == ERR_OK &&
	    (!entry->has_more || !MERGE_ENTRY_FORMS[entry->kind].may_have_more || entry->count < LIMIT_ENTRY_NAMES_MAX))
		return bad(info, _("an entry says that it has more names, and cannot"));
	return err;
}

static enum err
read_entry(struct merge_entry *out, struct codec_reader *reader, struct err_info *info)
{
	struct merge_entry entry = {.path = {.type = RECORD_EXISTENCE}};
	uint64_t kind = 0;
	size_t members = 0;
	enum err err = codec_read_array(&members, reader, info);

	if (err == ERR_OK && (members < MEMBERS_MIN || members > MEMBERS_MAX))
		return bad(info, _("an entry has 3 members or 4"));
	if (err == ERR_OK)
		err = codec_read_uint(&kind, reader, info);
	if (err == ERR_OK && (kind < 1 || kind > MERGE_ENTRY_KINDS))
		return bad(info, _("an entry of a kind that does not exist"));
	if (err != ERR_OK)
		return err;
	entry.kind = (enum merge_entry_kind)kind;
	err = read_place(&entry, reader, info);
	if (err == ERR_OK)
		err = read_names(&entry, reader, info);
	if (err == ERR_OK && members == MEMBERS_MAX)
		err = read_more(&entry, reader, info);
	if (err == ERR_OK)
		*out = entry;
	return err;
}

/* an entry and the one before it */
static enum err
check_pair(const struct merge_entry *before, const struct merge_entry *entry, struct err_info *info)
{
	if (merge_entry_compare(before, entry) >= 0)
		return bad(info, _("the entries are not in order, or one stands twice"));
	if (before->kind == MERGE_VALUE && entry->kind == MERGE_STATE &&
	    record_path_compare(&before->path, &entry->path) == 0)
		return bad(info, _("one register has both a value and a state entry"));
	return ERR_OK;
}

enum err
merge_entries_read(struct merge_entries *out, struct arena *arena, struct view plaintext, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(plaintext);
	struct merge_entries entries = {0};
	enum err err;

	if (plaintext.size > LIMIT_ENTRIES_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG,
		               _("the conflict entries of one record have %zu bytes, at most %d are taken"),
		               plaintext.size, LIMIT_ENTRIES_BYTES_MAX);
	err = codec_read_array(&entries.count, &reader, info);
	if (err != ERR_OK)
		return err;
	if (entries.count == 0 || entries.count > codec_left(&reader) / ENTRY_BYTES_MIN)
		return bad(info, _("they are none, or more than the bytes can hold"));
	entries.items = arena_get(arena, entries.count * sizeof(*entries.items));
	if (entries.items == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < entries.count; i++) {
		err = read_entry(&entries.items[i], &reader, info);
		if (err == ERR_OK && i > 0)
			err = check_pair(&entries.items[i - 1], &entries.items[i], info);
		if (err != ERR_OK)
			return err;
	}
	err = codec_end(&reader, info);
	if (err == ERR_OK)
		*out = entries;
	return err;
}
