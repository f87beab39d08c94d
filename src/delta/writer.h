/** The writer of a section, for its two source files. Internal to delta. */
#ifndef DELTA_WRITER_H
#define DELTA_WRITER_H

#include "delta/wire.h"

struct delta_out_column {
	uint64_t key;
	struct bytes values;
	size_t kept_size;
};

/** What delta_writer_back() returns to; all but the columns' sizes and the bytes themselves. */
struct delta_writer_state {
	size_t commit_count;
	size_t edit_count;
	size_t random_size;
	size_t rows_size;
	size_t values_size;
	size_t kind_count;
	size_t node_count;
	size_t schema_count;
	size_t epoch_count;
	size_t roster_count;
	int64_t time;
	bool has_context;
	struct delta_context context;
};

struct delta_writer {
	size_t base_count;
	struct delta_writer_state now; /* its sizes and counts of tables are filled in when it is kept */
	struct delta_writer_state kept;
	struct delta_tables tables;
	struct bytes random;
	struct bytes rows;
	struct delta_out_column *columns; /* by key */
	size_t column_count;
	size_t column_capacity;
	size_t column_hint;
	struct arena arena; /* kind names */
	struct view kinds[LIMIT_KINDS_MAX];
	/* the commit that is open */
	bool is_open;
	bool is_merge;
	enum delta_keys keys;
	size_t head_at; /* place of its first byte in `rows` */
	struct bytes pending;
	struct bytes tokens;
	size_t added;
	size_t named;
	size_t entries;
	struct id last_id;
	uint8_t last_salt[DELTA_SALT_BYTES];
};

/** The column of that key, made if need be. ERR_TOO_BIG, ERR_NOMEM. */
enum err delta_writer_column(struct delta_writer *writer, uint64_t key, struct delta_out_column **out,
                             struct err_info *info) MUST_USE;
/** The key field of the members that a field of a kind has in this delta; 0: none so far. */
uint32_t delta_writer_key_field(const struct delta_writer *writer, size_t kind, uint32_t field);
/** The open commit behind its first byte, up to the number of its rows. */
enum err delta_writer_put_commit(struct delta_writer *writer, const struct delta_commit *commit,
                                 struct err_info *info) MUST_USE;
/** Append the writes of an added or changed record (checked) to `pending`, their values to columns. */
enum err delta_writer_put_writes(struct delta_writer *writer, size_t kind, const struct delta_writes *writes,
                                 bool is_added, struct err_info *info) MUST_USE;

#endif
