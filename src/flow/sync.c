#include "flow/sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/checkpoint.h"
#include "flow/syncing.h"
#include "flow/waiting.h"

enum {
	SECONDS_PER_DAY = 86400
};

static void
note_error(struct sync_night *night, enum err err)
{
	if (night->result->first_error == ERR_OK)
		night->result->first_error = err;
}

enum err
sync_hold(struct sync_night *night, struct err_info *info)
{
	enum err err = night->is_locked ? ERR_OK : node_lock(night->desk->node, night->desk->wait_seconds, info);

	night->is_locked = err == ERR_OK;
	return err;
}

void
sync_let_go(struct sync_night *night)
{
	node_unlock(night->desk->node);
	night->is_locked = false;
}

void
sync_skipped(void *context, const char *file, const char *reason)
{
	const struct sync_night *night = context;

	if (night->watch->skipped != NULL)
		night->watch->skipped(night->watch->context, file, reason);
}

void
sync_took(struct sync_night *night, const char *file, const struct flow_taken *taken)
{
	night->result->taken++;
	night->result->stopped += flow_taken_exit_code(taken) != 0 ? 1U : 0U;
	if (night->watch->took != NULL)
		night->watch->took(night->watch->context, file, taken);
}

void
sync_not_taken(struct sync_night *night, const char *file, const struct err_info *why)
{
	night->result->not_taken++;
	note_error(night, why->code);
	if (night->watch->not_taken != NULL)
		night->watch->not_taken(night->watch->context, file, why);
}

static void
take_file(struct sync_night *night, const struct sync_place *place, const char *file, bool is_only)
{
	const struct node_code *self = &node_identity_of(night->desk->node)->code;
	struct flow_taken taken = {0};
	struct flow_file source = {.fd = -1, .name = file, .is_only = is_only};
	struct err_info info;
	enum err err = transport_open(&source.fd, NULL, &place->url, self, file, &info);

	if (err == ERR_OK)
		err = flow_take(&taken, night->desk, &source, &info);
	if (err == ERR_OK) {
		sync_took(night, file, &taken);
		if (!night->desk->is_dry_run)
			err = transport_taken(NULL, &place->url, self, file, &info);
	}
	if (err != ERR_OK && err != ERR_NOT_FOUND) {
		sync_not_taken(night, file, &info);
		if (err == ERR_AUTH && !night->desk->is_dry_run &&
		    transport_refused(NULL, &place->url, self, file, &info) != ERR_OK)
			sync_skipped(night, file, info.text); /* it is told again tomorrow, no more */
	}
	flow_taken_release(&taken);
	if (source.fd >= 0)
		(void)close(source.fd);
}

static enum err
take_place(struct sync_night *night, const struct sync_place *place, struct err_info *info)
{
	struct transport_files files = {0};
	enum err err = transport_list(&files, &place->url, &node_identity_of(night->desk->node)->code, sync_skipped,
	                              night, info);

	for (size_t i = 0; err == ERR_OK && i < files.count; i++)
		take_file(night, place, files.items[i].file, night->has_one_place && files.count == 1);
	transport_files_release(&files);
	return err;
}

enum err
sync_bundle(struct bytes *file_out, struct flow_sent *sent_out, struct sync_night *night, const struct node_code *code,
            struct err_info *info)
{
	const struct flow_desk *desk = night->desk;
	struct err_info why;
	enum err reverted = ERR_OK;
	enum err err = flow_bundle_make(file_out, sent_out, desk, code, false, info);

	if (err == ERR_OK && !desk->is_dry_run)
		err = node_commit(desk->node, "bundle", info);
	if (err != ERR_OK || desk->is_dry_run) /* statements that were not kept must not be told to the next peer */
		reverted = node_revert(desk->node, &why);
	if (err == ERR_OK && reverted != ERR_OK)
		err = err_pass(info, reverted, &why);
	return err;
}

void
sync_sent(struct sync_night *night, const struct flow_sent *sent)
{
	night->result->sent++;
	night->result->stopped += sent->left_out_count;
	if (night->watch->sent != NULL)
		night->watch->sent(night->watch->context, sent);
}

static enum err
send_peer(struct sync_night *night, const struct sync_place *place, const struct node_code *code, struct err_info *info)
{
	const struct flow_desk *desk = night->desk;
	const struct node_identity *self = node_identity_of(desk->node);
	struct transport_name name = {.sender = self->code, .incarnation = load_u32(self->incarnation)};
	struct flow_sent sent = {0};
	struct bytes file = {0};
	enum err err = sync_bundle(&file, &sent, night, code, info);

	if (err == ERR_OK && !desk->is_dry_run) {
		name.number = sent.number;
		err = transport_put(&place->url, code, &name, bytes_view(&file), info);
	}
	if (err == ERR_OK)
		sync_sent(night, &sent);
	flow_sent_release(&sent);
	bytes_release(&file);
	return err;
}

