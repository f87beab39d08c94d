/*
 * What is read of git objects and of the small files beside them. The first byte says what follows: 'r' the root tree, 'd' a
 * directory of ids (then its depth in digits, then the 16 bytes whose digits lead to it), 'l' the head of a commit, 'p' the header of a
 * pack's entry, 'n' the note of a pack that is not visible yet, 'g' the cache of generation numbers, 'e' the deflated directory of so many
 * ids as the next byte says. What is taken of the first is written again byte for byte; ids are in order and in their place; what the reader of
 * our own streams takes, libdeflate reads as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "git/generations.h"
#include "git/history.h"
#include "git/idnode.h"
#include "git/note.h"
#include "git/packer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_root(struct view object)
{
	struct git_root root;
	struct bytes again = {0};

	if (git_root_parse(&root, object, NULL) != ERR_OK)
		return;
	/* an entry of the zero id is none to the writer */
	if (git_root_encode(&again, &root, NULL) != ERR_OK || again.size > object.size ||
	    (again.size == object.size && !view_equal(bytes_view(&again), object)))
		abort();
	bytes_release(&again);
}

static void
try_directory(struct view rest)
{
	struct git_idnode *node = git_idnode_new();
	struct id prefix;

	if (node == NULL || rest.size < 1 + ID_BYTES) {
		git_idnode_free(node);
		return;
	}
	memcpy(prefix.bytes, rest.data + 1, ID_BYTES);
	node->is_loaded = false;
	if (git_idnode_parse(node, view_of(rest.data + 1 + ID_BYTES, rest.size - 1 - ID_BYTES), &prefix, rest.data[0],
	                     NULL) == ERR_OK) {
		if (node->count > LIMIT_TREE_IDS_MAX)
			abort();
		for (size_t i = 0; i < node->count; i++) {
			if (i > 0 && memcmp(node->entries[i - 1].id.bytes, node->entries[i].id.bytes, ID_BYTES) >= 0)
				abort();
			if (git_idnode_find(node, &node->entries[i].id) != &node->entries[i])
				abort();
		}
	}
	git_idnode_free(node);
}

static void
try_generations(struct view file)
{
	struct generations generations = {0};

	if (generations_parse(&generations, file, NULL) == ERR_OK) {
		for (size_t i = 0; i < generations.count; i++) {
			if (generations_find(&generations, &generations.items[i].commit) == 0)
				abort();
		}
	}
	generations_release(&generations);
}

static void
try_leaf(struct view rest)
{
	struct leaf_decoder decoder = {0};
	struct libdeflate_decompressor *any;
	struct bytes content = {0};
	uint8_t again[256 * LEAF_ENTRY_BYTES];
	size_t used = 0;
	size_t used_again = 0;
	size_t size;

	if (rest.size == 0)
		return;
	size = (size_t)rest.data[0] * LEAF_ENTRY_BYTES;
	rest = view_of(rest.data + 1, rest.size - 1);
	if (leaf_decode(&content, &used, &decoder, size, rest)) {
		any = libdeflate_alloc_decompressor();
		if (any != NULL &&
		    (libdeflate_zlib_decompress_ex(any, rest.data, rest.size, again, size, &used_again, NULL) !=
		             LIBDEFLATE_SUCCESS ||
		     used != used_again || content.size != size || memcmp(again, content.data, size) != 0))
			abort();
		libdeflate_free_decompressor(any);
	} else if (content.size != 0) {
		abort();
	}
	bytes_release(&content);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct git_commit_links links;
	struct git_note note;
	struct view rest;
	uint64_t value;
	size_t used;
	int type;

	if (size == 0)
		return 0;
	rest = view_of(data + 1, size - 1);
	if (data[0] == 'r')
		try_root(rest);
	else if (data[0] == 'd')
		try_directory(rest);
	else if (data[0] == 'g')
		try_generations(rest);
	else if (data[0] == 'e')
		try_leaf(rest);
	else if (data[0] == 'l' && git_commit_links_read(&links, rest, NULL) == ERR_OK &&
	         links.parent_count > GIT_PARENTS_MAX)
		abort();
	else if (data[0] == 'p' && pack_decode_header(&type, &value, &used, rest, NULL) == ERR_OK && used > rest.size)
		abort();
	else if (data[0] == 'n' && git_note_parse(&note, rest, NULL) == ERR_OK && strlen(note.pack) != 2 * OID_BYTES)
		abort();
	return 0;
}
