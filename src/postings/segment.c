/* A segment: sealed pages of postings in order, then the first bytes of each page, then filters of what they hold. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "postings/inside.h"

enum {
	AT_RECORD = 16,
	AT_SIDE = 32,
	AT_ELEMENT = 34,
	AT_PLACE = 38,
	AT_FROM = 40,
	AT_TO = 44,
	ASSOCIATED_BYTES = 4 + POSTINGS_GENERATION_BYTES + 4,
	BUFFER_BYTES = 64 * POSTINGS_PAGE_BYTES,
	NAME_BYTES = 2 * POSTINGS_GENERATION_BYTES + 1,
};

_Static_assert(POSTINGS_PAGE_ENTRIES *POSTINGS_ENTRY_BYTES <= POSTINGS_PAGE_CONTENT, "entries fit before the tag");

void
postings_entry_write(uint8_t out[POSTINGS_ENTRY_BYTES], const struct finding_posting *posting)
{
	memcpy(out, posting->group, FINDING_GROUP_BYTES);
	memcpy(out + AT_RECORD, posting->record.bytes, ID_BYTES);
	store_u16(out + AT_SIDE, posting->side);
	store_u32(out + AT_ELEMENT, posting->element);
	store_u16(out + AT_PLACE, posting->place);
	store_u32(out + AT_FROM, (uint32_t)posting->from);
	store_u32(out + AT_TO, (uint32_t)posting->to);
}

void
postings_entry_read(struct finding_posting *out, const uint8_t entry[POSTINGS_ENTRY_BYTES])
{
	memcpy(out->group, entry, FINDING_GROUP_BYTES);
	memcpy(out->record.bytes, entry + AT_RECORD, ID_BYTES);
	out->side = load_u16(entry + AT_SIDE);
	out->element = load_u32(entry + AT_ELEMENT);
	out->place = load_u16(entry + AT_PLACE);
	out->from = (int32_t)load_u32(entry + AT_FROM);
	out->to = (int32_t)load_u32(entry + AT_TO);
}

enum err
postings_segment_path(char *out, const struct postings *postings, const uint8_t *generation, struct err_info *info)
{
	char name[NAME_BYTES];

	hex_write(name, view_of(generation, POSTINGS_GENERATION_BYTES));
	return fs_path(out, info, "%s/%s", postings->directory, name);
}

static void
associated_of(uint8_t out[ASSOCIATED_BYTES], const uint8_t *generation, uint32_t number)
{
	memcpy(out, "page", 4);
	memcpy(out + 4, generation, POSTINGS_GENERATION_BYTES);
	store_u32(out + 4 + POSTINGS_GENERATION_BYTES, number);
}

bool
postings_page_open(uint8_t *out, const struct postings *postings, const struct postings_segment *segment, size_t number)
{
	uint8_t associated[ASSOCIATED_BYTES];
	uint8_t page[POSTINGS_PAGE_BYTES];

	if (fs_read_at(segment->fd, "", page, sizeof(page), (off_t)(number * POSTINGS_PAGE_BYTES), NULL) != ERR_OK)
		return false;
	associated_of(associated, segment->generation, (uint32_t)number);
	return seal_siv_open(out, postings->key, view_of(associated, sizeof(associated)), view_of(page, sizeof(page)),
	                     NULL) == ERR_OK;
}

size_t
postings_pages_for(uint64_t count, size_t each)
{
	return (size_t)((count + each - 1) / each);
}

static enum err
read_fences(struct postings_segment *segment, const struct postings *postings)
{
	uint8_t content[POSTINGS_PAGE_CONTENT];
	size_t pages = postings_pages_for(segment->pages, POSTINGS_PAGE_FENCES);

	segment->fences = calloc(segment->pages + 1, POSTINGS_FENCE_BYTES);
	segment->page = malloc(POSTINGS_PAGE_CONTENT);
	segment->filters = calloc(postings_pages_for(segment->pages, POSTINGS_FILTER_PAGES), sizeof(*segment->filters));
	if (segment->fences == NULL || segment->page == NULL || segment->filters == NULL)
		return ERR_NOMEM;
	segment->page_at = SIZE_MAX;
	for (size_t i = 0; i < pages; i++) {
		size_t left = segment->pages - i * POSTINGS_PAGE_FENCES;
		size_t count = left < POSTINGS_PAGE_FENCES ? left : POSTINGS_PAGE_FENCES;

		if (!postings_page_open(content, postings, segment, segment->pages + i))
			return ERR_FORMAT;
		memcpy(segment->fences + i * POSTINGS_PAGE_FENCES * POSTINGS_FENCE_BYTES, content,
		       count * POSTINGS_FENCE_BYTES);
	}
	return ERR_OK;
}

enum err
postings_segment_open(struct postings_segment *out, const struct postings *postings, const uint8_t *generation,
                      uint64_t count)
{
	struct postings_segment segment = {.count = count};
	char path[LIMIT_PATH_BYTES_MAX];
	struct stat status;
	size_t pages;
	enum err err = ERR_FORMAT;

	memcpy(segment.generation, generation, POSTINGS_GENERATION_BYTES);
	if (count == 0 || count > UINT32_MAX || postings_segment_path(path, postings, generation, NULL) != ERR_OK ||
	    fs_open(&segment.fd, path, UINT64_MAX, NULL) != ERR_OK)
		return ERR_FORMAT;
	segment.is_open = true;
	segment.pages = postings_pages_for(count, POSTINGS_PAGE_ENTRIES);
	pages = segment.pages + postings_pages_for(segment.pages, POSTINGS_PAGE_FENCES) +
	        postings_pages_for(segment.pages, POSTINGS_FILTER_PAGES);
	if (fstat(segment.fd, &status) == 0 && (uint64_t)status.st_size == (uint64_t)pages * POSTINGS_PAGE_BYTES)
		err = read_fences(&segment, postings);
	if (err != ERR_OK) {
		postings_segment_release(&segment);
		return err;
	}
	*out = segment;
	return ERR_OK;
}

void
postings_segment_release(struct postings_segment *segment)
{
	if (segment->is_open)
		(void)close(segment->fd);
	free(segment->fences);
	free(segment->page);
	for (size_t i = 0; segment->filters != NULL && i < postings_pages_for(segment->pages, POSTINGS_FILTER_PAGES);
	     i++)
		free(segment->filters[i]);
	free(segment->filters);
	*segment = (struct postings_segment){0};
}

enum err
postings_segment_at(struct finding_posting *out, const struct postings *postings, struct postings_segment *segment,
                    uint64_t at, struct err_info *info)
{
	size_t page = (size_t)(at / POSTINGS_PAGE_ENTRIES);

	if (segment->page_at != page) {
		segment->page_at = SIZE_MAX;
		if (!postings_expect_take(segment->page, postings, segment, page) &&
		    !postings_page_open(segment->page, postings, segment, page))
			return err_set(info, ERR_FORMAT, "%s", _("the cache of findings is damaged"));
		segment->page_at = page;
	}
	postings_entry_read(out, segment->page + (at % POSTINGS_PAGE_ENTRIES) * POSTINGS_ENTRY_BYTES);
	return ERR_OK;
}

size_t
postings_segment_page(const struct postings_segment *segment, const uint8_t group[FINDING_GROUP_BYTES])
{
	size_t low = 0;
	size_t high = segment->pages;

	/* the last page whose fence is below the group: it may begin there */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(segment->fences + middle * POSTINGS_FENCE_BYTES, group, POSTINGS_FENCE_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? 0 : low - 1;
}

