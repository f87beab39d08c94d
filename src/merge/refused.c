/* Void writes that nobody has answered yet. */
#include <string.h>

#include "merge/inside.h"

/* edits that a refused entry may name */
struct names {
	struct merge_writes writes; /* in any order */
	size_t capacity;
};

static enum err
names_add(struct names *names, struct merge_work *work, const struct merge_writes *writes)
{
	struct merge_writes maximal;
	enum err err = merge_maximal(&maximal, work, writes);

	if (err != ERR_OK)
		return err;
	if (names->writes.count + maximal.count > names->capacity) {
		size_t capacity = (names->writes.count + maximal.count) * 2;
		struct merge_write *items = arena_get(work->arena, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(work->info);
		if (names->writes.count > 0)
			memcpy(items, names->writes.items, names->writes.count * sizeof(*items));
		names->writes.items = items;
		names->capacity = capacity;
	}
	if (maximal.count > 0)
		memcpy(names->writes.items + names->writes.count, maximal.items,
		       maximal.count * sizeof(*maximal.items));
	names->writes.count += maximal.count;
	return ERR_OK;
}

/* takes out the names that an edit answers, be it the same one or one that knows it */
static void
close_names(struct merge_writes *names, const struct merge_work *work, const struct merge_register *closer,
            bool is_only_adds)
{
	size_t kept = 0;

	if (closer == NULL)
		return;
	for (size_t i = 0; i < names->count; i++) {
		bool is_closed = false;

		for (size_t j = 0; !is_closed && j < closer->counted.count; j++) {
			const struct merge_write *write = &closer->counted.items[j];

			is_closed = (!is_only_adds || write->act == DELTA_ADD) &&
			            (write->edit == names->items[i].edit ||
			             merge_knows(work, write->edit, names->items[i].edit));
		}
		if (!is_closed)
			names->items[kept++] = names->items[i];
	}
	names->count = kept;
}

/* the entry at a register, if a name is left */
static enum err
add_at(struct merge_work *work, const struct merge_registers *registers, const struct record_path *path,
       struct names *names)
{
	struct record_path other = *path;

	close_names(&names->writes, work, merge_registers_find(registers, path), false);
	other.is_drop = true;
	close_names(&names->writes, work, merge_registers_find(registers, &other), false);
	if (merge_path_is_member(path)) {
		other = (struct record_path){.type = RECORD_MEMBER, .field = path->field, .key = path->key};
		close_names(&names->writes, work, merge_registers_find(registers, &other), true);
	}
	if (names->writes.count == 0)
		return ERR_OK;
	return merge_work_commits(work, MERGE_REFUSED, path, &names->writes, true);
}

/* what was never lawfully added is named once, with all that was written in it */
static enum err
add_scope(struct merge_work *work, const struct merge_registers *registers, const struct merge_scope *scope,
          const struct record_path *path)
{
	struct names names = {0};
	enum err err = ERR_OK;

	for (size_t i = scope->first; err == ERR_OK && i < scope->end; i++) {
		err = names_add(&names, work, &registers->items[i].counted);
		if (err == ERR_OK)
			err = names_add(&names, work, &registers->items[i].voided);
	}
	return err != ERR_OK ? err : add_at(work, registers, path, &names);
}

static bool
has_void(const struct merge_registers *registers, const struct merge_scope *scope)
{
	for (size_t i = scope->first; i < scope->end; i++) {
		if (registers->items[i].voided.count > 0)
			return true;
	}
	return false;
}

/* one register of a record that stands; of a member never added the whole member. *next_out: where to go on */
static enum err
add_register(size_t *next_out, struct merge_work *work, const struct merge_registers *registers, size_t index)
{
	const struct merge_register *item = &registers->items[index];
	const struct merge_scope *member = item->member;
	struct names names = {0};
	enum err err;

	*next_out = index + 1;
	if (member != NULL && !member->is_added) {
		const struct record_path path = {
			.type = RECORD_MEMBER, .field = item->path.field, .key = item->path.key};

		*next_out = member->end;
		return has_void(registers, member) ? add_scope(work, registers, member, &path) : ERR_OK;
	}
	if (item->voided.count == 0 || (member != NULL && !member->stands && item->path.type != RECORD_MEMBER))
		return ERR_OK;
	err = names_add(&names, work, &item->voided);
	return err != ERR_OK ? err : add_at(work, registers, &item->path, &names);
}

enum err
merge_add_refused(struct merge_work *work, const struct merge_registers *registers)
{
	const struct record_path existence = {.type = RECORD_EXISTENCE};
	enum err err = ERR_OK;

	if (!registers->record.is_added)
		return has_void(registers, &registers->record)
		               ? add_scope(work, registers, &registers->record, &existence)
		               : ERR_OK;
	for (size_t i = 0; registers->record.stands && err == ERR_OK && i < registers->drops;)
		err = add_register(&i, work, registers, i);
	return err;
}
