#include "golden.h"
#include "samples.h"
#include "seal/key.h"
#include "test.h"

static const char KEY_FILE[] = "tiersync-key 1\n"
			       "sign ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ=\n"
			       "seal WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns=\n"
			       "kdf none\n"
			       "secret AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5O"
			       "js8PT4/QA==\n";

/* Made by nacl.pwhash.argon2id and its AEAD: passphrase "correct horse". */
static const char KEY_FILE_UNDER_PASSPHRASE[] =
	"tiersync-key 1\n"
	"sign ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ=\n"
	"seal WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns=\n"
	"kdf argon2id 3 256 EBESExQVFhcYGRobHB0eHw==\n"
	"secret 0NHS09TV1tfY2drb3N3e3+Dh4uPk5ebnhiJQRWOZcpRJtfdmUoGhZ8b8V5hqHPbsyQwLknhUPdtUNDv7XJkVHQWH6xA5INsPR9DCYvM"
	"ys4gRyZXIpdmlrcV4mB710R1GDXW6oZgAS9o=\n";

static void
node_key_has_the_public_half_that_nacl_gives(void **state)
{
	struct seal_node_key *key = sample_node_key(1);
	const struct seal_public *public = seal_node_key_public(key);
	struct err_info info;
	struct id id;

	(void)state;
	assert_hex(view_of(&public->sign, 32), "79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664");
	assert_hex(view_of(&public->seal, 32), "5869aff450549732cbaaed5e5df9b30a6da31cb0e5742bad5ad4a1a768f1a67b");
	assert_ok(seal_public_check(public, &info));
	seal_key_id(&id, &public->sign);
	assert_hex(view_of(&id, sizeof(id)), "7df0c83194bf07af9d876c25f24d5bd5");
	seal_key_id(&id, &public->seal);
	assert_hex(view_of(&id, sizeof(id)), "36b1202578649bbd49e186be2e8977fb");
	seal_node_key_free(key);
}

static void
keys_need_randomness(void **state)
{
	struct env env = broken_env();
	struct seal_node_key *node = NULL;
	struct seal_key *key = NULL;
	struct seal_ephemeral *ephemeral = NULL;
	struct err_info info;

	(void)state;
	assert_err(seal_node_key_new(&node, &env, &info), ERR_IO);
	assert_err(seal_key_new(&key, &env, &info), ERR_IO);
	assert_err(seal_ephemeral_new(&ephemeral, &env, &info), ERR_IO);
	assert_null(node);
	assert_null(key);
	assert_null(ephemeral);
}

static void
weak_and_misspelt_public_keys_are_not_enrolled(void **state)
{
	/* small order; not on the curve; not canonical; mixed order (CVE-2025-69277) */
	static const char *const bad_sign[] = {"0000000000000000000000000000000000000000000000000000000000000000",
	                                       "0100000000000000000000000000000000000000000000000000000000000000",
	                                       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	                                       "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	                                       "0200000000000000000000000000000000000000000000000000000000000000",
	                                       "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	                                       "9599999999999999999999999999999999999999999999999999999999999999"};
	/* low order; p and p + 1; highest bit set */
	static const char *const bad_seal[] = {"0000000000000000000000000000000000000000000000000000000000000000",
	                                       "0100000000000000000000000000000000000000000000000000000000000000",
	                                       "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	                                       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	                                       "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	                                       "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	                                       "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	                                       "0900000000000000000000000000000000000000000000000000000000000080"};
	struct seal_node_key *key = sample_node_key(1);
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_sign) / sizeof(bad_sign[0]); i++) {
		struct seal_public public = *seal_node_key_public(key);
		struct bytes bytes = from_hex(bad_sign[i]);

		memcpy(public.sign.bytes, bytes.data, 32);
		assert_err(seal_public_check(&public, &info), ERR_FORMAT);
		bytes_release(&bytes);
	}
	for (size_t i = 0; i < sizeof(bad_seal) / sizeof(bad_seal[0]); i++) {
		struct seal_public public = *seal_node_key_public(key);
		struct bytes bytes = from_hex(bad_seal[i]);

		memcpy(public.seal.bytes, bytes.data, 32);
		assert_err(seal_public_check(&public, &info), ERR_FORMAT);
		bytes_release(&bytes);
	}
	seal_node_key_free(key);
}

