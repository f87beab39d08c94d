/* What the driver must learn of a store: heads, and new commits with all that their trees hold. */
#include <stdio.h>
#include <string.h>

#include "git/history.h"
#include "git/refs.h"
#include "git/tree.h"
#include "keyring/keyring.h"
#include "offices.h"
#include "partition/row.h"
#include "schema/set.h"

static void
print_hex(struct view bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		(void)printf("%02x", bytes.data[i]);
	if (bytes.size == 0)
		(void)putchar('-');
}

/* true: it was told before */
static enum err
tell_once(bool *is_told_out, struct view key, struct err_info *info)
{
	bool is_new;
	enum err err = table_put(&offices.told, key, NULL, &is_new, info);

	*is_told_out = !is_new;
	return err;
}

struct shown {
	struct partition *partition;
	struct git_reader reader;
	const struct partition_version *version;
	struct table seen; /* ids of the tree at hand: both maps may have one */
};

/* salt ID SALT, once for each record */
static enum err
show_salt(const struct shown *shown, const struct id *id, struct err_info *info)
{
	struct seal_salt salt;
	bool is_told;
	enum err err = tell_once(&is_told, view_of(id->bytes, ID_BYTES), info);

	if (err != ERR_OK || is_told)
		return err;
	err = keyring_salt(&salt, partition_keyring(shown->partition), id, info);
	if (err == ERR_OK) {
		(void)printf("salt ");
		print_hex(view_of(id->bytes, ID_BYTES));
		(void)putchar(' ');
		print_hex(view_of(salt.bytes, sizeof(salt.bytes)));
		(void)putchar('\n');
	}
	return err;
}

static enum err
print_row(const struct id *id, const struct merge_row *row, struct err_info *info)
{
	struct bytes record = {0};
	struct bytes entries = {0};
	enum err err = ERR_OK;

	if (row->has_record)
		err = record_write(&record, &row->record, LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err == ERR_OK && row->entries.count > 0)
		err = merge_entries_write(&entries, &row->entries, info);
	if (err == ERR_OK) {
		(void)printf("row ");
		print_hex(view_of(id->bytes, ID_BYTES));
		(void)printf(" %u ", row->epoch.number);
		print_hex(view_of(row->epoch.digest.bytes, DIGEST_BYTES));
		(void)putchar(' ');
		print_hex(bytes_view(&record));
		(void)putchar(' ');
		print_hex(bytes_view(&entries));
		(void)putchar('\n');
	}
	bytes_release(&record);
	bytes_release(&entries);
	return err;
}

static enum err
show_row(void *context, const struct id *id, const struct oid *blob, struct err_info *info)
{
	struct shown *shown = context;
	struct arena arena = {0};
	struct merge_row row;
	bool is_new;
	enum err err = table_put(&shown->seen, view_of(id->bytes, ID_BYTES), NULL, &is_new, info);

	(void)blob;
	if (err != ERR_OK || !is_new)
		return err;
	err = show_salt(shown, id, info);
	if (err == ERR_OK)
		err = partition_row(&row, &arena, shown->partition, shown->version, id, info);
	if (err == ERR_OK)
		err = print_row(id, &row, info);
	arena_release(&arena);
	return err;
}

static enum err
show_rows(struct shown *shown, struct err_info *info)
{
	const struct oid *maps[] = {&shown->version->records, &shown->version->conflicts};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < 2; i++) {
		if (!oid_is_none(maps[i]))
			err = git_idtree_each(shown->reader, maps[i], show_row, shown, info);
	}
	table_release(&shown->seen);
	return err;
}

