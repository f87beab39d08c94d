/* Copies of keys: a round trip, damage, and the frozen samples of tests/golden/fuzz_node_key_backup. */
#include "base/env.h"
#include "golden.h"
#include "node/key_backup.h"
#include "seal/key.h"
#include "seal/seal.h"

static const char TARGET[] = "fuzz_node_key_backup";

/* A store with a key that was replaced once; under no passphrase. */
static struct node *
make_store(const char *directory, struct env *env)
{
	struct node_identity identity = {.code = {"430321100000"}, .level = NODE_LEVEL_TOWNSHIP};
	struct seal_node_key *old = NULL;
	struct node *node = NULL;
	char path[LIMIT_PATH_BYTES_MAX];
	char hex[2 * ID_BYTES + 1];
	struct err_info info;
	struct id id;

	assert_ok(seal_init(&info));
	(void)snprintf(identity.name, sizeof(identity.name), "%s", "易俗河镇");
	assert_ok(node_create(directory, &identity, (struct view){0}, env, &info));
	assert_ok(node_create_finish(directory, &info));
	assert_ok(seal_node_key_new(&old, env, &info));
	seal_key_id(&id, &seal_node_key_public(old)->sign);
	hex_write(hex, view_of(id.bytes, ID_BYTES));
	assert_ok(fs_path(path, &info, "%s/keys/old-%s.key", directory, hex));
	assert_ok(seal_node_key_save(path, old, (struct view){0}, env, &info));
	seal_node_key_free(old);
	assert_ok(node_open(&node, directory, 0, (struct view){0}, env, &info));
	return node;
}

static struct bytes
make_copy(void)
{
	uint64_t seed = 20171201;
	struct env env = support_env(&seed);
	const char *scratch = support_scratch();
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes copy = {0};
	struct err_info info;
	struct node *node;

	assert_ok(fs_path(path, &info, "%s/store", scratch));
	node = make_store(path, &env);
	assert_err(node_key_backup_write(&copy, node, true, (struct view){0}, &info), ERR_STATE);
	assert_ok(node_key_backup_write(&copy, node, true, view_text("secret"), &info));
	node_free(node);
	support_remove(scratch);
	return copy;
}

static void
a_copy_is_read_and_opens_with_its_passphrase(void **state)
{
	struct bytes copy = make_copy();
	struct node_key_backup backup;
	struct err_info info;

	(void)state;
	assert_true(node_key_backup_is(bytes_view(&copy)));
	assert_ok(node_key_backup_read(&backup, bytes_view(&copy), &info));
	assert_int_equal(backup.count, 2);
	assert_string_equal(backup.identity.code.text, "430321100000");
	assert_string_equal(backup.identity.name, "易俗河镇");
	assert_int_equal(backup.identity.level, NODE_LEVEL_TOWNSHIP);
	assert_true(backup.identity.is_awaited);
	assert_false(backup.identity.is_root);
	assert_false(backup.identity.is_accepted);
	assert_ok(node_key_backup_check(&backup, view_text("secret"), &info));
	assert_err(node_key_backup_check(&backup, view_text("secret "), &info), ERR_AUTH);
	assert_err(node_key_backup_check(&backup, (struct view){0}, &info), ERR_STATE);
	node_key_backup_release(&backup);
	bytes_release(&copy);
}

static void
a_cut_copy_is_no_copy(void **state)
{
	struct bytes copy = make_copy();
	struct node_key_backup backup;
	struct err_info info;

	(void)state;
	for (size_t size = 0; size < copy.size; size++)
		assert_err(node_key_backup_read(&backup, view_of(copy.data, size), &info), ERR_FORMAT);
	bytes_release(&copy);
}

/* In what the passphrase does not protect: the check does. Argon2id is slow, so one byte of each line. */
static void
a_changed_copy_does_not_open(void **state)
{
	struct bytes copy = make_copy();
	struct node_key_backup backup;
	struct err_info info;
	size_t opened = 0;

	(void)state;
	for (size_t i = 0; i < copy.size; i++) {
		enum err err;

		copy.data[i] ^= 1;
		err = node_key_backup_read(&backup, bytes_view(&copy), &info);
		if (err == ERR_OK && i > 0 && copy.data[i - 1] == ' ' && opened < 8) {
			assert_err(node_key_backup_check(&backup, view_text("secret"), &info), ERR_AUTH);
			opened++;
		}
		if (err == ERR_OK)
			node_key_backup_release(&backup);
		copy.data[i] ^= 1;
	}
	assert_true(opened > 2);
	bytes_release(&copy);
}

/* The copy with one text in the place of another of the same line. */
static struct bytes
replaced(const struct bytes *copy, const char *from, const char *to)
{
	struct bytes out = {0};
	struct err_info info;
	const char *at;

	assert_ok(bytes_append_view(&out, bytes_view(copy), &info));
	assert_ok(bytes_append_byte(&out, 0, &info));
	at = strstr((const char *)out.data, from);
	assert_non_null(at);
	{
		size_t before = (size_t)(at - (const char *)out.data);
		struct bytes made = {0};

		assert_ok(bytes_append(&made, copy->data, before, &info));
		assert_ok(bytes_append_text(&made, to, &info));
		assert_ok(bytes_append(&made, copy->data + before + strlen(from), copy->size - before - strlen(from),
		                       &info));
		bytes_release(&out);
		return made;
	}
}

static enum err
read_one(struct view content, struct err_info *info)
{
	struct node_key_backup backup;
	enum err err = node_key_backup_read(&backup, content, info);

	if (err == ERR_OK)
		node_key_backup_release(&backup);
	return err;
}

static void
the_samples_are_what_is_written_now(void **state)
{
	static const struct {
		const char *name;
		const char *from;
		const char *to;
	} bad[] = {
		{"bad-version", "tiersync-key-backup 1", "tiersync-key-backup 2"},
		{"bad-no-keys", "keys 2\n", "keys 0\n"},
		{"bad-too-many-keys", "keys 2\n", "keys 65\n"},
		{"bad-one-key-more", "keys 2\n", "keys 3\n"},
		{"bad-one-key-less", "keys 2\n", "keys 1\n"},
		{"bad-level", "level township\n", "level village\n"},
		{"bad-base64", "key dGll", "key dGl*"},
		{"bad-line-unknown", "begun yes\n", "begun yes\nnote x\n"},
	};
	struct bytes copy = make_copy();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bytes changed = replaced(&copy, bad[i].from, bad[i].to);

		golden_frozen(TARGET, bad[i].name, &changed);
	}
	golden_frozen(TARGET, "good-two-keys", &copy);
	golden_run(TARGET, read_one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_is_read_and_opens_with_its_passphrase),
		cmocka_unit_test(a_cut_copy_is_no_copy),
		cmocka_unit_test(a_changed_copy_does_not_open),
		cmocka_unit_test(the_samples_are_what_is_written_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
