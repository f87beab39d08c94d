/** An edit in the making: shared by edit.c (records) and finish.c (tree and commit). */
#ifndef PARTITION_EDIT_H
#define PARTITION_EDIT_H

#include "partition/internal.h"

struct partition_edit {
	struct partition_batch *batch;
	struct partition *partition;
	struct git_reader reader;
	struct delta_commit_info commit; /* its texts lie in `arena` */
	struct arena arena;
	struct partition_version parent;
	struct git_idtree *records;
	struct seal_lthash state;
	struct seal_seed seed;
	bool has_seed;
	uint32_t added;
	size_t count;
	struct bytes blob;
	/* the record looked at last, so that reading it and then changing it opens it once */
	bool has_old;
	struct id old_id;
	struct seal_salt old_salt;
	struct bytes old_blob;
	struct bytes old_plaintext;
};

#endif
