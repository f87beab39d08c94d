/** Inside codec: the first bytes of a value. */
#ifndef CODEC_HEAD_H
#define CODEC_HEAD_H

#include "codec/codec.h"

struct codec_head {
	enum codec_type type;
	bool is_negative; /* of an integer */
	size_t size;      /* bytes of the head itself */
	uint64_t number;  /* the integer (two's complement), the bool, or the length or count */
};

/** Read and check a head: canonical, whole, its length or count possible in the bytes left. ERR_FORMAT. */
enum err codec_head_read(struct codec_head *out, const struct codec_reader *reader, struct err_info *info) MUST_USE;
/** ERR_FORMAT with the byte's position. */
enum err codec_refuse(const struct codec_reader *reader, struct err_info *info, const char *why);

#endif
