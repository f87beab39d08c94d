/* The names that a person gives a commit. */
#include <string.h>

#include "git/history.h"
#include "partition/internal.h"
#include "text/date.h"

enum {
	SECONDS_PER_DAY = 86400,
	CHINA_SECONDS_EAST = 28800,
	DIGITS_MIN = 6
};

static enum err
parent_of(struct oid *at, struct partition *partition, bool *has_parent, int64_t *time, struct err_info *info)
{
	struct partition_version version;
	enum err err = partition_version_open(&version, partition, at, info);

	if (err != ERR_OK)
		return err;
	*has_parent = version.info.parent_count > 0;
	*time = version.info.time;
	if (*has_parent)
		*at = version.info.parents[0];
	partition_version_release(&version);
	return ERR_OK;
}

typedef bool (*resolve_match)(const void *wanted, const struct oid *commit, int64_t time);

/* Along the first parents to the first commit that matches. */
static enum err
walk_back(struct oid *at, struct partition *partition, resolve_match match, const void *wanted, const char *name,
          struct err_info *info)
{
	for (;;) {
		struct oid commit = *at;
		bool has_parent = false;
		int64_t time = 0;
		enum err err = parent_of(at, partition, &has_parent, &time, info);

		if (err != ERR_OK)
			return err;
		if (match(wanted, &commit, time)) {
			*at = commit;
			return ERR_OK;
		}
		if (!has_parent)
			return err_set(info, ERR_NOT_FOUND, _("the partition of %s has no commit %s"),
			               partition->owner.text, name);
	}
}

static bool
matches_digits(const void *wanted, const struct oid *commit, int64_t time)
{
	char hex[2 * OID_BYTES + 1];

	(void)time;
	hex_write(hex, view_of(commit->bytes, OID_BYTES));
	return strncmp(hex, wanted, strlen(wanted)) == 0;
}

static bool
matches_time(const void *wanted, const struct oid *commit, int64_t time)
{
	(void)commit;
	return time < *(const int64_t *)wanted;
}

enum err
partition_resolve(struct oid *out, struct partition *partition, const char *name, struct err_info *info)
{
	struct oid at;
	int64_t day;
	size_t size = strlen(name);
	enum err err = partition_head(partition, &at, info);

	if (err != ERR_OK)
		return err;
	if (oid_is_none(&at))
		return err_set(info, ERR_NOT_FOUND, _("the partition of %s has no commit yet"), partition->owner.text);
	if (text_date_parse(&day, view_text(name), NULL) == ERR_OK) {
		int64_t end = (day + 1) * SECONDS_PER_DAY - CHINA_SECONDS_EAST;

		err = walk_back(&at, partition, matches_time, &end, name, info);
	} else if (name[0] == '~') {
		bool has_parent = true;
		int64_t time;
		unsigned long back = 0;

		for (const char *digit = name + 1; *digit >= '0' && *digit <= '9' && back < LIMIT_PACK_OBJECTS_MAX;
		     digit++)
			back = back * 10 + (unsigned long)(*digit - '0');
		for (; err == ERR_OK && back > 0 && has_parent; back--)
			err = parent_of(&at, partition, &has_parent, &time, info);
	} else if (strcmp(name, "head") != 0) {
		if (size < DIGITS_MIN || size > 2 * OID_BYTES || strspn(name, "0123456789abcdef") != size)
			return err_set(info, ERR_FORMAT,
			               _("'%s' names no commit: head, ~N, YYYY-MM-DD, or 6 or more digits of its id"),
			               name);
		err = walk_back(&at, partition, matches_digits, name, name, info);
	}
	if (err == ERR_OK)
		*out = at;
	return err;
}
