#include "flow/cells.h"

#include <stdlib.h>
#include <string.h>

enum {
	SLOTS = 128,         /* of a column; a text has one place only, and takes it from whoever is there */
	TEXT_BYTES_MAX = 31, /* a slot has 64 bytes */
	VALUE_BYTES_MAX = 31,
	TRIED_MIN = 2048, /* cells, before a column is judged */
	HITS_MIN = 4,     /* one in so many */
};

struct slot {
	uint8_t text_size; /* 0: empty */
	uint8_t value_size;
	uint8_t text[TEXT_BYTES_MAX];
	uint8_t value[VALUE_BYTES_MAX];
};

struct column {
	const struct schema_field *field; /* that the slots are of */
	struct slot *slots;
	struct slot *asked; /* place of the text asked for last; NULL: it has none */
	uint32_t tried;
	uint32_t hits;
	bool is_given_up;
};

struct flow_cells {
	size_t count;
	struct column columns[];
};

enum err
flow_cells_new(struct flow_cells **out, size_t columns, struct err_info *info)
{
	struct flow_cells *cells = calloc(1, sizeof(*cells) + columns * sizeof(cells->columns[0]));

	if (cells == NULL)
		return err_nomem(info);
	cells->count = columns;
	*out = cells;
	return ERR_OK;
}

void
flow_cells_free(struct flow_cells *cells)
{
	for (size_t i = 0; cells != NULL && i < cells->count; i++)
		free(cells->columns[i].slots);
	free(cells);
}

/* Any mixing will do: a text that collides on purpose only loses its place. */
static size_t
place_of(struct view text)
{
	uint64_t hash = text.size;
	uint64_t word;

	while (text.size >= sizeof(word)) {
		memcpy(&word, text.data, sizeof(word));
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
		text = view_of(text.data + sizeof(word), text.size - sizeof(word));
	}
	word = 0;
	if (text.size > 0)
		memcpy(&word, text.data, text.size);
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(hash >> 32) % SLOTS;
}

/* The slot for a text, or NULL where it is not worth one. */
static struct slot *
slot_for(struct column *column, const struct schema_field *field, struct view text)
{
	if (column->is_given_up || text.size > TEXT_BYTES_MAX)
		return NULL;
	if (column->tried >= TRIED_MIN) {
		column->is_given_up = column->hits < column->tried / HITS_MIN;
		column->tried = 0;
		column->hits = 0;
	}
	if (column->field != field || column->is_given_up) {
		free(column->slots);
		column->slots = NULL;
		column->asked = NULL;
		column->field = field;
	}
	if (column->slots == NULL && !column->is_given_up)
		column->slots = calloc(SLOTS, sizeof(*column->slots));
	return column->slots == NULL ? NULL : &column->slots[place_of(text)];
}

bool
flow_cells_find(struct view *out, struct flow_cells *cells, size_t column_index, const struct schema_field *field,
                struct view text)
{
	struct column *column = &cells->columns[column_index];

	column->asked = slot_for(column, field, text);
	column->tried++;
	if (column->asked == NULL || column->asked->text_size != text.size || text.size == 0 ||
	    memcmp(column->asked->text, text.data, text.size) != 0)
		return false;
	column->hits++;
	*out = view_of(column->asked->value, column->asked->value_size);
	return true;
}

void
flow_cells_keep(struct flow_cells *cells, size_t column_index, struct view text, struct view value)
{
	struct slot *slot = cells->columns[column_index].asked;

	if (slot == NULL || text.size == 0 || value.size > VALUE_BYTES_MAX)
		return;
	slot->text_size = (uint8_t)text.size;
	slot->value_size = (uint8_t)value.size;
	memcpy(slot->text, text.data, text.size);
	if (value.size > 0)
		memcpy(slot->value, value.data, value.size);
}
