/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may have ICMP sockets in the test's network namespace.
 */
#ifndef KSOCK_SELFTESTS_PING_H
#define KSOCK_SELFTESTS_PING_H

#include "common.h"

/* @range: the first and the last group, of both families. */
static inline int ping_range_write(const char *range)
{
	int fd, ret;

	fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, range, strlen(range)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

#endif /* KSOCK_SELFTESTS_PING_H */
