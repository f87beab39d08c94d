#include "transport/ssh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"

enum {
	PORT_BYTES = 12,
	BEGIN_BYTES_MAX = 16
};

/* Nobody sits there to be asked; a dead line ends the call; nothing but the two pipes goes through. */
static const char *const options[] = {"-T",
                                      "-oBatchMode=yes",
                                      "-oConnectTimeout=30",
                                      "-oServerAliveInterval=15",
                                      "-oServerAliveCountMax=8",
                                      "-oClearAllForwardings=yes",
                                      "-oForwardAgent=no",
                                      "-oForwardX11=no"};

enum {
	OPTIONS = sizeof(options) / sizeof(options[0]),
	WORDS_MAX = PROCESS_WORDS_MAX + OPTIONS + 8
};

/* What comes, as it comes. */
struct hearing {
	const struct transport_call *call;
	const char *host;
	int fd;
	char path[LIMIT_PATH_BYTES_MAX]; /* where it is kept, for messages */
	uint64_t size;
	uint8_t begin[BEGIN_BYTES_MAX];
	bool is_reached;
};

/* In single quotes the far shell looks for nothing but the next quote. */
static enum err
append_quoted(struct bytes *out, const char *text, struct err_info *info)
{
	enum err err = bytes_append_byte(out, '\'', info);

	for (; err == ERR_OK && *text != '\0'; text++)
		err = *text == '\'' ? bytes_append_text(out, "'\\''", info)
		                    : bytes_append_byte(out, (uint8_t)*text, info);
	return err == ERR_OK ? bytes_append_byte(out, '\'', info) : err;
}

enum err
transport_far_command(struct bytes *out, const struct transport_url *url, struct err_info *info)
{
	enum err err = bytes_append_text(out, "tiersync answer", info);

	if (err == ERR_OK && url->path[0] != '\0') {
		err = bytes_append_text(out, " --store ", info);
		if (err == ERR_OK)
			err = append_quoted(out, url->path, info);
	}
	return err == ERR_OK ? bytes_append_byte(out, '\0', info) : err;
}

static enum err
check_begin(struct hearing *hearing, struct view piece, struct err_info *info)
{
	struct view expected = hearing->call->begins_with;
	size_t had = hearing->size < expected.size ? (size_t)hearing->size : expected.size;
	size_t more = expected.size - had < piece.size ? expected.size - had : piece.size;

	if (expected.size > sizeof(hearing->begin) || more == 0)
		return ERR_OK;
	memcpy(hearing->begin + had, piece.data, more);
	if (memcmp(hearing->begin, expected.data, had + more) == 0)
		return ERR_OK;
	return err_set(info, ERR_PEER,
	               _("%s answers something that is no bundle; does its login shell print anything?"),
	               hearing->host);
}

static enum err
hear(void *context, struct view piece, struct err_info *info)
{
	struct hearing *hearing = context;
	enum err err = check_begin(hearing, piece, info);

	hearing->is_reached = true;
	if (err == ERR_OK)
		err = fs_write_all(hearing->fd, hearing->path, piece, info);
	hearing->size += piece.size;
	return err;
}

static void
collect_words(const char *words[WORDS_MAX + 1], char *program, char *port, const struct transport_url *url,
              const char *command)
{
	size_t count = program == NULL ? 0 : process_words(words, program);

	if (count == 0)
		words[count++] = "ssh";
	for (size_t i = 0; i < OPTIONS; i++)
		words[count++] = options[i];
	if (url->port != 0) {
		(void)snprintf(port, PORT_BYTES, "%u", url->port);
		words[count++] = "-p";
		words[count++] = port;
	}
	if (url->user[0] != '\0') {
		words[count++] = "-l";
		words[count++] = url->user;
	}
	words[count++] = "--";
	words[count++] = url->host;
	words[count++] = command;
	words[count] = NULL;
}

/* Its own trouble is the peer's: only a full disk here is ours. */
static enum err
run(struct transport_heard *out, struct hearing *hearing, const char *const *words, struct err_info *info)
{
	const struct process_terms terms = {.words = words,
	                                    .input = hearing->call->bundle,
	                                    .output = hear,
	                                    .context = hearing,
	                                    .output_bytes_max = LIMIT_BUNDLE_BYTES_MAX,
	                                    .silent_seconds_max = hearing->call->silent_seconds_max,
	                                    .seconds_max = TRANSPORT_CALL_SECONDS};
	enum err err = process_run(&out->end, &terms, info);

	return err == ERR_TOO_BIG ? err_set(info, ERR_PEER,
	                                    _("%s sent more than a bundle may have; the call was ended"), hearing->host)
	                          : err;
}

enum err
transport_call(struct transport_heard *out, const struct transport_url *url, const struct transport_call *call,
               struct err_info *info)
{
	const char *words[WORDS_MAX + 1];
	char port[PORT_BYTES];
	struct hearing hearing = {.call = call, .host = url->host, .fd = -1};
	char *program = call->program == NULL ? NULL : strdup(call->program);
	struct bytes command = {0};
	enum err err = call->program != NULL && program == NULL ? err_nomem(info) : ERR_OK;

	*out = (struct transport_heard){.fd = -1};
	if (err == ERR_OK && url->scheme != TRANSPORT_SSH)
		err = err_set(info, ERR_USAGE, _("only an ssh:// address can be called"));
	if (err == ERR_OK)
		err = transport_far_command(&command, url, info);
	if (err == ERR_OK)
		err = fs_spool_open(&hearing.fd, hearing.path, call->directory, info);
	if (err == ERR_OK) {
		collect_words(words, program, port, url, (const char *)command.data);
		err = run(out, &hearing, words, info);
	}
	out->is_reached = hearing.is_reached;
	if (err == ERR_OK && hearing.size > 0) {
		out->fd = hearing.fd;
		out->size_bytes = hearing.size;
		hearing.fd = -1; /* handed over */
	}
	if (hearing.fd >= 0)
		(void)close(hearing.fd);
	bytes_release(&command);
	free(program);
	return err;
}
