#include "golden.h"
#include "schema/set.h"
#include "seal/seal.h"

static enum err
read_kind(struct view content, struct err_info *info)
{
	const struct schema_file file = {"sample.json", content};
	struct schema_set *set = NULL;
	enum err err = schema_set_new(&set, 1, NULL, &file, 1, info);

	schema_set_free(set);
	return err;
}

static enum err
read_set(struct view content, struct err_info *info)
{
	struct schema_set *set = NULL;
	enum err err = schema_set_read(&set, content, info);

	schema_set_free(set);
	return err;
}

static void
kinds_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_schema_kind", read_kind);
}

static void
sets_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_schema_set", read_set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_told_apart),
		cmocka_unit_test(sets_are_told_apart),
	};

	if (seal_init(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
