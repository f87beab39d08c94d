/* The cache of findings against a plain list: nights of changes, saved and read again; damage; another schema set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/fs.h"
#include "base/worker.h"
#include "postings/inside.h"
#include "test.h"

enum {
	GROUPS = 400,
	NIGHTS = 12,
	MODEL_MAX = 60000,
};

struct fixture {
	const char *directory;
	uint64_t seed;
	struct env env;
	struct digest context;
};

/* Whether the files hold something for this context. */
static bool
load(struct postings *postings, const struct digest *context)
{
	struct digest held;

	if (postings_load(postings, &held) && digest_equal(&held, context))
		return true;
	postings_clear(postings);
	return false;
}

static int
set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){.directory = support_scratch(), .seed = 77, .context = {{1, 2, 3}}};
	fixture.env = support_env(&fixture.seed);
	*state = &fixture;
	return 0;
}

static int
tear_down(void **state)
{
	support_remove(((struct fixture *)*state)->directory);
	return 0;
}

static struct postings *
open_postings(const struct fixture *fixture)
{
	static const uint8_t bytes[32] = {9};
	char path[LIMIT_PATH_BYTES_MAX];
	struct postings *postings = NULL;
	struct seal_key *key = NULL;
	struct err_info info;

	assert_ok(fs_path(path, &info, "%s/findings", fixture->directory));
	assert_ok(seal_key_from_bytes(&key, bytes, &info));
	assert_ok(postings_new(&postings, path, key, &fixture->env, &info));
	return postings;
}

static struct finding_posting
random_posting(uint64_t *random)
{
	struct finding_posting posting = {
		.place = (uint16_t)(support_random(random) % 5),
		.side = (uint16_t)(support_random(random) % 7),
		.element = (uint32_t)(support_random(random) % 3),
		.from = (int32_t)(support_random(random) % 50) - 25,
		.to = INT32_MAX,
	};
	uint64_t group = support_random(random) % GROUPS * UINT64_C(0x9e3779b97f4a7c15);
	uint64_t record = support_random(random) % 40;

	store_u64(posting.group, group);
	store_u64(posting.group + 8, group * UINT64_C(0xbf58476d1ce4e5b9));
	store_u64(posting.record.bytes, record);
	return posting;
}

/* The model: what is there, one for each identity. */
struct model {
	struct finding_posting *items;
	size_t count;
};

static size_t
model_find(const struct model *model, const struct finding_posting *posting)
{
	for (size_t i = 0; i < model->count; i++) {
		if (postings_compare_identity(&model->items[i], posting) == 0)
			return i;
	}
	return SIZE_MAX;
}

/* A night changes each posting once. */
static bool
was_changed(const struct postings *postings, const struct finding_posting *posting)
{
	for (size_t i = 0; i < postings->changes.count; i++) {
		if (postings_compare_identity(&postings->changes.items[i], posting) == 0)
			return true;
	}
	return false;
}

static void
change_both(struct model *model, struct postings *postings, const struct finding_posting *posting, bool is_there)
{
	size_t at = model_find(model, posting);
	struct err_info info;

	if (was_changed(postings, posting))
		return;
	if (at != SIZE_MAX)
		assert_ok(postings_change(postings, &model->items[at], false, &info));
	if (at == SIZE_MAX && is_there)
		at = model->count++;
	if (is_there) {
		assert_true(model->count < MODEL_MAX);
		model->items[at] = *posting;
		assert_ok(postings_change(postings, posting, true, &info));
	} else if (at != SIZE_MAX) {
		model->items[at] = model->items[--model->count];
	}
}

struct counting {
	const struct model *model;
	size_t seen;
};

static enum err
count_group(void *context, const struct finding_posting *items, size_t count, struct err_info *info)
{
	struct counting *counting = context;

	(void)info;
	for (size_t i = 0; i < count; i++) {
		size_t at = model_find(counting->model, &items[i]);

		assert_true(at != SIZE_MAX);
		assert_int_equal(finding_posting_compare(&items[i], &counting->model->items[at]), 0);
		assert_memory_equal(items[i].group, items[0].group, FINDING_GROUP_BYTES);
	}
	counting->seen += count;
	return ERR_OK;
}