static void
the_largest_canonical_sealing_key_is_accepted(void **state)
{
	struct seal_node_key *key = sample_node_key(1);
	struct seal_public public = *seal_node_key_public(key);
	struct err_info info;

	(void)state;
	memset(public.seal.bytes, 0xff, sizeof(public.seal.bytes));
	public.seal.bytes[0] = 0xeb; /* p - 2 */
	public.seal.bytes[31] = 0x7f;
	assert_ok(seal_public_check(&public, &info));
	seal_node_key_free(key);
}

static void
key_file_without_passphrase_is_the_known_text(void **state)
{
	struct seal_node_key *key = sample_node_key(1);
	struct seal_node_key *back = NULL;
	struct env env = broken_env(); /* none is needed */
	struct bytes text = {0};
	struct err_info info;

	(void)state;
	assert_ok(seal_node_key_write(&text, key, (struct view){0}, &env, &info));
	assert_string_equal(bytes_text(&text), KEY_FILE);
	assert_ok(seal_node_key_read(&back, bytes_view(&text), view_text("not needed"), &info));
	assert_memory_equal(seal_node_key_public(back), seal_node_key_public(key), sizeof(struct seal_public));
	seal_node_key_free(back);
	seal_node_key_free(key);
	seal_wipe_bytes(&text);
}

static void
key_file_under_passphrase_opens_with_it_alone(void **state)
{
	struct view text = view_text(KEY_FILE_UNDER_PASSPHRASE);
	struct seal_node_key *key = NULL;
	struct err_info info;

	(void)state;
	assert_err(seal_node_key_read(&key, text, (struct view){0}, &info), ERR_STATE);
	assert_err(seal_node_key_read(&key, text, view_text("correct horsf"), &info), ERR_AUTH);
	assert_null(strstr(info.text, "horsf"));
	assert_null(key);
	assert_ok(seal_node_key_read(&key, text, view_text("correct horse"), &info));
	assert_hex(view_of(&seal_node_key_public(key)->sign, 32),
	           "79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664");
	seal_node_key_free(key);
}

static void
key_file_under_passphrase_is_bound_to_its_public_lines(void **state)
{
	struct bytes text = {0};
	struct seal_node_key *key = NULL;
	struct err_info info;

	(void)state;
	assert_ok(bytes_append_text(&text, KEY_FILE_UNDER_PASSPHRASE, &info));
	assert_int_equal(text.data[21], 'b');
	text.data[21] = 'c';
	assert_err(seal_node_key_read(&key, bytes_view(&text), view_text("correct horse"), &info), ERR_AUTH);
	bytes_release(&text);
}

static void
key_file_is_saved_and_loaded_with_a_passphrase(void **state)
{
	const char *dir = support_scratch();
	struct seal_node_key *key = sample_node_key(1);
	struct seal_node_key *back = NULL;
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes text = {0};
	uint8_t next = 0x10;
	struct env env = count_env(&next);
	struct err_info info;

	(void)state;
	assert_ok(fs_path(path, &info, "%s/node", dir));
	assert_ok(seal_node_key_save(path, key, view_text("correct horse"), &env, &info));
	assert_ok(fs_read(&text, path, SIZE_MAX, &info));
	assert_memory_equal(text.data, KEY_FILE_UNDER_PASSPHRASE, strlen("tiersync-key 1\nsign"));
	assert_non_null(strstr(bytes_text(&text), "kdf argon2id 3 256 EBESExQVFhcYGRobHB0eHw=="));
	assert_ok(seal_node_key_load(&back, path, view_text("correct horse"), &info));
	assert_memory_equal(seal_node_key_public(back), seal_node_key_public(key), sizeof(struct seal_public));
	seal_node_key_free(back);
	seal_node_key_free(key);
	bytes_release(&text);
	support_remove(dir);
}

