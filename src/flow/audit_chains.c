/* Checkpoints and nightly lines under audit: each in its chain, and what it says against what is held. */
#include <stdlib.h>
#include <string.h>

#include "flow/auditing.h"
#include "flow/checkpoint.h"
#include "git/git.h"
#include "partition/partition.h"
#include "receipt/checkpoint.h"

/* A chain being followed: numbers rise by one, each text names the digest of the one before. */
struct chain {
	const char *directory;
	struct id id;                  /* of the partition, for checkpoints */
	struct partition *partition;   /* NULL: not held */
	const struct node_code *peer;  /* whose; NULL: ours */
	uint32_t number;               /* of the last text */
	struct bytes text;             /* of the last */
	struct checkpoint_night night; /* the last, of nightly lines */
	struct checkpoint_row *rows;   /* the newest checkpoint of each partition */
	size_t *row_count;
};

static enum err
chain_take(struct chain *chain, uint32_t number, struct view text, struct err_info *info)
{
	bytes_clear(&chain->text);
	chain->number = number;
	return bytes_append_view(&chain->text, text, info);
}

/* Ours have no gap: each missing number is named. */
static void
tell_missing(struct auditing *auditing, const struct chain *chain, uint32_t number)
{
	for (uint32_t missing = chain->number + 1; chain->peer == NULL && missing < number; missing++) {
		char path[LIMIT_PATH_BYTES_MAX];
		struct err_info why;

		if (flow_checkpoint_path(path, chain->directory, missing, &why) != ERR_OK)
			return;
		(void)err_set(&why, ERR_NOT_FOUND, _("number %u of this chain is not there"), missing);
		auditing_wrong(auditing, path, &why);
	}
}

static enum err
check_head(struct auditing *auditing, const struct chain *chain, const struct checkpoint *checkpoint,
           struct err_info *why)
{
	struct partition_version version;
	enum err err = auditing_check_reached(auditing, &chain->id, checkpoint->tips, checkpoint->tip_count, why);

	/* a head that was passed over may be gone */
	if (err != ERR_OK || chain->partition == NULL ||
	    !git_store_has(partition_store(chain->partition), &checkpoint->head) ||
	    partition_version_open(&version, chain->partition, &checkpoint->head, NULL) != ERR_OK)
		return err;
	if (!digest_equal(&version.info.state_digest, &checkpoint->state))
		err = err_set(why, ERR_AUTH, "%s", _("its state digest is not that of the head that it names"));
	partition_version_release(&version);
	return err;
}

static enum err
judge_checkpoint(struct auditing *auditing, struct chain *chain, const struct checkpoint *checkpoint,
                 const struct statement_signed *signed_text, const char *path, struct err_info *why)
{
	char expected[LIMIT_PATH_BYTES_MAX];
	enum err err = auditing_check_signer(auditing, signed_text, &checkpoint->node, SEAL_NAMESPACE_CHECKPOINT, why);

	if (err == ERR_OK && (!id_equal(&checkpoint->partition, &chain->id) ||
	                      strcmp(checkpoint->node.text, node_identity_of(auditing->node)->code.text) != 0))
		err = err_set(why, ERR_AUTH, "%s", _("it is of another office or partition than its place says"));
	if (err == ERR_OK)
		err = flow_checkpoint_path(expected, chain->directory, checkpoint->number, why);
	if (err == ERR_OK)
		err = auditing_check_place(path, expected, why);
	if (err == ERR_OK) {
		tell_missing(auditing, chain, checkpoint->number);
		if (checkpoint->number == chain->number + 1 && chain->number > 0)
			err = checkpoint_follows(checkpoint, bytes_view(&chain->text), why);
	}
	if (err == ERR_OK)
		err = check_head(auditing, chain, checkpoint, why);
	return err;
}

static enum err
check_checkpoint(struct auditing *auditing, void *context, const char *path, struct view content, struct err_info *why)
{
	struct chain *chain = context;
	struct statement_signed signed_text;
	struct checkpoint checkpoint = {0};
	enum err err = statement_split(&signed_text, content, SEAL_NAMESPACE_CHECKPOINT, why);

	auditing->result.checkpoints++;
	if (err == ERR_OK)
		err = checkpoint_read(&checkpoint, signed_text.text, why);
	if (err == ERR_OK) {
		uint32_t number = checkpoint.number;
		struct err_info more;

		err = judge_checkpoint(auditing, chain, &checkpoint, &signed_text, path, why);
		if (chain_take(chain, number, signed_text.text, &more) != ERR_OK)
			err = err_set(why, ERR_NOMEM, "%s", more.text);
	}
	checkpoint_release(&checkpoint);
	return err;
}

struct checkpoints {
	struct checkpoint_row *rows;
	size_t count;
};

static enum err
audit_chain_of_partition(struct auditing *auditing, struct checkpoints *all, const char *path, const char *name,
                         struct err_info *info)
{
	struct chain chain = {.directory = path};
	const struct auditing_partition *row;
	enum err err;

	if (!hex_read(chain.id.bytes, ID_BYTES, view_text(name))) {
		auditing_wrong_text(auditing, path, ERR_FORMAT, _("not the id of a partition"));
		return ERR_OK;
	}
	row = auditing_find_partition(auditing, &chain.id);
	if (row == NULL)
		auditing_wrong_text(auditing, path, ERR_NOT_FOUND, _("this partition was held and is not there"));
	else if (row->is_walked && node_partition_open(&chain.partition, auditing->node, &row->owner, info) != ERR_OK)
		chain.partition = NULL;
	err = auditing_each_file(auditing, path, check_checkpoint, &chain, info);
	if (err == ERR_OK && chain.number > 0) {
		all->rows[all->count].partition = chain.id;
		statement_digest(&all->rows[all->count++].digest, bytes_view(&chain.text));
	}
	partition_free(chain.partition);
	bytes_release(&chain.text);
	return err;
}

