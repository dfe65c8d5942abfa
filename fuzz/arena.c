// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for the arguments of one thread: pages with nothing behind them, so
 * that the kernel cannot reach past an argument unnoticed.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fuzz.h"

#define PAGE	4096

/**
 * struct arena - memory of a thread
 * @pages: for small arguments, each followed by a hole.
 * @data: for data, followed by a hole.
 * @readonly: cannot be written.
 * @room: where bytes are put together.
 */
struct arena {
	unsigned char *pages[ARENA_PAGES];
	unsigned char *data;
	unsigned char *readonly;
	unsigned char room[PAGE];
};

static unsigned char *shared;

static unsigned char *arena_map(size_t len)
{
	unsigned char *at = mmap(NULL, len + PAGE, PROT_NONE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED || mprotect(at, len, PROT_READ | PROT_WRITE))
		abort();
	return at;
}

struct arena *arena_make(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	unsigned int i;

	if (!arena)
		abort();
	if (!shared)
		shared = arena_map(PAGE);
	for (i = 0; i < ARENA_PAGES; i++)
		arena->pages[i] = arena_map(PAGE);
	arena->data = arena_map(ARENA_DATA);
	memset(arena->data, 0x45, ARENA_DATA);
	arena->readonly = arena_map(PAGE);
	mprotect(arena->readonly, PAGE, PROT_READ);
	return arena;
}

/* Where @len bytes go that end, or do not, with the memory at @at. */
static unsigned char *arena_at(struct arena *arena, unsigned char *at,
			       size_t size, size_t len, unsigned int place)
{
	switch (place) {
	case PLACE_NULL:
		return NULL;
	case PLACE_EDGE:
		return at + size - (len < size ? len : size) / 2;
	case PLACE_HOLE:
		return at + size;
	case PLACE_KERNEL:
		return (unsigned char *)0xffff888000001000;
	case PLACE_TOP:
		return (unsigned char *)-64;
	case PLACE_READONLY:
		return arena->readonly;
	case PLACE_SHARED:
		return shared;
	default:
		return at + size - (len < size ? (len + 7) & ~7UL : size);
	}
}

void *arena_put(struct arena *arena, unsigned int page, const void *bytes,
		size_t len, unsigned int place)
{
	unsigned char *at = arena->pages[page];
	unsigned char *to;
	size_t room = len;

	if (len > PAGE)
		len = PAGE;
	to = arena_at(arena, at, PAGE, len, place);
	if (place == PLACE_EDGE)
		room = at + PAGE - to;
	if (place == PLACE_GOOD || place == PLACE_EDGE || place == PLACE_SHARED)
		memcpy(to, bytes, room < len ? room : len);
	return to;
}

void *arena_data(struct arena *arena, size_t len, unsigned int place)
{
	return arena_at(arena, arena->data, ARENA_DATA, len, place);
}

unsigned char *arena_room(struct arena *arena)
{
	return arena->room;
}
