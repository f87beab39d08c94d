#include <stdio.h>
#include <stdlib.h>

#include "golden.h"
#include "samples.h"
#include "seal/sign.h"
#include "test.h"

/* The key of sample_node_key(1), as ssh-keygen keeps it. */
static const char OPENSSH_KEY[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
				  "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
				  "QyNTUxOQAAACB5tVYuj+ZU+UB4sRLoqYunkB+FOuaVvtfg45ELrQSWZAAAAIgAAAABAAAA\n"
				  "AQAAAAtzc2gtZWQyNTUxOQAAACB5tVYuj+ZU+UB4sRLoqYunkB+FOuaVvtfg45ELrQSWZA\n"
				  "AAAEABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fIHm1Vi6P5lT5QHixEuipi6eQ\n"
				  "H4U65pW+1+DjkQutBJZkAAAABHRlc3QB\n"
				  "-----END OPENSSH PRIVATE KEY-----\n";

/* What `ssh-keygen -Y sign -n git` made of "message" (OpenSSH 9.2p1). */
static const char ARMOR[] = "-----BEGIN SSH SIGNATURE-----\n"
			    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgebVWLo/mVPlAeLES6KmLp5AfhT\n"
			    "rmlb7X4OORC60ElmQAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5\n"
			    "AAAAQCgVQfzeMR/afQGhL5ohoCiiIEuPEACckLAIARQhoK83MQpak5d1WJVT6YMMeBpMfc\n"
			    "iqPiE2ROKmfJ10W0/WFQY=\n"
			    "-----END SSH SIGNATURE-----\n";

static struct seal_sshsig
signed_by(const struct seal_node_key *key, enum seal_namespace name_space, struct view text)
{
	struct seal_sshsig sshsig = {.signer = seal_node_key_public(key)->sign};
	struct err_info info;

	assert_ok(seal_sshsig_sign(&sshsig.signature, key, name_space, text, &info));
	return sshsig;
}

static void
a_raw_signature_is_the_known_one(void **state)
{
	struct seal_node_key *key = sample_node_key(1);
	struct seal_signature signature;
	struct err_info info;

	(void)state;
	assert_ok(seal_sign(&signature, key, view_text("message"), &info));
	assert_hex(view_of(&signature, 64), "2589970d73cbdf923fd51e1259d786542f38a31534380fbdc0ebe13e8518c539"
	                                    "5f95c4a111b992969f9b28fc72c2e549f8773ce51768ddcbad0ef6251b791806");
	assert_ok(seal_verify(&signature, &seal_node_key_public(key)->sign, view_text("message"), &info));
	assert_err(seal_verify(&signature, &seal_node_key_public(key)->sign, view_text("messagf"), &info), ERR_AUTH);
	seal_node_key_free(key);
}

/* S + L verifies in OpenSSH 9.2; threat 19. */
static void
a_malleated_signature_is_refused(void **state)
{
	struct seal_node_key *key = sample_node_key(1);
	struct bytes order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
	struct seal_signature signature;
	struct err_info info;
	unsigned carry = 0;

	(void)state;
	assert_ok(seal_sign(&signature, key, view_text("message"), &info));
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)signature.bytes[32 + i] + order.data[i];
		signature.bytes[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_err(seal_verify(&signature, &seal_node_key_public(key)->sign, view_text("message"), &info), ERR_AUTH);
	bytes_release(&order);
	seal_node_key_free(key);
}

static void
a_weak_key_verifies_nothing(void **state)
{
	/* R = A = the neutral point, S = 0: good for every message where small orders are not refused */
	struct seal_public_key weak = {{1}};
	struct seal_signature signature = {{1}};
	struct err_info info;

	(void)state;
	assert_err(seal_verify(&signature, &weak, view_text("message"), &info), ERR_AUTH);
}

static void
the_armor_is_ssh_keygens(void **state)
{
	struct seal_node_key *key = sample_node_key(1);
	struct seal_sshsig sshsig = signed_by(key, SEAL_NAMESPACE_GIT, view_text("message"));
	struct bytes armor = {0};
	struct err_info info;

	(void)state;
	assert_ok(bytes_append_text(&armor, "gpgsig ", &info));
	assert_ok(seal_sshsig_armor(&armor, &sshsig, SEAL_NAMESPACE_GIT, &info));
	assert_string_equal(bytes_text(&armor) + strlen("gpgsig "), ARMOR);
	bytes_release(&armor);
	seal_node_key_free(key);
}

static void
an_armor_is_taken_apart_and_verifies(void **state)
{
	struct seal_node_key *key = sample_node_key(1);
	struct seal_sshsig sshsig;
	struct err_info info;

	(void)state;
	assert_ok(seal_sshsig_read(&sshsig, view_text(ARMOR), SEAL_NAMESPACE_GIT, &info));
	assert_true(seal_public_key_equal(&sshsig.signer, &seal_node_key_public(key)->sign));
	assert_ok(
		seal_sshsig_verify(&sshsig.signature, &sshsig.signer, SEAL_NAMESPACE_GIT, view_text("message"), &info));
	seal_node_key_free(key);
}

static void
a_signature_holds_for_one_namespace_key_and_message(void **state)
{
	struct seal_node_key *key = sample_node_key(1);
	struct seal_node_key *other = sample_node_key(2);
	struct seal_sshsig sshsig = signed_by(key, SEAL_NAMESPACE_RECEIPT, view_text("message"));
	struct err_info info;

	(void)state;
	assert_ok(seal_sshsig_verify(&sshsig.signature, &sshsig.signer, SEAL_NAMESPACE_RECEIPT, view_text("message"),
	                             &info));
	assert_err(seal_sshsig_verify(&sshsig.signature, &sshsig.signer, SEAL_NAMESPACE_ROSTER, view_text("message"),
	                              &info),
	           ERR_AUTH);
	assert_err(seal_sshsig_verify(&sshsig.signature, &sshsig.signer, SEAL_NAMESPACE_RECEIPT, view_text(""), &info),
	           ERR_AUTH);
	assert_err(seal_sshsig_verify(&sshsig.signature, &seal_node_key_public(other)->sign, SEAL_NAMESPACE_RECEIPT,
	                              view_text("message"), &info),
	           ERR_AUTH);
	seal_node_key_free(other);
	seal_node_key_free(key);
}

static void
an_armor_of_another_namespace_is_refused(void **state)
{
	struct seal_sshsig sshsig;
	struct err_info info;

	(void)state;
	assert_err(seal_sshsig_read(&sshsig, view_text(ARMOR), SEAL_NAMESPACE_CARD, &info), ERR_FORMAT);
	assert_non_null(strstr(info.text, "card@tiersync"));
}

static void
an_armor_cut_anywhere_is_refused(void **state)
{
	struct seal_sshsig sshsig;
	struct err_info info;

	(void)state;
	for (size_t size = 0; size < strlen(ARMOR); size++)
		assert_err(seal_sshsig_read(&sshsig, view_of(ARMOR, size), SEAL_NAMESPACE_GIT, &info), ERR_FORMAT);
}

static void
an_armor_flipped_anywhere_is_refused_or_does_not_verify(void **state)
{
	struct bytes armor = {0};
	struct err_info info;
	size_t read = 0;

	(void)state;
	assert_ok(bytes_append_text(&armor, ARMOR, &info));
	for (size_t i = 0; i < armor.size * 8; i++) {
		struct seal_sshsig sshsig;
		enum err err;

		armor.data[i / 8] ^= (uint8_t)(1 << i % 8);
		err = seal_sshsig_read(&sshsig, bytes_view(&armor), SEAL_NAMESPACE_GIT, &info);
		armor.data[i / 8] ^= (uint8_t)(1 << i % 8);
		if (err != ERR_OK) {
			assert_int_equal(err, ERR_FORMAT);
			continue;
		}
		read++;
		assert_err(seal_sshsig_verify(&sshsig.signature, &sshsig.signer, SEAL_NAMESPACE_GIT,
		                              view_text("message"), &info),
		           ERR_AUTH);
	}
	assert_true(read > 0); /* flips within key and signature keep the form */
	bytes_release(&armor);
}

static enum err
read_armor(struct view content, struct err_info *info)
{
	struct seal_sshsig sshsig;

	return seal_sshsig_read(&sshsig, content, SEAL_NAMESPACE_GIT, info);
}

static void
golden_armors_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_seal_sshsig", read_armor);
}

