#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "builder.h"
#include "test.h"

/** Seal `letter`, read it as `reader`, and compare preamble and every section. */
static void
assert_round_trip(const struct envelope_letter *letter, const struct office *sender, const struct office *readers,
                  size_t reader_count)
{
	uint64_t seed = 3;
	struct env env = craft_env(&seed);
	struct bytes file = {0};
	struct digest digest;
	struct err_info info;

	assert_ok(envelope_write(&file, &digest, letter, sender->key, &env, &info));
	for (size_t r = 0; r < reader_count; r++) {
		struct envelope *envelope = NULL;

		assert_ok(builder_read(&envelope, bytes_view(&file), sender, &readers[r], &info));
		assert_true(digest_equal(envelope_digest(envelope), &digest));
		assert_true(view_equal(envelope_preamble(envelope), letter->preamble));
		assert_int_equal(envelope_section_count(envelope), letter->section_count);
		for (size_t i = letter->section_count; i-- > 0;) { /* backwards: any order will do */
			struct bytes section = {0};

			assert_int_equal(envelope_section_at(envelope, i)->id, letter->sections[i].id);
			assert_ok(envelope_section(&section, envelope, i, letter->sections[i].dictionary, SIZE_MAX,
			                           &info));
			assert_true(view_equal(bytes_view(&section), letter->sections[i].plain));
			bytes_release(&section);
		}
		envelope_free(envelope);
	}
	bytes_release(&file);
}

static void
assert_round_trip_with(size_t reader_count)
{
	struct office sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	struct office readers[LIMIT_RECIPIENTS_MAX];
	struct envelope_addressee addressees[LIMIT_RECIPIENTS_MAX];
	struct bytes noise = builder_noise(BUILDER_SECTION_BYTES, 5);
	struct envelope_content content = {.id = 1, .plain = bytes_view(&noise)};
	struct envelope_letter letter = {
		.terms = builder_terms(),
		.addressees = addressees,
		.addressee_count = reader_count,
		.preamble = view_text("preamble"),
		.sections = &content,
		.section_count = 1,
		.level = 3,
	};

	for (size_t i = 0; i < reader_count; i++) {
		char code[NODE_CODE_BYTES];

		/* falling codes: the writer sorts; every third has a department */
		(void)snprintf(code, sizeof(code), "4303%02u000000%s", (unsigned)(99 - i), i % 3 == 2 ? ".fin" : "");
		readers[i] = office_of(code, 2000 + i);
		addressees[i] = office_addressee(&readers[i]);
	}
	assert_round_trip(&letter, &sender, readers, reader_count);
	for (size_t i = 0; i < reader_count; i++)
		office_release(&readers[i]);
	office_release(&sender);
	bytes_release(&noise);
}

static void
write_and_read_give_the_same_for_one_recipient(void **state)
{
	(void)state;
	assert_round_trip_with(1);
}

static void
write_and_read_give_the_same_for_two_recipients(void **state)
{
	(void)state;
	assert_round_trip_with(2);
}

static void
write_and_read_give_the_same_for_sixty_four_recipients(void **state)
{
	(void)state;
	assert_round_trip_with(LIMIT_RECIPIENTS_MAX);
}

static void
sections_of_all_sizes_come_back_across_frame_ends(void **state)
{
	struct office sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	struct office county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	struct envelope_addressee addressee = office_addressee(&county);
	struct bytes large = builder_noise(3 * 65536, 5);
	struct bytes preamble = builder_noise(2 * 65536 + 11, 6);
	struct bytes text = {0};

	(void)state;
	for (int i = 0; i < 20000; i++)
		assert_int_equal(bytes_append_text(&text, "same again ", NULL), ERR_OK);
	/* the table takes 28 bytes here: the sizes around 65,536 put the end of a piece before, on and behind a section's end */
	for (size_t shift = 0; shift < 64; shift += 3) {
		struct envelope_content contents[] = {
			{.id = 1, .plain = {large.data, 65536 - 2 * 28 + shift}},
			{.id = 2, .plain = {NULL, 0}},
			{.id = 2, .plain = bytes_view(&text)},
			{.id = 2, .plain = {large.data, 2 * 65536 + 1}},
			{.id = 2, .plain = {large.data, 50000}, .dictionary = {large.data, 60000}},
			{.id = 65535, .plain = {NULL, 0}},
		};
		struct envelope_letter letter = {
			.terms = builder_terms(),
			.addressees = &addressee,
			.addressee_count = 1,
			.preamble = shift == 33 ? bytes_view(&preamble) : view_text("p"),
			.sections = contents,
			.section_count = sizeof(contents) / sizeof(*contents),
			.level = 1,
		};

		assert_round_trip(&letter, &sender, &county, 1);
	}
	bytes_release(&text);
	bytes_release(&preamble);
	bytes_release(&large);
	office_release(&county);
	office_release(&sender);
}

