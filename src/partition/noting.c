#include "partition/noting.h"

#include "partition/row.h"
#include "partition/shelves.h"

void
partition_noting_stop(struct partition_noting *noting)
{
	partition_touches_release(&noting->touches);
	*noting = (struct partition_noting){.is_on = false};
}

/* A copy that lives as long as the notes; false: there is no room for it. */
static bool
keep(struct view *out, struct partition_noting *noting, struct view text)
{
	const uint8_t *copy = NULL;

	if (text.size <= LIMIT_CHANGES_ENTRY_BYTES_MAX - noting->size)
		copy = arena_copy(&noting->touches.texts, text);
	if (copy == NULL) {
		partition_noting_stop(noting);
		return false;
	}
	noting->size += text.size;
	*out = view_of(copy, text.size);
	return true;
}

void
partition_noting_text(struct partition_noting *noting, struct view plaintext)
{
	if (noting->is_on)
		(void)keep(&noting->text, noting, plaintext);
}

void
partition_noting_put(struct partition_noting *noting, const struct id *id, const struct partition_blobs *before,
                     const struct partition_blobs *after)
{
	struct partition_touch touch = {
		.id = *id,
		.before = {before->record, before->entries},
		.after = {after->record, after->entries},
		.text = {{NULL, 0}, noting->text},
	};

	if (!noting->is_on)
		return;
	noting->text = (struct view){0};
	if (noting->touches.count == LIMIT_CHANGES_ROWS_MAX ||
	    partition_touches_add(&noting->touches, &touch, NULL) != ERR_OK)
		partition_noting_stop(noting);
}

size_t
partition_noting_last(const struct partition_noting *noting)
{
	return noting->is_on ? noting->touches.count - 1 : 0;
}

void
partition_noting_placed(struct partition_noting *noting, size_t note, const struct oid *blob)
{
	if (noting->is_on)
		noting->touches.items[note].after[0] = *blob;
}

void
partition_noting_before(struct partition_noting *noting, const struct id *id, const struct record *record)
{
	struct partition_touch *last;
	struct bytes text = {0};
	struct view kept;

	if (!noting->is_on || noting->touches.count == 0)
		return;
	last = &noting->touches.items[noting->touches.count - 1];
	if (!id_equal(&last->id, id) || oid_is_none(&last->before[0]))
		return;
	if (record_write(&text, record, LIMIT_RECORD_MERGED_BYTES_MAX, NULL) == ERR_OK &&
	    keep(&kept, noting, bytes_view(&text)))
		last->text[0] = kept;
	seal_wipe_bytes(&text);
}

const struct partition_touches *
partition_noting_end(struct partition_noting *noting, struct git_idtree *records)
{
	if (!noting->is_on)
		return NULL;
	partition_touches_unite(&noting->touches);
	if (records != NULL)
		partition_shelves_note(&noting->touches, records);
	return &noting->touches;
}
