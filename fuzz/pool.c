// SPDX-License-Identifier: GPL-2.0-only
/*
 * The descriptors that all threads share.  A slot is for descriptors of one
 * role; what was in it is closed, in whatever call another thread is with it.
 */
#include <stdatomic.h>
#include <unistd.h>

#include "fuzz.h"

static atomic_int pool[POOL_SLOTS];

static const struct {
	unsigned char first, count;
} pool_roles[] = {
	[ROLE_CTX] = { 0, 2 },
	[ROLE_SOCK] = { 2, 14 },
	[ROLE_BATCH] = { 16, 2 },
	[ROLE_PLAIN] = { 18, 8 },
	[ROLE_PIPE] = { 26, 4 },
	[ROLE_FILE] = { 30, 2 },
};

void pool_init(void)
{
	unsigned int i;

	for (i = 0; i < POOL_SLOTS; i++)
		pool[i] = -1;
}

/* -1 of an empty slot, and of none. */
int pool_get(int slot)
{
	return slot < 0 || slot >= POOL_SLOTS ? -1 : pool[slot];
}

void pool_set(int slot, int fd)
{
	int old;

	if (slot < 0 || slot >= POOL_SLOTS) {
		if (fd >= 0)
			close(fd);
		return;
	}
	old = atomic_exchange(&pool[slot], fd);
	if (old >= 0)
		close(old);
}

int pool_choose(enum role role)
{
	if (role == ROLE_NONE)
		return -1;
	if (role == ROLE_DATA)
		role = one_in(4) ? ROLE_PLAIN : ROLE_SOCK;
	if (role == ROLE_ANY || one_in(32))
		return random_below(POOL_SLOTS);
	return pool_roles[role].first + random_below(pool_roles[role].count);
}
