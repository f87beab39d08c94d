/* Golden samples of the files that flow keeps: the state of an exchange, a neighbour, the note beside a bundle that was stopped. */
#include "flow/peer.h"
#include "flow/stopped.h"
#include "golden.h"

static enum err
read_exchange(struct view content, struct err_info *info)
{
	struct flow_exchange exchange;
	enum err err = flow_exchange_read(&exchange, content, info);

	if (err == ERR_OK)
		flow_exchange_release(&exchange);
	return err;
}

static enum err
read_peer(struct view content, struct err_info *info)
{
	struct flow_peer_place place;

	return flow_peer_read(&place, content, info);
}

static enum err
read_stopped(struct view content, struct err_info *info)
{
	struct flow_stopped stopped;

	return flow_stopped_read(&stopped, content, info);
}

static void
exchanges_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_flow_exchange", read_exchange);
}

static void
neighbours_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_flow_peer", read_peer);
}

static void
notes_of_what_was_stopped_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_flow_stopped", read_stopped);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exchanges_are_told_apart),
		cmocka_unit_test(neighbours_are_told_apart),
		cmocka_unit_test(notes_of_what_was_stopped_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
