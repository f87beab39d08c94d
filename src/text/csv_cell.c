#include <string.h>

#include "text/csv.h"

enum {
	EXACT_DIGITS_MAX = 15, /* a spreadsheet keeps 15 significant digits of a number (IEEE double) */
};

struct view
text_csv_cell_value(struct view cell)
{
	if (cell.size >= 1 && cell.data[0] == '\'')
		return view_of(cell.data + 1, cell.size - 1);
	/* ="0123": the formula by which people keep a spreadsheet from eating zeros; no quotes inside */
	if (cell.size >= 3 && cell.data[0] == '=' && cell.data[1] == '"' && cell.data[cell.size - 1] == '"' &&
	    memchr(cell.data + 2, '"', cell.size - 3) == NULL)
		return view_of(cell.data + 2, cell.size - 3);
	return cell;
}

static bool
is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static size_t
count_digits(struct view text, size_t from)
{
	size_t at = from;

	while (at < text.size && is_digit(text.data[at]))
		at++;
	return at - from;
}

bool
text_csv_is_spreadsheet_number(struct view cell)
{
	size_t at = 0;
	size_t digits;

	if (at < cell.size && cell.data[at] == '-')
		at++;
	if (count_digits(cell, at) != 1)
		return false;
	at++;
	if (at < cell.size && cell.data[at] == '.') {
		digits = count_digits(cell, at + 1);
		if (digits == 0)
			return false;
		at += 1 + digits;
	}
	if (at + 2 > cell.size || (cell.data[at] != 'E' && cell.data[at] != 'e') ||
	    (cell.data[at + 1] != '+' && cell.data[at + 1] != '-'))
		return false;
	digits = count_digits(cell, at + 2);
	return digits >= 1 && digits <= 3 && at + 2 + digits == cell.size;
}

bool
text_csv_needs_apostrophe(struct view value)
{
	size_t digits = 0;

	if (value.size == 0)
		return false;
	if (value.data[0] == '\'' || memchr("=+-@\t\r\n", value.data[0], 7) != NULL)
		return true;
	for (size_t i = 0; i < value.size; i++) {
		if (is_digit(value.data[i]))
			digits++;
		else if (value.data[i] != '.')
			return false;
	}
	return digits > EXACT_DIGITS_MAX;
}
