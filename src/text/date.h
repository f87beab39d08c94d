/**
 * Dates, months and times as the record stores them: day, month and second numbers from 1970-01-01, proleptic Gregorian,
 * years 1800 to 2200. Reading is strict and locale-free; a time is shown in +08:00. Source: schema/text-v1.md, section 4.
 */
#ifndef TEXT_DATE_H
#define TEXT_DATE_H

#include "base/bytes.h"

enum {
	TEXT_DAY_MIN = -62091,  /* 1800-01-01 */
	TEXT_DAY_MAX = 84370,   /* 2200-12-31 */
	TEXT_MONTH_MIN = -2040, /* 1800-01 */
	TEXT_MONTH_MAX = 2771,  /* 2200-12 */

	TEXT_DATE_BYTES = 11, /* "2024-06-30" and NUL */
	TEXT_MONTH_BYTES = 8, /* "2024-06" and NUL */
	TEXT_TIME_BYTES = 26, /* "2024-06-30T17:40:00+08:00" and NUL */
};

/** Unix seconds of 1800-01-01T00:00:00+08:00 and of 2200-12-31T23:59:59+08:00. */
#define TEXT_TIME_MIN (TEXT_DAY_MIN * INT64_C(86400) - 28800)
#define TEXT_TIME_MAX (TEXT_DAY_MAX * INT64_C(86400) + 86399 - 28800)

/** Read "YYYY-MM-DD" into days since 1970-01-01. ERR_FORMAT: other form; ERR_RULE: no such day, or out of range. */
enum err text_date_parse(int64_t *day_out, struct view text, struct err_info *info) MUST_USE;
/** Read "YYYY-MM" into months since 1970-01. Errors as above. */
enum err text_month_parse(int64_t *month_out, struct view text, struct err_info *info) MUST_USE;
/**
 * Read an RFC 3339 date-time with any offset ("2024-06-30T17:40:00+08:00", "...Z") into unix seconds. No fractions of a
 * second, no leap second, no time without an offset. Errors as above.
 */
enum err text_time_parse(int64_t *seconds_out, struct view text, struct err_info *info) MUST_USE;

/**
 * The same for a cell that went through a spreadsheet, which rewrites dates: 2024/6/5, 2024-6-5, 2024.6.5 and
 * 2024年6月5日 too, each also with midnight behind it (2024/6/5 0:00:00); and 20240605, as registers write a day. For import
 * and typed values only. Errors as above.
 */
enum err text_date_parse_sheet(int64_t *day_out, struct view text, struct err_info *info) MUST_USE;
/** 2024/6, 2024-6, 2024.6, 2024年6月 and 202406 too. */
enum err text_month_parse_sheet(int64_t *month_out, struct view text, struct err_info *info) MUST_USE;

/** Write "YYYY-MM-DD" with NUL into TEXT_DATE_BYTES bytes; false (and nothing written) outside the range. */
bool text_date_format(char *out, int64_t day) MUST_USE;
/** Write "YYYY-MM" with NUL into TEXT_MONTH_BYTES bytes; false outside the range. */
bool text_month_format(char *out, int64_t month) MUST_USE;
/** Write "YYYY-MM-DDThh:mm:ss+08:00" with NUL into TEXT_TIME_BYTES bytes; false outside the range. */
bool text_time_format(char *out, int64_t seconds) MUST_USE;

/** Day number of a civil date, and back; the date must exist (see text_date_exists). */
int64_t text_day_of(int year, int month, int day);
void text_day_split(int64_t day_number, int *year_out, int *month_out, int *day_out);
/** Whether year (1800..2200), month and day name a real date. */
bool text_date_exists(int year, int month, int day);

#endif
