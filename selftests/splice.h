/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Splicing: one call, a call in a thread, and pairs of sockets to measure what
 * an ordinary socket does on this kernel.
 */
#ifndef KSOCK_SELFTESTS_SPLICE_H
#define KSOCK_SELFTESTS_SPLICE_H

#include "fixture.h"

#include <sys/uio.h>

/* What a pipe holds unless it is told otherwise. */
#define PIPE_ROOM	(64 * 1024)

static inline ssize_t splice_from_to(int from, int to, size_t len,
				     unsigned int flags)
{
	ssize_t ret = splice(from, NULL, to, NULL, len, flags);

	return ret < 0 ? -errno : ret;
}

/* A struct call, which stays the first field; call.fd is where it goes to. */
struct splice_call {
	struct call call;
	int from;
};

/* call.len and call.flags are those of splice(2). */
static inline ssize_t call_splice(struct call *call)
{
	return splice_from_to(((struct splice_call *)call)->from, call->fd,
			      call->len, call->flags);
}

/* Moves memory into a pipe without a copy; returns 0 or -errno. */
static inline int vmsplice_all(int pipe, void *buf, size_t len)
{
	struct iovec iov = { buf, len };
	ssize_t ret;

	while (iov.iov_len) {
		ret = vmsplice(pipe, &iov, 1, 0);
		if (ret < 0)
			return -errno;
		iov.iov_base = (char *)iov.iov_base + ret;
		iov.iov_len -= ret;
	}
	return 0;
}

#endif /* KSOCK_SELFTESTS_SPLICE_H */
