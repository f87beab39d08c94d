/* What the offices can be told to do: each command is what a verb of the command line does, or what its owner must not do. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/audit.h"
#include "flow/bundle.h"
#include "flow/conflict.h"
#include "flow/desk.h"
#include "flow/enrol.h"
#include "flow/import.h"
#include "flow/resolve.h"
#include "flow/roster.h"
#include "flow/schema.h"
#include "flow/take.h"
#include "flow/view.h"
#include "intake/apply.h"
#include "offices.h"
#include "partition/edit.h"
#include "test.h"

static void
print_hex(const char *word, struct view bytes)
{
	(void)printf("%s ", word);
	for (size_t i = 0; i < bytes.size; i++)
		(void)printf("%02x", bytes.data[i]);
}

/* --- the world --- */

/* office NAME DIRECTORY SEED: a store that is or will be there; named again, it only draws from another seed */
static enum err
run_office(const struct words *words, struct err_info *info)
{
	struct office *office = NULL;

	for (size_t i = 0; i < offices.count; i++) {
		if (strcmp(offices.items[i].name, words->items[1]) == 0)
			office = &offices.items[i];
	}
	if (office == NULL && offices.count == OFFICES_MAX)
		return err_set(info, ERR_TOO_BIG, "more than %d stores", OFFICES_MAX);
	if (office == NULL)
		office = &offices.items[offices.count++];
	office_close(office);
	(void)snprintf(office->name, sizeof(office->name), "%s", words->items[1]);
	(void)snprintf(office->directory, sizeof(office->directory), "%s", words->items[2]);
	office->random = (strtoull(words->items[3], NULL, 10) * 2 + 1) * UINT64_C(0x9e3779b97f4a7c15);
	return ERR_OK;
}

/* forget: another world begins */
static enum err
run_forget(const struct words *words, struct err_info *info)
{
	(void)words;
	(void)info;
	for (size_t i = 0; i < offices.count; i++)
		office_close(&offices.items[i]);
	table_release(&offices.told);
	memset(&offices, 0, sizeof(offices));
	return ERR_OK;
}

/* time SECONDS */
static enum err
run_time(const struct words *words, struct err_info *info)
{
	(void)info;
	offices.now = strtoll(words->items[1], NULL, 10);
	return ERR_OK;
}

/* clock NAME SECONDS: how wrong its clock is */
static enum err
run_clock(const struct words *words, struct err_info *info)
{
	(void)info;
	office_find(words->items[1])->clock = strtoll(words->items[2], NULL, 10);
	return ERR_OK;
}

/* close NAME */
static enum err
run_close(const struct words *words, struct err_info *info)
{
	(void)info;
	office_close(office_find(words->items[1]));
	return ERR_OK;
}

/* schema NAME FILE...: a new version of the set */
static enum err
run_schema(const struct words *words, struct err_info *info)
{
	struct flow_schema_result result;
	struct schema_findings findings = {0};
	struct flow_desk desk;
	enum err err = office_desk(&desk, office_find(words->items[1]), info);

	if (err == ERR_OK)
		err = flow_schema_add(&result, &findings, &desk, words->items + 2, words->count - 2, info);
	if (err == ERR_OK)
		(void)printf("schema %u\n", result.version);
	schema_findings_release(&findings);
	return err;
}

/* --- the desk --- */

static void
print_edit(const struct oid *commit, const struct id *id, bool is_changed)
{
	print_hex("edit", view_of(commit->bytes, OID_BYTES));
	print_hex("", id == NULL ? (struct view){0} : view_of(id->bytes, ID_BYTES));
	(void)printf(" %d\n", (int)is_changed);
}

static enum err
at_desk(struct flow_desk *desk, struct node_code *owner, const struct words *words, struct err_info *info)
{
	enum err err = office_desk(desk, office_find(words->items[1]), info);

	return err == ERR_OK ? office_code_read(owner, words->items[2], info) : err;
}

/* add NAME OWNER KIND FIELD=VALUE... */
static enum err
run_add(const struct words *words, struct err_info *info)
{
	struct flow_edit_result result;
	struct flow_desk desk;
	struct node_code owner;
	enum err err = at_desk(&desk, &owner, words, info);

	if (err == ERR_OK)
		err = flow_add(&result, &desk, &owner, words->items[3], words->items + 4, words->count - 4, info);
	if (err == ERR_OK)
		print_edit(&result.commit, &result.id, result.is_changed);
	return err;
}

/* set NAME OWNER ID FIELD=VALUE... */
static enum err
run_set(const struct words *words, struct err_info *info)
{
	struct flow_edit_result result;
	struct flow_desk desk;
	struct node_code owner;
	enum err err = at_desk(&desk, &owner, words, info);

	if (err == ERR_OK)
		err = flow_set(&result, &desk, &owner, words->items[3], words->items + 4, words->count - 4, info);
	if (err == ERR_OK)
		print_edit(&result.commit, &result.id, result.is_changed);
	return err;
}

