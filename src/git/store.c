#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include "base/fs.h"
#include "git/internal.h"
#include "git/mapped.h"
#include "git/sha1.h"

const char GIT_OURS[] = "pack-tiersync-";
const char GIT_TEMPORARY[] = "tmp_tiersync_";

enum {
	FORGOTTEN_BYTES = 65536 /* of objects read: fewer may stay when their state has passed */
};

static const char CONFIG[] = "[core]\n"
			     "\trepositoryformatversion = 0\n"
			     "\tfilemode = true\n"
			     "\tbare = true\n"
			     "\tlogAllRefUpdates = false\n"
			     "[gc]\n"
			     "\tauto = 0\n";

enum err
git_store_create(const char *path, struct err_info *info)
{
	static const char *const directories[] = {"",      "/objects",    "/objects/info", "/objects/pack",
	                                          "/refs", "/refs/heads", "/refs/tags",    "/refs/waiting"};
	char name[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(name, info, "%s/HEAD", path);

	if (err != ERR_OK)
		return err;
	if (fs_exists(name))
		return err_set(info, ERR_EXISTS, _("%s is a repository already; nothing was changed"), path);
	for (size_t i = 0; err == ERR_OK && i < sizeof(directories) / sizeof(*directories); i++) {
		err = fs_path(name, info, "%s%s", path, directories[i]);
		if (err == ERR_OK)
			err = fs_mkdir(name, info);
	}
	if (err == ERR_OK)
		err = fs_path(name, info, "%s/config", path);
	if (err == ERR_OK)
		err = fs_write(name, view_text(CONFIG), FILE_MODE, info);
	if (err == ERR_OK)
		err = fs_path(name, info, "%s/HEAD", path);
	if (err == ERR_OK)
		err = fs_write(name, view_text("ref: refs/heads/main\n"), FILE_MODE, info);
	return err;
}

/* Without safe.directory set, libgit2 1.5 calls a repository of another user "not found" (P18). */
static enum err
open_failed(struct err_info *info, int result, const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(info, ERR_NOT_FOUND, _("there is no repository %s"), path);
	if ((result == GIT_EOWNER || result == GIT_ENOTFOUND) && stat(path, &status) == 0 && status.st_uid != geteuid())
		return err_set(
			info, ERR_IO,
			_("%s belongs to user %lu, and this is user %lu; nothing was read or changed; run tiersync as "
		          "the user that owns the store"),
			path, (unsigned long)status.st_uid, (unsigned long)geteuid());
	return git_failed(info, result, ERR_FORMAT, _("%s is not a repository of the expected form"), path);
}

static int
open_packs(struct git_store *store)
{
	git_odb_backend *backend = NULL;
	char objects[LIMIT_PATH_BYTES_MAX];
	int result;

	if (fs_path(objects, NULL, "%s/objects", store->path) != ERR_OK)
		return GIT_ERROR;
	result = git_odb_new(&store->packs);
	if (result == 0)
		result = git_odb_backend_pack(&backend, objects);
	if (result == 0) {
		result = git_odb_add_backend(store->packs, backend, 1);
		if (result != 0)
			backend->free(backend);
	}
	return result;
}

static enum err
open_mapped(struct git_store *store, struct err_info *info)
{
	store->mapped = calloc(1, sizeof(*store->mapped));
	if (store->mapped == NULL)
		return err_nomem(info);
	return git_mapped_look(store->mapped, store->path, info);
}

static void
release(struct git_store *store)
{
	if (store->mapped != NULL)
		git_mapped_release(store->mapped);
	free(store->mapped);
	git_odb_free(store->packs);
	git_odb_free(store->odb);
	git_repository_free(store->repository);
	free(store->path);
}

/* Without our own view of its packs. */
static enum err
open_repository(struct git_store **out, const char *path, struct err_info *info)
{
	struct git_store *store;
	enum err err = git_start(info);
	int result;

	if (err != ERR_OK)
		return err;
	store = calloc(1, sizeof(*store));
	if (store == NULL)
		return err_nomem(info);
	store->path = strdup(path);
	if (store->path == NULL) {
		git_store_free(store);
		return err_nomem(info);
	}
	result = git_repository_open_ext(
		&store->repository, path,
		GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE | GIT_REPOSITORY_OPEN_NO_DOTGIT, NULL);
	if (result == 0)
		result = git_repository_odb(&store->odb, store->repository);
	if (result == 0)
		result = open_packs(store);
	if (result != 0) {
		err = open_failed(info, result, path);
		git_store_free(store);
		return err;
	}
	*out = store;
	return ERR_OK;
}

enum err
git_store_open(struct git_store **out, const char *path, struct err_info *info)
{
	struct git_store *store = NULL;
	enum err err = open_repository(&store, path, info);

	if (err == ERR_OK)
		err = open_mapped(store, info);
	if (err != ERR_OK) {
		git_store_free(store);
		return err;
	}
	*out = store;
	return ERR_OK;
}

enum err
git_store_reopen(struct git_store *store, struct err_info *info)
{
	struct git_store *again = NULL;
	struct git_store old = *store;
	enum err err = open_repository(&again, store->path, info);

	if (err == ERR_OK)
		err = git_mapped_look(store->mapped, store->path, info);
	if (err != ERR_OK) {
		git_store_free(again);
		return err;
	}
	again->mapped = old.mapped; /* what stays is not mapped twice */
	old.mapped = NULL;
	old.path = again->path;
	again->path = store->path; /* callers may have borrowed it */
	*store = *again;
	free(again);
	release(&old);
	return ERR_OK;
}

void
git_store_free(struct git_store *store)
{
	if (store == NULL)
		return;
	release(store);
	free(store);
}

void
git_store_rehearse(struct git_store *store)
{
	store->is_rehearsed = true;
}

void
git_store_forget(struct git_store *store)
{
	if (store->mapped->cache.all > FORGOTTEN_BYTES)
		git_cache_release(&store->mapped->cache);
}

const char *
git_store_path(const struct git_store *store)
{
	return store->path;
}

static git_oid
to_git(const struct oid *oid)
{
	git_oid out;

	_Static_assert(sizeof(out.id) == OID_BYTES, "libgit2 is built for SHA-1");
	memcpy(out.id, oid->bytes, OID_BYTES);
	return out;
}

enum err
git_store_refresh(struct git_store *store, struct err_info *info)
{
	int result = git_odb_refresh(store->odb);

	if (result == 0)
		result = git_odb_refresh(store->packs);
	if (result != 0)
		return git_failed(info, result, ERR_IO, _("cannot look for new packs in %s"), store->path);
	return git_mapped_look(store->mapped, store->path, info);
}

bool
git_store_has(struct git_store *store, const struct oid *oid)
{
	git_oid id;

	if (git_mapped_has(store->mapped, oid))
		return true;
	if (!store->mapped->has_others)
		return false;
	id = to_git(oid);
	return git_odb_exists_ext(store->packs, &id, GIT_ODB_LOOKUP_NO_REFRESH) == 1;
}

/* libgit2 passes over an index whose pack is gone, and then says of its objects only that they are not there. */
static bool
find_missing_pack(char out[LIMIT_NAME_BYTES_MAX], const struct git_store *store)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	bool is_found = false;

	if (fs_path(path, NULL, "%s/objects/pack", store->path) != ERR_OK ||
	    fs_list(&names, path, LIMIT_PACK_FILES_MAX, NULL) != ERR_OK)
		return false;
	for (size_t i = 0; !is_found && i < names.count; i++) {
		size_t size = strlen(names.names[i]);

		if (size < sizeof(".idx") || size >= LIMIT_NAME_BYTES_MAX || !git_ends_with(names.names[i], ".idx"))
			continue;
		(void)snprintf(out, LIMIT_NAME_BYTES_MAX, "%.*s.pack", (int)(size - strlen(".idx")), names.names[i]);
		is_found = fs_path(path, NULL, "%s/objects/pack/%s", store->path, out) == ERR_OK && !fs_exists(path);
	}
	fs_names_release(&names);
	return is_found;
}

