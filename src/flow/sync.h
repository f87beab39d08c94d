/**
 * The whole night: take what has arrived, compare it (a hub), then hand over what is owed; one peer's trouble does not stop the
 * others.
 */
#ifndef FLOW_SYNC_H
#define FLOW_SYNC_H

#include "flow/bundle.h"
#include "flow/findings.h"
#include "flow/take.h"

struct flow_sync_terms {
	const char *
		directory; /* the stick just plugged in: all neighbours are served there; NULL: every peer of `peer list` */
	const char *ssh;             /* words between blanks, instead of "ssh"; NULL: ssh */
	unsigned silent_seconds_max; /* how long a peer that is called may say nothing */
};

/** Told as it happens; any may be NULL. The context is the caller's. */
struct flow_sync_watch {
	void *context;
	/** A bundle was taken. */
	void (*took)(void *context, const char *file, const struct flow_taken *taken);
	/** A file could not be taken: a damaged one, a stranger's ... It stays where it is. */
	void (*not_taken)(void *context, const char *file, const struct err_info *why);
	/** A bundle was handed over. */
	void (*sent)(void *context, const struct flow_sent *sent);
	/** A peer or place could not be reached, or its bundle not made. is_agreed: within the silence agreed with --every. */
	void (*failed)(void *context, const char *what, const struct err_info *why, bool is_agreed);
	/** Something in the directory was passed over. */
	void (*skipped)(void *context, const char *file, const char *reason);
	/** What was taken was compared (a hub); `why` not NULL: it could not be. */
	void (*found)(void *context, const struct flow_findings_result *result, const struct err_info *why);
};

struct flow_sync_result {
	size_t taken;
	size_t not_taken;
	size_t sent;
	size_t failed;        /* not counting agreed silence */
	size_t stopped;       /* partitions refused, held, waited for or left out */
	enum err first_error; /* of those counted in failed and not_taken */
};

/**
 * A peer behind ssh:// is called: it takes our bundle and answers with its own, which is taken at once. The store is not locked
 * while a call lasts. In a dry run nobody is called.
 *
 * ERR_OK: see *out, whatever happened to single peers; ERR_STATE: no peer is known; ERR_LOCKED, ERR_IO: our own store
 */
enum err flow_sync(struct flow_sync_result *out, const struct flow_desk *desk, const struct flow_sync_terms *terms,
                   const struct flow_sync_watch *watch, struct err_info *info) MUST_USE;
/** The exit code of a night: 0; 7 when something was done and something was not, or a peer was not reached; the one file's own code. */
int flow_sync_exit_code(const struct flow_sync_result *result);

#endif
