/* The files: base and overlay merged into a new base, or the overlay alone as the recent file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lookup/internal.h"

enum {
	AT_GENERATION = 8,
	AT_CONTEXT = 24,
	AT_COMMIT = 56,
	AT_COUNT = 76,
	RECENT_HEADER_BYTES = 80,
	CHANGE_BYTES = 1 + LOOKUP_PAIR_BYTES,
	RECENT_BYTES_MAX = RECENT_HEADER_BYTES + LOOKUP_RECENT_MAX * CHANGE_BYTES + LOOKUP_TAG_BYTES,
	BUFFER_PAGES = 64,
	WORD_BYTES = 2 * LOOKUP_GENERATION_BYTES + 1,
};

static const uint8_t MAGIC[8] = {'T', 'S', 'K', 'E', 'Y', 'R', '1', '\n'};
static const uint32_t RECENT_NUMBER = 0xffffffffU; /* no page has it */

/* A base being written. */
struct writer {
	struct lookup *lookup;
	struct lookup_base base; /* generation, stamp, count */
	int fd;
	char path[LIMIT_PATH_BYTES_MAX];
	uint8_t *buffer;
	size_t full; /* pages of the buffer that are done */
	size_t used; /* pairs in the next one */
	uint32_t number;
};

static enum err
flush(struct writer *writer, struct err_info *info)
{
	enum err err =
		fs_write_all(writer->fd, writer->path, view_of(writer->buffer, writer->full * LOOKUP_PAGE_BYTES), info);

	writer->full = 0;
	return err;
}

static enum err
close_page(struct writer *writer, struct err_info *info)
{
	uint8_t *page = writer->buffer + writer->full * LOOKUP_PAGE_BYTES;

	memset(page + writer->used * LOOKUP_PAIR_BYTES, 0, LOOKUP_PAGE_BYTES - writer->used * LOOKUP_PAIR_BYTES);
	lookup_page_close(page, writer->lookup, writer->number, writer->base.generation);
	writer->number++;
	writer->full++;
	writer->used = 0;
	return writer->full == BUFFER_PAGES ? flush(writer, info) : ERR_OK;
}

static enum err
write_pair(struct writer *writer, const struct lookup_pair *pair, struct err_info *info)
{
	uint8_t *page = writer->buffer + writer->full * LOOKUP_PAGE_BYTES;

	memcpy(page + writer->used * LOOKUP_PAIR_BYTES, pair, LOOKUP_PAIR_BYTES);
	writer->used++;
	writer->base.count++;
	return writer->used == LOOKUP_PAGE_PAIRS ? close_page(writer, info) : ERR_OK;
}

static int
compare_pairs(const void *a, const void *b)
{
	return lookup_pair_compare(a, b);
}

/* The overlay's pairs in order; states are looked up again. */
static struct lookup_pair *
sorted_overlay(const struct lookup_overlay *overlay)
{
	struct lookup_pair *pairs = calloc(overlay->count + 1, sizeof(*pairs));
	size_t count = 0;

	for (size_t i = 0; pairs != NULL && i < overlay->capacity; i++) {
		if (overlay->states[i] != LOOKUP_STATE_NONE)
			pairs[count++] = overlay->pairs[i];
	}
	if (pairs != NULL && count > 1)
		qsort(pairs, count, sizeof(*pairs), compare_pairs);
	return pairs;
}

static enum err
merge_pairs(struct writer *writer, const struct lookup_pair *changed, struct err_info *info)
{
	struct lookup *lookup = writer->lookup;
	uint64_t at = 0;
	size_t next = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK && (at < lookup->base.count || next < lookup->overlay.count)) {
		const struct lookup_pair *own = at < lookup->base.count ? lookup_base_at(lookup, at) : NULL;
		int order;

		if (own == NULL && at < lookup->base.count)
			return err_set(info, ERR_FORMAT, "%s", _("the cache of natural keys is damaged"));
		order = own == NULL ? 1 : next == lookup->overlay.count ? -1 : lookup_pair_compare(own, &changed[next]);
		if (order < 0)
			err = write_pair(writer, own, info);
		else if (lookup_overlay_state(&lookup->overlay, &changed[next]) == LOOKUP_STATE_THERE)
			err = write_pair(writer, &changed[next], info);
		at += order <= 0 ? 1U : 0U;
		next += order >= 0 ? 1U : 0U;
	}
	return err;
}

