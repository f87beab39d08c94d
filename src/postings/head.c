/* The head: which segments count, how far each partition was read, which finding stands for what. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec/codec.h"
#include "postings/inside.h"

enum {
	MAGIC_BYTES = 8,
	HEAD_FIELDS = 6,
	SEGMENT_FIELDS = 2,
	PLACE_FIELDS = 5,
	ROLL_FIELDS = 2,
	NOTE_FIELDS = 3,
	HEAD_BYTES_MAX = 536870912,
	FILES_MAX = 65536,
};

static const uint8_t MAGIC[MAGIC_BYTES] = {'T', 'S', 'F', 'I', 'N', 'D', '2', '\n'};
static const char HEAD_NAME[] = "head";

static enum err
write_segments(struct bytes *out, const struct postings *postings, struct err_info *info)
{
	enum err err = codec_write_array(out, postings->segment_count, info);

	for (size_t i = 0; err == ERR_OK && i < postings->segment_count; i++) {
		const struct postings_segment *segment = &postings->segments[i];

		err = codec_write_array(out, SEGMENT_FIELDS, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(segment->generation, sizeof(segment->generation)), info);
		if (err == ERR_OK)
			err = codec_write_uint(out, segment->count, info);
	}
	return err;
}

static enum err
write_rolls(struct bytes *out, const struct postings *postings, size_t place, struct err_info *info)
{
	size_t count = 0;
	enum err err;

	for (size_t i = 0; i < postings->roll_count; i++)
		count += postings->rolls[i].place == place ? 1U : 0U;
	err = codec_write_array(out, count, info);
	for (size_t i = 0; err == ERR_OK && i < postings->roll_count; i++) {
		const struct postings_roll *roll = &postings->rolls[i];

		if (roll->place != place)
			continue;
		err = codec_write_array(out, ROLL_FIELDS, info);
		if (err == ERR_OK)
			err = codec_write_str(out, view_text(roll->kind), info);
		if (err == ERR_OK)
			err = codec_write_uint(out, roll->count, info);
	}
	return err;
}

static enum err
write_places(struct bytes *out, const struct postings *postings, struct err_info *info)
{
	enum err err = codec_write_array(out, postings->place_count, info);

	for (size_t i = 0; err == ERR_OK && i < postings->place_count; i++) {
		const struct postings_place *place = &postings->places[i];

		err = codec_write_array(out, PLACE_FIELDS, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(place->partition.bytes, ID_BYTES), info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(place->commit.bytes, OID_BYTES), info);
		if (err == ERR_OK)
			err = codec_write_int(out, place->day, info);
		if (err == ERR_OK)
			err = codec_write_uint(out, place->raised, info);
		if (err == ERR_OK)
			err = write_rolls(out, postings, i, info);
	}
	return err;
}

static enum err
write_notes(struct bytes *out, const struct postings *postings, struct err_info *info)
{
	enum err err = codec_write_array(out, postings->note_count, info);

	for (size_t i = 0; err == ERR_OK && i < postings->note_count; i++) {
		const struct postings_note *note = &postings->note_items[i];

		err = codec_write_array(out, NOTE_FIELDS, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(note->subject, sizeof(note->subject)), info);
		if (err == ERR_OK)
			err = codec_write_uint(out, note->place, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(note->finding.bytes, ID_BYTES), info);
	}
	return err;
}

static enum err
write_pending(struct bytes *out, const struct bytes *pending, struct err_info *info)
{
	size_t count = pending->size / FINDING_GROUP_BYTES;
	enum err err = codec_write_array(out, count, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = codec_write_bin(out, view_of(pending->data + i * FINDING_GROUP_BYTES, FINDING_GROUP_BYTES), info);
	return err;
}

static enum err
write_content(struct bytes *out, const struct postings *postings, const struct digest *context, struct err_info *info)
{
	enum err err = codec_write_array(out, HEAD_FIELDS, info);

	if (err == ERR_OK)
		err = codec_write_bin(out, view_of(context->bytes, DIGEST_BYTES), info);
	if (err == ERR_OK)
		err = write_segments(out, postings, info);
	if (err == ERR_OK)
		err = write_places(out, postings, info);
	if (err == ERR_OK)
		err = write_notes(out, postings, info);
	for (int i = 0; err == ERR_OK && i < POSTINGS_PENDINGS; i++)
		err = write_pending(out, &postings->pending[i], info);
	return err;
}

static void
associated_of(uint8_t out[4 + MAGIC_BYTES])
{
	memcpy(out, "head", 4);
	memcpy(out + 4, MAGIC, MAGIC_BYTES);
}

/* Files that the head does not name any more. */
static void
remove_old(const struct postings *postings)
{
	struct fs_names names = {0};

	if (fs_list(&names, postings->directory, FILES_MAX, NULL) != ERR_OK)
		return;
	for (size_t i = 0; i < names.count; i++) {
		char hex[2 * POSTINGS_GENERATION_BYTES + 1];
		char path[LIMIT_PATH_BYTES_MAX];
		bool is_named = strcmp(names.names[i], HEAD_NAME) == 0;

		for (size_t k = 0; !is_named && k < postings->segment_count; k++) {
			hex_write(hex, view_of(postings->segments[k].generation, POSTINGS_GENERATION_BYTES));
			is_named = strcmp(names.names[i], hex) == 0;
		}
		if (!is_named && fs_path(path, NULL, "%s/%s", postings->directory, names.names[i]) == ERR_OK)
			(void)unlink(path);
	}
	fs_names_release(&names);
}

