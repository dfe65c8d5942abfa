/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptors on their way between processes, as SCM_RIGHTS over AF_UNIX.
 */
#ifndef KSOCK_SELFTESTS_SCM_H
#define KSOCK_SELFTESTS_SCM_H

#include "common.h"

/* Returns 0 or -errno. */
static inline int send_fd(int channel, int fd)
{
	union {
		struct cmsghdr cmsg;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = sizeof(byte) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;

	memset(&control, 0, sizeof(control));
	cmsg = CMSG_FIRSTHDR(&msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	return sendmsg(channel, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Returns the descriptor, or -errno; -ETIME when none comes in time. */
static inline int recv_fd(int channel)
{
	union {
		struct cmsghdr cmsg;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = sizeof(byte) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	int fd;

	if (wait_events(channel, POLLIN, WAIT_MS) <= 0)
		return -ETIME;
	if (recvmsg(channel, &msg, MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS)
		return -EBADMSG;
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	return fd;
}

#endif /* KSOCK_SELFTESTS_SCM_H */