static void
key_file_errors_name_the_file_and_no_key_byte(void **state)
{
	const char *dir = support_scratch();
	char path[LIMIT_PATH_BYTES_MAX];
	struct seal_node_key *key = NULL;
	struct bytes text = {0};
	struct err_info info;

	(void)state;
	assert_ok(fs_path(path, &info, "%s/node", dir));
	assert_err(seal_node_key_load(&key, path, (struct view){0}, &info), ERR_NOT_FOUND);
	assert_ok(bytes_append_text(&text, KEY_FILE, &info));
	text.data[text.size - 6] = '!';
	assert_ok(fs_write(path, bytes_view(&text), 0600, &info));
	assert_err(seal_node_key_load(&key, path, (struct view){0}, &info), ERR_FORMAT);
	assert_non_null(strstr(info.text, "/node"));
	assert_null(strstr(info.text, "AQID"));
	bytes_release(&text);
	support_remove(dir);
}

static void
a_long_passphrase_is_refused(void **state)
{
	static const uint8_t passphrase[LIMIT_PASSPHRASE_BYTES_MAX + 1] = {'x'};
	struct view view = view_of(passphrase, sizeof(passphrase));
	struct seal_node_key *key = sample_node_key(1);
	struct seal_node_key *back = NULL;
	struct env env = broken_env();
	struct bytes text = {0};
	struct err_info info;

	(void)state;
	assert_err(seal_node_key_write(&text, key, view, &env, &info), ERR_TOO_BIG);
	assert_err(seal_node_key_read(&back, view_text(KEY_FILE_UNDER_PASSPHRASE), view, &info), ERR_AUTH);
	seal_node_key_free(key);
}

static void
a_key_file_cut_or_flipped_anywhere_is_refused(void **state)
{
	struct bytes text = {0};
	struct err_info info;

	(void)state;
	assert_ok(bytes_append_text(&text, KEY_FILE, &info));
	for (size_t size = 0; size < text.size; size++) {
		struct seal_node_key *key = NULL;

		assert_err(seal_node_key_read(&key, view_of(text.data, size), (struct view){0}, &info), ERR_FORMAT);
	}
	for (size_t i = 0; i < text.size * 8; i++) {
		struct seal_node_key *key = NULL;
		enum err err;

		text.data[i / 8] ^= (uint8_t)(1 << i % 8);
		err = seal_node_key_read(&key, bytes_view(&text), (struct view){0}, &info);
		text.data[i / 8] ^= (uint8_t)(1 << i % 8);
		if (err == ERR_OK) { /* bits of the X25519 secret that every implementation overwrites */
			assert_non_null(key);
			assert_true(i / 8 >= text.size - 60);
			seal_node_key_free(key);
			continue;
		}
		assert_true(err == ERR_FORMAT || err == ERR_VERSION);
		assert_null(key);
	}
	bytes_release(&text);
}

static void
a_newer_key_file_is_told_apart_from_a_bad_one(void **state)
{
	struct seal_node_key *key = NULL;
	struct err_info info;

	(void)state;
	assert_err(seal_node_key_read(&key, view_text("tiersync-key 2\nwhatever"), (struct view){0}, &info),
	           ERR_VERSION);
	assert_err(seal_node_key_read(&key, view_text("tiersync-key 10\n"), (struct view){0}, &info), ERR_VERSION);
	assert_err(seal_node_key_read(&key, view_text("tiersync-key 0\n"), (struct view){0}, &info), ERR_FORMAT);
	assert_err(seal_node_key_read(&key, view_text("tiersync-key x\n"), (struct view){0}, &info), ERR_FORMAT);
}

