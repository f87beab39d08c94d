#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"

enum {
	PIECE_BYTES = 65536,
	LOOK_MS = 200, /* how often the clock is looked at */
	MS_PER_SECOND = 1000,
	NS_PER_MS = 1000000,
	END_LOOKS = 25, /* from a friendly signal to the other one: half a second */
	END_LOOK_MS = 20,
	PIPE_PIECES = 80,
	FIRST_FD = 16,
	NOT_STARTED = 127,
	SIGNALLED = 128
};

struct running {
	const struct process_terms *terms;
	struct process_end *end;
	pid_t pid;
	int input;  /* where we write; -1: closed */
	int output; /* where we read */
	int errors;
	size_t given; /* bytes of the input */
	uint64_t taken;
	size_t errors_size;
	int64_t started_ms;
	int64_t moved_ms;
};

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

static void
close_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

/* --- starting it --- */

/* In the child, which never returns. A word on `report` says why the program did not start. */
static _Noreturn void
become(const struct process_terms *terms, const int ends[3], int report)
{
	static const char *const secrets[] = {"TIERSYNC_PASSPHRASE", "TIERSYNC_PASSPHRASE_FILE",
	                                      "TIERSYNC_PASSPHRASE_COMMAND", "TIERSYNC_NEW_PASSPHRASE"};
	int number;

	(void)setpgid(0, 0);
	(void)signal(SIGPIPE, SIG_DFL);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		(void)unsetenv(secrets[i]);
	if (dup2(ends[0], STDIN_FILENO) >= 0 && dup2(ends[1], STDOUT_FILENO) >= 0 &&
	    dup2(ends[2], STDERR_FILENO) >= 0 && dup2(report, STDERR_FILENO + 1) >= 0 &&
	    fcntl(STDERR_FILENO + 1, F_SETFD, FD_CLOEXEC) == 0 && close_range(STDERR_FILENO + 2, ~0U, 0) == 0) {
		report = STDERR_FILENO + 1;
		(void)execvp(terms->words[0], (char *const *)(uintptr_t)terms->words);
	}
	number = errno;
	(void)!write(report, &number, sizeof(number));
	_exit(NOT_STARTED);
}

/* Four pipes above the three standard descriptors and a fourth, so that no dup2 in the child overwrites one of them. */
static enum err
make_pipes(int pipes[4][2], struct err_info *info)
{
	for (size_t i = 0; i < 4; i++) {
		int pair[2];

		if (pipe2(pair, O_CLOEXEC) != 0)
			return err_errno(info, errno, "%s", _("cannot make a pipe"));
		for (size_t j = 0; j < 2; j++) {
			pipes[i][j] = fcntl(pair[j], F_DUPFD_CLOEXEC, FIRST_FD);
			(void)close(pair[j]);
		}
		if (pipes[i][0] < 0 || pipes[i][1] < 0)
			return err_errno(info, errno, "%s", _("cannot make a pipe"));
	}
	return ERR_OK;
}

static enum err
wait_for_start(const struct process_terms *terms, int report, struct err_info *info)
{
	int number = 0;
	ssize_t size;

	do
		size = read(report, &number, sizeof(number));
	while (size < 0 && errno == EINTR);
	if (size == 0)
		return ERR_OK; /* closed by the program that started */
	if (number == ENOENT)
		return err_set(info, ERR_NOT_FOUND, _("there is no program %s"), terms->words[0]);
	return err_errno(info, size < 0 ? errno : number, _("cannot start %s"), terms->words[0]);
}

