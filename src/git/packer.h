/** The parts of the pack writer: its state (shared by pack.c, publish.c and compact.c), entries, index file. */
#ifndef GIT_PACKER_H
#define GIT_PACKER_H

#include <libdeflate.h>

#include "git/internal.h"
#include "git/leaf.h"
#include "git/oidset.h"
#include "git/pack.h"

enum {
	PACK_HEADER_BYTES = 12,
	PACK_BUFFER_BYTES = 1 << 18, /* a smaller pack needs no file before it is finished */
	PACK_ENTRY_HEADER_BYTES_MAX = 10,
	PACK_TYPE_DELTA_MIN = 6, /* types 6 and 7 are deltas */
};

/** What reading streams needs: of our own writer's two special forms, and of any other. */
struct pack_inflater {
	struct libdeflate_decompressor *any; /* NULL: none was met yet */
	struct leaf_decoder leaf;
};

void pack_inflater_release(struct pack_inflater *inflater);

/** What making streams needs. {0}: nothing yet. */
struct pack_encoder {
	struct libdeflate_compressor *deflater; /* NULL until the first commit */
	struct leaf_coder leaf;
};

void pack_encoder_release(struct pack_encoder *encoder);

struct pack_entry {
	struct oid oid; /* first: see git/oidset.h */
	uint32_t crc;
	uint64_t offset;
};

struct git_pack {
	struct git_store *store;
	struct pack_entry *entries; /* in the order of the file, so offsets ascend */
	size_t count;
	size_t capacity;
	struct git_oidset index;
	struct bytes buffer; /* what is not in the file yet */
	uint64_t flushed;    /* bytes in the file */
	int fd;              /* -1: no file yet */
	char *path;          /* of the file */
	struct pack_encoder encoder;
	struct pack_inflater inflater;
	bool is_whole_store; /* take objects that the store has: gc and compaction */
	bool is_broken;      /* a write failed: it can only be abandoned */
};

/** Append one entry's bytes (header and zlib stream). ERR_NOMEM, ERR_INTERNAL; then `out` is as before. */
enum err pack_encode(struct bytes *out, struct pack_encoder *encoder, int type, struct view content,
                     struct err_info *info) MUST_USE;
/** Read an entry's first bytes: its type (any of 1 to 7), the size of the object, how many bytes were read. ERR_FORMAT. */
enum err pack_decode_header(int *type, uint64_t *size, size_t *used, struct view entry, struct err_info *info) MUST_USE;
/**
 * Inflate a whole zlib stream of exactly `size` bytes.
 * @param inflater  {0} at first; pack_inflater_release() in the end
 * ERR_FORMAT, ERR_NOMEM; then `out` is as before.
 */
enum err pack_inflate(struct bytes *out, size_t size, struct view stream, struct pack_inflater *inflater,
                      struct err_info *info) MUST_USE;
/**
 * The same of a zlib stream behind which other bytes may follow, for who checks the object's id: the check of a stored block is not
 * looked at. @param used_out  how many were its own
 */
enum err pack_inflate_start(struct bytes *out, size_t *used_out, size_t size, struct view stream,
                            struct pack_inflater *inflater, struct err_info *info) MUST_USE;

/** Add an object of any type whose id is known, unless it is in the pack. Errors of git_pack_add. */
enum err pack_add(struct git_pack *pack, int type, struct view content, const struct oid *oid,
                  struct err_info *info) MUST_USE;
/** Whether adding this object would add something: it is neither in the pack nor in the store that the pack adds to. */
bool pack_wants(const struct git_pack *pack, const struct oid *oid);
/** Add an entry that pack_encode() made, unless the object is in the pack. `crc` is its checksum. Errors of git_pack_add. */
enum err pack_add_made(struct git_pack *pack, struct view entry, const struct oid *oid, uint32_t crc,
                       struct err_info *info) MUST_USE;
/** Add an entry copied from another pack, whose index says its checksum, unless the object is in this one. ERR_IO: it is damaged. */
enum err pack_add_raw(struct git_pack *pack, struct view entry, const struct oid *oid, uint32_t crc,
                      struct err_info *info) MUST_USE;
/** Write what the buffer holds to the file, making the file first. ERR_IO. */
enum err pack_flush(struct git_pack *pack, struct err_info *info) MUST_USE;
/** Where the next entry will begin. */
uint64_t pack_size(const struct git_pack *pack);

/** Make a file "tmp_tiersync_..." in objects/pack and lock it. *path_out is freed by the caller. ERR_IO, ERR_NOMEM. */
enum err pack_temporary(int *fd_out, char **path_out, const struct git_store *store, struct err_info *info) MUST_USE;

/** The bytes of the index (version 2) of these entries, which are put into the order of their ids. ERR_NOMEM. */
enum err pack_index_encode(struct bytes *out, struct pack_entry *entries, size_t count, const struct oid *trailer,
                           struct err_info *info) MUST_USE;

/** git_pack_finish that also gives the new pack's name without suffix ("" if there was nothing to write). */
enum err pack_publish(char name_out[OID_HEX_BYTES + 32], struct git_pack *pack, struct err_info *info) MUST_USE;

#endif
