#include "bundle/preamble.h"

#include <string.h>

#include "codec/codec.h"
#include "envelope/envelope.h"

enum {
	OFFICES = 2, /* elements before the partitions */
	NAME_BYTES = ID_BYTES + OID_BYTES,
	MEMBERS_SHOWN = 1, /* of a partition whose head is only shown */
	MEMBERS_SECTION,   /* from nothing */
	MEMBERS_BASES,
	MEMBERS_END,
};

static size_t
member_count(const struct bundle_partition *partition)
{
	if (!oid_is_none(&partition->end))
		return MEMBERS_END;
	if (partition->base_count > 0)
		return MEMBERS_BASES;
	return partition->section == BUNDLE_NO_SECTION ? MEMBERS_SHOWN : MEMBERS_SECTION;
}

static enum err
write_partition(struct bytes *out, const struct bundle_partition *partition, struct err_info *info)
{
	size_t count = member_count(partition);
	uint8_t name[NAME_BYTES];
	enum err err = codec_write_array(out, count, info);

	memcpy(name, partition->id.bytes, ID_BYTES);
	memcpy(name + ID_BYTES, partition->head.bytes, OID_BYTES);
	if (err == ERR_OK)
		err = codec_write_bin(out, view_of(name, sizeof(name)), info);
	if (err == ERR_OK && count >= MEMBERS_SECTION)
		err = codec_write_uint(out, partition->section, info);
	if (err == ERR_OK && count >= MEMBERS_BASES)
		err = codec_write_bin(out, view_of(partition->bases, partition->base_count * OID_BYTES), info);
	if (err == ERR_OK && count >= MEMBERS_END)
		err = codec_write_bin(out, view_of(partition->end.bytes, OID_BYTES), info);
	return err;
}

enum err
bundle_preamble_write(struct bytes *out, const struct bundle_preamble *preamble, struct err_info *info)
{
	enum err err = codec_write_array(out, OFFICES + preamble->partition_count, info);

	if (err == ERR_OK)
		err = envelope_code_write(out, &preamble->sender, NULL, info);
	if (err == ERR_OK)
		err = envelope_code_write(out, &preamble->recipient, &preamble->sender, info);
	for (size_t i = 0; err == ERR_OK && i < preamble->partition_count; i++)
		err = write_partition(out, &preamble->partitions[i], info);
	return err;
}

static enum err
read_bases(struct bundle_partition *out, struct codec_reader *reader, bool is_last, struct arena *arena,
           struct err_info *info)
{
	struct view content;
	struct oid *bases;
	enum err err = codec_read_bin(&content, reader, info);

	if (err != ERR_OK)
		return err;
	if (content.size > (size_t)LIMIT_BASES_MAX * OID_BYTES)
		return err_set(info, ERR_TOO_BIG, _("preamble: over %d bases"), LIMIT_BASES_MAX);
	if ((content.size == 0 && is_last) || content.size % OID_BYTES != 0)
		return err_set(info, ERR_FORMAT, "%s", _("preamble: bases are not whole commit ids"));
	out->base_count = content.size / OID_BYTES;
	bases = arena_get(arena, content.size + 1);
	if (bases == NULL)
		return err_nomem(info);
	if (content.size > 0)
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
read_end(struct bundle_partition *out, struct codec_reader *reader, struct err_info *info)
{
	enum err err = codec_read_bin_exact(out->end.bytes, OID_BYTES, reader, info);

	if (err == ERR_OK && (oid_is_none(&out->end) || oid_equal(&out->end, &out->head)))
		err = err_set(info, ERR_FORMAT, "%s", _("preamble: an end that is the head"));
	return err;
}

static enum err
read_partition(struct bundle_partition *out, struct codec_reader *reader, struct arena *arena, size_t section_count,
               struct err_info *info)
{
	uint8_t name[NAME_BYTES];
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	*out = (struct bundle_partition){.section = BUNDLE_NO_SECTION};
	if (err == ERR_OK && (count < MEMBERS_SHOWN || count > MEMBERS_END))
		err = err_set(info, ERR_FORMAT, _("preamble: a partition has 1 to %d elements"), MEMBERS_END);
	if (err == ERR_OK)
		err = codec_read_bin_exact(name, sizeof(name), reader, info);
	if (err != ERR_OK)
		return err;
	memcpy(out->id.bytes, name, ID_BYTES);
	memcpy(out->head.bytes, name + ID_BYTES, OID_BYTES);
	if (count >= MEMBERS_SECTION)
		err = read_section(out, reader, section_count, info);
	if (err == ERR_OK && count >= MEMBERS_BASES)
		err = read_bases(out, reader, count == MEMBERS_BASES, arena, info);
	if (err == ERR_OK && count >= MEMBERS_END)
		err = read_end(out, reader, info);
	return err;
}

static enum err
read_partitions(struct bundle_preamble *out, struct codec_reader *reader, size_t count, size_t section_count,
                struct err_info *info)
{
	enum err err = ERR_OK;

	if (count > LIMIT_BUNDLE_PARTITIONS_MAX)
		return err_set(info, ERR_TOO_BIG, _("preamble: over %d partitions"), LIMIT_BUNDLE_PARTITIONS_MAX);
	if (count == 0)
		return ERR_OK;
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
read_code(struct node_code *out, struct codec_reader *reader, const struct node_code *sender, struct err_info *info)
{
	enum err err = envelope_code_read(out, reader, sender, info);

	return err == ERR_OK ? ERR_OK : err_in(info, err, _("preamble"));
}

enum err
bundle_preamble_read(struct bundle_preamble *out, struct view wire, size_t section_count, struct err_info *info)
{
	struct bundle_preamble preamble = {0};
	struct codec_reader reader = codec_reader_of(wire);
	size_t count;
	enum err err = codec_read_array(&count, &reader, info);

	if (err == ERR_OK && count < OFFICES)
		err = err_set(info, ERR_FORMAT, "%s", _("preamble: it begins with sender and recipient"));
	if (err == ERR_OK)
		err = read_code(&preamble.sender, &reader, NULL, info);
	if (err == ERR_OK)
		err = read_code(&preamble.recipient, &reader, &preamble.sender, info);
	if (err == ERR_OK)
		err = read_partitions(&preamble, &reader, count - OFFICES, section_count, info);
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
