/**
 * What both sides of a delta hold, for tests and fuzz targets: tests/golden/delta-world (schema/delta-v1.md, section 13). The
 * trees of all commits hold the same records.
 */
#ifndef TESTS_DELTA_WORLD_H
#define TESTS_DELTA_WORLD_H

#include <stdlib.h>

#include "base/fs.h"
#include "codec/codec.h"
#include "delta/section.h"
#include "schema/set.h"

enum {
	WORLD_BASES = 2,
	WORLD_RECORDS_MAX = 256,
};

struct world_record {
	struct id id;
	struct view plaintext;
};

struct world {
	struct delta_source source;
	struct bytes file;
	struct delta_commit_info bases[WORLD_BASES];
	struct schema_set *schemas;
	struct world_record records[WORLD_RECORDS_MAX];
	size_t record_count;
	struct arena arena;
	bool is_without_sample; /* somebody who cannot open it */
};

static inline enum err
world_commit(void *context, size_t base, struct delta_commit_info *out, struct err_info *info)
{
	(void)info;
	*out = ((struct world *)context)->bases[base];
	return ERR_OK;
}

static inline const struct schema_set *
world_schema(void *context, uint32_t version, const struct digest *digest)
{
	const struct world *world = context;

	/* edits of a newer set, too, whose number alone differs */
	return version >= world->bases[0].schema_version && digest_equal(digest, &world->bases[0].schema_digest)
	               ? world->schemas
	               : NULL;
}

static inline enum err
world_ids(void *context, size_t base, const struct id *prefix, unsigned bits, struct id ids[DELTA_IDS_MAX],
          size_t *count_out, struct err_info *info)
{
	const struct world *world = context;

	(void)base;
	*count_out = 0;
	for (size_t i = 0; i < world->record_count; i++) {
		if (load_u64(world->records[i].id.bytes) >> (64 - bits) != load_u64(prefix->bytes) >> (64 - bits))
			continue;
		if (*count_out == DELTA_IDS_MAX)
			return err_set(info, ERR_TOO_BIG, "too many");
		ids[(*count_out)++] = world->records[i].id;
	}
	return ERR_OK;
}

static inline enum err
world_sample(void *context, size_t base, size_t count, delta_sample_visit visit, void *visitor, struct err_info *info)
{
	const struct world *world = context;
	enum err err = ERR_OK;

	(void)base;
	for (size_t i = 0; err == ERR_OK && i < count && i < world->record_count && !world->is_without_sample; i++)
		err = visit(visitor, &world->records[i].id, world->records[i].plaintext, info);
	return err;
}

static inline const struct world_record *
world_find(const struct world *world, const struct id *id)
{
	for (size_t i = 0; i < world->record_count; i++) {
		if (id_equal(&world->records[i].id, id))
			return &world->records[i];
	}
	return NULL;
}

/* the record that the tree of every commit has */
static inline enum err
world_old(void *context, const struct id *id, struct record *out, struct err_info *info)
{
	struct world *world = context;
	const struct world_record *found = world_find(world, id);

	if (found == NULL)
		return ERR_NOT_FOUND;
	if (world->arena.total > 1 << 24)
		arena_clear(&world->arena);
	return record_read(out, &world->arena, found->plaintext, LIMIT_RECORD_MERGED_BYTES_MAX, info);
}

static inline void
world_release(struct world *world)
{
	schema_set_free(world->schemas);
	arena_release(&world->arena);
	bytes_release(&world->file);
}

/* --- the file --- */

