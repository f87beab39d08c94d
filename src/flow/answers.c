#include "flow/answers.h"

#include <stdlib.h>
#include <string.h>

#include "text/csv.h"

enum column {
	COLUMN_PARTITION,
	COLUMN_ID,
	COLUMN_FIELD,
	COLUMN_ANSWER,
	COLUMN_REASON,
	COLUMNS
};

static const char *const NAMES[COLUMNS] = {"partition", "id", "field", "answer", "reason"};

struct form_word {
	const char *word;
	enum merge_form form;
	bool has_text;
};

static const struct form_word WORDS[] = {
	{"take kept", MERGE_FORM_KEPT, false},  {"take removed", MERGE_FORM_REMOVED, false},
	{"take", MERGE_FORM_TAKE, true},        {"value", MERGE_FORM_VALUE, true},
	{"kept", MERGE_FORM_KEPT, false},       {"removed", MERGE_FORM_REMOVED, false},
	{"confirm", MERGE_FORM_CONFIRM, false}, {"both", MERGE_FORM_BOTH, false},
	{"same-as", MERGE_FORM_SAME_AS, true},  {"accept", MERGE_FORM_ACCEPT, false},
	{"drop", MERGE_FORM_DROP, false},
};

enum err
flow_answer_read(enum merge_form *form_out, const char **text_out, const char *text, struct err_info *info)
{
	text += strspn(text, "- ");
	for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
		size_t size = strlen(WORDS[i].word);

		if (strncmp(text, WORDS[i].word, size) != 0 || (text[size] != '\0' && text[size] != ' '))
			continue;
		if (WORDS[i].has_text ? text[size] == '\0' && WORDS[i].form != MERGE_FORM_VALUE : text[size] != '\0')
			continue;
		*form_out = WORDS[i].form;
		*text_out = WORDS[i].has_text ? text + size + (text[size] == ' ') : NULL;
		return ERR_OK;
	}
	return err_set(
		info, ERR_RULE,
		_("'%s' is no answer; expected: take LEVEL, NODE or COMMIT; value V; kept; removed; confirm; both; "
	          "same-as ID; accept; drop"),
		text);
}

struct reading {
	struct flow_answers *answers;
	size_t capacity;
	size_t places[COLUMNS]; /* column number; SIZE_MAX: not there */
	const char *reason;
};

static enum err
read_header(struct reading *reading, const struct text_csv_row *row, struct err_info *info)
{
	for (size_t k = 0; k < COLUMNS; k++) {
		reading->places[k] = SIZE_MAX;
		for (size_t i = 0; i < row->count; i++) {
			if (!view_equal(text_csv_cell_value(row->cells[i].text), view_text(NAMES[k])))
				continue;
			if (reading->places[k] != SIZE_MAX)
				return err_set(info, ERR_FORMAT, _("the column '%s' is there twice"), NAMES[k]);
			reading->places[k] = i;
		}
	}
	for (size_t k = 0; k < COLUMNS; k++) {
		if (reading->places[k] == SIZE_MAX && (k == COLUMN_ID || k == COLUMN_ANSWER))
			return err_set(
				info, ERR_FORMAT,
				_("there is no column '%s'; the file is expected to be what tiersync conflicts --csv "
			          "wrote, with the column 'answer' filled in"),
				NAMES[k]);
	}
	return ERR_OK;
}

/* A cell's text in the arena; "" where there is none. */
static enum err
cell_text(const char **out, struct reading *reading, const struct text_csv_row *row, enum column column,
          struct err_info *info)
{
	struct view value = {0};
	const uint8_t *copy;

	if (reading->places[column] < row->count)
		value = text_csv_cell_value(row->cells[reading->places[column]].text);
	copy = arena_copy(&reading->answers->arena, value);
	*out = (const char *)copy;
	return copy == NULL ? err_nomem(info) : ERR_OK;
}

static enum err
grow(struct reading *reading, struct err_info *info)
{
	struct flow_answers *answers = reading->answers;
	size_t capacity = reading->capacity == 0 ? 64 : 2 * reading->capacity;
	struct flow_answer *items;

	if (answers->count < reading->capacity)
		return ERR_OK;
	if (answers->count >= LIMIT_EDIT_RECORDS_MAX)
		return err_set(info, ERR_TOO_BIG, _("more than %d answers in one file"), LIMIT_EDIT_RECORDS_MAX);
	items = realloc(answers->items, capacity * sizeof(*items));
	if (items == NULL)
		return err_nomem(info);
	answers->items = items;
	reading->capacity = capacity;
	return ERR_OK;
}

static enum err
read_owner(struct flow_answer *answer, struct reading *reading, const char *text, struct err_info *info)
{
	struct node_code *code;

	if (text[0] == '\0')
		return ERR_OK;
	code = arena_get(&reading->answers->arena, sizeof(*code));
	if (code == NULL)
		return err_nomem(info);
	if (!node_code_read(code, view_text(text)))
		return err_set(info, ERR_RULE, _("column partition: '%s' is no node code"), text);
	answer->owner = code;
	return ERR_OK;
}

static enum err
read_row(struct reading *reading, const struct text_csv_row *row, struct err_info *info)
{
	struct flow_answer answer = {.row = row->number};
	const char *texts[COLUMNS];
	enum err err = ERR_OK;

	for (size_t k = 0; err == ERR_OK && k < COLUMNS; k++)
		err = cell_text(&texts[k], reading, row, (enum column)k, info);
	if (err != ERR_OK || texts[COLUMN_ANSWER][0] == '\0')
		return err;
	answer.record = texts[COLUMN_ID];
	answer.place = texts[COLUMN_FIELD][0] == '\0' ? NULL : texts[COLUMN_FIELD];
	answer.reason = texts[COLUMN_REASON][0] == '\0' ? reading->reason : texts[COLUMN_REASON];
	err = flow_answer_read(&answer.form, &answer.text, texts[COLUMN_ANSWER], info);
	if (err == ERR_OK)
		err = read_owner(&answer, reading, texts[COLUMN_PARTITION], info);
	if (err == ERR_OK)
		err = grow(reading, info);
	if (err == ERR_OK)
		reading->answers->items[reading->answers->count++] = answer;
	return err == ERR_OK ? ERR_OK : err_in(info, err, _("row %llu"), (unsigned long long)row->number);
}

enum err
flow_answers_read(struct flow_answers *out, struct text_input *input, const char *reason, struct err_info *info)
{
	struct flow_answers answers = {.count = 0};
	struct reading reading = {.answers = &answers, .reason = reason};
	struct text_csv_reader *reader = NULL;
	bool is_end = false;
	bool has_header = false;
	enum err err = text_csv_reader_new(&reader, input, info);

	while (err == ERR_OK) {
		struct text_csv_row row;

		err = text_csv_next(reader, &row, &is_end, info);
		if (err != ERR_OK || is_end)
			break;
		err = has_header ? read_row(&reading, &row, info) : read_header(&reading, &row, info);
		has_header = true;
	}
	if (err == ERR_OK && !has_header)
		err = err_set(info, ERR_FORMAT, "%s", _("the file is empty"));
	text_csv_reader_free(reader);
	if (err != ERR_OK) {
		flow_answers_release(&answers);
		return err;
	}
	*out = answers;
	return ERR_OK;
}

void
flow_answers_release(struct flow_answers *answers)
{
	free(answers->items);
	arena_release(&answers->arena);
	*answers = (struct flow_answers){0};
}
