/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of a ksock with a timeout of their own, which ordinary sockets do not
 * have, flat and as messages; and clocks to see what they took.
 */
#ifndef KSOCK_SELFTESTS_TIMED_H
#define KSOCK_SELFTESTS_TIMED_H

#include "fixture.h"

/* A time that passes soon, and one that no test lives to see the end of. */
#define SOON		(50 * NS_PER_MS)
#define LATE		(600000 * NS_PER_MS)

/* The commands that move data: SEND and RECV, or SENDMSG and RECVMSG. */
struct timed {
	ssize_t (*send)(int fd, const void *buf, size_t len, int flags,
			uint64_t ns);
	ssize_t (*recv)(int fd, void *buf, size_t len, int flags, uint64_t ns);
};

static inline int timed_accept(int fd, uint64_t ns)
{
	struct ksock_accept_args args = { .timeout_ns = ns };

	return ret_errno(ioctl(fd, KSOCK_IOC_ACCEPT, &args));
}

static inline int timed_connect(int fd, const struct addr *addr, uint64_t ns)
{
	struct ksock_connect_args args = { .timeout_ns = ns };

	ksock_addr_in(&args.addr, &addr->sa, addr->len);
	return ret_errno(ioctl(fd, KSOCK_IOC_CONNECT, &args));
}

static inline ssize_t timed_send(int fd, const void *buf, size_t len, int flags,
				 uint64_t ns)
{
	struct ksock_send_args args = {
		.flags = flags,
		.buf_ptr = (uintptr_t)buf,
		.len = len,
		.timeout_ns = ns,
	};

	return ret_errno(ioctl(fd, KSOCK_IOC_SEND, &args));
}

static inline ssize_t timed_recv(int fd, void *buf, size_t len, int flags,
				 uint64_t ns)
{
	struct ksock_recv_args args = {
		.flags = flags,
		.buf_ptr = (uintptr_t)buf,
		.len = len,
		.timeout_ns = ns,
	};

	return ret_errno(ioctl(fd, KSOCK_IOC_RECV, &args));
}

/* In two parts, so that a wait may begin in either. */
static inline ssize_t timed_sendmsg(int fd, const void *buf, size_t len,
				    int flags, uint64_t ns)
{
	const struct iovec iov[] = {
		{ (void *)buf, len / 2 },
		{ (char *)buf + len / 2, len - len / 2 },
	};
	struct ksock_sendmsg_args args = {
		.flags = flags,
		.iov_ptr = (uintptr_t)iov,
		.iov_count = ARRAY_SIZE(iov),
		.timeout_ns = ns,
	};

	return ret_errno(ioctl(fd, KSOCK_IOC_SENDMSG, &args));
}

static inline ssize_t timed_recvmsg(int fd, void *buf, size_t len, int flags,
				    uint64_t ns)
{
	const struct iovec iov[] = {
		{ buf, len / 2 },
		{ (char *)buf + len / 2, len - len / 2 },
	};
	struct ksock_recvmsg_args args = {
		.flags = flags,
		.iov_ptr = (uintptr_t)iov,
		.iov_count = ARRAY_SIZE(iov),
		.timeout_ns = ns,
	};

	return ret_errno(ioctl(fd, KSOCK_IOC_RECVMSG, &args));
}

static const struct timed timed_flat __attribute__((unused)) = {
	.send = timed_send, .recv = timed_recv,
};

static const struct timed timed_msg __attribute__((unused)) = {
	.send = timed_sendmsg, .recv = timed_recvmsg,
};

/* ---- In a thread --------------------------------------------------------- */

/* A struct call, which stays the first field, with a timeout. */
struct timed_call {
	struct call call;
	const struct timed *by;
	uint64_t ns;
};

static inline ssize_t call_timed_accept(struct call *call)
{
	return timed_accept(call->fd, ((struct timed_call *)call)->ns);
}

static inline ssize_t call_timed_connect(struct call *call)
{
	return timed_connect(call->fd, &call->addr,
			     ((struct timed_call *)call)->ns);
}

static inline ssize_t call_timed_send(struct call *call)
{
	struct timed_call *timed = (struct timed_call *)call;

	return timed->by->send(call->fd, call->buf, call->len, call->flags,
			       timed->ns);
}

static inline ssize_t call_timed_recv(struct call *call)
{
	struct timed_call *timed = (struct timed_call *)call;

	return timed->by->recv(call->fd, call->buf, call->len, call->flags,
			       timed->ns);
}

/* ---- Clocks -------------------------------------------------------------- */

/* The call takes as long as it was given, and not much longer. */
#define EXPECT_EXPIRES(_expected, _ns, _call)				\
	do {								\
		uint64_t __took = clock_ns(CLOCK_MONOTONIC);		\
									\
		EXPECT_EQ(_expected, _call);				\
		__took = clock_ns(CLOCK_MONOTONIC) - __took;		\
		EXPECT_LE(_ns, __took);					\
		EXPECT_GT((_ns) + WAIT_MS * NS_PER_MS, __took);		\
	} while (0)

/* ---- Fixtures ------------------------------------------------------------ */

FIXTURE(timed) {
	const struct timed *by;
	struct addr addr;
};

FIXTURE_VARIANT(timed) {
	const struct timed *by;
	int family;
	int type;
};

#define TIMED_VARIANT(_name, _by, _family, _type)			\
	FIXTURE_VARIANT_ADD(timed, _name) {				\
		.by = &(_by), .family = (_family), .type = (_type),	\
	}

TIMED_VARIANT(ipv4_stream, timed_flat, AF_INET, SOCK_STREAM);
TIMED_VARIANT(ipv6_stream, timed_flat, AF_INET6, SOCK_STREAM);
TIMED_VARIANT(ipv4_dgram, timed_flat, AF_INET, SOCK_DGRAM);
TIMED_VARIANT(ipv6_dgram, timed_flat, AF_INET6, SOCK_DGRAM);
TIMED_VARIANT(ipv4_stream_msg, timed_msg, AF_INET, SOCK_STREAM);
TIMED_VARIANT(ipv6_stream_msg, timed_msg, AF_INET6, SOCK_STREAM);
TIMED_VARIANT(ipv4_dgram_msg, timed_msg, AF_INET, SOCK_DGRAM);
TIMED_VARIANT(ipv6_dgram_msg, timed_msg, AF_INET6, SOCK_DGRAM);

FIXTURE_SETUP(timed)
{
	SETUP_KSOCK();
	self->by = variant->by;
	self->addr = addr_loopback(variant->family, PORT);
}

FIXTURE_TEARDOWN(timed)
{
}

FIXTURE(timed_stream) {
	const struct timed *by;
	struct addr addr;
};

FIXTURE_VARIANT(timed_stream) {
	const struct timed *by;
	int family;
};

#define TIMED_STREAM_VARIANT(_name, _by, _family)			\
	FIXTURE_VARIANT_ADD(timed_stream, _name) {			\
		.by = &(_by), .family = (_family),			\
	}

TIMED_STREAM_VARIANT(ipv4, timed_flat, AF_INET);
TIMED_STREAM_VARIANT(ipv6, timed_flat, AF_INET6);
TIMED_STREAM_VARIANT(ipv4_msg, timed_msg, AF_INET);
TIMED_STREAM_VARIANT(ipv6_msg, timed_msg, AF_INET6);

FIXTURE_SETUP(timed_stream)
{
	SETUP_KSOCK();
	self->by = variant->by;
	self->addr = addr_loopback(variant->family, PORT);
}

FIXTURE_TEARDOWN(timed_stream)
{
}

#endif /* KSOCK_SELFTESTS_TIMED_H */
