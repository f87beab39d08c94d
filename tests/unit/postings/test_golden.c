#include "golden.h"
#include "postings/inside.h"
#include "seal/seal.h"

static enum err
read_head(struct view content, struct err_info *info)
{
	static const uint8_t KEY[32] = {7};
	const struct env env = env_system();
	struct digest context;
	struct postings *postings = NULL;
	struct seal_key *key = NULL;
	enum err err;

	support_assert_ok(seal_key_from_bytes(&key, KEY, info), info, "key", __FILE__, __LINE__);
	support_assert_ok(postings_new(&postings, "/nowhere/at/all", key, &env, info), info, "postings", __FILE__,
	                  __LINE__);
	err = postings_head_parse(postings, &context, content);
	postings_free(postings);
	return err;
}

static void
heads_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_postings_head", read_head);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(heads_are_told_apart)};

	if (seal_init(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
