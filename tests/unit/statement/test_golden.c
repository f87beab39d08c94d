/*
 * The frozen samples of tests/golden/fuzz_statement_file: built again they are the same bytes, good ones are read and bad ones
 * refused. A new sample is written by running this test once with TS_GOLDEN_WRITE=1; one that exists is never rewritten.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/env.h"
#include "golden.h"
#include "samples.h"

static struct seal_node_key *
signing_key(void)
{
	uint64_t seed = 20171201;
	const struct env env = support_env(&seed);
	struct seal_node_key *key = NULL;
	struct err_info info;

	assert_ok(seal_init(&info));
	assert_ok(seal_node_key_new(&key, &env, &info));
	return key;
}

/* A text that stands in no statement, signed all the same: by somebody who holds a key and writes what it likes. */
static struct bytes
signed_file(const char *text, enum seal_namespace name_space)
{
	struct seal_node_key *key = signing_key();
	struct statement_signed signed_text;
	struct bytes file = {0};
	struct err_info info;

	assert_ok(statement_sign(&signed_text, key, name_space, view_text(text), &info));
	assert_ok(statement_join(&file, &signed_text, name_space, &info));
	seal_node_key_free(key);
	return file;
}

static struct bytes
good_file_of(struct statement statement)
{
	enum statement_type type = statement.type;
	struct seal_node_key *key = signing_key();
	struct bytes text = {0};
	struct bytes file;
	struct err_info info;

	if (type == STATEMENT_CARD)
		statement.keys = *seal_node_key_public(key);
	assert_ok(statement_write(&text, &statement, &info));
	file = signed_file(bytes_text(&text), statement_namespace(type));
	bytes_release(&text);
	seal_node_key_free(key);
	return file;
}

static struct bytes
good_file(enum statement_type type)
{
	return good_file_of(sample_statement(type));
}

static void
compare(const char *name, struct bytes *built)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes frozen = {0};
	struct err_info info;

	assert_ok(fs_path(path, &info, "%s/golden/fuzz_statement_file/%s", TESTS_DIR, name));
	if (getenv("TS_GOLDEN_WRITE") != NULL && !fs_exists(path))
		assert_ok(fs_write(path, bytes_view(built), 0644, &info));
	assert_ok(fs_read(&frozen, path, LIMIT_STATEMENT_BYTES_MAX, &info));
	assert_true(view_equal(bytes_view(built), bytes_view(&frozen)));
	bytes_release(&frozen);
	bytes_release(built);
}

static void
good_samples_are_what_is_written_now(void **state)
{
	char name[64];

	(void)state;
	for (int type = 0; type < STATEMENT_TYPES; type++) {
		struct bytes file = good_file((enum statement_type)type);

		(void)snprintf(name, sizeof(name), "good-%s", statement_type_name((enum statement_type)type));
		compare(name, &file);
	}
}

/* Version 2 of a text: the same lines under another first one. */
static void
an_epoch_of_version_2_is_what_is_written_now(void **state)
{
	struct statement epoch = sample_statement(STATEMENT_OPEN_EPOCH);
	struct statement read = {0};
	struct bytes file;
	struct bytes text = {0};
	struct err_info info;

	(void)state;
	epoch.is_dense = true;
	assert_ok(statement_write(&text, &epoch, &info));
	assert_memory_equal(text.data, "tiersync-open-epoch 2\n", 22);
	assert_ok(statement_read(&read, bytes_view(&text), &info));
	assert_true(read.is_dense);
	statement_release(&read);
	text.data[20] = '1';
	assert_ok(statement_read(&read, bytes_view(&text), &info));
	assert_false(read.is_dense);
	statement_release(&read);
	text.data[20] = '3';
	assert_err(statement_read(&read, bytes_view(&text), &info), ERR_VERSION);
	bytes_release(&text);
	file = good_file_of(epoch);
	compare("good-open-epoch-2", &file);
}

#define CHAIN "issuer 430300000000\nnumber 1\ntime 2025-06-28T17:40:00+08:00\n"

