/* The two small trees at the top of a partition. schema/store-v1.md, "Tree". */
#include <string.h>

#include "git/tree.h"

static const char CONFLICTS[] = "40000 conflicts";
static const char META[] = "40000 meta";
static const char RECORDS[] = "40000 records";
static const char HEAD[] = "100644 head";

/* `head` is mode and name; the NUL behind it is part of the entry. False: the tree goes on with something else. */
static bool
take_entry(struct view *rest, const char *head, struct oid *oid)
{
	size_t size = strlen(head) + 1;

	if (rest->size < size + OID_BYTES || memcmp(rest->data, head, size) != 0)
		return false;
	memcpy(oid->bytes, rest->data + size, OID_BYTES);
	*rest = view_of(rest->data + size + OID_BYTES, rest->size - size - OID_BYTES);
	return !oid_is_none(oid);
}

static enum err
put_entry(struct bytes *out, const char *head, const struct oid *oid, struct err_info *info)
{
	enum err err;

	if (oid_is_none(oid))
		return ERR_OK;
	err = bytes_append(out, head, strlen(head) + 1, info);
	if (err == ERR_OK)
		err = bytes_append(out, oid->bytes, OID_BYTES, info);
	return err;
}

enum err
git_root_read(struct git_root *out, struct git_reader reader, const struct oid *oid, struct err_info *info)
{
	struct git_content content = {0};
	struct git_root root = {0};
	struct view rest;
	char hex[OID_HEX_BYTES];
	enum err err = git_reader_get(&content, reader, oid, GIT_TYPE_TREE, info);

	if (err != ERR_OK)
		return err;
	rest = content.content;
	(void)take_entry(&rest, CONFLICTS, &root.conflicts);
	if (!take_entry(&rest, META, &root.meta))
		err = ERR_FORMAT;
	(void)take_entry(&rest, RECORDS, &root.records);
	if (rest.size > 0)
		err = ERR_FORMAT;
	git_content_release(&content);
	if (err != ERR_OK)
		return err_set(info, ERR_FORMAT, _("the tree %s does not hold just conflicts, meta and records"),
		               git_oid_hex(oid, hex));
	*out = root;
	return ERR_OK;
}

enum err
git_root_encode(struct bytes *out, const struct git_root *root, struct err_info *info)
{
	size_t start = out->size;
	enum err err = put_entry(out, CONFLICTS, &root->conflicts, info);

	if (err == ERR_OK)
		err = put_entry(out, META, &root->meta, info);
	if (err == ERR_OK)
		err = put_entry(out, RECORDS, &root->records, info);
	if (err != ERR_OK)
		out->size = start;
	return err;
}

enum err
git_root_write(struct oid *oid_out, struct git_pack *pack, const struct git_root *root, struct err_info *info)
{
	struct bytes tree = {0};
	enum err err = git_root_encode(&tree, root, info);

	if (err == ERR_OK)
		err = git_pack_add(pack, GIT_TYPE_TREE, bytes_view(&tree), oid_out, info);
	bytes_release(&tree);
	return err;
}

enum err
git_meta_read(struct bytes *out, struct git_reader reader, const struct oid *meta, struct err_info *info)
{
	struct git_content content = {0};
	struct view rest;
	struct oid head;
	char hex[OID_HEX_BYTES];
	bool is_meta;
	enum err err = git_reader_get(&content, reader, meta, GIT_TYPE_TREE, info);

	if (err != ERR_OK)
		return err;
	rest = content.content;
	is_meta = take_entry(&rest, HEAD, &head) && rest.size == 0;
	git_content_release(&content);
	if (!is_meta)
		return err_set(info, ERR_FORMAT, _("the tree %s does not hold just the file head"),
		               git_oid_hex(meta, hex));
	return git_reader_read(out, reader, &head, GIT_TYPE_BLOB, info);
}

enum err
git_meta_encode(struct bytes *out, const struct oid *head, struct err_info *info)
{
	return put_entry(out, HEAD, head, info);
}

enum err
git_meta_write(struct oid *oid_out, struct git_pack *pack, struct view text, struct err_info *info)
{
	struct bytes tree = {0};
	struct oid head;
	enum err err = git_pack_add(pack, GIT_TYPE_BLOB, text, &head, info);

	if (err == ERR_OK)
		err = git_meta_encode(&tree, &head, info);
	if (err == ERR_OK)
		err = git_pack_add(pack, GIT_TYPE_TREE, bytes_view(&tree), oid_out, info);
	bytes_release(&tree);
	return err;
}
