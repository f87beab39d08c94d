#include "cli/taken.h"

static const char *
outcome_word(const struct flow_taken_partition *row)
{
	if (row->outcome == RECEIPT_TAKEN && row->place == INTAKE_DIVERGED)
		return "waiting";
	return receipt_outcome_name(row->outcome);
}

static void
json_partition(struct cli *cli, const struct flow_taken_partition *row)
{
	struct json_writer *writer = cli_json_begin(cli, "partition");

	cli_json_string(writer, "partition", row->owner.text);
	cli_json_id(writer, "id", &row->id);
	cli_json_string(writer, "result", outcome_word(row));
	if (row->reason[0] != '\0')
		cli_json_string(writer, "reason", row->reason);
	if (row->why[0] != '\0')
		cli_json_string(writer, "text", row->why);
	cli_json_integer(writer, "edits", (int64_t)row->edits);
	cli_json_integer(writer, "added", (int64_t)row->added);
	cli_json_integer(writer, "changed", (int64_t)row->changed);
	cli_json_integer(writer, "removed", (int64_t)row->removed);
	cli_json_bool(writer, "merged", row->is_merged);
	cli_json_integer(writer, "corrected", (int64_t)row->voided);
	cli_json_integer(writer, "conflicts", (int64_t)row->conflicts);
	if (row->voided > 0) /* a correction of our own is on top */
		cli_json_made(cli, writer, "head", view_of(row->head.bytes, OID_BYTES));
	else
		cli_json_oid(writer, "head", &row->head);
	if (row->waiting_number > 0)
		cli_json_integer(writer, "held", (int64_t)row->waiting_number);
	cli_json_end(cli);
}

static void
print_partition(struct cli *cli, struct node *node, const struct flow_taken_partition *row)
{
	bool has_head = !cli->dry_run || row->voided == 0;
	const char *label = row->owner.text[0] == '\0' ? _("an unknown partition") : node_label(node, &row->owner);

	if (row->outcome == RECEIPT_REFUSED)
		cli_line(cli, _("  %s: refused, %s: %s"), label, row->reason, cli_safe(row->why));
	else if (row->outcome == RECEIPT_HELD)
		cli_line(cli, _("  %s: held under number %llu: %s"), label, (unsigned long long)row->waiting_number,
		         cli_safe(row->why));
	else if (row->outcome != RECEIPT_TAKEN)
		cli_line(cli, _("  %s: not taken: %s; nothing is lost, the receipt asks for it anew"), label,
		         cli_safe(row->why));
	else if (row->place == INTAKE_NOTHING)
		cli_line(cli, _("  %s: nothing new"), label);
	else if (row->place == INTAKE_DIVERGED)
		cli_line(cli,
		         _("  %s: %llu edits taken; both sides have edits that the other lacks: cannot merge yet, both "
		           "heads are kept"),
		         label, (unsigned long long)row->edits);
	else
		cli_line(cli, _("  %s: %llu edits; %llu added, %llu changed, %llu removed%s%s"), label,
		         (unsigned long long)row->edits, (unsigned long long)row->added,
		         (unsigned long long)row->changed, (unsigned long long)row->removed,
		         has_head ? _("; head ") : "", has_head ? cli_short_oid(&row->head) : "");
	if (row->outcome != RECEIPT_TAKEN || row->place != INTAKE_FORWARD)
		return;
	if (row->is_merged && row->conflicts <= row->conflicts_old)
		cli_line(cli, _("    merged with what was written here: no new conflict"));
	else if (row->conflicts > row->conflicts_old)
		cli_line(cli, _("    %s%llu records with new conflicts; see: tiersync conflicts"),
		         row->is_merged ? _("merged with what was written here: ") : "",
		         (unsigned long long)(row->conflicts - row->conflicts_old));
	if (row->voided > 0)
		cli_line(cli,
		         _("    corrected: %llu writes without the right, or against their schema, count for nothing"),
		         (unsigned long long)row->voided);
}

void
cli_print_left_out(struct cli *cli, struct node *node, const struct flow_sent *sent)
{
	for (size_t i = 0; i < sent->left_out_count; i++) {
		const struct flow_left_out *left = &sent->left_out[i];

		cli_left_out(cli, node, &left->owner, &left->why, _("the other partitions go"));
	}
}

void
cli_print_taken(struct cli *cli, struct node *node, const char *file, const struct flow_taken *taken)
{
	struct json_writer *writer;

	for (size_t i = 0; cli->json && i < taken->partition_count; i++)
		json_partition(cli, &taken->partitions[i]);
	writer = cli_json_begin(cli, "taken");
	cli_json_string(writer, "file", file);
	cli_json_string(writer, "from", taken->sender.text);
	cli_json_unsigned(writer, "number", taken->number);
	cli_json_integer(writer, "bytes", (int64_t)taken->bytes);
	cli_json_digest(writer, "digest", &taken->digest);
	cli_json_bool(writer, "again", taken->was_taken);
	cli_json_bool(writer, "rewound", taken->is_rewound);
	cli_json_integer(writer, "days_ahead", taken->days_ahead);
	cli_json_integer(writer, "statements", (int64_t)taken->statements);
	cli_json_integer(writer, "schema_sets", (int64_t)taken->schema_sets);
	cli_json_epochs(writer, &taken->epochs);
	cli_json_integer(writer, "confirmed", (int64_t)taken->confirmed);
	cli_json_end(cli);
	cli_line(cli, _("bundle %llu from %s, %s%s"), (unsigned long long)taken->number,
	         node_label(node, &taken->sender), cli_size(taken->bytes),
	         taken->was_taken ? _(": taken before, nothing to do") : "");
	for (size_t i = 0; i < taken->partition_count; i++)
		print_partition(cli, node, &taken->partitions[i]);
	if (taken->is_rewound)
		cli_note(cli,
		         _("note: %s numbers its bundles anew or goes back: a restored backup or a copied disk; "
		           "nothing is lost, but ask there"),
		         node_label(node, &taken->sender));
	if (taken->days_ahead > 0)
		cli_note(cli,
		         _("note: the clock of %s is %lld days ahead of ours: one of the two is wrong and should be "
		           "set; "
		           "nothing is decided by it"),
		         node_label(node, &taken->sender), (long long)taken->days_ahead);
	if (taken->evidence > 0)
		cli_note(cli, _("note: %zu statements contradict others of the same number: see tiersync roster list"),
		         taken->evidence);
	if (taken->epochs.opened > 0)
		cli_line(cli, _("  a key ended: %zu new key epochs, closed to it"), taken->epochs.opened);
	cli_print_still_due(cli, &taken->epochs);
	if (taken->refused_there > 0)
		cli_note(cli, _("note: %s holds back or refused %zu of what we sent; its receipt says why"),
		         node_label(node, &taken->sender), taken->refused_there);
}

void
cli_json_epochs(struct json_writer *writer, const struct flow_renewed *epochs)
{
	cli_json_integer(writer, "epochs", (int64_t)epochs->opened);
	cli_json_integer(writer, "epochs_due", (int64_t)epochs->still_due);
}

void
cli_print_still_due(struct cli *cli, const struct flow_renewed *epochs)
{
	if (epochs->still_due == 0)
		return;
	cli_note(cli,
	         _("not closed   %zu partitions cannot be opened and stay open to that key: look at: tiersync audit; "
	           "it is "
	           "done with the first bundle after they are mended"),
	         epochs->still_due);
	if (cli->exit_code == 0)
		cli->exit_code = err_exit_code(ERR_PART);
}
