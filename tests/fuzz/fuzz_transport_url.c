/* Addresses and file names: what is taken holds nothing that a command line or a terminal could misread. */
#include <assert.h>
#include <string.h>

#include "transport/transport.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct transport_url url;
	struct transport_name name;
	struct err_info info;
	char text[TRANSPORT_NAME_BYTES];
	char again[TRANSPORT_NAME_BYTES];

	if (transport_url_parse(&url, view_of(data, size), &info) == ERR_OK) {
		assert(url.user[0] != '-' && url.host[0] != '-' && strpbrk(url.host, " \n'\"$`;/") == NULL);
		assert(url.scheme == TRANSPORT_SSH ? url.host[0] != '\0' : url.path[0] != '\0');
	}
	if (size >= sizeof(text) || size == 0)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (transport_name_parse(&name, text)) {
		transport_name_format(again, &name);
		assert(strcmp(text, again) == 0);
	}
	return 0;
}
