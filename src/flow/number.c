#include "flow/number.h"

#include <string.h>

#include "codec/codec.h"

static const char PATH[] = "exchange/own";

enum err
flow_number_load(struct flow_number *out, struct node *node, struct err_info *info)
{
	struct flow_number number = {.next = 1};
	struct bytes content = {0};
	struct codec_reader reader;
	uint64_t last;
	enum err err = node_file_read(&content, node, PATH, info);

	if (err == ERR_NOT_FOUND) {
		*out = number;
		return ERR_OK;
	}
	reader = codec_reader_of(bytes_view(&content));
	if (err == ERR_OK)
		err = codec_read_uint_max(&last, &reader, INT64_MAX, info);
	if (err == ERR_OK)
		err = codec_read_bin_exact(number.previous, sizeof(number.previous), &reader, info);
	if (err == ERR_OK)
		err = codec_end(&reader, info);
	if (err == ERR_OK) {
		number.next = last + 1;
		*out = number;
	}
	bytes_release(&content);
	return err;
}

enum err
flow_number_used(struct flow_number *number, struct node *node, const struct digest *digest, struct err_info *info)
{
	struct bytes content = {0};
	enum err err = codec_write_uint(&content, number->next, info);

	if (err == ERR_OK)
		err = codec_write_bin(&content, view_of(digest->bytes, sizeof(number->previous)), info);
	if (err == ERR_OK)
		err = node_file_put(node, PATH, bytes_view(&content), info);
	if (err == ERR_OK) {
		memcpy(number->previous, digest->bytes, sizeof(number->previous));
		number->next++;
	}
	bytes_release(&content);
	return err;
}
