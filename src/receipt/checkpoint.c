#include "receipt/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "receipt/internal.h"

static const char TYPE[] = "checkpoint";
static const char NIGHT_TYPE[] = "night";
static const char STATE_WORD[] = "lth16-b2:";

static bool
is_none(const struct digest *digest)
{
	static const struct digest none;

	return digest_equal(digest, &none);
}

/* number from 1, and number 1 alone has nothing before it */
static bool
is_chain(uint32_t number, const struct digest *previous)
{
	return number > 0 && (number == 1) == is_none(previous);
}

enum err
checkpoint_write(struct bytes *out, const struct checkpoint *checkpoint, struct err_info *info)
{
	char state[2 * DIGEST_BYTES + 1];
	struct statement_writer writer;
	struct bytes text = {0};
	enum err err;

	if (!is_chain(checkpoint->number, &checkpoint->previous) || checkpoint->tip_count == 0 ||
	    !receipt_oids_are_set(checkpoint->tips, checkpoint->tip_count))
		return err_set(info, ERR_RULE,
		               _("a checkpoint needs a number with the digest before it, and tips that ascend"));
	statement_writer_init(&writer, &text, TYPE, info);
	statement_put_code(&writer, "node", &checkpoint->node);
	statement_put_id(&writer, "partition", &checkpoint->partition);
	statement_put_number(&writer, "number", checkpoint->number);
	if (checkpoint->number > 1)
		statement_put_digest(&writer, "previous", &checkpoint->previous);
	statement_put_time(&writer, "time", checkpoint->time);
	statement_put_oid(&writer, "head", &checkpoint->head);
	hex_write(state, view_of(checkpoint->state.bytes, DIGEST_BYTES));
	statement_put_words(&writer, "state", "%s%s", STATE_WORD, state);
	for (size_t i = 0; i < checkpoint->tip_count; i++)
		statement_put_oid(&writer, "tip", &checkpoint->tips[i]);
	err = statement_writer_end(&writer);
	if (err == ERR_OK)
		err = bytes_append_view(out, bytes_view(&text), info);
	bytes_release(&text);
	return err;
}

void
checkpoint_release(struct checkpoint *checkpoint)
{
	arena_release(&checkpoint->arena);
	*checkpoint = (struct checkpoint){.number = 0};
}

static void
get_state(struct statement_reader *reader, struct digest *out)
{
	const size_t size = sizeof(STATE_WORD) - 1;
	struct view value = statement_get(reader, "state");

	if (value.size <= size || memcmp(value.data, STATE_WORD, size) != 0 ||
	    !hex_read(out->bytes, DIGEST_BYTES, view_of(value.data + size, value.size - size)))
		statement_reader_fail(reader, "state");
}

static void
get_tips(struct statement_reader *reader, struct checkpoint *out)
{
	out->tips = arena_get(&out->arena, LIMIT_RECEIPT_TIPS_MAX * sizeof(*out->tips));
	if (out->tips == NULL && reader->err == ERR_OK)
		reader->err = err_nomem(reader->info);
	while (statement_reader_has(reader, "tip") && out->tip_count < LIMIT_RECEIPT_TIPS_MAX)
		out->tips[out->tip_count++] = statement_get_oid(reader, "tip");
}

/* `rebuilt_err` is what writing gave: a text that cannot be written was not read rightly. */
static enum err
check_rebuilt(enum err rebuilt_err, struct view text, struct bytes *rebuilt, const char *type, struct err_info *info)
{
	if (rebuilt_err == ERR_OK)
		return statement_lines_same(text, bytes_view(rebuilt), type, info);
	if (rebuilt_err == ERR_RULE)
		return err_in(info, ERR_FORMAT, _("not a checkpoint"));
	return rebuilt_err;
}

enum err
checkpoint_read(struct checkpoint *out, struct view text, struct err_info *info)
{
	struct checkpoint checkpoint = {.number = 0};
	struct statement_reader reader;
	struct bytes rebuilt = {0};
	enum err err;

	statement_reader_init(&reader, text, TYPE, info);
	checkpoint.node = statement_get_code(&reader, "node");
	checkpoint.partition = statement_get_id(&reader, "partition");
	checkpoint.number = (uint32_t)statement_get_number(&reader, "number", UINT32_MAX);
	if (statement_reader_has(&reader, "previous"))
		checkpoint.previous = statement_get_digest(&reader, "previous");
	checkpoint.time = statement_get_time(&reader, "time");
	checkpoint.head = statement_get_oid(&reader, "head");
	get_state(&reader, &checkpoint.state);
	get_tips(&reader, &checkpoint);
	err = statement_reader_end(&reader);
	if (err == ERR_OK)
		err = check_rebuilt(checkpoint_write(&rebuilt, &checkpoint, info), text, &rebuilt, TYPE, info);
	if (err == ERR_OK) {
		*out = checkpoint;
		checkpoint = (struct checkpoint){.number = 0};
	}
	bytes_release(&rebuilt);
	checkpoint_release(&checkpoint);
	return err;
}

static enum err
make(struct bytes *out, struct view text, const struct seal_node_key *key, struct err_info *info)
{
	struct statement_signed signed_text;
	enum err err = statement_sign(&signed_text, key, SEAL_NAMESPACE_CHECKPOINT, text, info);

	return err == ERR_OK ? statement_join(out, &signed_text, SEAL_NAMESPACE_CHECKPOINT, info) : err;
}

