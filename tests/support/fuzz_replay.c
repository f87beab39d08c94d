/* Runs a fuzz target over every file of the directories named: each seed is a plain test. No file at all is a failure. */
#include <stdio.h>

#include "base/fs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
replay_directory(const char *directory, size_t *count)
{
	struct fs_names names = {0};
	struct err_info info;
	enum err err = fs_list(&names, directory, SIZE_MAX, &info);

	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		char path[LIMIT_PATH_BYTES_MAX];
		struct bytes content = {0};

		err = fs_path(path, &info, "%s/%s", directory, names.names[i]);
		if (err == ERR_OK)
			err = fs_read(&content, path, LIMIT_BUNDLE_BYTES_MAX, &info);
		if (err == ERR_OK) {
			(void)LLVMFuzzerTestOneInput(content.data, content.size);
			(*count)++;
		}
		bytes_release(&content);
	}
	fs_names_release(&names);
	if (err != ERR_OK)
		(void)fprintf(stderr, "%s\n", info.text);
	return err == ERR_OK ? 0 : 1;
}

int
main(int argc, char **argv)
{
	size_t count = 0;
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= replay_directory(argv[i], &count);
	(void)printf("%zu seeds replayed\n", count);
	return failed != 0 || count == 0;
}
