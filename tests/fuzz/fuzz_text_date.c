/* Dates, months, times and citizen ids: what is read is in range, is written, and reads back as the same value. */
#include <assert.h>
#include <string.h>

#include "text/citizen.h"
#include "text/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_dates(struct view text)
{
	char written[TEXT_TIME_BYTES];
	struct err_info info;
	int64_t value = 0;
	int64_t again = 0;

	if (text_date_parse(&value, text, &info) == ERR_OK) {
		assert(text_date_format(written, value) && view_equal(text, view_text(written)));
		assert(text_date_parse_sheet(&again, text, &info) == ERR_OK && again == value);
	}
	if (text_date_parse_sheet(&value, text, &info) == ERR_OK) {
		assert(text_date_format(written, value));
		assert(text_date_parse(&again, view_text(written), &info) == ERR_OK && again == value);
	}
	if (text_month_parse(&value, text, &info) == ERR_OK)
		assert(text_month_format(written, value) && view_equal(text, view_text(written)));
	if (text_month_parse_sheet(&value, text, &info) == ERR_OK) {
		assert(text_month_format(written, value));
		assert(text_month_parse(&again, view_text(written), &info) == ERR_OK && again == value);
	}
	if (text_time_parse(&value, text, &info) == ERR_OK) {
		assert(text_time_format(written, value));
		assert(text_time_parse(&again, view_text(written), &info) == ERR_OK && again == value);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view text = view_of(data, size);
	char written[TEXT_TIME_BYTES];
	struct err_info info;
	int64_t value = 0;
	int64_t again = 0;

	check_dates(text);
	if (text_citizen_parse(&value, text, TEXT_CITIZEN_LEGACY, &info) == ERR_OK) {
		assert(text_citizen_is_valid(value) && text_citizen_format(written, value));
		assert(text_citizen_parse(&again, view_text(written), TEXT_CITIZEN_PLAIN, &info) == ERR_OK);
		assert(again == value);
	}
	if (size >= sizeof(value)) { /* any number from a record */
		memcpy(&value, data, sizeof(value));
		assert(text_citizen_is_valid(value) == text_citizen_format(written, value));
		assert(text_date_format(written, value) == (value >= TEXT_DAY_MIN && value <= TEXT_DAY_MAX));
		assert(text_month_format(written, value) == (value >= TEXT_MONTH_MIN && value <= TEXT_MONTH_MAX));
		assert(text_time_format(written, value) == (value >= TEXT_TIME_MIN && value <= TEXT_TIME_MAX));
	}
	return 0;
}