/* Within the silence agreed for a peer, not reaching it is no failure. */
static bool
is_agreed_silence(struct node *node, const struct flow_peer_place *peer)
{
	struct flow_exchange exchange;
	int64_t now = node_env(node)->now(node_env(node)->context);
	bool is_agreed;

	if (peer->every_days == 0 || flow_exchange_load(&exchange, node, &peer->code, NULL) != ERR_OK)
		return false;
	is_agreed =
		exchange.heard_here != 0 && now - exchange.heard_here <= (int64_t)peer->every_days * SECONDS_PER_DAY;
	flow_exchange_release(&exchange);
	return is_agreed;
}

void
sync_failed(struct sync_night *night, const struct flow_peer_place *peer, const struct err_info *why,
            bool may_be_silent)
{
	bool is_agreed = may_be_silent && is_agreed_silence(night->desk->node, peer);

	if (!is_agreed) {
		night->result->failed++;
		note_error(night, why->code);
	}
	if (night->watch->failed != NULL)
		night->watch->failed(night->watch->context, peer->code.text, why, is_agreed);
}

/* First everything that has arrived, from everywhere. */
static void
receive_place(struct sync_night *night, struct sync_place *place)
{
	enum err err = transport_reach(&place->url, &place->why);

	if (err == ERR_OK)
		err = take_place(night, place, &place->why);
	place->is_reached = err == ERR_OK;
}

static void
answer_peer(struct sync_night *night, struct sync_place *place, const struct flow_peer_place *peer)
{
	const struct roster_node *found = roster_node_find(node_roster(night->desk->node), &peer->code);

	if (found != NULL && found->is_revoked)
		sync_skipped(night, peer->code.text, _("its key is revoked: nothing is sent to it"));
	else if (place->url.scheme == TRANSPORT_SSH)
		sync_call(night, place, peer);
	else if (!place->is_reached || send_peer(night, place, &peer->code, &place->why) != ERR_OK)
		sync_failed(night, peer, &place->why, true);
}

/* The lock was let go while a peer was called: whoever has it now has had his time. */
static void
answer_place(struct sync_night *night, struct sync_place *place)
{
	for (size_t i = 0; i < place->peer_count; i++) {
		struct err_info why;

		if (sync_hold(night, &why) == ERR_OK)
			answer_peer(night, place, &place->peers[i]);
		else
			sync_failed(night, &place->peers[i], &why, false);
	}
}

/* What was taken tonight is compared before anything leaves: what was found goes down with the same bundles. */
static void
compare(struct sync_night *night)
{
	struct flow_findings_result result = {0};
	struct err_info why;
	enum err err;

	if (night->desk->is_dry_run)
		return;
	err = sync_hold(night, &why);
	if (err == ERR_OK)
		err = flow_findings_check(&result, night->desk, 0, &why);
	if (err != ERR_OK && err != ERR_STATE) /* a kind `finding` of another sort is told, and stops nobody */
		note_error(night, err);
	night->result->failed += (err != ERR_OK && err != ERR_STATE) || result.skipped > 0 ? 1U : 0U;
	if (night->watch->found != NULL)
		night->watch->found(night->watch->context, &result, err == ERR_OK ? NULL : &why);
}

/* What lies in directories comes first and goes last: what callers bring tonight goes on tonight. */
static void
visit_places(struct sync_night *night, struct sync_place *places, size_t count)
{
	size_t taken;

	night->has_one_place = count == 1;
	for (size_t i = 0; i < count; i++) {
		if (places[i].url.scheme == TRANSPORT_DIR)
			receive_place(night, &places[i]);
	}
	compare(night);
	taken = night->result->taken;
	for (size_t i = 0; i < count; i++) {
		if (places[i].url.scheme == TRANSPORT_SSH)
			answer_place(night, &places[i]);
	}
	if (night->result->taken > taken)
		compare(night);
	for (size_t i = 0; i < count; i++) {
		if (places[i].url.scheme == TRANSPORT_DIR)
			answer_place(night, &places[i]);
	}
}

/* The superior and the offices directly below: whom a stick is for when nobody says otherwise. */
static enum err
neighbours(struct flow_peer_place **out, size_t *count_out, struct node *node, struct err_info *info)
{
	const struct roster *roster = node_roster(node);
	const struct roster_node *self = roster_node_find(roster, &node_identity_of(node)->code);
	const struct roster_node *superior = self == NULL ? NULL : roster_superior(roster, self);
	const struct roster_node *below;
	struct flow_peer_place *places = NULL;
	size_t position = 0;
	size_t count = 0;
	size_t capacity = 1;

	while (self != NULL && roster_next_below(roster, &self->code, &position) != NULL)
		capacity++;
	places = calloc(capacity, sizeof(*places));
	if (places == NULL)
		return err_nomem(info);
	if (superior != NULL)
		places[count++].code = superior->code;
	position = 0;
	while (self != NULL && (below = roster_next_below(roster, &self->code, &position)) != NULL) {
		if (!below->is_auditor && !below->is_revoked && count < capacity)
			places[count++].code = below->code;
	}
	*out = places;
	*count_out = count;
	return ERR_OK;
}

