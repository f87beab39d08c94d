#include "base/env.h"
#include "golden.h"
#include "samples.h"

static void
every_type_reads_back_as_written(void **state)
{
	struct err_info info;

	(void)state;
	for (int type = 0; type < STATEMENT_TYPES; type++) {
		struct statement statement = sample_statement((enum statement_type)type);
		struct statement again = {0};
		struct bytes text = {0};
		struct bytes same = {0};

		assert_ok(statement_write(&text, &statement, &info));
		assert_ok(statement_read(&again, bytes_view(&text), &info));
		assert_int_equal(again.type, type);
		assert_ok(statement_write(&same, &again, &info));
		assert_true(view_equal(bytes_view(&text), bytes_view(&same)));
		statement_release(&again);
		bytes_release(&text);
		bytes_release(&same);
	}
}

static void
a_text_is_what_the_format_says(void **state)
{
	static const char expected[] =
		"tiersync-enrol 1\n"
		"issuer 430300000000\n"
		"number 2\n"
		"previous b2:aa00000000000000000000000000000000000000000000000000000000000000\n"
		"time 2025-06-28T17:40:00+08:00\n"
		"node 430321000000.fin\n"
		"level county\n"
		"name 湘潭县财政局\n"
		"sign-key ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea\n"
		"seal-key x25519 8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a\n"
		"partition 0a0b0000000000000000000000000000\n"
		"confirmed yes\n";
	struct statement statement = sample_statement(STATEMENT_ENROL);
	struct bytes text = {0};
	struct err_info info;

	(void)state;
	assert_ok(statement_write(&text, &statement, &info));
	assert_string_equal(bytes_text(&text), expected);
	bytes_release(&text);
}

/* No prefix is a statement, except where only lines that may be absent are cut off. */
static void
a_cut_text_is_refused_or_says_less(void **state)
{
	struct err_info info;

	(void)state;
	for (int type = 0; type < STATEMENT_TYPES; type++) {
		struct statement statement = sample_statement((enum statement_type)type);
		struct bytes text = {0};

		assert_ok(statement_write(&text, &statement, &info));
		for (size_t size = 0; size < text.size; size++) {
			struct statement again = {0};
			struct bytes same = {0};

			if (statement_read(&again, view_of(text.data, size), &info) != ERR_OK)
				continue;
			assert_int_equal(text.data[size - 1], '\n');
			assert_ok(statement_write(&same, &again, &info));
			assert_int_equal(same.size, size);
			statement_release(&again);
			bytes_release(&same);
		}
		bytes_release(&text);
	}
}

/* A flipped bit gives another statement with its own text, or none; it never gives the same one. */
static void
a_flipped_bit_is_another_statement_or_none(void **state)
{
	struct err_info info;

	(void)state;
	for (int type = 0; type < STATEMENT_TYPES; type++) {
		struct statement statement = sample_statement((enum statement_type)type);
		struct bytes text = {0};

		assert_ok(statement_write(&text, &statement, &info));
		for (size_t bit = 0; bit < text.size * 8; bit++) {
			struct statement again = {0};
			struct bytes same = {0};

			text.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
			if (statement_read(&again, bytes_view(&text), &info) == ERR_OK) {
				assert_ok(statement_write(&same, &again, &info));
				assert_true(view_equal(bytes_view(&text), bytes_view(&same)));
				statement_release(&again);
			}
			bytes_release(&same);
			text.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		}
		bytes_release(&text);
	}
}

static enum err
write_and_forget(const struct statement *statement, struct err_info *info)
{
	struct bytes text = {0};
	enum err err = statement_write(&text, statement, info);

	bytes_release(&text);
	return err;
}

