#include "git/refs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <git2.h>

#include "base/fs.h"
#include "git/internal.h"

enum {
	REFS_MIN = 16
};

static enum err
check_name(const char *name, struct err_info *info)
{
	int is_valid = 0;

	if (git_starts_with(name, "refs/") && git_reference_name_is_valid(&is_valid, name) == 0 && is_valid != 0)
		return ERR_OK;
	return err_set(info, ERR_FORMAT, _("%s is not the name of a ref"), name);
}

enum err
git_ref_read(struct oid *out, struct git_store *store, const char *name, struct err_info *info)
{
	git_reference *ref = NULL;
	const git_oid *target;
	enum err err = check_name(name, info);
	int result;

	if (err != ERR_OK)
		return err;
	result = git_reference_lookup(&ref, store->repository, name);
	if (result == GIT_ENOTFOUND)
		return err_set(info, ERR_NOT_FOUND, _("there is no ref %s in %s"), name, store->path);
	if (result != 0)
		return git_failed(info, result, ERR_IO, _("ref %s in %s cannot be read"), name, store->path);
	target = git_reference_target(ref);
	if (target != NULL)
		memcpy(out->bytes, target->id, OID_BYTES);
	git_reference_free(ref);
	if (target == NULL)
		return err_set(info, ERR_FORMAT, _("ref %s in %s is symbolic; an object id was expected"), name,
		               store->path);
	return ERR_OK;
}

/* libgit2 makes the directories of a new ref, and removes empty ones, but syncs neither (P8). */
static enum err
make_parents(struct git_store *store, const char *name, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];

	for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		enum err err = fs_path(path, info, "%s/%.*s", store->path, (int)(slash - name), name);

		if (err == ERR_OK && !fs_is_dir(path))
			err = fs_mkdir(path, info);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/* The nearest directory above the ref that is there. */
static enum err
sync_parent(struct git_store *store, const char *name, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(path, info, "%s/%s", store->path, name);

	if (err != ERR_OK)
		return err;
	do {
		*strrchr(path, '/') = '\0';
	} while (!fs_is_dir(path));
	return fs_sync_dir(path, info);
}

static enum err
stale(struct err_info *info, const struct git_store *store, const char *name, const struct oid *is)
{
	char hex[OID_HEX_BYTES];

	if (is == NULL)
		return err_set(info, ERR_STALE, _("ref %s in %s is not there any more; this run did not change it"),
		               name, store->path);
	return err_set(info, ERR_STALE, _("ref %s in %s moved meanwhile: it is %s now; this run did not change it"),
	               name, store->path, git_oid_hex(is, hex));
}

/*
 * A directory whose sync failed may have lost the new name for good, and a second sync that succeeds says nothing about it:
 * the value is written once more, as a file of our own.
 */
static enum err
write_again(const struct git_store *store, const char *name, const struct oid *value, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	char text[OID_HEX_BYTES + 1];
	char hex[OID_HEX_BYTES];
	int size = snprintf(text, sizeof(text), "%s\n", git_oid_hex(value, hex));
	enum err err = fs_path(path, info, "%s/%s", store->path, name);

	if (err == ERR_OK)
		err = fs_write(path, view_of(text, (size_t)size), FILE_MODE, info);
	if (err != ERR_OK)
		return err_in(info, err, _("ref %s in %s moved, but a power cut may undo it; run the command again"),
		              name, store->path);
	return ERR_OK;
}

/*
 * An error after libgit2's rename leaves the outcome open (P9): only the ref itself tells. `wanted` NULL: gone.
 * Success only if the ref is as wanted and was made durable after the failure.
 */
static enum err
settle(struct git_store *store, const char *name, const struct oid *old, const struct oid *wanted,
       struct err_info *info)
{
	struct err_info first = *info;
	struct err_info unused;
	char hex[OID_HEX_BYTES];
	struct oid is;
	enum err err = git_ref_read(&is, store, name, &unused);
	bool is_there = err == ERR_OK;

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err_in(info, ERR_IO, _("it is not known whether ref %s in %s moved; run the command again"),
		              name, store->path);
	if (wanted != NULL && is_there && oid_equal(&is, wanted))
		return write_again(store, name, wanted, info);
	if (wanted == NULL && !is_there)
		return err_in(info, first.code,
		              _("ref %s in %s is gone, but a power cut may bring it back; run the command again"), name,
		              store->path);
	if (is_there != (old != NULL) || (is_there && !oid_equal(&is, old)))
		return stale(info, store, name, is_there ? &is : NULL);
	*info = first;
	return err_in(info, first.code, _("ref %s in %s was not moved and is still %s"), name, store->path,
	              is_there ? git_oid_hex(&is, hex) : _("absent"));
}

/* libgit2 makes a new ref by link and unlink, and does not look whether the unlink worked (P7): the next swap would stumble. */
static enum err
remove_lock(const struct git_store *store, const char *name, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(path, info, "%s/%s.lock", store->path, name);

	return err == ERR_OK ? fs_remove(path, info) : err;
}

/*
 * Its target was looked for in the packs as we have them open; libgit2 need not map the index of each of them once more. An expected id
 * of zeros means: there must be no such ref.
 */
