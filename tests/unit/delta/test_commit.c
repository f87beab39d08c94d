#include <string.h>

#include "base/fs.h"
#include "delta/commit.h"
#include "seal/hash.h"
#include "test.h"

static const char GOLDEN[] = TESTS_DIR "/golden/fuzz_delta_commit";

static struct bytes
golden(const char *name)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = {0};
	struct err_info info;

	assert_ok(fs_path(path, &info, "%s/%s", GOLDEN, name));
	assert_ok(fs_read(&content, path, LIMIT_COMMIT_BYTES_MAX, &info));
	return content;
}

static struct delta_commit_info
example_edit(void)
{
	struct delta_commit_info edit = {.parent_count = 1,
	                                 .time = 1719567600,
	                                 .schema_version = 3,
	                                 .rules = 1,
	                                 .epoch = 1,
	                                 .level = 1,
	                                 .roster_count = 1,
	                                 .operator_name = view_text("王芳"),
	                                 .reason = view_text("moved house")};

	(void)node_code_read(&edit.node, view_text("430321100000"));
	(void)node_code_read(&edit.roster[0].issuer, view_text("430300000000"));
	edit.roster[0].number = 7;
	return edit;
}

static void
stock_git_made_commits_are_read_and_made_again(void **state)
{
	static const char *const names[] = {"good-root", "good-edit", "good-correction"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bytes text = golden(names[i]);
		struct delta_commit_parts parts = {0};
		struct delta_commit_info commit;
		struct bytes unsigned_text = {0};
		struct bytes armor = {0};
		struct bytes whole = {0};
		struct err_info info;

		assert_ok(delta_commit_read(&commit, &parts, bytes_view(&text), &info));
		assert_ok(delta_commit_write(&unsigned_text, &commit, &info));
		assert_true(view_equal(bytes_view(&unsigned_text), bytes_view(&parts.unsigned_text)));
		assert_ok(seal_sshsig_armor(&armor, &parts.sshsig, SEAL_NAMESPACE_GIT, &info));
		assert_ok(delta_commit_sign_insert(&whole, bytes_view(&unsigned_text), bytes_view(&armor), &info));

		assert_true(view_equal(bytes_view(&whole), bytes_view(&text)));
		assert_ok(seal_sshsig_verify(&parts.sshsig.signature, &parts.sshsig.signer, SEAL_NAMESPACE_GIT,
		                             bytes_view(&parts.unsigned_text), &info));
		delta_commit_parts_release(&parts);
		bytes_release(&unsigned_text);
		bytes_release(&armor);
		bytes_release(&whole);
		bytes_release(&text);
	}
}

