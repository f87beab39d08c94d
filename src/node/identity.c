/* The identity file of node.git: who this store is. */
#include <stdio.h>
#include <string.h>

#include "node/internal.h"
#include "statement/lines.h"

static const char TYPE[] = "node";

enum err
node_identity_write(struct bytes *out, const struct node_identity *identity, struct err_info *info)
{
	struct statement_writer writer;
	char incarnation[2 * sizeof(identity->incarnation) + 1];

	hex_write(incarnation, view_of(identity->incarnation, sizeof(identity->incarnation)));
	statement_writer_init(&writer, out, TYPE, info);
	statement_put_code(&writer, "code", &identity->code);
	statement_put_level(&writer, "level", identity->level);
	statement_put_text(&writer, "name", view_text(identity->name), LIMIT_NAME_BYTES_MAX);
	statement_put_id(&writer, "partition", &identity->partition);
	statement_put_words(&writer, "incarnation", "%s", incarnation);
	statement_put_bool(&writer, "is-root", identity->is_root);
	statement_put_bool(&writer, "accepted", identity->is_accepted);
	statement_put_bool(&writer, "root-confirmed", identity->is_root_confirmed);
	statement_put_digest(&writer, "root", &identity->root);
	if (identity->is_awaited)
		statement_put_bool(&writer, "awaited", true);
	return statement_writer_end(&writer);
}

enum err
node_identity_read(struct node_identity *out, struct view text, struct err_info *info)
{
	struct node_identity identity = {0};
	struct statement_reader reader;
	struct view value;
	enum err err;

	statement_reader_init(&reader, text, TYPE, info);
	identity.code = statement_get_code(&reader, "code");
	identity.level = statement_get_level(&reader, "level");
	value = statement_get_text(&reader, "name", LIMIT_NAME_BYTES_MAX);
	if (value.size > 0)
		memcpy(identity.name, value.data, value.size);
	identity.partition = statement_get_id(&reader, "partition");
	value = statement_get(&reader, "incarnation");
	if (!hex_read(identity.incarnation, sizeof(identity.incarnation), value))
		statement_reader_fail(&reader, "incarnation");
	identity.is_root = statement_get_bool(&reader, "is-root");
	identity.is_accepted = statement_get_bool(&reader, "accepted");
	identity.is_root_confirmed = statement_get_bool(&reader, "root-confirmed");
	identity.root = statement_get_digest(&reader, "root");
	if (statement_reader_has(&reader, "awaited"))
		identity.is_awaited = statement_get_bool(&reader, "awaited");
	err = statement_reader_end(&reader);
	if (err == ERR_OK)
		*out = identity;
	return err;
}

enum err
node_identity_put(struct node *node, const struct node_identity *identity, struct err_info *info)
{
	struct bytes text = {0};
	enum err err = node_identity_write(&text, identity, info);

	if (err == ERR_OK)
		err = node_file_put(node, "identity", bytes_view(&text), info);
	if (err == ERR_OK)
		node->identity = *identity;
	bytes_release(&text);
	return err;
}