static enum err
visit_directory(struct sync_night *night, const char *directory, struct err_info *info)
{
	struct sync_place place = {.url = {.scheme = TRANSPORT_DIR}, .text = directory};
	enum err err = fs_path(place.url.path, info, "%s", directory);

	if (err == ERR_OK)
		err = neighbours(&place.peers, &place.peer_count, night->desk->node, info);
	if (err == ERR_OK)
		err = transport_reach(&place.url, info);
	if (err == ERR_OK)
		visit_places(night, &place, 1);
	free(place.peers);
	return err;
}

static int
compare_url(const void *a, const void *b)
{
	return strcmp(((const struct flow_peer_place *)a)->url, ((const struct flow_peer_place *)b)->url);
}

/* Peers that share a directory are served in one visit: what lies there for us is taken once. */
static size_t
group_peers(struct sync_night *night, struct sync_place *places, struct flow_peer_place *peers, size_t count)
{
	size_t used = 0;

	for (size_t i = 0; i < count;) {
		struct sync_place place = {.text = peers[i].url, .peers = &peers[i], .why = {.code = ERR_OK}};

		while (i + place.peer_count < count && strcmp(peers[i + place.peer_count].url, place.text) == 0)
			place.peer_count++;
		i += place.peer_count;
		if (transport_url_parse(&place.url, view_text(place.text), &place.why) == ERR_OK)
			places[used++] = place;
		for (size_t k = 0; place.why.code != ERR_OK && k < place.peer_count; k++)
			sync_failed(night, &place.peers[k], &place.why, false);
	}
	return used;
}

static enum err
visit_peers(struct sync_night *night, struct err_info *info)
{
	struct flow_peer_place *peers = NULL;
	struct sync_place *places = NULL;
	size_t count = 0;
	enum err err = flow_peer_list(&peers, &count, night->desk->node, info);

	if (err == ERR_OK && count == 0)
		err = err_set(info, ERR_STATE,
		              _("no peer is known; add one with: tiersync peer add NODE dir:PATH, or name a directory: "
		                "tiersync "
		                "sync DIR"));
	if (err == ERR_OK && count > 1)
		qsort(peers, count, sizeof(*peers), compare_url);
	if (err == ERR_OK) {
		places = calloc(count, sizeof(*places));
		err = places == NULL ? err_nomem(info) : ERR_OK;
	}
	if (err == ERR_OK)
		visit_places(night, places, group_peers(night, places, peers, count));
	free(places);
	free(peers);
	return err;
}

/* What waits and is damaged: an audit names it in full, and whoever sent it can send it again. */
static void
waits_damaged(void *context, const char *where, const char *why)
{
	struct sync_night *night = context;

	night->result->stopped++;
	note_error(night, ERR_FORMAT);
	sync_skipped(night, where, why);
}

/* Our own partition without its head: it is told until it has come home. */
static enum err
look_at_own_head(struct sync_night *night, struct err_info *info)
{
	struct err_info why;
	enum err err = flow_own_head_check_lost(night->desk->node, &why);

	if (err == ERR_OK)
		return ERR_OK;
	if (!flow_is_of_content(err))
		return err_pass(info, err, &why);
	night->result->stopped++;
	note_error(night, err);
	sync_skipped(night, node_identity_of(night->desk->node)->code.text, why.text);
	return ERR_OK;
}

enum err
flow_sync(struct flow_sync_result *out, const struct flow_desk *desk, const struct flow_sync_terms *terms,
          const struct flow_sync_watch *watch, struct err_info *info)
{
	struct flow_sync_result result = {0};
	struct sync_night night = {.desk = desk, .terms = terms, .watch = watch, .result = &result};
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK)
		err = sync_hold(&night, info);
	if (err == ERR_OK && node_keys(desk->node) != NULL)
		err = flow_merge_waiting(desk, waits_damaged, &night, info);
	if (err == ERR_OK)
		err = look_at_own_head(&night, info);
	if (err == ERR_OK && terms->directory != NULL)
		err = visit_directory(&night, terms->directory, info);
	else if (err == ERR_OK)
		err = visit_peers(&night, info);
	node_unlock(desk->node);
	if (err == ERR_OK)
		*out = result;
	return err;
}

int
flow_sync_exit_code(const struct flow_sync_result *result)
{
	bool is_done = result->taken + result->sent > 0;
	bool is_failed = result->failed + result->not_taken + result->stopped > 0;

	if (!is_failed)
		return err_exit_code(ERR_OK);
	if (is_done || result->failed > 0) /* a peer that is not reached is always "in part": design, section 5 */
		return err_exit_code(ERR_PART);
	return err_exit_code(result->first_error);
}
