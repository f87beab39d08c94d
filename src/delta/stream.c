/* How a delta begins: its head, and the sample with which the coder is primed. */
#include "delta/stream.h"

#include <stdlib.h>
#include <string.h>

#include "schema/set.h"
#include "seal/hash.h"

enum {
	SAMPLE_DIGEST_BYTES = 8,
	INDEX_BITS = 6, /* of a base, and of the number of id bits */
	SIZE_BITS = 5,  /* of the size of a number */
};

_Static_assert(LIMIT_BASES_MAX <= 1 << INDEX_BITS && DELTA_ID_BITS_MAX < 1 << INDEX_BITS, "both fit into the head");

/* a number of the head: nothing is known yet that would tell about it, so its size and its bits */
static uint32_t
head_number(struct delta_stream *stream, uint32_t number, uint32_t max)
{
	unsigned bits = 0;

	while (number >> bits != 0)
		bits++;
	bits = column_plain(stream->column, SIZE_BITS, bits);
	if (bits <= 1)
		return bits;
	number = UINT32_C(1) << (bits - 1) |
	         column_plain(stream->column, bits - 1, number & ((UINT32_C(1) << (bits - 1)) - 1));
	if (number > max)
		column_fail(stream->column, ERR_TOO_BIG, _("the head of a delta says a number past its limit"));
	return number;
}

/* --- the sample --- */

struct sampling {
	struct delta_stream *stream;
	struct seal_hash hash;
	struct err_info *info;
};

static enum err
learn_record(struct delta_stream *stream, struct view plaintext, struct err_info *info)
{
	struct delta_row row = {.type = DELTA_ROW_ADDED};
	struct delta_kind *kind = NULL;
	struct record record;
	enum err err;

	arena_clear(&stream->row.arena);
	err = record_read(&record, &stream->row.arena, plaintext, LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err == ERR_OK)
		err = delta_stream_kind(&kind, stream, record.kind, info);
	if (err == ERR_OK)
		err = delta_changes(&row.writes, &stream->row.arena, NULL, &record, kind->schema, info);
	if (err == ERR_OK)
		err = delta_stream_record(stream, kind, &row, NULL, info);
	return err;
}

static enum err
visit(void *visitor, const struct id *id, struct view plaintext, struct err_info *info)
{
	struct sampling *sampling = visitor;
	uint8_t size[4];

	store_u32(size, (uint32_t)plaintext.size);
	seal_hash_update(&sampling->hash, view_of(id->bytes, ID_BYTES));
	seal_hash_update(&sampling->hash, view_of(size, sizeof(size)));
	seal_hash_update(&sampling->hash, plaintext);
	return learn_record(sampling->stream, plaintext, info);
}

/* Both sides show the coder the first records of a base, and the digest says whether they are the same. */
static enum err
learn_sample(struct delta_stream *stream, uint8_t digest_out[SAMPLE_DIGEST_BYTES], struct err_info *info)
{
	const struct delta_source *source = stream->source;
	struct sampling sampling = {.stream = stream, .info = info};
	struct delta_commit_info base = {0};
	struct digest digest;
	bool is_reading = stream->is_reading;
	enum err err;

	if (source->sample == NULL || source->commit == NULL)
		return err_set(info, ERR_DICTIONARY, "%s", _("a delta is primed with records that are not at hand"));
	err = source->commit(source->context, stream->terms.base, &base, info);
	if (err != ERR_OK)
		return err;
	delta_stream_use_schema(stream, &base);
	seal_hash_init_domain(&sampling.hash, SEAL_DOMAIN_PREAMBLE);
	seal_hash_update(&sampling.hash, view_of(source->partition.bytes, ID_BYTES));
	column_learn(stream->column, true);
	stream->is_reading = false;
	err = source->sample(source->context, stream->terms.base, stream->terms.sample_count, visit, &sampling, info);
	stream->is_reading = is_reading;
	column_learn(stream->column, false);
	seal_hash_final(&digest, &sampling.hash);
	memcpy(digest_out, digest.bytes, SAMPLE_DIGEST_BYTES);
	return err == ERR_OK ? column_state(stream->column, info) : err;
}

/* --- the head --- */

