#include <string.h>

#include "delta/commit.h"

static const char VOID[] = "Void: ";
static const char RESTORE[] = "Restore: ";

enum err
delta_void_write(struct bytes *out, const struct delta_void *line, struct err_info *info)
{
	size_t start = out->size;
	enum err err = bytes_append_text(out, line->is_restore ? RESTORE : VOID, info);

	if (err == ERR_OK)
		err = bytes_append_hex(out, view_of(line->commit.bytes, OID_BYTES), info);
	if (err == ERR_OK && !line->is_whole) {
		err = bytes_append_byte(out, ' ', info);
		if (err == ERR_OK)
			err = bytes_append_hex(out, view_of(line->record.bytes, ID_BYTES), info);
		if (err == ERR_OK)
			err = bytes_append_byte(out, ' ', info);
		if (err == ERR_OK)
			err = record_path_write(out, &line->path, info);
	}
	if (err == ERR_OK)
		err = bytes_append_byte(out, '\n', info);
	if (err != ERR_OK)
		out->size = start;
	return err;
}

static bool
starts_with(struct view text, const char *prefix)
{
	size_t size = strlen(prefix);

	return text.size >= size && memcmp(text.data, prefix, size) == 0;
}

/* the bytes up to `size` and one blank behind them, if anything is behind; false: shorter, or no blank */
static bool
take_hex(struct view *rest, uint8_t *out, size_t size)
{
	if (rest->size < size * 2 || !hex_read(out, size, view_of(rest->data, size * 2)))
		return false;
	rest->data += size * 2;
	rest->size -= size * 2;
	if (rest->size == 0)
		return true;
	if (rest->data[0] != ' ' || rest->size == 1)
		return false;
	rest->data++;
	rest->size--;
	return true;
}

static enum err
bad_line(struct err_info *info)
{
	return err_set(info, ERR_FORMAT, "%s", _("a line of a correction is not of the form that commit-v1.md gives"));
}

enum err
delta_void_next(struct delta_void *out, struct view *rest, struct arena *arena, struct err_info *info)
{
	struct delta_void line = {.path = {.type = RECORD_EXISTENCE}};
	struct view text;
	const uint8_t *end;
	enum err err;

	if (rest->size == 0)
		return err_set(info, ERR_NOT_FOUND, "%s", _("a correction has no further line"));
	end = memchr(rest->data, '\n', rest->size);
	if (end == NULL)
		return bad_line(info);
	text = view_of(rest->data, (size_t)(end - rest->data));
	line.is_restore = starts_with(text, RESTORE);
	if (!line.is_restore && !starts_with(text, VOID))
		return bad_line(info);
	text.data += strlen(line.is_restore ? RESTORE : VOID);
	text.size -= strlen(line.is_restore ? RESTORE : VOID);
	if (!take_hex(&text, line.commit.bytes, OID_BYTES))
		return bad_line(info);
	line.is_whole = text.size == 0;
	if (!line.is_whole) {
		if (!take_hex(&text, line.record.bytes, ID_BYTES) || text.size == 0)
			return bad_line(info);
		err = record_path_read(&line.path, text, arena, info);
		if (err != ERR_OK)
			return err;
	}
	rest->size -= (size_t)(end + 1 - rest->data);
	rest->data = end + 1;
	*out = line;
	return ERR_OK;
}
