/** Keys of known bytes, and randomness that counts: the known answers were made by Python's hashlib, nacl and ssh-keygen. */
#ifndef TESTS_SEAL_SAMPLES_H
#define TESTS_SEAL_SAMPLES_H

#include <string.h>

#include "base/env.h"
#include "seal/hash.h"
#include "seal/key.h"
#include "test.h"

/** first, first + 1, ... */
static inline void
count_bytes(void *out, uint8_t first, size_t size)
{
	uint8_t *at = out;

	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(first + i);
}

static inline enum err
count_random(void *context, void *out, size_t size, struct err_info *info)
{
	uint8_t *next = context;

	(void)info;
	count_bytes(out, *next, size);
	*next = (uint8_t)(*next + size);
	return ERR_OK;
}

/** Randomness that goes on from *next. */
static inline struct env
count_env(uint8_t *next)
{
	return (struct env){NULL, count_random, NULL, next};
}

static inline enum err
no_random(void *context, void *out, size_t size, struct err_info *info)
{
	(void)context;
	(void)out;
	(void)size;
	return err_set(info, ERR_IO, "no randomness in this test");
}

static inline struct env
broken_env(void)
{
	return (struct env){NULL, no_random, NULL, NULL};
}

static inline struct seal_key *
sample_key(uint8_t first)
{
	struct seal_key *key = NULL;
	struct err_info info;
	uint8_t bytes[32];

	count_bytes(bytes, first, sizeof(bytes));
	assert_ok(seal_key_from_bytes(&key, bytes, &info));
	return key;
}

/** Ed25519 seed first .., X25519 secret first + 32 .. */
static inline struct seal_node_key *
sample_node_key(uint8_t first)
{
	struct env env = count_env(&first);
	struct seal_node_key *key = NULL;
	struct err_info info;

	assert_ok(seal_node_key_new(&key, &env, &info));
	return key;
}

static inline struct id
sample_id(uint8_t first)
{
	struct id id;

	count_bytes(id.bytes, first, sizeof(id.bytes));
	return id;
}

static inline struct digest
sample_digest(uint8_t first)
{
	struct digest digest;

	count_bytes(digest.bytes, first, sizeof(digest.bytes));
	return digest;
}

/** For cmocka_run_group_tests: start the library. */
static inline int
start_seal(void **state)
{
	(void)state;
	return seal_init(NULL) == ERR_OK ? 0 : -1;
}

/** And that every key was freed. */
static inline int
all_keys_freed(void **state)
{
	(void)state;
	return seal_keys_alive() == 0 ? 0 : -1;
}

#endif