enum err
postings_head_write(struct postings *postings, const struct digest *context, struct err_info *info)
{
	uint8_t associated[4 + MAGIC_BYTES];
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = {0};
	struct bytes file = {0};
	uint8_t *at;
	enum err err = write_content(&content, postings, context, info);

	associated_of(associated);
	if (err == ERR_OK)
		err = bytes_append(&file, MAGIC, sizeof(MAGIC), info);
	at = err == ERR_OK ? bytes_extend(&file, SEAL_TAG_BYTES + content.size) : NULL;
	if (err == ERR_OK && at == NULL)
		err = err_nomem(info);
	if (err == ERR_OK) {
		seal_siv_seal(at, postings->key, view_of(associated, sizeof(associated)), bytes_view(&content));
		err = fs_mkdir(postings->directory, info);
	}
	if (err == ERR_OK)
		err = fs_path(path, info, "%s/%s", postings->directory, HEAD_NAME);
	if (err == ERR_OK)
		err = fs_write_cache(path, bytes_view(&file), info);
	if (err == ERR_OK)
		remove_old(postings);
	bytes_release(&content);
	bytes_release(&file);
	return err;
}

static enum err
read_segments(struct postings *postings, struct codec_reader *reader)
{
	size_t count = 0;
	size_t fields = 0;
	enum err err = codec_read_array(&count, reader, NULL);

	if (err == ERR_OK && count > POSTINGS_SEGMENTS_MAX)
		return ERR_TOO_BIG;
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		uint8_t generation[POSTINGS_GENERATION_BYTES];
		uint64_t entries = 0;

		err = codec_read_array(&fields, reader, NULL);
		if (err == ERR_OK && fields != SEGMENT_FIELDS)
			err = ERR_FORMAT;
		if (err == ERR_OK)
			err = codec_read_bin_exact(generation, sizeof(generation), reader, NULL);
		if (err == ERR_OK)
			err = codec_read_uint(&entries, reader, NULL);
		if (err == ERR_OK)
			err = postings_segment_open(&postings->segments[i], postings, generation, entries);
		postings->segment_count += err == ERR_OK ? 1U : 0U;
	}
	return err;
}

static enum err
read_rolls(struct postings *postings, uint16_t place, struct codec_reader *reader)
{
	size_t count = 0;
	size_t fields = 0;
	enum err err = codec_read_array(&count, reader, NULL);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct view kind = {0};
		uint64_t records = 0;

		err = codec_read_array(&fields, reader, NULL);
		if (err == ERR_OK && fields != ROLL_FIELDS)
			err = ERR_FORMAT;
		if (err == ERR_OK)
			err = codec_read_str(&kind, reader, NULL);
		if (err == ERR_OK)
			err = codec_read_uint_max(&records, reader, INT64_MAX, NULL);
		if (err == ERR_OK)
			err = postings_roll_change(postings, place, kind, (int64_t)records, NULL);
	}
	return err;
}

