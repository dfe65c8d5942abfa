/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An epoll that watches one descriptor.
 */
#ifndef KSOCK_SELFTESTS_WATCH_H
#define KSOCK_SELFTESTS_WATCH_H

#include "common.h"

#include <sys/epoll.h>

/* An epoll that watches a descriptor, or -errno. */
static inline int epoll_of(int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };
	int epoll, ret;

	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		return -errno;
	ret = ret_errno(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	return ret ? ret : epoll;
}

/* The events of the one descriptor an epoll watches, 0 when none came. */
static inline uint32_t epoll_events(int epoll, int ms)
{
	struct epoll_event event = {};

	return epoll_wait(epoll, &event, 1, ms) == 1 ? event.events : 0;
}

#endif /* KSOCK_SELFTESTS_WATCH_H */
