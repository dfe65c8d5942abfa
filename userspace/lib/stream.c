// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Exact reads and writes of a stream, and deadlines.  Each receive takes what
 * is there instead of waiting for all, so that a signal ends the whole.
 */
#include "stream.h"

#include <time.h>

#define STREAM_SECOND INT64_C(1000000000)

KSOCK_API int64_t ksock_deadline(int64_t timeout_ns)
{
	struct timespec now;
	int64_t now_ns;

	if (timeout_ns < 0)
		return KSOCK_FOREVER;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ns = now.tv_sec * STREAM_SECOND + now.tv_nsec;
	return timeout_ns < INT64_MAX - now_ns ? now_ns + timeout_ns :
						 INT64_MAX;
}

KSOCK_API int ksock_read_exact(struct ksock_sock *sock, void *buf, size_t len,
			       size_t *done, int64_t deadline_ns)
{
	size_t count = 0;
	ssize_t ret = 0;

	assert(sock);

	while (count < len) {
		ret = stream_recv(sock, (char *)buf + count, len - count,
				  deadline_ns);
		if (ret <= 0)
			break;
		count += ret;
	}

	if (done)
		*done = count;
	if (count == len)
		return 0;
	if (!ret)
		errno = ENODATA;
	return -1;
}

KSOCK_API int ksock_write_all(struct ksock_sock *sock, const void *buf,
			      size_t len, size_t *done, int64_t deadline_ns)
{
	size_t count = 0;
	ssize_t ret;

	assert(sock);

	while (count < len) {
		ret = stream_send(sock, (const char *)buf + count, len - count,
				  deadline_ns);
		if (ret < 0)
			break;
		count += ret;
	}

	if (done)
		*done = count;
	return count == len ? 0 : -1;
}
