#include <stdlib.h>
#include <string.h>

#include "delta/commit.h"

static const char MAIL[] = "@tiersync.invalid> ";
static const char ZONE[] = " +0000";
static const char GPGSIG[] = "gpgsig ";

enum {
	HEADER_NAME_SHOWN_MAX = 32
};

/* --- pieces of text --- */

static bool
starts_with(struct view text, const char *prefix)
{
	size_t size = strlen(prefix);

	return text.size >= size && memcmp(text.data, prefix, size) == 0;
}

static bool
take(struct view *rest, const char *prefix)
{
	size_t size = strlen(prefix);

	if (!starts_with(*rest, prefix))
		return false;
	rest->data += size;
	rest->size -= size;
	return true;
}

static bool
take_hex(struct view *rest, uint8_t *out, size_t size)
{
	if (rest->size < size * 2 || !hex_read(out, size, view_of(rest->data, size * 2)))
		return false;
	rest->data += size * 2;
	rest->size -= size * 2;
	return true;
}

/* decimal without a leading zero, at most `max`, which is below 2^60 */
static bool
take_number(struct view *rest, uint64_t *out, uint64_t max)
{
	uint64_t number = 0;
	size_t digits = 0;

	while (digits < rest->size && rest->data[digits] >= '0' && rest->data[digits] <= '9') {
		number = number * 10 + (uint64_t)(rest->data[digits] - '0');
		digits++;
		if (number > max)
			return false;
	}
	if (digits == 0 || (digits > 1 && rest->data[0] == '0'))
		return false;
	*out = number;
	rest->data += digits;
	rest->size -= digits;
	return true;
}

static bool
take_number_32(struct view *rest, uint32_t *out, uint32_t max)
{
	uint64_t number;

	if (!take_number(rest, &number, max))
		return false;
	*out = (uint32_t)number;
	return true;
}

/* up to the first of `stop`; false: it is not there, or nothing is before it */
static bool
take_until(struct view *rest, char stop, struct view *out)
{
	const uint8_t *end = rest->size == 0 ? NULL : memchr(rest->data, stop, rest->size);

	if (end == NULL || end == rest->data)
		return false;
	*out = view_of(rest->data, (size_t)(end - rest->data));
	rest->size -= out->size;
	rest->data += out->size;
	return true;
}

static enum err
differs(struct err_info *info, const char *what)
{
	return err_set(info, ERR_AUTH, _("a commit is not in the one form that is taken: %s"), what);
}

/* the next line, without its end, if it begins with `key` */
static bool
take_line(struct view *rest, const char *key, struct view *value_out)
{
	const uint8_t *end;

	if (!take(rest, key))
		return false;
	end = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
	if (end == NULL)
		return false;
	*value_out = view_of(rest->data, (size_t)(end - rest->data));
	rest->size -= value_out->size + 1;
	rest->data = end + 1;
	return true;
}

/* --- headers --- */

static bool
take_hex_line(struct view *rest, const char *key, uint8_t *out, size_t size)
{
	struct view value;

	return take_line(rest, key, &value) && hex_read(out, size, value);
}

/* "NAME <NAME@tiersync.invalid> SECONDS +0000" */
static bool
read_identity(struct delta_commit_info *commit, struct view value)
{
	struct view name;
	struct view mail;
	uint64_t seconds;

	if (!take_until(&value, ' ', &name) || !take(&value, " <") || !take_until(&value, '@', &mail) ||
	    !view_equal(name, mail) || !take(&value, MAIL) || !take_number(&value, &seconds, DELTA_TIME_MAX) ||
	    !view_equal(value, view_text(ZONE)))
		return false;
	commit->time = (int64_t)seconds;
	commit->is_merge = view_equal(name, view_text("merge"));
	return commit->is_merge || node_code_read(&commit->node, name);
}