enum err
postings_segment_find(uint64_t *out, const struct postings *postings, struct postings_segment *segment,
                      const uint8_t group[FINDING_GROUP_BYTES], struct err_info *info)
{
	uint64_t at = (uint64_t)postings_segment_page(segment, group) * POSTINGS_PAGE_ENTRIES;
	enum err err = ERR_OK;

	for (; at < segment->count; at++) {
		struct finding_posting posting;

		err = postings_segment_at(&posting, postings, segment, at, info);
		if (err != ERR_OK || memcmp(posting.group, group, FINDING_GROUP_BYTES) >= 0)
			break;
	}
	if (err == ERR_OK)
		*out = at;
	return err;
}

enum err
postings_writer_begin(struct postings_writer *writer, const struct postings *postings, struct err_info *info)
{
	char name[NAME_BYTES];
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err;

	*writer = (struct postings_writer){.postings = postings, .fd = -1};
	err = postings->env.random(postings->env.context, writer->generation, sizeof(writer->generation), info);
	hex_write(name, view_of(writer->generation, sizeof(writer->generation)));
	if (err == ERR_OK)
		err = fs_mkdir(postings->directory, info);
	if (err == ERR_OK)
		err = postings_segment_path(path, postings, writer->generation, info);
	return err == ERR_OK ? fs_create_temporary(&writer->fd, writer->path, path, "new", info) : err;
}

