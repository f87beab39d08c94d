/* What a side of a rule looks at in a record: the record as a whole, or one member of a list after the other. */
#include <string.h>

#include "codec/codec.h"
#include "finding/inside.h"
#include "seal/hash.h"

enum err
finding_walk_start(struct finding_walk *walk, const struct schema_side *side, const struct record *record,
                   struct err_info *info)
{
	struct codec_reader reader;
	enum err err;

	*walk = (struct finding_walk){.side = side, .record = record};
	if (side->list == 0) {
		walk->left = 1;
		return ERR_OK;
	}
	walk->rest = record_get(record, side->list);
	if (walk->rest.size == 0)
		return ERR_OK;
	reader = codec_reader_of(walk->rest);
	err = codec_read_array(&walk->left, &reader, info);
	if (err == ERR_OK)
		walk->rest = view_of(walk->rest.data + reader.position, walk->rest.size - reader.position);
	return err;
}

/* A field of an encoded map; empty: absent. */
static enum err
map_get(struct view *out, struct view map, uint32_t number, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(map);
	size_t count = 0;
	uint32_t key = 0;
	enum err err = codec_read_map(&count, &reader, info);

	*out = (struct view){0};
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct view value;

		err = codec_read_key(&key, &reader, i, info);
		if (err == ERR_OK)
			err = codec_read_raw(&value, &reader, info);
		if (err == ERR_OK && key == number) {
			*out = value;
			return ERR_OK;
		}
	}
	return err;
}

static enum err
take_member(struct finding_walk *walk, struct finding_member *out, struct err_info *info)
{
	const struct schema_field *list = schema_field_by_number(&walk->side->kind->object, walk->side->list);
	struct codec_reader reader = codec_reader_of(walk->rest);
	struct view value;
	enum err err = codec_read_raw(&value, &reader, info);

	if (err != ERR_OK)
		return err;
	walk->rest = view_of(walk->rest.data + reader.position, walk->rest.size - reader.position);
	store_u64(walk->position, walk->index++);
	if (list->item->type != SCHEMA_OBJECT) {
		*out = (struct finding_member){.element = value};
		return ERR_OK;
	}
	out->map = value;
	out->element = view_of(walk->position, sizeof(walk->position));
	return list->merge == SCHEMA_MERGE_KEYED_LIST ? map_get(&out->element, value, list->member_key, info) : ERR_OK;
}

enum err
finding_walk_next(struct finding_walk *walk, struct finding_member *out, bool *is_end, struct err_info *info)
{
	*is_end = walk->left == 0;
	*out = (struct finding_member){{0}, {0}};
	if (*is_end)
		return ERR_OK;
	walk->left--;
	return walk->side->list == 0 ? ERR_OK : take_member(walk, out, info);
}

enum err
finding_value(struct view *out, const struct finding_walk *walk, const struct finding_member *member,
              const struct schema_path *path, struct err_info *info)
{
	if (path->sub != 0)
		return map_get(out, member->map, path->sub, info);
	*out = walk->side->list != 0 && path->field == walk->side->list ? member->element
	                                                                : record_get(walk->record, path->field);
	return ERR_OK;
}

uint32_t
finding_element_of(const struct finding_member *member)
{
	struct digest digest;
	uint32_t element;

	if (member->element.size == 0)
		return 0;
	seal_digest(&digest, member->element);
	element = load_u32(digest.bytes);
	return element == 0 ? 1 : element;
}
