#include "envelope/internal.h"

/** How many leading digits are not followed by zeros alone. */
static size_t
significant_digits(const char *digits)
{
	size_t count = ENVELOPE_CODE_DIGITS;

	while (count > 0 && digits[count - 1] == '0')
		count--;
	return count;
}

uint64_t
envelope_code_number(const struct node_code *code, const struct node_code *sender)
{
	size_t count = significant_digits(code->text);
	uint64_t number = 0;

	if (sender != NULL && count > 0 && memcmp(code->text, sender->text, count) == 0)
		return count;
	for (size_t i = 0; i < ENVELOPE_CODE_DIGITS; i++)
		number = number * 10 + (uint64_t)(code->text[i] - '0');
	return number <= ENVELOPE_CODE_DIGITS ? 0 : number;
}

bool
envelope_code_from(struct node_code *out, uint64_t number, struct view department, const struct node_code *sender)
{
	struct node_code code;
	uint8_t text[NODE_CODE_BYTES];
	size_t size = ENVELOPE_CODE_DIGITS;

	if (sender != NULL && number <= ENVELOPE_CODE_DIGITS) {
		memset(text, '0', size);
		memcpy(text, sender->text, (size_t)number);
	} else {
		uint64_t rest = number;

		for (size_t i = size; i > 0; i--, rest /= 10)
			text[i - 1] = (uint8_t)('0' + rest % 10);
		if (rest != 0)
			return false;
	}
	if (department.size > NODE_CODE_BYTES - 2 - ENVELOPE_CODE_DIGITS)
		return false;
	if (department.size > 0) {
		text[size] = '.';
		memcpy(text + size + 1, department.data, department.size);
		size += 1 + department.size;
	}
	if (!node_code_read(&code, view_of(text, size)))
		return false;
	if (number == 0 || envelope_code_number(&code, sender) != number)
		return false;
	*out = code;
	return true;
}
