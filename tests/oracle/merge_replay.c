/*
 * Replays histories through src/merge and prints the tree of every commit, for merge_differential.py to compare with
 * merge_spec.py:   merge_replay KIND-V1.json KIND-V2.json < script
 *
 *   world                                                    forget everything
 *   edit LEVEL SCHEMA EPOCH BYTE PAST COMMIT PARENT          an edit begins; PAST: mask of the edits that it knows; BYTE: of
 *                                                            its epoch's digest; PARENT: number of a commit, or -
 *   w RECORD PATH ACT VALUE                                  it writes
 *   v RECORD TARGET void|restore PATH                        it says a word about a write of edit TARGET; PATH *: all of them
 *   commit                                                   it ends: its tree is printed
 *   merge A B                                                of two commits: its tree is printed
 *   resolve COMMIT RECORD ENTRY FORM ARGUMENT                the writes that settle an entry are printed
 *   revert COMMIT EDIT RECORD BEFORE                         the writes that take an edit back are printed
 *
 * Beside what the script's author compares it checks: an edit's writes follow from its two rows; every row, joined or not,
 * is the row folded from the history; what is written is read back. A line that begins with BAD says where not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "replay.h"
#include "schema/set.h"

enum {
	TOKENS_MAX = 9,
	LINE_BYTES_MAX = 65536,
};

struct world world;

static struct err_info info;

void
check(enum err err, const struct err_info *why, const char *what)
{
	if (err == ERR_OK)
		return;
	printf("BAD %s: %s\n", what, why->text);
	exit(1);
}

void
need(bool is_true, const char *what)
{
	if (!is_true)
		printf("BAD %s\n", what);
}

void *
get(size_t size)
{
	void *at = arena_get(&world.arena, size);

	if (at == NULL)
		exit(1);
	return at;
}

static void
print_writes(const char *word, const struct delta_writes *writes)
{
	static const char *const ACTS[] = {"clear", "set", "add", "keep"};

	for (size_t i = 0; i < writes->count; i++) {
		const struct record_path *path = &writes->items[i].path;

		printf("%s %d:%d:%lu:", word, (int)path->is_drop, (int)path->type, (unsigned long)path->field);
		print_hex(path->key);
		printf(":%lu %s ", (unsigned long)path->sub, ACTS[writes->items[i].act]);
		print_hex(writes->items[i].value);
		putchar('\n');
	}
}

/* --- the script --- */

static void
read_id(struct id *out, const char *text)
{
	need(hex_read(out->bytes, ID_BYTES, view_text(text)), "an id");
}

static struct view
read_hex(const char *text)
{
	size_t size = strcmp(text, "-") == 0 ? 0 : strlen(text) / 2;
	uint8_t *bytes = get(size + 1);

	need(size == 0 || hex_read(bytes, size, view_of(text, size * 2)), "hexadecimal digits");
	return view_of(bytes, size);
}

static struct record_path
read_path(const char *text)
{
	struct record_path path = {.type = RECORD_EXISTENCE};
	const struct schema_field *field;
	const char *key = text + 4 + strcspn(text + 4, ":") + 1; /* behind "0:4:8:" */
	size_t key_size = strcspn(key, ":");
	char hex[2 * KEY_BYTES_MAX + 1];

	need(key_size < sizeof(hex), "a key of bearable length");
	memcpy(hex, key, key_size);
	hex[key_size] = '\0';
	path.is_drop = text[0] == '1';
	path.type = (enum record_path_type)(text[2] - '0');
	path.field = (uint32_t)strtoul(text + 4, NULL, 10);
	path.key = read_hex(hex);
	path.sub = (uint32_t)strtoul(key + key_size + 1, NULL, 10);
	field = schema_field_by_number(&world.kinds[0]->object, path.field);
	if (!path.is_drop && (path.type == RECORD_MEMBER || path.type == RECORD_MEMBER_FIELD))
		path.key_field = field->member_key;
	return path;
}

static enum delta_act
read_act(const char *text)
{
	static const char *const ACTS[] = {"clear", "set", "add", "keep"};

	for (int i = 0; i < 4; i++) {
		if (strcmp(ACTS[i], text) == 0)
			return (enum delta_act)i;
	}
	exit(1);
}

