/* Files in and out, the night, and looking after a store. */
#include <stdio.h>
#include <unistd.h>

#include "api/store.h"
#include "base/fs.h"
#include "flow/audit.h"
#include "flow/bundle.h"
#include "flow/import.h"
#include "flow/outlook.h"
#include "flow/sync.h"
#include "flow/take.h"
#include "seal/seal.h"
#include "transport/ssh.h"

struct telling {
	tiersync_bad_row *bad_row;
	tiersync_wrong *wrong;
	void *context;
};

static void
tell_bad_row(void *context, const char *text)
{
	const struct telling *telling = context;

	if (telling->bad_row != NULL)
		telling->bad_row(telling->context, text);
}

static void
tell_wrong(void *context, const char *what, const struct err_info *why)
{
	const struct telling *telling = context;

	if (telling->wrong != NULL)
		telling->wrong(telling->context, what, why->text);
}

enum tiersync_code
tiersync_import_file(struct tiersync_import *out, tiersync_store *store, const char *kind, const char *path,
                     tiersync_bad_row *bad_row, void *context, struct tiersync_error *error)
{
	struct telling telling = {.bad_row = bad_row, .context = context};
	struct bytes rejects = {0};
	const struct flow_import_terms terms = {.file_name = path,
	                                        .kind = kind,
	                                        .removals_allowed = -1,
	                                        .rejects = &rejects,
	                                        .bad_row = tell_bad_row,
	                                        .context = &telling};
	struct flow_import_result result = {0};
	struct import_source *source = NULL;
	struct err_info info = {0};
	int fd = -1;
	enum err err = fs_open(&fd, path, INT64_MAX, &info); /* it is read row by row */

	if (err == ERR_OK)
		err = import_source_new_fd(&source, fd, path, import_format_of(path), TEXT_UTF8, &info);
	if (err == ERR_OK)
		err = flow_import(&result, &store->desk, &terms, source, &info);
	import_source_free(source);
	bytes_release(&rejects);
	if (fd >= 0)
		(void)close(fd);
	*out = (struct tiersync_import){result.rows, result.added, result.changed, result.unchanged, result.bad};
	return api_code(err, &info, error);
}

enum tiersync_code
tiersync_bundle(tiersync_store *store, const char *to, const char *path, struct tiersync_error *error)
{
	struct flow_sent sent = {0};
	struct bytes file = {0};
	struct err_info info = {0};
	const struct node_code *office;
	struct node_code code;
	enum err err = api_owner(&office, &code, to, &info);

	if (err == ERR_OK)
		err = node_lock(store->node, store->desk.wait_seconds, &info);
	if (err == ERR_OK) {
		err = flow_bundle_make(&file, &sent, &store->desk, office, false, &info);
		if (err == ERR_OK)
			err = node_commit(store->node, "bundle", &info);
		node_discard(store->node); /* what is left staged must not reach a later commit */
		node_unlock(store->node);
	}
	if (err == ERR_OK)
		err = fs_write(path, bytes_view(&file), 0644, &info);
	if (err == ERR_OK && sent.left_out_count > 0)
		err = err_set(&info, ERR_PART, _("left out: partition of %s: %s"), sent.left_out[0].owner.text,
		              sent.left_out[0].why.text);
	flow_sent_release(&sent);
	bytes_release(&file);
	return api_code(err, &info, error);
}

enum tiersync_code
tiersync_take(struct tiersync_taken *out, tiersync_store *store, const char *path, struct tiersync_error *error)
{
	struct flow_taken taken = {0};
	struct flow_file file = {.fd = -1, .name = path};
	struct tiersync_taken result = {.number = 0};
	struct err_info info = {0};
	enum err err = fs_open(&file.fd, path, LIMIT_BUNDLE_BYTES_MAX, &info);

	if (err == ERR_OK)
		err = flow_take(&taken, &store->desk, &file, &info);
	if (err == ERR_OK) {
		(void)snprintf(result.sender, sizeof(result.sender), "%s", taken.sender.text);
		result.number = taken.number;
		result.was_taken = taken.was_taken;
		result.partitions = taken.partition_count;
	}
	for (size_t i = 0; i < taken.partition_count; i++) {
		const struct flow_taken_partition *row = &taken.partitions[i];

		result.changes += row->added + row->changed + row->removed;
		result.stopped += row->outcome != RECEIPT_TAKEN ? 1U : 0U;
	}
	if (err == ERR_OK && flow_taken_exit_code(&taken) != 0)
		err = err_set(&info, ERR_PART, _("%s: %zu of its %zu partitions were stopped at the door"), path,
		              result.stopped, result.partitions);
	flow_taken_release(&taken);
	if (file.fd >= 0)
		(void)close(file.fd);
	*out = result;
	return api_code(err, &info, error);
}

