#include "delta/stream.h"
#include "schema/schema.h"

static enum err
bad(struct err_info *info, const char *what)
{
	return err_set(info, ERR_FORMAT, _("this is no changeset: %s"), what);
}

static bool
is_field_number(uint32_t number)
{
	return number >= 1 && number <= LIMIT_FIELD_NUMBER_MAX;
}

static bool
is_path_whole(const struct record_path *path)
{
	switch (path->type) {
	case RECORD_EXISTENCE:
		return path->field == 0 && path->sub == 0 && path->key.size == 0;
	case RECORD_FIELD:
		return is_field_number(path->field) && path->sub == 0 && path->key.size == 0;
	case RECORD_ELEMENT:
	case RECORD_MEMBER:
		return is_field_number(path->field) && path->sub == 0 && path->key.size > 0;
	case RECORD_MEMBER_FIELD:
		return is_field_number(path->field) && is_field_number(path->sub) && path->key.size > 0 &&
		       path->sub != path->key_field;
	case RECORD_BUILT_IN:
		return path->field >= 1 && path->field <= RECORD_BUILT_INS && path->sub == 0 && path->key.size > 0;
	default:
		return false;
	}
}

static bool
is_act_right(const struct delta_write *write)
{
	enum delta_act act = write->act;

	if ((act == DELTA_SET) != (write->value.size > 0))
		return false;
	if (write->path.is_drop)
		return act == DELTA_ADD;
	switch (write->path.type) {
	case RECORD_FIELD:
	case RECORD_MEMBER_FIELD:
		return act == DELTA_SET || act == DELTA_CLEAR;
	case RECORD_ELEMENT:
	case RECORD_BUILT_IN:
		return act == DELTA_ADD || act == DELTA_CLEAR;
	case RECORD_EXISTENCE:
	case RECORD_MEMBER:
		return act == DELTA_ADD || act == DELTA_KEEP || act == DELTA_CLEAR;
	default:
		return false;
	}
}

/* A whole value of a field: most writes are, and then there is little to look at. */
static bool
is_plain(const struct delta_write *write)
{
	const struct record_path *path = &write->path;

	return path->type == RECORD_FIELD && !path->is_drop && is_field_number(path->field) && path->sub == 0 &&
	       path->key.size == 0 && write->act == DELTA_SET && write->value.size > 0;
}

static enum err
check_one(const struct delta_write *write, struct err_info *info)
{
	const struct record_path *path = &write->path;
	bool is_member = path->type == RECORD_MEMBER || path->type == RECORD_MEMBER_FIELD;

	if (!is_path_whole(path))
		return bad(info, _("a write names no register"));
	if (!is_act_right(write))
		return bad(info, _("a register is written with what it cannot hold"));
	if (is_member && !path->is_drop && !is_field_number(path->key_field))
		return bad(info, _("a member's key field is not said"));
	if (path->type == RECORD_BUILT_IN)
		return record_built_in_check((enum record_built_in)path->field, path->key, info);
	return ERR_OK;
}

static bool
is_list(const struct record_path *path)
{
	return path->type == RECORD_MEMBER || path->type == RECORD_MEMBER_FIELD;
}

/* neighbours: order, one manner of writing per field. Two of one field are of one class if both are neighbours' */
static enum err
check_pair(const struct delta_write *before, const struct delta_write *write, struct err_info *info)
{
	const struct record_path *a = &before->path;
	const struct record_path *b = &write->path;

	if (record_path_compare(a, b) >= 0)
		return bad(info, _("its writes are not in ascending order"));
	if (a->is_drop || b->is_drop || a->field != b->field || a->type == RECORD_EXISTENCE ||
	    a->type == RECORD_BUILT_IN || b->type == RECORD_BUILT_IN)
		return ERR_OK;
	if (is_list(a) != is_list(b) || (!is_list(a) && a->type != b->type))
		return bad(info, _("one field is written in two manners"));
	if (is_list(a) && a->key_field != b->key_field)
		return bad(info, _("the members of one list have two key fields"));
	return ERR_OK;
}