static enum err
read_key_file(struct view content, struct err_info *info)
{
	struct seal_node_key *key = NULL;
	enum err err = seal_node_key_read(&key, content, (struct view){0}, info);

	seal_node_key_free(key);
	return err;
}

static void
golden_key_files_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_seal_keyfile", read_key_file);
}

static void
commitments_are_the_known_ones_and_bind_their_context(void **state)
{
	struct seal_key *key = sample_key(0x40);
	struct seal_key *other = sample_key(0x41);
	struct id partition = sample_id(0xa0);
	struct digest one;
	struct digest two;

	(void)state;
	seal_content_commitment(&one, key, view_text("context"));
	assert_hex(view_of(&one, 32), "63c97a1f55fa1f1ad785381dc14f334cec2b4e13e86a9dbcaa70fdbc58b5ea08");
	seal_content_commitment(&two, key, view_text("contexu"));
	assert_false(digest_equal(&one, &two));
	seal_content_commitment(&two, other, view_text("context"));
	assert_false(digest_equal(&one, &two));
	seal_epoch_commitment(&one, key, &partition, 3);
	assert_hex(view_of(&one, 32), "aae93f327e5e69eb42bd15d0772f91630539ee0f54b587564ae4d3d61641c4f8");
	seal_epoch_commitment(&two, key, &partition, 4);
	assert_false(digest_equal(&one, &two));
	seal_epoch_commitment(&two, other, &partition, 3);
	assert_false(digest_equal(&one, &two));
	seal_key_free(other);
	seal_key_free(key);
}

struct wrapping {
	struct seal_node_key *node;
	struct seal_key *key;
	struct seal_ephemeral *ephemeral;
	uint8_t wrapped[SEAL_WRAPPED_BYTES];
};

static void
make_wrapping(struct wrapping *out)
{
	uint8_t next = 0x61;
	struct env env = count_env(&next);
	struct err_info info;

	out->node = sample_node_key(1);
	out->key = sample_key(0x40);
	assert_ok(seal_ephemeral_new(&out->ephemeral, &env, &info));
	assert_ok(seal_wrap(out->wrapped, out->ephemeral, &seal_node_key_public(out->node)->seal, out->key,
	                    view_text("context"), &info));
}

static void
release_wrapping(struct wrapping *wrapping)
{
	seal_ephemeral_free(wrapping->ephemeral);
	seal_key_free(wrapping->key);
	seal_node_key_free(wrapping->node);
}

static void
a_wrap_is_the_known_one_and_opens(void **state)
{
	struct seal_key *back = NULL;
	struct wrapping wrapping;
	struct err_info info;

	(void)state;
	make_wrapping(&wrapping);
	assert_hex(view_of(seal_ephemeral_public(wrapping.ephemeral), 32),
	           "244fe3b963e899dd295baffce248d3530f3a9a7479ba063002680ebfe7adad49");
	assert_hex(view_of(wrapping.wrapped, SEAL_WRAPPED_BYTES),
	           "03683356ba6c9b3e44becb8301e7e18696ebf0ed0f2c74967b6ceba7544078061a92b5d5a53b537344f67f8ff964908d");
	assert_ok(seal_unwrap(&back, wrapping.node, seal_ephemeral_public(wrapping.ephemeral), wrapping.wrapped,
	                      view_text("context"), &info));
	assert_true(seal_key_equal(back, wrapping.key));
	seal_key_free(back);
	release_wrapping(&wrapping);
}

