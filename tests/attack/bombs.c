/*
 * Deltas in the mixed codec that are small and read as much: symbols which are just what is expected cost next to nothing, some
 * kilobytes for a record of 15 MB. They stand on the head of the sender's own partition, as a night's delta does.
 */
#include <string.h>

#include "../unit/envelope/craft.h"
#include "attack.h"
#include "codec/codec.h"
#include "partition/bases.h"

enum {
	TEXT_BYTES = 1048560,
	SECTION_BYTES_MAX = 131072,
};

/* Its fields: the first is `number`, or a long text each. */
static void
add_row(struct delta_writer *writer, const char *kind, uint64_t number, size_t text_bytes, uint32_t texts)
{
	const struct delta_write add = {.path = {.type = RECORD_EXISTENCE}, .act = DELTA_ADD};
	struct delta_row row = {.type = DELTA_ROW_ADDED, .kind = view_text(kind)};
	struct arena arena = {0};
	struct bytes text = {0};

	craft_ok(delta_writes_add(&row.writes, &arena, &add, NULL));
	craft_ok(bytes_extend(&text, text_bytes) != NULL ? ERR_OK : ERR_NOMEM);
	for (uint32_t field = 1; field <= (texts == 0 ? 1 : texts); field++) {
		struct delta_write write = {.path = {.type = RECORD_FIELD, .field = field}, .act = DELTA_SET};
		struct bytes value = {0};

		memset(text.data, 'a' + (int)(field % 26), text.size);
		craft_ok(texts == 0 ? codec_write_uint(&value, number, NULL)
		                    : codec_write_str(&value, bytes_view(&text), NULL));
		write.value = view_of(arena_copy(&arena, bytes_view(&value)), value.size);
		craft_ok(delta_writes_add(&row.writes, &arena, &write, NULL));
		bytes_release(&value);
	}
	craft_ok(delta_writer_add_row(writer, &row, NULL));
	bytes_release(&text);
	arena_release(&arena);
}

void
attack_bomb(struct bytes *section, struct oid *base, struct node *from, const struct attack_bomb *bomb)
{
	struct delta_terms terms = {.codec = COLUMN_MIXED, .commit_count = 1};
	struct delta_commit commit = {.parents = {0, DELTA_NO_PARENT}, .keys = DELTA_KEYS_SEED};
	struct partition *partition = NULL;
	struct partition_bases *bases = NULL;
	struct partition_version version;
	struct delta_writer *writer = NULL;

	craft_ok(node_partition_open(&partition, from, &node_identity_of(from)->code, NULL));
	craft_ok(partition_head(partition, base, NULL));
	craft_ok(partition_version_open(&version, partition, base, NULL));
	commit.info = version.info; /* terms that the receiver lets pass, so that it comes to the rows */
	commit.info.parent_count = 1;
	craft_ok(partition_bases_new(&bases, partition, NULL, base, 1, NULL));
	craft_ok(partition_bases_choose(bases, &terms, NULL));
	craft_ok(delta_writer_new(&writer, &terms, partition_bases_source(bases), NULL));
	craft_ok(delta_writer_add_commit(writer, &commit, NULL));
	for (size_t i = 0; i < bomb->good_rows; i++)
		add_row(writer, "note", 1000 + i, 1, 0);
	for (size_t i = 0; i < bomb->rows; i++)
		add_row(writer, "case", 0, TEXT_BYTES / bomb->parts, bomb->texts);
	craft_ok(delta_writer_finish(writer, section, NULL));
	assert(section->size < SECTION_BYTES_MAX);
	delta_writer_free(writer);
	partition_bases_free(bases);
	partition_version_release(&version);
	partition_free(partition);
}