/* Seal what is in `plain` as the next page. */
static enum err
close_page(struct postings_writer *writer, struct err_info *info)
{
	uint8_t associated[ASSOCIATED_BYTES];
	uint8_t *at = bytes_extend(&writer->out, POSTINGS_PAGE_BYTES);
	enum err err = ERR_OK;

	if (at == NULL)
		return err_nomem(info);
	associated_of(associated, writer->generation, writer->number++);
	seal_siv_seal(at, writer->postings->key, view_of(associated, sizeof(associated)),
	              view_of(writer->plain, sizeof(writer->plain)));
	memset(writer->plain, 0, sizeof(writer->plain));
	writer->used = 0;
	if (writer->out.size >= BUFFER_BYTES) {
		err = fs_write_all(writer->fd, writer->path, bytes_view(&writer->out), info);
		bytes_clear(&writer->out);
	}
	return err;
}

/* What the filter has gathered, once its pages are full or the last. */
static enum err
close_filter(struct postings_writer *writer, struct err_info *info)
{
	enum err err = bytes_append(&writer->filters, writer->filter, sizeof(writer->filter), info);

	memset(writer->filter, 0, sizeof(writer->filter));
	return err;
}

enum err
postings_writer_put(struct postings_writer *writer, const struct finding_posting *posting, struct err_info *info)
{
	enum err err = ERR_OK;

	if (writer->used == 0 && writer->number > 0 && writer->number % POSTINGS_FILTER_PAGES == 0)
		err = close_filter(writer, info);
	if (err == ERR_OK && writer->used == 0)
		err = bytes_append(&writer->fences, posting->group, POSTINGS_FENCE_BYTES, info);
	if (err != ERR_OK)
		return err;
	postings_filter_add(writer->filter, posting->group);
	postings_entry_write(writer->plain + writer->used * POSTINGS_ENTRY_BYTES, posting);
	writer->used++;
	writer->count++;
	return writer->used == POSTINGS_PAGE_ENTRIES ? close_page(writer, info) : ERR_OK;
}

/* Fences or filters: as many pages as they fill. */
static enum err
write_pages(struct postings_writer *writer, struct view content, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t at = 0; err == ERR_OK && at < content.size; at += POSTINGS_PAGE_CONTENT) {
		size_t left = content.size - at;

		memcpy(writer->plain, content.data + at, left < POSTINGS_PAGE_CONTENT ? left : POSTINGS_PAGE_CONTENT);
		err = close_page(writer, info);
	}
	return err;
}

enum err
postings_writer_end(struct postings_segment *out, struct postings_writer *writer, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = writer->used > 0 ? close_page(writer, info) : ERR_OK;

	if (err == ERR_OK && writer->count > 0)
		err = close_filter(writer, info);
	if (err == ERR_OK)
		err = write_pages(writer, bytes_view(&writer->fences), info);
	if (err == ERR_OK)
		err = write_pages(writer, bytes_view(&writer->filters), info);
	if (err == ERR_OK)
		err = fs_write_all(writer->fd, writer->path, bytes_view(&writer->out), info);
	if (err == ERR_OK)
		err = postings_segment_path(path, writer->postings, writer->generation, info);
	if (err == ERR_OK && rename(writer->path, path) != 0)
		err = err_errno(info, errno, _("cannot write %s"), path);
	if (err == ERR_OK && writer->count > 0) {
		err = postings_segment_open(out, writer->postings, writer->generation, writer->count);
		if (err != ERR_OK)
			err = err == ERR_NOMEM ? err_nomem(info)
			                       : err_set(info, ERR_IO, _("%s does not read as it was written"), path);
	}
	if (err == ERR_OK)
		out->is_new = true;
	postings_writer_drop(writer);
	return err;
}

void
postings_writer_drop(struct postings_writer *writer)
{
	if (writer->fd >= 0) {
		(void)close(writer->fd);
		(void)unlink(writer->path); /* gone already when it was renamed */
	}
	writer->fd = -1;
	bytes_release(&writer->fences);
	bytes_release(&writer->filters);
	bytes_release(&writer->out);
}