static enum err
judge_night(struct auditing *auditing, struct chain *chain, const struct checkpoint_night *night,
            const struct statement_signed *signed_text, const char *path, struct err_info *why)
{
	const struct node_code *whose = chain->peer != NULL ? chain->peer : &node_identity_of(auditing->node)->code;
	char expected[LIMIT_PATH_BYTES_MAX];
	enum err err = auditing_check_signer(auditing, signed_text, &night->node, SEAL_NAMESPACE_CHECKPOINT, why);

	if (err == ERR_OK && strcmp(night->node.text, whose->text) != 0)
		err = err_set(why, ERR_AUTH, "%s", _("it is of another office than its place says"));
	if (err == ERR_OK && chain->peer == NULL) {
		err = flow_checkpoint_path(expected, chain->directory, night->number, why);
		if (err == ERR_OK)
			err = auditing_check_place(path, expected, why);
	}
	if (err != ERR_OK)
		return err;
	tell_missing(auditing, chain, night->number);
	if (chain->number > 0 && night->number == chain->number)
		return err_set(why, ERR_AUTH,
		               _("%s signed two lines with number %u: two histories, or a copied disk; ask there"),
		               whose->text, night->number);
	if (chain->number > 0 && night->number == chain->number + 1)
		err = checkpoint_night_follows(night, bytes_view(&chain->text), why);
	return err;
}

static enum err
check_night(struct auditing *auditing, void *context, const char *path, struct view content, struct err_info *why)
{
	struct chain *chain = context;
	struct statement_signed signed_text;
	struct checkpoint_night night;
	enum err err = statement_split(&signed_text, content, SEAL_NAMESPACE_CHECKPOINT, why);

	auditing->result.checkpoints++;
	if (err == ERR_OK)
		err = checkpoint_night_read(&night, signed_text.text, why);
	if (err == ERR_OK) {
		struct err_info more;

		err = judge_night(auditing, chain, &night, &signed_text, path, why);
		chain->night = night;
		if (chain_take(chain, night.number, signed_text.text, &more) != ERR_OK)
			err = err_set(why, ERR_NOMEM, "%s", more.text);
	}
	return err;
}

/* The last line that we signed is over the newest checkpoint of every partition: no night passes without both. */
static void
compare_rows(struct auditing *auditing, const struct chain *chain, struct checkpoints *all)
{
	struct digest digest;

	checkpoint_rows_digest(&digest, all->rows, all->count);
	if (chain->number == 0 ? all->count == 0
	                       : chain->night.count == all->count && digest_equal(&digest, &chain->night.rows))
		return;
	auditing_wrong_text(auditing, FLOW_NIGHTS, ERR_AUTH,
	                    _("the last line is not over the newest checkpoints that are there"));
}

static enum err
audit_own_chains(struct auditing *auditing, struct err_info *info)
{
	static const char DIRECTORY[] = "checkpoints/partitions";
	struct chain nights = {.directory = FLOW_NIGHTS};
	struct checkpoints all = {0};
	struct fs_names names = {0};
	enum err err = node_file_list(&names, auditing->node, DIRECTORY, info);

	if (err == ERR_OK) {
		all.rows = calloc(names.count + 1, sizeof(*all.rows));
		err = all.rows == NULL ? err_nomem(info) : ERR_OK;
	}
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		char path[LIMIT_PATH_BYTES_MAX];

		err = fs_path(path, info, "%s/%s", DIRECTORY, names.names[i]);
		if (err == ERR_OK)
			err = audit_chain_of_partition(auditing, &all, path, names.names[i], info);
	}
	if (err == ERR_OK)
		err = auditing_each_file(auditing, FLOW_NIGHTS, check_night, &nights, info);
	if (err == ERR_OK)
		compare_rows(auditing, &nights, &all);
	bytes_release(&nights.text);
	free(all.rows);
	fs_names_release(&names);
	return err;
}

/* A peer's lines: one chain for each of its incarnations; some may have been lost on the way. */
static enum err
audit_peer_nights(struct auditing *auditing, const char *path, const char *name, struct err_info *info)
{
	struct node_code peer;
	struct fs_names names = {0};
	enum err err;

	if (!node_code_read(&peer, view_text(name))) {
		auditing_wrong_text(auditing, path, ERR_FORMAT, _("not the name of an office"));
		return ERR_OK;
	}
	err = node_file_list(&names, auditing->node, path, info);
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		char directory[LIMIT_PATH_BYTES_MAX];
		struct chain chain = {.directory = directory, .peer = &peer};

		err = fs_path(directory, info, "%s/%s", path, names.names[i]);
		if (err == ERR_OK)
			err = auditing_each_file(auditing, directory, check_night, &chain, info);
		bytes_release(&chain.text);
	}
	fs_names_release(&names);
	return err;
}

enum err
auditing_chains(struct auditing *auditing, struct err_info *info)
{
	enum err err = audit_own_chains(auditing, info);

	return err == ERR_OK ? auditing_each_directory(auditing, "checkpoints/from", audit_peer_nights, info) : err;
}