static enum err
read_people(struct delta_commit_info *commit, struct view *rest, struct err_info *info)
{
	struct view author;
	struct view committer;

	if (!take_line(rest, "author ", &author))
		return differs(info, _("no author where one is expected (a header before it, or a third parent)"));
	if (!read_identity(commit, author))
		return differs(info, _("the author is not NODE <NODE@tiersync.invalid> SECONDS +0000"));
	if (!take_line(rest, "committer ", &committer))
		return differs(info, _("no committer behind the author"));
	if (!view_equal(author, committer))
		return differs(info, _("author and committer are not the same"));
	return ERR_OK;
}

static bool
is_parent_count_right(const struct delta_commit_info *commit)
{
	return commit->is_merge ? commit->parent_count == DELTA_PARENTS_MAX : commit->parent_count < DELTA_PARENTS_MAX;
}

/* the value of `gpgsig`: lines that go on after a blank belong to it */
static void
take_signature(struct view *rest, struct view *header_out)
{
	const uint8_t *start = rest->data;
	struct view line;

	if (!take_line(rest, GPGSIG, &line))
		return;
	while (take_line(rest, " ", &line))
		;
	start += sizeof(GPGSIG) - 1;
	*header_out = view_of(start, (size_t)(rest->data - start) - 1);
}

/* anything but the empty line that ends the headers */
static enum err
refuse_header(struct view rest, struct err_info *info)
{
	char name[HEADER_NAME_SHOWN_MAX + 1] = {0};
	size_t size = 0;

	while (size < rest.size && size < HEADER_NAME_SHOWN_MAX && rest.data[size] > ' ' && rest.data[size] < 0x7f) {
		name[size] = (char)rest.data[size];
		size++;
	}
	if (starts_with(rest, GPGSIG))
		return differs(info, _("a second gpgsig header"));
	return err_set(info, ERR_AUTH,
	               _("a commit is not in the one form that is taken: a header '%s' that it may not have"), name);
}

static enum err
read_headers(struct delta_commit_info *commit, struct view *header_out, struct view *rest, struct err_info *info)
{
	enum err err;

	if (!take_hex_line(rest, "tree ", commit->tree.bytes, OID_BYTES))
		return differs(info, _("it does not begin with its tree"));
	while (commit->parent_count < DELTA_PARENTS_MAX && starts_with(*rest, "parent ")) {
		if (!take_hex_line(rest, "parent ", commit->parents[commit->parent_count].bytes, OID_BYTES))
			return differs(info, _("a parent is not a commit id"));
		commit->parent_count++;
	}
	err = read_people(commit, rest, info);
	if (err != ERR_OK)
		return err;
	if (!is_parent_count_right(commit))
		return differs(info,
		               commit->is_merge ? _("a merge without two parents") : _("an edit with two parents"));
	take_signature(rest, header_out);
	if (commit->is_merge && header_out->size > 0)
		return differs(info, _("a merge with a signature"));
	if (!commit->is_merge && header_out->size == 0)
		return differs(info, _("an edit without a gpgsig header behind its committer"));
	if (!take(rest, "\n"))
		return refuse_header(*rest, info);
	return ERR_OK;
}

/* --- message --- */

static enum err
read_subject(const struct delta_commit_info *commit, struct view *rest, struct err_info *info)
{
	const char *subject = commit->is_merge ? "merge\n\n" : commit->parent_count == 0 ? "root\n\n" : "edit\n\n";

	if (!take(rest, subject))
		return differs(info, _("the subject is not that of its form (edit, root or merge)"));
	return ERR_OK;
}

static enum err
expected(struct err_info *info, const char *key)
{
	return err_set(info, ERR_AUTH,
	               _("a commit is not in the one form that is taken: no right '%s' line in its place"), key);
}

/* "KEY: NUMBER HEX64" */
static bool
read_numbered(struct view *rest, const char *key, uint32_t *number, struct digest *digest, uint32_t max)
{
	struct view value;

	return take_line(rest, key, &value) && take_number_32(&value, number, max) && take(&value, " ") &&
	       hex_read(digest->bytes, DIGEST_BYTES, value);
}

