#include "bundle/preamble.h"

#include <string.h>

#include "codec/codec.h"

enum {
	KEY_SENDER = 1,
	KEY_RECIPIENT = 2,
	KEY_PARTITIONS = 3,
};

enum {
	KEY_ID = 1,
	KEY_HEAD = 2,
	KEY_BASES = 3,
	KEY_END = 4,
	KEY_SECTION = 5,
};

static enum err
write_id(struct bytes *out, unsigned key, const uint8_t *data, size_t size, struct err_info *info)
{
	enum err err = codec_write_uint(out, key, info);

	if (err == ERR_OK)
		err = codec_write_bin(out, view_of(data, size), info);
	return err;
}

static enum err
write_partition(struct bytes *out, const struct bundle_partition *partition, struct err_info *info)
{
	bool has_end = !oid_is_none(&partition->end);
	bool has_section = partition->section != BUNDLE_NO_SECTION;
	size_t count = 2 + (partition->base_count > 0 ? 1U : 0U) + (has_end ? 1U : 0U) + (has_section ? 1U : 0U);
	enum err err = codec_write_map(out, count, info);

	if (err == ERR_OK)
		err = write_id(out, KEY_ID, partition->id.bytes, ID_BYTES, info);
	if (err == ERR_OK)
		err = write_id(out, KEY_HEAD, partition->head.bytes, OID_BYTES, info);
	if (err == ERR_OK && partition->base_count > 0)
		err = write_id(out, KEY_BASES, partition->bases[0].bytes, partition->base_count * OID_BYTES, info);
	if (err == ERR_OK && has_end)
		err = write_id(out, KEY_END, partition->end.bytes, OID_BYTES, info);
	if (err == ERR_OK && has_section) {
		err = codec_write_uint(out, KEY_SECTION, info);
		if (err == ERR_OK)
			err = codec_write_uint(out, partition->section, info);
	}
	return err;
}

static enum err
write_code(struct bytes *out, unsigned key, const struct node_code *code, struct err_info *info)
{
	enum err err = codec_write_uint(out, key, info);

	if (err == ERR_OK)
		err = codec_write_str(out, view_text(code->text), info);
	return err;
}

enum err
bundle_preamble_write(struct bytes *out, const struct bundle_preamble *preamble, struct err_info *info)
{
	enum err err = codec_write_map(out, preamble->partition_count > 0 ? 3 : 2, info);

	if (err == ERR_OK)
		err = write_code(out, KEY_SENDER, &preamble->sender, info);
	if (err == ERR_OK)
		err = write_code(out, KEY_RECIPIENT, &preamble->recipient, info);
	if (err != ERR_OK || preamble->partition_count == 0)
		return err;
	err = codec_write_uint(out, KEY_PARTITIONS, info);
	if (err == ERR_OK)
		err = codec_write_array(out, preamble->partition_count, info);
	for (size_t i = 0; err == ERR_OK && i < preamble->partition_count; i++)
		err = write_partition(out, &preamble->partitions[i], info);
	return err;
}

static enum err
unexpected_key(struct err_info *info)
{
	return err_set(info, ERR_FORMAT, "%s", _("preamble: a key that version 1 does not have"));
}

static enum err
read_bases(struct bundle_partition *out, struct codec_reader *reader, struct arena *arena, struct err_info *info)
{
	struct view content;
	struct oid *bases;
	enum err err = codec_read_bin(&content, reader, info);

	if (err != ERR_OK)
		return err;
	if (content.size > (size_t)LIMIT_BASES_MAX * OID_BYTES)
		return err_set(info, ERR_TOO_BIG, _("preamble: over %d bases"), LIMIT_BASES_MAX);
	if (content.size == 0 || content.size % OID_BYTES != 0)
		return err_set(info, ERR_FORMAT, "%s", _("preamble: bases are not whole commit ids"));
	out->base_count = content.size / OID_BYTES;
	bases = arena_get(arena, content.size);
	if (bases == NULL)
		return err_nomem(info);
	memcpy(bases, content.data, content.size);
	for (size_t i = 1; i < out->base_count; i++) {
		if (memcmp(bases[i - 1].bytes, bases[i].bytes, OID_BYTES) >= 0)
			return err_set(info, ERR_FORMAT, "%s", _("preamble: bases do not ascend"));
	}
	out->bases = bases;
	return ERR_OK;
}

static enum err
read_section(struct bundle_partition *out, struct codec_reader *reader, size_t section_count, struct err_info *info)
{
	uint64_t section;
	enum err err = codec_read_uint(&section, reader, info);

	if (err != ERR_OK)
		return err;
	if (section >= section_count)
		return err_set(info, ERR_FORMAT, _("preamble: it names section %llu of %zu"),
		               (unsigned long long)section, section_count);
	out->section = (size_t)section;
	return ERR_OK;
}

