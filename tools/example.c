/*
 * What another program does with a store: bring in a roll, read it back, change a record, exchange with the office above.
 *
 *   cc example.c -o example $(pkg-config --cflags --libs tiersync)
 *   ./example STORE KIND ROLL.csv STICK-DIRECTORY
 */
#include <stdio.h>
#include <tiersync/tiersync.h>

static bool
print(void *context, const char *partition, const char *json)
{
	int *count = context;

	if ((*count)++ < 3)
		printf("%s %s\n", partition, json);
	return true;
}

static void
print_bad(void *context, const char *text)
{
	(void)context;
	fprintf(stderr, "%s\n", text);
}

static void
print_wrong(void *context, const char *what, const char *why)
{
	(void)context;
	fprintf(stderr, "%s: %s\n", what, why);
}

int
main(int argc, char **argv)
{
	const struct tiersync_desk desk = {"example", "brought in by a program", 60};
	struct tiersync_error error;
	struct tiersync_import import;
	struct tiersync_night night;
	struct tiersync_outlook outlook;
	struct tiersync_query query = {.kind = NULL};
	tiersync_store *store = NULL;
	int count = 0;

	if (argc != 5) {
		fprintf(stderr, "example STORE KIND ROLL STICK\n");
		return 2;
	}
	if (tiersync_open(&store, argv[1], NULL, &error) != TIERSYNC_OK ||
	    tiersync_sit(store, &desk, &error) != TIERSYNC_OK)
		goto failed;
	printf("tiersync %s, office %s\n", tiersync_version(), tiersync_node(store));
	if (tiersync_import_file(&import, store, argv[2], argv[3], print_bad, NULL, &error) != TIERSYNC_OK)
		goto failed;
	printf("%llu rows, %llu added\n", (unsigned long long)import.rows, (unsigned long long)import.added);
	query.partition = tiersync_node(store);
	query.kind = argv[2];
	if (tiersync_each(store, &query, print, &count, &error) != TIERSYNC_OK)
		goto failed;
	printf("%d records\n", count);
	if (tiersync_sync(&night, store, argv[4], &error) != TIERSYNC_OK ||
	    tiersync_status(&outlook, store, &error) != TIERSYNC_OK)
		goto failed;
	printf("%zu bundles sent, %zu taken, %llu records with conflicts\n", night.sent, night.taken,
	       (unsigned long long)outlook.conflicts);
	if (tiersync_audit(store, NULL, print_wrong, NULL, &error) != TIERSYNC_OK)
		goto failed;
	printf("nothing that could be checked is wrong\n");
	tiersync_close(store);
	return 0;

failed:
	fprintf(stderr, "example: %s\n", error.text);
	tiersync_close(store);
	return 1;
}
