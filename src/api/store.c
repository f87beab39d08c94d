/* Opening and closing, and what each call is made with. */
#include "api/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seal/seal.h"

enum {
	WAIT_SECONDS = 60
};

#define SAME(name) _Static_assert((int)TIERSYNC_##name == (int)ERR_##name, "schema/errors.def says another number")
SAME(OK);
SAME(IO);
SAME(NOMEM);
SAME(INTERNAL);
SAME(USAGE);
SAME(FORMAT);
SAME(TOO_BIG);
SAME(VERSION);
SAME(RULE);
SAME(NOT_FOUND);
SAME(EXISTS);
SAME(STATE);
SAME(RIGHT);
SAME(BASE);
SAME(AUTH);
SAME(LOCKED);
SAME(STALE);
SAME(PART);
SAME(CONFLICTS);
SAME(DICTIONARY);
_Static_assert((int)TIERSYNC_ERROR_BYTES == (int)LIMIT_MESSAGE_BYTES_MAX, "a message fits");
_Static_assert((int)TIERSYNC_CODE_BYTES == (int)NODE_CODE_BYTES, "a code fits");
_Static_assert((int)TIERSYNC_ID_DIGITS == 2 * ID_BYTES, "an id fits");

enum tiersync_code
api_code(enum err err, const struct err_info *info, struct tiersync_error *error)
{
	if (error != NULL) {
		error->code = (enum tiersync_code)err;
		(void)snprintf(error->text, sizeof(error->text), "%s", err == ERR_OK ? "" : info->text);
	}
	return (enum tiersync_code)err;
}

enum err
api_owner(const struct node_code **owner_out, struct node_code *code, const char *text, struct err_info *info)
{
	*owner_out = NULL;
	if (text == NULL)
		return ERR_OK;
	if (!node_code_read(code, view_text(text)))
		return err_set(info, ERR_USAGE, _("'%s' is no division code of 12 digits"), text);
	*owner_out = code;
	return ERR_OK;
}

const char *
tiersync_version(void)
{
	return TIERSYNC_VERSION_TEXT;
}

enum tiersync_code
tiersync_open(tiersync_store **out, const char *directory, const char *passphrase, struct tiersync_error *error)
{
	const struct env env = env_system();
	const struct view secret = passphrase == NULL ? (struct view){0} : view_text(passphrase);
	struct err_info info = {0};
	tiersync_store *store = calloc(1, sizeof(*store));
	enum err err = store == NULL ? err_nomem(&info) : seal_init(&info);

	if (err == ERR_OK)
		err = node_open(&store->node, directory, 0, secret, &env, &info);
	if (err != ERR_OK) {
		free(store);
		return api_code(err, &info, error);
	}
	store->desk = (struct flow_desk){.node = store->node, .wait_seconds = WAIT_SECONDS};
	*out = store;
	return api_code(ERR_OK, &info, error);
}

void
tiersync_close(tiersync_store *store)
{
	if (store == NULL)
		return;
	node_free(store->node);
	free(store->operator_name);
	free(store->note);
	free(store);
}

const char *
tiersync_node(const tiersync_store *store)
{
	return node_identity_of(store->node)->code.text;
}

enum tiersync_code
tiersync_sit(tiersync_store *store, const struct tiersync_desk *desk, struct tiersync_error *error)
{
	struct err_info info = {0};
	char *operator_name = strdup(desk->operator_name == NULL ? "" : desk->operator_name);
	char *note = strdup(desk->note == NULL ? "" : desk->note);

	if (operator_name == NULL || note == NULL) {
		free(operator_name);
		free(note);
		return api_code(err_nomem(&info), &info, error);
	}
	free(store->operator_name);
	free(store->note);
	store->operator_name = operator_name;
	store->note = note;
	store->desk.operator_name = operator_name;
	store->desk.note = note;
	store->desk.wait_seconds = desk->wait_seconds;
	return api_code(ERR_OK, &info, error);
}
