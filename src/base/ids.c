#include "base/ids.h"

enum {
	DIVISION_DIGITS = 12
};

bool
oid_is_none(const struct oid *oid)
{
	static const struct oid none;

	return oid_equal(oid, &none);
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static const char ROLLS_SUFFIX[] = ".rolls";

bool
node_code_rolls(struct node_code *out, const struct node_code *hub)
{
	struct node_code code = *hub;

	if (strlen(hub->text) != DIVISION_DIGITS)
		return false;
	memcpy(code.text + DIVISION_DIGITS, ROLLS_SUFFIX, sizeof(ROLLS_SUFFIX));
	*out = code;
	return true;
}

bool
node_code_is_rolls(const struct node_code *code, struct node_code *hub_out)
{
	if (strlen(code->text) <= DIVISION_DIGITS || strcmp(code->text + DIVISION_DIGITS, ROLLS_SUFFIX) != 0)
		return false;
	if (hub_out != NULL) {
		*hub_out = (struct node_code){{0}};
		memcpy(hub_out->text, code->text, DIVISION_DIGITS);
	}
	return true;
}

bool
node_code_is_owner(const struct node_code *signer, const struct node_code *owner)
{
	struct node_code hub;

	if (strcmp(signer->text, owner->text) == 0)
		return true;
	return node_code_is_rolls(owner, &hub) && strcmp(signer->text, hub.text) == 0;
}

bool
node_code_read(struct node_code *out, struct view text)
{
	struct node_code code = {{0}};

	if (text.size < DIVISION_DIGITS || text.size >= NODE_CODE_BYTES)
		return false;
	for (size_t i = 0; i < DIVISION_DIGITS; i++) {
		if (!is_digit(text.data[i]))
			return false;
	}
	if (text.size > DIVISION_DIGITS) {
		if (text.data[DIVISION_DIGITS] != '.' || text.size < DIVISION_DIGITS + 2)
			return false;
		if (!is_letter(text.data[DIVISION_DIGITS + 1]))
			return false;
		for (size_t i = DIVISION_DIGITS + 2; i < text.size; i++) {
			if (!is_digit(text.data[i]) && !is_letter(text.data[i]))
				return false;
		}
	}
	memcpy(code.text, text.data, text.size);
	*out = code;
	return true;
}
