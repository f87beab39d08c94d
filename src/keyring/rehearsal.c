/* Wraps that a dry run keeps in memory. There are a few: one for each epoch that a bundle brings. */
#include <stdlib.h>
#include <string.h>

#include "keyring/inside.h"

struct rehearsed {
	struct id partition;
	struct keyring_wrap wrap;
};

struct keyring_rehearsal {
	struct rehearsed *items;
	size_t count;
	size_t capacity;
};

enum err
keyring_rehearsal_new(struct keyring_rehearsal **out, struct err_info *info)
{
	struct keyring_rehearsal *rehearsal = calloc(1, sizeof(*rehearsal));

	if (rehearsal == NULL)
		return err_nomem(info);
	*out = rehearsal;
	return ERR_OK;
}

void
keyring_rehearsal_free(struct keyring_rehearsal *rehearsal)
{
	if (rehearsal == NULL)
		return;
	free(rehearsal->items);
	free(rehearsal);
}

void
keyring_rehearse(struct keyring *keyring, struct keyring_rehearsal *rehearsal)
{
	keyring->rehearsal = rehearsal;
}

static struct rehearsed *
find(const struct keyring_rehearsal *rehearsal, const struct id *partition, const struct keyring_wrap *like)
{
	for (size_t i = 0; i < rehearsal->count; i++) {
		struct rehearsed *item = &rehearsal->items[i];

		if (id_equal(&item->partition, partition) && item->wrap.number == like->number &&
		    digest_equal(&item->wrap.digest, &like->digest) &&
		    id_equal(&item->wrap.recipient, &like->recipient))
			return item;
	}
	return NULL;
}

enum err
keyring_rehearsal_put(struct keyring_rehearsal *rehearsal, const struct id *partition, const struct keyring_wrap *wrap,
                      struct err_info *info)
{
	struct rehearsed *found = find(rehearsal, partition, wrap);

	if (found == NULL && rehearsal->count == rehearsal->capacity) {
		size_t capacity = rehearsal->capacity == 0 ? 8 : rehearsal->capacity * 2;
		struct rehearsed *items = realloc(rehearsal->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		rehearsal->items = items;
		rehearsal->capacity = capacity;
	}
	if (found == NULL)
		found = &rehearsal->items[rehearsal->count++];
	*found = (struct rehearsed){*partition, *wrap};
	return ERR_OK;
}

const struct keyring_wrap *
keyring_rehearsal_find(const struct keyring_rehearsal *rehearsal, const struct id *partition,
                       const struct keyring_wrap *like)
{
	const struct rehearsed *found = rehearsal == NULL ? NULL : find(rehearsal, partition, like);

	return found == NULL ? NULL : &found->wrap;
}

const struct keyring_wrap *
keyring_rehearsal_next(const struct keyring_rehearsal *rehearsal, const struct id *partition, size_t *position)
{
	while (rehearsal != NULL && *position < rehearsal->count) {
		const struct rehearsed *item = &rehearsal->items[(*position)++];

		if (id_equal(&item->partition, partition))
			return &item->wrap;
	}
	return NULL;
}
