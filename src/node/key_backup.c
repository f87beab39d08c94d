/* The text of a copy of keys. schema/store-v1.md, "Copies of keys". */
#include "node/key_backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/internal.h"
#include "seal/hash.h"
#include "seal/key.h"
#include "statement/lines.h"

static const char TYPE[] = "key-backup";
static const char FIRST_LINE[] = "tiersync-key-backup ";

bool
node_key_backup_is(struct view text)
{
	return text.size >= sizeof(FIRST_LINE) - 1 && memcmp(text.data, FIRST_LINE, sizeof(FIRST_LINE) - 1) == 0;
}

/* Made with the present key's secret, so nobody else changes a word. */
static enum err
make_check(struct digest *out, const struct seal_node_key *key, const struct node_code *code, struct view lines,
           struct err_info *info)
{
	struct seal_key *derived = NULL;
	enum err err = seal_node_key_derive(&derived, key, SEAL_DOMAIN_BACKUP, view_text(code->text), info);

	if (err == ERR_OK)
		seal_digest_keyed(out, SEAL_DOMAIN_BACKUP, derived, lines);
	seal_key_free(derived);
	return err;
}

/* --- reading --- */

static enum err
read_key(struct node_key_backup *backup, struct statement_reader *reader, struct err_info *info)
{
	struct view value = statement_get(reader, "key");
	struct bytes *file = &backup->files[backup->count];
	bool is_wrapped = false;
	enum err err = reader->err;

	backup->count++; /* also what is read in part is released */
	if (err == ERR_OK)
		err = seal_base64_read(file, value, info);
	if (err == ERR_OK)
		err = seal_node_key_peek(&backup->publics[backup->count - 1], &is_wrapped, bytes_view(file), info);
	if (err == ERR_OK && !is_wrapped)
		err = err_set(info, ERR_FORMAT, "%s", _("a key in the copy of keys is under no passphrase"));
	return err;
}

static struct id
name_of(const struct seal_public *public_half)
{
	struct id id;

	seal_key_id(&id, &public_half->sign);
	return id;
}

/* The present key, then the others ascending, none twice. */
static enum err
check_order(const struct node_key_backup *backup, struct err_info *info)
{
	const struct id present = name_of(&backup->publics[0]);

	for (size_t i = 1; i < backup->count; i++) {
		const struct id id = name_of(&backup->publics[i]);
		const struct id before = name_of(&backup->publics[i - 1]);

		if (id_equal(&id, &present) || (i > 1 && memcmp(before.bytes, id.bytes, ID_BYTES) >= 0))
			return err_set(info, ERR_FORMAT, "%s", _("the keys of a copy of keys are not in their order"));
	}
	return ERR_OK;
}

static enum err
read_keys(struct node_key_backup *backup, struct statement_reader *reader, struct err_info *info)
{
	uint64_t count = statement_get_number(reader, "keys", LIMIT_KEYS_KEPT_MAX);
	enum err err = reader->err;

	if (err == ERR_OK && count == 0)
		statement_reader_fail(reader, "keys");
	if (reader->err != ERR_OK)
		return reader->err;
	backup->files = calloc(count, sizeof(*backup->files));
	backup->publics = calloc(count, sizeof(*backup->publics));
	if (backup->files == NULL || backup->publics == NULL)
		return err_nomem(info);
	for (uint64_t i = 0; err == ERR_OK && i < count; i++)
		err = read_key(backup, reader, info);
	return err == ERR_OK ? check_order(backup, info) : err;
}

static void
read_identity(struct node_key_backup *backup, struct statement_reader *reader)
{
	struct node_identity *identity = &backup->identity;
	struct view name;

	identity->code = statement_get_code(reader, "code");
	identity->level = statement_get_level(reader, "level");
	name = statement_get_text(reader, "name", LIMIT_NAME_BYTES_MAX);
	if (name.size > 0)
		memcpy(identity->name, name.data, name.size);
	identity->partition = statement_get_id(reader, "partition");
	identity->is_root = statement_get_bool(reader, "is-root");
	identity->root = statement_get_digest(reader, "root");
	identity->is_root_confirmed = statement_get_bool(reader, "root-confirmed");
	identity->is_awaited = statement_get_bool(reader, "begun");
	backup->time = statement_get_time(reader, "time");
}

enum err
node_key_backup_read(struct node_key_backup *out, struct view text, struct err_info *info)
{
	struct node_key_backup backup = {.count = 0};
	struct statement_reader reader;
	enum err err = bytes_append_view(&backup.text, text, info);

	statement_reader_init(&reader, bytes_view(&backup.text), TYPE, info);
	if (err == ERR_OK)
		read_identity(&backup, &reader);
	if (err == ERR_OK)
		err = read_keys(&backup, &reader, info);
	if (err == ERR_OK) {
		backup.checked = view_of(backup.text.data, (size_t)(reader.rest.data - backup.text.data));
		backup.check = statement_get_digest(&reader, "check");
		err = statement_reader_end(&reader);
	}
	if (err == ERR_OK)
		*out = backup;
	else
		node_key_backup_release(&backup);
	return err;
}

