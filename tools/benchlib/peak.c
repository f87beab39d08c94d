/*
 * peak FILE COMMAND...: runs the command and writes its peak memory in KiB to the file. The kernel never reports less for a child than its
 * parent had when it was made, and an interpreter has 20 MB; this has one. Exit code of the command, 126 where it could not be run.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct rusage usage;
	FILE *file;
	int status;
	pid_t child;

	if (argc < 3 || (child = fork()) < 0)
		return 126;
	if (child == 0) {
		(void)execvp(argv[2], argv + 2);
		_exit(126);
	}
	if (wait4(child, &status, 0, &usage) != child || (file = fopen(argv[1], "w")) == NULL)
		return 126;
	(void)fprintf(file, "%ld\n", usage.ru_maxrss);
	if (fclose(file) != 0 || !WIFEXITED(status))
		return 126;
	return WEXITSTATUS(status);
}
