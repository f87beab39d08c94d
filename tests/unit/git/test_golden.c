/* Golden samples of what is read of git objects; the first byte says which reader: see tests/fuzz/fuzz_git_objects.c. */
#include <string.h>

#include "git/generations.h"
#include "git/history.h"
#include "git/idnode.h"
#include "git/note.h"
#include "git/packer.h"
#include "golden.h"

static enum err
read_directory(struct view rest, struct err_info *info)
{
	struct git_idnode *node = git_idnode_new();
	struct id prefix;
	enum err err;

	assert_non_null(node);
	assert_true(rest.size >= 1 + ID_BYTES);
	memcpy(prefix.bytes, rest.data + 1, ID_BYTES);
	err = git_idnode_parse(node, view_of(rest.data + 1 + ID_BYTES, rest.size - 1 - ID_BYTES), &prefix, rest.data[0],
	                       info);
	git_idnode_free(node);
	return err;
}

static enum err
read_leaf(struct view rest, struct err_info *info)
{
	struct leaf_decoder decoder = {0};
	struct bytes content = {0};
	size_t used;
	bool is_good;

	assert_true(rest.size > 0);
	is_good = leaf_decode(&content, &used, &decoder, (size_t)rest.data[0] * LEAF_ENTRY_BYTES,
	                      view_of(rest.data + 1, rest.size - 1));
	bytes_release(&content);
	return is_good ? ERR_OK : err_set(info, ERR_FORMAT, "not as our writer makes it");
}

static enum err
read_object(struct view content, struct err_info *info)
{
	struct view rest = view_of(content.data + 1, content.size - 1);
	struct generations generations = {0};
	struct git_commit_links links;
	struct git_root root;
	struct git_note note;
	uint64_t size;
	size_t used;
	int type;
	enum err err;

	switch (content.data[0]) {
	case 'r':
		return git_root_parse(&root, rest, info);
	case 'd':
		return read_directory(rest, info);
	case 'l':
		return git_commit_links_read(&links, rest, info);
	case 'p':
		return pack_decode_header(&type, &size, &used, rest, info);
	case 'n':
		return git_note_parse(&note, rest, info);
	case 'e':
		return read_leaf(rest, info);
	default:
		err = generations_parse(&generations, rest, info); /* a cache: as far as it is good */
		generations_release(&generations);
		return err;
	}
}

static void
objects_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_git_objects", read_object);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(objects_are_told_apart)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
