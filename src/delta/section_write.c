#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "delta/writer.h"

enum {
	COLUMN_CAPACITY_MIN = 32,
	FRAME_BYTES_MAX = 64, /* codec, sizes and counts: seven numbers */
	COLUMN_ENTRY_BYTES_MAX = 20,
};

enum err
delta_writer_new(struct delta_writer **out, size_t base_count, struct err_info *info)
{
	struct delta_writer *writer;

	if (base_count > LIMIT_BASES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta from %zu bases, at most %d are taken"), base_count,
		               LIMIT_BASES_MAX);
	writer = calloc(1, sizeof(*writer));
	if (writer == NULL)
		return err_nomem(info);
	writer->base_count = base_count;
	delta_tables_init(&writer->tables);
	*out = writer;
	return ERR_OK;
}

void
delta_writer_free(struct delta_writer *writer)
{
	if (writer == NULL)
		return;
	for (size_t i = 0; i < writer->column_count; i++)
		bytes_release(&writer->columns[i].values);
	free(writer->columns);
	delta_tables_release(&writer->tables);
	bytes_release(&writer->random);
	bytes_release(&writer->rows);
	bytes_release(&writer->pending);
	bytes_release(&writer->tokens);
	arena_release(&writer->arena);
	free(writer);
}

/* --- columns --- */

