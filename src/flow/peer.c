/* peers/NODE in node.git: three lines of text. */
#include "flow/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transport/transport.h"

static const char TYPE[] = "peer";

static enum err
peer_path(char *out, const struct node_code *code, struct err_info *info)
{
	return fs_path(out, info, "peers/%s", code->text);
}

enum err
flow_peer_write(struct bytes *out, const struct flow_peer_place *place, struct err_info *info)
{
	struct statement_writer writer;

	statement_writer_init(&writer, out, TYPE, info);
	statement_put_code(&writer, "code", &place->code);
	statement_put_words(&writer, "url", "%s", place->url);
	statement_put_number(&writer, "every-days", place->every_days);
	return statement_writer_end(&writer);
}

enum err
flow_peer_add(const struct flow_desk *desk, const struct flow_peer_place *place, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct transport_url url;
	struct bytes text = {0};
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK)
		err = transport_url_parse(&url, view_text(place->url), info);
	if (err == ERR_OK && strcmp(place->code.text, node_identity_of(desk->node)->code.text) == 0)
		err = err_set(info, ERR_RULE, _("%s is this office itself"), place->code.text);
	if (err == ERR_OK && roster_node_find(node_roster(desk->node), &place->code) == NULL)
		err = err_set(info, ERR_NOT_FOUND, _("the roster knows no office %s; enrol it first"),
		              place->code.text);
	if (err != ERR_OK)
		return err;
	err = flow_peer_write(&text, place, info);
	if (err == ERR_OK)
		err = peer_path(path, &place->code, info);
	if (err == ERR_OK)
		err = node_lock(desk->node, desk->wait_seconds, info);
	if (err == ERR_OK)
		err = node_file_put(desk->node, path, bytes_view(&text), info);
	if (err == ERR_OK && !desk->is_dry_run)
		err = node_commit(desk->node, "peer add", info);
	node_unlock(desk->node);
	bytes_release(&text);
	return err;
}

enum err
flow_peer_read(struct flow_peer_place *out, struct view text, struct err_info *info)
{
	struct flow_peer_place place = {.every_days = 0};
	struct statement_reader reader;
	struct view url;
	enum err err;

	statement_reader_init(&reader, text, TYPE, info);
	place.code = statement_get_code(&reader, "code");
	url = statement_get(&reader, "url");
	if (url.size > 0 && url.size < sizeof(place.url))
		memcpy(place.url, url.data, url.size);
	else
		statement_reader_fail(&reader, "url");
	place.every_days = (uint32_t)statement_get_number(&reader, "every-days", UINT32_MAX);
	err = statement_reader_end(&reader);
	if (err == ERR_OK)
		*out = place;
	return err;
}

enum err
flow_peer_list(struct flow_peer_place **out, size_t *count_out, struct node *node, struct err_info *info)
{
	struct fs_names names = {0};
	struct flow_peer_place *places = NULL;
	enum err err = node_file_list(&names, node, "peers", info);

	if (err == ERR_OK) {
		places = calloc(names.count + 1, sizeof(*places));
		if (places == NULL)
			err = err_nomem(info);
	}
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		char path[LIMIT_PATH_BYTES_MAX];
		struct bytes text = {0};

		err = fs_path(path, info, "peers/%s", names.names[i]);
		if (err == ERR_OK)
			err = node_file_read(&text, node, path, info);
		if (err == ERR_OK)
			err = flow_peer_read(&places[i], bytes_view(&text), info);
		bytes_release(&text);
	}
	if (err == ERR_OK) {
		*out = places;
		*count_out = names.count;
	} else {
		free(places);
	}
	fs_names_release(&names);
	return err;
}

enum err
flow_peer_remove(const struct flow_desk *desk, const struct node_code *code, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes text = {0};
	enum err err = peer_path(path, code, info);

	if (err == ERR_OK)
		err = node_lock(desk->node, desk->wait_seconds, info);
	if (err == ERR_OK)
		err = node_file_read(&text, desk->node, path, info);
	if (err == ERR_NOT_FOUND)
		err = err_set(info, ERR_NOT_FOUND, _("%s is no peer; see: tiersync peer list"), code->text);
	if (err == ERR_OK)
		err = node_file_remove(desk->node, path, info);
	if (err == ERR_OK && !desk->is_dry_run)
		err = node_commit(desk->node, "peer remove", info);
	node_unlock(desk->node);
	bytes_release(&text);
	return err;
}