/* Second spellings, and lines that do not hold together. */
static const struct {
	const char *name;
	const char *text;
} bad_texts[] = {
	{"bad-unknown-type", "tiersync-bless 1\n" CHAIN},
	{"bad-version", "tiersync-rules 2\n" CHAIN "version 2\n"},
	{"bad-epoch-version-3", "tiersync-open-epoch 3\n" CHAIN "partition 0a0b0000000000000000000000000000\nepoch 2\n"
                                "commitment b2:dd00000000000000000000000000000000000000000000000000000000000000\n"},
	{"bad-epoch-version-0", "tiersync-open-epoch 0\n" CHAIN "partition 0a0b0000000000000000000000000000\nepoch 2\n"
                                "commitment b2:dd00000000000000000000000000000000000000000000000000000000000000\n"},
	{"bad-epoch-version-02",
         "tiersync-open-epoch 02\n" CHAIN "partition 0a0b0000000000000000000000000000\nepoch 2\n"
         "commitment b2:dd00000000000000000000000000000000000000000000000000000000000000\n"},
	{"bad-no-version", "tiersync-rules\n" CHAIN "version 2\n"},
	{"bad-leading-zero", "tiersync-rules 1\n" CHAIN "version 02\n"},
	{"bad-line-order",
         "tiersync-rules 1\nnumber 1\nissuer 430300000000\ntime 2025-06-28T17:40:00+08:00\nversion 2\n"},
	{"bad-line-twice", "tiersync-rules 1\n" CHAIN "version 2\nversion 2\n"},
	{"bad-line-missing", "tiersync-rules 1\n" CHAIN},
	{"bad-line-unknown", "tiersync-rules 1\n" CHAIN "version 2\nnote hello\n"},
	{"bad-empty-line", "tiersync-rules 1\n" CHAIN "\nversion 2\n"},
	{"bad-crlf", "tiersync-rules 1\r\n" CHAIN "version 2\n"},
	{"bad-no-last-lf", "tiersync-rules 1\n" CHAIN "version 2"},
	{"bad-zone", "tiersync-rules 1\nissuer 430300000000\nnumber 1\ntime 2025-06-28T09:40:00+00:00\nversion 2\n"},
	{"bad-number-0",
         "tiersync-rules 1\nissuer 430300000000\nnumber 0\ntime 2025-06-28T17:40:00+08:00\nversion 2\n"},
	{"bad-number-2-without-previous",
         "tiersync-rules 1\nissuer 430300000000\nnumber 2\ntime 2025-06-28T17:40:00+08:00\nversion 2\n"},
	{"bad-code", "tiersync-rules 1\nissuer 43030000000\nnumber 1\ntime 2025-06-28T17:40:00+08:00\nversion 2\n"},
	{"bad-field-order", "tiersync-delegate 1\n" CHAIN "node 430321000000\nfield 12\nfield 4\n"},
	{"bad-field-0", "tiersync-delegate 1\n" CHAIN "node 430321000000\nfield 0\n"},
	{"bad-field-behind-existence-twice",
         "tiersync-delegate 1\n" CHAIN "node 430321000000\nfield existence\nfield existence\n"},
	{"bad-amount-field-alone", "tiersync-delegate 1\n" CHAIN "node 430321000000\namount-field 7\n"},
	{"bad-amount-0", "tiersync-delegate 1\n" CHAIN "node 430321000000\namount-max 0\n"},
	{"bad-day", "tiersync-delegate 1\n" CHAIN "node 430321000000\nfirst-day 2025-02-30\n"},
	{"bad-empty-value", "tiersync-delegate 1\n" CHAIN "node 430321000000\nkind \n"},
	{"bad-blank-at-end", "tiersync-delegate 1\n" CHAIN "node 430321000000\nkind case \n"},
	{"bad-hidden-character", "tiersync-delegate 1\n" CHAIN "node 430321000000\nkind ca\xe2\x80\x8bse\n"},
	{"bad-not-utf8", "tiersync-delegate 1\n" CHAIN "node 430321000000\nkind \xc0\xaf\n"},
	{"bad-without-order", "tiersync-open-epoch 1\n" CHAIN "partition 0a0b0000000000000000000000000000\nepoch 2\n"
                              "commitment b2:dd00000000000000000000000000000000000000000000000000000000000000\n"
                              "without 32010000000000000000000000000000\nwithout 31000000000000000000000000000000\n"},
	{"bad-upper-case-id", "tiersync-open-epoch 1\n" CHAIN "partition 0A0B0000000000000000000000000000\nepoch 2\n"
                              "commitment b2:dd00000000000000000000000000000000000000000000000000000000000000\n"},
	{"bad-epoch-65536", "tiersync-open-epoch 1\n" CHAIN "partition 0a0b0000000000000000000000000000\nepoch 65536\n"
                            "commitment b2:dd00000000000000000000000000000000000000000000000000000000000000\n"},
	{"bad-tip-without-head",
         "tiersync-revoke 1\n" CHAIN "node 430321000000\nkey-id ee000000000000000000000000000000\n"
         "tip 1100000000000000000000000000000000000000\n"},
};

static void
bad_samples_are_what_is_written_now(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_texts) / sizeof(bad_texts[0]); i++) {
		struct bytes file = signed_file(bad_texts[i].text, SEAL_NAMESPACE_ROSTER);

		compare(bad_texts[i].name, &file);
	}
}

/* What stock tools take and we do not: another armor, junk behind it, another namespace, a card under another key. */
static void
bad_armor_is_what_is_written_now(void **state)
{
	struct bytes file = good_file(STATEMENT_RULES);
	struct statement card = sample_statement(STATEMENT_CARD);
	struct bytes text = {0};
	struct err_info info;

	(void)state;
	assert_ok(bytes_append_text(&file, "junk\n", &info));
	compare("bad-armor-junk", &file);
	file = good_file(STATEMENT_RULES);
	file.size -= 2;
	compare("bad-armor-cut", &file);
	file = signed_file("tiersync-rules 1\n" CHAIN "version 2\n", SEAL_NAMESPACE_RECEIPT);
	compare("bad-namespace", &file);
	assert_ok(statement_write(&text, &card, &info));
	file = signed_file(bytes_text(&text), SEAL_NAMESPACE_CARD);
	compare("bad-card-by-another-key", &file);
	bytes_release(&text);
}

/* A statement of the roster or a card, as the command line reads them. */
static enum err
read_file(struct view file, struct err_info *info)
{
	struct statement_signed signed_text;
	struct statement statement;
	enum err err = statement_card_read(&statement, file, info);

	if (err != ERR_OK) {
		err = statement_split(&signed_text, file, SEAL_NAMESPACE_ROSTER, info);
		if (err == ERR_OK)
			err = statement_verify(&signed_text, SEAL_NAMESPACE_ROSTER, info);
		if (err == ERR_OK)
			err = statement_read(&statement, signed_text.text, info);
	}
	if (err == ERR_OK)
		statement_release(&statement);
	return err;
}

static void
samples_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_statement_file", read_file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_samples_are_what_is_written_now),
		cmocka_unit_test(an_epoch_of_version_2_is_what_is_written_now),
		cmocka_unit_test(bad_samples_are_what_is_written_now),
		cmocka_unit_test(bad_armor_is_what_is_written_now),
		cmocka_unit_test(samples_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
