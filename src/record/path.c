#include "record/path.h"

#include <assert.h>
#include <string.h>

static const char *const BUILT_IN_NAMES[RECORD_BUILT_INS + 1] = {"", "distinct", "was", "accepted"};
static const char DROP_PREFIX[] = "drop/";

/* existence before fields before built-in sets */
static int
group_of(const struct record_path *path)
{
	if (path->type == RECORD_EXISTENCE)
		return 0;
	return path->type == RECORD_BUILT_IN ? 2 : 1;
}

/* within one field: the whole value, elements, members with their fields */
static int
class_of(const struct record_path *path)
{
	if (path->type == RECORD_MEMBER_FIELD)
		return RECORD_MEMBER;
	return (int)path->type;
}

static int
order_of(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int
record_path_compare(const struct record_path *a, const struct record_path *b)
{
	int order;

	if (a->is_drop != b->is_drop)
		return a->is_drop ? 1 : -1;
	if (group_of(a) != group_of(b))
		return group_of(a) - group_of(b);
	if (a->field != b->field)
		return order_of(a->field, b->field);
	if (class_of(a) != class_of(b))
		return class_of(a) - class_of(b);
	order = view_compare(a->key, b->key);
	return order != 0 ? order : order_of(a->sub, b->sub);
}

bool
record_path_is_existence(const struct record_path *path)
{
	return path->type == RECORD_EXISTENCE || path->type == RECORD_MEMBER;
}

bool
record_path_has_key(const struct record_path *path)
{
	return path->type != RECORD_EXISTENCE && path->type != RECORD_FIELD;
}

/* "7/e#", "8/m#", "distinct/e#": what stands before the digest; without the key, `x` and `12` */
static enum err
write_prefix(struct bytes *out, const struct record_path *path, struct err_info *info)
{
	switch (path->type) {
	case RECORD_EXISTENCE:
		return bytes_append_byte(out, 'x', info);
	case RECORD_FIELD:
		return bytes_printf(out, info, "%lu", (unsigned long)path->field);
	case RECORD_ELEMENT:
		return bytes_printf(out, info, "%lu/e#", (unsigned long)path->field);
	case RECORD_MEMBER:
	case RECORD_MEMBER_FIELD:
		return bytes_printf(out, info, "%lu/m#", (unsigned long)path->field);
	case RECORD_BUILT_IN:
		break;
	}
	assert(path->field >= 1 && path->field <= RECORD_BUILT_INS);
	return bytes_printf(out, info, "%s/e#", BUILT_IN_NAMES[path->field]);
}

void
record_path_name(struct record_path *out, struct id *digest_out, const struct record_path *path,
                 const struct seal_salt *salt)
{
	enum {
		ELEMENT = 2,
		MEMBER = 3,
		BUILT_IN = 5
	};
	uint8_t head[5] = {path->type == RECORD_BUILT_IN ? BUILT_IN : path->type == RECORD_ELEMENT ? ELEMENT : MEMBER};

	*out = *path;
	if (!record_path_has_key(path))
		return;
	store_u32(head + 1, path->field);
	seal_register_digest(digest_out, salt, view_of(head, sizeof(head)), path->key);
	out->key_field = 0;
	out->key = view_of(digest_out->bytes, sizeof(digest_out->bytes));
}

static enum err
write_register(struct bytes *out, const struct record_path *path, struct err_info *info)
{
	enum err err = write_prefix(out, path, info);

	if (err != ERR_OK || !record_path_has_key(path))
		return err;
	assert(path->key.size == ID_BYTES);
	err = bytes_append_hex(out, path->key, info);
	if (err == ERR_OK && path->type == RECORD_MEMBER_FIELD)
		err = bytes_printf(out, info, "/%lu", (unsigned long)path->sub);
	return err;
}

enum err
record_path_write(struct bytes *out, const struct record_path *path, struct err_info *info)
{
	size_t start = out->size;
	enum err err = path->is_drop ? bytes_append_text(out, DROP_PREFIX, info) : ERR_OK;

	if (err == ERR_OK)
		err = write_register(out, path, info);
	if (err != ERR_OK)
		out->size = start;
	return err;
}

/* --- reading --- */

static bool
take_prefix(struct view *rest, const char *prefix)
{
	size_t size = strlen(prefix);

	if (rest->size < size || memcmp(rest->data, prefix, size) != 0)
		return false;
	rest->data += size;
	rest->size -= size;
	return true;
}

/* a field number: no leading zero, 1 .. LIMIT_FIELD_NUMBER_MAX */
static bool
take_number(struct view *rest, uint32_t *out)
{
	uint32_t number = 0;

	if (rest->size == 0 || rest->data[0] < '1' || rest->data[0] > '9')
		return false;
	while (rest->size > 0 && rest->data[0] >= '0' && rest->data[0] <= '9') {
		number = number * 10 + (uint32_t)(rest->data[0] - '0');
		if (number > LIMIT_FIELD_NUMBER_MAX)
			return false;
		rest->data++;
		rest->size--;
	}
	*out = number;
	return true;
}

/* 32 hexadecimal digits; *is_memory_out: the arena gave none */
static bool
take_key(struct view *rest, struct view *key_out, struct arena *arena, bool *is_memory_out)
{
	uint8_t *key;

	if (rest->size < (size_t)2 * ID_BYTES)
		return false;
	key = arena_get(arena, ID_BYTES);
	*is_memory_out = key == NULL;
	if (key == NULL || !hex_read(key, ID_BYTES, view_of(rest->data, (size_t)2 * ID_BYTES)))
		return false;
	*key_out = view_of(key, ID_BYTES);
	rest->data += 2 * ID_BYTES;
	rest->size -= (size_t)2 * ID_BYTES;
	return true;
}

static bool
take_built_in(struct view *rest, struct record_path *path)
{
	for (uint32_t set = 1; set <= RECORD_BUILT_INS; set++) {
		if (take_prefix(rest, BUILT_IN_NAMES[set])) {
			path->type = RECORD_BUILT_IN;
			path->field = set;
			return true;
		}
	}
	return false;
}

static bool
take_register(struct view *rest, struct record_path *path, struct arena *arena, bool *is_memory_out)
{
	if (take_prefix(rest, "x")) {
		path->type = RECORD_EXISTENCE;
		return true;
	}
	if (take_built_in(rest, path))
		return take_prefix(rest, "/e#") && take_key(rest, &path->key, arena, is_memory_out);
	if (!take_number(rest, &path->field))
		return false;
	path->type = RECORD_FIELD;
	if (take_prefix(rest, "/e#")) {
		path->type = RECORD_ELEMENT;
		return take_key(rest, &path->key, arena, is_memory_out);
	}
	if (take_prefix(rest, "/m#")) {
		path->type = RECORD_MEMBER;
		if (!take_key(rest, &path->key, arena, is_memory_out))
			return false;
		if (take_prefix(rest, "/")) {
			path->type = RECORD_MEMBER_FIELD;
			return take_number(rest, &path->sub);
		}
	}
	return true;
}

enum err
record_path_read(struct record_path *out, struct view text, struct arena *arena, struct err_info *info)
{
	struct record_path path = {.type = RECORD_EXISTENCE};
	struct view rest = text;
	bool is_memory = false;

	path.is_drop = take_prefix(&rest, DROP_PREFIX);
	if (!take_register(&rest, &path, arena, &is_memory) || rest.size != 0) {
		if (is_memory)
			return err_nomem(info);
		return err_set(info, ERR_FORMAT, "%s",
		               _("the name of a register is not of the form that record-v1.md gives"));
	}
	*out = path;
	return ERR_OK;
}
