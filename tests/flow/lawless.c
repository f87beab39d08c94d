/* What its own program would not let an office do: writes that nobody judges before they are signed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "flow/desk.h"
#include "offices.h"
#include "partition/edit.h"
#include "test.h"

typedef enum err (*write_something)(struct flow_editing *editing, const struct words *words, struct arena *arena,
                                    struct err_info *info);

/* one edit, with the words NAME OWNER ID ... */
static enum err
sign_one(write_something write, const struct words *words, struct err_info *info)
{
	struct flow_editing editing = {0};
	struct arena arena = {0};
	struct flow_desk desk;
	struct node_code owner;
	enum err err = office_desk(&desk, office_find(words->items[1]), info);

	if (err == ERR_OK)
		err = office_code_read(&owner, words->items[2], info);
	if (err == ERR_OK)
		err = flow_editing_begin(&editing, &desk, &owner, info);
	if (err == ERR_OK)
		err = write(&editing, words, &arena, info);
	if (err == ERR_OK)
		err = flow_editing_sign(&editing, info);
	if (err == ERR_OK)
		err = flow_editing_publish(&editing, info);
	if (err == ERR_OK) {
		(void)printf("edit ");
		for (size_t i = 0; i < OID_BYTES; i++)
			(void)printf("%02x", editing.last.bytes[i]);
		(void)printf("  %d\n", (int)(editing.commits > 0));
	}
	flow_editing_release(&editing);
	arena_release(&arena);
	return err;
}

static enum err
force(struct flow_editing *editing, const struct words *words, struct arena *arena, struct err_info *info)
{
	struct delta_writes writes = {0};
	struct partition_change change = {.writes = &writes};
	const struct merge_row *row;
	const struct schema_kind *kind;
	struct record before;
	struct record after;
	enum err err = hex_read(change.id.bytes, ID_BYTES, view_text(words->items[3])) ? ERR_OK : ERR_USAGE;

	if (err == ERR_OK)
		err = partition_edit_row(&row, editing->edit, &change.id, info);
	if (err == ERR_OK && !row->has_record)
		err = err_set(info, ERR_NOT_FOUND, "%s", "there is no such record");
	if (err == ERR_OK)
		err = record_copy(&before, arena, &row->record, info);
	if (err == ERR_OK)
		err = record_copy(&after, arena, &row->record, info);
	if (err == ERR_OK)
		err = flow_editing_kind(&kind, editing, after.kind, info);
	if (err == ERR_OK)
		err = flow_assign(&after, arena, kind, words->items + 4, words->count - 4, info);
	if (err == ERR_OK)
		err = delta_changes(&writes, arena, &before, &after, kind, info);
	change.kind = before.kind;
	if (err == ERR_OK && writes.count > 0)
		err = partition_edit_change(editing->edit, &change, arena, info);
	return err;
}

/* force NAME OWNER ID FIELD=VALUE... */
enum err
lawless_force(const struct words *words, struct err_info *info)
{
	return sign_one(force, words, info);
}

static enum err
bend(struct flow_editing *editing, const struct words *words, struct arena *arena, struct err_info *info)
{
	struct bytes value = from_hex(words->items[5]);
	struct delta_write write = {
		.path = {.type = RECORD_FIELD, .field = (uint32_t)strtoul(words->items[4], NULL, 10)},
		.act = DELTA_SET,
		.value = bytes_view(&value)};
	const struct delta_writes writes = {&write, 1, 1};
	struct partition_change change = {.writes = &writes, .kind = view_text("permit")};
	enum err err = hex_read(change.id.bytes, ID_BYTES, view_text(words->items[3])) ? ERR_OK : ERR_USAGE;

	editing->edit->schemas = NULL;
	if (err == ERR_OK)
		err = partition_edit_change(editing->edit, &change, arena, info);
	bytes_release(&value);
	return err;
}

/* bend NAME OWNER ID FIELD HEX: a field as a whole, whatever its kind says, by an office whose program looks at no kind */
enum err
lawless_bend(const struct words *words, struct err_info *info)
{
	return sign_one(bend, words, info);
}

static enum err
pile(struct flow_editing *editing, const struct words *words, struct arena *arena, struct err_info *info)
{
	struct delta_writes writes = {0};
	struct partition_change change = {.writes = &writes, .kind = view_text("permit")};
	enum err err = hex_read(change.id.bytes, ID_BYTES, view_text(words->items[3])) ? ERR_OK : ERR_USAGE;

	for (size_t i = 5; err == ERR_OK && i < words->count; i++) {
		struct bytes key = {0};
		struct delta_write write = {
			.path = {.type = RECORD_ELEMENT, .field = (uint32_t)strtoul(words->items[4], NULL, 10)},
			.act = DELTA_ADD};

		err = codec_write_uint(&key, strtoul(words->items[i], NULL, 10), info);
		if (err == ERR_OK) {
			write.path.key = view_of(arena_copy(arena, bytes_view(&key)), key.size);
			if (write.path.key.data == NULL)
				err = err_nomem(info);
		}
		if (err == ERR_OK)
			err = delta_writes_add(&writes, arena, &write, info);
		bytes_release(&key);
	}
	if (err == ERR_OK)
		err = partition_edit_change(editing->edit, &change, arena, info);
	return err;
}

/* pile NAME OWNER ID FIELD NUMBER...: more elements of a set, ascending, than its kind allows */
enum err
lawless_pile(const struct words *words, struct err_info *info)
{
	return sign_one(pile, words, info);
}