static int
move(git_reference **out, struct git_store *store, const char *name, const git_oid *expected, const git_oid *target)
{
	int result = git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 0);

	if (result >= 0)
		result = git_reference_create_matching(out, store->repository, name, target, 1, expected, NULL);
	(void)git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1); /* of the whole process */
	return result;
}

enum err
git_ref_swap(struct git_store *store, const char *name, const struct oid *old, const struct oid *new_value,
             struct err_info *info)
{
	struct err_info local;
	git_reference *ref = NULL;
	git_oid expected = {{0}};
	git_oid target;
	struct oid is;
	char hex[OID_HEX_BYTES];
	enum err err;
	int result;

	info = info == NULL ? &local : info;
	err = check_name(name, info);
	if (err != ERR_OK)
		return err;
	if (old != NULL && oid_is_none(old))
		old = NULL;
	memcpy(target.id, new_value->bytes, OID_BYTES);
	if (old != NULL)
		memcpy(expected.id, old->bytes, OID_BYTES);
	if (!git_store_has(store, new_value) && git_odb_exists(store->odb, &target) != 1)
		return err_set(info, ERR_NOT_FOUND, _("object %s, meant for ref %s, is not in %s"),
		               git_oid_hex(new_value, hex), name, store->path);
	err = make_parents(store, name, info);
	if (err != ERR_OK)
		return err;
	result = move(&ref, store, name, &expected, &target);
	git_reference_free(ref);
	if (result == 0)
		return remove_lock(store, name, info);
	if (result == GIT_EMODIFIED && git_ref_read(&is, store, name, NULL) == ERR_OK)
		return stale(info, store, name, &is);
	err = git_failed(info, result, ERR_IO, _("libgit2 does not move the ref"));
	if (err == ERR_NOT_FOUND)
		info->code = ERR_IO;
	return settle(store, name, old, new_value, info);
}

enum err
git_ref_delete(struct git_store *store, const char *name, const struct oid *old, struct err_info *info)
{
	struct err_info local;
	git_reference *ref = NULL;
	struct oid is;
	enum err err;
	int result;

	info = info == NULL ? &local : info;
	err = git_ref_read(&is, store, name, info);
	if (err != ERR_OK)
		return err;
	if (old != NULL && !oid_equal(&is, old))
		return stale(info, store, name, &is);
	result = git_reference_lookup(&ref, store->repository, name);
	if (result == 0)
		result = git_reference_delete(ref); /* compares with the value just read */
	git_reference_free(ref);
	if (result == 0)
		return sync_parent(store, name, info);
	err = git_failed(info, result, ERR_IO, _("libgit2 does not remove the ref"));
	if (err == ERR_NOT_FOUND)
		info->code = ERR_IO;
	return settle(store, name, &is, NULL, info);
}

static enum err
add_ref(struct git_refs *refs, size_t *capacity, const char *name, const git_oid *target)
{
	if (refs->count >= LIMIT_REFS_MAX)
		return ERR_TOO_BIG;
	if (refs->count == *capacity) {
		size_t larger = *capacity < REFS_MIN ? REFS_MIN : *capacity * 2;
		struct git_ref *items = realloc(refs->items, larger * sizeof(*items));

		if (items == NULL)
			return ERR_NOMEM;
		refs->items = items;
		*capacity = larger;
	}
	refs->items[refs->count].name = strdup(name);
	if (refs->items[refs->count].name == NULL)
		return ERR_NOMEM;
	memcpy(refs->items[refs->count].oid.bytes, target->id, OID_BYTES);
	refs->count++;
	return ERR_OK;
}

static int
compare_refs(const void *a, const void *b)
{
	const struct git_ref *x = a;
	const struct git_ref *y = b;

	return strcmp(x->name, y->name);
}

enum err
git_refs_list(struct git_refs *out, struct git_store *store, const char *prefix, struct err_info *info)
{
	git_reference_iterator *iterator = NULL;
	git_reference *ref = NULL;
	struct git_refs refs = {0};
	size_t capacity = 0;
	enum err err = ERR_OK;
	int result = git_reference_iterator_new(&iterator, store->repository);

	while (result == 0 && err == ERR_OK && (result = git_reference_next(&ref, iterator)) == 0) {
		const git_oid *target = git_reference_target(ref);

		if (target != NULL && git_starts_with(git_reference_name(ref), prefix))
			err = add_ref(&refs, &capacity, git_reference_name(ref), target);
		git_reference_free(ref);
	}
	git_reference_iterator_free(iterator);
	if (err == ERR_TOO_BIG)
		err = err_set(info, ERR_TOO_BIG, _("%s has more than %d refs"), store->path, LIMIT_REFS_MAX);
	else if (err == ERR_NOMEM)
		err = err_nomem(info);
	else if (result != GIT_ITEROVER)
		err = git_failed(info, result, ERR_IO, _("the refs of %s cannot be listed"), store->path);
	if (err != ERR_OK) {
		git_refs_release(&refs);
		return err;
	}
	if (refs.count > 1)
		qsort(refs.items, refs.count, sizeof(*refs.items), compare_refs);
	*out = refs;
	return ERR_OK;
}

void
git_refs_release(struct git_refs *refs)
{
	for (size_t i = 0; i < refs->count; i++)
		free(refs->items[i].name);
	free(refs->items);
	*refs = (struct git_refs){0};
}
