/* The root tree {conflicts?, meta, records?} and the tree "meta" with its one file "head". */
#include <string.h>

#include "git/tree.h"

struct part {
	const char *text; /* mode, name, NUL */
	size_t bytes;
};

static const struct part CONFLICTS = {"40000 conflicts", 16};
static const struct part META = {"40000 meta", 11};
static const struct part RECORDS = {"40000 records", 14};
static const struct part HEAD = {"100644 head", 12};

/* Takes one entry off the object if it comes next. */
static bool
take(struct oid *out, struct view *object, const struct part *part)
{
	if (object->size < part->bytes + OID_BYTES || memcmp(object->data, part->text, part->bytes) != 0)
		return false;
	memcpy(out->bytes, object->data + part->bytes, OID_BYTES);
	*object = view_of(object->data + part->bytes + OID_BYTES, object->size - part->bytes - OID_BYTES);
	return true;
}

static enum err
put(struct bytes *out, const struct part *part, const struct oid *oid, struct err_info *info)
{
	enum err err = ERR_OK;

	if (oid_is_none(oid))
		return ERR_OK;
	err = bytes_append(out, part->text, part->bytes, info);
	if (err == ERR_OK)
		err = bytes_append(out, oid->bytes, OID_BYTES, info);
	return err;
}

enum err
git_root_parse(struct git_root *out, struct view object, struct err_info *info)
{
	struct git_root root = {0};

	(void)take(&root.conflicts, &object, &CONFLICTS);
	if (!take(&root.meta, &object, &META))
		return err_set(info, ERR_FORMAT, "%s", _("its root tree has no meta"));
	(void)take(&root.records, &object, &RECORDS);
	if (object.size != 0)
		return err_set(info, ERR_FORMAT, "%s",
		               _("its root tree has an entry that this program does not write"));
	*out = root;
	return ERR_OK;
}

enum err
git_root_read(struct git_root *out, struct git_reader reader, const struct oid *oid, struct err_info *info)
{
	struct git_content content = {0};
	enum err err = git_reader_get(&content, reader, oid, GIT_TYPE_TREE, info);

	if (err != ERR_OK)
		return err;
	err = git_root_parse(out, content.content, info);
	git_content_release(&content);
	return err;
}

enum err
git_root_encode(struct bytes *out, const struct git_root *root, struct err_info *info)
{
	enum err err = put(out, &CONFLICTS, &root->conflicts, info);

	if (err == ERR_OK)
		err = put(out, &META, &root->meta, info);
	if (err == ERR_OK)
		err = put(out, &RECORDS, &root->records, info);
	return err;
}

enum err
git_root_write(struct oid *oid_out, struct git_pack *pack, const struct git_root *root, struct err_info *info)
{
	struct bytes object = {0};
	enum err err = git_root_encode(&object, root, info);

	if (err == ERR_OK)
		err = git_pack_add(pack, GIT_TYPE_TREE, bytes_view(&object), oid_out, info);
	bytes_release(&object);
	return err;
}

enum err
git_meta_read(struct bytes *out, struct git_reader reader, const struct oid *meta, struct err_info *info)
{
	struct git_content content = {0};
	struct oid head;
	struct view object;
	enum err err = git_reader_get(&content, reader, meta, GIT_TYPE_TREE, info);

	if (err != ERR_OK)
		return err;
	object = content.content;
	if (!take(&head, &object, &HEAD) || object.size != 0)
		err = err_set(info, ERR_FORMAT, "%s", _("its meta is not the one file 'head'"));
	git_content_release(&content);
	if (err == ERR_OK)
		err = git_reader_read(out, reader, &head, GIT_TYPE_BLOB, info);
	return err;
}

enum err
git_meta_encode(struct bytes *out, const struct oid *head, struct err_info *info)
{
	return put(out, &HEAD, head, info);
}

enum err
git_meta_write(struct oid *oid_out, struct git_pack *pack, struct view text, struct err_info *info)
{
	struct bytes object = {0};
	struct oid head;
	enum err err = git_pack_add(pack, GIT_TYPE_BLOB, text, &head, info);

	if (err == ERR_OK)
		err = git_meta_encode(&object, &head, info);
	if (err == ERR_OK)
		err = git_pack_add(pack, GIT_TYPE_TREE, bytes_view(&object), oid_out, info);
	bytes_release(&object);
	return err;
}