static void
a_commit_says_what_was_put_into_it(void **state)
{
	struct bytes text = golden("good-edit");
	struct delta_commit_parts parts;
	struct delta_commit_info commit;
	struct err_info info;

	(void)state;
	assert_ok(delta_commit_read(&commit, &parts, bytes_view(&text), &info));

	assert_false(commit.is_merge);
	assert_int_equal(commit.parent_count, 1);
	assert_int_equal(commit.time, 1719567600);
	assert_hex(view_of(commit.tree.bytes, OID_BYTES), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
	assert_hex(view_of(commit.parents[0].bytes, OID_BYTES), "9b9b2c33408ca361406a96eae24b9b7347c52a3e");
	assert_hex(view_of(commit.partition.bytes, ID_BYTES), "00112233445566778899aabbccddeeff");
	assert_int_equal(commit.schema_version, 3);
	assert_int_equal(commit.schema_digest.bytes[DIGEST_BYTES - 1], 1);
	assert_int_equal(commit.epoch, 1);
	assert_int_equal(commit.epoch_digest.bytes[DIGEST_BYTES - 1], 2);
	assert_int_equal(commit.parents_digest.bytes[DIGEST_BYTES - 1], 3);
	assert_int_equal(commit.state_digest.bytes[DIGEST_BYTES - 1], 4);
	assert_string_equal(commit.node.text, "430321100000");
	assert_int_equal(commit.level, 1);
	assert_int_equal(commit.roster_count, 2);
	assert_string_equal(commit.roster[1].issuer.text, "430321000000");
	assert_int_equal(commit.roster[1].number, 12);
	assert_hex(view_of(commit.roster[1].digest, DELTA_ROSTER_DIGEST_BYTES), "fedcba9876543210");
	assert_true(view_equal(commit.operator_name, view_text("王芳")));
	assert_true(view_equal(commit.reason, view_text("moved house, seen 2024-06-28")));
	assert_int_equal(commit.voids.size, 0);
	assert_memory_equal(parts.signature_header.data, "-----BEGIN SSH SIGNATURE-----\n ", 31);
	delta_commit_parts_release(&parts);
	bytes_release(&text);
}

static void
a_merge_is_unsigned_and_says_no_more_than_it_must(void **state)
{
	struct bytes text = golden("good-merge");
	struct delta_commit_parts parts;
	struct delta_commit_info commit;
	struct bytes again = {0};
	struct err_info info = {0};

	(void)state;
	assert_ok(delta_commit_read(&commit, &parts, bytes_view(&text), &info));
	assert_true(commit.is_merge);
	assert_int_equal(commit.parent_count, 2);
	assert_int_equal(parts.signature_header.size, 0);
	assert_true(view_equal(bytes_view(&parts.unsigned_text), bytes_view(&text)));
	assert_ok(delta_commit_write(&again, &commit, &info));
	assert_true(view_equal(bytes_view(&again), bytes_view(&text)));

	commit.level = 1;
	assert_err(delta_commit_write(&again, &commit, &info), ERR_FORMAT);
	commit.level = 0;
	commit.parents[1] = commit.parents[0];
	assert_err(delta_commit_write(&again, &commit, &info), ERR_FORMAT);
	delta_commit_parts_release(&parts);
	bytes_release(&again);
	bytes_release(&text);
}

static void
the_lines_of_a_correction_are_walked_in_order(void **state)
{
	struct bytes text = golden("good-correction");
	struct delta_commit_info commit;
	struct arena arena = {0};
	struct bytes again = {0};
	struct err_info info = {0};
	struct delta_void lines[3];
	struct view rest;

	(void)state;
	assert_ok(delta_commit_read(&commit, NULL, bytes_view(&text), &info));
	rest = commit.voids;
	for (size_t i = 0; i < 3; i++) {
		assert_ok(delta_void_next(&lines[i], &rest, &arena, &info));
		assert_ok(delta_void_write(&again, &lines[i], &info));
	}
	assert_err(delta_void_next(&lines[0], &rest, &arena, &info), ERR_NOT_FOUND);

	assert_true(lines[0].is_restore);
	assert_true(lines[0].is_whole);
	assert_false(lines[1].is_restore);
	assert_int_equal(lines[1].path.type, RECORD_FIELD);
	assert_int_equal(lines[1].path.field, 12);
	assert_int_equal(lines[2].record.bytes[ID_BYTES - 1], 15);
	assert_int_equal(lines[2].path.type, RECORD_ELEMENT);
	assert_hex(lines[2].path.key, "000102030405060708090a0b0c0d0e0f");
	assert_true(view_equal(bytes_view(&again), commit.voids));
	bytes_release(&again);
	bytes_release(&text);
	arena_release(&arena);
}

static void
every_other_spelling_is_refused_as_not_authentic(void **state)
{
	struct fs_names names;
	struct err_info info;

	(void)state;
	assert_ok(fs_list(&names, GOLDEN, SIZE_MAX, &info));
	assert_true(names.count > 60);
	for (size_t i = 0; i < names.count; i++) {
		bool is_good = strncmp(names.names[i], "good", 4) == 0;
		struct bytes text = golden(names.names[i]);
		struct delta_commit_info commit;
		enum err err = delta_commit_read(&commit, NULL, bytes_view(&text), &info);
		bool is_limit = strstr(names.names[i], "too-long") != NULL;

		if (err != (is_good ? ERR_OK : is_limit ? ERR_TOO_BIG : ERR_AUTH))
			fail_msg("%s: ERR_%s: %s", names.names[i], err_name(err), err == ERR_OK ? "" : info.text);
		bytes_release(&text);
	}
	fs_names_release(&names);
}

static void
a_refusal_names_what_differs(void **state)
{
	static const struct {
		const char *name;
		const char *says;
	} cases[] = {
		{"bad-second-gpgsig", "second gpgsig"},
		{"bad-gpgsig-sha256", "gpgsig-sha256"},
		{"bad-encoding-header-behind", "encoding"},
		{"bad-unknown-header", "x-note"},
		{"bad-committer-is-another", "author and committer"},
		{"bad-node-line", "Node line"},
		{"bad-trailer-order", "Node"},
		{"bad-trailing-bytes", "behind its last line"},
		{"bad-rules-leading-zero", "Rules"},
		{"bad-armor-76-columns", "signature"},
		{"bad-unsigned-edit", "without a gpgsig"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes text = golden(cases[i].name);
		struct delta_commit_info commit;
		struct err_info info = {0};

		assert_err(delta_commit_read(&commit, NULL, bytes_view(&text), &info), ERR_AUTH);
		if (strstr(info.text, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].name, info.text);
		bytes_release(&text);
	}
}

static void
a_malleated_signature_reads_and_does_not_verify(void **state)
{
	struct bytes text = golden("good-malleated-signature");
	struct delta_commit_parts parts;
	struct delta_commit_info commit;
	struct err_info info = {0};

	(void)state;
	assert_ok(delta_commit_read(&commit, &parts, bytes_view(&text), &info));

	assert_err(seal_sshsig_verify(&parts.sshsig.signature, &parts.sshsig.signer, SEAL_NAMESPACE_GIT,
	                              bytes_view(&parts.unsigned_text), &info),
	           ERR_AUTH);
	delta_commit_parts_release(&parts);
	bytes_release(&text);
}

static void
a_commit_cut_at_any_byte_is_refused(void **state)
{
	struct bytes text = golden("good-correction");
	struct err_info info = {0};

	(void)state;
	for (size_t size = 0; size < text.size; size++) {
		struct delta_commit_info commit;
		enum err err = delta_commit_read(&commit, NULL, view_of(text.data, size), &info);

		/* cut between two of its lines a correction is a shorter one; the signature tells them apart */
		if (err == ERR_OK && text.data[size - 1] == '\n' && commit.voids.size < 300)
			continue;
		assert_err(err, ERR_AUTH);
	}
	bytes_release(&text);
}

static void
a_flipped_bit_is_refused_or_changes_what_is_signed(void **state)
{
	struct bytes text = golden("good-edit");
	struct delta_commit_parts original;
	struct delta_commit_info commit;
	struct err_info info = {0};

	(void)state;
	assert_ok(delta_commit_read(&commit, &original, bytes_view(&text), &info));
	for (size_t bit = 0; bit < text.size * 8; bit++) {
		struct delta_commit_parts parts = {0};

		text.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		if (delta_commit_read(&commit, &parts, bytes_view(&text), &info) == ERR_OK)
			assert_int_not_equal(
				seal_sshsig_verify(&parts.sshsig.signature, &original.sshsig.signer, SEAL_NAMESPACE_GIT,
			                           bytes_view(&parts.unsigned_text), NULL) == ERR_OK &&
					seal_public_key_equal(&parts.sshsig.signer, &original.sshsig.signer),
				true);
		text.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		delta_commit_parts_release(&parts);
	}
	delta_commit_parts_release(&original);
	bytes_release(&text);
}

static void
a_commit_says_nothing_that_could_not_be_read(void **state)
{
	struct bytes out = {0};
	struct err_info info = {0};
	struct delta_commit_info edit = example_edit();

	(void)state;
	assert_ok(delta_commit_write(&out, &edit, &info));
	bytes_clear(&out);
#define ASSERT_REFUSED(change, code)                                                                                   \
	edit = example_edit();                                                                                         \
	change;                                                                                                        \
	assert_err(delta_commit_write(&out, &edit, &info), code);                                                      \
	assert_int_equal(out.size, 0)
	ASSERT_REFUSED(edit.time = -1, ERR_FORMAT);
	ASSERT_REFUSED(edit.time = DELTA_TIME_MAX + 1, ERR_FORMAT);
	ASSERT_REFUSED(edit.parent_count = 2, ERR_FORMAT);
	ASSERT_REFUSED(edit.rules = 0, ERR_FORMAT);
	ASSERT_REFUSED(edit.epoch = LIMIT_EPOCH_MAX + 1, ERR_TOO_BIG);
	ASSERT_REFUSED(edit.level = 0, ERR_FORMAT);
	ASSERT_REFUSED(edit.level = LIMIT_LEVELS_MAX + 1, ERR_FORMAT);
	ASSERT_REFUSED(edit.node.text[0] = 'x', ERR_FORMAT);
	ASSERT_REFUSED(edit.roster_count = LIMIT_LEVELS_MAX + 1, ERR_TOO_BIG);
	ASSERT_REFUSED(edit.roster[0].number = 0, ERR_FORMAT);
	ASSERT_REFUSED((edit.roster[1] = edit.roster[0], edit.roster_count = 2), ERR_FORMAT);
	ASSERT_REFUSED(edit.operator_name = view_text("a\nb"), ERR_FORMAT);
	ASSERT_REFUSED(edit.operator_name = view_text(" a"), ERR_FORMAT);
	ASSERT_REFUSED(edit.reason = view_text("a\xc2\x85"
	                                       "b"),
	               ERR_FORMAT);
	ASSERT_REFUSED(edit.reason = view_text("a\xff"), ERR_FORMAT);
	ASSERT_REFUSED(edit.voids = view_text("Void: x\n"), ERR_FORMAT);
	ASSERT_REFUSED(edit.voids = view_text("Void: 9b9b2c33408ca361406a96eae24b9b7347c52a3e"), ERR_FORMAT);
#undef ASSERT_REFUSED
	bytes_release(&out);
}

static void
texts_are_taken_up_to_their_limit(void **state)
{
	static char text[LIMIT_REASON_BYTES_MAX + 1];
	struct bytes out = {0};
	struct err_info info = {0};
	struct delta_commit_info edit = example_edit();

	(void)state;
	memset(text, 'a', sizeof(text));
	edit.operator_name = view_of(text, LIMIT_NAME_BYTES_MAX);
	edit.reason = view_of(text, LIMIT_REASON_BYTES_MAX);
	assert_ok(delta_commit_write(&out, &edit, &info));
	edit.operator_name = view_of(text, LIMIT_NAME_BYTES_MAX + 1);
	assert_err(delta_commit_write(&out, &edit, &info), ERR_TOO_BIG);
	edit.operator_name = (struct view){0};
	edit.reason = view_of(text, LIMIT_REASON_BYTES_MAX + 1);
	assert_err(delta_commit_write(&out, &edit, &info), ERR_TOO_BIG);
	bytes_release(&out);
}

static void
an_armor_is_inserted_with_or_without_its_last_newline(void **state)
{
	static const char plain[] = "tree 1\ncommitter x\n\nedit\n";
	static const char armor[] = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n";
	struct bytes with = {0};
	struct bytes without = {0};
	struct err_info info = {0};

	(void)state;
	assert_ok(delta_commit_sign_insert(&with, view_text(plain), view_text(armor), &info));
	assert_ok(delta_commit_sign_insert(&without, view_text(plain), view_of(armor, strlen(armor) - 1), &info));
	assert_string_equal(bytes_text(&with), "tree 1\ncommitter x\ngpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n "
	                                       "-----END SSH SIGNATURE-----\n\nedit\n");
	assert_true(view_equal(bytes_view(&with), bytes_view(&without)));
	assert_err(delta_commit_sign_insert(&with, view_text("tree 1\n\ncommitter x\n"), view_text(armor), &info),
	           ERR_FORMAT);
	assert_err(delta_commit_sign_insert(&with, view_text(plain), view_text("AAAA\n"), &info), ERR_FORMAT);
	bytes_release(&with);
	bytes_release(&without);
}

static int
start(void **state)
{
	struct err_info info;

	(void)state;
	return seal_init(&info) == ERR_OK ? 0 : 1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stock_git_made_commits_are_read_and_made_again),
		cmocka_unit_test(a_commit_says_what_was_put_into_it),
		cmocka_unit_test(a_merge_is_unsigned_and_says_no_more_than_it_must),
		cmocka_unit_test(the_lines_of_a_correction_are_walked_in_order),
		cmocka_unit_test(every_other_spelling_is_refused_as_not_authentic),
		cmocka_unit_test(a_refusal_names_what_differs),
		cmocka_unit_test(a_malleated_signature_reads_and_does_not_verify),
		cmocka_unit_test(a_commit_cut_at_any_byte_is_refused),
		cmocka_unit_test(a_flipped_bit_is_refused_or_changes_what_is_signed),
		cmocka_unit_test(a_commit_says_nothing_that_could_not_be_read),
		cmocka_unit_test(texts_are_taken_up_to_their_limit),
		cmocka_unit_test(an_armor_is_inserted_with_or_without_its_last_newline),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