/* remove NAME OWNER ID */
static enum err
run_remove(const struct words *words, struct err_info *info)
{
	struct flow_edit_result result;
	struct flow_desk desk;
	struct node_code owner;
	enum err err = at_desk(&desk, &owner, words, info);

	if (err == ERR_OK)
		err = flow_remove(&result, &desk, &owner, words->items[3], info);
	if (err == ERR_OK)
		print_edit(&result.commit, &result.id, result.is_changed);
	return err;
}

static void
print_resolved(const struct flow_resolved *resolved)
{
	print_edit(&resolved->commit, NULL, resolved->commits > 0);
}

/* revert NAME OWNER COMMIT */
static enum err
run_revert(const struct words *words, struct err_info *info)
{
	struct flow_resolved resolved;
	struct flow_desk desk;
	struct node_code owner;
	enum err err = at_desk(&desk, &owner, words, info);

	if (err == ERR_OK)
		err = flow_revert(&resolved, &desk, &owner, words->items[3], info);
	if (err == ERR_OK)
		print_resolved(&resolved);
	return err;
}

/* the text by which a person names the entry at this place of the record's row */
static enum err
name_entry(struct bytes *place, struct flow_view *view, struct node *node, const char *record, size_t index,
           struct err_info *info)
{
	const struct schema_set *set = node_schema(node);
	struct merge_row row;
	struct arena arena = {0};
	struct id id;
	enum err err =
		hex_read(id.bytes, ID_BYTES, view_text(record)) ? ERR_OK : err_set(info, ERR_USAGE, "%s", "no id");

	if (err == ERR_OK)
		err = partition_row(&row, &arena, view->partition, &view->version, &id, info);
	if (err == ERR_OK && index >= row.entries.count)
		err = err_set(info, ERR_NOT_FOUND, "%s", "the record has fewer entries");
	if (err == ERR_OK)
		err = flow_place_write(place, &row.entries.items[index],
		                       row.has_record && set != NULL ? schema_set_kind(set, row.record.kind) : NULL,
		                       info);
	arena_release(&arena);
	return err;
}

/* resolve NAME OWNER ID INDEX FORM TEXT: the entry at INDEX, with the words of the command line */
static enum err
run_resolve(const struct words *words, struct err_info *info)
{
	static const char *const FORMS[] = {"take", "value",   "kept",   "removed", "confirm",
	                                    "both", "same-as", "accept", "drop"};
	struct flow_resolved resolved;
	struct flow_desk desk;
	struct flow_view view = {0};
	struct node_code owner;
	struct bytes place = {0};
	struct flow_answer answer = {.owner = &owner, .record = words->items[3], .reason = "ASKED"};
	enum err err = at_desk(&desk, &owner, words, info);

	if (err == ERR_OK)
		err = flow_view_open(&view, desk.node, &owner, NULL, info);
	if (err == ERR_OK)
		err = name_entry(&place, &view, desk.node, words->items[3], strtoul(words->items[4], NULL, 10), info);
	flow_view_release(&view);
	for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++) {
		if (strcmp(FORMS[i], words->items[5]) == 0)
			answer.form = (enum merge_form)i;
	}
	answer.place = bytes_text(&place);
	answer.text = strcmp(words->items[6], "-") == 0 ? NULL : words->items[6];
	if (err == ERR_OK)
		err = flow_resolve(&resolved, &desk, &answer, 1, info);
	if (err == ERR_OK)
		print_resolved(&resolved);
	bytes_release(&place);
	return err;
}

/* import NAME OWNER KIND FILE 0|1 (full) */
static enum err
run_import(const struct words *words, struct err_info *info)
{
	struct flow_import_result result = {0};
	struct import_source *source = NULL;
	struct flow_desk desk;
	struct node_code owner;
	struct flow_import_terms terms = {.file_name = words->items[4],
	                                  .kind = words->items[3],
	                                  .owner = &owner,
	                                  .is_full = words->items[5][0] == '1',
	                                  .removals_allowed = INT64_MAX};
	int fd = open(words->items[4], O_RDONLY | O_CLOEXEC);
	enum err err = at_desk(&desk, &owner, words, info);

	if (err == ERR_OK)
		err = import_source_new_fd(&source, fd, words->items[4], import_format_of(words->items[4]), TEXT_UTF8,
		                           info);
	if (err == ERR_OK)
		err = flow_import(&result, &desk, &terms, source, info);
	if (err == ERR_OK)
		print_edit(&result.head, NULL, result.commits > 0);
	import_source_free(source);
	(void)close(fd);
	return err;
}

/* --- the night --- */

/* bundle NAME TO FILE */
static enum err
run_bundle(const struct words *words, struct err_info *info)
{
	struct flow_sent sent = {.number = 0};
	struct flow_desk desk;
	struct node_code to;
	struct bytes file = {0};
	enum err err = at_desk(&desk, &to, words, info);

	if (err == ERR_OK)
		err = node_lock(desk.node, 0, info);
	if (err == ERR_OK) {
		err = flow_bundle_make(&file, &sent, &desk, &to, false, info);
		if (err == ERR_OK)
			err = node_commit(desk.node, "bundle", info);
		if (err == ERR_OK)
			err = fs_write(words->items[3], bytes_view(&file), 0644, info);
		if (err == ERR_OK)
			(void)printf("bundle %llu %zu\n", (unsigned long long)sent.number, file.size);
		node_unlock(desk.node);
	}
	flow_sent_release(&sent);
	bytes_release(&file);
	return err;
}