/* what stands below the member written last: nothing below a removed one, nothing cleared in an added one */
static enum err
check_member(const struct delta_write *member, const struct delta_write *write, struct err_info *info)
{
	if (member == NULL || write->path.is_drop || write->path.type != RECORD_MEMBER_FIELD ||
	    member->path.field != write->path.field || !view_equal(member->path.key, write->path.key))
		return ERR_OK;
	if (member->act == DELTA_CLEAR)
		return bad(info, _("a field of a removed member is written"));
	if (member->act == DELTA_ADD && write->act == DELTA_CLEAR)
		return bad(info, _("a field of a member that is just added is cleared"));
	return ERR_OK;
}

/* in a new record a member is added before its fields */
static bool
is_member_unadded(const struct delta_write *before, const struct delta_write *write)
{
	return write->path.type == RECORD_MEMBER_FIELD &&
	       !(is_list(&before->path) && before->path.field == write->path.field &&
	         view_equal(before->path.key, write->path.key));
}

static enum err
check_existence(const struct delta_writes *writes, bool is_added, struct err_info *info)
{
	const struct delta_write *first = writes->count == 0 ? NULL : &writes->items[0];
	bool is_existence = first != NULL && first->path.type == RECORD_EXISTENCE && !first->path.is_drop;

	if (is_existence && first->act == DELTA_CLEAR && writes->count > 1)
		return bad(info, _("something is written in a removed record"));
	if (!is_added)
		return ERR_OK;
	if (!is_existence || first->act != DELTA_ADD)
		return bad(info, _("a new record is not added first"));
	for (size_t i = 1; i < writes->count; i++) {
		if (writes->items[i].path.is_drop ||
		    (writes->items[i].act != DELTA_SET && writes->items[i].act != DELTA_ADD))
			return bad(info, _("something is cleared, kept or dropped in a new record"));
		if (is_member_unadded(&writes->items[i - 1], &writes->items[i]))
			return bad(info, _("a new record has a field of a member that is not added"));
	}
	return ERR_OK;
}

enum err
delta_writes_check(const struct delta_writes *writes, bool is_added, struct err_info *info)
{
	const struct delta_write *member = NULL;
	enum err err = ERR_OK;

	if (writes->count > LIMIT_DELTA_ROW_WRITES_MAX)
		return err_set(info, ERR_TOO_BIG,
		               _("a changeset writes %zu registers of one record, at most %d are taken"), writes->count,
		               LIMIT_DELTA_ROW_WRITES_MAX);
	for (size_t i = 0; err == ERR_OK && i < writes->count; i++) {
		const struct delta_write *write = &writes->items[i];

		if (is_plain(write) && (i == 0 || (is_plain(write - 1) && write[-1].path.field < write->path.field)))
			continue;
		err = check_one(write, info);
		if (err == ERR_OK && i > 0)
			err = check_pair(&writes->items[i - 1], write, info);
		if (err == ERR_OK)
			err = check_member(member, write, info);
		if (write->path.type == RECORD_MEMBER && !write->path.is_drop)
			member = write;
	}
	return err != ERR_OK ? err : check_existence(writes, is_added, info);
}

static bool
fits(const struct delta_write *write, const struct schema_kind *kind)
{
	const struct record_path *path = &write->path;
	const struct schema_field *field = NULL;

	if (path->type == RECORD_EXISTENCE || path->type == RECORD_BUILT_IN)
		return true;
	if (kind != NULL)
		field = schema_field_by_number(&kind->object, path->field);
	if (field != NULL && field->merge == SCHEMA_MERGE_SET)
		return path->type == RECORD_ELEMENT;
	if (field == NULL || field->merge != SCHEMA_MERGE_KEYED_LIST)
		return path->type == RECORD_FIELD;
	return is_list(path) && path->sub != field->member_key &&
	       (path->is_drop || path->key_field == field->member_key);
}

enum err
delta_writes_fit(const struct delta_writes *writes, const struct schema_kind *kind, struct err_info *info)
{
	for (size_t i = 0; i < writes->count; i++) {
		if (!fits(&writes->items[i], kind))
			return err_set(
				info, ERR_FORMAT,
				_("field %u is not written in the manner of its kind: a set by elements, a keyed "
			          "list by members and their fields, any other as a whole"),
				writes->items[i].path.field);
	}
	return ERR_OK;
}