static struct edit *
last_edit(void)
{
	return &world.edits[world.table.count - 1];
}

static struct touch *
touch_of(const struct id *id)
{
	struct edit *edit = last_edit();

	for (size_t i = 0; i < edit->touch_count; i++) {
		if (id_equal(&edit->touches[i].id, id))
			return &edit->touches[i];
	}
	edit->touches[edit->touch_count] =
		(struct touch){*id, {(uint32_t)world.table.count - 1, false, world.kinds[0]->name, {0}}};
	return &edit->touches[edit->touch_count++];
}

static void
begin_edit(char *tokens[])
{
	struct edit *edit = &world.edits[world.table.count];
	struct merge_edit *item = &world.items[world.table.count];
	size_t digits = strlen(tokens[5]);

	need(world.table.count < EDITS_MAX, "too many edits");
	*item = (struct merge_edit){.level = (uint8_t)atoi(tokens[1]), .schema_version = (uint32_t)atoi(tokens[2])};
	item->epoch.number = (uint32_t)atoi(tokens[3]);
	item->epoch.digest.bytes[0] = (uint8_t)atoi(tokens[4]);
	*edit = (struct edit){0};
	for (size_t i = 0; i < digits * 4; i++) {
		unsigned long digit = strtoul((char[]){tokens[5][digits - 1 - i / 4], 0}, NULL, 16);

		if (digit >> (i % 4) & 1)
			set(&edit->past, i);
	}
	need(hex_read(item->commit.bytes, OID_BYTES, view_text(tokens[6])), "a commit id");
	edit->touches = get(RECORDS_MAX * sizeof(*edit->touches));
	edit->words = get(WORDS_MAX * sizeof(*edit->words));
	edit->word_ids = get(WORDS_MAX * sizeof(*edit->word_ids));
	world.table.count++;
	check(merge_edits_index(&world.table, &world.arena, &info), &info, "index");
}

static void
add_write(char *tokens[])
{
	struct delta_write write = {read_path(tokens[2]), read_act(tokens[3]), read_hex(tokens[4])};
	struct id id;

	read_id(&id, tokens[1]);
	check(delta_writes_add(&touch_of(&id)->step.writes, &world.arena, &write, &info), &info, "write");
}

static void
add_word(char *tokens[])
{
	struct edit *edit = last_edit();
	struct merge_word *word = &edit->words[edit->word_count];

	word->correction = (uint32_t)world.table.count - 1;
	word->target = (uint32_t)atoi(tokens[2]);
	word->is_restore = strcmp(tokens[3], "restore") == 0;
	word->is_whole = strcmp(tokens[4], "*") == 0;
	if (word->is_whole) {
		for (size_t i = 0; i < world.edits[word->target].touch_count; i++)
			touch_of(&world.edits[word->target].touches[i].id);
	} else {
		word->path = read_path(tokens[4]);
		read_id(&edit->word_ids[edit->word_count], tokens[1]);
		touch_of(&edit->word_ids[edit->word_count]);
	}
	edit->word_count++;
}

static struct tree *
tree_of(const char *number)
{
	return strcmp(number, "-") == 0 ? NULL : world.trees[strtoul(number, NULL, 10)];
}

static const struct schema_kind *
latest_kind(void)
{
	return world.kinds[VERSIONS - 1];
}

