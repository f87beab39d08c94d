/**
 * Private to the module: directories of a dir: transport held open, so that a path swapped under a run changes nothing.
 */
#ifndef TRANSPORT_PLACE_H
#define TRANSPORT_PLACE_H

#include <dirent.h>

#include "transport/transport.h"

struct place {
	int root; /* PATH; -1: not open */
	int node; /* PATH/NODE; -1: not there */
	const char *path;
	const char *code;
};

/**
 * Open PATH and, if it is there, PATH/NODE (never through a symbolic link). ERR_USAGE: no dir: address; ERR_FORMAT:
 * no directory; ERR_IO: no PATH, too.
 */
enum err place_open(struct place *out, const struct transport_url *url, const struct node_code *node,
                    struct err_info *info) MUST_USE;
/** Make PATH/NODE if it is missing, and open it. ERR_IO, ERR_FORMAT. */
enum err place_make_node(struct place *place, struct err_info *info) MUST_USE;
void place_close(struct place *place);
/** ERR_IO with "doing PATH/NODE/file: why" from errno. */
enum err place_errno(const struct place *place, const char *doing, const char *file, struct err_info *info);
/** A directory stream over its own copy of the descriptor; NULL: errno says why. */
DIR *place_stream(int directory);
/** fsync of a directory; file systems that cannot (FAT) are fine. Returns 0, or -1 and errno. */
int place_sync(int directory);
/** Open below a directory, never through a symbolic link; ERR_FORMAT if it is no directory. *out = -1 if missing. */
enum err place_open_below(int *out, const struct place *place, int directory, const char *name,
                          struct err_info *info) MUST_USE;

#endif