static void
the_public_key_line_is_ssh_keygens(void **state)
{
	struct seal_node_key *key = sample_node_key(1);
	struct bytes line = {0};
	struct err_info info;

	(void)state;
	assert_ok(seal_ssh_public_append(&line, &seal_node_key_public(key)->sign, &info));
	assert_string_equal(bytes_text(&line),
	                    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHm1Vi6P5lT5QHixEuipi6eQH4U65pW+1+DjkQutBJZk");
	bytes_release(&line);
	seal_node_key_free(key);
}

/* --- stock ssh-keygen as the second opinion --- */

static int
shell(const char *dir, const char *command)
{
	char line[LIMIT_PATH_BYTES_MAX + 512];

	(void)snprintf(line, sizeof(line), "cd '%s' && { %s; } >out.log 2>&1", dir, command);
	return system(line);
}

static void
put_file(const char *dir, const char *name, struct view content)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct err_info info;

	assert_ok(fs_path(path, &info, "%s/%s", dir, name));
	assert_ok(fs_write(path, content, 0600, &info));
}

static void
ssh_keygen_signs_the_same_bytes(void **state)
{
	const char *dir = support_scratch();
	struct seal_node_key *key = sample_node_key(1);
	uint64_t seed = 7;
	struct err_info info;

	(void)state;
	if (shell(dir, "command -v ssh-keygen") != 0)
		skip();
	put_file(dir, "key", view_text(OPENSSH_KEY));
	for (size_t size = 0; size < 300; size += 97) {
		struct bytes message = {0};
		struct bytes theirs = {0};
		struct bytes ours = {0};
		char path[LIMIT_PATH_BYTES_MAX];
		struct seal_sshsig sshsig;

		for (size_t i = 0; i < size; i++)
			assert_ok(bytes_append_byte(&message, (uint8_t)support_random(&seed), &info));
		put_file(dir, "message", bytes_view(&message));
		assert_int_equal(
			shell(dir, "rm -f message.sig && ssh-keygen -Y sign -f key -n bundle@tiersync message"), 0);
		assert_ok(fs_path(path, &info, "%s/message.sig", dir));
		assert_ok(fs_read(&theirs, path, SIZE_MAX, &info));
		sshsig = signed_by(key, SEAL_NAMESPACE_BUNDLE, bytes_view(&message));
		assert_ok(seal_sshsig_armor(&ours, &sshsig, SEAL_NAMESPACE_BUNDLE, &info));
		assert_string_equal(bytes_text(&ours), bytes_text(&theirs));
		bytes_release(&message);
		bytes_release(&theirs);
		bytes_release(&ours);
	}
	seal_node_key_free(key);
	support_remove(dir);
}

