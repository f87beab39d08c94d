/* What due and status say alike of what is late. */
#include "cli/due.h"

#include "text/date.h"

enum {
	CALENDAR_WARNING_DAYS = 60
};

void
due_count(struct due_counts *counts, const struct due_item *item, int64_t today, int64_t within)
{
	switch (item->state) {
	case DUE_LATE:
		counts->late++;
		break;
	case DUE_IN_TIME:
		if (item->day - today <= within)
			counts->soon++;
		else
			counts->later++;
		break;
	case DUE_EARLY:
		counts->early++;
		break;
	case DUE_NOT_BEFORE:
		counts->waiting++;
		break;
	case DUE_STOPPED:
		counts->stopped++;
		break;
	case DUE_NO_START:
		counts->undated++;
		break;
	}
	counts->inexact += item->is_exact ? 0U : 1U;
}

void
due_warn_policy(struct cli *cli, struct node *node, struct policy *policy, int64_t now)
{
	int64_t today = due_today(now);
	int64_t end = flow_calendar_end(policy, &node_identity_of(node)->code, today);
	struct bytes text = {0};
	char day[TEXT_DATE_BYTES];

	for (size_t i = 0; i < policy_problem_count(policy); i++) {
		bytes_clear(&text);
		if (flow_policy_describe(&text, policy_problem_at(policy, i), &cli->info) == ERR_OK)
			cli_note(cli, _("policy: %s"), bytes_text(&text));
	}
	bytes_release(&text);
	if (end < today)
		cli_note(cli, "%s",
		         _("policy: no calendar speaks of today; working days are counted without holidays: import a "
		           "calendar at a hub"));
	else if (end - today < CALENDAR_WARNING_DAYS && text_date_format(day, end))
		cli_note(cli, _("policy: the calendar ends on %s; what is due after it is counted without holidays"),
		         day);
}

int64_t
due_today(int64_t now)
{
	return (now + DUE_SECONDS_EAST) / DUE_SECONDS_PER_DAY;
}
