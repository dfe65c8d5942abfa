// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a socket, interposed: which ones are taken over, and what is done
 * with them but for moving data.
 *
 * Where a command of the device has the address in its structure, it is copied
 * here, so one that cannot be read ends the process where the system call fails
 * with EFAULT.
 */
#define _GNU_SOURCE

#include "device.h"
#include "fd.h"
#include "internal.h"
#include "log.h"
#include "next.h"

#include <netinet/in.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* ---- socket(2) ---------------------------------------------------------- */

static bool socket_is_stream(int protocol)
{
	return !protocol || protocol == IPPROTO_TCP ||
	       (protocol == IPPROTO_MPTCP && !next()->tcp_only);
}

static bool socket_is_dgram(int family, int protocol)
{
	return !protocol || protocol == IPPROTO_UDP ||
	       protocol == IPPROTO_UDPLITE ||
	       protocol == (family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

/* What the device does not make either fails as the kernel says it does. */
static bool socket_is_wanted(int family, int type, int protocol)
{
	if (family != AF_INET && family != AF_INET6)
		return false;
	switch (type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) {
	case SOCK_STREAM:
		return socket_is_stream(protocol);
	case SOCK_DGRAM:
		return !next()->tcp_only && socket_is_dgram(family, protocol);
	default:
		return false;
	}
}

/*
 * Opening the device can fail in ways that socket(2) does not; a program may know
 * no others than those of its manual page.
 */
static int socket_errno(int err)
{
	switch (err) {
	case EPERM:
	case EACCES:
		return EACCES;
	case EDQUOT:
		return EMFILE;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
	case EINVAL:
	case EPROTONOSUPPORT:
		return err;
	default:
		return EAFNOSUPPORT;
	}
}

static int socket_pass(int family, int type, int protocol, const char *what,
		       int why)
{
	int fd = next()->socket(family, type, protocol);

	fd_note(fd, false);
	log_socket(family, type, protocol, fd, what, why);
	return fd;
}

/* The first time it is told why, and no other time. */
static int socket_fall_back(int family, int type, int protocol, int why)
{
	static atomic_bool told;

	if (atomic_exchange(&told, true))
		return next()->socket(family, type, protocol);
	return socket_pass(family, type, protocol, "not a ksock", why);
}

PRELOAD_API int socket(int family, int type, int protocol)
{
	int err = errno;
	int fd, why;

	if (!socket_is_wanted(family, type, protocol))
		return socket_pass(family, type, protocol, "passed through", 0);

	fd = device_socket(family, type, protocol);
	if (fd >= 0) {
		fd_note(fd, true);
		log_socket(family, type, protocol, fd, "ksock", 0);
		errno = err;
		return fd;
	}

	why = errno;
	errno = err;
	if (next()->fallback)
		return socket_fall_back(family, type, protocol, why);
	log_socket(family, type, protocol, fd, "no ksock", why);
	errno = socket_errno(why);
	return -1;
}

/* ---- Addresses ---------------------------------------------------------- */

static int addr_take(struct ksock_addr *addr, const struct sockaddr *from,
		     socklen_t len)
{
	addr->len = len;
	if (!len || len > sizeof(addr->storage))
		return 0;
	if (!from) {
		errno = EFAULT;
		return -1;
	}
	memcpy(&addr->storage, from, len);
	return 0;
}

/* Whether there is room, before anything is done that cannot be undone. */
static int addr_check(const struct sockaddr *to, const socklen_t *len)
{
	if (!to)
		return 0;
	if (!len || *len > INT_MAX) {
		errno = len ? EINVAL : EFAULT;
		return -1;
	}
	return 0;
}

static void addr_give(const void *from, socklen_t from_len,
		      struct sockaddr *to, socklen_t *len)
{
	if (!to)
		return;
	memcpy(to, from, *len < from_len ? *len : from_len);
	*len = from_len;
}

static int socket_bind(int fd, const struct sockaddr *to, socklen_t len)
{
	struct ksock_sock sock = { .fd = fd };
	struct ksock_addr addr;

	return addr_take(&addr, to, len) ? -1 : ksock_bind(&sock, &addr);
}

PRELOAD_API int bind(int fd, __CONST_SOCKADDR_ARG addr, socklen_t len)
{
	return FD_CALL(fd, socket_bind(fd, addr.__sockaddr__, len),
		       next()->bind(fd, addr, len));
}

static int socket_connect(int fd, const struct sockaddr *to, socklen_t len)
{
	struct ksock_sock sock = { .fd = fd };
	struct ksock_addr addr;

	return addr_take(&addr, to, len) ? -1 : ksock_connect(&sock, &addr);
}

PRELOAD_API int connect(int fd, __CONST_SOCKADDR_ARG addr, socklen_t len)
{
	return FD_WAIT(fd, socket_connect(fd, addr.__sockaddr__, len),
		       next()->connect(fd, addr, len));
}

typedef int socket_name_fn(struct ksock_sock *sock, struct ksock_addr *addr);

static int socket_name(int fd, socket_name_fn *name, struct sockaddr *to,
		       socklen_t *len)
{
	struct ksock_sock sock = { .fd = fd };
	struct ksock_addr addr;

	if (!to) {
		errno = EFAULT;
		return -1;
	}
	if (addr_check(to, len) || name(&sock, &addr))
		return -1;
	addr_give(&addr.storage, addr.len, to, len);
	return 0;
}

PRELOAD_API int getsockname(int fd, __SOCKADDR_ARG addr,
			    socklen_t *__restrict len)
{
	return FD_CALL(fd, socket_name(fd, ksock_getsockname, addr.__sockaddr__,
				       len),
		       next()->getsockname(fd, addr, len));
}

PRELOAD_API int getpeername(int fd, __SOCKADDR_ARG addr,
			    socklen_t *__restrict len)
{
	return FD_CALL(fd, socket_name(fd, ksock_getpeername, addr.__sockaddr__,
				       len),
		       next()->getpeername(fd, addr, len));
}

/* ---- Connections -------------------------------------------------------- */

PRELOAD_API int listen(int fd, int backlog)
{
	struct ksock_sock sock = { .fd = fd };

	return FD_CALL(fd, ksock_listen(&sock, backlog),
		       next()->listen(fd, backlog));
}

PRELOAD_API int shutdown(int fd, int how)
{
	struct ksock_sock sock = { .fd = fd };

	return FD_CALL(fd, ksock_shutdown(&sock, how),
		       next()->shutdown(fd, how));
}

/* libksock would allocate, which a signal handler may not. */
static int socket_accept(int fd, struct sockaddr *peer, socklen_t *len,
			 int flags)
{
	struct ksock_accept_args args = { .flags = flags };
	int new;

	if (addr_check(peer, len))
		return -1;
	/* And not after it, when there is a connection that would be lost. */
	new = FD_CANCELLABLE(ksock_ioctl(fd, KSOCK_IOC_ACCEPT, &args));
	if (new < 0) {
		if (errno == EDQUOT)
			errno = EMFILE;
		return -1;
	}
	addr_give(args.out_addr.bytes, args.out_addr.len, peer, len);
	fd_note(new, true);
	log_accept(fd, new);
	return new;
}

PRELOAD_API int accept(int fd, __SOCKADDR_ARG addr, socklen_t *__restrict len)
{
	return FD_CALL(fd, socket_accept(fd, addr.__sockaddr__, len, 0),
		       next()->accept(fd, addr, len));
}

PRELOAD_API int accept4(int fd, __SOCKADDR_ARG addr, socklen_t *__restrict len,
			int flags)
{
	return FD_CALL(fd, socket_accept(fd, addr.__sockaddr__, len, flags),
		       next()->accept4(fd, addr, len, flags));
}

/* ---- Options ------------------------------------------------------------ */

/* Some options tell the length they need when they fail, so it goes back. */
static int socket_getsockopt(int fd, int level, int name, void *value,
			     socklen_t *len)
{
	struct ksock_opt_args args = {
		.level = level,
		.name = name,
		.value_ptr = (uintptr_t)value,
	};
	int ret;

	if (!len) {
		errno = EFAULT;
		return -1;
	}
	args.len = *len;
	ret = ksock_ioctl(fd, KSOCK_IOC_OPT_GET, &args);
	*len = args.len;
	return ret;
}

PRELOAD_API int getsockopt(int fd, int level, int name, void *__restrict value,
			   socklen_t *__restrict len)
{
	return FD_CALL(fd, socket_getsockopt(fd, level, name, value, len),
		       next()->getsockopt(fd, level, name, value, len));
}

static int socket_setsockopt(int fd, int level, int name, const void *value,
			     socklen_t len)
{
	struct ksock_opt_args args = {
		.level = level,
		.name = name,
		.len = len,
		.value_ptr = (uintptr_t)value,
	};

	return ksock_ioctl(fd, KSOCK_IOC_OPT_SET, &args);
}

PRELOAD_API int setsockopt(int fd, int level, int name, const void *value,
			   socklen_t len)
{
	return FD_CALL(fd, socket_setsockopt(fd, level, name, value, len),
		       next()->setsockopt(fd, level, name, value, len));
}
