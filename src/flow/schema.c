#include "flow/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "finding_files.h"
#include "roster/rights.h"

struct files {
	struct schema_file *items;
	struct bytes *texts;
	char **names;
	size_t count;
	size_t capacity;
};

static void
files_release(struct files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		bytes_release(&files->texts[i]);
		free(files->names[i]);
	}
	free(files->items);
	free(files->texts);
	free(files->names);
}

static enum err
files_add(struct files *files, const char *path, struct err_info *info)
{
	enum err err;

	if (files->count == files->capacity)
		return err_set(info, ERR_TOO_BIG, _("more than %zu files"), files->capacity);
	err = fs_read(&files->texts[files->count], path, LIMIT_KIND_FILE_BYTES_MAX, info);
	if (err != ERR_OK)
		return err;
	files->names[files->count] = strdup(path);
	if (files->names[files->count] == NULL)
		return err_nomem(info);
	files->items[files->count] =
		(struct schema_file){files->names[files->count], bytes_view(&files->texts[files->count])};
	files->count++;
	return ERR_OK;
}

static bool
is_json(const char *name)
{
	size_t size = strlen(name);

	return size > 5 && strcmp(name + size - 5, ".json") == 0;
}

/* A directory stands for the JSON files in it, and in its kinds/ and codes/. */
static enum err
directory_add(struct files *files, const char *directory, unsigned depth, struct err_info *info)
{
	struct fs_names names = {0};
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_list(&names, directory, LIMIT_INBOX_FILES_MAX, info);

	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		bool is_known = strcmp(names.names[i], "kinds") == 0 || strcmp(names.names[i], "codes") == 0;

		err = fs_path(path, info, "%s/%s", directory, names.names[i]);
		if (err == ERR_OK && is_json(names.names[i]))
			err = files_add(files, path, info);
		else if (err == ERR_OK && depth == 0 && is_known && fs_is_dir(path))
			err = directory_add(files, path, 1, info);
	}
	fs_names_release(&names);
	return err;
}

static bool
holds_text(struct view text, const char *word, size_t size)
{
	for (size_t i = 0; i + size <= text.size; i++) {
		if (memcmp(text.data + i, word, size) == 0)
			return true;
	}
	return false;
}

/* Is "NAME" of NAME.json said by a file that was given, and was no file of that name given? */
static bool
is_wanted(const struct files *files, const char *name, size_t given)
{
	char quoted[LIMIT_NAME_BYTES_MAX + 4];
	size_t size = strlen(name);

	if (!is_json(name) || size > LIMIT_NAME_BYTES_MAX)
		return false;
	(void)snprintf(quoted, sizeof(quoted), "\"%.*s\"", (int)(size - 5), name);
	for (size_t i = 0; i < files->count; i++) {
		const char *slash = strrchr(files->names[i], '/');

		if (strcmp(slash == NULL ? files->names[i] : slash + 1, name) == 0)
			return false;
	}
	for (size_t i = 0; i < given; i++) {
		if (holds_text(files->items[i].text, quoted, strlen(quoted)))
			return true;
	}
	return false;
}

static enum err
add_codes_beside(struct files *files, const char *path, size_t given, struct err_info *info)
{
	const char *slash = strrchr(path, '/');
	char directory[LIMIT_PATH_BYTES_MAX];
	char file[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = fs_path(directory, info, "%.*s/../codes", slash == NULL ? 1 : (int)(slash - path),
	                       slash == NULL ? "." : path);

	if (err != ERR_OK || !fs_is_dir(directory))
		return err;
	err = fs_list(&names, directory, LIMIT_INBOX_FILES_MAX, info);
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		if (!is_wanted(files, names.names[i], given))
			continue;
		err = fs_path(file, info, "%s/%s", directory, names.names[i]);
		if (err == ERR_OK)
			err = files_add(files, file, info);
	}
	fs_names_release(&names);
	return err;
}

enum err
flow_schema_read(struct schema_set **out, uint32_t version, const struct schema_set *base, const char *const *paths,
                 size_t count, struct err_info *info)
{
	struct files files = {.capacity = LIMIT_KINDS_MAX};
	size_t given = 0;
	enum err err = ERR_OK;

	files.items = calloc(files.capacity, sizeof(*files.items));
	files.texts = calloc(files.capacity, sizeof(*files.texts));
	files.names = calloc(files.capacity, sizeof(*files.names));
	if (files.items == NULL || files.texts == NULL || files.names == NULL)
		err = err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = fs_is_dir(paths[i]) ? directory_add(&files, paths[i], 0, info)
		                          : files_add(&files, paths[i], info);
	given = files.count;
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = fs_is_dir(paths[i]) ? ERR_OK : add_codes_beside(&files, paths[i], given, info);
	if (err == ERR_OK)
		err = schema_set_new(out, version, base, files.items, files.count, info);
	files_release(&files);
	return err;
}

