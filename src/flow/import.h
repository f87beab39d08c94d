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
	/** Told of each bad row, at most LIMIT_IMPORT_ERRORS_MAX times; may be NULL. */
	void (*bad_row)(void *context, const char *text);
	void *context;
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
	struct oid head;
};

/**
 * Import all rows of a source. By default one bad row refuses the file and nothing is written.
 * ERR_RULE: bad rows (result is set all the same), or more removals than allowed; ERR_FORMAT: the file; ERR_NOT_FOUND: kind
 */
enum err flow_import(struct flow_import_result *out, const struct flow_desk *desk,
                     const struct flow_import_terms *terms, struct import_source *source,
                     struct err_info *info) MUST_USE;

#endif
