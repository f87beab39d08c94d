/**
 * Edits signed with a key that was revoked meanwhile. What had been accepted before stays valid; what comes later does not count, whatever
 * its date says. Judged at the end of a delta, when the accepted tips may have come with it. design.md 7. Internal to intake.
 */
#ifndef INTAKE_REVOKED_H
#define INTAKE_REVOKED_H

#include "intake/intake.h"

/** One such edit, new to us. */
struct intake_suspect {
	struct oid commit;
	struct id key_id;
	struct node_code signer;
};

struct intake_suspects {
	struct intake_suspect *items;
	size_t count;
	size_t capacity;
};

void intake_suspects_release(struct intake_suspects *suspects);

/** Note an edit if the key that it is signed with is revoked by now. `version`: the roster state that it names. */
enum err intake_suspects_note(struct intake_suspects *suspects, struct node *node, const struct node_code *signer,
                              const struct roster_version *version, const struct oid *commit,
                              struct err_info *info) MUST_USE;
/**
 * Judge them. One counts if
 *   - our own superior brings it: it has judged;
 *   - a word that ended the key names a tip that reaches it;
 *   - a superior of its signer brings it who had not read any of these words when it made the bundle; or who said one of them
 *     itself (or stands above who did), and the tips that this one accepts are not here yet: a delta may end before them.
 * ERR_OK; ERR_AUTH names the edit's signer.
 */
enum err intake_suspects_judge(const struct intake_suspects *suspects, struct intake *intake,
                               const struct intake_terms *terms, struct err_info *info) MUST_USE;

#endif