static enum err
write_base(struct writer *writer, const struct lookup_pair *changed, struct err_info *info)
{
	enum err err;

	writer->full = 1; /* the header's place */
	memset(writer->buffer, 0, LOOKUP_PAGE_BYTES);
	writer->number = 1;
	err = merge_pairs(writer, changed, info);
	if (err == ERR_OK && writer->used > 0)
		err = close_page(writer, info);
	if (err == ERR_OK && writer->full > 0)
		err = flush(writer, info);
	if (err != ERR_OK)
		return err;
	lookup_header_write(writer->buffer, writer->lookup, &writer->base);
	if (lseek(writer->fd, 0, SEEK_SET) != 0)
		return err_errno(info, errno, _("cannot write %s"), writer->path);
	return fs_write_all(writer->fd, writer->path, view_of(writer->buffer, LOOKUP_PAGE_BYTES), info);
}

/* The new file takes the base's place in memory; the overlay is in it. */
static enum err
use_base(struct lookup *lookup, const char *path, struct err_info *info)
{
	struct lookup_base base;
	char *temporary = strdup(path);
	enum err err = temporary == NULL ? err_nomem(info) : ERR_OK;

	if (err == ERR_OK && !lookup_base_open(&base, lookup, path))
		err = err_set(info, ERR_IO, _("%s does not read as it was written"), path);
	if (err != ERR_OK) {
		free(temporary);
		return err;
	}
	if (lookup->base.temporary != NULL)
		(void)unlink(lookup->base.temporary);
	lookup_base_release(&lookup->base);
	lookup_overlay_release(&lookup->overlay);
	lookup->base = base;
	lookup->base.temporary = temporary;
	return ERR_OK;
}

enum err
lookup_merge(struct lookup *lookup, const struct lookup_stamp *stamp, struct err_info *info)
{
	struct writer writer = {.lookup = lookup, .base = {.stamp = *stamp}, .fd = -1};
	struct lookup_pair *changed = sorted_overlay(&lookup->overlay);
	char word[WORD_BYTES];
	enum err err = ERR_OK;

	writer.buffer = malloc((size_t)BUFFER_PAGES * LOOKUP_PAGE_BYTES);
	if (writer.buffer == NULL || changed == NULL)
		err = err_nomem(info);
	if (err == ERR_OK)
		err = lookup->env.random(lookup->env.context, writer.base.generation, LOOKUP_GENERATION_BYTES, info);
	if (err == ERR_OK) {
		hex_write(word, view_of(writer.base.generation, LOOKUP_GENERATION_BYTES));
		err = fs_create_temporary(&writer.fd, writer.path, lookup->path, word, info);
	}
	if (err == ERR_OK)
		err = write_base(&writer, changed, info);
	if (writer.fd >= 0)
		(void)close(writer.fd);
	if (err == ERR_OK)
		err = use_base(lookup, writer.path, info);
	if (err != ERR_OK && writer.fd >= 0)
		(void)unlink(writer.path);
	free(writer.buffer);
	free(changed);
	return err;
}

static enum err
recent_path(char *out, const struct lookup *lookup)
{
	return fs_path(out, NULL, "%s-recent", lookup->path);
}