static void
what_does_not_hold_together_is_not_written(void **state)
{
	struct statement statement;
	struct err_info info;

	(void)state;
	statement = sample_statement(STATEMENT_ENROL);
	statement.number = 1; /* with a digest before it */
	assert_err(write_and_forget(&statement, &info), ERR_RULE);
	statement = sample_statement(STATEMENT_ENROL);
	statement.level = 0;
	assert_err(write_and_forget(&statement, &info), ERR_RULE);
	statement = sample_statement(STATEMENT_ENROL);
	statement.partition = (struct id){{0}};
	assert_err(write_and_forget(&statement, &info), ERR_RULE);
	statement = sample_statement(STATEMENT_ENROL);
	strcpy(statement.name, "a\nconfirmed yes");
	assert_err(write_and_forget(&statement, &info), ERR_RULE);
	statement = sample_statement(STATEMENT_REVOKE);
	statement.heads[1].partition = statement.heads[0].partition;
	assert_err(write_and_forget(&statement, &info), ERR_RULE);
	statement = sample_statement(STATEMENT_REVOKE);
	statement.heads[0].tips[1] = statement.heads[0].tips[0];
	assert_err(write_and_forget(&statement, &info), ERR_RULE);
	statement = sample_statement(STATEMENT_DELEGATE);
	statement.fields[1] = 0;
	assert_err(write_and_forget(&statement, &info), ERR_RULE);
	statement = sample_statement(STATEMENT_DELEGATE);
	statement.amount_max = 0; /* a field that nothing limits */
	assert_err(write_and_forget(&statement, &info), ERR_RULE);
	statement = sample_statement(STATEMENT_GRANT);
	statement.ids[1] = statement.ids[0];
	assert_err(write_and_forget(&statement, &info), ERR_RULE);
	statement = sample_statement(STATEMENT_OPEN_EPOCH);
	statement.ids[0].bytes[0] = 0x33;
	assert_err(write_and_forget(&statement, &info), ERR_RULE);
	statement = sample_statement(STATEMENT_CARD);
	statement.level = 0; /* an auditor with a partition */
	assert_err(write_and_forget(&statement, &info), ERR_RULE);
}

static void
a_wire_form_is_the_text_and_64_bytes(void **state)
{
	const struct seal_signature signature = {{1, 2, 3}};
	struct seal_signature read;
	struct bytes wire = {0};
	struct err_info info;
	struct view text;

	(void)state;
	assert_ok(statement_wire_write(&wire, view_text("abc"), &signature, &info));
	assert_int_equal(wire.size, 3 + 64);
	assert_ok(statement_wire_read(&text, &read, bytes_view(&wire), &info));
	assert_true(view_equal(text, view_text("abc")));
	assert_memory_equal(read.bytes, signature.bytes, 64);
	assert_err(statement_wire_read(&text, &read, view_of(wire.data, 64), &info), ERR_FORMAT);
	assert_err(statement_wire_read(&text, &read, view_of(wire.data, LIMIT_STATEMENT_BYTES_MAX + 65), &info),
	           ERR_TOO_BIG);
	bytes_release(&wire);
}

static struct statement
card_of(const struct seal_node_key *key)
{
	struct statement card = sample_statement(STATEMENT_CARD);

	card.keys = *seal_node_key_public(key);
	return card;
}

static void
a_card_is_signed_by_the_key_it_names(void **state)
{
	uint64_t seed = 5;
	const struct env env = support_env(&seed);
	struct seal_node_key *key = NULL;
	struct seal_node_key *other = NULL;
	struct statement read = {0};
	struct statement card;
	struct seal_fingerprint one;
	struct seal_fingerprint two;
	struct bytes file = {0};
	struct err_info info;

	(void)state;
	assert_ok(seal_node_key_new(&key, &env, &info));
	assert_ok(seal_node_key_new(&other, &env, &info));
	card = card_of(key);

	assert_ok(statement_make(&file, &card, key, &info));
	assert_ok(statement_card_read(&read, bytes_view(&file), &info));
	assert_string_equal(read.node.text, card.node.text);
	statement_fingerprint(&one, &card);
	card.type = STATEMENT_ENROL;
	statement_fingerprint(&two, &card);
	assert_true(seal_fingerprint_equal(&one, &two));
	card.partition.bytes[3] ^= 1;
	statement_fingerprint(&two, &card);
	assert_false(seal_fingerprint_equal(&one, &two));
	statement_release(&read);

	for (size_t i = 0; i < file.size; i++) {
		file.data[i] ^= 0x04;
		assert_true(statement_card_read(&read, bytes_view(&file), &info) != ERR_OK);
		file.data[i] ^= 0x04;
	}
	bytes_clear(&file);
	card = card_of(key);
	assert_ok(statement_make(&file, &card, other, &info));
	assert_err(statement_card_read(&read, bytes_view(&file), &info), ERR_AUTH);

	bytes_release(&file);
	seal_node_key_free(key);
	seal_node_key_free(other);
}

static int
start(void **state)
{
	struct err_info info;

	(void)state;
	return seal_init(&info) == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_reads_back_as_written),
		cmocka_unit_test(a_text_is_what_the_format_says),
		cmocka_unit_test(a_cut_text_is_refused_or_says_less),
		cmocka_unit_test(a_flipped_bit_is_another_statement_or_none),
		cmocka_unit_test(what_does_not_hold_together_is_not_written),
		cmocka_unit_test(a_wire_form_is_the_text_and_64_bytes),
		cmocka_unit_test(a_card_is_signed_by_the_key_it_names),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