static enum err
check_terms(const struct delta_terms *terms, struct err_info *info)
{
	if (terms->base_count > LIMIT_BASES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta from %zu bases, at most %d are taken"), terms->base_count,
		               LIMIT_BASES_MAX);
	if (terms->commit_count > LIMIT_DELTA_COMMITS_MAX + LIMIT_DELTA_MERGES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta of %zu commits"), terms->commit_count);
	if (terms->commit_count == 0)
		return err_set(info, ERR_FORMAT, "%s", _("a delta without a commit"));
	if (terms->id_bits > DELTA_ID_BITS_MAX || terms->sample_count > DELTA_SAMPLE_MAX ||
	    (terms->base >= terms->base_count && (terms->base > 0 || terms->id_bits > 0 || terms->sample_count > 0)) ||
	    (terms->sample_count > 0 && terms->codec != COLUMN_MIXED))
		return err_set(info, ERR_FORMAT, "%s", _("the head of a delta says what it cannot have"));
	return ERR_OK;
}

static void
head(struct delta_stream *stream, uint8_t digest[SAMPLE_DIGEST_BYTES])
{
	struct delta_terms *terms = &stream->terms;
	struct column *column = stream->column;

	terms->commit_count =
		head_number(stream, (uint32_t)terms->commit_count, LIMIT_DELTA_COMMITS_MAX + LIMIT_DELTA_MERGES_MAX);
	if (terms->base_count == 0)
		return;
	terms->id_bits = column_plain(column, INDEX_BITS, terms->id_bits);
	if (terms->base_count > 1)
		terms->base = column_plain(column, INDEX_BITS, (uint32_t)terms->base);
	if (terms->codec == COLUMN_MIXED)
		terms->sample_count = head_number(stream, (uint32_t)terms->sample_count, DELTA_SAMPLE_MAX);
	if (terms->sample_count > 0)
		column_raw(column, digest, SAMPLE_DIGEST_BYTES);
}

static enum err
start_writing(struct delta_stream *stream, struct err_info *info)
{
	uint8_t digest[SAMPLE_DIGEST_BYTES] = {0};
	enum err err = check_terms(&stream->terms, info);

	if (err == ERR_OK && stream->terms.sample_count > 0)
		err = learn_sample(stream, digest, info);
	if (err == ERR_OK)
		head(stream, digest);
	return err;
}

static enum err
start_reading(struct delta_stream *stream, struct view section, struct err_info *info)
{
	uint8_t said[SAMPLE_DIGEST_BYTES] = {0};
	uint8_t digest[SAMPLE_DIGEST_BYTES] = {0};
	enum err err = column_read(stream->column, section, info);

	if (err != ERR_OK)
		return err;
	head(stream, said);
	err = column_state(stream->column, info);
	if (err == ERR_OK)
		err = check_terms(&stream->terms, info);
	if (err == ERR_OK && stream->terms.sample_count > 0)
		err = learn_sample(stream, digest, info);
	if (err == ERR_OK && memcmp(said, digest, sizeof(said)) != 0)
		err = err_set(info, ERR_DICTIONARY, "%s",
		              _("a delta is primed with records that are not the ones held here"));
	return err;
}

/* --- what the bases say --- */

enum err
delta_stream_add_context(struct delta_stream *stream, const struct delta_context *context, struct err_info *info)
{
	if (stream->context_count == LIMIT_DELTA_TABLE_MAX)
		return err_set(info, ERR_TOO_BIG, _("the edits of a delta have more than %d contexts"),
		               LIMIT_DELTA_TABLE_MAX);
	if (stream->context_count == stream->context_capacity) {
		size_t capacity = stream->context_capacity == 0 ? 4 : stream->context_capacity * 2;
		struct delta_context *contexts = realloc(stream->contexts, capacity * sizeof(*contexts));

		if (contexts == NULL)
			return err_nomem(info);
		stream->contexts = contexts;
		stream->context_capacity = capacity;
	}
	memcpy(&stream->contexts[stream->context_count++], context, sizeof(*context));
	return ERR_OK;
}

void
delta_context_of(struct delta_context *out, const struct delta_commit_info *edit)
{
	memset(out, 0, sizeof(*out));
	(void)node_code_read(&out->signer.node, view_text(edit->node.text)); /* zero-filled behind its end */
	out->signer.level = edit->level;
	out->schema.number = edit->schema_version;
	out->schema.digest = edit->schema_digest;
	out->epoch.number = edit->epoch;
	out->epoch.digest = edit->epoch_digest;
	out->rules = edit->rules;
	out->roster.count = edit->roster_count;
	for (size_t i = 0; i < edit->roster_count; i++) {
		struct delta_roster_reference *reference = &out->roster.references[i];

		(void)node_code_read(&reference->issuer, view_text(edit->roster[i].issuer.text));
		reference->number = edit->roster[i].number;
		memcpy(reference->digest, edit->roster[i].digest, sizeof(reference->digest));
	}
}

static enum err
learn_bases(struct delta_stream *stream, struct err_info *info)
{
	const struct delta_source *source = stream->source;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && source->commit != NULL && i < stream->terms.base_count; i++) {
		struct delta_commit_info base = {0};
		struct delta_context context;

		err = source->commit(source->context, i, &base, info);
		if (err != ERR_OK)
			break;
		if (i == stream->terms.base)
			stream->time = base.time;
		if (base.is_merge)
			continue;
		delta_context_of(&context, &base);
		err = delta_stream_add_context(stream, &context, info);
	}
	return err;
}

/* --- life --- */

enum err
delta_stream_new(struct delta_stream **out, const struct delta_terms *terms, const struct delta_source *source,
                 const struct view *section, struct err_info *info)
{
	static const struct delta_source NOTHING;
	struct delta_stream *stream = calloc(1, sizeof(*stream));
	enum err err;

	if (stream == NULL)
		return err_nomem(info);
	stream->terms = *terms;
	stream->source = source == NULL ? &NOTHING : source;
	stream->is_reading = section != NULL;
	err = column_new(&stream->column, terms->codec, info);
	if (err == ERR_OK)
		err = section != NULL ? start_reading(stream, *section, info) : start_writing(stream, info);
	if (err == ERR_OK)
		err = learn_bases(stream, info);
	if (err != ERR_OK) {
		delta_stream_free(stream);
		return err;
	}
	*out = stream;
	return ERR_OK;
}

static void
fields_release(struct delta_fields *fields)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (fields->items[i].members != NULL)
			fields_release(fields->items[i].members);
		free(fields->items[i].members);
	}
	free(fields->items);
}

void
delta_stream_free(struct delta_stream *stream)
{
	if (stream == NULL)
		return;
	column_free(stream->column);
	for (size_t i = 0; i < stream->kind_count; i++)
		fields_release(&stream->kinds[i].fields);
	free(stream->kinds);
	free(stream->contexts);
	free(stream->added);
	table_release(&stream->added_index);
	arena_release(&stream->arena);
	arena_release(&stream->commit_arena);
	delta_row_memory_release(&stream->row);
	free(stream);
}
