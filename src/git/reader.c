#include "git/internal.h"
#include "git/packer.h"

static enum err
get(struct git_content *out, struct git_reader reader, const struct oid *oid, enum git_type type, bool is_once,
    struct err_info *info)
{
	char hex[OID_HEX_BYTES];

	if (reader.pack != NULL && (reader.store == NULL || git_pack_has(reader.pack, oid)))
		return git_pack_get(out, reader.pack, oid, type, info);
	if (reader.store == NULL)
		return err_set(info, ERR_NOT_FOUND, _("object %s is not there"), git_oid_hex(oid, hex));
	return is_once ? git_store_get_once(out, reader.store, oid, type, info)
	               : git_store_get(out, reader.store, oid, type, info);
}

enum err
git_reader_get(struct git_content *out, struct git_reader reader, const struct oid *oid, enum git_type type,
               struct err_info *info)
{
	return get(out, reader, oid, type, false, info);
}

enum err
git_reader_get_once(struct git_content *out, struct git_reader reader, const struct oid *oid, enum git_type type,
                    struct err_info *info)
{
	return get(out, reader, oid, type, true, info);
}

/* Hand the content over as bytes: without a copy if it is owned already. */
static enum err
to_bytes(struct bytes *out, struct git_content *content, struct err_info *info)
{
	struct bytes copy = {0};
	enum err err = ERR_OK;

	if (content->handle == NULL) {
		copy = content->owned;
		content->owned = (struct bytes){0};
	} else {
		err = bytes_append_view(&copy, content->content, info);
	}
	git_content_release(content);
	if (err != ERR_OK)
		return err;
	bytes_release(out);
	*out = copy;
	return ERR_OK;
}

enum err
git_reader_read(struct bytes *out, struct git_reader reader, const struct oid *oid, enum git_type type,
                struct err_info *info)
{
	struct git_content content = {0};
	enum err err = git_reader_get(&content, reader, oid, type, info);

	if (err != ERR_OK)
		return err;
	return to_bytes(out, &content, info);
}

enum err
git_store_read(struct bytes *out, struct git_store *store, const struct oid *oid, enum git_type type,
               struct err_info *info)
{
	return git_reader_read(out, (struct git_reader){NULL, store}, oid, type, info);
}

bool
git_reader_has(struct git_reader reader, const struct oid *oid)
{
	if (reader.pack != NULL && git_pack_has(reader.pack, oid))
		return true;
	return reader.store != NULL && git_store_has(reader.store, oid);
}