static void
assert_same(const struct model *model, struct postings *postings, uint64_t *random)
{
	struct counting counting = {model, 0};
	struct finding_postings group = {0};
	struct err_info info;

	assert_ok(postings_each(postings, count_group, &counting, &info));
	assert_int_equal(counting.seen, model->count);
	for (int i = 0; i < 40; i++) {
		struct finding_posting posting = random_posting(random);
		size_t expected = 0;

		for (size_t k = 0; k < model->count; k++)
			expected += memcmp(model->items[k].group, posting.group, FINDING_GROUP_BYTES) == 0 ? 1U : 0U;
		group.count = 0;
		assert_ok(postings_group(&group, postings, posting.group, &info));
		assert_int_equal(group.count, expected);
	}
	finding_postings_release(&group);
}

static void
nights_of_changes_read_like_a_plain_list(void **state)
{
	const struct fixture *fixture = *state;
	struct model model = {.items = calloc(MODEL_MAX, sizeof(*model.items))};
	uint64_t random = 4242;
	size_t segments = 0;

	assert_non_null(model.items);
	for (int night = 0; night < NIGHTS; night++) {
		struct postings *postings = open_postings(fixture);
		size_t changes = night == 0 ? 3000 : 40 + support_random(&random) % 400;
		struct err_info info;

		assert_int_equal(load(postings, &fixture->context), night > 0);
		for (size_t i = 0; i < changes; i++) {
			struct finding_posting posting = random_posting(&random);

			change_both(&model, postings, &posting, support_random(&random) % 3 != 0);
		}
		postings_settle(postings);
		assert_same(&model, postings, &random);
		assert_ok(postings_save(postings, &fixture->context, &info));
		assert_same(&model, postings, &random);
		segments = postings->segment_count > segments ? postings->segment_count : segments;
		postings_free(postings);
	}
	assert_in_range(segments, 2, 8); /* small nights stay apart, and are joined in time */
	free(model.items);
}

static void
places_notes_and_what_waits_come_back(void **state)
{
	const struct fixture *fixture = *state;
	struct postings *postings = open_postings(fixture);
	const struct id partition = {{5}};
	struct postings_note note = {.subject = {1}, .finding = {{2}}};
	struct postings_note other = {.subject = {3}, .finding = {{4}}};
	uint16_t place;
	struct err_info info;

	assert_ok(postings_place(&place, postings, &partition, &info));
	postings_place_at(postings, place)->day = 17500;
	postings_place_at(postings, place)->raised = 3;
	postings_place_at(postings, place)->commit.bytes[0] = 9;
	assert_ok(postings_roll_change(postings, place, view_text("deaths"), 2, &info));
	assert_ok(postings_roll_change(postings, place, view_text("deaths"), -1, &info));
	assert_ok(postings_roll_change(postings, place, view_text("gone"), 0, &info));
	note.place = place;
	other.place = place;
	assert_ok(postings_note_put(postings, &note, &info));
	assert_ok(postings_note_put(postings, &other, &info));
	assert_ok(postings_pending_add(postings, POSTINGS_PENDING_GROUPS, note.subject, &info));
	assert_ok(postings_pending_add(postings, POSTINGS_PENDING_SUBJECTS, other.subject, &info));
	assert_ok(postings_save(postings, &fixture->context, &info));
	postings_free(postings);

	postings = open_postings(fixture);
	assert_true(load(postings, &fixture->context));
	assert_int_equal(postings_place_count(postings), 1);
	assert_int_equal(postings_place_at(postings, 0)->day, 17500);
	assert_int_equal(postings_place_at(postings, 0)->raised, 3);
	assert_int_equal(postings_place_at(postings, 0)->commit.bytes[0], 9);
	assert_true(postings_has_roll(postings, 0, view_text("deaths")));
	assert_false(postings_has_roll(postings, 0, view_text("gone")));
	assert_memory_equal(postings_note_find(postings, note.subject)->finding.bytes, note.finding.bytes, ID_BYTES);
	assert_int_equal(postings_pending(postings, POSTINGS_PENDING_GROUPS).size, FINDING_GROUP_BYTES);
	assert_int_equal(postings_pending(postings, POSTINGS_PENDING_SUBJECTS).size, FINDING_GROUP_BYTES);
	postings_note_remove(postings, &note);
	assert_null(postings_note_find(postings, note.subject));
	assert_memory_equal(postings_note_find(postings, other.subject)->finding.bytes, other.finding.bytes, ID_BYTES);
	postings_free(postings);
}

