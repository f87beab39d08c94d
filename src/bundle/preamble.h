/**
 * bundle: the meaning of what an envelope carries. The preamble says which partitions a bundle speaks of, from which bases
 * and to which head; the small section holds what is no delta. Layouts: schema/exchange-v1.md.
 * It decides nothing: who may carry what is intake's.
 */
#ifndef BUNDLE_PREAMBLE_H
#define BUNDLE_PREAMBLE_H

#include "base/arena.h"
#include "base/ids.h"

/** Section ids in the envelope's table. */
enum bundle_section {
	BUNDLE_SECTION_SMALL = 1,
	BUNDLE_SECTION_DELTA = 2,
	BUNDLE_SECTION_SCHEMA = 3,
};

enum {
	BUNDLE_SCHEMAS_MAX = 4, /* sections with a schema set */
};

#define BUNDLE_NO_SECTION SIZE_MAX

struct bundle_partition {
	struct id id;
	struct oid head;         /* the sender's, when the bundle was made */
	const struct oid *bases; /* ascending */
	size_t base_count;
	struct oid end; /* where the delta ends; none: at the head */
	size_t section; /* of the delta; BUNDLE_NO_SECTION: the head is only shown */
};

struct bundle_preamble {
	struct node_code sender;
	struct node_code recipient;
	struct bundle_partition *partitions; /* ascending by id */
	size_t partition_count;
	struct arena arena; /* a reader's arrays */
};

enum err bundle_preamble_write(struct bytes *out, const struct bundle_preamble *preamble,
                               struct err_info *info) MUST_USE;
/**
 * @param wire           untrusted, all of it
 * @param section_count  how many the envelope has: a partition may name no other
 * ERR_FORMAT; ERR_TOO_BIG; ERR_NOMEM. Release with bundle_preamble_release.
 */
enum err bundle_preamble_read(struct bundle_preamble *out, struct view wire, size_t section_count,
                              struct err_info *info) MUST_USE;
void bundle_preamble_release(struct bundle_preamble *preamble);

#endif
