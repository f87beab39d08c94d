#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/process.h"
#include "test.h"

static enum err
keep(void *context, struct view bytes, struct err_info *info)
{
	return bytes_append_view(context, bytes, info);
}

static enum err
refuse(void *context, struct view bytes, struct err_info *info)
{
	(void)context;
	(void)bytes;
	return err_set(info, ERR_FORMAT, "%s", "not wanted");
}

/* Runs a line of shell, as a test may. */
static enum err
run(struct process_end *end, struct bytes *out, const char *line, struct view input, uint64_t output_max,
    unsigned silent_seconds, struct err_info *info)
{
	const char *const words[] = {"sh", "-c", line, NULL};
	const struct process_terms terms = {.words = words,
	                                    .input = input,
	                                    .output = out == NULL ? refuse : keep,
	                                    .context = out,
	                                    .output_bytes_max = output_max,
	                                    .silent_seconds_max = silent_seconds,
	                                    .seconds_max = 4};

	return process_run(end, &terms, info);
}

static void
what_it_is_given_and_says_goes_through_whole(void **state)
{
	struct bytes input = {0};
	struct bytes out = {0};
	struct process_end end;
	struct err_info info;

	(void)state;
	for (unsigned i = 0; i < 300000; i++)
		assert_ok(bytes_append_text(&input, i % 7 == 0 ? "abcdefg\n" : "hijklmn\n", &info));
	assert_ok(run(&end, &out, "cat", bytes_view(&input), input.size, 5, &info));
	assert_int_equal(end.exit_code, 0);
	assert_true(view_equal(bytes_view(&out), bytes_view(&input)));
	bytes_release(&input);
	bytes_release(&out);
}

static void
its_exit_code_and_the_end_of_its_complaints_are_told(void **state)
{
	struct bytes out = {0};
	struct process_end end;
	struct err_info info;

	(void)state;
	assert_ok(run(&end, &out, "echo answer; echo why >&2; exit 7", (struct view){0}, 100, 5, &info));
	assert_int_equal(end.exit_code, 7);
	assert_string_equal(end.errors, "why\n");
	assert_true(view_equal(bytes_view(&out), view_text("answer\n")));
	assert_ok(run(&end, &out, "kill -9 $$", (struct view){0}, 100, 5, &info));
	assert_int_equal(end.exit_code, 128 + 9);
	assert_ok(run(&end, &out, "i=0; while [ $i -lt 3000 ]; do echo line $i >&2; i=$((i+1)); done", (struct view){0},
	              100, 5, &info));
	assert_true(strlen(end.errors) < PROCESS_ERRORS_BYTES);
	assert_non_null(strstr(end.errors, "line 2999\n"));
	bytes_release(&out);
}

static void
who_does_not_read_is_no_error(void **state)
{
	struct bytes input = {0};
	struct bytes out = {0};
	struct process_end end;
	struct err_info info;

	(void)state;
	for (unsigned i = 0; i < 100000; i++)
		assert_ok(bytes_append_text(&input, "not read\n", &info));
	assert_ok(run(&end, &out, "exec <&-; echo done", bytes_view(&input), 100, 5, &info));
	assert_int_equal(end.exit_code, 0);
	assert_true(view_equal(bytes_view(&out), view_text("done\n")));
	bytes_release(&input);
	bytes_release(&out);
}

static void
a_program_that_is_not_there_is_named(void **state)
{
	const char *const words[] = {"no-such-program-here", NULL};
	const struct process_terms terms = {
		.words = words, .output = refuse, .silent_seconds_max = 1, .seconds_max = 1};
	struct process_end end;
	struct err_info info;

	(void)state;
	assert_err(process_run(&end, &terms, &info), ERR_NOT_FOUND);
	assert_non_null(strstr(info.text, "no-such-program-here"));
}