static void
another_schema_set_or_key_finds_nothing(void **state)
{
	const struct fixture *fixture = *state;
	const struct digest other = {{4}};
	struct postings *postings = open_postings(fixture);
	struct finding_posting posting = {.side = 1};
	struct err_info info;

	assert_ok(postings_change(postings, &posting, true, &info));
	assert_ok(postings_save(postings, &fixture->context, &info));
	assert_false(load(postings, &other));
	assert_int_equal(postings_count(postings), 0);
	assert_true(load(postings, &fixture->context));
	assert_int_equal(postings_count(postings), 1);
	postings_free(postings);
}

/* Every byte of both files, one after the other: the head is void, or the page says so when it is read. */
static void
a_flipped_byte_is_never_believed(void **state)
{
	const struct fixture *fixture = *state;
	struct postings *postings = open_postings(fixture);
	struct finding_postings group = {0};
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct finding_posting posting = {.side = 1, .to = 5};
	struct err_info info;

	assert_ok(postings_change(postings, &posting, true, &info));
	assert_ok(postings_save(postings, &fixture->context, &info));
	assert_ok(fs_path(path, &info, "%s/findings", fixture->directory));
	assert_ok(fs_list(&names, path, 10, &info));
	assert_int_equal(names.count, 2);
	for (size_t n = 0; n < names.count; n++) {
		char file[LIMIT_PATH_BYTES_MAX];
		struct bytes content = {0};

		assert_ok(fs_path(file, &info, "%s/%s", path, names.names[n]));
		assert_ok(fs_read(&content, file, 1 << 20, &info));
		for (size_t i = 0; i<content.size; i += content.size> 1000 ? 61 : 1) {
			bool is_loaded;

			content.data[i] ^= 1;
			assert_ok(fs_write_cache(file, bytes_view(&content), &info));
			is_loaded = load(postings, &fixture->context);
			group.count = 0;
			if (is_loaded)
				assert_err(postings_group(&group, postings, posting.group, &info), ERR_FORMAT);
			content.data[i] ^= 1;
		}
		assert_ok(fs_write_cache(file, bytes_view(&content), &info));
		bytes_release(&content);
	}
	assert_true(load(postings, &fixture->context));
	group.count = 0;
	assert_ok(postings_group(&group, postings, posting.group, &info));
	assert_int_equal(group.count, 1);
	finding_postings_release(&group);
	fs_names_release(&names);
	postings_free(postings);
}

static int
compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, FINDING_GROUP_BYTES);
}

/* Two segments of some 240 and 12 pages, and half of the groups that they hold, in order, with others that they do not hold. */
static struct bytes
many_groups(struct postings *postings, const struct fixture *fixture)
{
	struct bytes groups = {0};
	uint64_t random = 11;
	struct err_info info;

	for (int i = 0; i < 21000; i++) {
		struct finding_posting posting = {.side = 1, .place = (uint16_t)i};

		store_u64(posting.group, support_random(&random));
		store_u64(posting.group + 8, support_random(&random));
		assert_ok(postings_change(postings, &posting, true, &info));
		posting.group[7] ^= i % 7 == 0 ? 1U : 0U;
		if (i % 2 == 0)
			assert_ok(bytes_append(&groups, posting.group, FINDING_GROUP_BYTES, &info));
		if (i == 19999)
			assert_ok(postings_save(postings, &fixture->context, &info));
		if (i == 19999)
			assert_true(load(postings, &fixture->context));
	}
	assert_ok(postings_save(postings, &fixture->context, &info));
	assert_true(load(postings, &fixture->context));
	assert_int_equal(postings->segment_count, 2);
	qsort(groups.data, groups.size / FINDING_GROUP_BYTES, FINDING_GROUP_BYTES, compare_hashes);
	return groups;
}

/* Ask for all but every ninth, and now and then for one out of the order. */
static enum err
ask_for_all(struct finding_postings *out, struct postings *postings, const struct bytes *groups, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < groups->size / FINDING_GROUP_BYTES; i++) {
		size_t other = i * 7919 % (groups->size / FINDING_GROUP_BYTES);

		if (i % 9 == 0)
			continue;
		err = postings_group(out, postings, groups->data + i * FINDING_GROUP_BYTES, info);
		if (err == ERR_OK && i % 50 == 1)
			err = postings_group(out, postings, groups->data + other * FINDING_GROUP_BYTES, info);
	}
	return err;
}

