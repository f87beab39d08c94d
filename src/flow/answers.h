/** Many conflicts settled through a spreadsheet: the CSV that `conflicts --csv` writes, with the column `answer` filled in. */
#ifndef FLOW_ANSWERS_H
#define FLOW_ANSWERS_H

#include "flow/resolve.h"
#include "text/input.h"

struct flow_answers {
	struct flow_answer *items;
	size_t count;
	struct arena arena; /* of all texts */
};

/**
 * Read an answer as a person types it: "take county", "take 8c1f0a2", "value 13900000001", "kept", "removed", "confirm", "both",
 * "same-as ID", "accept", "drop". Leading dashes are passed over.
 * @param text_out  borrows from `text`; NULL: the form takes none
 * @return ERR_OK; ERR_RULE: none of these
 */
enum err flow_answer_read(enum merge_form *form_out, const char **text_out, const char *text,
                          struct err_info *info) MUST_USE;

/**
 * Read a file of answers. Columns `id`, `answer`, `reason` are needed; `partition` and `field` are looked at; others are passed over.
 * Rows with an empty answer are left out.
 * @param reason  for rows without one; NULL: none
 * @return ERR_OK; ERR_FORMAT: not such a CSV; ERR_RULE: an answer that is none; messages name row and column; ERR_TOO_BIG; ERR_NOMEM
 */
enum err flow_answers_read(struct flow_answers *out, struct text_input *input, const char *reason,
                           struct err_info *info) MUST_USE;
void flow_answers_release(struct flow_answers *answers);

#endif