static void
ssh_keygen_verifies_every_namespace(void **state)
{
	static const enum seal_namespace namespaces[] = {
#define DOMAIN_PERSONAL(name)
#define DOMAIN_CONTEXT(name)
#define DOMAIN_PREFIX(name)
#define DOMAIN_NAMESPACE(name) SEAL_NAMESPACE_##name,
#define DOMAIN(kind, name, text, purpose) DOMAIN_##kind(name)
#include "../../../schema/domains.def"
	};
	const char *dir = support_scratch();
	struct seal_node_key *key = sample_node_key(77);
	struct bytes signers = {0};
	struct err_info info;

	(void)state;
	if (shell(dir, "command -v ssh-keygen") != 0)
		skip();
	assert_ok(bytes_append_text(&signers, "430321100000 ", &info));
	assert_ok(seal_ssh_public_append(&signers, &seal_node_key_public(key)->sign, &info));
	assert_ok(bytes_append_byte(&signers, '\n', &info));
	put_file(dir, "signers", bytes_view(&signers));
	put_file(dir, "message", view_text("tiersync-receipt 1\n"));
	put_file(dir, "other", view_text("tiersync-receipt 2\n"));
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
		struct seal_sshsig sshsig = signed_by(key, namespaces[i], view_text("tiersync-receipt 1\n"));
		struct bytes armor = {0};
		char command[256];

		assert_ok(seal_sshsig_armor(&armor, &sshsig, namespaces[i], &info));
		put_file(dir, "sig", bytes_view(&armor));
		(void)snprintf(command, sizeof(command),
		               "ssh-keygen -Y verify -f signers -I 430321100000 -n %s -s sig <message",
		               seal_namespace_text(namespaces[i]));
		assert_int_equal(shell(dir, command), 0);
		(void)snprintf(command, sizeof(command),
		               "ssh-keygen -Y verify -f signers -I 430321100000 -n %s -s sig <other",
		               seal_namespace_text(namespaces[i]));
		assert_int_not_equal(shell(dir, command), 0);
		bytes_release(&armor);
	}
	bytes_release(&signers);
	seal_node_key_free(key);
	support_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_raw_signature_is_the_known_one),
		cmocka_unit_test(a_malleated_signature_is_refused),
		cmocka_unit_test(a_weak_key_verifies_nothing),
		cmocka_unit_test(the_armor_is_ssh_keygens),
		cmocka_unit_test(an_armor_is_taken_apart_and_verifies),
		cmocka_unit_test(a_signature_holds_for_one_namespace_key_and_message),
		cmocka_unit_test(an_armor_of_another_namespace_is_refused),
		cmocka_unit_test(an_armor_cut_anywhere_is_refused),
		cmocka_unit_test(an_armor_flipped_anywhere_is_refused_or_does_not_verify),
		cmocka_unit_test(golden_armors_are_told_apart),
		cmocka_unit_test(the_public_key_line_is_ssh_keygens),
		cmocka_unit_test(ssh_keygen_signs_the_same_bytes),
		cmocka_unit_test(ssh_keygen_verifies_every_namespace),
	};

	return cmocka_run_group_tests(tests, start_seal, all_keys_freed);
}
