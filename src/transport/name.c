#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "transport/transport.h"

enum {
	INCARNATION_DIGITS = 8,
	NUMBER_DIGITS = 10,
	TAIL_BYTES = 1 + INCARNATION_DIGITS + 1 + NUMBER_DIGITS + 4, /* "-0123abcd-0000000412.tsb" */
};

void
transport_name_format(char *out, const struct transport_name *name)
{
	assert(name->number <= TRANSPORT_NUMBER_MAX);
	(void)snprintf(out, TRANSPORT_NAME_BYTES, "%s-%08" PRIx32 "-%010" PRIu64 ".tsb", name->sender.text,
	               name->incarnation, name->number);
}

bool
transport_name_parse(struct transport_name *out, const char *text)
{
	struct transport_name name = {0};
	size_t size = strlen(text);
	const char *tail;
	uint8_t incarnation[4];

	if (size <= TAIL_BYTES || size >= TRANSPORT_NAME_BYTES)
		return false;
	tail = text + size - TAIL_BYTES;
	if (tail[0] != '-' || tail[1 + INCARNATION_DIGITS] != '-' || strcmp(tail + TAIL_BYTES - 4, ".tsb") != 0)
		return false;
	if (!node_code_read(&name.sender, view_of(text, size - TAIL_BYTES)) ||
	    !hex_read(incarnation, sizeof(incarnation), view_of(tail + 1, INCARNATION_DIGITS)))
		return false;
	name.incarnation = load_u32(incarnation);
	for (size_t i = 0; i < NUMBER_DIGITS; i++) {
		char digit = tail[2 + INCARNATION_DIGITS + i];

		if (digit < '0' || digit > '9')
			return false;
		name.number = name.number * 10 + (uint64_t)(digit - '0');
	}
	*out = name;
	return true;
}