static enum err
read_partition(struct bundle_partition *out, struct codec_reader *reader, struct arena *arena, size_t section_count,
               struct err_info *info)
{
	uint32_t key = 0;
	unsigned seen = 0;
	size_t count;
	enum err err = codec_read_map(&count, reader, info);

	*out = (struct bundle_partition){.section = BUNDLE_NO_SECTION};
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		err = codec_read_key(&key, reader, i, info);
		if (err != ERR_OK)
			break;
		if (key == KEY_ID)
			err = codec_read_bin_exact(out->id.bytes, ID_BYTES, reader, info);
		else if (key == KEY_HEAD)
			err = codec_read_bin_exact(out->head.bytes, OID_BYTES, reader, info);
		else if (key == KEY_BASES)
			err = read_bases(out, reader, arena, info);
		else if (key == KEY_END)
			err = codec_read_bin_exact(out->end.bytes, OID_BYTES, reader, info);
		else if (key == KEY_SECTION)
			err = read_section(out, reader, section_count, info);
		else
			err = unexpected_key(info);
		seen |= key <= KEY_SECTION ? 1U << key : 0U;
	}
	if (err == ERR_OK && (seen & (1U << KEY_ID | 1U << KEY_HEAD)) != (1U << KEY_ID | 1U << KEY_HEAD))
		err = err_set(info, ERR_FORMAT, "%s", _("preamble: a partition without id or head"));
	if (err == ERR_OK &&
	    (((seen >> KEY_END) & 1U) != 0 && (oid_is_none(&out->end) || oid_equal(&out->end, &out->head))))
		err = err_set(info, ERR_FORMAT, "%s", _("preamble: an end that is the head"));
	return err;
}

static enum err
read_partitions(struct bundle_preamble *out, struct codec_reader *reader, size_t section_count, struct err_info *info)
{
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err != ERR_OK)
		return err;
	if (count > LIMIT_BUNDLE_PARTITIONS_MAX)
		return err_set(info, ERR_TOO_BIG, _("preamble: over %d partitions"), LIMIT_BUNDLE_PARTITIONS_MAX);
	if (count == 0)
		return err_set(info, ERR_FORMAT, "%s", _("preamble: an empty list"));
	out->partitions = arena_get(&out->arena, count * sizeof(*out->partitions));
	if (out->partitions == NULL)
		return err_nomem(info);
	for (; err == ERR_OK && out->partition_count < count; out->partition_count++) {
		struct bundle_partition *partition = &out->partitions[out->partition_count];

		err = read_partition(partition, reader, &out->arena, section_count, info);
		if (err == ERR_OK && out->partition_count > 0 &&
		    memcmp(partition[-1].id.bytes, partition->id.bytes, ID_BYTES) >= 0)
			err = err_set(info, ERR_FORMAT, "%s", _("preamble: partitions do not ascend"));
	}
	return err;
}

static enum err
read_code(struct node_code *out, struct codec_reader *reader, struct err_info *info)
{
	struct view text;
	enum err err = codec_read_str_max(&text, reader, NODE_CODE_BYTES - 1, info);

	if (err == ERR_OK && !node_code_read(out, text))
		err = err_set(info, ERR_FORMAT, "%s", _("preamble: not a node code"));
	return err;
}

enum err
bundle_preamble_read(struct bundle_preamble *out, struct view wire, size_t section_count, struct err_info *info)
{
	struct bundle_preamble preamble = {0};
	struct codec_reader reader = codec_reader_of(wire);
	uint32_t key = 0;
	size_t count;
	enum err err = codec_read_map(&count, &reader, info);

	if (err == ERR_OK && (count < 2 || count > KEY_PARTITIONS))
		err = err_set(info, ERR_FORMAT, "%s",
		              _("preamble: it has sender, recipient and perhaps partitions, nothing else"));
	for (uint32_t expected = KEY_SENDER; err == ERR_OK && expected <= count; expected++) {
		err = codec_read_key(&key, &reader, expected - KEY_SENDER, info);
		if (err == ERR_OK && key != expected)
			err = unexpected_key(info);
		if (err != ERR_OK)
			break;
		if (key == KEY_SENDER)
			err = read_code(&preamble.sender, &reader, info);
		else if (key == KEY_RECIPIENT)
			err = read_code(&preamble.recipient, &reader, info);
		else
			err = read_partitions(&preamble, &reader, section_count, info);
	}
	if (err == ERR_OK)
		err = codec_end(&reader, info);
	if (err != ERR_OK) {
		bundle_preamble_release(&preamble);
		return err;
	}
	*out = preamble;
	return ERR_OK;
}

void
bundle_preamble_release(struct bundle_preamble *preamble)
{
	arena_release(&preamble->arena);
	*preamble = (struct bundle_preamble){0};
}
