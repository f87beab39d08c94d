#include <stdlib.h>
#include <string.h>

#include "schema/compile.h"

/* A name and where it leads. Sorted by name; a title that several have leads nowhere. */
struct entry {
	struct view name;
	const void *item;
};

struct lookup {
	const struct entry *names;
	size_t name_count;
	const struct entry *titles;
	size_t title_count;
	const struct schema_code **by_number; /* code sets only */
};

static int
compare_entries(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;

	return view_compare(x->name, y->name);
}

static const void *
find(const struct entry *entries, size_t count, struct view name)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;
		int order = view_compare(entries[middle].name, name);

		if (order == 0)
			return entries[middle].item;
		if (order < 0)
			low = middle + 1;
		else
			count = middle;
	}
	return NULL;
}

/* Sort; of several items with one name none is kept, but its entry stays so that it is found to lead nowhere. */
static size_t
settle(struct entry *entries, size_t count)
{
	size_t kept = 0;

	qsort(entries, count, sizeof(*entries), compare_entries);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && view_equal(entries[kept - 1].name, entries[i].name)) {
			if (entries[kept - 1].item != entries[i].item)
				entries[kept - 1].item = NULL;
			continue;
		}
		entries[kept++] = entries[i];
	}
	return kept;
}

static void
add_titles(struct entry *entries, size_t *count, const struct schema_title *title, const void *item)
{
	if (title->has_zh)
		entries[(*count)++] = (struct entry){title->zh, item};
	if (title->has_en)
		entries[(*count)++] = (struct entry){title->en, item};
}

static enum err
refuse_twice(struct schema_builder *builder, struct err_info *info, struct view name)
{
	return schema_refuse(builder, info, ERR_EXISTS, _("\"%.*s\" is there twice"), (int)name.size,
	                     (const char *)name.data);
}

enum err
schema_index_object(struct schema_object *object, struct schema_builder *builder, struct err_info *info)
{
	struct lookup *lookup = schema_get(builder, 1, sizeof(*lookup));
	struct entry *names = schema_get(builder, object->count, sizeof(*names));
	struct entry *titles = schema_get(builder, object->count * 2, sizeof(*titles));
	size_t title_count = 0;

	if (lookup == NULL || names == NULL || titles == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < object->count; i++) {
		const struct schema_field *field = &object->fields[i];

		names[i] = (struct entry){field->name, field};
		add_titles(titles, &title_count, &field->title, field);
		if (i > 0 && field->number == object->fields[i - 1].number)
			return schema_refuse(builder, info, ERR_EXISTS,
			                     _("the number %u of \"%.*s\" and \"%.*s\" is there twice"), field->number,
			                     (int)field[-1].name.size, (const char *)field[-1].name.data,
			                     (int)field->name.size, (const char *)field->name.data);
	}
	lookup->names = names;
	lookup->name_count = settle(names, object->count);
	lookup->titles = titles;
	lookup->title_count = settle(titles, title_count);
	object->lookup = lookup;
	return ERR_OK;
}

const struct schema_field *
schema_field_by_number(const struct schema_object *object, uint32_t number)
{
	size_t low = 0;
	size_t high = object->count;

	/* most kinds number their fields from 1 without a gap */
	if (number - 1 < object->count && object->fields[number - 1].number == number)
		return &object->fields[number - 1];
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (object->fields[middle].number == number)
			return &object->fields[middle];
		if (object->fields[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct schema_field *
schema_field_by_name(const struct schema_object *object, struct view name)
{
	const struct lookup *lookup = object->lookup;

	return lookup == NULL ? NULL : find(lookup->names, lookup->name_count, name);
}

const struct schema_field *
schema_field_find(const struct schema_object *object, struct view name_or_title)
{
	const struct lookup *lookup = object->lookup;
	const struct schema_field *field = schema_field_by_name(object, name_or_title);

	return field != NULL || lookup == NULL ? field : find(lookup->titles, lookup->title_count, name_or_title);
}

struct view
schema_title_in(const struct schema_title *title, enum schema_language language)
{
	return language == SCHEMA_CHINESE ? title->zh : title->en;
}

static int
compare_numbers(const void *a, const void *b)
{
	const struct schema_code *const *x = a;
	const struct schema_code *const *y = b;

	return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

enum err
schema_index_codes(struct schema_codes *codes, struct schema_builder *builder, struct err_info *info)
{
	struct lookup *lookup = schema_get(builder, 1, sizeof(*lookup));
	struct entry *names = schema_get(builder, codes->count, sizeof(*names));
	struct entry *titles = schema_get(builder, codes->count * 2, sizeof(*titles));
	const struct schema_code **by_number = schema_get(builder, codes->count, sizeof(*by_number));
	size_t title_count = 0;

	if (lookup == NULL || names == NULL || titles == NULL || by_number == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < codes->count; i++) {
		names[i] = (struct entry){codes->codes[i].code, &codes->codes[i]};
		by_number[i] = &codes->codes[i];
		add_titles(titles, &title_count, &codes->codes[i].title, &codes->codes[i]);
	}
	qsort(by_number, codes->count, sizeof(*by_number), compare_numbers);
	lookup->name_count = settle(names, codes->count);
	for (size_t i = 0; i < lookup->name_count; i++) {
		if (names[i].item == NULL)
			return refuse_twice(builder, info, names[i].name);
	}
	for (size_t i = 1; i < codes->count; i++) {
		if (by_number[i]->number == by_number[i - 1]->number)
			return schema_refuse(builder, info, ERR_EXISTS, _("the number %u is there twice"),
			                     by_number[i]->number);
	}
	lookup->names = names;
	lookup->titles = titles;
	lookup->title_count = settle(titles, title_count);
	lookup->by_number = by_number;
	codes->lookup = lookup;
	return ERR_OK;
}

const struct schema_code *
schema_code_by_text(const struct schema_codes *codes, struct view code)
{
	const struct lookup *lookup = codes->lookup;

	return find(lookup->names, lookup->name_count, code);
}

const struct schema_code *
schema_code_by_number(const struct schema_codes *codes, uint64_t number)
{
	const struct lookup *lookup = codes->lookup;
	size_t low = 0;
	size_t high = codes->count;

	if (number - 1 < codes->count && lookup->by_number[number - 1]->number == number)
		return lookup->by_number[number - 1];
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lookup->by_number[middle]->number == number)
			return lookup->by_number[middle];
		if (lookup->by_number[middle]->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct schema_code *
schema_code_find(const struct schema_codes *codes, struct view code_or_title)
{
	const struct lookup *lookup = codes->lookup;
	const struct schema_code *code = schema_code_by_text(codes, code_or_title);

	return code != NULL ? code : find(lookup->titles, lookup->title_count, code_or_title);
}
