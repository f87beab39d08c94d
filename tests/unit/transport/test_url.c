#include <string.h>

#include "test.h"
#include "transport/transport.h"

static void
refuses(const char *text)
{
	struct transport_url url = {.port = 7};
	struct err_info info = {0};

	assert_err(transport_url_parse(&url, view_text(text), &info), ERR_FORMAT);
	assert_int_equal(url.port, 7);
}

static void
dir_takes_any_path(void **state)
{
	struct transport_url url;
	struct err_info info;

	(void)state;
	assert_ok(transport_url_parse(&url, view_text("dir:/mnt/u盘/a b"), &info));
	assert_int_equal(url.scheme, TRANSPORT_DIR);
	assert_string_equal(url.path, "/mnt/u盘/a b");
	assert_ok(transport_url_parse(&url, view_text("dir:exchange"), &info));
	assert_string_equal(url.path, "exchange");
}

static void
ssh_is_taken_apart(void **state)
{
	struct transport_url url;
	struct err_info info;

	(void)state;
	assert_ok(transport_url_parse(&url, view_text("ssh://tiersync@hub.example:2222/srv/store"), &info));
	assert_int_equal(url.scheme, TRANSPORT_SSH);
	assert_string_equal(url.user, "tiersync");
	assert_string_equal(url.host, "hub.example");
	assert_int_equal(url.port, 2222);
	assert_string_equal(url.path, "/srv/store");
	assert_ok(transport_url_parse(&url, view_text("ssh://tiersync@hub"), &info));
	assert_string_equal(url.host, "hub");
	assert_int_equal(url.port, 0);
	assert_string_equal(url.path, "");
	assert_ok(transport_url_parse(&url, view_text("ssh://hub/"), &info));
	assert_string_equal(url.user, "");
	assert_string_equal(url.path, "/");
	assert_ok(transport_url_parse(&url, view_text("ssh://u@[fe80::1%eth0]:22"), &info));
	assert_string_equal(url.host, "fe80::1%eth0");
	assert_int_equal(url.port, 22);
}

static void
ssh_refuses_what_could_become_an_option_or_a_second_word(void **state)
{
	(void)state;
	refuses("ssh://-oProxyCommand=x@hub");
	refuses("ssh://u@-oProxyCommand");
	refuses("ssh://u@hub name");
	refuses("ssh://u;v@hub");
	refuses("ssh://u@[-x]");
	refuses("ssh://u@hub\n");
	refuses("dir:/mnt/\x1b[2J");
}

static void
url_refuses_missing_and_wrong_parts(void **state)
{
	struct transport_url url;
	struct err_info info;
	char path[LIMIT_PATH_BYTES_MAX + 5];
	char user[TRANSPORT_WORD_BYTES + 16];

	(void)state;
	refuses("");
	refuses("dir:");
	refuses("/mnt/stick");
	refuses("https://hub");
	refuses("ssh://");
	refuses("ssh://@hub");
	refuses("ssh://u@");
	refuses("ssh://u@hub:");
	refuses("ssh://u@hub:0");
	refuses("ssh://u@hub:65536");
	refuses("ssh://u@hub:99999999999999999999");
	refuses("ssh://u@hub:2x");
	refuses("ssh://u@[::1");
	refuses("ssh://u@[::1]22");
	refuses("ssh://u@a@hub");
	memset(path, 'a', sizeof(path));
	memcpy(path, "dir:", 4);
	path[sizeof(path) - 1] = '\0';
	assert_err(transport_url_parse(&url, view_text(path), &info), ERR_TOO_BIG);
	path[LIMIT_PATH_BYTES_MAX + 3] = '\0';
	assert_ok(transport_url_parse(&url, view_text(path), &info));
	memset(user, 'a', sizeof(user));
	memcpy(user, "ssh://", 6);
	user[sizeof(user) - 1] = '\0';
	refuses(user);
}

static void
name_goes_there_and_back(void **state)
{
	struct transport_name name = {{"430321000000.fin"}, 0x0123abcdU, 412};
	struct transport_name read;
	char file[TRANSPORT_NAME_BYTES];

	(void)state;
	transport_name_format(file, &name);
	assert_string_equal(file, "430321000000.fin-0123abcd-0000000412.tsb");
	assert_true(transport_name_parse(&read, file));
	assert_string_equal(read.sender.text, "430321000000.fin");
	assert_int_equal(read.incarnation, 0x0123abcdU);
	assert_int_equal(read.number, 412);
	name.number = TRANSPORT_NUMBER_MAX;
	transport_name_format(file, &name);
	assert_true(transport_name_parse(&read, file));
	assert_true(read.number == TRANSPORT_NUMBER_MAX);
}

static void
name_refuses_every_changed_byte_of_its_frame(void **state)
{
	static const char good[] = "430321100000-0123abcd-0000000412.tsb";
	struct transport_name read;
	char file[sizeof(good)];

	(void)state;
	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		memcpy(file, good, sizeof(good));
		file[i] = '~';
		assert_false(transport_name_parse(&read, file));
		file[i] = '\0';
		assert_false(transport_name_parse(&read, file));
	}
	assert_false(transport_name_parse(&read, "430321100000-0123ABCD-0000000412.tsb"));
	assert_false(transport_name_parse(&read, "430321100000-0123abcd-0000000412.tsb.tiersync-tmp.1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dir_takes_any_path),
		cmocka_unit_test(ssh_is_taken_apart),
		cmocka_unit_test(ssh_refuses_what_could_become_an_option_or_a_second_word),
		cmocka_unit_test(url_refuses_missing_and_wrong_parts),
		cmocka_unit_test(name_goes_there_and_back),
		cmocka_unit_test(name_refuses_every_changed_byte_of_its_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
