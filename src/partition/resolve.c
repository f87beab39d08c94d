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

/* Every commit below the head, on whichever side of a merge. */
static enum err
list_commits(struct git_oids *out, struct git_history **history, struct partition *partition, const struct oid *head,
             struct err_info *info)
{
	enum err err = git_history_open(history, partition_reader(partition, NULL), info);

	if (err == ERR_OK)
		err = git_history_between(out, *history, (struct git_oids_view){head, 1},
		                          (struct git_oids_view){NULL, 0}, info);
	return err;
}

static enum err
find_digits(struct oid *at, struct partition *partition, const char *name, struct err_info *info)
{
	struct git_history *history = NULL;
	struct git_oids commits = {0};
	size_t found = 0;
	enum err err = list_commits(&commits, &history, partition, at, info);

	for (size_t i = 0; err == ERR_OK && i < commits.count; i++) {
		char hex[2 * OID_BYTES + 1];

		hex_write(hex, view_of(commits.items[i].bytes, OID_BYTES));
		if (strncmp(hex, name, strlen(name)) != 0)
			continue;
		*at = commits.items[i];
		found++;
	}
	git_oids_release(&commits);
	git_history_free(history);
	if (err == ERR_OK && found == 0)
		err = err_set(info, ERR_NOT_FOUND, _("the partition of %s has no commit %s"), partition->owner.text,
		              name);
	if (err == ERR_OK && found > 1)
		err = err_set_advised(info, ERR_FORMAT, ADVICE_NAME,
		                      _("%zu commits of the partition of %s begin with %s; give more digits"), found,
		                      partition->owner.text, name);
	return err;
}

/* The commit with the longest history of those made before a point in time. */
static enum err
find_time(struct oid *at, struct partition *partition, int64_t end, const char *name, struct err_info *info)
{
	struct git_history *history = NULL;
	struct git_oids commits = {0};
	uint32_t best = 0;
	enum err err = list_commits(&commits, &history, partition, at, info);

	for (size_t i = 0; err == ERR_OK && i < commits.count; i++) {
		struct partition_version version;
		uint32_t generation = 0;

		err = partition_version_open(&version, partition, &commits.items[i], info);
		if (err != ERR_OK)
			break;
		if (version.info.time < end)
			err = git_history_generation(&generation, history, &commits.items[i], info);
		partition_version_release(&version);
		if (err == ERR_OK && generation > best) {
			best = generation;
			*at = commits.items[i];
		}
	}
	git_oids_release(&commits);
	git_history_free(history);
	if (err == ERR_OK && best == 0)
		err = err_set(info, ERR_NOT_FOUND, _("the partition of %s has no commit %s"), partition->owner.text,
		              name);
	return err;
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

		err = find_time(&at, partition, end, name, info);
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
			return err_set_advised(
				info, ERR_FORMAT, ADVICE_HELP,
				_("'%s' names no commit: head, ~N, YYYY-MM-DD, or 6 or more digits of its id"), name);
		err = find_digits(&at, partition, name, info);
	}
	if (err == ERR_OK)
		*out = at;
	return err;
}
