#include "merge/entry.h"

#include <string.h>

#include "merge/entry_form.h"

const struct merge_entry_form MERGE_ENTRY_FORMS[MERGE_ENTRY_KINDS + 1] = {
	[MERGE_VALUE] = {"value", OID_BYTES, 2, true},
	[MERGE_STATE] = {"state", OID_BYTES, 2, true},
	[MERGE_REMOVED] = {"removed", OID_BYTES, 1, true},
	[MERGE_STALE] = {"stale-decision", sizeof(struct merge_pair), 1, true},
	[MERGE_REFUSED] = {"refused", OID_BYTES, 1, true},
	[MERGE_TWIN] = {"twin", ID_BYTES, 1, true},
	[MERGE_RULE] = {"rule", DIGEST_BYTES, 1, false},
};

const char *
merge_entry_kind_name(enum merge_entry_kind kind)
{
	return MERGE_ENTRY_FORMS[kind].name;
}

/* registers, then the twin entry, then rules */
static int
group_of(const struct merge_entry *entry)
{
	return entry->kind == MERGE_RULE ? 2 : entry->kind == MERGE_TWIN ? 1 : 0;
}

int
merge_entry_compare(const struct merge_entry *a, const struct merge_entry *b)
{
	int order = group_of(a) - group_of(b);

	if (order != 0 || a->kind == MERGE_TWIN)
		return order;
	if (a->kind == MERGE_RULE)
		return view_compare(a->rule, b->rule);
	order = record_path_compare(&a->path, &b->path);
	return order != 0 ? order : (int)a->kind - (int)b->kind;
}

struct view
merge_entry_names(const struct merge_entry *entry)
{
	return view_of(entry->commits, entry->count * MERGE_ENTRY_FORMS[entry->kind].name_bytes);
}

bool
merge_entry_equal(const struct merge_entry *a, const struct merge_entry *b)
{
	return merge_entry_compare(a, b) == 0 && a->has_more == b->has_more &&
	       view_equal(merge_entry_names(a), merge_entry_names(b));
}

bool
merge_entries_equal(const struct merge_entries *a, const struct merge_entries *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (!merge_entry_equal(&a->items[i], &b->items[i]))
			return false;
	}
	return true;
}

const struct merge_entry *
merge_entries_find(const struct merge_entries *entries, const struct record_path *path, enum merge_entry_kind kind)
{
	const struct merge_entry wanted = {.kind = kind, .path = *path};
	size_t low = 0;
	size_t high = entries->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = merge_entry_compare(&entries->items[middle], &wanted);

		if (order == 0)
			return &entries->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct merge_entry *
merge_entries_twin(const struct merge_entries *entries)
{
	return merge_entries_find(entries, &(struct record_path){.type = RECORD_EXISTENCE}, MERGE_TWIN);
}
