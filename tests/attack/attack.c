/*
 * A store under fire, in one process, so that tens of thousands of damaged bundles cost seconds:
 *
 *   attack flips STORE BUNDLE    every single bit of the bundle flipped
 *   attack cuts STORE BUNDLE     every truncation of it
 *   attack tails STORE BUNDLE    bytes, a second bundle, zstd's skippable frame behind it
 *   attack frames STORE BUNDLE   its encrypted frames reordered, dropped, doubled
 *   attack resign renamed|as-it-is SIGNER BUNDLE OUT    the bundle signed by another office
 *   attack foreign SIGNER STORE OWNER    an edit of another office becomes the head of OWNER's partition in STORE
 *   attack craft NAME FROM TO OUT    a hostile bundle signed by FROM's key; `attack crafts` lists the names
 *
 * Each damaged bundle goes through flow_take(), which is what `tiersync take` calls, and must be refused with exit code 3 or
 * 4, before anything is unwrapped, decrypted, restored or parsed of its inside, and without touching a file of the store.
 */
#include "attack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "envelope/envelope.h"
#include "flow/take.h"
#include "seal/hash.h"
#include "seal/key.h"
#include "seal/sign.h"
#include "seal/stream.h"

enum {
	FRAME_BYTES = LIMIT_FRAME_BYTES_MAX + SEAL_FRAME_OVERHEAD_BYTES,
	EXIT_BAD_INPUT = 3,
	EXIT_NOT_AUTHENTIC = 4,
};

struct fire {
	struct node *node;
	const char *store;
	struct bytes good;
	struct digest before;
	size_t runs;
	size_t by_exit[8];
};

/* How often the inside of a bundle was touched: the linker sends these calls here (--wrap). */
static size_t inside_touched;

enum err __real_seal_unwrap(struct seal_key **out, const struct seal_node_key *node,
                            const struct seal_public_key *ephemeral, const uint8_t wrapped[SEAL_WRAPPED_BYTES],
                            struct view context, struct err_info *info);
enum err __wrap_seal_unwrap(struct seal_key **out, const struct seal_node_key *node,
                            const struct seal_public_key *ephemeral, const uint8_t wrapped[SEAL_WRAPPED_BYTES],
                            struct view context, struct err_info *info);
enum err __real_seal_agree_open(struct seal_key **out, const struct seal_node_key *node,
                                const struct seal_public_key *ephemeral, struct view context, struct err_info *info);
enum err __wrap_seal_agree_open(struct seal_key **out, const struct seal_node_key *node,
                                const struct seal_public_key *ephemeral, struct view context, struct err_info *info);
enum err __real_seal_stream_pull(struct seal_stream *stream, struct bytes *out, struct view frame,
                                 struct view associated, struct err_info *info);
enum err __wrap_seal_stream_pull(struct seal_stream *stream, struct bytes *out, struct view frame,
                                 struct view associated, struct err_info *info);

enum err
__wrap_seal_unwrap(struct seal_key **out, const struct seal_node_key *node, const struct seal_public_key *ephemeral,
                   const uint8_t wrapped[SEAL_WRAPPED_BYTES], struct view context, struct err_info *info)
{
	inside_touched++;
	return __real_seal_unwrap(out, node, ephemeral, wrapped, context, info);
}

enum err
__wrap_seal_agree_open(struct seal_key **out, const struct seal_node_key *node, const struct seal_public_key *ephemeral,
                       struct view context, struct err_info *info)
{
	inside_touched++;
	return __real_seal_agree_open(out, node, ephemeral, context, info);
}

enum err
__wrap_seal_stream_pull(struct seal_stream *stream, struct bytes *out, struct view frame, struct view associated,
                        struct err_info *info)
{
	inside_touched++;
	return __real_seal_stream_pull(stream, out, frame, associated, info);
}

void
attack_must(enum err err, const struct err_info *info, const char *what)
{
	if (err == ERR_OK)
		return;
	(void)fprintf(stderr, "attack: %s: ERR_%s: %s\n", what, err_name(err), info->text);
	exit(1);
}