static enum err
read_names(struct delta_commit_info *commit, struct view *rest, struct err_info *info)
{
	struct view value;

	if (!take_hex_line(rest, "Partition: ", commit->partition.bytes, ID_BYTES))
		return expected(info, "Partition");
	if (!read_numbered(rest, "Schema-Set: ", &commit->schema_version, &commit->schema_digest, UINT32_MAX))
		return expected(info, "Schema-Set");
	if (!take_line(rest, "Rules: ", &value) || !take_number_32(&value, &commit->rules, UINT32_MAX) ||
	    value.size != 0)
		return expected(info, "Rules");
	if (!read_numbered(rest, "Epoch: ", &commit->epoch, &commit->epoch_digest, LIMIT_EPOCH_MAX))
		return expected(info, "Epoch");
	if (!take_hex_line(rest, "Parents-Digest: b2:", commit->parents_digest.bytes, DIGEST_BYTES))
		return expected(info, "Parents-Digest");
	if (!take_hex_line(rest, "State-Digest: lth16-b2:", commit->state_digest.bytes, DIGEST_BYTES))
		return expected(info, "State-Digest");
	return ERR_OK;
}

/* " NODE=NUMBER:HEX16" */
static bool
read_reference(struct delta_roster_reference *out, struct view *value)
{
	struct view issuer;

	return take(value, " ") && take_until(value, '=', &issuer) && node_code_read(&out->issuer, issuer) &&
	       take(value, "=") && take_number_32(value, &out->number, UINT32_MAX) && take(value, ":") &&
	       take_hex(value, out->digest, DELTA_ROSTER_DIGEST_BYTES);
}

static enum err
read_roster(struct delta_commit_info *commit, struct view *rest, struct err_info *info)
{
	struct view value;

	if (!starts_with(*rest, "Roster:"))
		return ERR_OK;
	if (!take_line(rest, "Roster:", &value))
		return expected(info, "Roster");
	do {
		if (commit->roster_count == LIMIT_LEVELS_MAX ||
		    !read_reference(&commit->roster[commit->roster_count], &value))
			return expected(info, "Roster");
		commit->roster_count++;
	} while (value.size > 0);
	return ERR_OK;
}

static enum err
read_text(struct view *out, const char *key, const char *name, struct view *rest, struct err_info *info)
{
	if (starts_with(*rest, key) && (!take_line(rest, key, out) || out->size == 0))
		return expected(info, name);
	return ERR_OK;
}

static enum err
read_edit(struct delta_commit_info *commit, struct view *rest, struct err_info *info)
{
	struct view value;
	uint32_t level;
	enum err err;

	if (!take_line(rest, "Node: ", &value))
		return expected(info, "Node");
	if (!view_equal(value, view_text(commit->node.text)))
		return differs(info, _("its Node line and its author are not the same"));
	if (!take_line(rest, "Level: ", &value) || !take_number_32(&value, &level, LIMIT_LEVELS_MAX) || value.size != 0)
		return expected(info, "Level");
	commit->level = (uint8_t)level;
	err = read_roster(commit, rest, info);
	if (err == ERR_OK)
		err = read_text(&commit->operator_name, "Operator: ", "Operator", rest, info);
	if (err == ERR_OK)
		err = read_text(&commit->reason, "Reason: ", "Reason", rest, info);
	if (err == ERR_OK && (starts_with(*rest, "Void: ") || starts_with(*rest, "Restore: "))) {
		commit->voids = *rest;
		*rest = (struct view){0};
	}
	return err;
}

/* --- the whole --- */

