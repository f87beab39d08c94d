/** The reader of a section, for its two source files. Internal to delta. */
#ifndef DELTA_READER_H
#define DELTA_READER_H

#include "delta/wire.h"

struct delta_in_column {
	uint64_t key;
	struct view rest;
};

struct delta_reader {
	size_t base_count;
	size_t commit_count;
	size_t commits_done;
	size_t edits_done;
	struct view random; /* what is left of each part */
	struct view rows;
	struct delta_in_column *columns;
	size_t column_count;
	size_t column_hint;
	struct view *kinds;
	size_t kind_count;
	size_t kinds_seen;
	struct delta_tables tables;
	bool has_context;
	struct delta_context context;
	int64_t time;
	bool is_failed;
	/* the commit whose rows come next */
	bool is_merge;
	enum delta_keys keys;
	size_t added_left;
	size_t named_left;
	size_t entries_left;
	bool has_last;
	struct id last_id;
	const uint8_t *last_salt;
	struct delta_writes writes; /* its own memory, not an arena's */
};

/** The next commit, up to the number of its rows; there is one. */
enum err delta_reader_take_commit(struct delta_reader *reader, struct delta_commit *commit,
                                  struct err_info *info) MUST_USE;
/** The writes of an added or changed record of that kind, into reader->writes. */
enum err delta_reader_writes(struct delta_reader *reader, size_t kind, bool is_added, struct err_info *info) MUST_USE;
/** The next row of the open commit; there is one. */
enum err delta_reader_take_row(struct delta_reader *reader, struct delta_row *out, struct err_info *info) MUST_USE;

#endif