static void
too_much_too_long_and_too_silent_are_ended(void **state)
{
	struct bytes out = {0};
	struct process_end end;
	struct err_info info;
	time_t before = time(NULL);

	(void)state;
	assert_err(run(&end, &out, "cat /dev/zero", (struct view){0}, 100000, 5, &info), ERR_TOO_BIG);
	assert_true(out.size <= 100000);
	assert_err(run(&end, &out, "sleep 60", (struct view){0}, 100, 1, &info), ERR_PEER);
	assert_non_null(strstr(info.text, "silent"));
	/* a flood beside is no answer */
	assert_err(run(&end, &out, "yes >&2", (struct view){0}, 100, 1, &info), ERR_PEER);
	assert_err(run(&end, &out, "trap '' TERM; while :; do echo x; sleep 0.2; done", (struct view){0}, 200000, 2,
	               &info),
	           ERR_PEER);
	assert_non_null(strstr(info.text, "not done"));
	assert_int_equal(end.exit_code, 128 + 9); /* it did not listen to the friendly signal */
	assert_true(time(NULL) - before < 20);
	bytes_release(&out);
}

static void
an_output_that_is_not_wanted_ends_it(void **state)
{
	struct process_end end;
	struct err_info info;

	(void)state;
	assert_err(run(&end, NULL, "echo x; sleep 60", (struct view){0}, 100, 5, &info), ERR_FORMAT);
}

static void
it_inherits_no_file_and_no_passphrase(void **state)
{
	const char *scratch = support_scratch();
	char path[256];
	struct bytes out = {0};
	struct process_end end;
	struct err_info info;
	FILE *left_open;

	(void)state;
	(void)snprintf(path, sizeof(path), "%.200s/open", scratch);
	left_open = fopen(path, "w");
	assert_non_null(left_open);
	assert_int_equal(setenv("TIERSYNC_PASSPHRASE", "canary", 1), 0);
	assert_ok(run(&end, &out, "env; ls -l /proc/self/fd", (struct view){0}, 100000, 5, &info));
	assert_int_equal(unsetenv("TIERSYNC_PASSPHRASE"), 0);
	assert_ok(bytes_append(&out, "", 1, &info));
	assert_non_null(strstr(bytes_text(&out), "PATH="));
	assert_null(strstr(bytes_text(&out), "canary"));
	assert_null(strstr(bytes_text(&out), path));
	(void)fclose(left_open);
	bytes_release(&out);
	support_remove(scratch);
}

/* The command line of a process has a first byte as long as it runs. */
static bool
is_running(int pid)
{
	char path[64];
	FILE *file;
	int first;

	(void)snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	first = fgetc(file);
	(void)fclose(file);
	return first != EOF;
}

static void
the_children_that_it_leaves_are_ended_with_it(void **state)
{
	struct bytes out = {0};
	struct process_end end;
	struct err_info info;
	unsigned looks = 0;

	(void)state;
	assert_ok(run(&end, &out, "sleep 61 >/dev/null 2>&1 & echo $!", (struct view){0}, 1000, 5, &info));
	assert_ok(bytes_append(&out, "", 1, &info));
	while (is_running(atoi(bytes_text(&out)))) {
		assert_true(looks++ < 100);
		(void)nanosleep(&(struct timespec){0, 20000000}, NULL);
	}
	bytes_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_is_given_and_says_goes_through_whole),
		cmocka_unit_test(its_exit_code_and_the_end_of_its_complaints_are_told),
		cmocka_unit_test(who_does_not_read_is_no_error),
		cmocka_unit_test(a_program_that_is_not_there_is_named),
		cmocka_unit_test(too_much_too_long_and_too_silent_are_ended),
		cmocka_unit_test(an_output_that_is_not_wanted_ends_it),
		cmocka_unit_test(it_inherits_no_file_and_no_passphrase),
		cmocka_unit_test(the_children_that_it_leaves_are_ended_with_it),
	};

	(void)signal(SIGPIPE, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
