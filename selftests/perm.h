/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of permissions share: how the module was loaded, and calls
 * whose descriptors are not wanted.
 */
#ifndef KSOCK_SELFTESTS_PERM_H
#define KSOCK_SELFTESTS_PERM_H

#include "batch.h"
#include "process.h"

static inline bool relaxed(void)
{
	char value = 0;
	int fd;

	fd = open("/sys/module/ksock/parameters/relaxed",
		  O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, &value, 1) != 1)
		value = 0;
	close(fd);
	return value == 'Y';
}

/* What a command that makes a descriptor returns, as any other. */
static inline int closed(int fd)
{
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* Connects by sending a byte, with MSG_FASTOPEN, to an address. */
static inline int fastopen(int fd, const struct addr *to)
{
	return ksock_sendto(fd, "x", 1, MSG_FASTOPEN, &to->sa, to->len);
}

static inline int fastopen_msg(int fd, struct addr *to)
{
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_name = &to->storage,
		.msg_namelen = to->len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	return ksock_sendmsg(fd, &msg, MSG_FASTOPEN);
}

static inline int fastopen_batch(int batch, unsigned int slot, struct addr *to)
{
	struct ksock_batch_op op = batch_send(slot, "x", 1, MSG_FASTOPEN);

	batch_addr(&op, to);
	return batch_one(batch, op);
}

static inline int opt_get(int fd)
{
	socklen_t len = sizeof(int);
	int value;

	return ksock_getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &len);
}

static inline int opt_set(int fd)
{
	int one = 1;

	return ksock_setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one,
				sizeof(one));
}

#endif /* KSOCK_SELFTESTS_PERM_H */
