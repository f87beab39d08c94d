/* One peer behind ssh://: our bundle goes in there, its answer is taken here. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "flow/syncing.h"
#include "text/text.h"
#include "transport/ssh.h"

enum {
	NOT_THROUGH = 255, /* what ssh ends with when it did not get through */
	SAID_BYTES = 600   /* a message with a long path, and its remedy */
};

static const char BEGIN[] = "TSB1"; /* of every bundle: bundle-v1.md */

/* What it said beside its answer, as one line for a terminal; line ends become bars. */
static enum err
say_errors(struct bytes *out, const char *errors, struct err_info *info)
{
	size_t size = strlen(errors);
	char line[PROCESS_ERRORS_BYTES];
	size_t kept = 0;

	while (size > 0 && (errors[size - 1] == '\n' || errors[size - 1] == '\r'))
		size--;
	if (size > SAID_BYTES) {
		errors += size - SAID_BYTES;
		size = SAID_BYTES;
	}
	for (; size > 0 && ((uint8_t)*errors & 0xC0U) == 0x80U; size--) /* cut in the middle of a character */
		errors++;
	for (size_t i = 0; i < size && kept + 1 < sizeof(line); i++) {
		if (errors[i] != '\r')
			line[kept++] = errors[i] == '\n' ? '|' : errors[i];
	}
	return text_escape(out, view_of(line, kept), info);
}

/* Nothing came, or not all of it: why, as far as it said. */
static enum err
explain(const struct transport_heard *heard, const char *host, struct err_info *info)
{
	struct bytes said = {0};
	enum err err = say_errors(&said, heard->end.errors, info);
	int code = heard->end.exit_code;

	if (err == ERR_OK)
		err = bytes_append_byte(&said, '\0', info);
	if (err != ERR_OK)
		return err;
	if (code == NOT_THROUGH)
		err = err_set(info, ERR_PEER, _("%s was not reached: %s"), host, (const char *)said.data);
	else if (said.size > 1)
		err = err_set(info, ERR_PEER, _("%s gave no answer, ended with %d and said: %s"), host, code,
		              (const char *)said.data);
	else
		err = err_set(info, ERR_PEER, _("%s gave no answer and ended with %d"), host, code);
	bytes_release(&said);
	return err;
}

static void
take_answer(struct sync_night *night, const struct sync_place *place, const struct flow_peer_place *peer, int fd)
{
	const struct flow_file file = {.fd = fd, .name = place->text, .is_only = night->has_one_place};
	struct flow_taken taken = {0};
	struct err_info info;
	enum err err = sync_hold(night, &info);

	if (err == ERR_OK)
		err = flow_take(&taken, night->desk, &file, &info);
	if (err == ERR_OK) {
		sync_took(night, place->text, &taken);
		if (strcmp(taken.sender.text, peer->code.text) != 0)
			sync_skipped(night, place->text, _("another office answered than the one that was called"));
	} else {
		sync_not_taken(night, place->text, &info);
	}
	flow_taken_release(&taken);
}

void
sync_call(struct sync_night *night, const struct sync_place *place, const struct flow_peer_place *peer)
{
	struct flow_sent sent = {0};
	struct bytes file = {0};
	struct transport_heard heard = {.fd = -1};
	struct transport_call call = {.program = night->terms->ssh,
	                              .begins_with = view_text(BEGIN),
	                              .directory = node_directory(night->desk->node),
	                              .silent_seconds_max = night->terms->silent_seconds_max};
	struct err_info info;
	bool may_be_silent = false;
	bool is_cut;
	enum err err = sync_bundle(&file, &sent, night, &peer->code, &info);

	if (err == ERR_OK && !night->desk->is_dry_run) {
		call.bundle = bytes_view(&file);
		sync_let_go(night);
		err = transport_call(&heard, &place->url, &call, &info);
		is_cut = err == ERR_OK && heard.end.exit_code == NOT_THROUGH; /* perhaps in mid-answer */
		may_be_silent = is_cut || (err == ERR_PEER && !heard.is_reached);
		if (is_cut || (err == ERR_OK && heard.fd < 0))
			err = explain(&heard, place->url.host, &info);
	}
	if (err != ERR_OK) {
		sync_failed(night, peer, &info, may_be_silent);
	} else {
		sync_sent(night, &sent);
		if (heard.fd >= 0)
			take_answer(night, place, peer, heard.fd);
	}
	if (heard.fd >= 0)
		(void)close(heard.fd);
	flow_sent_release(&sent);
	bytes_release(&file);
}
