/* Which finding stands for which subject, and which groups wait. */
#include <stdlib.h>
#include <string.h>

#include "postings/inside.h"
#include "seal/hash.h"

void
postings_subject_hash(uint8_t out[FINDING_GROUP_BYTES], const struct postings *postings,
                      const struct postings_subject *subject)
{
	struct seal_hash hash;
	struct digest digest;
	uint8_t element[4];

	store_u32(element, subject->element);
	seal_hash_init_keyed(&hash, SEAL_DOMAIN_FINDING, postings->key);
	seal_hash_update(&hash, view_text("note"));
	seal_hash_update(&hash, subject->declared_by);
	seal_hash_update(&hash, view_of("", 1));
	seal_hash_update(&hash, subject->rule);
	seal_hash_update(&hash, view_of("", 1));
	seal_hash_update(&hash, view_of(subject->record.bytes, ID_BYTES));
	seal_hash_update(&hash, view_of(element, sizeof(element)));
	seal_hash_final(&digest, &hash);
	memcpy(out, digest.bytes, FINDING_GROUP_BYTES);
}

const struct postings_note *
postings_note_find(const struct postings *postings, const uint8_t subject[FINDING_GROUP_BYTES])
{
	const uint64_t *at = table_find(&postings->notes, view_of(subject, FINDING_GROUP_BYTES));

	return at == NULL ? NULL : &postings->note_items[*at];
}

enum err
postings_note_put(struct postings *postings, const struct postings_note *note, struct err_info *info)
{
	uint64_t *at;
	bool is_new;
	enum err err;

	if (postings->note_count == postings->note_capacity) {
		size_t capacity = postings->note_capacity == 0 ? 64 : postings->note_capacity * 2;
		struct postings_note *items = realloc(postings->note_items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		postings->note_items = items;
		postings->note_capacity = capacity;
	}
	err = table_put(&postings->notes, view_of(note->subject, FINDING_GROUP_BYTES), &at, &is_new, info);
	if (err != ERR_OK)
		return err;
	if (is_new)
		*at = postings->note_count++;
	else if (memcmp(postings->note_items[*at].finding.bytes, note->finding.bytes, ID_BYTES) < 0)
		return ERR_OK;
	postings->note_items[*at] = *note;
	return ERR_OK;
}

void
postings_note_remove(struct postings *postings, const struct postings_note *note)
{
	uint64_t *at = table_find(&postings->notes, view_of(note->subject, FINDING_GROUP_BYTES));
	uint64_t *moved;
	uint64_t hole;

	if (at == NULL || !id_equal(&postings->note_items[*at].finding, &note->finding))
		return;
	hole = *at;
	(void)table_remove(&postings->notes, view_of(note->subject, FINDING_GROUP_BYTES));
	postings->note_count--;
	if (hole == postings->note_count)
		return;
	postings->note_items[hole] = postings->note_items[postings->note_count];
	moved = table_find(&postings->notes, view_of(postings->note_items[hole].subject, FINDING_GROUP_BYTES));
	if (moved != NULL)
		*moved = hole;
}

const struct postings_note *
postings_note_next(const struct postings *postings, size_t *position)
{
	return *position < postings->note_count ? &postings->note_items[(*position)++] : NULL;
}

enum err
postings_pending_add(struct postings *postings, enum postings_pending what, const uint8_t hash[FINDING_GROUP_BYTES],
                     struct err_info *info)
{
	return bytes_append(&postings->pending[what], hash, FINDING_GROUP_BYTES, info);
}

struct view
postings_pending(const struct postings *postings, enum postings_pending what)
{
	return bytes_view(&postings->pending[what]);
}

void
postings_pending_clear(struct postings *postings)
{
	for (int i = 0; i < POSTINGS_PENDINGS; i++)
		bytes_clear(&postings->pending[i]);
}
