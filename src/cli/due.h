/** What `due` and `status` share: counting limits, and words about policy that does not fit together. */
#ifndef CLI_DUE_H
#define CLI_DUE_H

#include "cli/cli.h"
#include "flow/due.h"

enum {
	DUE_SECONDS_PER_DAY = 86400,
	DUE_SECONDS_EAST = 28800
};

struct due_counts {
	size_t late;
	size_t soon;
	size_t later;
	size_t early;
	size_t waiting;
	size_t stopped;
	size_t undated;
	size_t inexact;
};

void due_count(struct due_counts *counts, const struct due_item *item, int64_t today, int64_t within);
/** The day of a time, in +08:00. */
int64_t due_today(int64_t now);
/** Notes on stderr: overlaps and the like, and a calendar that ends. */
void due_warn_policy(struct cli *cli, struct node *node, struct policy *policy, int64_t now);

#endif
