#include "authority/authority.h"

#include <stdio.h>
#include <string.h>

#include "codec/codec.h"
#include "roster/roster.h"
#include "statement/lines.h"

enum {
	SECONDS_PER_DAY = 86400,
	CHINA_SECONDS_EAST = 28800
};

/* The signer as the roster state names it, and how it stands to the partition's owner. */
struct signer {
	struct node_code code;
	uint8_t level;
	struct view department; /* behind the dot; empty: the civil-affairs office */
	bool is_owner;
	bool is_above;
	bool has_words; /* the roster speaks of this office's rights somewhere */
};

static enum err
look_up(struct signer *out, const struct authority_question *question, struct err_info *info)
{
	struct roster_signer found;
	const char *dot = strchr(question->signer.text, '.');
	enum err err = roster_at(&found, question->roster, &question->signer, question->version, info);

	if (err != ERR_OK)
		return err;
	*out = (struct signer){.code = question->signer, .level = found.level};
	if (dot != NULL)
		out->department = view_text(dot + 1);
	out->is_owner = node_code_is_owner(&question->signer, &question->owner);
	out->is_above = roster_is_superior(question->roster, &question->signer, &question->owner);
	out->has_words = roster_has_words(question->roster, &question->signer);
	return ERR_OK;
}

static bool
is_named(const struct schema_field *field, const struct signer *signer)
{
	for (size_t i = 0; i < field->writer_count; i++) {
		const struct schema_writer *writer = &field->writers[i];

		if (writer->level == signer->level && view_equal(writer->department, signer->department))
			return true;
	}
	return false;
}

static enum err
refuse(const struct authority_question *question, const struct schema_field *field, struct err_info *info)
{
	struct bytes who = {0};
	enum err err;

	if (field == NULL)
		return err_set(info, ERR_RIGHT,
		               _("%s may not add or remove records of kind %.*s in the partition of %s"),
		               question->signer.text, (int)question->kind->name.size,
		               (const char *)question->kind->name.data, question->owner.text);
	err = authority_describe(&who, field, info);
	if (err == ERR_OK)
		err = err_set(info, ERR_RIGHT, _("field %.*s (%.*s) may be written by %s, not by %s"),
		              (int)field->name.size, (const char *)field->name.data, (int)field->title.zh.size,
		              (const char *)field->title.zh.data, bytes_text(&who), question->signer.text);
	bytes_release(&who);
	return err;
}

/* One write, for the limits of delegations. */
struct limited {
	const struct record *record;
	const struct delta_write *write;
	bool is_over; /* a delegation covered the write but for its limit */
};

static bool
read_integer(int64_t *out, struct view value)
{
	struct codec_reader reader = codec_reader_of(value);

	return codec_peek_type(&reader) == CODEC_INTEGER && codec_read_int(out, &reader, NULL) == ERR_OK;
}

static struct view
value_of(const struct delta_write *write)
{
	if (write->act == DELTA_SET)
		return write->value;
	return write->path.type == RECORD_ELEMENT && write->act == DELTA_ADD ? write->path.key : (struct view){0};
}

/* An integer past 2^63 - 1 cannot be read here and is over every limit. */
static bool
is_within(void *context, uint32_t amount_field, uint64_t amount_max)
{
	struct limited *limited = context;
	struct view value = value_of(limited->write);
	struct codec_reader reader = codec_reader_of(value);
	bool is_good;
	int64_t amount = 0;

	if (amount_field == 0)
		is_good = value.size == 0 || codec_peek_type(&reader) != CODEC_INTEGER ||
		          (read_integer(&amount, value) && (amount < 0 || (uint64_t)amount <= amount_max));
	else
		is_good = limited->record != NULL && read_integer(&amount, record_get(limited->record, amount_field)) &&
		          (amount < 0 || (uint64_t)amount <= amount_max);
	limited->is_over = limited->is_over || !is_good;
	return is_good;
}

/* What concerns persons may lie neither where all offices below read it, nor among other things. */
static enum err
refuse_place(const struct authority_question *question, struct err_info *info)
{
	if (question->kind->is_roll)
		return err_set(
			info, ERR_RIGHT,
			_("kind %.*s is a roll: it belongs into a hub's partition of rolls (--partition rolls), not "
		          "into the partition of %s"),
			(int)question->kind->name.size, (const char *)question->kind->name.data, question->owner.text);
	return err_set(info, ERR_RIGHT, _("kind %.*s is no roll: only rolls belong into the partition of %s"),
	               (int)question->kind->name.size, (const char *)question->kind->name.data, question->owner.text);
}

