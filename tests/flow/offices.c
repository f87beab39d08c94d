#include "offices.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "git/git.h"
#include "seal/seal.h"
#include "test.h"

enum {
	LINE_BYTES_MAX = 1 << 20
};

struct offices offices;

static int64_t
office_now(void *context)
{
	const struct office *office = context;

	return offices.now + office->clock;
}

static enum err
office_random(void *context, void *out, size_t size, struct err_info *info)
{
	struct office *office = context;
	uint8_t *at = out;

	(void)info;
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(support_random(&office->random) >> 32);
	return ERR_OK;
}

enum err
office_code_read(struct node_code *out, const char *text, struct err_info *info)
{
	return node_code_read(out, view_text(text)) ? ERR_OK : err_set(info, ERR_USAGE, "%s is no division code", text);
}

struct env
office_env(struct office *office)
{
	return (struct env){office_now, office_random, NULL, office};
}

struct office *
office_find(const char *name)
{
	for (size_t i = 0; i < offices.count; i++) {
		if (strcmp(offices.items[i].name, name) == 0)
			return &offices.items[i];
	}
	(void)fprintf(stderr, "offices: no store is named %s\n", name);
	exit(2);
}

enum err
office_desk(struct flow_desk *out, struct office *office, struct err_info *info)
{
	const struct env env = office_env(office);
	enum err err = ERR_OK;

	if (office->node == NULL)
		err = node_open(&office->node, office->directory, 0, (struct view){0}, &env, info);
	*out = (struct flow_desk){.node = office->node, .operator_name = "clerk"};
	return err;
}

void
office_close(struct office *office)
{
	node_free(office->node);
	office->node = NULL;
}

/* --- the loop --- */

static void
split(struct words *words, char *line)
{
	words->count = 0;
	line[strcspn(line, "\n")] = '\0';
	for (char *at = line; at != NULL && words->count < WORDS_MAX;) {
		char *tab = strchr(at, '\t');

		if (tab != NULL)
			*tab = '\0';
		words->items[words->count++] = at;
		at = tab == NULL ? NULL : tab + 1;
	}
}

static void
answer(enum err err, const struct err_info *info)
{
	if (err == ERR_OK) {
		(void)puts("ok");
	} else {
		char text[sizeof(info->text)];

		(void)snprintf(text, sizeof(text), "%s", info->text);
		for (char *at = text; *at != '\0'; at++) {
			if (*at == '\n')
				*at = ' ';
		}
		(void)printf("error %s %s\n", err_name(err), text);
	}
	(void)fflush(stdout);
}

static enum err
run(const struct words *words, struct err_info *info)
{
	for (const struct command *command = COMMANDS; command->name != NULL; command++) {
		if (strcmp(command->name, words->items[0]) == 0 && words->count >= command->words_min)
			return command->run(words, info);
	}
	return err_set(info, ERR_USAGE, "no such command: %s", words->items[0]);
}

/* crash SEAM N COMMAND...: the command in a process of its own, which dies at the N-th passing of the seam */
static void
run_to_death(const struct words *words)
{
	struct words rest = {.count = words->count - 3};
	struct err_info info = {0};
	pid_t child;
	int status;

	memcpy(rest.items, words->items + 3, rest.count * sizeof(rest.items[0]));
	for (size_t i = 0; i < offices.count; i++)
		office_close(&offices.items[i]);
	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		enum err err;

		seams_arm(words->items[1], (unsigned)strtoul(words->items[2], NULL, 10));
		err = run(&rest, &info);
		for (size_t i = 0; i < offices.count; i++)
			office_close(&offices.items[i]);
		answer(err, &info);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
	    (WEXITSTATUS(status) != SEAM_EXIT && WEXITSTATUS(status) != 0)) {
		(void)fprintf(stderr, "offices: the process did not end as it should\n");
		exit(2);
	}
	if (WEXITSTATUS(status) == SEAM_EXIT) {
		(void)puts("crashed");
		(void)fflush(stdout);
	}
}

int
main(int argc, char **argv)
{
	static char line[LINE_BYTES_MAX];
	struct err_info info = {0};

	(void)setlocale(LC_ALL, ""); /* no locale may decide what is written */
	if (argc == 2 && strcmp(argv[1], "plants") == 0) {
		plants_list();
		return 0;
	}
	if (getenv("TIERSYNC_PLANT") != NULL && !plants_set(getenv("TIERSYNC_PLANT"))) {
		(void)fprintf(stderr, "offices: no plant is named %s\n", getenv("TIERSYNC_PLANT"));
		return 2;
	}
	if (seal_init(&info) != ERR_OK || git_start(&info) != ERR_OK)
		return 2;
	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct words words;

		split(&words, line);
		if (strcmp(words.items[0], "crash") == 0 && words.count > 3) {
			run_to_death(&words);
			continue;
		}
		info.text[0] = '\0';
		answer(run(&words, &info), &info);
	}
	for (size_t i = 0; i < offices.count; i++)
		office_close(&offices.items[i]);
	table_release(&offices.told);
	return 0;
}
