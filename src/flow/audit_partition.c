/* Partitions under audit: the repository as it lies, every commit, the head, and with keys every record. */
#include <stdlib.h>
#include <string.h>

#include "flow/auditing.h"
#include "git/history.h"
#include "git/refs.h"
#include "git/tree.h"
#include "git/whole.h"
#include "intake/revoked.h"
#include "intake/terms.h"
#include "partition/partition.h"
#include "record/record.h"

static enum err
audit_record(void *context, const struct id *id, struct view plaintext, struct err_info *info)
{
	struct auditing *auditing = context;
	struct record record;

	(void)id;
	arena_clear(&auditing->arena);
	auditing->result.records++;
	return record_read(&record, &auditing->arena, plaintext, LIMIT_RECORD_MERGED_BYTES_MAX, info);
}

/* The files of packs that are alone: an index without its pack, a pack without its index. `tell` false: only count them. */
static size_t
find_alone(struct auditing *auditing, const char *directory, const struct fs_names *names, bool tell)
{
	static const char *const OTHER[][2] = {{".idx", ".pack"}, {".pack", ".idx"}};
	char path[LIMIT_PATH_BYTES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < names->count; i++) {
		for (size_t k = 0; k < sizeof(OTHER) / sizeof(OTHER[0]); k++) {
			size_t size = strlen(names->names[i]);
			size_t end = strlen(OTHER[k][0]);

			if (size <= end || strcmp(names->names[i] + size - end, OTHER[k][0]) != 0 ||
			    fs_path(path, NULL, "%s/%.*s%s", directory, (int)(size - end), names->names[i],
			            OTHER[k][1]) != ERR_OK ||
			    fs_exists(path))
				continue;
			count++;
			if (tell)
				auditing_wrong_text(auditing, path, ERR_NOT_FOUND, _("the file is missing"));
		}
	}
	return count;
}

static bool
is_whole(const char *repository)
{
	struct git_store *store = NULL;
	bool result = git_store_open(&store, repository, NULL) == ERR_OK &&
	              git_store_whole(store, NULL, NULL, NULL) == ERR_OK;

	git_store_free(store);
	return result;
}