static enum err
start(struct running *running, struct err_info *info)
{
	int pipes[4][2] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}}; /* input, output, errors, report */
	enum err err = make_pipes(pipes, info);

	if (err == ERR_OK) {
		running->pid = fork();
		if (running->pid == 0)
			become(running->terms, (const int[]){pipes[0][0], pipes[1][1], pipes[2][1]}, pipes[3][1]);
		if (running->pid < 0)
			err = err_errno(info, errno, _("cannot start %s"), running->terms->words[0]);
	}
	close_end(&pipes[0][0]);
	close_end(&pipes[1][1]);
	close_end(&pipes[2][1]);
	close_end(&pipes[3][1]);
	if (err == ERR_OK) {
		(void)setpgid(running->pid, running->pid); /* whoever of the two comes first */
		err = wait_for_start(running->terms, pipes[3][0], info);
	}
	close_end(&pipes[3][0]);
	running->input = pipes[0][1];
	running->output = pipes[1][0];
	running->errors = pipes[2][0];
	for (size_t i = 0; err == ERR_OK && i < 3; i++) {
		int fd = (const int[]){running->input, running->output, running->errors}[i];

		if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
			err = err_errno(info, errno, "%s", _("cannot make a pipe"));
	}
	return err;
}

/* --- talking to it --- */

/* A far end that has gone is an error here, and never a signal that ends whoever called us. */
static ssize_t
write_quietly(int fd, const void *data, size_t size)
{
	const struct timespec at_once = {0, 0};
	sigset_t pipe_alone;
	sigset_t before;
	ssize_t written;
	int number;

	(void)sigemptyset(&pipe_alone);
	(void)sigaddset(&pipe_alone, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &pipe_alone, &before);
	written = write(fd, data, size);
	number = errno;
	if (written < 0 && number == EPIPE && sigismember(&before, SIGPIPE) == 0)
		(void)sigtimedwait(&pipe_alone, NULL, &at_once);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = number;
	return written;
}

static void
give(struct running *running)
{
	const struct view input = running->terms->input;
	size_t left = input.size - running->given;
	ssize_t size = left == 0 ? 0 : write_quietly(running->input, input.data + running->given, left);

	if (size > 0) {
		running->given += (size_t)size;
		running->moved_ms = now_ms();
	}
	if (running->given == input.size || (size < 0 && errno != EAGAIN && errno != EINTR))
		close_end(&running->input); /* all given, or it does not want more */
}

static enum err
take(struct running *running, struct err_info *info)
{
	uint8_t piece[PIECE_BYTES];
	ssize_t size = read(running->output, piece, sizeof(piece));
	enum err err;

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return ERR_OK;
	if (size <= 0) {
		close_end(&running->output);
		return ERR_OK;
	}
	running->moved_ms = now_ms();
	running->taken += (uint64_t)size;
	if (running->taken > running->terms->output_bytes_max)
		return err_set(info, ERR_TOO_BIG, _("%s: more than %llu bytes of output; it was ended"),
		               running->terms->words[0], (unsigned long long)running->terms->output_bytes_max);
	err = running->terms->output(running->terms->context, view_of(piece, (size_t)size), info);
	explicit_bzero(piece, (size_t)size); /* it may be a passphrase */
	return err;
}

/* The end of what it said is kept; a flood costs time, and that is bounded. Whether there was something to hear. */
static bool
listen_to_errors(struct running *running)
{
	char *kept = running->end->errors;
	char piece[PROCESS_ERRORS_BYTES - 1];
	ssize_t size = read(running->errors, piece, sizeof(piece));
	size_t room = PROCESS_ERRORS_BYTES - 1 - running->errors_size;

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (size <= 0) {
		close_end(&running->errors);
		return false;
	}
	if ((size_t)size > room) {
		size_t gone = (size_t)size - room;

		memmove(kept, kept + gone, running->errors_size - gone);
		running->errors_size -= gone;
	}
	memcpy(kept + running->errors_size, piece, (size_t)size);
	running->errors_size += (size_t)size;
	kept[running->errors_size] = '\0';
	return true;
}

/* All that it had said before it ended: a pipe holds no more than this. */
static void
listen_to_the_rest(struct running *running)
{
	for (unsigned i = 0; i < PIPE_PIECES && running->errors >= 0; i++) {
		if (!listen_to_errors(running))
			return;
	}
}

