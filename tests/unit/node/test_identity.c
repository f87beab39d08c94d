#include "golden.h"
#include "node/internal.h"

static enum err
read_identity(struct view content, struct err_info *info)
{
	struct node_identity identity;

	return node_identity_read(&identity, content, info);
}

static void
identities_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_node_identity", read_identity);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(identities_are_told_apart)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
