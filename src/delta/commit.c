#include "delta/commit.h"

#include <assert.h>
#include <string.h>

#include "text/text.h"

static const char ARMOR_BEGIN[] = "-----BEGIN SSH SIGNATURE-----\n";
static const char ARMOR_END[] = "-----END SSH SIGNATURE-----";
static const char COMMITTER[] = "\ncommitter ";

bool
delta_text_is_plain(struct view text)
{
	struct view rest = text;

	if (text.size == 0)
		return true;
	if (text.data[0] == ' ' || text.data[text.size - 1] == ' ')
		return false;
	while (rest.size > 0) {
		uint32_t point = text_next(&rest);

		/* C0, DEL and C1; the line separators; and what is no UTF-8 */
		if (point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029 ||
		    point == UINT32_MAX)
			return false;
	}
	return true;
}

/* --- checks: the content may come from a bundle --- */

static enum err
check_text(struct view text, size_t size_max, const char *what, struct err_info *info)
{
	if (text.size > size_max)
		return err_set(info, ERR_TOO_BIG, _("the %s of an edit is %zu bytes long, at most %zu are taken"), what,
		               text.size, size_max);
	if (!delta_text_is_plain(text))
		return err_set(info, ERR_FORMAT,
		               _("the %s of an edit is not plain text: UTF-8 on one line, no control characters, no "
		                 "blank at its ends"),
		               what);
	return ERR_OK;
}

static bool
is_node_code(const struct node_code *code)
{
	struct node_code read;

	return memchr(code->text, '\0', NODE_CODE_BYTES) != NULL && node_code_read(&read, view_text(code->text));
}

static enum err
check_roster(const struct delta_commit_info *commit, struct err_info *info)
{
	if (commit->roster_count > LIMIT_LEVELS_MAX)
		return err_set(info, ERR_TOO_BIG, _("an edit names %u issuers, at most %d are taken"),
		               (unsigned)commit->roster_count, LIMIT_LEVELS_MAX);
	for (size_t i = 0; i < commit->roster_count; i++) {
		const struct delta_roster_reference *reference = &commit->roster[i];

		if (!is_node_code(&reference->issuer) || reference->number == 0)
			return err_set(info, ERR_FORMAT, "%s", _("an edit's roster names no issuer or no statement"));
		for (size_t j = 0; j < i; j++) {
			if (strcmp(reference->issuer.text, commit->roster[j].issuer.text) == 0)
				return err_set(info, ERR_FORMAT, _("an edit's roster names issuer %s twice"),
				               reference->issuer.text);
		}
	}
	return ERR_OK;
}

/* every line is of its form, strictly ascending by its bytes */
static enum err
check_voids(struct view voids, struct err_info *info)
{
	struct arena arena = {0};
	struct view rest = voids;
	struct view last = {0};
	enum err err = ERR_OK;

	while (err == ERR_OK && rest.size > 0) {
		struct delta_void line;
		const uint8_t *start = rest.data;

		err = delta_void_next(&line, &rest, &arena, info);
		if (err == ERR_OK && last.size > 0 &&
		    view_compare(view_of(start, (size_t)(rest.data - start)), last) <= 0)
			err = err_set(info, ERR_FORMAT, "%s",
			              _("the lines of a correction are not in ascending order"));
		last = view_of(start, (size_t)(rest.data - start));
		arena_clear(&arena);
	}
	arena_release(&arena);
	return err;
}

static enum err
check_edit(const struct delta_commit_info *commit, struct err_info *info)
{
	enum err err;

	if (!is_node_code(&commit->node))
		return err_set(info, ERR_FORMAT, "%s", _("an edit names no node"));
	if (commit->level < 1 || commit->level > LIMIT_LEVELS_MAX)
		return err_set(info, ERR_FORMAT, _("an edit names level %u; levels are 1 to %d"),
		               (unsigned)commit->level, LIMIT_LEVELS_MAX);
	if (commit->parent_count == 0 && commit->voids.size > 0)
		return err_set(info, ERR_FORMAT, "%s", _("a root commit voids earlier writes; there are none"));
	err = check_roster(commit, info);
	if (err == ERR_OK)
		err = check_text(commit->operator_name, LIMIT_NAME_BYTES_MAX, _("operator"), info);
	if (err == ERR_OK)
		err = check_text(commit->reason, LIMIT_REASON_BYTES_MAX, _("reason"), info);
	return err != ERR_OK ? err : check_voids(commit->voids, info);
}

