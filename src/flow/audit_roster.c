/* The roster under audit: every statement that lies in node.git, verified again from the root down. */
#include <stdlib.h>
#include <string.h>

#include "flow/auditing.h"
#include "roster/roster.h"

/* A statement that waits for the one it stands on. */
struct waiting {
	const char *path; /* in the arena, as is the content */
	struct view content;
};

struct statements {
	struct roster *fresh;
	struct waiting *items;
	size_t count;
	size_t capacity;
};

static enum err
collect(struct auditing *auditing, void *context, const char *path, struct view content, struct err_info *why)
{
	struct statements *statements = context;
	const void *path_copy = arena_copy(&auditing->arena, view_of(path, strlen(path) + 1));
	const void *content_copy = arena_copy(&auditing->arena, content);

	auditing->result.statements++;
	if (statements->count == statements->capacity) {
		size_t capacity = statements->capacity == 0 ? 64 : statements->capacity * 2;
		struct waiting *items = realloc(statements->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(why);
		statements->items = items;
		statements->capacity = capacity;
	}
	if (path_copy == NULL || content_copy == NULL)
		return err_nomem(why);
	statements->items[statements->count++] = (struct waiting){path_copy, view_of(content_copy, content.size)};
	return ERR_OK;
}

/* One round: what fits now is taken, what is wrong is told, what stands on something else waits. */
static enum err
add_round(struct auditing *auditing, struct statements *statements, struct err_info *info)
{
	size_t left = 0;

	for (size_t i = 0; i < statements->count; i++) {
		struct waiting item = statements->items[i];
		struct err_info why;
		enum err err = roster_add_file(statements->fresh, item.content, false, NULL, &why);

		if (err == ERR_NOMEM)
			return err_nomem(info);
		if (err == ERR_STATE)
			statements->items[left++] = item;
		else if (err != ERR_OK)
			auditing_wrong(auditing, item.path, &why);
	}
	statements->count = left;
	return ERR_OK;
}

enum err
auditing_roster(struct auditing *auditing, struct err_info *info)
{
	struct statements statements = {0};
	size_t before = SIZE_MAX;
	enum err err = roster_new(&statements.fresh, roster_root_digest(node_roster(auditing->node)), info);

	if (err == ERR_OK)
		err = auditing_each_file(auditing, "roster", collect, &statements, info);
	while (err == ERR_OK && statements.count > 0 && statements.count < before) {
		before = statements.count;
		err = add_round(auditing, &statements, info);
	}
	for (size_t i = 0; err == ERR_OK && i < statements.count; i++)
		auditing_wrong_text(auditing, statements.items[i].path, ERR_NOT_FOUND,
		                    _("it stands on a statement that is not there"));
	free(statements.items);
	roster_free(statements.fresh);
	arena_clear(&auditing->arena);
	return err;
}
