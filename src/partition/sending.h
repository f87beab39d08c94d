/** A delta being sent: shared by send.c (which commits, from which bases, in which codec) and send_commit.c (one commit and its rows). */
#ifndef PARTITION_SENDING_H
#define PARTITION_SENDING_H

#include "delta/section.h"
#include "git/history.h"
#include "partition/bases.h"
#include "partition/derive.h"
#include "partition/internal.h"
#include "partition/send.h"

/* One record that differs between an edit and its parent. */
struct send_row {
	struct partition_touch *touch;
	bool is_new;              /* there is a record where none was */
	bool is_added;            /* by the edit's seed */
	uint32_t number;          /* n of an added one */
	struct delta_place place; /* of another one */
};

struct send {
	struct partition *partition;
	struct git_reader reader;
	struct partition_bases *bases;
	struct delta_writer *writer;
	struct table positions; /* commit id -> position */
	struct git_history *history;
	struct partition_touches touches;
	struct send_row *rows; /* of the edit at hand */
	size_t row_count;
	struct seal_seed seed;
	bool has_seed;
	bool has_opaque; /* a record of the edit at hand travelled as its blob */
	bool is_blind;   /* all do */
	struct arena arena;
	struct bytes blob;
};

/** The position of a commit in the delta: the next one. Bases first, then every commit that is sent. ERR_NOMEM. */
enum err send_remember(struct send *send, const struct oid *commit, struct err_info *info) MUST_USE;
/** One commit with its rows; its parents were sent, or are bases. ERR_TOO_BIG, ERR_RIGHT, ERR_IO ... */
enum err send_commit(struct send *send, struct partition_delta *delta, const struct oid *oid,
                     struct err_info *info) MUST_USE;

#endif