static size_t
find_place(const struct delta_writer *writer, uint64_t key)
{
	size_t low = 0;
	size_t high = writer->column_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (writer->columns[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum err
insert_column(struct delta_writer *writer, size_t place, uint64_t key, struct err_info *info)
{
	if (writer->column_count == LIMIT_DELTA_COLUMNS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta has more than %d columns"), LIMIT_DELTA_COLUMNS_MAX);
	if (writer->column_count == writer->column_capacity) {
		size_t capacity = writer->column_capacity == 0 ? COLUMN_CAPACITY_MIN : writer->column_capacity * 2;
		struct delta_out_column *columns = realloc(writer->columns, capacity * sizeof(*columns));

		if (columns == NULL)
			return err_nomem(info);
		writer->columns = columns;
		writer->column_capacity = capacity;
	}
	memmove(writer->columns + place + 1, writer->columns + place,
	        (writer->column_count - place) * sizeof(*writer->columns));
	writer->columns[place] = (struct delta_out_column){.key = key};
	writer->column_count++;
	return ERR_OK;
}

enum err
delta_writer_column(struct delta_writer *writer, uint64_t key, struct delta_out_column **out, struct err_info *info)
{
	size_t place = writer->column_hint + 1; /* rows mostly run through their columns in order */
	enum err err;

	if (place >= writer->column_count || writer->columns[place].key != key) {
		place = find_place(writer, key);
		if (place == writer->column_count || writer->columns[place].key != key) {
			err = insert_column(writer, place, key, info);
			if (err != ERR_OK)
				return err;
		}
	}
	writer->column_hint = place;
	*out = &writer->columns[place];
	return ERR_OK;
}

uint32_t
delta_writer_key_field(const struct delta_writer *writer, size_t kind, uint32_t field)
{
	size_t place = find_place(writer, delta_column_key_of(kind, field, DELTA_COLUMN_MEMBER, 0));
	uint64_t end = delta_column_key_of(kind, field, DELTA_COLUMN_MEMBER_FIELD, 0);

	for (; place < writer->column_count && writer->columns[place].key < end; place++) {
		if (writer->columns[place].values.size > 0)
			return delta_column_sub(writer->columns[place].key);
	}
	return 0;
}

/* --- commits --- */

/* close the open commit: its counts and its rows go behind its head */
static enum err
end_commit(struct delta_writer *writer, struct err_info *info)
{
	size_t total = writer->added + writer->named + writer->entries;
	enum err err = ERR_OK;

	if (!writer->is_open)
		return ERR_OK;
	if (writer->keys != DELTA_KEYS_NONE && writer->added == 0)
		return err_set(info, ERR_FORMAT, "%s", _("an edit with a seed adds no record"));
	if (total > 0) {
		writer->rows.data[writer->head_at] |= DELTA_BIT_ROWS;
		if (writer->keys != DELTA_KEYS_NONE)
			err = delta_put_varint(&writer->rows, writer->added, info);
		if (err == ERR_OK)
			err = delta_put_varint(&writer->rows, writer->named, info);
		if (err == ERR_OK)
			err = delta_put_varint(&writer->rows, writer->entries, info);
		if (err == ERR_OK)
			err = bytes_append_view(&writer->rows, bytes_view(&writer->pending), info);
	}
	if (err == ERR_OK)
		writer->is_open = false;
	return err;
}

static unsigned
first_byte(const struct delta_commit *commit)
{
	if (commit->info.is_merge)
		return DELTA_BIT_MERGE;
	if (commit->keys == DELTA_KEYS_SEED)
		return DELTA_BIT_SEED;
	return commit->keys == DELTA_KEYS_SALTS ? DELTA_BIT_SALTS : 0;
}

enum err
delta_writer_add_commit(struct delta_writer *writer, const struct delta_commit *commit, struct err_info *info)
{
	bool is_merge = commit->info.is_merge;
	enum err err = end_commit(writer, info);

	if (err != ERR_OK)
		return err;
	if (is_merge ? writer->now.commit_count - writer->now.edit_count == LIMIT_DELTA_MERGES_MAX
	             : writer->now.edit_count == LIMIT_DELTA_COMMITS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta has more than %d edits or %d merges"),
		               LIMIT_DELTA_COMMITS_MAX, LIMIT_DELTA_MERGES_MAX);
	if (!is_merge) {
		err = delta_commit_check(&commit->info, info);
		if (err != ERR_OK)
			return err;
	}
	writer->head_at = writer->rows.size;
	writer->is_open = true;
	writer->is_merge = is_merge;
	writer->keys = is_merge ? DELTA_KEYS_NONE : commit->keys;
	writer->added = writer->named = writer->entries = 0;
	bytes_clear(&writer->pending);
	err = bytes_append_byte(&writer->rows, (uint8_t)first_byte(commit), info);
	if (err == ERR_OK)
		err = delta_writer_put_commit(writer, commit, info);
	writer->now.commit_count++;
	return err;
}

/* --- keeping, going back, finishing --- */

enum err
delta_writer_keep(struct delta_writer *writer, struct err_info *info)
{
	enum err err = end_commit(writer, info);

	if (err != ERR_OK)
		return err;
	writer->kept = writer->now;
	writer->kept.random_size = writer->random.size;
	writer->kept.rows_size = writer->rows.size;
	writer->kept.node_count = writer->tables.nodes.count;
	writer->kept.schema_count = writer->tables.schemas.count;
	writer->kept.epoch_count = writer->tables.epochs.count;
	writer->kept.roster_count = writer->tables.rosters.count;
	for (size_t i = 0; i < writer->column_count; i++)
		writer->columns[i].kept_size = writer->columns[i].values.size;
	return ERR_OK;
}

void
delta_writer_back(struct delta_writer *writer)
{
	writer->now = writer->kept;
	writer->random.size = writer->kept.random_size;
	writer->rows.size = writer->kept.rows_size;
	writer->tables.nodes.count = writer->kept.node_count;
	writer->tables.schemas.count = writer->kept.schema_count;
	writer->tables.epochs.count = writer->kept.epoch_count;
	writer->tables.rosters.count = writer->kept.roster_count;
	for (size_t i = 0; i < writer->column_count; i++)
		writer->columns[i].values.size = writer->columns[i].kept_size;
	writer->is_open = false;
}

size_t
delta_writer_size(const struct delta_writer *writer)
{
	size_t names = 0;

	for (size_t i = 0; i < writer->now.kind_count; i++)
		names += writer->kinds[i].size + 2;
	return FRAME_BYTES_MAX + names + writer->column_count * COLUMN_ENTRY_BYTES_MAX + writer->random.size +
	       writer->rows.size + (writer->is_open ? writer->pending.size : 0) + writer->now.values_size;
}

size_t
delta_writer_count(const struct delta_writer *writer)
{
	return writer->now.commit_count;
}

static enum err
put_columns(const struct delta_writer *writer, struct bytes *out, struct err_info *info)
{
	uint64_t last = 0;
	size_t count = 0;
	enum err err;

	for (size_t i = 0; i < writer->column_count; i++)
		count += writer->columns[i].values.size > 0;
	err = delta_put_varint(out, count, info);
	for (size_t i = 0; err == ERR_OK && i < writer->column_count; i++) {
		uint64_t key = writer->columns[i].key;
		size_t step = delta_column_kind(key) - delta_column_kind(last);
		uint32_t field = delta_column_field(key);

		if (writer->columns[i].values.size == 0)
			continue; /* left by delta_writer_back() */
		err = delta_put_varint(out, step, info);
		if (err == ERR_OK)
			err = delta_put_varint(out, step == 0 ? field - delta_column_field(last) : field, info);
		if (err == ERR_OK)
			err = delta_put_varint(out, (uint64_t)delta_column_sub(key) << 2 | delta_column_type_of(key),
			                       info);
		if (err == ERR_OK)
			err = delta_put_varint(out, writer->columns[i].values.size, info);
		last = key;
	}
	return err;
}

static enum err
put_section(const struct delta_writer *writer, struct bytes *out, size_t *random_end_out, struct err_info *info)
{
	enum err err = bytes_append_byte(out, DELTA_CODEC_ROWS, info);

	if (err == ERR_OK)
		err = delta_put_string(out, bytes_view(&writer->random), info);
	*random_end_out = out->size;
	if (err == ERR_OK)
		err = delta_put_varint(out, writer->now.commit_count, info);
	if (err == ERR_OK)
		err = delta_put_varint(out, writer->now.kind_count, info);
	for (size_t i = 0; err == ERR_OK && i < writer->now.kind_count; i++)
		err = delta_put_string(out, writer->kinds[i], info);
	if (err == ERR_OK)
		err = put_columns(writer, out, info);
	if (err == ERR_OK)
		err = delta_put_string(out, bytes_view(&writer->rows), info);
	for (size_t i = 0; err == ERR_OK && i < writer->column_count; i++)
		err = bytes_append_view(out, bytes_view(&writer->columns[i].values), info);
	return err;
}

enum err
delta_writer_finish(struct delta_writer *writer, struct bytes *out, size_t *random_size_out, struct err_info *info)
{
	size_t start = out->size;
	size_t random_end = 0;
	enum err err = end_commit(writer, info);

	if (err != ERR_OK)
		return err;
	if (writer->now.commit_count == 0)
		return err_set(info, ERR_FORMAT, "%s", _("a delta without a commit"));
	if (delta_writer_size(writer) > LIMIT_DELTA_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta would have %zu bytes, at most %d are taken"),
		               delta_writer_size(writer), LIMIT_DELTA_BYTES_MAX);
	err = bytes_reserve(out, delta_writer_size(writer), info);
	if (err == ERR_OK)
		err = put_section(writer, out, &random_end, info);
	if (err != ERR_OK) {
		out->size = start;
		return err;
	}
	if (random_size_out != NULL)
		*random_size_out = random_end - start;
	return ERR_OK;
}