/* Half a pack is a hole, or what a killed run left on its way: then all that the refs reach is there without it. */
static void
audit_packs(struct auditing *auditing, const char *repository)
{
	char directory[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct err_info why;

	if (fs_path(directory, &why, "%s/objects/pack", repository) != ERR_OK ||
	    fs_list(&names, directory, LIMIT_PACK_FILES_MAX, &why) != ERR_OK) {
		auditing_wrong(auditing, repository, &why);
		return;
	}
	if (find_alone(auditing, directory, &names, false) > 0 && !is_whole(repository))
		(void)find_alone(auditing, directory, &names, true);
	fs_names_release(&names);
}

/* One partition's commits, in whatever order they come. */
struct commit_audit {
	struct auditing *auditing;
	struct partition *partition;
	struct partition_verifier *verifier;
	struct intake_suspects *suspects; /* edits by keys that were revoked are noted here; NULL: nobody asks */
	size_t roots;
	bool has_merges; /* one of them is a merge, or could not be read */
};

/* What the signature alone does not say: that its signer may write here at all, and what it names was opened. */
static enum err
check_terms(struct commit_audit *audit, const struct partition_version *version, struct err_info *why)
{
	bool is_root = version->info.parent_count == 0;
	enum err err = intake_terms_check(partition_world_of(audit->partition)->roster, partition_id(audit->partition),
	                                  partition_owner(audit->partition), &version->info, is_root, why);

	audit->roots += err == ERR_OK && is_root ? 1U : 0U;
	if (err == ERR_OK && is_root && audit->roots > 1)
		err = err_set(why, ERR_AUTH, "%s", _("a second root commit: a partition has exactly one"));
	return err;
}

static enum err
note_suspect(struct commit_audit *audit, const struct partition_version *version, struct err_info *why)
{
	struct roster_version named;

	if (audit->suspects == NULL || version->info.is_merge)
		return ERR_OK;
	partition_roster_version(&named, &version->info);
	return intake_suspects_note(audit->suspects, audit->auditing->node, &version->info.node, &named,
	                            &version->commit, why);
}

static void
end_commit(struct commit_audit *audit)
{
	struct auditing *auditing = audit->auditing;
	struct partition_version version = {0};
	char what[2 * OID_BYTES + 16];
	struct oid commit;
	struct err_info why;
	enum err err = partition_verifier_end(audit->verifier, &commit, &version, &why);

	if (err == ERR_OK)
		err = note_suspect(audit, &version, &why);
	if (err == ERR_OK)
		err = check_terms(audit, &version, &why);
	auditing->result.commits++;
	if (err != ERR_OK) {
		memcpy(what, "commit ", 7);
		hex_write(what + 7, view_of(commit.bytes, OID_BYTES));
		auditing_wrong(auditing, what, &why);
	} else {
		auditing->result.merges += version.info.is_merge ? 1U : 0U;
	}
	audit->has_merges = audit->has_merges || err != ERR_OK || version.info.is_merge;
	partition_version_release(&version);
}

/* Whether one of them is a merge, or could not be read. */
static bool
audit_commits(struct auditing *auditing, struct partition *partition, const struct git_oids *commits,
              struct intake_suspects *suspects)
{
	struct commit_audit audit = {.auditing = auditing, .partition = partition, .suspects = suspects};
	struct err_info why;

	if (partition_verifier_new(&audit.verifier, partition, &why) != ERR_OK) {
		auditing_wrong(auditing, partition_owner(partition)->text, &why);
		return true;
	}
	for (size_t i = 0; i < commits->count; i++) {
		if (!partition_verifier_has_room(audit.verifier))
			end_commit(&audit);
		partition_verifier_begin(audit.verifier, &commits->items[i]);
	}
	while (partition_verifier_is_busy(audit.verifier))
		end_commit(&audit);
	partition_verifier_free(audit.verifier);
	return audit.has_merges;
}

static void
audit_head(struct auditing *auditing, struct partition *partition, const struct oid *head)
{
	const struct git_reader reader = {NULL, partition_store(partition)};
	struct partition_version version;
	struct err_info why;
	enum err err = partition_version_open(&version, partition, head, &why);

	if (err != ERR_OK)
		return; /* told already, commit by commit */
	err = git_idtree_check(NULL, reader, &version.records, &why);
	if (err == ERR_OK)
		err = git_idtree_check(NULL, reader, &version.conflicts, &why);
	if (err != ERR_OK)
		auditing_wrong(auditing, partition_owner(partition)->text, &why);
	err = partition_each(partition, &version, audit_record, auditing, &why);
	if (err == ERR_RIGHT)
		auditing->result.unreadable++;
	else if (err != ERR_OK)
		auditing_wrong(auditing, partition_owner(partition)->text, &why);
	partition_version_release(&version);
}

static enum err
remember(struct auditing *auditing, const struct git_oids *commits, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < commits->count; i++)
		err = table_put(&auditing->reached, view_of(commits->items[i].bytes, OID_BYTES), NULL, NULL, info);
	return err;
}

/* Heads that do not stand yet: their commits are as good as the others, or are named. */
static enum err
audit_waiting(struct auditing *auditing, struct partition *partition, struct git_history *history,
              const struct oid *head, struct err_info *why)
{
	struct git_refs refs = {0};
	enum err err = git_refs_list(&refs, partition_store(partition), GIT_REF_WAITING, why);

	for (size_t i = 0; err == ERR_OK && i < refs.count; i++) {
		struct git_oids commits = {0};

		err = git_history_between(&commits, history, (struct git_oids_view){&refs.items[i].oid, 1},
		                          (struct git_oids_view){head, 1}, why);
		if (err == ERR_OK)
			(void)audit_commits(auditing, partition, &commits, NULL);
		git_oids_release(&commits);
	}
	git_refs_release(&refs);
	return err;
}

