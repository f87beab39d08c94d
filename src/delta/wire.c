#include "delta/wire.h"

#include <stdlib.h>
#include <string.h>

enum {
	VARINT_BITS = 7,
	VARINT_MORE = 0x80,
	SUB_BITS = 16,
	TYPE_BITS = 2,
	FIELD_BITS = 16,
	LIST_CAPACITY_MIN = 8,
};

_Static_assert(LIMIT_FIELD_NUMBER_MAX < 1 << SUB_BITS, "a field number fits into a column's key");

enum err
delta_put_varint(struct bytes *out, uint64_t value, struct err_info *info)
{
	uint8_t text[DELTA_VARINT_BYTES_MAX + 1];
	size_t size = 0;

	while (value >= VARINT_MORE) {
		text[size++] = (uint8_t)(value | VARINT_MORE);
		value >>= VARINT_BITS;
	}
	text[size++] = (uint8_t)value;
	return bytes_append(out, text, size, info);
}

enum err
delta_put_string(struct bytes *out, struct view text, struct err_info *info)
{
	enum err err = delta_put_varint(out, text.size, info);

	return err != ERR_OK ? err : bytes_append_view(out, text, info);
}

uint64_t
delta_zigzag(int64_t value)
{
	return value >= 0 ? (uint64_t)value << 1 : ((uint64_t)(-(value + 1)) << 1) + 1;
}

int64_t
delta_unzigzag(uint64_t value)
{
	return value % 2 == 0 ? (int64_t)(value >> 1) : -(int64_t)(value >> 1) - 1;
}

enum err
delta_take_varint(struct view *rest, uint64_t *out, struct err_info *info)
{
	uint64_t value = 0;

	for (size_t i = 0; i < rest->size && i < DELTA_VARINT_BYTES_MAX; i++) {
		uint8_t byte = rest->data[i];

		value |= (uint64_t)(byte & (VARINT_MORE - 1)) << (VARINT_BITS * i);
		if (byte & VARINT_MORE)
			continue;
		if (byte == 0 && i > 0)
			break; /* a shorter form exists */
		rest->data += i + 1;
		rest->size -= i + 1;
		*out = value;
		return ERR_OK;
	}
	return err_set(info, ERR_FORMAT, "%s",
	               _("a delta ends inside a number, or a number is not in its shortest form"));
}

enum err
delta_take_number(struct view *rest, uint64_t *out, uint64_t max, const char *what, struct err_info *info)
{
	uint64_t value = 0;
	enum err err = delta_take_varint(rest, &value, info);

	if (err != ERR_OK)
		return err;
	if (value > max)
		return err_set(info, ERR_TOO_BIG, _("a delta says %llu for %s, at most %llu are taken"),
		               (unsigned long long)value, what, (unsigned long long)max);
	*out = value;
	return ERR_OK;
}

enum err
delta_take_bytes(struct view *rest, struct view *out, size_t size, struct err_info *info)
{
	if (size > rest->size)
		return err_set(info, ERR_FORMAT, _("a delta ends early: %zu bytes are expected, %zu are left"), size,
		               rest->size);
	*out = view_of(rest->data, size);
	rest->data += size;
	rest->size -= size;
	return ERR_OK;
}

enum err
delta_take_string(struct view *rest, struct view *out, size_t size_max, const char *what, struct err_info *info)
{
	uint64_t size = 0;
	enum err err = delta_take_number(rest, &size, size_max, what, info);

	return err != ERR_OK ? err : delta_take_bytes(rest, out, (size_t)size, info);
}

/* --- tables --- */

void
delta_list_release(struct delta_list *list)
{
	free(list->items);
	list->items = NULL;
	list->count = 0;
	list->capacity = 0;
}

const void *
delta_list_at(const struct delta_list *list, size_t index)
{
	return list->items + index * list->item_size;
}

size_t
delta_list_find(const struct delta_list *list, const void *item)
{
	for (size_t i = list->count; i > 0; i--) {
		if (memcmp(delta_list_at(list, i - 1), item, list->item_size) == 0)
			return i - 1;
	}
	return list->count;
}

enum err
delta_list_add(struct delta_list *list, const void *item, struct err_info *info)
{
	if (list->count == LIMIT_DELTA_TABLE_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta names more than %d nodes, schema sets, epochs or rosters"),
		               LIMIT_DELTA_TABLE_MAX);
	if (list->count == list->capacity) {
		size_t capacity = list->capacity == 0 ? LIST_CAPACITY_MIN : list->capacity * 2;
		uint8_t *items = realloc(list->items, capacity * list->item_size);

		if (items == NULL)
			return err_nomem(info);
		list->items = items;
		list->capacity = capacity;
	}
	memcpy(list->items + list->count * list->item_size, item, list->item_size);
	list->count++;
	return ERR_OK;
}

void
delta_tables_init(struct delta_tables *tables)
{
	*tables = (struct delta_tables){
		.nodes.item_size = sizeof(struct node_code),
		.schemas.item_size = sizeof(struct delta_named_digest),
		.epochs.item_size = sizeof(struct delta_named_digest),
		.rosters.item_size = sizeof(struct delta_roster),
	};
}

void
delta_tables_release(struct delta_tables *tables)
{
	delta_list_release(&tables->nodes);
	delta_list_release(&tables->schemas);
	delta_list_release(&tables->epochs);
	delta_list_release(&tables->rosters);
}

bool
delta_context_equal(const struct delta_context *a, const struct delta_context *b)
{
	return a->node == b->node && a->schema == b->schema && a->epoch == b->epoch && a->roster == b->roster &&
	       a->rules == b->rules && a->level == b->level;
}

/* --- columns --- */

uint64_t
delta_column_key_of(size_t kind, uint32_t field, enum delta_column_type type, uint32_t sub)
{
	return (((uint64_t)kind << FIELD_BITS | field) << TYPE_BITS | (uint64_t)type) << SUB_BITS | sub;
}

size_t
delta_column_kind(uint64_t key)
{
	return (size_t)(key >> (SUB_BITS + TYPE_BITS + FIELD_BITS));
}

uint32_t
delta_column_field(uint64_t key)
{
	return (uint32_t)(key >> (SUB_BITS + TYPE_BITS)) & ((1U << FIELD_BITS) - 1);
}

enum delta_column_type
delta_column_type_of(uint64_t key)
{
	return (enum delta_column_type)(key >> SUB_BITS & ((1U << TYPE_BITS) - 1));
}

uint32_t
delta_column_sub(uint64_t key)
{
	return (uint32_t)(key & ((1U << SUB_BITS) - 1));
}