/* take the signature's header out, and its blanks out of the armor */
static enum err
split(struct delta_commit_parts *parts, struct bytes *armor, struct view text, struct err_info *info)
{
	struct view header = parts->signature_header;
	size_t before;
	enum err err = ERR_OK;

	if (header.size == 0)
		return bytes_append_view(&parts->unsigned_text, text, info);
	before = (size_t)(header.data - text.data) - (sizeof(GPGSIG) - 1);
	err = bytes_append(&parts->unsigned_text, text.data, before, info);
	if (err == ERR_OK)
		err = bytes_append(&parts->unsigned_text, header.data + header.size + 1,
		                   text.size - (size_t)(header.data - text.data) - header.size - 1, info);
	for (size_t i = 0; err == ERR_OK && i < header.size; i++) {
		err = bytes_append_byte(armor, header.data[i], info);
		if (header.data[i] == '\n')
			i++; /* the blank that continues the header */
	}
	if (err == ERR_OK)
		err = bytes_append_byte(armor, '\n', info);
	if (err != ERR_OK)
		return err;
	err = seal_sshsig_read(&parts->sshsig, bytes_view(armor), SEAL_NAMESPACE_GIT, info);
	return err == ERR_FORMAT ? err_in(info, ERR_AUTH, "%s", _("a commit's signature")) : err;
}

/* whatever the parser let through must still be the one spelling */
static enum err
rebuild(const struct delta_commit_info *commit, const struct delta_commit_parts *parts, struct view armor,
        struct view text, struct err_info *info)
{
	struct bytes plain = {0};
	struct bytes whole = {0};
	enum err err = delta_commit_write(&plain, commit, info);

	if (err == ERR_FORMAT) {
		err = err_in(info, ERR_AUTH, "%s", _("a commit is not in the one form that is taken"));
		goto out;
	}
	if (err == ERR_OK)
		err = commit->is_merge ? bytes_append_view(&whole, bytes_view(&plain), info)
		                       : delta_commit_sign_insert(&whole, bytes_view(&plain), armor, info);
	if (err == ERR_OK && !(view_equal(bytes_view(&whole), text) &&
	                       view_equal(bytes_view(&plain), bytes_view(&parts->unsigned_text))))
		err = differs(info, _("written again it has other bytes"));
out:
	bytes_release(&plain);
	bytes_release(&whole);
	return err;
}

static enum err
parse(struct delta_commit_info *commit, struct view *header_out, struct view text, struct err_info *info)
{
	struct view rest = text;
	enum err err = read_headers(commit, header_out, &rest, info);

	if (err == ERR_OK)
		err = read_subject(commit, &rest, info);
	if (err == ERR_OK)
		err = read_names(commit, &rest, info);
	if (err == ERR_OK && !commit->is_merge)
		err = read_edit(commit, &rest, info);
	if (err == ERR_OK && rest.size > 0)
		err = differs(info, _("bytes behind its last line, or lines out of order"));
	return err;
}

enum err
delta_commit_read(struct delta_commit_info *out, struct delta_commit_parts *parts_out, struct view text,
                  struct err_info *info)
{
	struct delta_commit_info commit = {0};
	struct delta_commit_parts parts = {0};
	struct bytes armor = {0};
	enum err err;

	if (text.size > LIMIT_COMMIT_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a commit is %zu bytes long, at most %d are taken"), text.size,
		               LIMIT_COMMIT_BYTES_MAX);
	err = parse(&commit, &parts.signature_header, text, info);
	if (err == ERR_OK)
		err = split(&parts, &armor, text, info);
	if (err == ERR_OK)
		err = rebuild(&commit, &parts, bytes_view(&armor), text, info);
	if (err != ERR_OK)
		goto out;
	*out = commit;
	if (parts_out != NULL) {
		*parts_out = parts;
		parts = (struct delta_commit_parts){0}; /* handed over */
	}
out:
	delta_commit_parts_release(&parts);
	bytes_release(&armor);
	return err;
}

void
delta_commit_parts_release(struct delta_commit_parts *parts)
{
	bytes_release(&parts->unsigned_text);
	*parts = (struct delta_commit_parts){0};
}