static void
a_bundle_of_nothing_can_be_read(void **state)
{
	struct office sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	struct office county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	struct envelope_addressee addressee = office_addressee(&county);
	struct envelope_letter letter = {
		.terms = builder_terms(), .addressees = &addressee, .addressee_count = 1, .level = 1};

	(void)state;
	letter.terms.roster_count = 0;
	assert_round_trip(&letter, &sender, &county, 1);
	office_release(&county);
	office_release(&sender);
}

/* What no reader would take packed travels stored, so that no sender is ever stopped by the rule against bombs. */
static void
what_shrinks_like_a_bomb_travels_stored(void **state)
{
	struct office sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	struct office county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	struct envelope_addressee addressee = office_addressee(&county);
	struct bytes zeros = {0};
	struct envelope_content content = {.id = 2};
	struct envelope_letter letter = {.terms = builder_terms(),
	                                 .addressees = &addressee,
	                                 .addressee_count = 1,
	                                 .sections = &content,
	                                 .section_count = 1,
	                                 .level = 1};

	(void)state;
	assert_non_null(bytes_extend(&zeros, LIMIT_SECTION_FREE_BYTES + LIMIT_SECTION_FREE_BYTES / 2));
	memset(zeros.data, 0, zeros.size);
	content.plain = bytes_view(&zeros);
	assert_round_trip(&letter, &sender, &county, 1);
	bytes_release(&zeros);
	office_release(&county);
	office_release(&sender);
}

static void
an_idle_night_takes_the_bytes_that_the_schema_counts(void **state)
{
	struct office sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	struct office county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	struct bytes noise = builder_noise(BUILDER_SECTION_BYTES, 5);
	struct bytes file = builder_small(&sender, &county, view_text("0123456789"), bytes_view(&noise));

	(void)state;
	/* number 100 and 183 encrypted bytes take one byte less each than the table of section 6 counts */
	assert_int_equal(file.size, 244 - 2 + 10 + BUILDER_SECTION_BYTES);
	bytes_release(&file);
	bytes_release(&noise);
	office_release(&county);
	office_release(&sender);
}

static void
the_manifest_says_what_the_terms_said(void **state)
{
	struct office sender = office_of("430321100000.fin", BUILDER_SENDER_SEED);
	struct office readers[] = {office_of("430321100000", 7), office_of(CRAFT_COUNTY, 8), office_of(CRAFT_COUNTY, 9),
	                           office_of("110000000000.gov2", 10)};
	struct envelope_addressee addressees[4];
	struct view statements[] = {view_text("first"), view_text("second")};
	struct envelope_letter letter = {
		.terms = builder_terms(), .addressees = addressees, .addressee_count = 4, .level = 1};
	const struct envelope_manifest *manifest;
	struct envelope *envelope = NULL;
	struct bytes file = {0};
	uint64_t seed = 3;
	struct env env = craft_env(&seed);
	struct digest previous = {{0}};
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		addressees[i] = office_addressee(&readers[i]);
	letter.terms.sender = sender.code;
	letter.terms.number = UINT64_MAX;
	letter.terms.time = ENVELOPE_TIME_MAX;
	letter.terms.statements = statements;
	letter.terms.statement_count = 2;
	memcpy(previous.bytes, letter.terms.previous, sizeof(letter.terms.previous));
	assert_ok(envelope_write(&file, NULL, &letter, sender.key, &env, &info));

	assert_ok(envelope_open(&envelope, bytes_view(&file), &info));

	manifest = envelope_manifest(envelope);
	assert_string_equal(manifest->terms.sender.text, "430321100000.fin");
	assert_memory_equal(manifest->terms.incarnation, letter.terms.incarnation, ENVELOPE_INCARNATION_BYTES);
	assert_true(manifest->terms.number == UINT64_MAX);
	assert_true(manifest->terms.time == ENVELOPE_TIME_MAX);
	assert_true(envelope_follows(&manifest->terms, &previous));
	previous.bytes[15] ^= 1;
	assert_false(envelope_follows(&manifest->terms, &previous));
	assert_int_equal(manifest->terms.roster_count, 2);
	assert_string_equal(manifest->terms.roster[0].issuer.text, CRAFT_CITY);
	assert_string_equal(manifest->terms.roster[1].issuer.text, CRAFT_COUNTY);
	assert_int_equal(manifest->terms.roster[1].number, 41);
	assert_memory_equal(manifest->terms.roster[1].digest, letter.terms.roster[1].digest, 8);
	assert_int_equal(manifest->terms.statement_count, 2);
	assert_true(view_equal(manifest->terms.statements[1], view_text("second")));
	assert_int_equal(manifest->recipient_count, 4);
	assert_string_equal(manifest->recipients[0].code.text, "110000000000.gov2");
	assert_string_equal(manifest->recipients[1].code.text, CRAFT_COUNTY);
	assert_string_equal(manifest->recipients[2].code.text, CRAFT_COUNTY);
	assert_string_equal(manifest->recipients[3].code.text, "430321100000");
	assert_int_equal(manifest->frame_count, 1);
	assert_int_equal(manifest->file_bytes, file.size);
	envelope_free(envelope);
	bytes_release(&file);
	for (size_t i = 0; i < 4; i++)
		office_release(&readers[i]);
	office_release(&sender);
}

