// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends and receives, interposed.  read(2), write(2) and all that moves pages
 * need no help: they work on the file.
 *
 * The device refuses what means nothing, be it a flag or the length of an address
 * that nobody reads; the system calls overlook it, and so does this.
 */
#define _GNU_SOURCE

#include "data.h"

#include "device.h"
#include "fd.h"
#include "internal.h"
#include "next.h"

/* MSG_CMSG_CLOEXEC is not among them: no message here has a descriptor in it. */
#define DATA_SEND_FLAGS							\
	(MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE | MSG_EOR |		\
	 MSG_CONFIRM | MSG_DONTROUTE | MSG_OOB | MSG_ZEROCOPY | MSG_FASTOPEN)
#define DATA_RECV_FLAGS							\
	(MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL | MSG_OOB |	\
	 MSG_ERRQUEUE)

/* From libc; ends the process. */
void __chk_fail(void) __attribute__((noreturn));

/* ---- Sending ------------------------------------------------------------ */

/* To a stream an address that is too short to be one does not matter. */
static bool data_overlooks_name(int fd, const struct msghdr *msg, int flags)
{
	struct ksock_socket_info info;

	return msg->msg_name && msg->msg_namelen < sizeof(sa_family_t) &&
	       !(flags & MSG_FASTOPEN) && device_describe(fd, &info) &&
	       info.out_type == SOCK_STREAM;
}

static ssize_t data_send_nameless(int fd, const struct msghdr *msg, int flags)
{
	struct ksock_sock sock = { .fd = fd };
	struct msghdr nameless = *msg;

	nameless.msg_name = NULL;
	return ksock_sendmsg(&sock, &nameless, flags & DATA_SEND_FLAGS);
}

static ssize_t data_send_named(int fd, const struct msghdr *msg, int flags)
{
	struct ksock_sock sock = { .fd = fd };

	if (data_overlooks_name(fd, msg, flags))
		return data_send_nameless(fd, msg, flags);
	return ksock_sendmsg(&sock, msg, flags & DATA_SEND_FLAGS);
}

/* To sendmsg(2), other than to sendto(2), a name of no length is none. */
ssize_t data_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	if (!msg) {
		errno = EFAULT;
		return -1;
	}
	if (!msg->msg_namelen)
		return data_send_nameless(fd, msg, flags);
	return data_send_named(fd, msg, flags);
}

PRELOAD_API ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return FD_WAIT(fd, data_sendmsg(fd, msg, flags),
		       next()->sendmsg(fd, msg, flags));
}

static ssize_t data_send(int fd, const void *buf, size_t len, int flags)
{
	struct ksock_sock sock = { .fd = fd };

	return ksock_send(&sock, buf, len, flags & DATA_SEND_FLAGS);
}

PRELOAD_API ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	return FD_WAIT(fd, data_send(fd, buf, len, flags),
		       next()->send(fd, buf, len, flags));
}

static ssize_t data_sendto(int fd, const void *buf, size_t len, int flags,
			   const struct sockaddr *addr, socklen_t addr_len)
{
	struct iovec part = { .iov_base = (void *)buf, .iov_len = len };
	struct msghdr msg = {
		.msg_name = (void *)addr,
		.msg_namelen = addr_len,
		.msg_iov = &part,
		.msg_iovlen = 1,
	};

	if (!addr)
		return data_send(fd, buf, len, flags);
	/* sendmsg(2) would cut it to the longest address there is. */
	if (addr_len > sizeof(struct sockaddr_storage)) {
		errno = EINVAL;
		return -1;
	}
	return data_send_named(fd, &msg, flags);
}

PRELOAD_API ssize_t sendto(int fd, const void *buf, size_t len, int flags,
			   __CONST_SOCKADDR_ARG addr, socklen_t addr_len)
{
	return FD_WAIT(fd, data_sendto(fd, buf, len, flags, addr.__sockaddr__,
				       addr_len),
		       next()->sendto(fd, buf, len, flags, addr, addr_len));
}

/* ---- Receiving ---------------------------------------------------------- */

ssize_t data_recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct ksock_sock sock = { .fd = fd };

	if (!msg) {
		errno = EFAULT;
		return -1;
	}
	return ksock_recvmsg(&sock, msg, flags & DATA_RECV_FLAGS);
}

PRELOAD_API ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	return FD_WAIT(fd, data_recvmsg(fd, msg, flags),
		       next()->recvmsg(fd, msg, flags));
}

static ssize_t data_recv(int fd, void *buf, size_t len, int flags)
{
	struct ksock_sock sock = { .fd = fd };

	return ksock_recv(&sock, buf, len, flags & DATA_RECV_FLAGS);
}

PRELOAD_API ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	return FD_WAIT(fd, data_recv(fd, buf, len, flags),
		       next()->recv(fd, buf, len, flags));
}

static ssize_t data_recvfrom(int fd, void *buf, size_t len, int flags,
			     struct sockaddr *addr, socklen_t *addr_len)
{
	struct iovec part = { .iov_base = buf, .iov_len = len };
	struct msghdr msg = {
		.msg_name = addr,
		.msg_iov = &part,
		.msg_iovlen = 1,
	};
	ssize_t ret;

	if (!addr)
		return data_recv(fd, buf, len, flags);
	if (!addr_len) {
		errno = EFAULT;
		return -1;
	}
	msg.msg_namelen = *addr_len;
	ret = data_recvmsg(fd, &msg, flags);
	if (ret >= 0)
		*addr_len = msg.msg_namelen;
	return ret;
}

PRELOAD_API ssize_t recvfrom(int fd, void *__restrict buf, size_t len,
			     int flags, __SOCKADDR_ARG addr,
			     socklen_t *__restrict addr_len)
{
	return FD_WAIT(fd, data_recvfrom(fd, buf, len, flags, addr.__sockaddr__,
					 addr_len),
		       next()->recvfrom(fd, buf, len, flags, addr, addr_len));
}

/* What the compiler makes of the two when it knows the size of the buffer. */

PRELOAD_API ssize_t __recv_chk(int fd, void *buf, size_t len, size_t size,
			       int flags)
{
	if (len > size)
		__chk_fail();
	return recv(fd, buf, len, flags);
}

PRELOAD_API ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t size,
				   int flags, __SOCKADDR_ARG addr,
				   socklen_t *addr_len)
{
	if (len > size)
		__chk_fail();
	return recvfrom(fd, buf, len, flags, addr, addr_len);
}
