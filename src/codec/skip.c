#include "base/utf8.h"
#include "codec/codec.h"
#include "codec/head.h"

/* A container that is being walked through. */
struct level {
	uint64_t left; /* members still to come */
	uint32_t key;  /* of a map: the last key */
	bool is_map;
	bool is_first;
};

struct walk {
	struct codec_reader reader;
	struct level levels[LIMIT_DEPTH_MAX];
	unsigned depth;
	bool refuses_empty;
};

static enum err
open_level(struct walk *walk, const struct codec_head *head, struct err_info *info)
{
	if (walk->depth == LIMIT_DEPTH_MAX)
		return err_set(info, ERR_FORMAT, _("encoded value, byte %zu: nested more than %d deep"),
		               walk->reader.position, LIMIT_DEPTH_MAX);
	walk->levels[walk->depth++] = (struct level){head->number, 0, head->type == CODEC_MAP, true};
	return ERR_OK;
}

static enum err
walk_content(struct walk *walk, const struct codec_head *head, struct err_info *info)
{
	const uint8_t *content = walk->reader.view.data + walk->reader.position + head->size;

	if (head->type == CODEC_STR && !utf8_is_valid(view_of(content, (size_t)head->number)))
		return codec_refuse(&walk->reader, info, _("a string is not UTF-8"));
	walk->reader.position += head->size + (size_t)head->number;
	return ERR_OK;
}

/* One value's head, and its content unless it is a container. */
static enum err
walk_value(struct walk *walk, struct err_info *info)
{
	struct codec_head head;
	enum err err = codec_head_read(&head, &walk->reader, info);

	if (err != ERR_OK)
		return err;
	if (head.type == CODEC_INTEGER || head.type == CODEC_BOOL) {
		walk->reader.position += head.size;
		return ERR_OK;
	}
	if (head.number == 0 && walk->refuses_empty)
		return codec_refuse(&walk->reader, info, _("an empty value, which is never stored"));
	if (head.type == CODEC_STR || head.type == CODEC_BIN)
		return walk_content(walk, &head, info);
	err = open_level(walk, &head, info);
	if (err == ERR_OK)
		walk->reader.position += head.size;
	return err;
}

static enum err
walk_member(struct walk *walk, struct level *level, struct err_info *info)
{
	if (level->is_map) {
		enum err err = codec_read_key(&level->key, &walk->reader, level->is_first ? 0 : 1, info);

		if (err != ERR_OK)
			return err;
	}
	level->is_first = false;
	level->left--;
	return walk_value(walk, info);
}

/* Bounded: each turn consumes at least one byte or closes a level that consumed one. */
static enum err
skip_levels(struct codec_reader *reader, bool refuses_empty, struct err_info *info)
{
	struct walk walk;
	enum err err;

	walk.reader = *reader;
	walk.depth = 0;
	walk.refuses_empty = refuses_empty;
	err = walk_value(&walk, info);
	while (err == ERR_OK && walk.depth > 0) {
		struct level *level = &walk.levels[walk.depth - 1];

		if (level->left == 0)
			walk.depth--;
		else
			err = walk_member(&walk, level, info);
	}
	if (err == ERR_OK)
		reader->position = walk.reader.position;
	return err;
}

/* A text of 1 to 31 bytes, the most usual value of all. */
static bool
skip_short(struct codec_reader *reader)
{
	size_t left = codec_left(reader);
	const uint8_t *at;
	size_t size;

	if (left == 0)
		return false;
	at = reader->view.data + reader->position;
	size = *at & 0x1fU;
	if (*at <= 0xa0 || *at >= 0xc0 || size >= left || !utf8_is_valid(view_of(at + 1, size)))
		return false;
	reader->position += 1 + size;
	return true;
}

/* Most values are no containers: they need no levels. False: it is one, or is not as it should be. */
static bool
skip_plain(struct codec_reader *reader)
{
	struct codec_head head;
	const uint8_t *content;

	if (skip_short(reader))
		return true;
	if (codec_head_read(&head, reader, NULL) != ERR_OK)
		return false;
	content = reader->view.data + reader->position + head.size;
	if (head.type == CODEC_STR && (head.number == 0 || !utf8_is_valid(view_of(content, (size_t)head.number))))
		return false;
	if (head.type != CODEC_INTEGER && head.type != CODEC_BOOL && head.type != CODEC_STR)
		return false;
	reader->position += head.size + (head.type == CODEC_STR ? (size_t)head.number : 0);
	return true;
}

static enum err
skip(struct codec_reader *reader, bool refuses_empty, struct err_info *info)
{
	return skip_plain(reader) ? ERR_OK : skip_levels(reader, refuses_empty, info);
}

static enum err
read_slice(struct view *out, struct codec_reader *reader, bool refuses_empty, struct err_info *info)
{
	size_t start = reader->position;
	enum err err = skip(reader, refuses_empty, info);

	if (err == ERR_OK)
		*out = view_of(reader->view.data + start, reader->position - start);
	return err;
}

enum err
codec_skip(struct codec_reader *reader, struct err_info *info)
{
	return skip(reader, false, info);
}

enum err
codec_read_raw(struct view *out, struct codec_reader *reader, struct err_info *info)
{
	return read_slice(out, reader, false, info);
}

enum err
codec_read_value(struct view *out, struct codec_reader *reader, struct err_info *info)
{
	return read_slice(out, reader, true, info);
}

enum err
codec_check_value(struct view value, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(value);
	enum err err = skip(&reader, true, info);

	return err == ERR_OK ? codec_end(&reader, info) : err;
}