enum err
checkpoint_make(struct bytes *out, const struct checkpoint *checkpoint, const struct seal_node_key *key,
                struct err_info *info)
{
	struct bytes text = {0};
	enum err err = checkpoint_write(&text, checkpoint, info);

	if (err == ERR_OK)
		err = make(out, bytes_view(&text), key, info);
	bytes_release(&text);
	return err;
}

static enum err
not_following(const char *node, uint32_t number, struct err_info *info)
{
	return err_set(info, ERR_AUTH, _("checkpoint %u of node %s does not follow the one before it"),
	               (unsigned)number, node);
}

enum err
checkpoint_follows(const struct checkpoint *next, struct view text, struct err_info *info)
{
	struct checkpoint before = {.number = 0};
	struct digest digest;
	enum err err = checkpoint_read(&before, text, info);

	if (err != ERR_OK)
		return err;
	statement_digest(&digest, text);
	if (memcmp(next->node.text, before.node.text, NODE_CODE_BYTES) != 0 ||
	    !id_equal(&next->partition, &before.partition) || before.number == UINT32_MAX ||
	    next->number != before.number + 1 || !digest_equal(&next->previous, &digest))
		err = not_following(next->node.text, next->number, info);
	checkpoint_release(&before);
	return err;
}

static int
compare_rows(const void *a, const void *b)
{
	return memcmp(((const struct checkpoint_row *)a)->partition.bytes,
	              ((const struct checkpoint_row *)b)->partition.bytes, ID_BYTES);
}

void
checkpoint_rows_digest(struct digest *out, struct checkpoint_row *rows, size_t count)
{
	struct seal_hash hash;

	if (count > 0)
		qsort(rows, count, sizeof(*rows), compare_rows);
	seal_hash_init(&hash);
	for (size_t i = 0; i < count; i++) {
		seal_hash_update(&hash, view_of(rows[i].partition.bytes, ID_BYTES));
		seal_hash_update(&hash, view_of(rows[i].digest.bytes, DIGEST_BYTES));
	}
	seal_hash_final(out, &hash);
}

enum err
checkpoint_night_write(struct bytes *out, const struct checkpoint_night *night, struct err_info *info)
{
	struct statement_writer writer;
	struct bytes text = {0};
	enum err err;

	if (!is_chain(night->number, &night->previous) || night->roster_count > LIMIT_LEVELS_MAX)
		return err_set(info, ERR_RULE, _("a nightly line needs a number with the digest before it"));
	for (size_t i = 0; i < night->roster_count; i++) {
		if (night->roster[i].number == 0)
			return err_set(info, ERR_RULE, _("a nightly line names statements from number 1 on"));
	}
	statement_writer_init(&writer, &text, NIGHT_TYPE, info);
	statement_put_code(&writer, "node", &night->node);
	statement_put_number(&writer, "number", night->number);
	if (night->number > 1)
		statement_put_digest(&writer, "previous", &night->previous);
	statement_put_time(&writer, "time", night->time);
	statement_put_number(&writer, "count", night->count);
	statement_put_digest(&writer, "rows", &night->rows);
	for (size_t i = 0; i < night->roster_count; i++)
		statement_put_reference(&writer, "roster", &night->roster[i]);
	err = statement_writer_end(&writer);
	if (err == ERR_OK)
		err = bytes_append_view(out, bytes_view(&text), info);
	bytes_release(&text);
	return err;
}

enum err
checkpoint_night_read(struct checkpoint_night *out, struct view text, struct err_info *info)
{
	struct checkpoint_night night = {.number = 0};
	struct statement_reader reader;
	struct bytes rebuilt = {0};
	enum err err;

	statement_reader_init(&reader, text, NIGHT_TYPE, info);
	night.node = statement_get_code(&reader, "node");
	night.number = (uint32_t)statement_get_number(&reader, "number", UINT32_MAX);
	if (statement_reader_has(&reader, "previous"))
		night.previous = statement_get_digest(&reader, "previous");
	night.time = statement_get_time(&reader, "time");
	night.count = (uint32_t)statement_get_number(&reader, "count", UINT32_MAX);
	night.rows = statement_get_digest(&reader, "rows");
	while (statement_reader_has(&reader, "roster") && night.roster_count < LIMIT_LEVELS_MAX)
		night.roster[night.roster_count++] = statement_get_reference(&reader, "roster");
	err = statement_reader_end(&reader);
	if (err == ERR_OK)
		err = check_rebuilt(checkpoint_night_write(&rebuilt, &night, info), text, &rebuilt, NIGHT_TYPE, info);
	if (err == ERR_OK)
		*out = night;
	bytes_release(&rebuilt);
	return err;
}

enum err
checkpoint_night_make(struct bytes *out, const struct checkpoint_night *night, const struct seal_node_key *key,
                      struct err_info *info)
{
	struct bytes text = {0};
	enum err err = checkpoint_night_write(&text, night, info);

	if (err == ERR_OK)
		err = make(out, bytes_view(&text), key, info);
	bytes_release(&text);
	return err;
}

enum err
checkpoint_night_follows(const struct checkpoint_night *next, struct view text, struct err_info *info)
{
	struct checkpoint_night before;
	struct digest digest;
	enum err err = checkpoint_night_read(&before, text, info);

	if (err != ERR_OK)
		return err;
	statement_digest(&digest, text);
	if (memcmp(next->node.text, before.node.text, NODE_CODE_BYTES) != 0 || before.number == UINT32_MAX ||
	    next->number != before.number + 1 || !digest_equal(&next->previous, &digest))
		return not_following(next->node.text, next->number, info);
	return ERR_OK;
}