static void
a_wrap_opens_for_its_node_and_context_alone(void **state)
{
	struct seal_node_key *other = sample_node_key(9);
	struct seal_key *back = NULL;
	struct seal_public_key low = {{0}};
	struct wrapping wrapping;
	struct err_info info;

	(void)state;
	make_wrapping(&wrapping);
	assert_err(seal_unwrap(&back, other, seal_ephemeral_public(wrapping.ephemeral), wrapping.wrapped,
	                       view_text("context"), &info),
	           ERR_AUTH);
	assert_err(seal_unwrap(&back, wrapping.node, seal_ephemeral_public(wrapping.ephemeral), wrapping.wrapped,
	                       view_text("contexu"), &info),
	           ERR_AUTH);
	assert_err(seal_unwrap(&back, wrapping.node, &low, wrapping.wrapped, view_text("context"), &info), ERR_AUTH);
	assert_err(seal_wrap(wrapping.wrapped, wrapping.ephemeral, &low, wrapping.key, view_text("context"), &info),
	           ERR_FORMAT);
	assert_null(back);
	release_wrapping(&wrapping);
	seal_node_key_free(other);
}

static void
a_wrap_flipped_anywhere_does_not_open(void **state)
{
	struct wrapping wrapping;
	struct err_info info;

	(void)state;
	make_wrapping(&wrapping);
	for (size_t i = 0; i < SEAL_WRAP_BYTES * 8; i++) {
		struct seal_public_key ephemeral = *seal_ephemeral_public(wrapping.ephemeral);
		uint8_t wrapped[SEAL_WRAPPED_BYTES];
		struct seal_key *back = NULL;

		memcpy(wrapped, wrapping.wrapped, sizeof(wrapped));
		if (i / 8 < SEAL_PUBLIC_KEY_BYTES)
			ephemeral.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
		else
			wrapped[i / 8 - SEAL_PUBLIC_KEY_BYTES] ^= (uint8_t)(1 << i % 8);
		assert_err(seal_unwrap(&back, wrapping.node, &ephemeral, wrapped, view_text("context"), &info),
		           ERR_AUTH);
	}
	release_wrapping(&wrapping);
}

static void
a_thousand_keys_live_and_die(void **state)
{
	enum {
		KEYS = 1000
	};
	static struct seal_key *keys[KEYS];
	size_t before = seal_keys_alive();

	(void)state;
	for (size_t i = 0; i < KEYS; i++)
		keys[i] = sample_key((uint8_t)i);
	assert_int_equal(seal_keys_alive(), before + KEYS);
	for (size_t i = 0; i < KEYS; i++) {
		struct seal_key *same = sample_key((uint8_t)i);

		assert_true(seal_key_equal(keys[i], same));
		seal_key_free(same);
		seal_key_free(keys[i]);
	}
	seal_key_free(NULL);
	assert_int_equal(seal_keys_alive(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(node_key_has_the_public_half_that_nacl_gives),
		cmocka_unit_test(keys_need_randomness),
		cmocka_unit_test(weak_and_misspelt_public_keys_are_not_enrolled),
		cmocka_unit_test(the_largest_canonical_sealing_key_is_accepted),
		cmocka_unit_test(key_file_without_passphrase_is_the_known_text),
		cmocka_unit_test(key_file_under_passphrase_opens_with_it_alone),
		cmocka_unit_test(key_file_under_passphrase_is_bound_to_its_public_lines),
		cmocka_unit_test(key_file_is_saved_and_loaded_with_a_passphrase),
		cmocka_unit_test(key_file_errors_name_the_file_and_no_key_byte),
		cmocka_unit_test(a_long_passphrase_is_refused),
		cmocka_unit_test(a_key_file_cut_or_flipped_anywhere_is_refused),
		cmocka_unit_test(a_newer_key_file_is_told_apart_from_a_bad_one),
		cmocka_unit_test(golden_key_files_are_told_apart),
		cmocka_unit_test(commitments_are_the_known_ones_and_bind_their_context),
		cmocka_unit_test(a_wrap_is_the_known_one_and_opens),
		cmocka_unit_test(a_wrap_opens_for_its_node_and_context_alone),
		cmocka_unit_test(a_wrap_flipped_anywhere_does_not_open),
		cmocka_unit_test(a_thousand_keys_live_and_die),
	};

	return cmocka_run_group_tests(tests, start_seal, all_keys_freed);
}
