/**
 * Transports move opaque bundle files between nodes. The first is a directory (a stick, a file share): bundles for a
 * node lie in PATH/NODE/, named SENDER-INCARNATION-NUMBER.tsb, and go to PATH/NODE/taken/ once their receipt is durable.
 *
 * Whoever can write to the directory is a stranger: nothing in it is followed (symbolic links), waited for (fifos) or
 * counted without bound, and what a name says is a hint, never a proof. PATH is never created; PATH/NODE is.
 * Every function here refuses ssh:// with ERR_USAGE: that one is called (transport/ssh.h).
 * Source: schema/transport-v1.md.
 */
#ifndef TRANSPORT_TRANSPORT_H
#define TRANSPORT_TRANSPORT_H

#include "base/ids.h"

enum transport_scheme {
	TRANSPORT_DIR,
	TRANSPORT_SSH,
};

enum {
	TRANSPORT_WORD_BYTES = 256, /* a user or host name and NUL */
	TRANSPORT_NAME_BYTES = 256, /* a file name and NUL */
};

struct transport_url {
	enum transport_scheme scheme;
	char path[LIMIT_PATH_BYTES_MAX]; /* dir: the directory; ssh: the store's path at the far end, or "" */
	char user[TRANSPORT_WORD_BYTES]; /* ssh only; "" if none is given */
	char host[TRANSPORT_WORD_BYTES]; /* ssh only; an IPv6 address without its brackets */
	uint16_t port;                   /* ssh only; 0 if none is given */
};

/**
 * Read "dir:PATH" or "ssh://[user@]host[:port][/path]". No part may hold a control character, no user or host may begin
 * with '-' (they become words of a command line).
 *
 * @return ERR_OK; ERR_FORMAT: says which part is wrong; ERR_TOO_BIG
 */
enum err transport_url_parse(struct transport_url *out, struct view text, struct err_info *info) MUST_USE;

/** What a bundle's file name says. */
struct transport_name {
	struct node_code sender;
	uint32_t incarnation; /* first 4 bytes of the sender's incarnation, big-endian */
	uint64_t number;      /* at most 10 digits: up to TRANSPORT_NUMBER_MAX */
};

#define TRANSPORT_NUMBER_MAX UINT64_C(9999999999)

/** Write "SENDER-0123abcd-0000000412.tsb"; `out` has TRANSPORT_NAME_BYTES bytes. The number is in range (asserted). */
void transport_name_format(char *out, const struct transport_name *name);
/** Read such a name; false if it is another. */
bool transport_name_parse(struct transport_name *out, const char *text);

/** One waiting bundle. */
struct transport_file {
	char file[TRANSPORT_NAME_BYTES]; /* in PATH/NODE */
	uint64_t size_bytes;             /* when listed; transport_open looks again */
	struct transport_name name;      /* if is_named: what the file name claims */
	bool is_named;
};

struct transport_files {
	struct transport_file *items; /* sorted bytewise by file name: per sender and incarnation, by number */
	size_t count;
};

/** Told of each thing passed over, with a reason for people. `file` may hold any bytes: escape it before printing. */
typedef void transport_skipped(void *context, const char *file, const char *reason);

/** Whether the peer is reached: PATH can be read. ERR_IO, ERR_USAGE. */
enum err transport_reach(const struct transport_url *url, struct err_info *info) MUST_USE;

/**
 * The bundles waiting for a node: the regular files *.tsb of PATH/NODE, at most LIMIT_INBOX_FILES_MAX names looked at.
 * No PATH/NODE is an empty list.
 *
 * @param out      release with transport_files_release()
 * @param skipped  may be NULL; told of links, fifos, devices, directories, empty files, files over
 *                 LIMIT_BUNDLE_BYTES_MAX, names too long, and that there were too many
 * @return ERR_OK; ERR_IO: PATH or PATH/NODE cannot be read; ERR_USAGE; ERR_NOMEM
 */
enum err transport_list(struct transport_files *out, const struct transport_url *url, const struct node_code *node,
                        transport_skipped *skipped, void *context, struct err_info *info) MUST_USE;
void transport_files_release(struct transport_files *files);

/**
 * Open a listed file, once: what is checked is what is read. The descriptor is the caller's to close.
 *
 * @param size_bytes_out  may be NULL
 * @return ERR_OK; ERR_NOT_FOUND: gone meanwhile; ERR_FORMAT: no regular file (any more), or a name with '/';
 *         ERR_TOO_BIG: over LIMIT_BUNDLE_BYTES_MAX; ERR_IO; ERR_USAGE
 */
enum err transport_open(int *fd_out, uint64_t *size_bytes_out, const struct transport_url *url,
                        const struct node_code *node, const char *file, struct err_info *info) MUST_USE;
/** The same, with its whole content. ERR_NOMEM too. */
enum err transport_read(struct bytes *out, const struct transport_url *url, const struct node_code *node,
                        const char *file, struct err_info *info) MUST_USE;

/**
 * Put a bundle for a node: durable under a temporary name, then renamed; then our own older ones that wait untaken there
 * (same sender and incarnation, lower number) are removed. Others' files are never touched.
 *
 * @return ERR_OK; ERR_IO: PATH is not there, too; ERR_FORMAT: PATH/NODE is no directory; ERR_USAGE; ERR_NOMEM
 */
enum err transport_put(const struct transport_url *url, const struct node_code *to, const struct transport_name *name,
                       struct view content, struct err_info *info) MUST_USE;

/**
 * Move a file whose receipt is durable to PATH/NODE/taken/ and keep the LIMIT_REFUSED_KEPT_MAX newest of its sender there.
 * On read-only media nothing happens and that is no error.
 *
 * @param is_moved_out  may be NULL
 * @return ERR_OK (also if the file is gone: another run took it); ERR_IO; ERR_FORMAT; ERR_USAGE; ERR_NOMEM
 */
enum err transport_taken(bool *is_moved_out, const struct transport_url *url, const struct node_code *node,
                         const char *file, struct err_info *info) MUST_USE;
/** The same for a file that can never be taken (a stranger's, or of a key that counts no longer), to PATH/NODE/refused/. */
enum err transport_refused(bool *is_moved_out, const struct transport_url *url, const struct node_code *node,
                           const char *file, struct err_info *info) MUST_USE;

#endif
