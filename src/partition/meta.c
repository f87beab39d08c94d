#include "partition/meta.h"

enum err
partition_meta_write(struct bytes *out, const struct delta_commit_info *commit, struct err_info *info)
{
	char partition[2 * ID_BYTES + 1];
	char schema[2 * DIGEST_BYTES + 1];
	char epoch[2 * DIGEST_BYTES + 1];

	hex_write(partition, view_of(commit->partition.bytes, ID_BYTES));
	hex_write(schema, view_of(commit->schema_digest.bytes, DIGEST_BYTES));
	hex_write(epoch, view_of(commit->epoch_digest.bytes, DIGEST_BYTES));
	return bytes_printf(out, info, "tiersync-partition 1\npartition %s\nschema-set %u %s\nrules %u\nepoch %u %s\n",
	                    partition, commit->schema_version, schema, commit->rules, commit->epoch, epoch);
}
