/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * More than one call moves: whole buffers, as the calls of threads of their
 * own, and as much as a socket takes.
 */
#ifndef KSOCK_SELFTESTS_BULK_H
#define KSOCK_SELFTESTS_BULK_H

#include "common.h"

/*
 * Long enough for what is under way between two sockets, acknowledgements that
 * wait included, to come to an end.
 */
#define QUIET_MS	400

/* Returns call->len, or what the step that moved nothing returned. */
static inline ssize_t bulk_all(struct call *call,
			       ssize_t (*step)(struct call *call, void *buf,
					       size_t len))
{
	size_t done = 0;
	ssize_t ret;

	while (done < call->len) {
		ret = step(call, (char *)call->buf + done, call->len - done);
		if (ret <= 0)
			return ret;
		done += ret;
	}
	return done;
}

static inline ssize_t bulk_send(struct call *call, void *buf, size_t len)
{
	return face_send(call->face, call->fd, buf, len, 0);
}

static inline ssize_t bulk_recv(struct call *call, void *buf, size_t len)
{
	return face_recv(call->face, call->fd, buf, len, 0);
}

static inline ssize_t bulk_write(struct call *call, void *buf, size_t len)
{
	ssize_t ret = write(call->fd, buf, len);

	return ret < 0 ? -errno : ret;
}

static inline ssize_t bulk_read(struct call *call, void *buf, size_t len)
{
	ssize_t ret = read(call->fd, buf, len);

	return ret < 0 ? -errno : ret;
}

static inline ssize_t send_all(struct call *call)
{
	return bulk_all(call, bulk_send);
}

static inline ssize_t recv_all(struct call *call)
{
	return bulk_all(call, bulk_recv);
}

static inline ssize_t write_all(struct call *call)
{
	return bulk_all(call, bulk_write);
}

static inline ssize_t read_all(struct call *call)
{
	return bulk_all(call, bulk_read);
}

/*
 * Sends until there is no room, and none after things have come to rest, or
 * until there is always room; returns how much it took.
 */
static inline size_t fill(const struct face *face, int fd)
{
	static char buf[1 << 16];
	bool rested = false;
	size_t total = 0;
	ssize_t ret;

	while (total < 64 << 20) {
		ret = face_send(face, fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (ret > 0) {
			total += ret;
			rested = false;
			continue;
		}
		if (rested)
			break;
		wait_events(fd, POLLOUT, QUIET_MS);
		rested = true;
	}
	return total;
}

/* Receives so many bytes, whatever they are; returns 0 or what failed. */
static inline ssize_t drain(const struct face *face, int fd, size_t len)
{
	static char buf[1 << 16];
	ssize_t ret;

	while (len) {
		if (wait_events(fd, POLLIN, WAIT_MS) <= 0)
			return -ETIME;
		ret = face_recv(face, fd, buf,
				len < sizeof(buf) ? len : sizeof(buf), 0);
		if (ret <= 0)
			return ret ? ret : -EPIPE;
		len -= ret;
	}
	return 0;
}

#endif /* KSOCK_SELFTESTS_BULK_H */