static enum err
check_time(const struct running *running, struct err_info *info)
{
	const struct process_terms *terms = running->terms;
	int64_t now = now_ms();

	if (now - running->moved_ms > (int64_t)terms->silent_seconds_max * MS_PER_SECOND)
		return err_set(info, ERR_PEER, _("%s: silent for %u s; it was ended"), terms->words[0],
		               terms->silent_seconds_max);
	if (now - running->started_ms > (int64_t)terms->seconds_max * MS_PER_SECOND)
		return err_set(info, ERR_PEER, _("%s: not done after %u s; it was ended"), terms->words[0],
		               terms->seconds_max);
	return ERR_OK;
}

/* Until it closes its output; what it says beside it is heard as long. */
static enum err
talk(struct running *running, struct err_info *info)
{
	enum err err = ERR_OK;

	give(running);
	while (err == ERR_OK && running->output >= 0) {
		struct pollfd watched[3] = {
			{running->output, POLLIN, 0}, {running->errors, POLLIN, 0}, {running->input, POLLOUT, 0}};

		if (poll(watched, 3, LOOK_MS) < 0 && errno != EINTR)
			err = err_errno(info, errno, "%s", _("cannot wait for a program"));
		if (err == ERR_OK && watched[2].revents != 0)
			give(running);
		if (err == ERR_OK && watched[1].revents != 0)
			(void)listen_to_errors(running);
		if (err == ERR_OK && watched[0].revents != 0)
			err = take(running, info);
		if (err == ERR_OK)
			err = check_time(running, info);
	}
	return err;
}

/* --- ending it --- */

/* It is not yet collected: as long as it is not, its number and that of its group are nobody else's. */
static bool
has_ended(const struct running *running)
{
	siginfo_t state = {.si_pid = 0};

	return waitid(P_PID, (id_t)running->pid, &state, WEXITED | WNOHANG | WNOWAIT) != 0 || state.si_pid != 0;
}

static bool
wait_for_end(struct running *running, unsigned looks)
{
	const struct timespec pause = {0, END_LOOK_MS * NS_PER_MS};

	for (unsigned i = 0; i < looks; i++) {
		listen_to_the_rest(running);
		if (has_ended(running))
			return true;
		(void)nanosleep(&pause, NULL);
	}
	return false;
}

/* Done with its output, it may take its time to end. Then its group goes, with the children that it left. */
static void
end_it(struct running *running, enum err err)
{
	unsigned patience = running->terms->silent_seconds_max * (MS_PER_SECOND / END_LOOK_MS);
	int status = 0;
	pid_t pid;

	close_end(&running->input);
	if (err != ERR_OK || !wait_for_end(running, patience)) {
		(void)kill(-running->pid, SIGTERM);
		(void)wait_for_end(running, END_LOOKS);
	}
	listen_to_the_rest(running);
	(void)kill(-running->pid, SIGKILL);
	do
		pid = waitpid(running->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	running->end->exit_code = WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
}

size_t
process_words(const char *words[PROCESS_WORDS_MAX + 1], char *line)
{
	size_t count = 0;
	char *rest = NULL;

	for (char *word = strtok_r(line, " ", &rest); word != NULL && count < PROCESS_WORDS_MAX;
	     word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	words[count] = NULL;
	return count;
}

enum err
process_run(struct process_end *out, const struct process_terms *terms, struct err_info *info)
{
	struct running running = {.terms = terms, .end = out, .pid = -1, .input = -1, .output = -1, .errors = -1};
	enum err err;

	*out = (struct process_end){0};
	running.started_ms = running.moved_ms = now_ms();
	err = start(&running, info);
	if (err == ERR_OK)
		err = talk(&running, info);
	if (running.pid > 0)
		end_it(&running, err);
	close_end(&running.input);
	close_end(&running.output);
	close_end(&running.errors);
	return err;
}