static void
the_second_writer_agrees_with_the_first(void **state)
{
	struct office sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	struct office county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	struct bytes plain = {0};
	struct craft craft = builder_craft(&plain, &sender, &county, 3 * 65536);
	struct err_info info;

	(void)state;
	assert_ok(builder_read_craft(&craft, &sender, &county, &info));
	bytes_release(&plain);
	office_release(&county);
	office_release(&sender);
}

static void
write_refuses_terms_that_cannot_be_read(void **state)
{
	struct office sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	struct office county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	struct envelope_addressee addressees[LIMIT_RECIPIENTS_MAX + 1];
	struct bytes noise = builder_noise(LIMIT_MANIFEST_STATEMENTS_BYTES_MAX + 1, 5);
	struct view large = bytes_view(&noise);
	struct envelope_letter good = {
		.terms = builder_terms(), .addressees = addressees, .addressee_count = 1, .level = 1};
	struct envelope_letter letter;
	uint64_t seed = 3;
	struct env env = craft_env(&seed);
	struct bytes file = {0};
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < LIMIT_RECIPIENTS_MAX + 1; i++)
		addressees[i] = office_addressee(&county);
	letter = good;
	letter.addressee_count = 2;
	assert_err(envelope_write(&file, NULL, &letter, sender.key, &env, &info), ERR_RULE);
	letter.addressee_count = LIMIT_RECIPIENTS_MAX + 1;
	assert_err(envelope_write(&file, NULL, &letter, sender.key, &env, &info), ERR_TOO_BIG);
	letter = good;
	letter.terms.number = 0;
	assert_err(envelope_write(&file, NULL, &letter, sender.key, &env, &info), ERR_RULE);
	letter = good;
	letter.terms.time = ENVELOPE_TIME_MAX + 1;
	assert_err(envelope_write(&file, NULL, &letter, sender.key, &env, &info), ERR_RULE);
	letter = good;
	letter.terms.sender = craft_code("000000000012");
	assert_err(envelope_write(&file, NULL, &letter, sender.key, &env, &info), ERR_RULE);
	letter = good;
	memset(&letter.terms.sender, 'x', sizeof(letter.terms.sender));
	assert_err(envelope_write(&file, NULL, &letter, sender.key, &env, &info), ERR_RULE);
	letter = good;
	letter.terms.statements = &large;
	letter.terms.statement_count = 1;
	assert_err(envelope_write(&file, NULL, &letter, sender.key, &env, &info), ERR_TOO_BIG);
	large.size = 0;
	assert_err(envelope_write(&file, NULL, &letter, sender.key, &env, &info), ERR_RULE);
	letter = good;
	memset(&addressees[0].key, 0, sizeof(addressees[0].key));
	assert_err(envelope_write(&file, NULL, &letter, sender.key, &env, &info), ERR_FORMAT);
	assert_int_equal(file.size, 0);
	bytes_release(&noise);
	office_release(&county);
	office_release(&sender);
}