/* A word of the roster comes before the schema's default; a field that nobody knows belongs to the owner and above. */
static enum err
check_write(const struct authority_question *question, const struct signer *signer, const struct delta_write *write,
            struct err_info *info)
{
	uint32_t number = write->path.type == RECORD_EXISTENCE ? STATEMENT_FIELD_EXISTENCE : write->path.field;
	const struct schema_field *field =
		number == STATEMENT_FIELD_EXISTENCE ? NULL : schema_field_by_number(&question->kind->object, number);
	struct limited limited = {question->record, write, false};
	const struct roster_question asked = {
		.node = signer->code,
		.kind = question->kind->name,
		.field = number,
		.day = (question->time + CHINA_SECONDS_EAST) / SECONDS_PER_DAY,
		.version = question->version,
		.is_within = is_within,
		.context = &limited,
	};
	enum roster_word word = signer->has_words ? roster_word_on(question->roster, &asked) : ROSTER_WORD_NONE;
	bool is_allowed = word == ROSTER_WORD_DELEGATED;
	enum err err;

	if (word == ROSTER_WORD_NONE && field != NULL && field->has_authority)
		is_allowed = is_named(field, signer);
	else if (word == ROSTER_WORD_NONE)
		is_allowed = signer->is_owner || signer->is_above;
	if (is_allowed)
		return ERR_OK;
	err = refuse(question, field, info);
	if (err == ERR_RIGHT && limited.is_over)
		err = err_in(info, err, "%s", _("over the limit of a delegation"));
	return err;
}

/* Whether the next write is judged like the one before: the same field, and no limit can tell them apart. */
static bool
is_same(const struct delta_write *write, const struct delta_write *before)
{
	return before != NULL && before->path.type == write->path.type && before->path.field == write->path.field &&
	       view_equal(value_of(before), value_of(write));
}

/* What is asked once, whatever is written. */
static enum err
begin(struct signer *out, const struct authority_question *question, struct err_info *info)
{
	enum err err = look_up(out, question, info);

	if (err == ERR_OK && !out->is_owner && !out->is_above)
		err = err_set(info, ERR_RIGHT, _("%s neither owns the partition of %s nor is above it"),
		              question->signer.text, question->owner.text);
	if (err == ERR_OK && question->kind->is_roll != node_code_is_rolls(&question->owner, NULL))
		err = refuse_place(question, info);
	return err;
}

/* Without a word of the roster a field's own line decides, or it is the owner's and those above. */
static bool
may_write(const struct schema_field *field, const struct signer *signer)
{
	return field == NULL || !field->has_authority || is_named(field, signer);
}

static bool
is_plainly_right(const struct authority_question *question, const struct signer *signer,
                 const struct delta_write *write)
{
	return !signer->has_words &&
	       (write->path.type == RECORD_EXISTENCE ||
	        may_write(schema_field_by_number(&question->kind->object, write->path.field), signer));
}

static enum err
check_all(const struct authority_question *question, const struct signer *signer, const struct delta_writes *writes,
          struct err_info *info)
{
	const struct delta_write *before = NULL;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < writes->count; i++) {
		const struct delta_write *write = &writes->items[i];

		if (write->path.type == RECORD_BUILT_IN || write->path.is_drop || is_same(write, before) ||
		    is_plainly_right(question, signer, write))
			continue;
		err = check_write(question, signer, write, info);
		before = write;
	}
	return err;
}

enum err
authority_check(const struct authority_question *question, const struct delta_writes *writes, struct err_info *info)
{
	struct signer signer;
	enum err err = begin(&signer, question, info);

	return err == ERR_OK ? check_all(question, &signer, writes, info) : err;
}

enum err
authority_check_added(const struct authority_question *question, struct arena *arena, struct err_info *info)
{
	const struct record *record = question->record;
	struct delta_writes writes = {0};
	struct signer signer;
	bool is_clear;
	enum err err = begin(&signer, question, info);

	if (err != ERR_OK)
		return err;
	is_clear = !signer.has_words;
	for (size_t i = 0; is_clear && i < record->field_count; i++)
		is_clear =
			may_write(schema_field_by_number(&question->kind->object, record->fields[i].number), &signer);
	if (is_clear)
		return ERR_OK;
	err = delta_changes(&writes, arena, NULL, record, question->kind, info);
	return err == ERR_OK ? check_all(question, &signer, &writes, info) : err;
}

enum err
authority_describe(struct bytes *out, const struct schema_field *field, struct err_info *info)
{
	enum err err = ERR_OK;

	if (!field->has_authority)
		return bytes_append_text(out, _("the owner and the offices above it"), info);
	for (size_t i = 0; err == ERR_OK && i < field->writer_count; i++) {
		const struct schema_writer *writer = &field->writers[i];
		const char *level = statement_level_name(writer->level);

		err = bytes_printf(out, info, "%s%s%s%.*s", i == 0 ? "" : ", ", level == NULL ? "?" : level,
		                   writer->department.size > 0 ? "." : "", (int)writer->department.size,
		                   (const char *)writer->department.data);
	}
	return err;
}