static void
fail(const struct fire *fire, const char *what, const char *why)
{
	(void)fprintf(stderr, "attack: run %zu, %s: %s\n", fire->runs, what, why);
	exit(1);
}

/* Every name, size, time and inode below a directory, in one hash: nothing is written without changing it. */
static void
look_at(struct seal_hash *hash, const char *path)
{
	struct fs_names names = {0};
	struct err_info info;
	struct stat status;

	if (lstat(path, &status) != 0)
		attack_must(ERR_IO, &(struct err_info){.text = "lstat"}, path);
	seal_hash_update(hash, view_of(path, strlen(path) + 1));
	seal_hash_update(hash, view_of(&status.st_ino, sizeof(status.st_ino)));
	if (!S_ISDIR(status.st_mode)) {
		seal_hash_update(hash, view_of(&status.st_size, sizeof(status.st_size)));
		seal_hash_update(hash, view_of(&status.st_mtim, sizeof(status.st_mtim)));
		seal_hash_update(hash, view_of(&status.st_ctim, sizeof(status.st_ctim)));
		return;
	}
	attack_must(fs_list(&names, path, SIZE_MAX, &info), &info, path);
	for (size_t i = 0; i < names.count; i++) {
		char child[LIMIT_PATH_BYTES_MAX];

		attack_must(fs_path(child, &info, "%s/%s", path, names.names[i]), &info, path);
		look_at(hash, child);
	}
	fs_names_release(&names);
}

static struct digest
state_of(const char *store)
{
	struct seal_hash hash;
	struct digest digest;

	seal_hash_init(&hash);
	look_at(&hash, store);
	seal_hash_final(&digest, &hash);
	return digest;
}

/* One damaged bundle. `what` names the damage. */
static void
shoot(struct fire *fire, struct view bundle, const char *what)
{
	const struct flow_desk desk = {.node = fire->node};
	const struct flow_file file = {.bytes = bundle, .fd = -1};
	struct flow_taken taken = {0};
	struct err_info info = {0};
	struct digest after;
	int code;
	enum err err;

	inside_touched = 0;
	err = flow_take(&taken, &desk, &file, &info);
	code = err_exit_code(err);
	fire->runs++;
	if (err == ERR_OK)
		fail(fire, what, "it was taken");
	if (code != EXIT_BAD_INPUT && code != EXIT_NOT_AUTHENTIC)
		fail(fire, what, info.text);
	if (info.text[0] == '\0')
		fail(fire, what, "refused without a word");
	if (inside_touched != 0)
		fail(fire, what, "something of its inside was unwrapped or decrypted");
	after = state_of(fire->store);
	if (!digest_equal(&after, &fire->before))
		fail(fire, what, "the store was touched");
	fire->by_exit[code]++;
}

static void
flips(struct fire *fire)
{
	struct bytes copy = {0};
	struct err_info info;

	attack_must(bytes_append_view(&copy, bytes_view(&fire->good), &info), &info, "copy");
	for (size_t bit = 0; bit < 8 * copy.size; bit++) {
		char what[64];

		(void)snprintf(what, sizeof(what), "bit %zu of byte %zu", bit % 8, bit / 8);
		copy.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		shoot(fire, bytes_view(&copy), what);
		copy.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	bytes_release(&copy);
}

static void
cuts(struct fire *fire)
{
	for (size_t size = 0; size < fire->good.size; size++) {
		char what[64];

		(void)snprintf(what, sizeof(what), "cut to %zu bytes", size);
		shoot(fire, view_of(fire->good.data, size), what);
	}
}

static void
tail(struct fire *fire, struct view more, const char *what)
{
	struct bytes copy = {0};
	struct err_info info;

	attack_must(bytes_append_view(&copy, bytes_view(&fire->good), &info), &info, "copy");
	attack_must(bytes_append_view(&copy, more, &info), &info, "copy");
	shoot(fire, bytes_view(&copy), what);
	bytes_release(&copy);
}

static void
tails(struct fire *fire)
{
	static const uint8_t skippable[] = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 'j', 'u', 'n', 'k'};
	uint8_t frame[FRAME_BYTES] = {0};

	for (unsigned value = 0; value < 256; value++) {
		uint8_t byte = (uint8_t)value;

		tail(fire, view_of(&byte, 1), "one byte behind it");
	}
	tail(fire, bytes_view(&fire->good), "a second bundle behind it");
	tail(fire, view_of(skippable, sizeof(skippable)), "a skippable zstd frame behind it");
	tail(fire, view_of(frame, sizeof(frame)), "a frame of zeros behind it");
	tail(fire, view_of(fire->good.data + fire->good.size - 18, 18), "its last bytes again");
}