enum err
node_key_backup_check(const struct node_key_backup *backup, struct view passphrase, struct err_info *info)
{
	struct seal_node_key *key = NULL;
	struct digest check;
	enum err err = seal_node_key_read(&key, bytes_view(&backup->files[0]), passphrase, info);

	if (err == ERR_OK)
		err = make_check(&check, key, &backup->identity.code, backup->checked, info);
	if (err == ERR_OK &&
	    !seal_equal(view_of(check.bytes, DIGEST_BYTES), view_of(backup->check.bytes, DIGEST_BYTES)))
		err = err_set(info, ERR_AUTH, "%s", _("the copy of keys was changed: its check does not fit its keys"));
	seal_node_key_free(key);
	return err;
}

void
node_key_backup_release(struct node_key_backup *backup)
{
	for (size_t i = 0; i < backup->count; i++)
		bytes_release(&backup->files[i]);
	free(backup->files);
	free(backup->publics);
	bytes_release(&backup->text);
	*backup = (struct node_key_backup){.count = 0};
}

/* --- writing --- */

static void
put_key(struct statement_writer *writer, const struct seal_node_key *key, struct view passphrase, const struct env *env,
        struct err_info *info)
{
	struct bytes file = {0};
	struct bytes line = {0};

	if (writer->err == ERR_OK)
		writer->err = seal_node_key_write(&file, key, passphrase, env, info);
	if (writer->err == ERR_OK)
		writer->err = seal_base64_append(&line, bytes_view(&file), info);
	if (writer->err == ERR_OK)
		statement_put_words(writer, "key", "%s", bytes_text(&line));
	bytes_release(&file);
	bytes_release(&line);
}

static int
compare_keys(const void *a, const void *b)
{
	const struct id first = name_of(seal_node_key_public(*(const struct seal_node_key *const *)a));
	const struct id second = name_of(seal_node_key_public(*(const struct seal_node_key *const *)b));

	return memcmp(first.bytes, second.bytes, ID_BYTES);
}

static void
put_keys(struct statement_writer *writer, struct node *node, struct view passphrase, struct err_info *info)
{
	const struct seal_node_key *const *old;
	const struct seal_node_key **sorted = NULL;
	size_t count = 0;

	if (writer->err == ERR_OK)
		writer->err = node_old_keys(&old, &count, node, info);
	if (writer->err == ERR_OK && count + 1 > LIMIT_KEYS_KEPT_MAX)
		writer->err = err_set(info, ERR_TOO_BIG, _("%zu keys; a copy of keys holds at most %d"), count + 1,
		                      LIMIT_KEYS_KEPT_MAX);
	if (writer->err == ERR_OK) {
		sorted = calloc(count + 1, sizeof(*sorted));
		if (sorted == NULL)
			writer->err = err_nomem(info);
	}
	if (writer->err != ERR_OK)
		return;
	for (size_t i = 0; i < count; i++)
		sorted[i] = old[i];
	qsort(sorted, count, sizeof(*sorted), compare_keys);
	statement_put_number(writer, "keys", count + 1);
	put_key(writer, node->key, passphrase, &node->env, info);
	for (size_t i = 0; i < count; i++)
		put_key(writer, sorted[i], passphrase, &node->env, info);
	free(sorted);
}

enum err
node_key_backup_write(struct bytes *out, struct node *node, bool is_begun, struct view passphrase,
                      struct err_info *info)
{
	const struct node_identity *identity = &node->identity;
	struct statement_writer writer;
	struct bytes text = {0};
	struct digest check;

	if (node->key == NULL)
		return err_set(info, ERR_STATE, "%s", _("this store has no keys to copy"));
	if (passphrase.size == 0)
		return err_set(info, ERR_STATE, "%s", _("a copy of keys is always under a passphrase"));
	statement_writer_init(&writer, &text, TYPE, info);
	statement_put_code(&writer, "code", &identity->code);
	statement_put_level(&writer, "level", identity->level);
	statement_put_text(&writer, "name", view_text(identity->name), LIMIT_NAME_BYTES_MAX);
	statement_put_id(&writer, "partition", &identity->partition);
	statement_put_bool(&writer, "is-root", identity->is_root);
	statement_put_digest(&writer, "root", &identity->root);
	statement_put_bool(&writer, "root-confirmed", identity->is_root_confirmed);
	statement_put_bool(&writer, "begun", is_begun);
	statement_put_time(&writer, "time", node->env.now(node->env.context));
	put_keys(&writer, node, passphrase, info);
	if (writer.err == ERR_OK)
		writer.err = make_check(&check, node->key, &identity->code, bytes_view(&text), info);
	if (writer.err == ERR_OK)
		statement_put_digest(&writer, "check", &check);
	if (statement_writer_end(&writer) == ERR_OK)
		writer.err = bytes_append_view(out, bytes_view(&text), info);
	bytes_release(&text);
	return writer.err;
}
