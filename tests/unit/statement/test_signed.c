/* The signed forms, and stock ssh-keygen as the second opinion. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/fs.h"
#include "samples.h"
#include "test.h"

static struct seal_node_key *
new_key(uint64_t seed)
{
	const struct env env = support_env(&seed);
	struct seal_node_key *key = NULL;
	struct err_info info;

	assert_ok(seal_node_key_new(&key, &env, &info));
	return key;
}

static void
a_file_comes_apart_into_what_it_was_made_of(void **state)
{
	struct seal_node_key *key = new_key(7);
	struct statement statement = sample_statement(STATEMENT_REVOKE);
	struct statement_signed signed_text;
	struct bytes file = {0};
	struct bytes again = {0};
	struct bytes text = {0};
	struct err_info info;

	(void)state;
	assert_ok(statement_write(&text, &statement, &info));
	assert_ok(statement_make(&file, &statement, key, &info));
	assert_ok(statement_split(&signed_text, bytes_view(&file), SEAL_NAMESPACE_ROSTER, &info));
	assert_true(view_equal(signed_text.text, bytes_view(&text)));
	assert_true(seal_public_key_equal(&signed_text.sshsig.signer, &seal_node_key_public(key)->sign));
	assert_ok(statement_verify(&signed_text, SEAL_NAMESPACE_ROSTER, &info));
	assert_ok(statement_join(&again, &signed_text, SEAL_NAMESPACE_ROSTER, &info));
	assert_true(view_equal(bytes_view(&again), bytes_view(&file)));

	assert_err(statement_split(&signed_text, bytes_view(&file), SEAL_NAMESPACE_RECEIPT, &info), ERR_FORMAT);
	for (size_t size = 0; size < file.size; size++)
		assert_err(statement_split(&signed_text, view_of(file.data, size), SEAL_NAMESPACE_ROSTER, &info),
		           ERR_FORMAT);
	assert_ok(bytes_append_byte(&file, '\n', &info));
	assert_err(statement_split(&signed_text, bytes_view(&file), SEAL_NAMESPACE_ROSTER, &info), ERR_FORMAT);

	bytes_release(&text);
	bytes_release(&file);
	bytes_release(&again);
	seal_node_key_free(key);
}

static void
every_flipped_bit_is_found(void **state)
{
	struct seal_node_key *key = new_key(8);
	struct statement statement = sample_statement(STATEMENT_RULES);
	struct statement_signed signed_text;
	struct bytes file = {0};
	struct err_info info;

	(void)state;
	assert_ok(statement_make(&file, &statement, key, &info));
	for (size_t bit = 0; bit < file.size * 8; bit++) {
		enum err err;

		file.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		err = statement_split(&signed_text, bytes_view(&file), SEAL_NAMESPACE_ROSTER, &info);
		if (err == ERR_OK)
			err = statement_verify(&signed_text, SEAL_NAMESPACE_ROSTER, &info);
		assert_int_not_equal(err, ERR_OK);
		file.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	bytes_release(&file);
	seal_node_key_free(key);
}

static void
put_file(const char *directory, const char *name, struct view content)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct err_info info;

	assert_ok(fs_path(path, &info, "%s/%s", directory, name));
	assert_ok(fs_write(path, content, 0600, &info));
}

/* ssh-keygen -Y verify of DIRECTORY/text against DIRECTORY/sig; its exit code. */
static int
ssh_keygen(const char *directory, const char *name_space)
{
	char command[LIMIT_PATH_BYTES_MAX];

	(void)snprintf(command, sizeof(command),
	               "ssh-keygen -Y verify -f '%s/signers' -I 430300000000@tiersync.invalid -n %s -s '%s/sig' "
	               "< '%s/text' >/dev/null 2>&1",
	               directory, name_space, directory, directory);
	return system(command);
}

static void
ssh_keygen_accepts_what_we_sign_and_nothing_else(void **state)
{
	struct seal_node_key *key = new_key(9);
	const char *directory = support_scratch();
	struct statement statement = sample_statement(STATEMENT_REPLACE);
	struct statement_signed signed_text;
	struct bytes signers = {0};
	struct bytes armor = {0};
	struct bytes file = {0};
	struct bytes text = {0};
	struct err_info info;

	(void)state;
	if (system("command -v ssh-keygen >/dev/null") != 0)
		skip();
	assert_ok(statement_make(&file, &statement, key, &info));
	assert_ok(statement_split(&signed_text, bytes_view(&file), SEAL_NAMESPACE_ROSTER, &info));
	assert_ok(bytes_append_text(&signers, "430300000000@tiersync.invalid namespaces=\"roster@tiersync\" ", &info));
	assert_ok(seal_ssh_public_append(&signers, &seal_node_key_public(key)->sign, &info));
	assert_ok(bytes_append_view(&text, signed_text.text, &info));
	assert_ok(bytes_append(&armor, file.data + text.size, file.size - text.size, &info));
	put_file(directory, "signers", bytes_view(&signers));
	put_file(directory, "text", bytes_view(&text));
	put_file(directory, "sig", bytes_view(&armor));

	assert_int_equal(ssh_keygen(directory, "roster@tiersync"), 0);
	assert_int_not_equal(ssh_keygen(directory, "receipt@tiersync"), 0);
	text.data[20] ^= 1;
	put_file(directory, "text", bytes_view(&text));
	assert_int_not_equal(ssh_keygen(directory, "roster@tiersync"), 0);

	support_remove(directory);
	bytes_release(&signers);
	bytes_release(&armor);
	bytes_release(&file);
	bytes_release(&text);
	seal_node_key_free(key);
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
		cmocka_unit_test(a_file_comes_apart_into_what_it_was_made_of),
		cmocka_unit_test(every_flipped_bit_is_found),
		cmocka_unit_test(ssh_keygen_accepts_what_we_sign_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
