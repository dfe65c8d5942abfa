/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Waiting until a deadline, on descriptors that wait and on those that do not:
 * what exact reads and writes and the reader have in common.
 */
#ifndef KSOCK_STREAM_H
#define KSOCK_STREAM_H

#include "internal.h"

#include <limits.h>
#include <poll.h>

/* The timeout that a deadline is at this moment, 0 when it is over. */
static inline int64_t stream_left(int64_t deadline_ns)
{
	int64_t now;

	if (deadline_ns < 0)
		return KSOCK_FOREVER;

	now = ksock_deadline(0);
	return deadline_ns > now ? deadline_ns - now : 0;
}

/*
 * After EAGAIN, which a call that waits gives when the deadline is over, and
 * one on an O_NONBLOCK descriptor at once.  Returns what poll(2) found, or -1.
 */
static inline int stream_wait(struct ksock_sock *sock, short events,
			      int64_t deadline_ns)
{
	struct pollfd pfd = { .fd = sock->fd, .events = events };
	int64_t left, ms;
	int ret = 0;

	while (!ret) {
		left = stream_left(deadline_ns);
		if (!left) {
			errno = ETIMEDOUT;
			return -1;
		}
		ms = left < 0 ? -1 : left / 1000000 + !!(left % 1000000);
		ret = poll(&pfd, 1, ms < INT_MAX ? (int)ms : INT_MAX);
	}
	return ret < 0 ? -1 : pfd.revents;
}

/*
 * A queue of errors that no one empties has poll(2) return at once for ever,
 * so that what the call then says is final.
 */
static inline ssize_t stream_recv(struct ksock_sock *sock, void *buf,
				  size_t len, int64_t deadline_ns)
{
	int err = errno, events = 0;
	ssize_t ret;

	while (events >= 0) {
		ret = ksock_recvfrom_timed(sock, buf, len, 0, NULL, NULL,
					   stream_left(deadline_ns));
		if (ret >= 0) {
			errno = err;
			return ret;
		}
		if (errno != EAGAIN || events == POLLERR)
			return -1;
		events = stream_wait(sock, POLLIN, deadline_ns);
	}
	return -1;
}

static inline ssize_t stream_send(struct ksock_sock *sock, const void *buf,
				  size_t len, int64_t deadline_ns)
{
	int err = errno, events = 0;
	ssize_t ret;

	while (events >= 0) {
		ret = ksock_sendto_timed(sock, buf, len, MSG_NOSIGNAL, NULL,
					 stream_left(deadline_ns));
		if (ret >= 0) {
			errno = err;
			return ret;
		}
		if (errno != EAGAIN || events == POLLERR)
			return -1;
		events = stream_wait(sock, POLLOUT, deadline_ns);
	}
	return -1;
}

#endif /* KSOCK_STREAM_H */
