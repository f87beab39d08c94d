/* One guarded block holds many keys: sodium_malloc costs 10 us and four mappings a piece, and past RLIMIT_MEMLOCK it
 * goes on silently without locking. So we take large blocks, and lock each ourselves to learn whether it worked. */
#include <assert.h>
#include <pthread.h>
#include <string.h>

#include <sodium.h>

#include "seal/secret.h"

enum {
	BLOCK_SLOTS = 340, /* 64 KiB of slots */
};

struct slot {
	_Alignas(16) uint8_t bytes[SEAL_VAULT_SLOT_BYTES];
};

struct block {
	struct block *next;
	size_t used;
	bool is_used[BLOCK_SLOTS];
	struct slot slots[BLOCK_SLOTS];
};

static pthread_mutex_t vault_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct block *blocks; /* kept until the process ends; a block is never given back */
static size_t alive;
static bool is_locked = true;

static struct block *
block_with_room(void)
{
	struct block *block = blocks;

	while (block != NULL && block->used == BLOCK_SLOTS)
		block = block->next;
	if (block != NULL)
		return block;
	/* sodium_malloc puts the end, not the start, at a guard page: round up so that the start is aligned too */
	block = sodium_malloc((sizeof(*block) + 63) / 64 * 64);
	if (block == NULL)
		return NULL;
	if (sodium_mlock(block, sizeof(*block)) != 0)
		is_locked = false;
	memset(block, 0, sizeof(*block));
	block->next = blocks;
	blocks = block;
	return block;
}

enum err
seal_vault_get(void **out, size_t size, struct err_info *info)
{
	struct block *block;
	size_t i = 0;

	assert(size <= SEAL_VAULT_SLOT_BYTES);
	(void)pthread_mutex_lock(&vault_mutex);
	block = block_with_room();
	if (block != NULL) {
		while (block->is_used[i])
			i++;
		block->is_used[i] = true;
		block->used++;
		alive++;
		*out = block->slots[i].bytes;
	}
	(void)pthread_mutex_unlock(&vault_mutex);
	return block == NULL ? err_nomem(info) : ERR_OK;
}

void
seal_vault_put(void *at)
{
	struct block *block;
	size_t i = 0;

	if (at == NULL)
		return;
	(void)pthread_mutex_lock(&vault_mutex);
	for (block = blocks; block != NULL; block = block->next) {
		uintptr_t start = (uintptr_t)block->slots;

		if ((uintptr_t)at >= start && (uintptr_t)at < start + sizeof(block->slots)) {
			i = ((uintptr_t)at - start) / sizeof(struct slot);
			break;
		}
	}
	assert(block != NULL && block->is_used[i]); /* freed twice, or never ours */
	sodium_memzero(at, SEAL_VAULT_SLOT_BYTES);
	block->is_used[i] = false;
	block->used--;
	alive--;
	(void)pthread_mutex_unlock(&vault_mutex);
}

size_t
seal_keys_alive(void)
{
	size_t count;

	(void)pthread_mutex_lock(&vault_mutex);
	count = alive;
	(void)pthread_mutex_unlock(&vault_mutex);
	return count;
}

bool
seal_keys_are_locked(void)
{
	bool result;

	(void)pthread_mutex_lock(&vault_mutex);
	result = is_locked;
	(void)pthread_mutex_unlock(&vault_mutex);
	return result;
}
