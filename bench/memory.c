// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an idle socket costs in kernel memory: many are made, and what the slab
 * caches hold more than before is divided by their number.
 *
 * Whole slabs count, as they are what is gone from the machine, and per-CPU
 * memory, which a socket might have as well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"

#define SOCKETS	2000
#define CACHES	512

struct cache {
	char name[64];
	long bytes;
};

struct snapshot {
	struct cache caches[CACHES];
	int count;
	long percpu;
};

static long percpu_bytes(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128];
	long kilobytes = 0;

	EXPECT(file);
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Percpu: %ld kB", &kilobytes) == 1)
			break;
	if (file)
		fclose(file);
	return kilobytes * 1024;
}

static void snapshot_take(struct snapshot *shot)
{
	FILE *file;
	char line[512];

	memset(shot, 0, sizeof(*shot));
	file = fopen("/proc/slabinfo", "r");
	EXPECT(file);
	while (file && fgets(line, sizeof(line), file)) {
		struct cache *cache = &shot->caches[shot->count];
		long pages, slabs;

		if (shot->count == CACHES ||
		    sscanf(line, "%63s %*d %*d %*d %*d %ld : tunables %*d %*d"
			   " %*d : slabdata %*d %ld", cache->name, &pages,
			   &slabs) != 3)
			continue;
		cache->bytes = slabs * pages * getpagesize();
		shot->count++;
	}
	if (file)
		fclose(file);
	EXPECT(shot->count);
	shot->percpu = percpu_bytes();
}

static long snapshot_total(const struct snapshot *shot)
{
	long total = shot->percpu;
	int i;

	for (i = 0; i < shot->count; i++)
		total += shot->caches[i].bytes;
	return total;
}

/* What is freed is freed after a while: until two looks see the same. */
static void snapshot_settled(struct snapshot *shot)
{
	long before, now = -1;
	int tries = 50;

	do {
		before = now;
		usleep(50000);
		snapshot_take(shot);
		now = snapshot_total(shot);
	} while (now != before && --tries);
	EXPECT(tries);
}

/* A cache does not come or go while there are only sockets made. */
static void snapshot_print(const char *what, const char *name,
			   const struct snapshot *before,
			   const struct snapshot *after)
{
	int i;

	printf("# MEM %s %s %ld", what, name,
	       (snapshot_total(after) - snapshot_total(before)) / SOCKETS);
	EXPECT(before->count == after->count);
	for (i = 0; i < after->count; i++) {
		long more = after->caches[i].bytes - before->caches[i].bytes;

		EXPECT(!strcmp(before->caches[i].name, after->caches[i].name));
		if (more >= 8 * SOCKETS)
			printf(" %s=%ld", after->caches[i].name,
			       more / SOCKETS);
	}
	if (after->percpu - before->percpu >= 8 * SOCKETS)
		printf(" percpu=%ld",
		       (after->percpu - before->percpu) / SOCKETS);
	printf("\n");
	fflush(stdout);
}

static void idle(const struct face *face, const char *what, const char *name,
		 int type)
{
	static struct snapshot before, after;
	static int fds[SOCKETS];
	int i, round;

	/*
	 * A first round fills what caches keep half empty, and makes the table
	 * of descriptors as long as it will be.
	 */
	for (round = 0; round < 2; round++) {
		snapshot_settled(&before);
		for (i = 0; i < SOCKETS; i++) {
			fds[i] = face->socket(type);
			EXPECT(fds[i] >= 0);
		}
		snapshot_settled(&after);
		if (round)
			snapshot_print(what, name, &before, &after);
		for (i = 0; i < SOCKETS; i++)
			close(fds[i]);
	}
}

void memory(void)
{
	struct rlimit limit = { SOCKETS + 64, SOCKETS + 64 };

	EXPECT(!setrlimit(RLIMIT_NOFILE, &limit));
	idle(&plain, "UDP", "plain", SOCK_DGRAM);
	idle(&ksock, "UDP", "ksock", SOCK_DGRAM);
	idle(&plain, "TCP", "plain", SOCK_STREAM);
	idle(&ksock, "TCP", "ksock", SOCK_STREAM);
}
