/* Entries that are taken are written again byte for byte, and each is found by its place. */
#include <stdlib.h>

#include "merge/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct bytes again = {0};
	struct merge_entries entries;

	if (merge_entries_read(&entries, &arena, view_of(data, size), NULL) == ERR_OK) {
		if (merge_entries_write(&again, &entries, NULL) != ERR_OK ||
		    !view_equal(bytes_view(&again), view_of(data, size)))
			abort();
		for (size_t i = 0; i < entries.count; i++) {
			const struct merge_entry *entry = &entries.items[i];

			if (entry->kind != MERGE_RULE &&
			    merge_entries_find(&entries, &entry->path, entry->kind) != entry)
				abort();
		}
	}
	bytes_release(&again);
	arena_release(&arena);
	return 0;
}
