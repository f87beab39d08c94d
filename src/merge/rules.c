/* Which rules of its kind a record breaks. */
#include "codec/codec.h"
#include "merge/inside.h"
#include "record/list.h"
#include "schema/rule.h"
#include "seal/hash.h"

/* the rule that no kind names: a record has its limit */
static const char SIZE_RULE[] = "size";

static size_t
str_size(size_t length)
{
	return length + (length < 32 ? 1 : length < 256 ? 2 : length <= UINT16_MAX ? 3 : 5);
}

/* the size of the canonical bytes, as record_write() makes them */
static size_t
size_of(const struct record *record)
{
	size_t built_ins = 0;
	size_t size = 1 + str_size(record->kind.size) + codec_uint_size(record->schema_version) +
	              (record->field_count < 16 ? 1 : 3);

	for (size_t i = 0; i < record->field_count; i++)
		size += codec_uint_size(record->fields[i].number) + record->fields[i].value.size;
	for (size_t i = 1; i <= RECORD_BUILT_INS; i++) {
		built_ins += record->built_in[i].size > 0;
		size += record->built_in[i].size;
	}
	return size + built_ins + (built_ins > 0);
}

/* what a rule reads: ascending numbers, or (NULL) all fields */
static bool
reads(const struct schema_rule *rule, uint32_t number)
{
	for (size_t i = 0; rule != NULL && i < rule->field_count; i++) {
		if (rule->fields[i] == number)
			return true;
	}
	return rule == NULL;
}

/* of field number -> value of the fields that are there and that the rule reads */
static enum err
digest_of(struct digest *out, const struct record *record, const struct schema_rule *rule, struct err_info *info)
{
	struct bytes encoded = {0};
	size_t count = 0;
	enum err err;

	for (size_t i = 0; i < record->field_count; i++)
		count += reads(rule, record->fields[i].number) ? 1U : 0U;
	err = codec_write_map(&encoded, count, info);
	for (size_t i = 0; err == ERR_OK && i < record->field_count; i++) {
		if (!reads(rule, record->fields[i].number))
			continue;
		err = codec_write_uint(&encoded, record->fields[i].number, info);
		if (err == ERR_OK)
			err = bytes_append_view(&encoded, record->fields[i].value, info);
	}
	if (err == ERR_OK)
		seal_digest_domain(out, SEAL_DOMAIN_RULE, bytes_view(&encoded));
	bytes_release(&encoded);
	return err;
}

enum err
merge_accepted_element(struct view *out, struct arena *arena, struct view rule, const struct digest *digest,
                       struct err_info *info)
{
	struct bytes encoded = {0};
	const uint8_t *copy = NULL;
	enum err err = codec_write_array(&encoded, 2, info);

	if (err == ERR_OK)
		err = codec_write_str(&encoded, rule, info);
	if (err == ERR_OK)
		err = codec_write_bin(&encoded, view_of(digest->bytes, DIGEST_BYTES), info);
	if (err == ERR_OK) {
		copy = arena_copy(arena, bytes_view(&encoded));
		err = copy == NULL ? err_nomem(info) : ERR_OK;
	}
	if (err == ERR_OK)
		*out = view_of(copy, encoded.size);
	bytes_release(&encoded);
	return err;
}

static enum err
is_accepted(bool *out, struct merge_work *work, const struct record *record, struct view rule,
            const struct digest *digest)
{
	struct record_items accepted = {0};
	struct view element;
	enum err err;

	*out = false;
	if (record->built_in[RECORD_ACCEPTED].size == 0)
		return ERR_OK;
	err = merge_accepted_element(&element, work->arena, rule, digest, work->info);
	if (err == ERR_OK)
		err = record_items_read(&accepted, work->arena, record->built_in[RECORD_ACCEPTED], work->info);
	for (size_t i = 0; err == ERR_OK && !*out && i < accepted.count; i++)
		*out = view_equal(accepted.items[i], element);
	return err;
}

/* an entry for a rule that is broken, unless it was accepted so; no rule: that of the size */
static enum err
add_rule(struct merge_work *work, const struct record *record, const struct schema_rule *rule)
{
	struct view name = rule == NULL ? view_text(SIZE_RULE) : rule->name;
	struct digest *digest = arena_get(work->arena, sizeof(*digest));
	struct merge_entry entry = {
		.kind = MERGE_RULE, .count = 1, .path = {.type = RECORD_EXISTENCE}, .rule = name, .digest = digest};
	bool is_fine = false;
	enum err err = digest == NULL ? err_nomem(work->info) : digest_of(digest, record, rule, work->info);

	if (err == ERR_OK)
		err = is_accepted(&is_fine, work, record, name, digest);
	return err != ERR_OK || is_fine ? err : merge_work_entry(work, &entry);
}

enum err
merge_add_rules(struct merge_work *work, const struct record *record, const struct schema_kind *kind)
{
	enum err err = ERR_OK;

	for (size_t i = 0; kind != NULL && err == ERR_OK && i < kind->rule_count; i++) {
		const struct schema_rule *rule = &kind->rules[i];

		if (!schema_rule_holds(kind, rule, record->fields, record->field_count))
			err = add_rule(work, record, rule);
	}
	if (err == ERR_OK && size_of(record) > LIMIT_RECORD_BYTES_MAX)
		err = add_rule(work, record, NULL);
	return err;
}