static enum err
read_places(struct postings *postings, struct codec_reader *reader)
{
	size_t count = 0;
	size_t fields = 0;
	enum err err = codec_read_array(&count, reader, NULL);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct postings_place read = {.day = 0};
		uint16_t place = 0;

		err = codec_read_array(&fields, reader, NULL);
		if (err == ERR_OK && fields != PLACE_FIELDS)
			err = ERR_FORMAT;
		if (err == ERR_OK)
			err = codec_read_bin_exact(read.partition.bytes, ID_BYTES, reader, NULL);
		if (err == ERR_OK)
			err = codec_read_bin_exact(read.commit.bytes, OID_BYTES, reader, NULL);
		if (err == ERR_OK)
			err = codec_read_int(&read.day, reader, NULL);
		if (err == ERR_OK)
			err = codec_read_uint(&read.raised, reader, NULL);
		if (err == ERR_OK)
			err = postings_place(&place, postings, &read.partition, NULL);
		if (err == ERR_OK && place != i)
			err = ERR_FORMAT;
		if (err == ERR_OK) {
			postings->places[i] = read;
			err = read_rolls(postings, place, reader);
		}
	}
	return err;
}

static enum err
read_notes(struct postings *postings, struct codec_reader *reader)
{
	size_t count = 0;
	size_t fields = 0;
	enum err err = codec_read_array(&count, reader, NULL);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct postings_note note = {.place = 0};
		uint64_t place = 0;

		err = codec_read_array(&fields, reader, NULL);
		if (err == ERR_OK && fields != NOTE_FIELDS)
			err = ERR_FORMAT;
		if (err == ERR_OK)
			err = codec_read_bin_exact(note.subject, sizeof(note.subject), reader, NULL);
		if (err == ERR_OK)
			err = codec_read_uint_max(&place, reader, UINT16_MAX, NULL);
		if (err == ERR_OK)
			err = codec_read_bin_exact(note.finding.bytes, ID_BYTES, reader, NULL);
		note.place = (uint16_t)place;
		if (err == ERR_OK && place >= postings->place_count)
			err = ERR_FORMAT;
		if (err == ERR_OK)
			err = postings_note_put(postings, &note, NULL);
	}
	return err;
}

static enum err
read_pending(struct postings *postings, enum postings_pending what, struct codec_reader *reader)
{
	size_t count = 0;
	enum err err = codec_read_array(&count, reader, NULL);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		uint8_t hash[FINDING_GROUP_BYTES];

		err = codec_read_bin_exact(hash, sizeof(hash), reader, NULL);
		if (err == ERR_OK)
			err = postings_pending_add(postings, what, hash, NULL);
	}
	return err;
}

enum err
postings_head_parse(struct postings *postings, struct digest *context_out, struct view content)
{
	struct codec_reader reader = codec_reader_of(content);
	size_t count = 0;
	enum err err = codec_read_array(&count, &reader, NULL);

	if (err == ERR_OK)
		err = codec_read_bin_exact(context_out->bytes, DIGEST_BYTES, &reader, NULL);
	if (err == ERR_OK && count != HEAD_FIELDS)
		err = ERR_VERSION;
	if (err == ERR_OK)
		err = read_segments(postings, &reader);
	if (err == ERR_OK)
		err = read_places(postings, &reader);
	if (err == ERR_OK)
		err = read_notes(postings, &reader);
	if (err == ERR_OK)
		err = read_pending(postings, POSTINGS_PENDING_GROUPS, &reader);
	if (err == ERR_OK)
		err = read_pending(postings, POSTINGS_PENDING_SUBJECTS, &reader);
	if (err == ERR_OK)
		err = codec_end(&reader, NULL);
	return err;
}

bool
postings_head_read(struct postings *postings, struct digest *context_out)
{
	uint8_t associated[4 + MAGIC_BYTES];
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes file = {0};
	struct bytes content = {0};
	uint8_t *at;
	bool is_good = fs_path(path, NULL, "%s/%s", postings->directory, HEAD_NAME) == ERR_OK &&
	               fs_read(&file, path, HEAD_BYTES_MAX, NULL) == ERR_OK &&
	               file.size >= MAGIC_BYTES + SEAL_TAG_BYTES && memcmp(file.data, MAGIC, MAGIC_BYTES) == 0;

	associated_of(associated);
	at = is_good ? bytes_extend(&content, file.size - MAGIC_BYTES - SEAL_TAG_BYTES + 1) : NULL;
	is_good = at != NULL;
	if (is_good) {
		content.size--;
		is_good = seal_siv_open(at, postings->key, view_of(associated, sizeof(associated)),
		                        view_of(file.data + MAGIC_BYTES, file.size - MAGIC_BYTES), NULL) == ERR_OK &&
		          postings_head_parse(postings, context_out, bytes_view(&content)) == ERR_OK;
	}
	bytes_release(&file);
	bytes_release(&content);
	return is_good;
}