static void
print_taken(const struct flow_taken *taken)
{
	static const char *const PLACES[] = {"nothing", "forward", "diverged"};

	(void)printf("taken %d %d %d\n", (int)taken->was_taken, (int)taken->is_gap, (int)taken->is_rewound);
	for (size_t i = 0; i < taken->partition_count; i++) {
		const struct flow_taken_partition *row = &taken->partitions[i];

		(void)printf("partition %s %s %s", row->owner.text, receipt_outcome_name(row->outcome),
		             PLACES[row->place]);
		print_hex("", view_of(row->end.bytes, OID_BYTES));
		print_hex("", view_of(row->head.bytes, OID_BYTES));
		(void)printf(" %d %llu %s\n", (int)row->is_merged, (unsigned long long)row->voided, row->why);
	}
}

/* The edits here are small: at some hours their rows are read ahead all the same, or those behind the first two. */
static void
read_ahead_sometimes(void)
{
	static const size_t FROM[] = {0, 64, 2, 64, 64};

	intake_read_ahead_from(FROM[(size_t)(offices.now / 60) % (sizeof(FROM) / sizeof(FROM[0]))]);
}

/* take NAME FILE */
static enum err
run_take(const struct words *words, struct err_info *info)
{
	struct flow_file file = {.fd = open(words->items[2], O_RDONLY | O_CLOEXEC), .name = words->items[2]};
	struct flow_taken taken = {0};
	struct flow_desk desk;
	enum err err = office_desk(&desk, office_find(words->items[1]), info);

	if (err == ERR_OK)
		err = node_lock(desk.node, 0, info);
	if (err == ERR_OK) {
		read_ahead_sometimes();
		err = flow_take(&taken, &desk, &file, info);
		node_unlock(desk.node);
	}
	if (err == ERR_OK)
		print_taken(&taken);
	flow_taken_release(&taken);
	(void)close(file.fd);
	return err;
}

/* --- care --- */

/* backup NAME DIRECTORY */
static enum err
run_backup(const struct words *words, struct err_info *info)
{
	struct flow_desk desk;
	enum err err = office_desk(&desk, office_find(words->items[1]), info);

	return err == ERR_OK ? flow_backup(&desk, words->items[2], info) : err;
}

static void
tell_wrong(void *context, const char *what, const struct err_info *why)
{
	(void)context;
	(void)printf("wrong %s: %s\n", what, why->text);
}

/* audit NAME */
static enum err
run_audit(const struct words *words, struct err_info *info)
{
	struct office *office = office_find(words->items[1]);
	struct flow_audit_result result = {0};
	struct flow_desk desk;
	enum err err = office_desk(&desk, office, info);

	if (err == ERR_OK)
		err = flow_audit(&result, desk.node, NULL, tell_wrong, NULL, info);
	if (err == ERR_OK)
		err = flow_fsck(&result, &desk, tell_wrong, NULL, info);
	(void)printf("audit %llu %llu %llu\n", (unsigned long long)result.commits, (unsigned long long)result.merges,
	             (unsigned long long)result.unreadable);
	office_close(office);
	return err;
}

/* gc NAME */
static enum err
run_gc(const struct words *words, struct err_info *info)
{
	struct office *office = office_find(words->items[1]);
	struct flow_gc_result result;
	struct flow_desk desk;
	enum err err = office_desk(&desk, office, info);

	if (err == ERR_OK)
		err = flow_gc(&result, &desk, info);
	office_close(office);
	return err;
}

const struct command COMMANDS[] = {
	{"office", 4, run_office},
	{"forget", 1, run_forget},
	{"time", 2, run_time},
	{"clock", 3, run_clock},
	{"close", 2, run_close},
	{"init", 6, rights_init},
	{"enrol", 4, rights_enrol},
	{"schema", 3, run_schema},
	{"add", 4, run_add},
	{"set", 5, run_set},
	{"remove", 4, run_remove},
	{"revert", 4, run_revert},
	{"import", 6, run_import},
	{"resolve", 7, run_resolve},
	{"force", 5, lawless_force},
	{"bundle", 4, run_bundle},
	{"take", 3, run_take},
	{"backup", 3, run_backup},
	{"audit", 2, run_audit},
	{"gc", 2, run_gc},
	{"right", 6, rights_right},
	{"rotate", 2, rights_rotate},
	{"revoke", 3, rights_revoke},
	{"grant", 3, rights_grant},
	{"news", 3, show_news},
	{"heads", 2, show_heads},
	{"bend", 6, lawless_bend},
	{"pile", 6, lawless_pile},
	{NULL, 0, NULL},
};