static enum err
check_merge(const struct delta_commit_info *commit, struct err_info *info)
{
	if (memcmp(commit->parents[0].bytes, commit->parents[1].bytes, OID_BYTES) >= 0)
		return err_set(info, ERR_FORMAT, "%s", _("the parents of a merge are not in ascending order"));
	if (commit->node.text[0] != '\0' || commit->level != 0 || commit->roster_count != 0 ||
	    commit->operator_name.size != 0 || commit->reason.size != 0 || commit->voids.size != 0)
		return err_set(info, ERR_FORMAT, "%s", _("a merge says what only an edit may say"));
	return ERR_OK;
}

enum err
delta_commit_check(const struct delta_commit_info *commit, struct err_info *info)
{
	if (commit->is_merge ? commit->parent_count != DELTA_PARENTS_MAX : commit->parent_count > 1)
		return err_set(info, ERR_FORMAT,
		               _("a commit has %u parents; an edit has one (a root commit none), a merge two"),
		               (unsigned)commit->parent_count);
	if (commit->time < 0 || commit->time > DELTA_TIME_MAX)
		return err_set(info, ERR_FORMAT, "%s", _("a commit's time lies outside the years 1970 to 9999"));
	if (commit->rules == 0)
		return err_set(info, ERR_FORMAT, "%s", _("a commit names no version of the merge rules"));
	if (commit->epoch > LIMIT_EPOCH_MAX)
		return err_set(info, ERR_TOO_BIG, _("a commit names key epoch %lu, at most %d are taken"),
		               (unsigned long)commit->epoch, LIMIT_EPOCH_MAX);
	return commit->is_merge ? check_merge(commit, info) : check_edit(commit, info);
}

/* --- writing --- */

static enum err
write_hex_line(struct bytes *out, const char *before, struct view value, struct err_info *info)
{
	enum err err = bytes_append_text(out, before, info);

	if (err == ERR_OK)
		err = bytes_append_hex(out, value, info);
	return err != ERR_OK ? err : bytes_append_byte(out, '\n', info);
}

static enum err
write_head(struct bytes *out, const struct delta_commit_info *commit, struct err_info *info)
{
	const char *name = commit->is_merge ? "merge" : commit->node.text;
	const char *subject = commit->is_merge ? "merge" : commit->parent_count == 0 ? "root" : "edit";
	enum err err = write_hex_line(out, "tree ", view_of(commit->tree.bytes, OID_BYTES), info);

	for (size_t i = 0; err == ERR_OK && i < commit->parent_count; i++)
		err = write_hex_line(out, "parent ", view_of(commit->parents[i].bytes, OID_BYTES), info);
	if (err != ERR_OK)
		return err;
	return bytes_printf(out, info,
	                    "author %s <%s@tiersync.invalid> %lld +0000\n"
	                    "committer %s <%s@tiersync.invalid> %lld +0000\n\n%s\n\n",
	                    name, name, (long long)commit->time, name, name, (long long)commit->time, subject);
}

static enum err
write_numbered(struct bytes *out, const char *key, uint32_t number, const struct digest *digest, struct err_info *info)
{
	enum err err = bytes_printf(out, info, "%s: %lu ", key, (unsigned long)number);

	return err != ERR_OK ? err : write_hex_line(out, "", view_of(digest->bytes, DIGEST_BYTES), info);
}

static enum err
write_names(struct bytes *out, const struct delta_commit_info *commit, struct err_info *info)
{
	enum err err = write_hex_line(out, "Partition: ", view_of(commit->partition.bytes, ID_BYTES), info);

	if (err == ERR_OK)
		err = write_numbered(out, "Schema-Set", commit->schema_version, &commit->schema_digest, info);
	if (err == ERR_OK)
		err = bytes_printf(out, info, "Rules: %lu\n", (unsigned long)commit->rules);
	if (err == ERR_OK)
		err = write_numbered(out, "Epoch", commit->epoch, &commit->epoch_digest, info);
	if (err == ERR_OK)
		err = write_hex_line(out, "Parents-Digest: b2:", view_of(commit->parents_digest.bytes, DIGEST_BYTES),
		                     info);
	if (err == ERR_OK)
		err = write_hex_line(out, "State-Digest: lth16-b2:", view_of(commit->state_digest.bytes, DIGEST_BYTES),
		                     info);
	return err;
}

static enum err
write_text(struct bytes *out, const char *key, struct view text, struct err_info *info)
{
	enum err err;

	if (text.size == 0)
		return ERR_OK;
	err = bytes_append_text(out, key, info);
	if (err == ERR_OK)
		err = bytes_append_view(out, text, info);
	return err != ERR_OK ? err : bytes_append_byte(out, '\n', info);
}

