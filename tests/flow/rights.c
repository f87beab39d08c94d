/* Who there is and what he may: enrolling, keys, rights, auditors. */
#include <stdlib.h>

#include "flow/desk.h"
#include "flow/enrol.h"
#include "flow/grant.h"
#include "flow/roster.h"
#include "offices.h"

/* init NAME CODE LEVEL TITLE 0|1 (a root) */
enum err
rights_init(const struct words *words, struct err_info *info)
{
	struct office *office = office_find(words->items[1]);
	struct flow_init_terms terms = {.level = (uint8_t)strtoul(words->items[3], NULL, 10),
	                                .name = words->items[4],
	                                .is_root = words->items[5][0] == '1'};
	const struct env env = office_env(office);
	struct seal_fingerprint fingerprint;
	enum err err = office_code_read(&terms.code, words->items[2], info);

	return err == ERR_OK ? flow_init(office->directory, &terms, &env, &fingerprint, info) : err;
}

/* enrol SUPERIOR NAME 0|1 (its keys replace others) */
enum err
rights_enrol(const struct words *words, struct err_info *info)
{
	struct office *above = office_find(words->items[1]);
	struct office *office = office_find(words->items[2]);
	struct flow_desk desk;
	struct flow_desk desk_above;
	struct bytes card = {0};
	struct bytes letter = {0};
	struct flow_enrol_result enrolled;
	struct flow_accept_result accepted;
	enum err err = office_desk(&desk, office, info);

	if (err == ERR_OK)
		err = office_desk(&desk_above, above, info);
	if (err == ERR_OK)
		err = flow_request(&card, desk.node, info);
	if (err == ERR_OK) {
		const struct flow_enrol_terms terms = {
			.card = bytes_view(&card), .is_confirmed = true, .is_replacement = words->items[3][0] == '1'};

		err = flow_enrol(&letter, &enrolled, &desk_above, &terms, info);
	}
	office_close(above);
	if (err == ERR_OK)
		err = flow_accept(&accepted, &desk, bytes_view(&letter), NULL, true, info);
	office_close(office);
	bytes_release(&card);
	bytes_release(&letter);
	return err;
}

/* --- words of the roster --- */

static enum err
at_desk(struct flow_desk *desk, struct node_code *about, const struct words *words, struct err_info *info)
{
	enum err err = office_desk(desk, office_find(words->items[1]), info);

	return err == ERR_OK ? office_code_read(about, words->items[2], info) : err;
}

/* right NAME OFFICE KIND FIELDS delegate|withdraw|hard */
enum err
rights_right(const struct words *words, struct err_info *info)
{
	struct flow_right right = {.amount_max = 0};
	struct flow_desk desk;
	struct flow_right_terms terms = {.kind = words->items[3],
	                                 .fields = words->items[4],
	                                 .is_withdrawal = words->items[5][0] != 'd',
	                                 .is_hard = words->items[5][0] == 'h'};
	enum err err = at_desk(&desk, &terms.node, words, info);

	if (err == ERR_OK)
		err = flow_say_right(&right, &desk, &terms, info);
	flow_right_release(&right);
	office_close(office_find(words->items[1]));
	return err;
}

/* rotate NAME */
enum err
rights_rotate(const struct words *words, struct err_info *info)
{
	struct office *office = office_find(words->items[1]);
	struct flow_rotated rotated;
	struct flow_desk desk;
	enum err err = office_desk(&desk, office, info);

	if (err == ERR_OK)
		err = flow_rotate(&rotated, &desk, info);
	office_close(office);
	return err;
}

/* revoke NAME OFFICE: its newest key */
enum err
rights_revoke(const struct words *words, struct err_info *info)
{
	struct flow_revoked revoked = {.count = 0};
	struct flow_revoke_terms terms = {.reason = "STOLEN"};
	struct flow_desk desk;
	enum err err = at_desk(&desk, &terms.node, words, info);

	if (err == ERR_OK)
		err = flow_revoke(&revoked, &desk, &terms, info);
	flow_revoked_release(&revoked);
	office_close(office_find(words->items[1]));
	return err;
}

/* grant NAME AUDITOR: it may read all at and below NAME */
enum err
rights_grant(const struct words *words, struct err_info *info)
{
	struct office *above = office_find(words->items[1]);
	struct office *auditor = office_find(words->items[2]);
	struct flow_desk desk;
	struct flow_desk desk_above;
	struct bytes card = {0};
	struct bytes letter = {0};
	struct flow_granted granted = {.partitions = 0};
	enum err err = office_desk(&desk, auditor, info);

	if (err == ERR_OK)
		err = office_desk(&desk_above, above, info);
	if (err == ERR_OK)
		err = flow_request(&card, desk.node, info);
	if (err == ERR_OK) {
		const struct flow_grant_terms terms = {
			.card = bytes_view(&card), .is_confirmed = true, .may_read = true};

		err = flow_grant(&letter, &granted, &desk_above, &terms, info);
	}
	office_close(above);
	office_close(auditor);
	bytes_release(&card);
	bytes_release(&letter);
	return err;
}
