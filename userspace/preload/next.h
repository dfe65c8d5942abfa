/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What lies behind the functions that are interposed, and how the library was
 * told to behave.  Both are found once, by the constructor, or by the first call
 * of another library's constructor that runs before it.
 *
 * The functions are those that come next in the order of libraries and not bare
 * system calls: other libraries that are preloaded go on working, and calls on
 * ordinary sockets stay the cancellation points that libc makes of them.
 * dlsym(3), which a signal handler may not call, is over by then.
 */
#ifndef PRELOAD_NEXT_H
#define PRELOAD_NEXT_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The functions that are there for programs. */
#define PRELOAD_API __attribute__((visibility("default")))

/* Of libc, for programs older than fstat(3) as a function. */
int __fxstat(int version, int fd, struct stat *buf);
int __fxstat64(int version, int fd, struct stat64 *buf);
int __fxstatat(int version, int dir, const char *path, struct stat *buf,
	       int flags);
int __fxstatat64(int version, int dir, const char *path, struct stat64 *buf,
		 int flags);

/**
 * struct next - the next function of each name, and what ksock-run(1) was told
 * @found: all of it is there
 * @tcp_only: take over nothing but TCP
 * @fallback: make an ordinary socket when a ksock cannot be made
 * @log: log what is done with sockets
 * @log_path: file to append to, empty for standard error
 * @log_stderr: what that was, zeroed where that cannot be told
 */
struct next {
	__typeof__(accept) *accept;
	__typeof__(accept4) *accept4;
	__typeof__(bind) *bind;
	__typeof__(connect) *connect;
	__typeof__(getpeername) *getpeername;
	__typeof__(getsockname) *getsockname;
	__typeof__(getsockopt) *getsockopt;
	__typeof__(ioctl) *ioctl;
	__typeof__(listen) *listen;
	__typeof__(recv) *recv;
	__typeof__(recvfrom) *recvfrom;
	__typeof__(recvmmsg) *recvmmsg;
	__typeof__(recvmsg) *recvmsg;
	__typeof__(send) *send;
	__typeof__(sendmmsg) *sendmmsg;
	__typeof__(sendmsg) *sendmsg;
	__typeof__(sendto) *sendto;
	__typeof__(setsockopt) *setsockopt;
	__typeof__(shutdown) *shutdown;
	__typeof__(socket) *socket;
	__typeof__(syscall) *syscall;
	__typeof__(fstat) *fstat;
	__typeof__(fstat64) *fstat64;
	__typeof__(fstatat) *fstatat;
	__typeof__(fstatat64) *fstatat64;
	__typeof__(statx) *statx;
	__typeof__(__fxstat) *__fxstat;
	__typeof__(__fxstat64) *__fxstat64;
	__typeof__(__fxstatat) *__fxstatat;
	__typeof__(__fxstatat64) *__fxstatat64;
	atomic_bool found;
	bool tcp_only;
	bool fallback;
	bool log;
	char log_path[PATH_MAX];
	struct statx log_stderr;
};

extern struct next next_table;

/** next_find() - fill the table; ends the process when it cannot */
void next_find(void);

/** next() - the table, filled */
static inline const struct next *next(void)
{
	if (__builtin_expect(!atomic_load_explicit(&next_table.found,
						   memory_order_acquire), 0))
		next_find();
	return &next_table;
}

#endif /* PRELOAD_NEXT_H */
