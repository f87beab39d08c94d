#include "authority/authority.h"

#include <stdio.h>
#include <string.h>

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
	out->is_owner = strcmp(question->signer.text, question->owner.text) == 0;
	out->is_above = roster_is_superior(question->roster, &question->signer, &question->owner);
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

/* A word of the roster comes before the schema's default; a field that nobody knows belongs to the owner and above. */
static enum err
check_field(const struct authority_question *question, const struct signer *signer, uint32_t number,
            const struct schema_field *field, struct err_info *info)
{
	struct roster_question asked = {
		.node = signer->code,
		.kind = question->kind->name,
		.field = number,
		.day = (question->time + CHINA_SECONDS_EAST) / SECONDS_PER_DAY,
		.version = question->version,
	};
	enum roster_word word = roster_word_on(question->roster, &asked, NULL);

	if (word == ROSTER_WORD_DELEGATED)
		return ERR_OK;
	if (word == ROSTER_WORD_WITHDRAWN)
		return refuse(question, field, info);
	if (field != NULL && field->has_authority)
		return is_named(field, signer) ? ERR_OK : refuse(question, field, info);
	return signer->is_owner || signer->is_above ? ERR_OK : refuse(question, field, info);
}

enum err
authority_check(const struct authority_question *question, const struct delta_writes *writes, struct err_info *info)
{
	struct signer signer;
	uint32_t last = UINT32_MAX;
	enum err err = look_up(&signer, question, info);

	if (err == ERR_OK && !signer.is_owner && !signer.is_above)
		err = err_set(info, ERR_RIGHT, _("%s neither owns the partition of %s nor is above it"),
		              question->signer.text, question->owner.text);
	for (size_t i = 0; err == ERR_OK && i < writes->count; i++) {
		const struct record_path *path = &writes->items[i].path;
		uint32_t number = path->type == RECORD_EXISTENCE ? STATEMENT_FIELD_EXISTENCE : path->field;

		if (path->type == RECORD_BUILT_IN || number == last) /* judged with the field before it */
			continue;
		last = number;
		err = check_field(question, &signer, number,
		                  number == STATEMENT_FIELD_EXISTENCE
		                          ? NULL
		                          : schema_field_by_number(&question->kind->object, number),
		                  info);
	}
	return err;
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
