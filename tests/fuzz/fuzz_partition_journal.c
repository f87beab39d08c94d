/*
 * The journal of changes. First byte 0xff: a file, walked from its end, each entry opened; else the rows of an edit, restored: what
 * is taken is what would be written.
 */
#include <stdlib.h>

#include "../unit/partition/sample_journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk(struct view file)
{
	struct seal_key *key = sample_journal_key(7);
	struct journal_entry entry;
	struct bytes rows = {0};

	if (key == NULL)
		abort();
	for (; journal_entry_last(&entry, file); file.size -= entry.size) {
		bytes_clear(&rows);
		if (entry.size > file.size || entry.body.size >= entry.size)
			abort();
		if (journal_entry_open(&rows, &entry, key, NULL) == ERR_OK && rows.size != entry.text_size)
			abort();
	}
	bytes_release(&rows);
	seal_key_free(key);
}

static void
read_rows(struct view rows)
{
	struct partition_touches touches = {0};
	struct bytes again = {0};

	if (journal_rows_read(&touches, rows, NULL) == ERR_OK &&
	    (journal_rows_write(&again, &touches, NULL) != ERR_OK || !view_equal(bytes_view(&again), rows)))
		abort();
	partition_touches_release(&touches);
	bytes_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (seal_init(NULL) != ERR_OK)
		abort();
	if (size > 0 && data[0] == 0xff)
		walk(view_of(data + 1, size - 1));
	else
		read_rows(view_of(data, size));
	return 0;
}
