/**
 * The other transport: a bundle goes in at the far end's `tiersync answer`, through ssh, and what that answers comes out. One
 * call is a whole exchange. Whoever answers is a stranger: what it sends is bounded in bytes and time, and proves nothing.
 * Source: schema/transport-v1.md, section 3.
 */
#ifndef TRANSPORT_SSH_H
#define TRANSPORT_SSH_H

#include "base/process.h"
#include "transport/transport.h"

enum {
	TRANSPORT_SILENT_SECONDS = 300, /* unless somebody says otherwise */
	TRANSPORT_CALL_SECONDS = 21600, /* one call, in all: a first copy over a slow line */
};

struct transport_call {
	const char *program; /* words between blanks instead of "ssh"; they get its arguments. NULL: ssh */
	struct view bundle;
	struct view begins_with; /* what every answer begins with: anything else ends the call at once */
	const char *directory;   /* where the answer lies, without a name, until it is taken */
	unsigned silent_seconds_max;
};

struct transport_heard {
	int fd; /* the answer: the caller closes it; -1: nothing came */
	uint64_t size_bytes;
	bool is_reached;        /* it said something on its standard output, whatever it was */
	struct process_end end; /* of ssh; 255: it did not get through */
};

/**
 * Call a peer and hear it out.
 *
 * @param out  end and is_reached are filled also on an error, as far as it came; fd is -1 then
 * @return ERR_OK, whatever the far end's exit code; ERR_NOT_FOUND: there is no ssh here; ERR_PEER: it is silent for too long, sent
 *         more than LIMIT_BUNDLE_BYTES_MAX, or something that begins otherwise; ERR_IO: our own disk; ERR_USAGE; ERR_NOMEM
 */
enum err transport_call(struct transport_heard *out, const struct transport_url *url, const struct transport_call *call,
                        struct err_info *info) MUST_USE;

/**
 * The command that the far end runs, for its shell: `tiersync answer`, and the store in quotes if the address names one.
 *
 * @param out  appended to, with a NUL behind it
 */
enum err transport_far_command(struct bytes *out, const struct transport_url *url, struct err_info *info) MUST_USE;

#endif