static void
groups_that_were_expected_read_alike(void **state)
{
	const struct fixture *fixture = *state;
	struct postings *postings = open_postings(fixture);
	struct bytes groups = many_groups(postings, fixture);
	struct finding_postings plain = {0};
	struct err_info info;

	assert_ok(ask_for_all(&plain, postings, &groups, &info));
	assert_in_range(plain.count, 7500, 9500);
	for (int round = 0; round < 3; round++) {
		struct finding_postings found = {0};

		worker_without_thread(round == 2);
		assert_ok(postings_expect(postings, bytes_view(&groups), &info));
		assert_ok(ask_for_all(&found, postings, &groups, &info));
		assert_int_equal(found.count, plain.count);
		for (size_t i = 0; i < found.count; i++)
			assert_int_equal(finding_posting_compare(&found.items[i], &plain.items[i]), 0);
		finding_postings_release(&found);
		if (round != 1) /* a second expectation ends the first */
			postings_expect_end(postings);
	}
	worker_without_thread(false);
	finding_postings_release(&plain);
	bytes_release(&groups);
	postings_free(postings);
}

static void
damage_is_found_beside_too(void **state)
{
	const struct fixture *fixture = *state;
	struct postings *postings = open_postings(fixture);
	struct bytes groups = many_groups(postings, fixture);
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = {0};
	struct err_info info;

	assert_ok(postings_segment_path(path, postings, postings->segments[0].generation, &info));
	assert_ok(fs_read(&content, path, 1 << 21, &info));
	for (size_t n = 0; n < 8; n++) { /* of pages of postings, and of its filters, which come last */
		size_t page = n < 4 ? 100 + n : content.size / POSTINGS_PAGE_BYTES + 3 - n;
		struct finding_postings found = {0};
		enum err err;

		content.data[page * POSTINGS_PAGE_BYTES + 77] ^= 1;
		assert_ok(fs_write_cache(path, bytes_view(&content), &info));
		assert_true(load(postings, &fixture->context));
		err = postings_expect(postings, bytes_view(&groups), &info);
		assert_int_equal(err, n < 4 ? ERR_OK : ERR_FORMAT);
		assert_err(err == ERR_OK ? ask_for_all(&found, postings, &groups, &info) : err, ERR_FORMAT);
		postings_expect_end(postings);
		content.data[page * POSTINGS_PAGE_BYTES + 77] ^= 1;
		finding_postings_release(&found);
	}
	bytes_release(&content);
	bytes_release(&groups);
	postings_free(postings);
}

static void
files_hold_nothing_that_was_posted(void **state)
{
	const struct fixture *fixture = *state;
	struct postings *postings = open_postings(fixture);
	struct finding_posting posting = {.side = 1, .group = "0123456789abcde", .record = {"fedcba987654321"}};
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct err_info info;

	assert_ok(postings_change(postings, &posting, true, &info));
	assert_ok(postings_save(postings, &fixture->context, &info));
	assert_ok(fs_path(path, &info, "%s/findings", fixture->directory));
	assert_ok(fs_list(&names, path, 10, &info));
	for (size_t n = 0; n < names.count; n++) {
		char file[LIMIT_PATH_BYTES_MAX];
		struct bytes content = {0};

		assert_ok(fs_path(file, &info, "%s/%s", path, names.names[n]));
		assert_ok(fs_read(&content, file, 1 << 20, &info));
		for (size_t i = 0; i + 15 < content.size; i++) {
			assert_memory_not_equal(content.data + i, posting.group, 15);
			assert_memory_not_equal(content.data + i, posting.record.bytes, 15);
		}
		bytes_release(&content);
	}
	fs_names_release(&names);
	postings_free(postings);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nights_of_changes_read_like_a_plain_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(places_notes_and_what_waits_come_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_schema_set_or_key_finds_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_flipped_byte_is_never_believed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(groups_that_were_expected_read_alike, set_up, tear_down),
		cmocka_unit_test_setup_teardown(damage_is_found_beside_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(files_hold_nothing_that_was_posted, set_up, tear_down),
	};
	struct err_info info;

	if (seal_init(&info) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