/* commit ID PARENT PARENT LEVEL NODE SCHEMA EPOCH DIGEST TREE, word LINE..., row ...: a parent that is not there is -; TREE: its three parts */
static enum err
show_commit(struct shown *shown, const struct oid *commit, struct err_info *info)
{
	struct partition_version version = {0};
	const struct oid *const parts[] = {&version.records, &version.conflicts, &version.meta};
	struct view rest;
	enum err err = partition_version_open(&version, shown->partition, commit, info);

	if (err != ERR_OK)
		return err;
	(void)printf("commit ");
	print_hex(view_of(commit->bytes, OID_BYTES));
	for (size_t i = 0; i < 2; i++) {
		(void)putchar(' ');
		print_hex(view_of(version.info.parents[i].bytes, i < version.info.parent_count ? OID_BYTES : 0));
	}
	(void)printf(" %u %s %u %u ", version.info.level, version.info.is_merge ? "-" : version.info.node.text,
	             version.info.schema_version, version.info.epoch);
	print_hex(view_of(version.info.epoch_digest.bytes, DIGEST_BYTES));
	(void)putchar(' ');
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		print_hex(view_of(parts[i]->bytes, OID_BYTES));
	(void)putchar('\n');
	rest = version.info.voids;
	while (rest.size > 0) {
		const uint8_t *end = memchr(rest.data, '\n', rest.size);
		size_t size = (size_t)(end - rest.data);

		(void)printf("word %.*s\n", (int)size, (const char *)rest.data);
		rest = view_of(end + 1, rest.size - size - 1);
	}
	shown->version = &version;
	err = show_rows(shown, info);
	partition_version_release(&version);
	return err;
}

static enum err
show_all(struct shown *shown, struct err_info *info)
{
	struct git_history *history = NULL;
	struct git_oids commits = {0};
	struct oid head;
	enum err err = partition_head(shown->partition, &head, info);

	if (err != ERR_OK || oid_is_none(&head))
		return err;
	err = git_history_open(&history, shown->reader, info);
	if (err == ERR_OK)
		err = git_history_between(&commits, history, (struct git_oids_view){&head, 1},
		                          (struct git_oids_view){NULL, 0}, info);
	for (size_t i = 0; err == ERR_OK && i < commits.count; i++) {
		bool is_told;

		err = tell_once(&is_told, view_of(commits.items[i].bytes, OID_BYTES), info);
		if (err == ERR_OK && !is_told)
			err = show_commit(shown, &commits.items[i], info);
	}
	git_oids_release(&commits);
	git_history_free(history);
	return err;
}

/* news NAME OWNER */
enum err
show_news(const struct words *words, struct err_info *info)
{
	struct shown shown = {.seen = {0}};
	struct flow_desk desk;
	struct node_code owner;
	enum err err = office_desk(&desk, office_find(words->items[1]), info);

	if (err == ERR_OK && !node_code_read(&owner, view_text(words->items[2])))
		err = err_set(info, ERR_USAGE, "%s", words->items[2]);
	if (err == ERR_OK)
		err = node_partition_open(&shown.partition, desk.node, &owner, info);
	if (err == ERR_OK) {
		shown.reader = (struct git_reader){NULL, partition_store(shown.partition)};
		err = show_all(&shown, info);
	}
	partition_free(shown.partition);
	return err;
}

static enum err
show_waiting(struct partition *partition, struct err_info *info)
{
	struct git_refs refs = {0};
	enum err err = git_refs_list(&refs, partition_store(partition), GIT_REF_WAITING, info);

	for (size_t i = 0; err == ERR_OK && i < refs.count; i++) {
		(void)printf("waiting %s %s ", partition_owner(partition)->text, refs.items[i].name);
		print_hex(view_of(refs.items[i].oid.bytes, OID_BYTES));
		(void)putchar('\n');
	}
	git_refs_release(&refs);
	return err;
}

/* heads NAME: also the newest schema set that is held, and of how many edits the journal of changes told what the trees do */
enum err
show_heads(const struct words *words, struct err_info *info)
{
	struct node_codes codes = {0};
	struct flow_desk desk;
	enum err err = office_desk(&desk, office_find(words->items[1]), info);

	if (err == ERR_OK && node_schema(desk.node) != NULL)
		(void)printf("schema %u\n", schema_set_version(node_schema(desk.node)));
	if (err == ERR_OK)
		err = node_partitions(&codes, desk.node, info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		struct partition *partition = NULL;
		struct oid head;
		size_t told = 0;

		err = node_partition_open(&partition, desk.node, &codes.codes[i], info);
		if (err == ERR_OK)
			err = partition_head(partition, &head, info);
		if (err == ERR_OK) {
			(void)printf("head %s ", codes.codes[i].text);
			print_hex(view_of(head.bytes, oid_is_none(&head) ? 0 : OID_BYTES));
			(void)putchar('\n');
			err = show_waiting(partition, info);
		}
		if (err == ERR_OK)
			err = journal_check(&told, office_find(words->items[1]), partition, &head, info);
		if (err == ERR_OK && told > 0)
			(void)printf("journal %s %zu\n", codes.codes[i].text, told);
		partition_free(partition);
	}
	node_codes_release(&codes);
	return err;
}
