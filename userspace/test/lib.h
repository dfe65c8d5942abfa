/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the library on a loaded module share: a network namespace
 * for each, addresses, and the fixtures "pair", two connected streams, and
 * "dgram", a bound socket and another.
 */
#ifndef KSOCK_TEST_LIB_H
#define KSOCK_TEST_LIB_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ksock.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "kselftest_harness.h"

/* In seconds, as the kselftest programs have it. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	120

#define PORT 7000

/* As long as any step may take before the test counts as stuck. */
#define WAIT_MS 10000
#define WAIT_NS (INT64_C(1000000) * WAIT_MS)

/* A time that is over soon, but not before the call has begun to wait. */
#define SHORT_NS INT64_C(50000000)

/* An errno as the result of a call, so that one comparison says both. */
#define ERRNO(call) ((call) < 0 ? errno : 0)
#define ERRNO_PTR(call) ((call) ? 0 : errno)

static inline int loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd, ret;

	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		return -1;
	ret = ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
	return ret;
}

static inline struct ksock_ctx *open_in_new_netns(void)
{
	if (unshare(CLONE_NEWNET) || loopback_up())
		return NULL;
	return ksock_open(NULL);
}

static inline struct ksock_addr loopback(int family, unsigned int port)
{
	struct ksock_addr addr = { 0 };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&addr.storage;
	struct sockaddr_in *in = (struct sockaddr_in *)&addr.storage;

	if (family == AF_INET6) {
		addr.len = sizeof(*in6);
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		in6->sin6_addr = in6addr_loopback;
	} else {
		addr.len = sizeof(*in);
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	return addr;
}

static inline unsigned int port_of(const struct ksock_addr *addr)
{
	if (addr->storage.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&addr->storage)->sin6_port);
	return ntohs(((struct sockaddr_in *)&addr->storage)->sin_port);
}

static inline int poll_one(int fd, short events)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	return poll(&pfd, 1, WAIT_MS) == 1 ? pfd.revents : -1;
}

static inline int wait_for(struct ksock_sock *sock, short events)
{
	return poll_one(ksock_sock_get_fd(sock), events);
}

static inline uint64_t own_netns(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}

static inline int stream_listen(struct ksock_sock *listener,
				const struct ksock_addr *addr)
{
	return ksock_bind(listener, addr) || ksock_listen(listener, 8) ? -1 : 0;
}

/* A thread that sleeps in the kernel is in state S. */
static inline bool thread_sleeps(pid_t tid)
{
	char path[64], line[512], *state;
	bool sleeps = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "r");
	if (file && fgets(line, sizeof(line), file)) {
		state = strrchr(line, ')');
		sleeps = state && state[2] == 'S';
	}
	if (file)
		fclose(file);
	return sleeps;
}

static inline int64_t now_ns(void)
{
	return ksock_deadline(0);
}

/* Not every file has tests of each. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

/* ---- Connected streams -------------------------------------------------- */

FIXTURE(pair)
{
	struct ksock_ctx *ctx;
	struct ksock_sock *listener;
	struct ksock_sock *client;
	struct ksock_sock *server;
};

FIXTURE_VARIANT(pair)
{
	int family;
};

FIXTURE_VARIANT_ADD(pair, ipv4)
{
	.family = AF_INET,
};

FIXTURE_VARIANT_ADD(pair, ipv6)
{
	.family = AF_INET6,
};

FIXTURE_SETUP(pair)
{
	struct ksock_addr addr = loopback(variant->family, PORT);

	if (access("/dev/ksock", F_OK))
		SKIP(return, "no /dev/ksock");
	self->ctx = open_in_new_netns();
	ASSERT_NE(NULL, self->ctx);

	self->listener = ksock_socket(self->ctx, variant->family, SOCK_STREAM,
				      0);
	self->client = ksock_socket(self->ctx, variant->family, SOCK_STREAM, 0);
	ASSERT_NE(NULL, self->listener);
	ASSERT_NE(NULL, self->client);
	ASSERT_EQ(0, stream_listen(self->listener, &addr));
	ASSERT_EQ(0, ksock_connect(self->client, &addr));
	self->server = ksock_accept(self->listener, NULL, 0);
	ASSERT_NE(NULL, self->server);
}

FIXTURE_TEARDOWN(pair)
{
	ksock_sock_close(self->server);
	ksock_sock_close(self->client);
	ksock_sock_close(self->listener);
	ksock_close(self->ctx);
}

/* ---- Datagrams ---------------------------------------------------------- */

FIXTURE(dgram)
{
	struct ksock_ctx *ctx;
	struct ksock_addr addr;
	struct ksock_sock *bound;
	struct ksock_sock *other;
};

FIXTURE_VARIANT(dgram)
{
	int family;
};

FIXTURE_VARIANT_ADD(dgram, ipv4)
{
	.family = AF_INET,
};

FIXTURE_VARIANT_ADD(dgram, ipv6)
{
	.family = AF_INET6,
};

FIXTURE_SETUP(dgram)
{
	if (access("/dev/ksock", F_OK))
		SKIP(return, "no /dev/ksock");
	self->ctx = open_in_new_netns();
	ASSERT_NE(NULL, self->ctx);

	self->addr = loopback(variant->family, PORT);
	self->bound = ksock_socket(self->ctx, variant->family, SOCK_DGRAM, 0);
	self->other = ksock_socket(self->ctx, variant->family, SOCK_DGRAM,
				   IPPROTO_UDP);
	ASSERT_NE(NULL, self->bound);
	ASSERT_NE(NULL, self->other);
	ASSERT_EQ(0, ksock_bind(self->bound, &self->addr));
}

FIXTURE_TEARDOWN(dgram)
{
	ksock_sock_close(self->other);
	ksock_sock_close(self->bound);
	ksock_close(self->ctx);
}

#pragma GCC diagnostic pop

#endif /* KSOCK_TEST_LIB_H */
