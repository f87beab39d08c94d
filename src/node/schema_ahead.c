/*
 * The newest schema set, its kinds with rules across records compiled by another thread while this one does something else. It is a set of its own: the one that
 * node_schema() gives is compiled kind by kind as they are asked for, by this thread alone.
 */
#include <stdlib.h>

#include "base/worker.h"
#include "node/internal.h"

struct node_schema_ahead {
	struct worker *worker;
	struct bytes bytes;
	struct digest digest;
	struct view kind;
	struct schema_set *set; /* the thread's until the job is taken; NULL: it did not open */
};

static void
compile(void *context, size_t slot)
{
	struct node_schema_ahead *ahead = context;
	struct err_info why;

	(void)slot;
	if (schema_set_open(&ahead->set, bytes_view(&ahead->bytes), &ahead->digest, &why) != ERR_OK)
		return;
	for (size_t i = 0; i < schema_set_kind_count(ahead->set); i++) {
		if (schema_set_kind_may_compare(ahead->set, i))
			(void)schema_set_kind_across(ahead->set, i);
	}
	(void)schema_set_kind(ahead->set, ahead->kind);
}

void
node_schema_ahead_free(struct node_schema_ahead *ahead)
{
	if (ahead == NULL)
		return;
	worker_free(ahead->worker);
	schema_set_free(ahead->set);
	bytes_release(&ahead->bytes);
	free(ahead);
}

void
node_schema_compile(struct node *node, struct view kind)
{
	const struct schema_set *set = node_schema(node);
	struct node_schema_ahead *ahead;
	struct err_info why;
	enum err err;

	if (node->ahead != NULL || set == NULL)
		return;
	ahead = calloc(1, sizeof(*ahead));
	if (ahead == NULL)
		return;
	ahead->digest = *schema_set_digest(set);
	ahead->kind = kind;
	err = bytes_append_view(&ahead->bytes, schema_set_bytes(set), &why);
	if (err == ERR_OK)
		err = worker_new(&ahead->worker, 1, 1, compile, ahead, &why);
	if (err != ERR_OK) {
		node_schema_ahead_free(ahead);
		return;
	}
	node->ahead = ahead;
	worker_put(ahead->worker);
}

bool
node_schema_ahead_is_short(const struct node_schema_ahead *ahead)
{
	return ahead != NULL && !worker_is_busy(ahead->worker) && ahead->set != NULL && schema_set_is_short(ahead->set);
}

const struct schema_set *
node_schema_compiled(const struct node *node)
{
	const struct schema_set *set = node_schema(node);
	struct node_schema_ahead *ahead = node->ahead;
	size_t slot;

	if (ahead == NULL || set == NULL || !digest_equal(&ahead->digest, schema_set_digest(set)))
		return set;
	if (worker_is_busy(ahead->worker))
		(void)worker_take(&slot, ahead->worker, true);
	return ahead->set == NULL || schema_set_is_short(ahead->set) ? set : ahead->set;
}