static bool
has_rules_across(const struct schema_set *set)
{
	for (size_t i = 0; i < schema_set_kind_count(set); i++) {
		if (schema_set_kind_across(set, i)->across_count > 0)
			return true;
	}
	return false;
}

/* Whoever brings rules across records and no kind to write what they find gets the one that we ship. */
static enum err
add_finding_kind(struct schema_set **set, struct err_info *info)
{
	static const uint8_t KIND[] = {FINDING_KIND_BYTES};
	static const uint8_t CODES[] = {FINDING_CODES_BYTES};
	const struct schema_file files[] = {
		{"finding.json", view_of(KIND, sizeof(KIND))},
		{"FINDING.json", view_of(CODES, sizeof(CODES))},
	};
	struct schema_set *with = NULL;
	enum err err;

	if (!has_rules_across(*set) || schema_set_kind(*set, view_text("finding")) != NULL)
		return ERR_OK;
	err = schema_set_new(&with, schema_set_version(*set), *set, files,
	                     schema_set_codes(*set, view_text("FINDING")) != NULL ? 1 : 2, info);
	if (err == ERR_OK) {
		schema_set_free(*set);
		*set = with;
	}
	return err;
}

static enum err
sign_set(const struct flow_desk *desk, const struct schema_set *set, struct err_info *info)
{
	struct statement statement = {.type = STATEMENT_SCHEMA_SET};
	enum err err;

	statement.version = schema_set_version(set);
	statement.digest = *schema_set_digest(set);
	err = node_roster_say(desk->node, &statement, info);
	if (err == ERR_OK)
		err = node_schema_put(desk->node, schema_set_bytes(set), info);
	if (err == ERR_OK && !desk->is_dry_run)
		err = node_commit(desk->node, "schema add", info);
	statement_release(&statement);
	return err;
}

/* The same files under another version number are no change. */
static bool
is_same_content(const struct schema_set *a, const struct schema_set *b)
{
	if (schema_set_kind_count(a) != schema_set_kind_count(b) ||
	    schema_set_codes_count(a) != schema_set_codes_count(b))
		return false;
	for (size_t i = 0; i < schema_set_kind_count(a); i++) {
		if (!digest_equal(&schema_set_kind_at(a, i)->digest, &schema_set_kind_at(b, i)->digest))
			return false;
	}
	for (size_t i = 0; i < schema_set_codes_count(a); i++) {
		if (!digest_equal(&schema_set_codes_at(a, i)->digest, &schema_set_codes_at(b, i)->digest))
			return false;
	}
	return true;
}

/* A root that went back to before its newest set would sign a second one of that number. */
static enum err
check_newest(struct node *node, struct err_info *info)
{
	const struct roster_schema_set *newest = roster_schema_newest(node_roster(node));

	if (newest == NULL || node_schema_has(node, newest->version, &newest->digest))
		return ERR_OK;
	return err_set(
		info, ERR_STATE,
		_("schema set %u, which this office once signed, is not held here any more; it comes back with the "
	          "next bundle of an office that holds it; nothing was changed"),
		(unsigned)newest->version);
}

enum err
flow_schema_add(struct flow_schema_result *out, struct schema_findings *findings, const struct flow_desk *desk,
                const char *const *paths, size_t count, struct err_info *info)
{
	const struct schema_set *base;
	struct schema_set *set = NULL;
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK && !node_identity_of(desk->node)->is_root)
		err = err_set(info, ERR_RIGHT, "%s",
		              _("only the root signs schema sets; they come here with its bundles"));
	if (err == ERR_OK)
		err = check_newest(desk->node, info);
	if (err == ERR_OK)
		err = node_lock(desk->node, desk->wait_seconds, info);
	if (err != ERR_OK)
		return err;
	base = node_schema(desk->node);
	err = flow_schema_read(&set, base == NULL ? 1 : schema_set_version(base) + 1, base, paths, count, info);
	if (err == ERR_OK)
		err = add_finding_kind(&set, info);
	if (err == ERR_OK && base != NULL)
		err = schema_check(findings, base, set, info);
	if (err == ERR_OK && findings->error_count > 0)
		err = err_set(info, ERR_RULE, _("%zu changes would misread old records; nothing was changed"),
		              findings->error_count);
	if (err == ERR_OK) {
		bool is_changed = base == NULL || !is_same_content(base, set);
		const struct schema_set *newest = is_changed ? set : base;

		*out = (struct flow_schema_result){schema_set_version(newest), *schema_set_digest(newest), is_changed};
		if (is_changed)
			err = sign_set(desk, set, info);
	}
	node_unlock(desk->node);
	schema_set_free(set);
	return err;
}