static enum err
write_roster(struct bytes *out, const struct delta_commit_info *commit, struct err_info *info)
{
	enum err err = ERR_OK;

	if (commit->roster_count == 0)
		return ERR_OK;
	err = bytes_append_text(out, "Roster:", info);
	for (size_t i = 0; err == ERR_OK && i < commit->roster_count; i++) {
		const struct delta_roster_reference *reference = &commit->roster[i];

		err = bytes_printf(out, info, " %s=%lu:", reference->issuer.text, (unsigned long)reference->number);
		if (err == ERR_OK)
			err = bytes_append_hex(out, view_of(reference->digest, DELTA_ROSTER_DIGEST_BYTES), info);
	}
	return err != ERR_OK ? err : bytes_append_byte(out, '\n', info);
}

static enum err
write_edit(struct bytes *out, const struct delta_commit_info *commit, struct err_info *info)
{
	enum err err = bytes_printf(out, info, "Node: %s\nLevel: %u\n", commit->node.text, (unsigned)commit->level);

	if (err == ERR_OK)
		err = write_roster(out, commit, info);
	if (err == ERR_OK)
		err = write_text(out, "Operator: ", commit->operator_name, info);
	if (err == ERR_OK)
		err = write_text(out, "Reason: ", commit->reason, info);
	return err != ERR_OK ? err : bytes_append_view(out, commit->voids, info);
}

enum err
delta_commit_write(struct bytes *out, const struct delta_commit_info *info_in, struct err_info *info)
{
	size_t start = out->size;
	enum err err = delta_commit_check(info_in, info);

	if (err != ERR_OK)
		return err;
	err = write_head(out, info_in, info);
	if (err == ERR_OK)
		err = write_names(out, info_in, info);
	if (err == ERR_OK && !info_in->is_merge)
		err = write_edit(out, info_in, info);
	if (err == ERR_OK && out->size - start > LIMIT_COMMIT_BYTES_MAX)
		err = err_set(info, ERR_TOO_BIG, _("a commit would be %zu bytes long, at most %d are taken"),
		              out->size - start, LIMIT_COMMIT_BYTES_MAX);
	if (err != ERR_OK)
		out->size = start;
	return err;
}

/* --- the signature --- */

static bool
is_armor(struct view armor)
{
	size_t begin = sizeof(ARMOR_BEGIN) - 1;
	size_t end = sizeof(ARMOR_END) - 1;

	return armor.size > begin + end && memcmp(armor.data, ARMOR_BEGIN, begin) == 0 &&
	       memcmp(armor.data + armor.size - end, ARMOR_END, end) == 0 && armor.data[armor.size - end - 1] == '\n';
}

/* where the line after the committer's begins; 0: there is no such line */
static size_t
find_signature_place(struct view text)
{
	size_t size = sizeof(COMMITTER) - 1;

	for (size_t i = 0; i + size <= text.size && !(text.data[i] == '\n' && text.data[i + 1] == '\n'); i++) {
		if (memcmp(text.data + i, COMMITTER, size) == 0) {
			const uint8_t *end = memchr(text.data + i + 1, '\n', text.size - i - 1);

			return end == NULL ? 0 : (size_t)(end - text.data) + 1;
		}
	}
	return 0;
}

enum err
delta_commit_sign_insert(struct bytes *out, struct view unsigned_text, struct view armor, struct err_info *info)
{
	size_t start = out->size;
	size_t place = find_signature_place(unsigned_text);
	enum err err;

	if (place == 0)
		return err_set(info, ERR_FORMAT, "%s", _("a commit to be signed has no committer"));
	if (armor.size > 0 && armor.data[armor.size - 1] == '\n')
		armor.size--; /* git's own header has no empty last line either */
	if (!is_armor(armor))
		return err_set(info, ERR_FORMAT, "%s", _("a commit's signature is no SSH signature in armor"));
	err = bytes_append(out, unsigned_text.data, place, info);
	if (err == ERR_OK)
		err = bytes_append_text(out, "gpgsig ", info);
	for (size_t i = 0; err == ERR_OK && i < armor.size; i++) {
		err = bytes_append_byte(out, armor.data[i], info);
		if (err == ERR_OK && armor.data[i] == '\n')
			err = bytes_append_byte(out, ' ', info);
	}
	if (err == ERR_OK)
		err = bytes_append_byte(out, '\n', info);
	if (err == ERR_OK)
		err = bytes_append(out, unsigned_text.data + place, unsigned_text.size - place, info);
	if (err != ERR_OK)
		out->size = start;
	return err;
}