static void
a_descriptor_reads_like_a_view(void **state)
{
	struct office sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	struct office county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	const struct seal_node_key *const keys[] = {sender.key, county.key};
	struct bytes noise = builder_noise(200000, 5);
	struct bytes file = builder_small(&sender, &county, view_text("p"), bytes_view(&noise));
	const char *directory = support_scratch();
	char path[LIMIT_PATH_BYTES_MAX];
	struct envelope *envelope = NULL;
	struct bytes section = {0};
	struct err_info info;
	FILE *stream;

	(void)state;
	assert_ok(fs_path(path, &info, "%s/a.tsb", directory));
	assert_ok(fs_write(path, bytes_view(&file), 0600, &info));
	stream = fopen(path, "rb");
	assert_non_null(stream);

	assert_ok(envelope_open_fd(&envelope, fileno(stream), path, &info));
	assert_ok(envelope_verify(envelope, office_sign_key(&sender), &info));
	assert_ok(envelope_check_frames(envelope, &info));
	assert_ok(envelope_decrypt(envelope, &county.code, keys, 2, &info));
	assert_ok(envelope_section(&section, envelope, 0, (struct view){0}, 200000, &info));

	assert_true(view_equal(bytes_view(&section), bytes_view(&noise)));
	assert_err(envelope_section(&section, envelope, 0, (struct view){0}, 199999, &info), ERR_TOO_BIG);
	envelope_free(envelope);
	(void)fclose(stream);
	support_remove(directory);
	bytes_release(&section);
	bytes_release(&file);
	bytes_release(&noise);
	office_release(&county);
	office_release(&sender);
}

static void
keys_are_gone_when_the_envelope_is(void **state)
{
	size_t alive = seal_keys_alive();
	struct office sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	struct office county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	struct bytes file = builder_small(&sender, &county, view_text("p"), view_text("section"));
	struct envelope *envelope = NULL;
	struct err_info info;

	(void)state;
	assert_ok(builder_read(&envelope, bytes_view(&file), &sender, &county, &info));
	envelope_free(envelope);
	bytes_release(&file);
	office_release(&county);
	office_release(&sender);
	assert_int_equal(seal_keys_alive(), alive);
}

/** `ssh-keygen -Y verify` over the signed part; the test is passed over where there is no ssh-keygen. */
static void
stock_ssh_keygen_verifies_the_signed_part(void **state)
{
	struct office sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	struct office county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	struct bytes file = builder_small(&sender, &county, view_text("p"), view_text("section"));
	const char *directory = support_scratch();
	char path[LIMIT_PATH_BYTES_MAX];
	char command[3 * LIMIT_PATH_BYTES_MAX];
	struct envelope *envelope = NULL;
	struct bytes text = {0};
	struct seal_sshsig sshsig;
	struct err_info info;

	(void)state;
	if (system("command -v ssh-keygen >/dev/null") != 0)
		skip();
	assert_ok(envelope_open(&envelope, bytes_view(&file), &info));
	sshsig = (struct seal_sshsig){*office_sign_key(&sender), *envelope_signature(envelope)};
	assert_ok(fs_path(path, &info, "%s/part", directory));
	assert_ok(fs_write(path, envelope_signed_part(envelope), 0600, &info));
	assert_ok(seal_sshsig_armor(&text, &sshsig, SEAL_NAMESPACE_BUNDLE, &info));
	assert_ok(fs_path(path, &info, "%s/part.sig", directory));
	assert_ok(fs_write(path, bytes_view(&text), 0600, &info));
	bytes_clear(&text);
	assert_ok(bytes_append_text(&text, CRAFT_TOWNSHIP " namespaces=\"bundle@tiersync\" ", &info));
	assert_ok(seal_ssh_public_append(&text, office_sign_key(&sender), &info));
	assert_ok(bytes_append_text(&text, "\n", &info));
	assert_ok(fs_path(path, &info, "%s/signers", directory));
	assert_ok(fs_write(path, bytes_view(&text), 0600, &info));
	(void)snprintf(command, sizeof(command),
	               "cd %s && ssh-keygen -Y verify -f signers -I %s -n bundle@tiersync -s part.sig <part >/dev/null",
	               directory, CRAFT_TOWNSHIP);

	assert_int_equal(system(command), 0);

	envelope_free(envelope);
	bytes_release(&text);
	bytes_release(&file);
	support_remove(directory);
	office_release(&county);
	office_release(&sender);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write_and_read_give_the_same_for_one_recipient),
		cmocka_unit_test(write_and_read_give_the_same_for_two_recipients),
		cmocka_unit_test(write_and_read_give_the_same_for_sixty_four_recipients),
		cmocka_unit_test(sections_of_all_sizes_come_back_across_frame_ends),
		cmocka_unit_test(a_bundle_of_nothing_can_be_read),
		cmocka_unit_test(what_shrinks_like_a_bomb_travels_stored),
		cmocka_unit_test(an_idle_night_takes_the_bytes_that_the_schema_counts),
		cmocka_unit_test(the_manifest_says_what_the_terms_said),
		cmocka_unit_test(the_second_writer_agrees_with_the_first),
		cmocka_unit_test(write_refuses_terms_that_cannot_be_read),
		cmocka_unit_test(a_descriptor_reads_like_a_view),
		cmocka_unit_test(keys_are_gone_when_the_envelope_is),
		cmocka_unit_test(stock_ssh_keygen_verifies_the_signed_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
