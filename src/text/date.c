#include "text/date.h"

#include <string.h>

enum {
	YEAR_MIN = 1800,
	YEAR_MAX = 2200,
	SECONDS_PER_DAY = 86400,
};

/*
 * Days from 1970-01-01 of a civil date, and back: years are counted from March, so that the leap day is the last of its
 * year, in eras of 400 years = 146097 days. Source: H. Hinnant, chrono-compatible low-level date algorithms.
 */
int64_t
text_day_of(int year, int month, int day)
{
	int64_t from_march = month <= 2 ? year - 1 : year;
	int64_t era = (from_march >= 0 ? from_march : from_march - 399) / 400;
	int64_t year_of_era = from_march - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

void
text_day_split(int64_t day_number, int *year_out, int *month_out, int *day_out)
{
	int64_t shifted = day_number + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;

	*day_out = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	*month_out = (int)(month < 10 ? month + 3 : month - 9);
	*year_out = (int)(year_of_era + era * 400 + (month >= 10 ? 1 : 0));
}

bool
text_date_exists(int year, int month, int day)
{
	static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/* Take between digits_min and digits_max digits off the front; false if there are fewer. */
static bool
take_number(int *out, struct view *text, size_t digits_min, size_t digits_max)
{
	size_t count = 0;
	int value = 0;

	while (count < digits_max && count < text->size && text->data[count] >= '0' && text->data[count] <= '9') {
		value = value * 10 + (text->data[count] - '0');
		count++;
	}
	if (count < digits_min)
		return false;
	text->data += count;
	text->size -= count;
	*out = value;
	return true;
}

static bool
take_byte(struct view *text, char byte)
{
	if (text->size == 0 || text->data[0] != (uint8_t)byte)
		return false;
	text->data++;
	text->size--;
	return true;
}

static bool
take_text(struct view *text, const char *expected)
{
	size_t size = strlen(expected);

	if (text->size < size || memcmp(text->data, expected, size) != 0)
		return false;
	text->data += size;
	text->size -= size;
	return true;
}

static enum err
no_such_date(struct err_info *info)
{
	return err_set(info, ERR_RULE, _("there is no such date between the years %d and %d"), YEAR_MIN, YEAR_MAX);
}

static bool
take_date(struct view *text, int *year, int *month, int *day)
{
	return take_number(year, text, 4, 4) && take_byte(text, '-') && take_number(month, text, 2, 2) &&
	       take_byte(text, '-') && take_number(day, text, 2, 2);
}

enum err
text_date_parse(int64_t *day_out, struct view text, struct err_info *info)
{
	int year = 0;
	int month = 0;
	int day = 0;

	if (!take_date(&text, &year, &month, &day) || text.size != 0)
		return err_set(info, ERR_FORMAT, "%s", _("a date is written YYYY-MM-DD"));
	if (!text_date_exists(year, month, day))
		return no_such_date(info);
	*day_out = text_day_of(year, month, day);
	return ERR_OK;
}

static int64_t
month_number(int year, int month)
{
	return (int64_t)(year - 1970) * 12 + month - 1;
}

enum err
text_month_parse(int64_t *month_out, struct view text, struct err_info *info)
{
	int year = 0;
	int month = 0;

	if (!take_number(&year, &text, 4, 4) || !take_byte(&text, '-') || !take_number(&month, &text, 2, 2) ||
	    text.size != 0)
		return err_set(info, ERR_FORMAT, "%s", _("a month is written YYYY-MM"));
	if (!text_date_exists(year, month, 1))
		return no_such_date(info);
	*month_out = month_number(year, month);
	return ERR_OK;
}

/* The separator behind the year as a spreadsheet writes it: one of / - . or the character for "year" (then *is_chinese). */
static bool
take_year_mark(struct view *text, char *separator, bool *is_chinese)
{
	*is_chinese = take_text(text, "\xe5\xb9\xb4");
	if (*is_chinese)
		return true;
	if (text->size == 0 || (text->data[0] != '/' && text->data[0] != '-' && text->data[0] != '.'))
		return false;
	*separator = (char)text->data[0];
	return take_byte(text, *separator);
}

/* What a spreadsheet or a database shows behind a date that has no time: midnight, to the minute or the second; or nothing. */
static bool
take_midnight(struct view *text)
{
	int zero = 0;

	if (text->size == 0)
		return true;
	if (!take_byte(text, ' ') || !take_number(&zero, text, 1, 2) || zero != 0 || !take_byte(text, ':') ||
	    !take_number(&zero, text, 2, 2) || zero != 0)
		return false;
	return text->size == 0 ||
	       (take_byte(text, ':') && take_number(&zero, text, 2, 2) && zero == 0 && text->size == 0);
}

/* "20240605": how the registers of other offices write a day; year first and whole, so it can be read in one way only. */
static bool
take_digits_date(struct view text, int *year, int *month, int *day)
{
	return take_number(year, &text, 4, 4) && take_number(month, &text, 2, 2) && take_number(day, &text, 2, 2) &&
	       text.size == 0;
}

/* "2024/6/5" and the like, one separator for both. */
static bool
take_marked_date(struct view text, int *year, int *month, int *day)
{
	bool is_chinese = false;
	char separator = '-';

	return take_number(year, &text, 4, 4) && take_year_mark(&text, &separator, &is_chinese) &&
	       take_number(month, &text, 1, 2) &&
	       (is_chinese ? take_text(&text, "\xe6\x9c\x88") : take_byte(&text, separator)) &&
	       take_number(day, &text, 1, 2) && (!is_chinese || take_text(&text, "\xe6\x97\xa5")) &&
	       take_midnight(&text);
}

enum err
text_date_parse_sheet(int64_t *day_out, struct view text, struct err_info *info)
{
	int year = 0;
	int month = 0;
	int day = 0;

	if (!take_digits_date(text, &year, &month, &day) && !take_marked_date(text, &year, &month, &day))
		return err_set(info, ERR_FORMAT, "%s", _("a date is written YYYY-MM-DD (or YYYY/M/D, or YYYYMMDD)"));
	if (!text_date_exists(year, month, day))
		return no_such_date(info);
	*day_out = text_day_of(year, month, day);
	return ERR_OK;
}

/* "202406" */
static bool
take_digits_month(struct view text, int *year, int *month)
{
	return take_number(year, &text, 4, 4) && take_number(month, &text, 2, 2) && text.size == 0;
}

static bool
take_marked_month(struct view text, int *year, int *month)
{
	bool is_chinese = false;
	char separator = '-';

	return take_number(year, &text, 4, 4) && take_year_mark(&text, &separator, &is_chinese) &&
	       take_number(month, &text, 1, 2) && (!is_chinese || take_text(&text, "\xe6\x9c\x88")) && text.size == 0;
}

enum err
text_month_parse_sheet(int64_t *month_out, struct view text, struct err_info *info)
{
	int year = 0;
	int month = 0;

	if (!take_digits_month(text, &year, &month) && !take_marked_month(text, &year, &month))
		return err_set(info, ERR_FORMAT, "%s", _("a month is written YYYY-MM (or YYYY/M, or YYYYMM)"));
	if (!text_date_exists(year, month, 1))
		return no_such_date(info);
	*month_out = month_number(year, month);
	return ERR_OK;
}

/* "Z" or "+hh:mm" into seconds east of Greenwich. */
static bool
take_offset(struct view *text, int *seconds_out)
{
	int hours = 0;
	int minutes = 0;
	int sign;

	if (take_byte(text, 'Z') || take_byte(text, 'z')) {
		*seconds_out = 0;
		return true;
	}
	sign = take_byte(text, '+') ? 1 : -1;
	if (sign < 0 && !take_byte(text, '-'))
		return false;
	if (!take_number(&hours, text, 2, 2) || !take_byte(text, ':') || !take_number(&minutes, text, 2, 2))
		return false;
	*seconds_out = sign * (hours * 3600 + minutes * 60);
	return hours <= 23 && minutes <= 59;
}

enum err
text_time_parse(int64_t *seconds_out, struct view text, struct err_info *info)
{
	int year = 0;
	int month = 0;
	int day = 0;
	int hour = 0;
	int minute = 0;
	int second = 0;
	int offset = 0;
	int64_t seconds;
	bool is_read;

	is_read = take_date(&text, &year, &month, &day) && (take_byte(&text, 'T') || take_byte(&text, 't')) &&
	          take_number(&hour, &text, 2, 2) && take_byte(&text, ':') && take_number(&minute, &text, 2, 2) &&
	          take_byte(&text, ':') && take_number(&second, &text, 2, 2) && take_offset(&text, &offset) &&
	          text.size == 0;
	if (!is_read)
		return err_set(info, ERR_FORMAT, "%s",
		               _("a time is written YYYY-MM-DDThh:mm:ss+08:00, without fractions of a second"));
	if (!text_date_exists(year, month, day))
		return no_such_date(info);
	if (hour > 23 || minute > 59 || second > 59)
		return err_set(info, ERR_RULE, "%s", _("a time of day lies between 00:00:00 and 23:59:59"));
	seconds = text_day_of(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second - offset;
	if (seconds < TEXT_TIME_MIN || seconds > TEXT_TIME_MAX)
		return no_such_date(info);
	*seconds_out = seconds;
	return ERR_OK;
}

/* Write `count` digits of a number that has no more. */
static char *
put_number(char *out, int value, size_t count)
{
	for (size_t i = count; i > 0; i--) {
		out[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	return out + count;
}

static char *
put_date(char *out, int64_t day_number)
{
	int year = 0;
	int month = 0;
	int day = 0;

	text_day_split(day_number, &year, &month, &day);
	out = put_number(out, year, 4);
	*out++ = '-';
	out = put_number(out, month, 2);
	*out++ = '-';
	return put_number(out, day, 2);
}

bool
text_date_format(char *out, int64_t day)
{
	if (day < TEXT_DAY_MIN || day > TEXT_DAY_MAX)
		return false;
	*put_date(out, day) = '\0';
	return true;
}

bool
text_month_format(char *out, int64_t month)
{
	int64_t from_first;

	if (month < TEXT_MONTH_MIN || month > TEXT_MONTH_MAX)
		return false;
	from_first = month - TEXT_MONTH_MIN;
	out = put_number(out, (int)(YEAR_MIN + from_first / 12), 4);
	*out++ = '-';
	*put_number(out, (int)(from_first % 12) + 1, 2) = '\0';
	return true;
}

bool
text_time_format(char *out, int64_t seconds)
{
	int64_t from_first;
	int of_day;

	if (seconds < TEXT_TIME_MIN || seconds > TEXT_TIME_MAX)
		return false;
	from_first = seconds - TEXT_TIME_MIN;
	of_day = (int)(from_first % SECONDS_PER_DAY);
	out = put_date(out, TEXT_DAY_MIN + from_first / SECONDS_PER_DAY);
	*out++ = 'T';
	out = put_number(out, of_day / 3600, 2);
	*out++ = ':';
	out = put_number(out, of_day / 60 % 60, 2);
	*out++ = ':';
	out = put_number(out, of_day % 60, 2);
	memcpy(out, "+08:00", sizeof("+08:00"));
	return true;
}