/* The bundle with its frames in this order; an index may come twice or not at all. */
static void
shuffle(struct fire *fire, const struct envelope_manifest *manifest, const size_t *order, size_t count)
{
	size_t start = fire->good.size - manifest->encrypted_bytes;
	char what[128] = "frames in the order";
	struct bytes copy = {0};
	struct err_info info;

	attack_must(bytes_append(&copy, fire->good.data, start, &info), &info, "copy");
	for (size_t i = 0; i < count; i++) {
		size_t from = start + order[i] * FRAME_BYTES;
		size_t size = order[i] + 1 == manifest->frame_count ? fire->good.size - from : FRAME_BYTES;
		size_t at = strlen(what);

		(void)snprintf(what + at, sizeof(what) - at, " %zu", order[i]);
		attack_must(bytes_append(&copy, fire->good.data + from, size, &info), &info, "copy");
	}
	shoot(fire, bytes_view(&copy), what);
	bytes_release(&copy);
}

/* Every sequence of 1 to 5 of the four frames but the right one: orders, drops, doubles. */
static void
frames(struct fire *fire)
{
	enum {
		FRAMES = 4
	};
	struct envelope *envelope = NULL;
	const struct envelope_manifest *manifest;
	struct err_info info;

	attack_must(envelope_open(&envelope, bytes_view(&fire->good), &info), &info, "the good bundle");
	manifest = envelope_manifest(envelope);
	if (manifest->frame_count != FRAMES)
		fail(fire, "frames", "the bundle is to have four");
	for (size_t count = 1; count <= FRAMES + 1; count++) {
		size_t order[FRAMES + 1] = {0};
		size_t at = 0;

		while (at < count) {
			if (count != FRAMES || memcmp(order, (size_t[]){0, 1, 2, 3}, FRAMES * sizeof(*order)) != 0)
				shuffle(fire, manifest, order, count);
			for (at = 0; at < count && ++order[at] == FRAMES; at++)
				order[at] = 0;
		}
	}
	envelope_free(envelope);
}

static int
usage(void)
{
	(void)fprintf(stderr, "usage: attack flips|cuts|tails|frames STORE BUNDLE\n"
	                      "       attack craft NAME FROM-STORE TO-STORE OUT\n"
	                      "       attack resign renamed|as-it-is SIGNER-STORE BUNDLE OUT\n"
	                      "       attack foreign SIGNER-STORE STORE OWNER\n"
	                      "       attack crafts\n");
	return 2;
}

static struct node *
open_store(const char *path)
{
	const struct env env = env_system();
	struct node *node = NULL;
	struct err_info info;

	attack_must(seal_init(&info), &info, "seal");
	attack_must(node_open(&node, path, 0, (struct view){0}, &env, &info), &info, path);
	return node;
}

static int
write_craft(const char *name, const char *from_path, const char *to_path, const char *out_path)
{
	struct node *from = open_store(from_path);
	struct node *to = open_store(to_path);
	struct bytes out = {0};
	struct err_info info;

	if (!attack_craft(&out, name, from, to)) {
		(void)fprintf(stderr, "attack: no craft is called %s\n", name);
		return 2;
	}
	attack_must(fs_write(out_path, bytes_view(&out), 0600, &info), &info, out_path);
	bytes_release(&out);
	node_free(from);
	node_free(to);
	return 0;
}

