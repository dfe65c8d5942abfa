// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coverage by KCOV, of each thread: the addresses in the module that its calls
 * came to.  Points are those addresses, edges pairs of one and the next; a program
 * is worth keeping when it has an edge that none had before.
 */
#include <fcntl.h>
#include <linux/kcov.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

#define COVER_PATH	"/sys/kernel/debug/kcov"
#define COVER_LEN	(64 * 1024)
#define POINTS		(1 << 16)

struct cover {
	unsigned long *trace;
};

static unsigned char seen[COVER_BITS / 8];
static unsigned long points[POINTS];
static unsigned int point_count, edge_count;

bool cover_works(void)
{
	return !access(COVER_PATH, R_OK);
}

/* For the thread that calls, NULL without. */
struct cover *cover_open(void)
{
	struct cover *cover = calloc(1, sizeof(*cover));
	int fd = open(COVER_PATH, O_RDWR | O_CLOEXEC);

	if (!cover || fd < 0 || ioctl(fd, KCOV_INIT_TRACE, COVER_LEN))
		return NULL;
	cover->trace = mmap(NULL, COVER_LEN * sizeof(long), PROT_READ | PROT_WRITE,
			    MAP_SHARED, fd, 0);
	if (cover->trace == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		return NULL;
	return cover;
}

void cover_start(struct cover *cover)
{
	if (cover)
		__atomic_store_n(&cover->trace[0], 0, __ATOMIC_RELAXED);
}

static void point_add(unsigned long pc)
{
	unsigned int at = pc * 0x9e3779b97f4a7c15 >> 48;

	while (points[at] && points[at] != pc)
		at = (at + 1) % POINTS;
	if (points[at] || point_count > POINTS / 2)
		return;
	points[at] = pc;
	point_count++;
}

/* Adds to the bits of @edges, and returns how many were never seen before. */
unsigned int cover_take(struct cover *cover, unsigned char *edges)
{
	unsigned long count, i, last = 0;
	unsigned int fresh = 0;

	if (!cover)
		return 0;
	count = __atomic_load_n(&cover->trace[0], __ATOMIC_RELAXED);
	if (count >= COVER_LEN)
		count = COVER_LEN - 1;
	for (i = 1; i <= count; i++) {
		unsigned long pc = cover->trace[i];
		unsigned int bit = (pc ^ last * 31) * 0x9e3779b97f4a7c15 >> 48;

		last = pc;
		edges[bit / 8] |= 1 << bit % 8;
		if (seen[bit / 8] & 1 << bit % 8)
			continue;
		seen[bit / 8] |= 1 << bit % 8;
		fresh++;
		point_add(pc);
	}
	edge_count += fresh;
	return fresh;
}

unsigned int cover_points(void)
{
	return point_count;
}

unsigned int cover_edges(void)
{
	return edge_count;
}
