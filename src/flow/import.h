/** import: a roll out of CSV or JSON Lines into signed edits. What differs is written, nothing else. */
#ifndef FLOW_IMPORT_H
#define FLOW_IMPORT_H

#include "flow/desk.h"
#include "import/import.h"

struct flow_import_terms {
	const char *file_name; /* for messages */
	const char *kind;
	const struct node_code *owner; /* NULL: our own partition */
	bool is_match_only;            /* nothing is ever added (--partition all) */
	bool is_full;                  /* absent = removed */
	int64_t removals_allowed;      /* -1: not said: at most 5 % */
	bool is_skipping;              /* good rows are taken, bad ones go to `rejects` */
	struct view map;               /* of --map; may be empty */
	struct bytes *rejects;         /* the file of bad rows; used when is_skipping */
	struct table *fates;           /* by row number: enum flow_import_fate. flow_import_all's own; NULL otherwise */
	/** Told of each bad row, at most FLOW_IMPORT_ERRORS_TOLD times; may be NULL. */
	void (*bad_row)(void *context, const char *text);
	/** Asked when all rows were read and before anything is published: `rejects` is complete. May be NULL. */
	enum err (*before_publish)(void *context, struct err_info *info);
	void *context;
};

/** What became of a row so far, when one file goes through several partitions. */
enum flow_import_fate {
	FLOW_IMPORT_MET = 1, /* its record is known there */
	FLOW_IMPORT_REFUSED,
};

enum {
	FLOW_IMPORT_ERRORS_TOLD = 20,
	FLOW_IMPORT_REMOVED_PERCENT = 5
};

struct flow_import_result {
	uint64_t rows;
	uint64_t added;
	uint64_t changed;
	uint64_t unchanged;
	uint64_t removed;
	uint64_t bad;
	uint64_t unmatched; /* is_match_only: rows without a record here */
	size_t commits;
	struct oid head; /* of the last partition that changed */
};

/**
 * Import all rows of a source. By default one bad row refuses the file and nothing is written.
 * ERR_RULE: bad rows (result is set all the same), or more removals than allowed; ERR_FORMAT: the file; ERR_NOT_FOUND: kind
 */
enum err flow_import(struct flow_import_result *out, const struct flow_desk *desk,
                     const struct flow_import_terms *terms, struct import_source *source,
                     struct err_info *info) MUST_USE;

/** Opens the file once more from its start. */
typedef enum err flow_import_opener(struct import_source **out, void *context, struct err_info *info);

/**
 * The same in every partition held: a row is matched where its record lies, nothing is added, and a row that no partition
 * knows is counted as unmatched. `terms->owner` and `is_match_only` are set here. Every partition is tried before the
 * first is published. With is_full each partition has the limit on removals for itself.
 * The same errors.
 */
enum err flow_import_all(struct flow_import_result *out, const struct flow_desk *desk,
                         const struct flow_import_terms *terms, flow_import_opener *open, void *context,
                         struct err_info *info) MUST_USE;

#endif
