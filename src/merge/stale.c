/* Decisions that did not know of a change to what they rest on, and changes that did not know of the decision. */
#include <stdlib.h>

#include "merge/inside.h"
#include "schema/schema.h"

const struct schema_kind *
merge_kind_of(const struct merge_work *work, uint32_t a, uint32_t b)
{
	uint32_t version = work->edits->items[a].schema_version;

	if (work->edits->items[b].schema_version > version)
		version = work->edits->items[b].schema_version;
	return work->edits->find_kind(work->edits->context, work->kind_name, version);
}

bool
merge_rests_on(const struct schema_kind *kind, uint32_t decision, uint32_t field)
{
	const struct schema_field *rested = kind == NULL ? NULL : schema_field_by_number(&kind->object, decision);

	if (rested == NULL)
		return false;
	for (size_t i = 0; i < rested->depends_count; i++) {
		if (rested->depends_on[i] == field)
			return true;
	}
	return false;
}

enum err
merge_pairs_add(struct merge_pairs *pairs, struct merge_work *work, uint32_t decision, const uint32_t *edits,
                size_t count)
{
	struct merge_writes apart = {arena_get(work->arena, count * sizeof(struct merge_write)), 0};
	struct merge_writes latest;
	enum err err;

	if (apart.items == NULL)
		return err_nomem(work->info);
	for (size_t i = 0; i < count; i++) {
		bool is_again = apart.count > 0 && apart.items[apart.count - 1].edit == edits[i];

		if (edits[i] != decision && !is_again && !merge_knows(work, edits[i], decision) &&
		    !merge_knows(work, decision, edits[i]))
			apart.items[apart.count++].edit = edits[i];
	}
	err = merge_maximal(&latest, work, &apart);
	for (size_t i = 0; err == ERR_OK && i < latest.count; i++)
		err = merge_work_pair(pairs, work, decision, latest.items[i].edit);
	return err;
}

static int
compare_indices(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* the kind at a schema version that the history speaks of */
struct version {
	uint32_t number;
	const struct schema_kind *kind;
};

struct versions {
	struct version *items;
	size_t count;
};

static enum err
add_version(struct versions *versions, struct merge_work *work, uint32_t number)
{
	struct version *items;

	for (size_t i = versions->count; i-- > 0;) {
		if (versions->items[i].number == number)
			return ERR_OK;
	}
	items = arena_get(work->arena, (versions->count + 1) * sizeof(*items));
	if (items == NULL)
		return err_nomem(work->info);
	for (size_t i = 0; i < versions->count; i++)
		items[i] = versions->items[i];
	items[versions->count].number = number;
	items[versions->count].kind = work->edits->find_kind(work->edits->context, work->kind_name, number);
	versions->items = items;
	versions->count++;
	return ERR_OK;
}

static enum err
find_versions(struct versions *versions, struct merge_work *work, const struct merge_registers *registers)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < registers->drops; i++) {
		const struct merge_writes *writes = &registers->items[i].counted;

		for (size_t j = 0; err == ERR_OK && j < writes->count; j++)
			err = add_version(versions, work, work->edits->items[writes->items[j].edit].schema_version);
	}
	return err;
}

/* whether any of the schema versions takes the field for a decision */
static bool
is_decision(const struct versions *versions, uint32_t number)
{
	for (size_t i = 0; i < versions->count; i++) {
		const struct schema_kind *kind = versions->items[i].kind;
		const struct schema_field *field = kind == NULL ? NULL : schema_field_by_number(&kind->object, number);

		if (field != NULL && field->depends_count > 0)
			return true;
	}
	return false;
}

/* the edits that wrote, counted, what the decision rests on; ascending */
static enum err
writers_below(uint32_t **out, size_t *count_out, struct merge_work *work, const struct merge_registers *registers,
              const struct merge_register *decision, uint32_t edit)
{
	size_t count = 0;
	uint32_t *edits;

	for (size_t i = 0; i < registers->drops; i++)
		count += registers->items[i].counted.count;
	edits = arena_get(work->arena, count * sizeof(*edits));
	if (edits == NULL)
		return err_nomem(work->info);
	count = 0;
	for (size_t i = 0; i < registers->drops; i++) {
		const struct merge_register *item = &registers->items[i];

		if (item->path.type == RECORD_EXISTENCE || item->path.type == RECORD_BUILT_IN)
			continue;
		for (size_t j = 0; j < item->counted.count; j++) {
			uint32_t writer = item->counted.items[j].edit;

			if (merge_rests_on(merge_kind_of(work, edit, writer), decision->path.field, item->path.field))
				edits[count++] = writer;
		}
	}
	if (count > 1)
		qsort(edits, count, sizeof(*edits), compare_indices);
	*out = edits;
	*count_out = count;
	return ERR_OK;
}

static enum err
add_of_decision(struct merge_work *work, const struct merge_registers *registers, const struct merge_register *decision)
{
	struct merge_pairs pairs = {0};
	struct merge_writes maximal;
	enum err err = merge_maximal(&maximal, work, &decision->counted);

	for (size_t i = 0; err == ERR_OK && i < maximal.count; i++) {
		uint32_t *edits = NULL;
		size_t count = 0;

		if (maximal.items[i].act == DELTA_CLEAR)
			continue;
		err = writers_below(&edits, &count, work, registers, decision, maximal.items[i].edit);
		if (err == ERR_OK)
			err = merge_pairs_add(&pairs, work, maximal.items[i].edit, edits, count);
	}
	return err != ERR_OK ? err : merge_work_pairs(work, &decision->path, &pairs);
}

enum err
merge_add_stale(struct merge_work *work, const struct merge_registers *registers)
{
	struct versions versions = {0};
	enum err err = find_versions(&versions, work, registers);

	for (size_t i = 0; err == ERR_OK && i < registers->drops; i++) {
		const struct merge_register *item = &registers->items[i];

		if (item->path.type == RECORD_FIELD && item->counted.count > 0 &&
		    is_decision(&versions, item->path.field))
			err = add_of_decision(work, registers, item);
	}
	return err;
}