static enum err
read_failed(struct err_info *info, int result, const struct git_store *store, const struct oid *oid)
{
	char hex[OID_HEX_BYTES];
	char pack[LIMIT_NAME_BYTES_MAX];

	if (result == GIT_ENOTFOUND && find_missing_pack(pack, store))
		return err_set_advised(info, ERR_NOT_FOUND, ADVICE_AUDIT,
		                       _("object %s is not in %s: its index is there, but %s is missing"),
		                       git_oid_hex(oid, hex), store->path, pack);
	if (result == GIT_ENOTFOUND)
		return err_set_advised(info, ERR_NOT_FOUND, ADVICE_AUDIT, _("object %s is not in %s"),
		                       git_oid_hex(oid, hex), store->path);
	return git_failed(info, result, ERR_IO, _("object %s in %s is damaged or cannot be read"),
	                  git_oid_hex(oid, hex), store->path);
}

static size_t
bytes_max(int type)
{
	return type == GIT_TYPE_TAG ? LIMIT_COMMIT_BYTES_MAX : git_type_bytes_max((enum git_type)type);
}

/* `expected` 0: any type. */
static enum err
get_slowly(struct git_content *out, struct git_store *store, const struct oid *oid, int expected, struct err_info *info)
{
	git_odb_object *object = NULL;
	git_object_t type;
	git_oid id = to_git(oid);
	char hex[OID_HEX_BYTES];
	size_t size;
	int result = git_odb_read_header(&size, &type, store->odb, &id);

	if (result != 0)
		return read_failed(info, result, store, oid);
	if ((expected != 0 && (int)type != expected) || (int)type < (int)GIT_TYPE_COMMIT || (int)type > GIT_TYPE_TAG)
		return git_wrong_type(info, oid, (int)type, (enum git_type)expected);
	if (size > bytes_max((int)type))
		return err_set(info, ERR_TOO_BIG, _("object %s in %s has %zu bytes, and its type at most %zu"),
		               git_oid_hex(oid, hex), store->path, size, bytes_max((int)type));
	result = git_odb_read(&object, store->odb, &id);
	if (result != 0)
		return read_failed(info, result, store, oid);
	*out = (struct git_content){.type = (enum git_type)type,
	                            .content = {git_odb_object_data(object), git_odb_object_size(object)},
	                            .handle = object};
	return ERR_OK;
}

