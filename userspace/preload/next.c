// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds what lies behind the functions that are interposed, and what the
 * environment says.  A process that misses one of the functions is ended at
 * once: it must not run with some of its calls taken over and others not.
 */
#define _GNU_SOURCE

#include "next.h"

#include "device.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct next next_table;

/**
 * struct next_row - a function to be found
 * @name: its name
 * @offset: where it is in the table
 */
struct next_row {
	const char *name;
	size_t offset;
};

#define NEXT_ROW(_name) { #_name, offsetof(struct next, _name) }
#define NEXT_COUNT(_rows) (sizeof(_rows) / sizeof((_rows)[0]))

/* Every libc has these. */
static const struct next_row next_rows[] = {
	NEXT_ROW(accept),
	NEXT_ROW(accept4),
	NEXT_ROW(bind),
	NEXT_ROW(connect),
	NEXT_ROW(getpeername),
	NEXT_ROW(getsockname),
	NEXT_ROW(getsockopt),
	NEXT_ROW(ioctl),
	NEXT_ROW(listen),
	NEXT_ROW(recv),
	NEXT_ROW(recvfrom),
	NEXT_ROW(recvmmsg),
	NEXT_ROW(recvmsg),
	NEXT_ROW(send),
	NEXT_ROW(sendmmsg),
	NEXT_ROW(sendmsg),
	NEXT_ROW(sendto),
	NEXT_ROW(setsockopt),
	NEXT_ROW(shutdown),
	NEXT_ROW(socket),
	NEXT_ROW(syscall),
};

/* Some of these; a program calls none that its libc has not. */
static const struct next_row next_rows_stat[] = {
	NEXT_ROW(fstat),
	NEXT_ROW(fstat64),
	NEXT_ROW(fstatat),
	NEXT_ROW(fstatat64),
	NEXT_ROW(statx),
	NEXT_ROW(__fxstat),
	NEXT_ROW(__fxstat64),
	NEXT_ROW(__fxstatat),
	NEXT_ROW(__fxstatat64),
};

static void next_die(const char *name)
{
	static const char before[] = "ksock run: libc has no function ";

	(void)!write(STDERR_FILENO, before, sizeof(before) - 1);
	(void)!write(STDERR_FILENO, name, strlen(name));
	(void)!write(STDERR_FILENO, "\n", 1);
	_exit(2);
}

static void next_symbols(struct next *table, const struct next_row *row,
			 size_t count, bool must)
{
	void *symbol;

	for (; count; count--, row++) {
		symbol = dlsym(RTLD_NEXT, row->name);
		if (!symbol && must)
			next_die(row->name);
		memcpy((char *)table + row->offset, &symbol, sizeof(symbol));
	}
}

/* The environment may be changed later by the program, hence copies. */
static void next_environment(struct next *table)
{
	const char *log = getenv("KSOCK_RUN_LOG");

	table->tcp_only = getenv("KSOCK_RUN_TCP_ONLY");
	table->fallback = getenv("KSOCK_RUN_FALLBACK");
	table->log = log && strlen(log) < sizeof(table->log_path);
	if (table->log)
		strcpy(table->log_path, log);
	memset(&table->log_stderr, 0, sizeof(table->log_stderr));
	table->statx(STDERR_FILENO, "", AT_EMPTY_PATH, STATX_INO,
		     &table->log_stderr);
}

/* Two threads that come here at once write the same. */
void next_find(void)
{
	struct next *table = &next_table;

	next_symbols(table, next_rows, NEXT_COUNT(next_rows), true);
	next_symbols(table, next_rows_stat, NEXT_COUNT(next_rows_stat), false);
	next_environment(table);
	atomic_store_explicit(&table->found, true, memory_order_release);
}

/*
 * The device is opened now because later the process may have changed its root
 * or its user.
 */
static __attribute__((constructor)) void next_start(void)
{
	next();
	device_hold();
}
