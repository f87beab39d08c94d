#include "git/page.h"

static const char FILE_MODE_TEXT[] = "100644 ";
static const char DIRECTORY_MODE_TEXT[] = "40000 ";

enum {
	FILE_MODE_BYTES = sizeof(FILE_MODE_TEXT) - 1,
	DIRECTORY_MODE_BYTES = sizeof(DIRECTORY_MODE_TEXT) - 1,
	DIGITS = 2 * ID_BYTES,
	LEAF_ENTRY_BYTES = FILE_MODE_BYTES + DIGITS + 1 + OID_BYTES,
	SPLIT_ENTRY_BYTES = DIRECTORY_MODE_BYTES + 1 + 1 + OID_BYTES,
	NIBBLE_BITS = 4,
	NIBBLE = 0x0f,
};

unsigned
page_digit(const struct id *id, unsigned depth)
{
	uint8_t byte = id->bytes[depth / 2];

	return depth % 2 == 0 ? byte >> NIBBLE_BITS : byte & NIBBLE;
}

void
page_set_digit(struct id *id, unsigned depth, unsigned digit)
{
	uint8_t *byte = &id->bytes[depth / 2];

	*byte = depth % 2 == 0 ? (uint8_t)((*byte & NIBBLE) | digit << NIBBLE_BITS)
	                       : (uint8_t)((*byte & ~NIBBLE) | digit);
}

static bool
has_prefix(const struct id *id, const struct id *prefix, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++) {
		if (page_digit(id, i) != page_digit(prefix, i))
			return false;
	}
	return true;
}

static enum err
refuse(struct err_info *info, const char *why)
{
	return err_set(info, ERR_FORMAT, _("a directory of ids has not the form of schema/store-v1.md: %s"), why);
}

static enum err
read_leaf(struct git_page *page, struct view tree, const struct id *prefix, unsigned depth, struct err_info *info)
{
	page->is_split = false;
	page->count = tree.size / LEAF_ENTRY_BYTES;
	if (tree.size % LEAF_ENTRY_BYTES != 0 || page->count > LIMIT_TREE_IDS_MAX)
		return refuse(info, _("it does not hold 1 to 64 files named by 32 digits"));
	for (size_t i = 0; i < page->count; i++) {
		const uint8_t *at = tree.data + i * LEAF_ENTRY_BYTES;
		struct id_entry *entry = &page->entries[i];

		if (memcmp(at, FILE_MODE_TEXT, FILE_MODE_BYTES) != 0 ||
		    !hex_read(entry->id.bytes, ID_BYTES, view_of(at + FILE_MODE_BYTES, DIGITS)) ||
		    at[FILE_MODE_BYTES + DIGITS] != '\0')
			return refuse(info, _("an entry is not mode 100644 and 32 digits"));
		if (!has_prefix(&entry->id, prefix, depth))
			return refuse(info, _("an id does not belong below its path"));
		if (i > 0 && memcmp(entry[-1].id.bytes, entry->id.bytes, ID_BYTES) >= 0)
			return refuse(info, _("its ids do not ascend"));
		memcpy(entry->blob.bytes, at + LEAF_ENTRY_BYTES - OID_BYTES, OID_BYTES);
		if (oid_is_none(&entry->blob))
			return refuse(info, _("an object id is all zeros"));
	}
	return ERR_OK;
}

static enum err
read_split(struct git_page *page, struct view tree, unsigned depth, struct err_info *info)
{
	int last = -1;

	page->is_split = true;
	page->count = tree.size / SPLIT_ENTRY_BYTES;
	memset(page->children, 0, sizeof(page->children));
	if (tree.size % SPLIT_ENTRY_BYTES != 0 || page->count > PAGE_CHILDREN || depth >= DIGITS)
		return refuse(info, _("it does not hold 1 to 16 directories named by one digit"));
	for (size_t i = 0; i < page->count; i++) {
		const uint8_t *at = tree.data + i * SPLIT_ENTRY_BYTES;
		const uint8_t pair[] = {'0', at[DIRECTORY_MODE_BYTES]};
		uint8_t digit;

		if (memcmp(at, DIRECTORY_MODE_TEXT, DIRECTORY_MODE_BYTES) != 0 ||
		    !hex_read(&digit, 1, view_of(pair, sizeof(pair))) || at[DIRECTORY_MODE_BYTES + 1] != '\0')
			return refuse(info, _("an entry is not mode 40000 and one digit"));
		if (digit <= last)
			return refuse(info, _("its digits do not ascend"));
		last = digit;
		memcpy(page->children[digit].bytes, at + SPLIT_ENTRY_BYTES - OID_BYTES, OID_BYTES);
		if (oid_is_none(&page->children[digit]))
			return refuse(info, _("an object id is all zeros"));
	}
	return ERR_OK;
}

enum err
page_read(struct git_page *out, struct view tree, const struct id *prefix, unsigned depth, struct err_info *info)
{
	if (tree.size == 0)
		return refuse(info, _("it is empty"));
	if (tree.data[0] == DIRECTORY_MODE_TEXT[0])
		return read_split(out, tree, depth, info);
	return read_leaf(out, tree, prefix, depth, info);
}

enum err
page_encode_leaf(struct bytes *out, const struct id_entry *entries, size_t count, struct err_info *info)
{
	uint8_t *at = bytes_extend(out, count * LEAF_ENTRY_BYTES);

	if (at == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < count; i++, at += LEAF_ENTRY_BYTES) {
		char digits[DIGITS + 1];

		hex_write(digits, view_of(entries[i].id.bytes, ID_BYTES));
		memcpy(at, FILE_MODE_TEXT, FILE_MODE_BYTES);
		memcpy(at + FILE_MODE_BYTES, digits, sizeof(digits)); /* and the NUL */
		memcpy(at + LEAF_ENTRY_BYTES - OID_BYTES, entries[i].blob.bytes, OID_BYTES);
	}
	return ERR_OK;
}

enum err
page_encode_split(struct bytes *out, const struct oid children[PAGE_CHILDREN], struct err_info *info)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t entry[SPLIT_ENTRY_BYTES];
	enum err err = ERR_OK;

	memcpy(entry, DIRECTORY_MODE_TEXT, DIRECTORY_MODE_BYTES);
	entry[DIRECTORY_MODE_BYTES + 1] = '\0';
	for (size_t i = 0; err == ERR_OK && i < PAGE_CHILDREN; i++) {
		if (oid_is_none(&children[i]))
			continue;
		entry[DIRECTORY_MODE_BYTES] = (uint8_t)digits[i];
		memcpy(entry + SPLIT_ENTRY_BYTES - OID_BYTES, children[i].bytes, OID_BYTES);
		err = bytes_append(out, entry, sizeof(entry), info);
	}
	return err;
}

enum err
page_get(struct git_page *out, struct git_reader reader, const struct oid *oid, const struct id *prefix, unsigned depth,
         struct err_info *info)
{
	struct git_content content = {0};
	char hex[OID_HEX_BYTES];
	enum err err = git_reader_get(&content, reader, oid, GIT_TYPE_TREE, info);

	if (err != ERR_OK)
		return err;
	err = page_read(out, content.content, prefix, depth, info);
	git_content_release(&content);
	if (err != ERR_OK)
		err = err_in(info, err, _("tree %s"), git_oid_hex(oid, hex));
	return err;
}
