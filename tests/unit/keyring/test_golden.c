#include <string.h>

#include "golden.h"
#include "keyring/inside.h"
#include "keyring/segment.h"
#include "seal/seal.h"

enum {
	AT_PARTITION = 8
};

/* The partition that all samples but one name. */
static struct id
partition_of(const char *target, const char *sample)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = {0};
	struct err_info info;
	struct id id;

	assert_ok(fs_path(path, &info, "%s/golden/%s/%s", TESTS_DIR, target, sample));
	assert_ok(fs_read(&content, path, LIMIT_BUNDLE_BYTES_MAX, &info));
	assert_true(content.size > AT_PARTITION + ID_BYTES);
	memcpy(id.bytes, content.data + AT_PARTITION, ID_BYTES);
	bytes_release(&content);
	return id;
}

static enum err
read_segment(struct view content, struct err_info *info)
{
	const struct id partition = partition_of("fuzz_keyring_segment", "good-singles-only");
	struct segment segment = {.is_mapped = false};
	enum err err = segment_parse(&segment, content, &partition, info);

	if (err == ERR_OK)
		err = segment_check(&segment, &partition, info);
	segment_release(&segment);
	return err;
}

static enum err
read_wrap(struct view content, struct err_info *info)
{
	const struct id partition = partition_of("fuzz_keyring_wrap", "good-wrap");
	struct keyring_wrap wrap;

	return keyring_parse_wrap(&wrap, content, &partition, info);
}

static void
segments_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_keyring_segment", read_segment);
}

static void
wraps_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_keyring_wrap", read_wrap);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_are_told_apart),
		cmocka_unit_test(wraps_are_told_apart),
	};

	if (seal_init(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