/* The first thing that went wrong in a night, kept for its words. */
static void
keep_failed(void *context, const char *what, const struct err_info *why, bool is_agreed)
{
	struct err_info *first = context;

	if (!is_agreed && first->code == ERR_OK)
		(void)err_set(first, why->code, "%s: %s", what, why->text);
}

static void
keep_not_taken(void *context, const char *file, const struct err_info *why)
{
	keep_failed(context, file, why, false);
}

static void
keep_left_out(void *context, const struct flow_sent *sent)
{
	if (sent->left_out_count > 0)
		keep_failed(context, sent->left_out[0].owner.text, &sent->left_out[0].why, false);
}

static void
keep_not_compared(void *context, const struct flow_findings_result *result, const struct err_info *why)
{
	(void)result;
	if (why != NULL)
		keep_failed(context, _("nothing could be compared"), why, false);
}

enum tiersync_code
tiersync_sync(struct tiersync_night *out, tiersync_store *store, const char *directory, struct tiersync_error *error)
{
	struct err_info first = {.code = ERR_OK};
	const struct flow_sync_watch watch = {.context = &first,
	                                      .not_taken = keep_not_taken,
	                                      .failed = keep_failed,
	                                      .sent = keep_left_out,
	                                      .found = keep_not_compared};
	const struct flow_sync_terms terms = {.directory = directory, .silent_seconds_max = TRANSPORT_SILENT_SECONDS};
	struct flow_sync_result result = {0};
	struct err_info info = {0};
	enum err err = flow_sync(&result, &store->desk, &terms, &watch, &info);

	*out = (struct tiersync_night){result.taken, result.not_taken, result.sent, result.failed, result.stopped};
	if (err == ERR_OK && flow_sync_exit_code(&result) == err_exit_code(ERR_PART))
		err = err_set(&info, ERR_PART, "%s",
		              first.code != ERR_OK ? first.text : _("a part of what came was stopped at the door"));
	else if (err == ERR_OK && flow_sync_exit_code(&result) != 0)
		err = err_set(&info, result.first_error, "%s", first.text);
	return api_code(err, &info, error);
}

enum tiersync_code
tiersync_status(struct tiersync_outlook *out, tiersync_store *store, struct tiersync_error *error)
{
	struct flow_outlook outlook = {.conflicts = 0};
	struct err_info info = {0};
	enum err err = flow_outlook(&outlook, store->node, &info);

	if (err == ERR_OK && outlook.damaged > 0)
		err = err_set_advised(&info, ERR_FORMAT, ADVICE_AUDIT, _("%zu partitions cannot be read"),
		                      outlook.damaged);
	*out = (struct tiersync_outlook){outlook.is_confirmed, outlook.conflicts, outlook.held, outlook.refused};
	return api_code(err, &info, error);
}

enum tiersync_code
tiersync_audit(tiersync_store *store, const char *root, tiersync_wrong *wrong, void *context,
               struct tiersync_error *error)
{
	struct telling telling = {.wrong = wrong, .context = context};
	struct flow_audit_result result = {0};
	struct seal_fingerprint fingerprint;
	struct err_info info = {0};
	enum err err = ERR_OK;

	if (root != NULL && !seal_fingerprint_read(&fingerprint, view_text(root)))
		err = err_set(&info, ERR_USAGE, _("a fingerprint is 40 digits in 8 groups of 5; '%s' is none"), root);
	if (err == ERR_OK)
		err = flow_audit(&result, store->node, root == NULL ? NULL : &fingerprint, tell_wrong, &telling, &info);
	return api_code(err, &info, error);
}
