/* The code of an office in few bytes: schema/bundle-v1.md section 2. */
#include "codec/codec.h"
#include "envelope/internal.h"

enum {
	MEMBERS = 2, /* of a code with a department */
};

/** How many leading digits are not followed by zeros alone. */
static size_t
significant_digits(const char *digits)
{
	size_t count = ENVELOPE_CODE_DIGITS;

	while (count > 0 && digits[count - 1] == '0')
		count--;
	return count;
}

uint64_t
envelope_code_number(const struct node_code *code, const struct node_code *sender)
{
	size_t count = significant_digits(code->text);
	uint64_t number = 0;

	if (sender != NULL && count > 0 && memcmp(code->text, sender->text, count) == 0)
		return count;
	for (size_t i = 0; i < ENVELOPE_CODE_DIGITS; i++)
		number = number * 10 + (uint64_t)(code->text[i] - '0');
	return number <= ENVELOPE_CODE_DIGITS ? 0 : number;
}

bool
envelope_code_from(struct node_code *out, uint64_t number, struct view department, const struct node_code *sender)
{
	struct node_code code;
	uint8_t text[NODE_CODE_BYTES];
	size_t size = ENVELOPE_CODE_DIGITS;

	if (sender != NULL && number <= ENVELOPE_CODE_DIGITS) {
		memset(text, '0', size);
		memcpy(text, sender->text, (size_t)number);
	} else {
		uint64_t rest = number;

		for (size_t i = size; i > 0; i--, rest /= 10)
			text[i - 1] = (uint8_t)('0' + rest % 10);
		if (rest != 0)
			return false;
	}
	if (department.size > NODE_CODE_BYTES - 2 - ENVELOPE_CODE_DIGITS)
		return false;
	if (department.size > 0) {
		text[size] = '.';
		memcpy(text + size + 1, department.data, department.size);
		size += 1 + department.size;
	}
	if (!node_code_read(&code, view_of(text, size)))
		return false;
	if (number == 0 || envelope_code_number(&code, sender) != number)
		return false;
	*out = code;
	return true;
}

enum err
envelope_code_write(struct bytes *out, const struct node_code *code, const struct node_code *sender,
                    struct err_info *info)
{
	const char *department = code->text + ENVELOPE_CODE_DIGITS;
	bool has_department = *department != '\0';
	struct node_code checked;
	uint64_t number;
	enum err err = ERR_OK;

	if (memchr(code->text, '\0', NODE_CODE_BYTES) == NULL || !node_code_read(&checked, view_text(code->text)))
		return err_set(info, ERR_RULE, "%s", _("an office without a code cannot be named"));
	number = envelope_code_number(&checked, sender);
	if (number == 0)
		return err_set(info, ERR_RULE, _("the code %s cannot be written"), checked.text);
	if (has_department)
		err = codec_write_array(out, MEMBERS, info);
	if (err == ERR_OK)
		err = codec_write_uint(out, number, info);
	if (err == ERR_OK && has_department)
		err = codec_write_str(out, view_text(department + 1), info);
	return err;
}

enum err
envelope_code_read(struct node_code *out, struct codec_reader *reader, const struct node_code *sender,
                   struct err_info *info)
{
	bool has_department = codec_peek_type(reader) == CODEC_ARRAY;
	struct view department = {0};
	size_t members;
	uint64_t number = 0;
	enum err err = ERR_OK;

	if (has_department) {
		err = codec_read_array(&members, reader, info);
		if (err == ERR_OK && members != MEMBERS)
			return err_set(info, ERR_FORMAT, "%s", _("a code has a number and a department"));
	}
	if (err == ERR_OK)
		err = codec_read_uint(&number, reader, info);
	if (err == ERR_OK && has_department)
		err = codec_read_str_max(&department, reader, NODE_CODE_BYTES, info);
	if (err != ERR_OK)
		return err;
	if ((has_department && department.size == 0) || !envelope_code_from(out, number, department, sender))
		return err_set(info, ERR_FORMAT, "%s", _("a code that is not one, or is not in its one spelling"));
	return ERR_OK;
}
