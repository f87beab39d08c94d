#include "codec/codec.h"
#include "merge/entry_form.h"

/* how many members the array of a register has */
static size_t
path_members(const struct record_path *path)
{
	switch (path->type) {
	case RECORD_EXISTENCE:
		return 1;
	case RECORD_FIELD:
		return 2;
	case RECORD_MEMBER_FIELD:
		return 4;
	case RECORD_ELEMENT:
	case RECORD_MEMBER:
	case RECORD_BUILT_IN:
	default:
		return 3;
	}
}

static enum err
write_path(struct bytes *out, const struct record_path *path, struct err_info *info)
{
	size_t members = path_members(path);
	enum err err = codec_write_array(out, members, info);

	if (err == ERR_OK)
		err = codec_write_uint(out, (uint64_t)path->type, info);
	if (err == ERR_OK && members > 1)
		err = codec_write_uint(out, path->field, info);
	if (err == ERR_OK && members > 2)
		err = bytes_append_view(out, path->key, info);
	if (err == ERR_OK && members > 3)
		err = codec_write_uint(out, path->sub, info);
	return err;
}

static enum err
write_place(struct bytes *out, const struct merge_entry *entry, struct err_info *info)
{
	if (entry->kind == MERGE_TWIN)
		return codec_write_uint(out, 0, info);
	if (entry->kind == MERGE_RULE)
		return codec_write_str(out, entry->rule, info);
	return write_path(out, &entry->path, info);
}

static enum err
write_entry(struct bytes *out, const struct merge_entry *entry, struct err_info *info)
{
	enum err err = codec_write_array(out, entry->has_more ? 4 : 3, info);

	if (err == ERR_OK)
		err = codec_write_uint(out, (uint64_t)entry->kind, info);
	if (err == ERR_OK)
		err = write_place(out, entry, info);
	if (err == ERR_OK)
		err = codec_write_bin(out, merge_entry_names(entry), info);
	if (err == ERR_OK && entry->has_more)
		err = codec_write_bool(out, true, info);
	return err;
}

enum err
merge_entries_write(struct bytes *out, const struct merge_entries *entries, struct err_info *info)
{
	size_t start = out->size;
	enum err err = codec_write_array(out, entries->count, info);

	for (size_t i = 0; err == ERR_OK && i < entries->count; i++) {
		err = write_entry(out, &entries->items[i], info);
		if (err == ERR_OK && out->size - start > LIMIT_ENTRIES_BYTES_MAX)
			err = err_set(info, ERR_TOO_BIG, _("the conflict entries of one record pass %d bytes"),
			              LIMIT_ENTRIES_BYTES_MAX);
	}
	if (err != ERR_OK)
		out->size = start;
	return err;
}
