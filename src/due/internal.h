/** Inside due: periods in which the clock stands still. */
#ifndef DUE_INTERNAL_H
#define DUE_INTERNAL_H

#include "due/due.h"

enum {
	DUE_STOPS_MAX = 16,
	DUE_SECONDS_PER_DAY = 86400,
	DUE_SECONDS_PER_HOUR = 3600,
	DUE_CHINA_SECONDS_EAST = 28800
};

/** Days, both included. */
struct due_stop {
	int64_t from;
	int64_t to; /* INT64_MAX: nobody has said until when */
};

struct due_stops {
	struct due_stop items[DUE_STOPS_MAX];
	size_t count;
};

/** The periods of a record in which this limit's clock stands still. */
void due_find_stops(struct due_stops *out, const struct due_question *question, const struct due_item *item);
bool due_is_stopped_on(const struct due_stops *stops, int64_t day);
/** The first day of a stop that has no end; INT64_MAX: there is none. */
int64_t due_open_stop(const struct due_stops *stops);
int64_t due_day_of_time(int64_t seconds);

#endif