static void
resolve(char *tokens[])
{
	static const char *const FORMS[] = {"take", "value",   "kept",   "removed", "confirm",
	                                    "both", "same-as", "accept", "drop"};
	struct merge_resolution resolution = {.form = MERGE_FORM_TAKE, .kind = latest_kind()};
	struct tree *tree = tree_of(tokens[1]);
	struct delta_writes writes = {0};
	struct delta_writes others = {0};
	struct id other;

	read_id(&resolution.id, tokens[2]);
	resolution.row = row_in(tree, &resolution.id);
	resolution.entry = &resolution.row->entries.items[atoi(tokens[3])];
	for (int i = 0; i <= (int)MERGE_FORM_DROP; i++) {
		if (strcmp(FORMS[i], tokens[4]) == 0)
			resolution.form = (enum merge_form)i;
	}
	if (resolution.form == MERGE_FORM_TAKE) {
		const struct edit *edit = &world.edits[atoi(tokens[5])];

		for (size_t i = 0; i < edit->touch_count; i++) {
			if (id_equal(&edit->touches[i].id, &resolution.id))
				resolution.taken = &edit->touches[i].step.writes;
		}
	} else if (resolution.form == MERGE_FORM_SAME_AS) {
		read_id(&other, tokens[5]);
		resolution.other_row = row_in(tree, &other);
	} else if (resolution.form == MERGE_FORM_VALUE) {
		resolution.value = read_hex(tokens[5]);
	}
	check(merge_resolve(&writes, &others, &world.arena, &resolution, &info), &info, "resolve");
	print_writes("write", &writes);
	print_writes("other", &others);
	printf("end\n");
}

static void
revert(char *tokens[])
{
	struct tree *tree = tree_of(tokens[1]);
	uint32_t edit = (uint32_t)atoi(tokens[2]);
	struct merge_history history;
	struct delta_writes writes = {0};
	struct merge_reversion reversion = {
		.edits = &world.table, .history = &history, .edit = edit, .kind = latest_kind()};
	struct id id;

	read_id(&id, tokens[3]);
	history = history_of(&id, &tree->mask);
	reversion.before = row_in(tree_of(tokens[4]), &id);
	reversion.here = row_in(tree, &id);
	check(merge_revert(&writes, &world.arena, &reversion, &info), &info, "revert");
	print_writes("write", &writes);
	printf("end\n");
}

static void
begin_world(void)
{
	world.table = (struct merge_edits){.items = world.items, .knows = knows, .find_kind = find_kind};
	world.tree_count = 0;
	arena_clear(&world.arena);
}

static void
obey(char *tokens[], char *parent)
{
	if (strcmp(tokens[0], "world") == 0)
		begin_world();
	else if (strcmp(tokens[0], "edit") == 0)
		begin_edit(tokens);
	else if (strcmp(tokens[0], "w") == 0)
		add_write(tokens);
	else if (strcmp(tokens[0], "v") == 0)
		add_word(tokens);
	else if (strcmp(tokens[0], "commit") == 0)
		make_edit(tree_of(parent));
	else if (strcmp(tokens[0], "merge") == 0)
		make_merge(tree_of(tokens[1]), tree_of(tokens[2]));
	else if (strcmp(tokens[0], "resolve") == 0)
		resolve(tokens);
	else if (strcmp(tokens[0], "revert") == 0)
		revert(tokens);
	else
		need(false, "a line of the script");
}

static struct schema_set *
load_kind(const char *path, uint32_t version)
{
	struct bytes text = {0};
	struct schema_file file = {.name = path};
	struct schema_set *set = NULL;

	check(fs_read(&text, path, LIMIT_KIND_FILE_BYTES_MAX, &info), &info, path);
	file.text = bytes_view(&text);
	check(schema_set_new(&set, version, NULL, &file, 1, &info), &info, path);
	world.kinds[version - 1] = schema_set_kind_at(set, 0);
	bytes_release(&text);
	return set;
}

int
main(int argc, char **argv)
{
	static char line[LINE_BYTES_MAX];
	static char parent[16];
	struct schema_set *sets[VERSIONS];

	if (argc != 1 + VERSIONS)
		return 2;
	for (uint32_t version = 1; version <= VERSIONS; version++)
		sets[version - 1] = load_kind(argv[version], version);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *tokens[TOKENS_MAX] = {NULL};
		size_t count = 0;

		for (char *word = strtok(line, " \n"); word != NULL && count < TOKENS_MAX - 1;
		     word = strtok(NULL, " \n"))
			tokens[count++] = word;
		if (count == 8 && strcmp(tokens[0], "edit") == 0)
			(void)snprintf(parent, sizeof(parent), "%s", tokens[7]);
		if (count > 0)
			obey(tokens, parent);
	}
	printf("counts joined %zu folded %zu\n", world.joins, world.folds);
	for (uint32_t version = 0; version < VERSIONS; version++)
		schema_set_free(sets[version]);
	arena_release(&world.arena);
	return 0;
}
