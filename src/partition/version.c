/* One commit, opened. */
#include "partition/internal.h"
#include "partition/meta.h"

struct git_reader
partition_reader(struct partition *partition, struct git_pack *pack)
{
	return (struct git_reader){pack, partition->store};
}

static enum err
check_meta(const struct partition_version *version, struct git_reader reader, struct err_info *info)
{
	struct bytes expected = {0};
	struct bytes found = {0};
	enum err err = partition_meta_write(&expected, &version->info, info);

	if (err == ERR_OK)
		err = git_meta_read(&found, reader, &version->meta, info);
	if (err == ERR_OK && !view_equal(bytes_view(&expected), bytes_view(&found)))
		err = err_set(info, ERR_AUTH, _("its trailers and its meta/head say different things"));
	bytes_release(&expected);
	bytes_release(&found);
	return err;
}

static enum err
read_parts(struct partition_version *out, struct delta_commit_parts *parts, struct partition *partition,
           struct git_reader reader, struct err_info *info)
{
	struct git_root root;
	enum err err = git_reader_read(&out->text, reader, &out->commit, GIT_TYPE_COMMIT, info);

	if (err == ERR_OK)
		err = delta_commit_read(&out->info, parts, bytes_view(&out->text), info);
	if (err == ERR_OK && !id_equal(&out->info.partition, &partition->id))
		err = err_set(info, ERR_AUTH, _("it belongs to another partition"));
	if (err == ERR_OK)
		err = git_root_read(&root, reader, &out->info.tree, info);
	if (err != ERR_OK)
		return err;
	out->records = root.records;
	out->conflicts = root.conflicts;
	out->meta = root.meta;
	return check_meta(out, reader, info);
}

/* A view into one text, as it lies in a copy of that text. */
static struct view
moved(struct view view, const struct bytes *from, const struct bytes *to)
{
	return view.size == 0 ? view : view_of(to->data + (view.data - from->data), view.size);
}

static enum err
copy_version(struct partition_version *out, const struct partition_version *version, struct err_info *info)
{
	struct partition_version copy = *version;
	enum err err;

	copy.text = (struct bytes){0};
	err = bytes_append_view(&copy.text, bytes_view(&version->text), info);
	copy.info.operator_name = moved(version->info.operator_name, &version->text, &copy.text);
	copy.info.reason = moved(version->info.reason, &version->text, &copy.text);
	copy.info.voids = moved(version->info.voids, &version->text, &copy.text);
	if (err == ERR_OK)
		*out = copy;
	return err;
}

static const struct partition_version *
find_recent(const struct partition *partition, const struct oid *commit)
{
	for (size_t i = 0; i < PARTITION_VERSIONS; i++) {
		if (oid_equal(&partition->versions[i].commit, commit))
			return &partition->versions[i];
	}
	return NULL;
}

/* Without memory it is not remembered. */
static void
remember(struct partition *partition, const struct partition_version *version)
{
	struct partition_version copy;

	if (copy_version(&copy, version, NULL) != ERR_OK)
		return;
	partition_version_release(&partition->versions[partition->version_next]);
	partition->versions[partition->version_next] = copy;
	partition->version_next = (partition->version_next + 1) % PARTITION_VERSIONS;
}

enum err
partition_version_read_signed(struct partition_version *out, struct delta_commit_parts *parts,
                              struct partition *partition, struct git_reader reader, const struct oid *commit,
                              struct err_info *info)
{
	struct partition_version version = {.commit = *commit};
	char hex[2 * OID_BYTES + 1];
	enum err err = oid_is_none(commit) ? ERR_OK : read_parts(&version, parts, partition, reader, info);

	if (err == ERR_OK) {
		*out = version;
		return ERR_OK;
	}
	partition_version_release(&version);
	*out = version;
	hex_write(hex, view_of(commit->bytes, OID_BYTES));
	return err_in(info, err, _("commit %s"), hex);
}

enum err
partition_version_read(struct partition_version *out, struct partition *partition, struct git_reader reader,
                       const struct oid *commit, struct err_info *info)
{
	const struct partition_version *recent = NULL;
	enum err err;

	if (!oid_is_none(commit) && reader.pack == NULL && reader.store == partition->store)
		recent = find_recent(partition, commit);
	*out = (struct partition_version){0}; /* may be released whatever comes */
	if (recent != NULL)
		return copy_version(out, recent, info);
	err = partition_version_read_signed(out, NULL, partition, reader, commit, info);
	if (err == ERR_OK && !oid_is_none(commit) && reader.pack == NULL && reader.store == partition->store)
		remember(partition, out);
	return err;
}

enum err
partition_version_open(struct partition_version *out, struct partition *partition, const struct oid *commit,
                       struct err_info *info)
{
	return partition_version_read(out, partition, partition_reader(partition, NULL), commit, info);
}

void
partition_version_release(struct partition_version *version)
{
	bytes_release(&version->text);
	*version = (struct partition_version){0};
}

enum err
partition_parents_digest(struct digest *out, struct git_reader reader, const struct oid *parents, size_t count,
                         struct err_info *info)
{
	struct bytes text = {0};
	struct bytes digests = {0};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct digest digest;

		bytes_clear(&text);
		err = git_reader_read(&text, reader, &parents[i], GIT_TYPE_COMMIT, info);
		if (err != ERR_OK)
			break;
		seal_digest(&digest, bytes_view(&text));
		err = bytes_append(&digests, digest.bytes, DIGEST_BYTES, info);
	}
	if (err == ERR_OK)
		seal_digest(out, bytes_view(&digests));
	bytes_release(&text);
	bytes_release(&digests);
	return err;
}
