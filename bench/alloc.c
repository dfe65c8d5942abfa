// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocations of memory on the data path, counted by the kernel's own
 * tracepoints: a message on its way allocates what the stack needs for it, and
 * ksock adds nothing to that.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define TRACING		"/sys/kernel/tracing/"
#define OPERATIONS	64

/* The events of every kernel; one has not all of them. */
static const char * const events[] = {
	"kmalloc", "kmalloc_node", "kmem_cache_alloc", "kmem_cache_alloc_node",
	"mm_page_alloc",
};

#define EVENTS	(sizeof(events) / sizeof(events[0]))

static bool put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_TRUNC);
	bool done = fd >= 0 && write(fd, value, strlen(value)) > 0;

	if (fd >= 0)
		close(fd);
	return done;
}

/* How many of the events there are, set to one of "0" and "1". */
static unsigned int switch_events(const char *value)
{
	char path[128], filter[32];
	unsigned int i, done = 0;

	snprintf(filter, sizeof(filter), "common_pid == %d", getpid());
	for (i = 0; i < EVENTS; i++) {
		snprintf(path, sizeof(path), TRACING "events/kmem/%s/filter",
			 events[i]);
		if (!put(path, filter))
			continue;
		snprintf(path, sizeof(path), TRACING "events/kmem/%s/enable",
			 events[i]);
		done += put(path, value);
	}
	return done;
}

/* Events in the buffer, those for which there was no room included. */
static long recorded(void)
{
	FILE *file = fopen(TRACING "per_cpu/cpu0/stats", "r");
	long entries = -1, overrun = -1;
	char line[128];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "entries: %ld", &entries) != 1 &&
		    sscanf(line, "overrun: %ld", &overrun) != 1)
			continue;
	}
	if (file)
		fclose(file);
	EXPECT(entries >= 0 && overrun >= 0);
	return entries + overrun;
}

double allocations(const struct row *row, const struct side *side)
{
	long before, after;

	side->open();
	side->run(OPERATIONS);
	EXPECT(switch_events("1") >= 3);
	before = recorded();
	side->run(OPERATIONS);
	after = recorded();
	switch_events("0");
	side->close();
	/* Nothing at all would be a counter that does not count. */
	EXPECT(after > before);
	return (double)(after - before) / OPERATIONS / row->per;
}