static enum err
audit_repository(struct auditing *auditing, struct auditing_partition *row, struct partition *partition,
                 struct err_info *why)
{
	struct git_history *history = NULL;
	struct git_oids commits = {0};
	struct intake_suspects suspects = {0};
	struct oid head = {{0}};
	bool has_merges;
	enum err err = partition_head(partition, &head, why);

	if (err == ERR_OK && oid_is_none(&head)) {
		row->is_walked = true;
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = git_history_open(&history, (struct git_reader){NULL, partition_store(partition)}, why);
	if (err == ERR_OK)
		err = git_history_between(&commits, history, (struct git_oids_view){&head, 1},
		                          (struct git_oids_view){NULL, 0}, why);
	if (err == ERR_OK) {
		row->is_walked = true;
		has_merges = audit_commits(auditing, partition, &commits, &suspects);
		audit_head(auditing, partition, &head);
		if (has_merges)
			auditing_merges(auditing, partition, &commits);
		err = auditing_revoked(auditing, partition, history, &head, &suspects, why);
		if (err == ERR_OK && node_keys(auditing->node) != NULL)
			err = auditing_rights(auditing, partition, history, &commits, why);
	}
	if (err == ERR_OK) {
		err = remember(auditing, &commits, why);
	}
	if (err == ERR_OK)
		err = audit_waiting(auditing, partition, history, &head, why);
	git_oids_release(&commits);
	intake_suspects_release(&suspects);
	git_history_free(history);
	return err;
}

static enum err
audit_partition(struct auditing *auditing, const struct node_code *owner, struct err_info *info)
{
	struct auditing_partition *row = &auditing->partitions[auditing->partition_count++];
	struct partition *partition = NULL;
	struct err_info why;
	enum err err = node_partition_open(&partition, auditing->node, owner, &why);

	auditing->result.partitions++;
	row->owner = *owner;
	if (err == ERR_OK) {
		row->id = *partition_id(partition);
		err = audit_repository(auditing, row, partition, &why);
	}
	partition_free(partition);
	if (err == ERR_NOMEM)
		return err_nomem(info);
	if (err != ERR_OK) {
		char what[LIMIT_PATH_BYTES_MAX];

		err = fs_path(what, info, "partitions/%s.git", owner->text);
		if (err != ERR_OK)
			return err;
		auditing_wrong(auditing, what, &why);
	}
	return ERR_OK;
}

/* node.git first, then each partition that lies there. */
static void
audit_all_packs(struct auditing *auditing, const char *directory)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct err_info why;

	if (fs_path(path, &why, "%s/node.git", directory) == ERR_OK)
		audit_packs(auditing, path);
	if (fs_path(path, &why, "%s/partitions", directory) != ERR_OK ||
	    fs_list(&names, path, LIMIT_NODES_MAX, &why) != ERR_OK)
		return;
	for (size_t i = 0; i < names.count; i++) {
		if (!fs_is_temporary(names.names[i]) &&
		    fs_path(path, &why, "%s/partitions/%s", directory, names.names[i]) == ERR_OK)
			audit_packs(auditing, path);
	}
	fs_names_release(&names);
}

uint64_t
flow_audit_files(const char *directory, flow_audit_tell tell, void *context)
{
	struct auditing auditing = {.tell = tell, .context = context};

	audit_all_packs(&auditing, directory);
	return auditing.result.wrong;
}

void
auditing_packs(struct auditing *auditing)
{
	audit_all_packs(auditing, node_directory(auditing->node));
}

enum err
auditing_partitions(struct auditing *auditing, struct err_info *info)
{
	struct node_codes codes = {0};
	enum err err = node_partitions(&codes, auditing->node, info);

	if (err == ERR_OK) {
		auditing->partitions = calloc(codes.count + 1, sizeof(*auditing->partitions));
		err = auditing->partitions == NULL ? err_nomem(info) : ERR_OK;
	}
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++)
		err = audit_partition(auditing, &codes.codes[i], info);
	node_codes_release(&codes);
	return err;
}