static inline enum err
world_read_base(struct delta_commit_info *base, struct codec_reader *reader)
{
	struct view node;
	uint64_t numbers[4] = {0};
	size_t count = 0;
	int64_t time = 0;
	enum err err = codec_read_array(&count, reader, NULL);

	if (err == ERR_OK)
		err = codec_read_bool(&base->is_merge, reader, NULL);
	if (err == ERR_OK)
		err = codec_read_int(&time, reader, NULL);
	if (err == ERR_OK)
		err = codec_read_str(&node, reader, NULL);
	for (size_t i = 0; err == ERR_OK && i < 2; i++)
		err = codec_read_uint(&numbers[i], reader, NULL); /* level, schema version */
	if (err == ERR_OK)
		err = codec_read_bin_exact(base->schema_digest.bytes, DIGEST_BYTES, reader, NULL);
	for (size_t i = 2; err == ERR_OK && i < 4; i++)
		err = codec_read_uint(&numbers[i], reader, NULL); /* rules, epoch */
	if (err == ERR_OK)
		err = codec_read_bin_exact(base->epoch_digest.bytes, DIGEST_BYTES, reader, NULL);
	if (err == ERR_OK)
		err = codec_read_array(&count, reader, NULL);
	if (err != ERR_OK || count > LIMIT_LEVELS_MAX || !node_code_read(&base->node, node))
		return ERR_FORMAT;
	base->roster_count = (uint8_t)count;
	base->time = time;
	base->level = (uint8_t)numbers[0];
	base->schema_version = (uint32_t)numbers[1];
	base->rules = (uint32_t)numbers[2];
	base->epoch = (uint32_t)numbers[3];
	for (size_t i = 0; err == ERR_OK && i < base->roster_count; i++) {
		uint64_t number = 0;

		err = codec_read_array(&count, reader, NULL);
		if (err == ERR_OK)
			err = codec_read_str(&node, reader, NULL);
		if (err == ERR_OK)
			err = codec_read_uint(&number, reader, NULL);
		if (err == ERR_OK)
			err = codec_read_bin_exact(base->roster[i].digest, DELTA_ROSTER_DIGEST_BYTES, reader, NULL);
		if (err != ERR_OK || !node_code_read(&base->roster[i].issuer, node))
			return ERR_FORMAT;
		base->roster[i].number = (uint32_t)number;
	}
	return err;
}

static inline enum err
world_read_records(struct world *world, struct codec_reader *reader)
{
	size_t count = 0;
	enum err err = codec_read_array(&count, reader, NULL);

	for (; err == ERR_OK && world->record_count < count && count <= WORLD_RECORDS_MAX; world->record_count++) {
		struct world_record *record = &world->records[world->record_count];
		size_t two = 0;

		err = codec_read_array(&two, reader, NULL);
		if (err == ERR_OK)
			err = codec_read_bin_exact(record->id.bytes, ID_BYTES, reader, NULL);
		if (err == ERR_OK)
			err = codec_read_bin(&record->plaintext, reader, NULL);
	}
	return err;
}

/** The world of a file's content, which it takes over. Anything but ERR_OK: the file is broken. */
static inline enum err
world_read(struct world *world, struct bytes *file)
{
	struct codec_reader reader = codec_reader_of(bytes_view(file));
	struct view schemas;
	size_t count = 0;
	enum err err = codec_read_array(&count, &reader, NULL);

	*world = (struct world){.file = *file};
	*file = (struct bytes){0};
	world->source =
		(struct delta_source){world, {{0}}, world_commit, world_schema, world_ids, world_sample, world_old};
	if (err == ERR_OK)
		err = codec_read_bin_exact(world->source.partition.bytes, ID_BYTES, &reader, NULL);
	if (err == ERR_OK)
		err = codec_read_array(&count, &reader, NULL);
	for (size_t i = 0; err == ERR_OK && i < WORLD_BASES; i++)
		err = world_read_base(&world->bases[i], &reader);
	if (err == ERR_OK)
		err = codec_read_bin(&schemas, &reader, NULL);
	if (err == ERR_OK)
		err = schema_set_read(&world->schemas, schemas, NULL);
	return err == ERR_OK ? world_read_records(world, &reader) : err;
}

static inline enum err
world_load(struct world *world)
{
	struct bytes file = {0};
	enum err err = fs_read(&file, TESTS_DIR "/golden/delta-world", 1 << 24, NULL);

	return err == ERR_OK ? world_read(world, &file) : err;
}

#endif