static void
recent_save(struct lookup *lookup, const struct lookup_stamp *stamp)
{
	const struct lookup_overlay *overlay = &lookup->overlay;
	size_t size = RECENT_HEADER_BYTES + overlay->count * CHANGE_BYTES;
	char path[LIMIT_PATH_BYTES_MAX];
	uint8_t *content = calloc(1, size + LOOKUP_TAG_BYTES);
	uint8_t *at;

	if (content == NULL)
		return;
	memcpy(content, MAGIC, sizeof(MAGIC));
	memcpy(content + AT_GENERATION, lookup->base.generation, LOOKUP_GENERATION_BYTES);
	memcpy(content + AT_CONTEXT, stamp->context.bytes, DIGEST_BYTES);
	memcpy(content + AT_COMMIT, stamp->commit.bytes, OID_BYTES);
	store_u32(content + AT_COUNT, (uint32_t)overlay->count);
	at = content + RECENT_HEADER_BYTES;
	for (size_t i = 0; i < overlay->capacity; i++) {
		if (overlay->states[i] == LOOKUP_STATE_NONE)
			continue;
		*at = overlay->states[i] == LOOKUP_STATE_THERE;
		memcpy(at + 1, &overlay->pairs[i], LOOKUP_PAIR_BYTES);
		at += CHANGE_BYTES;
	}
	lookup_tag(at, lookup, RECENT_NUMBER, (struct view){0}, view_of(content, size));
	if (recent_path(path, lookup) == ERR_OK &&
	    fs_write_cache(path, view_of(content, size + LOOKUP_TAG_BYTES), NULL) != ERR_OK)
		(void)unlink(path);
	free(content);
}

bool
lookup_recent_read(struct lookup *lookup, struct lookup_stamp *stamp, struct view content)
{
	uint8_t tag[LOOKUP_TAG_BYTES];
	size_t size = content.size - LOOKUP_TAG_BYTES;
	uint32_t count;

	if (content.size < RECENT_HEADER_BYTES + LOOKUP_TAG_BYTES || memcmp(content.data, MAGIC, sizeof(MAGIC)) != 0 ||
	    memcmp(content.data + AT_GENERATION, lookup->base.generation, LOOKUP_GENERATION_BYTES) != 0)
		return false;
	count = load_u32(content.data + AT_COUNT);
	lookup_tag(tag, lookup, RECENT_NUMBER, (struct view){0}, view_of(content.data, size));
	if (count > LOOKUP_RECENT_MAX || size != RECENT_HEADER_BYTES + (size_t)count * CHANGE_BYTES ||
	    memcmp(tag, content.data + size, sizeof(tag)) != 0)
		return false;
	for (const uint8_t *at = content.data + RECENT_HEADER_BYTES; at < content.data + size; at += CHANGE_BYTES) {
		struct lookup_pair pair;

		memcpy(&pair, at + 1, sizeof(pair));
		if (lookup_overlay_set(&lookup->overlay, &pair, *at == 1 ? LOOKUP_STATE_THERE : LOOKUP_STATE_GONE,
		                       NULL) != ERR_OK) {
			lookup_overlay_release(&lookup->overlay);
			return false;
		}
	}
	memcpy(stamp->context.bytes, content.data + AT_CONTEXT, DIGEST_BYTES);
	memcpy(stamp->commit.bytes, content.data + AT_COMMIT, OID_BYTES);
	return true;
}

void
lookup_recent_load(struct lookup *lookup, struct lookup_stamp *stamp)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = {0};

	if (recent_path(path, lookup) == ERR_OK && fs_read(&content, path, RECENT_BYTES_MAX, NULL) == ERR_OK)
		(void)lookup_recent_read(lookup, stamp, bytes_view(&content));
	bytes_release(&content);
}

/* Nothing under the old names is of use once the new base has its place. */
static bool
put_in_place(struct lookup *lookup)
{
	char path[LIMIT_PATH_BYTES_MAX];

	if (lookup->base.temporary == NULL)
		return true;
	if (rename(lookup->base.temporary, lookup->path) != 0)
		return false;
	free(lookup->base.temporary);
	lookup->base.temporary = NULL;
	if (recent_path(path, lookup) == ERR_OK)
		(void)unlink(path);
	return true;
}

void
lookup_save(struct lookup *lookup, const struct lookup_stamp *stamp)
{
	uint64_t most = lookup->base.count / LOOKUP_RECENT_SHARE;

	most = most < LOOKUP_RECENT_MIN ? LOOKUP_RECENT_MIN : most > LOOKUP_RECENT_MAX ? LOOKUP_RECENT_MAX : most;
	if ((lookup->base.file.size == 0 || lookup->overlay.count > most) &&
	    lookup_merge(lookup, stamp, NULL) != ERR_OK)
		return;
	if (!put_in_place(lookup))
		return;
	if (lookup->overlay.count > 0 || memcmp(&lookup->base.stamp, stamp, sizeof(*stamp)) != 0)
		recent_save(lookup, stamp);
}
