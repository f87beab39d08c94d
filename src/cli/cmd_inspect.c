#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle/preamble.h"
#include "cli/verbs.h"
#include "envelope/envelope.h"
#include "roster/roster.h"
#include "seal/seal.h"

const struct cli_option cmd_inspect_options[] = {{NULL, NULL, NULL}};

/* Whether the sender's signature is good, as far as the store at hand can tell. */
static const char *
check_signature(struct envelope *envelope, struct node *node, bool *is_good)
{
	const struct envelope_terms *terms = &envelope_manifest(envelope)->terms;
	const struct roster_node *sender =
		node == NULL || node_roster(node) == NULL ? NULL : roster_node_find(node_roster(node), &terms->sender);
	struct err_info why;

	*is_good = false;
	if (node == NULL)
		return _("not checked: no store was named");
	if (sender == NULL)
		return _("not checked: the roster here does not know the sender");
	if (envelope_verify(envelope, &sender->keys.sign, &why) != ERR_OK)
		return _("WRONG: not signed by the sender's key");
	*is_good = true;
	return _("good");
}

static void
print_manifest(struct cli *cli, const struct envelope *envelope, const char *signature)
{
	const struct envelope_manifest *manifest = envelope_manifest(envelope);
	const struct envelope_terms *terms = &manifest->terms;
	struct json_writer *writer = cli_json_begin(cli, "bundle");

	cli_json_string(writer, "from", terms->sender.text);
	cli_json_string(writer, "to", manifest->recipients[0].code.text);
	cli_json_integer(writer, "recipients", (int64_t)manifest->recipient_count);
	cli_json_unsigned(writer, "number", terms->number);
	cli_json_time(writer, "time", terms->time);
	cli_json_digest(writer, "digest", envelope_digest(envelope));
	cli_json_integer(writer, "bytes", (int64_t)manifest->file_bytes);
	cli_json_integer(writer, "manifest_bytes", manifest->manifest_bytes);
	cli_json_integer(writer, "frames", manifest->frame_count);
	cli_json_integer(writer, "statements", (int64_t)terms->statement_count);
	cli_json_string(writer, "signature", signature);
	cli_json_end(cli);
	cli_line(cli, _("bundle %llu from %s to %s%s"), (unsigned long long)terms->number, terms->sender.text,
	         manifest->recipients[0].code.text, manifest->recipient_count > 1 ? " ..." : "");
	cli_line(cli, _("  made       %s by the sender's clock"), cli_time(terms->time));
	cli_line(cli, _("  size       %s, manifest %s, %u frames, %zu statements"), cli_size(manifest->file_bytes),
	         cli_size(manifest->manifest_bytes), manifest->frame_count, terms->statement_count);
	cli_line(cli, _("  signature  %s"), signature);
}

/* What only the recipient can see. */
static enum err
print_inside(struct cli *cli, struct envelope *envelope, struct node *node)
{
	const struct seal_node_key *keys[] = {node_keys(node)};
	struct bundle_preamble preamble = {0};
	enum err err = envelope_decrypt(envelope, &node_identity_of(node)->code, keys, 1, &cli->info);

	if (err != ERR_OK) {
		cli_line(cli, _("  inside     not for this office: %s"), cli->info.text);
		return ERR_OK;
	}
	err = bundle_preamble_read(&preamble, envelope_preamble(envelope), envelope_section_count(envelope),
	                           &cli->info);
	for (size_t i = 0; err == ERR_OK && i < preamble.partition_count; i++) {
		const struct bundle_partition *row = &preamble.partitions[i];
		const struct roster_node *owner = roster_owner(node_roster(node), &row->id);
		struct json_writer *writer = cli_json_begin(cli, "partition");

		cli_json_id(writer, "id", &row->id);
		cli_json_string(writer, "partition", owner == NULL ? "" : owner->code.text);
		cli_json_oid(writer, "head", &row->head);
		cli_json_integer(writer, "bases", (int64_t)row->base_count);
		cli_json_end(cli);
		cli_line(cli, _("  partition  %s up to %s, from %zu bases"),
		         owner == NULL ? "?" : node_label(node, &owner->code), cli_short_oid(&row->head),
		         row->base_count);
	}
	bundle_preamble_release(&preamble);
	return err;
}

enum err
cmd_inspect(struct cli *cli)
{
	struct node *node = NULL;
	struct envelope *envelope = NULL;
	const char *directory = getenv("TMPDIR");
	int fd = -1;
	bool is_good = false;
	enum err err = seal_init(&cli->info);

	if (err == ERR_OK && cli->store != NULL)
		err = cli_open_without_keys(cli, &node);
	if (err == ERR_OK)
		err = cli_open_file(&fd, cli->arguments[0], directory == NULL ? "/tmp" : directory,
		                    LIMIT_BUNDLE_BYTES_MAX, &cli->info);
	if (err == ERR_OK)
		err = envelope_open_fd(&envelope, fd, cli->arguments[0], &cli->info);
	if (err == ERR_OK) {
		const char *signature = check_signature(envelope, node, &is_good);

		print_manifest(cli, envelope, signature);
		if (!is_good && node != NULL && node_roster(node) != NULL &&
		    roster_node_find(node_roster(node), &envelope_manifest(envelope)->terms.sender) != NULL)
			err = err_set(&cli->info, ERR_AUTH, _("%s is not signed by the sender that it names"),
			              cli->arguments[0]);
	}
	if (err == ERR_OK && is_good)
		err = envelope_check_frames(envelope, &cli->info);
	if (err == ERR_OK && is_good && node_keys(node) != NULL)
		err = print_inside(cli, envelope, node);
	envelope_free(envelope);
	if (fd >= 0)
		(void)close(fd);
	node_free(node);
	return err;
}
