#include "flow/reason.h"

#include <string.h>

#include "schema/set.h"

enum {
	REASON_BYTES_MAX = 16
};

static bool
is_code(const char *reason)
{
	size_t size = strlen(reason);

	for (size_t i = 0; i < size; i++) {
		bool is_letter = (reason[i] >= 'A' && reason[i] <= 'Z') || (reason[i] >= 'a' && reason[i] <= 'z');

		if (!is_letter && (reason[i] < '0' || reason[i] > '9'))
			return false;
	}
	return size >= 1 && size <= REASON_BYTES_MAX;
}

static enum err
check_in(const struct schema_codes *codes, const char *reason, struct err_info *info)
{
	struct bytes names = {0};
	enum err err = ERR_OK;

	if (schema_code_by_text(codes, view_text(reason)) != NULL)
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < codes->count; i++)
		err = bytes_printf(&names, info, "%s%.*s", i == 0 ? "" : ", ", (int)codes->codes[i].code.size,
		                   (const char *)codes->codes[i].code.data);
	if (err == ERR_OK)
		err = err_set(info, ERR_RULE, _("REASON '%s' is none of the code set REASON: %s"), reason,
		              bytes_text(&names));
	bytes_release(&names);
	return err;
}

enum err
flow_reason_check(const struct node *node, const char *reason, struct err_info *info)
{
	const struct schema_set *set = node_schema(node);
	const struct schema_codes *codes = set == NULL ? NULL : schema_set_codes(set, view_text("REASON"));

	if (reason == NULL || reason[0] == '\0')
		return err_set(info, ERR_USAGE, "%s", _("a reason is needed: --reason CODE"));
	if (codes != NULL)
		return check_in(codes, reason, info);
	if (!is_code(reason))
		return err_set(info, ERR_RULE, "%s", _("a REASON code is 1 to 16 letters or digits"));
	return ERR_OK;
}
