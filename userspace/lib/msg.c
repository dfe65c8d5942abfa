// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Messages: struct msghdr to the form of the kernel module and back.  The parts
 * of the data and the control data are handed over where they are.  The kernel
 * module takes lengths of 32 bits and refuses a length without a pointer, where
 * the system calls are more lenient.
 */
#include "internal.h"

/* Cuts a length to 32 bits, with which it still is too long. */
static uint32_t msg_len(size_t len)
{
	return len < UINT32_MAX ? len : UINT32_MAX;
}

/*
 * The system calls take a negative length for malformed and one that is longer
 * than any address for that of the longest.
 */
static int msg_addr(const struct msghdr *msg, uint32_t *addr_len,
		    __u64 *addr_ptr)
{
	if (!msg->msg_name)
		return 0;
	if (msg->msg_namelen > INT32_MAX) {
		errno = EINVAL;
		return -1;
	}

	*addr_ptr = (uintptr_t)msg->msg_name;
	*addr_len = msg->msg_namelen < KSOCK_ADDR_MAX ? msg->msg_namelen :
							KSOCK_ADDR_MAX;
	return 0;
}

KSOCK_API ssize_t ksock_sendmsg_timed(struct ksock_sock *sock,
				      const struct msghdr *msg, int flags,
				      int64_t timeout_ns)
{
	struct ksock_sendmsg_args args = { .flags = flags };

	assert(sock);
	assert(msg);

	if (msg_addr(msg, &args.addr_len, &args.addr_ptr))
		return -1;
	args.iov_ptr = (uintptr_t)msg->msg_iov;
	args.iov_count = msg_len(msg->msg_iovlen);
	args.control_ptr = (uintptr_t)msg->msg_control;
	args.control_len = msg_len(msg->msg_controllen);
	args.timeout_ns = ksock_timeout_to_flags(timeout_ns, &args.flags);
	return ksock_ioctl(sock->fd, KSOCK_IOC_SENDMSG, &args);
}

KSOCK_API ssize_t ksock_sendmsg(struct ksock_sock *sock,
				const struct msghdr *msg, int flags)
{
	return ksock_sendmsg_timed(sock, msg, flags, KSOCK_FOREVER);
}

KSOCK_API ssize_t ksock_recvmsg_timed(struct ksock_sock *sock,
				      struct msghdr *msg, int flags,
				      int64_t timeout_ns)
{
	struct ksock_recvmsg_args args = {
		.flags = flags & ~MSG_CMSG_CLOEXEC,
	};
	ssize_t ret;

	assert(sock);
	assert(msg);

	if (msg_addr(msg, &args.addr_len, &args.addr_ptr))
		return -1;
	if (msg->msg_control) {
		args.control_ptr = (uintptr_t)msg->msg_control;
		args.control_len = msg_len(msg->msg_controllen);
	}
	args.iov_ptr = (uintptr_t)msg->msg_iov;
	args.iov_count = msg_len(msg->msg_iovlen);
	args.timeout_ns = ksock_timeout_to_flags(timeout_ns, &args.flags);

	ret = ksock_ioctl(sock->fd, KSOCK_IOC_RECVMSG, &args);
	if (ret < 0)
		return -1;

	if (msg->msg_name)
		msg->msg_namelen = args.out_addr_len;
	msg->msg_controllen = args.out_control_len;
	msg->msg_flags = args.out_flags;
	return ret;
}

KSOCK_API ssize_t ksock_recvmsg(struct ksock_sock *sock, struct msghdr *msg,
				int flags)
{
	return ksock_recvmsg_timed(sock, msg, flags, KSOCK_FOREVER);
}
