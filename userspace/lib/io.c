// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Data: sending and receiving.  One system call each, with the caller's
 * buffers handed to the kernel as they are; nothing is copied or allocated
 * here.  Messages of several parts are sent and received in msg.c.
 */
#include "internal.h"

static inline ssize_t io_send(struct ksock_sock *sock,
			      struct ksock_send_args *args,
			      const struct ksock_addr *addr)
{
	assert(sock);

	if (addr) {
		if (addr->len > sizeof(addr->storage)) {
			errno = EINVAL;
			return -1;
		}
		args->addr_ptr = (uintptr_t)&addr->storage;
		args->addr_len = addr->len;
	}
	return ksock_ioctl(sock->fd, KSOCK_IOC_SEND, args);
}

KSOCK_API ssize_t ksock_send(struct ksock_sock *sock, const void *buf,
			     size_t len, int flags)
{
	return ksock_sendto(sock, buf, len, flags, NULL);
}

KSOCK_API ssize_t ksock_sendto(struct ksock_sock *sock, const void *buf,
			       size_t len, int flags,
			       const struct ksock_addr *addr)
{
	struct ksock_send_args args = {
		.flags = flags,
		.buf_ptr = (uintptr_t)buf,
		.len = len,
	};

	return io_send(sock, &args, addr);
}

KSOCK_API ssize_t ksock_sendto_timed(struct ksock_sock *sock, const void *buf,
				     size_t len, int flags,
				     const struct ksock_addr *addr,
				     int64_t timeout_ns)
{
	struct ksock_send_args args = {
		.flags = flags,
		.buf_ptr = (uintptr_t)buf,
		.len = len,
	};

	args.timeout_ns = ksock_timeout_to_flags(timeout_ns, &args.flags);
	return io_send(sock, &args, addr);
}

static inline ssize_t io_recv(struct ksock_sock *sock,
			      struct ksock_recv_args *args,
			      struct ksock_addr *from, int *out_flags)
{
	ssize_t ret;

	assert(sock);

	if (from) {
		args->addr_ptr = (uintptr_t)&from->storage;
		args->addr_len = sizeof(from->storage);
	}

	ret = ksock_ioctl(sock->fd, KSOCK_IOC_RECV, args);
	if (ret < 0)
		return -1;

	if (from) {
		from->len = args->out_addr_len;
		if (from->len > sizeof(from->storage))
			from->len = sizeof(from->storage);
	}
	if (out_flags)
		*out_flags = args->out_flags;
	return ret;
}

KSOCK_API ssize_t ksock_recv(struct ksock_sock *sock, void *buf, size_t len,
			     int flags)
{
	return ksock_recvfrom(sock, buf, len, flags, NULL, NULL);
}

KSOCK_API ssize_t ksock_recvfrom(struct ksock_sock *sock, void *buf, size_t len,
				 int flags, struct ksock_addr *from,
				 int *out_flags)
{
	struct ksock_recv_args args = {
		.flags = flags,
		.buf_ptr = (uintptr_t)buf,
		.len = len,
	};

	return io_recv(sock, &args, from, out_flags);
}

KSOCK_API ssize_t ksock_recvfrom_timed(struct ksock_sock *sock, void *buf,
				       size_t len, int flags,
				       struct ksock_addr *from, int *out_flags,
				       int64_t timeout_ns)
{
	struct ksock_recv_args args = {
		.flags = flags,
		.buf_ptr = (uintptr_t)buf,
		.len = len,
	};

	args.timeout_ns = ksock_timeout_to_flags(timeout_ns, &args.flags);
	return io_recv(sock, &args, from, out_flags);
}