/*
 * The bundle with its signature replaced by that of another office; renamed, it also says that it is from there. Bytes 12 to
 * 19 are the sender's number and the keys' first four the sender's key id: schema/bundle-v1.md, section 2.
 */
static int
resign(const char *name, const char *signer_path, const char *in_path, const char *out_path)
{
	enum {
		SENDER_AT = 12,
		KEYS_BYTES = 92 + 4, /* of one recipient */
	};
	struct node *signer = open_store(signer_path);
	struct envelope *envelope = NULL;
	struct bytes file = {0};
	struct seal_signature signature;
	struct err_info info;
	size_t signed_bytes;

	attack_must(fs_read(&file, in_path, LIMIT_BUNDLE_BYTES_MAX, &info), &info, in_path);
	attack_must(envelope_open(&envelope, bytes_view(&file), &info), &info, in_path);
	signed_bytes = envelope_manifest(envelope)->manifest_bytes;
	envelope_free(envelope);
	if (strcmp(name, "renamed") == 0) {
		struct id id;

		store_u64(file.data + SENDER_AT, strtoull(node_identity_of(signer)->code.text, NULL, 10));
		seal_key_id(&id, &seal_node_key_public(node_keys(signer))->sign);
		memcpy(file.data + signed_bytes - KEYS_BYTES, id.bytes, 4);
	}
	attack_must(seal_sshsig_sign(&signature, node_keys(signer), SEAL_NAMESPACE_BUNDLE,
	                             view_of(file.data, signed_bytes), &info),
	            &info, "signature");
	memcpy(file.data + signed_bytes, signature.bytes, sizeof(signature.bytes));
	attack_must(fs_write(out_path, bytes_view(&file), 0600, &info), &info, out_path);
	bytes_release(&file);
	node_free(signer);
	return 0;
}

static int
write_foreign(const char *signer_path, const char *victim_path, const char *owner)
{
	struct node *signer = open_store(signer_path);
	struct node *victim = open_store(victim_path);
	char hex[2 * OID_BYTES + 1];
	struct oid commit;

	attack_foreign_edit(&commit, signer, victim, owner);
	hex_write(hex, view_of(commit.bytes, OID_BYTES));
	(void)printf("%s\n", hex);
	node_free(signer);
	node_free(victim);
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct fire *fire);
	} KINDS[] = {{"flips", flips}, {"cuts", cuts}, {"tails", tails}, {"frames", frames}};
	struct fire fire = {0};
	struct err_info info;

	if (argc == 2 && strcmp(argv[1], "crafts") == 0) {
		attack_craft_list();
		return 0;
	}
	if (argc == 6 && strcmp(argv[1], "craft") == 0)
		return write_craft(argv[2], argv[3], argv[4], argv[5]);
	if (argc == 5 && strcmp(argv[1], "foreign") == 0)
		return write_foreign(argv[2], argv[3], argv[4]);
	if (argc == 6 && strcmp(argv[1], "resign") == 0)
		return resign(argv[2], argv[3], argv[4], argv[5]);
	if (argc != 4)
		return usage();
	fire.store = argv[2];
	fire.node = open_store(argv[2]);
	attack_must(node_lock(fire.node, 0, &info), &info, "lock");
	attack_must(fs_read(&fire.good, argv[3], LIMIT_BUNDLE_BYTES_MAX, &info), &info, argv[3]);
	fire.before = state_of(fire.store);
	for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++) {
		if (strcmp(argv[1], KINDS[i].name) == 0)
			KINDS[i].run(&fire);
	}
	if (fire.runs == 0)
		return usage();
	(void)printf("%s: %zu damaged bundles, all refused: exit 3 for %zu, exit 4 for %zu\n", argv[1], fire.runs,
	             fire.by_exit[EXIT_BAD_INPUT], fire.by_exit[EXIT_NOT_AUTHENTIC]);
	bytes_release(&fire.good);
	node_free(fire.node);
	return 0;
}