/* What somebody asks for. */
struct wanted {
	int type;     /* 0: any */
	bool is_once; /* it is not kept here for the next look */
};

/* Out of our own packs; ERR_NOT_FOUND: it is libgit2's to read, or to say what is wrong. */
static enum err
get_mapped(struct git_content *out, struct git_store *store, const struct oid *oid, struct wanted wanted,
           struct err_info *info)
{
	struct bytes content = {0};
	int type;
	enum err err = git_mapped_read(&content, &type, store->mapped, oid, !wanted.is_once, info);

	if (err != ERR_OK)
		return err;
	if (wanted.type != 0 && type != wanted.type) {
		bytes_release(&content);
		return git_wrong_type(info, oid, type, (enum git_type)wanted.type);
	}
	*out = (struct git_content){.type = (enum git_type)type, .content = bytes_view(&content), .owned = content};
	return ERR_OK;
}

static enum err
get(struct git_content *out, struct git_store *store, const struct oid *oid, struct wanted wanted,
    struct err_info *info)
{
	enum err err = get_mapped(out, store, oid, wanted, info);

	if (err != ERR_NOT_FOUND)
		return err;
	err = get_slowly(out, store, oid, wanted.type, info);
	/* a pack that compaction removed after libgit2 had closed it reads as damaged; its objects are in another now */
	if (err == ERR_IO && git_odb_refresh(store->odb) == 0)
		err = get_slowly(out, store, oid, wanted.type, info);
	return err;
}

enum err
git_store_get(struct git_content *out, struct git_store *store, const struct oid *oid, enum git_type type,
              struct err_info *info)
{
	assert(type >= GIT_TYPE_COMMIT && type <= GIT_TYPE_BLOB);
	return get(out, store, oid, (struct wanted){(int)type, false}, info);
}

enum err
git_store_get_once(struct git_content *out, struct git_store *store, const struct oid *oid, enum git_type type,
                   struct err_info *info)
{
	assert(type >= GIT_TYPE_COMMIT && type <= GIT_TYPE_BLOB);
	return get(out, store, oid, (struct wanted){(int)type, true}, info);
}

enum err
git_store_get_any(struct git_content *out, int *type_out, struct git_store *store, const struct oid *oid,
                  struct err_info *info)
{
	enum err err = get(out, store, oid, (struct wanted){0, false}, info);

	if (err == ERR_OK)
		*type_out = (int)out->type;
	return err;
}

void
git_content_release(struct git_content *content)
{
	git_odb_object_free(content->handle);
	bytes_release(&content->owned);
	*content = (struct git_content){0};
}

enum err
git_oid_of(struct oid *out, enum git_type type, struct view content, struct err_info *info)
{
	git_oid id;
	int result = git_odb_hash(&id, content.size == 0 ? "" : (const void *)content.data, content.size,
	                          (git_object_t)type);

	if (result != 0)
		return git_failed(info, result, ERR_FORMAT, _("an object's id cannot be computed"));
	memcpy(out->bytes, id.id, OID_BYTES);
	return ERR_OK;
}

void
git_oid_quick(struct oid *out, enum git_type type, struct view content)
{
	char header[32];
	int size = snprintf(header, sizeof(header), "%s %zu", git_type_name(type), content.size);
	struct sha1 sha1;

	assert(size > 0 && (size_t)size < sizeof(header));
	sha1_init(&sha1);
	sha1_add(&sha1, view_of(header, (size_t)size + 1));
	sha1_add(&sha1, content);
	sha1_finish(&sha1, out);
}
