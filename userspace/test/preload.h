/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs share that use sockets as any program does, and are run both
 * as they are and by ksock run; they expect the same either way.  All that they
 * know of ksock is how to see that a descriptor is one, lest the library not be
 * there and nobody notice.
 *
 * The fixtures are "pair", two connected streams, and "dgram", a bound socket and
 * another.  Each test has a network namespace of its own.
 */
#ifndef KSOCK_TEST_PRELOAD_H
#define KSOCK_TEST_PRELOAD_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

/* In seconds, as that of the tests of ksock's own calls. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	120

#define PORT 7000

/* As long as any step may take before the test counts as stuck. */
#define WAIT_MS 10000

/* An errno as the result of a call, so that one comparison says both. */
#define ERRNO(call) ((call) < 0 ? errno : 0)

/* What the compiler makes of recv() and recvfrom() to a buffer of known size. */
ssize_t __recv_chk(int fd, void *buf, size_t len, size_t size, int flags);
ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t size, int flags,
		       struct sockaddr *addr, socklen_t *addr_len);

/* Whether the sockets of this process ought to be ksocks. */
static inline bool preloaded(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "libksock-preload.so");
}

static inline bool is_ksock(int fd)
{
	char path[64], line[128];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/thread-self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, "ksock-mode:", 11);
	if (file)
		fclose(file);
	return found;
}

#define EXPECT_TAKEN_OVER(fd) EXPECT_EQ(preloaded(), is_ksock(fd))

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

static inline int new_netns(void)
{
	return unshare(CLONE_NEWNET) ? -1 : loopback_up();
}

/* Any address, with its length. */
struct address {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_storage storage;
	};
	socklen_t len;
};

static inline struct address loopback(int family, unsigned int port)
{
	struct address addr = { 0 };

	if (family == AF_INET6) {
		addr.len = sizeof(addr.in6);
		addr.in6.sin6_family = AF_INET6;
		addr.in6.sin6_port = htons(port);
		addr.in6.sin6_addr = in6addr_loopback;
	} else {
		addr.len = sizeof(addr.in);
		addr.in.sin_family = AF_INET;
		addr.in.sin_port = htons(port);
		addr.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	return addr;
}

static inline int poll_one(int fd, short events)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	return poll(&pfd, 1, WAIT_MS) == 1 ? pfd.revents : -1;
}

/* Whether exactly this text comes next. */
static inline bool hears(int fd, const char *text)
{
	size_t len = strlen(text);
	char buf[256];

	return len < sizeof(buf) &&
	       recv(fd, buf, len, MSG_WAITALL) == (ssize_t)len &&
	       !memcmp(buf, text, len);
}

/* Not every file has tests of each. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

/* ---- Connected streams -------------------------------------------------- */

FIXTURE(pair)
{
	struct address addr;
	int listener;
	int client;
	int server;
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
	int one = 1;

	ASSERT_EQ(0, new_netns());
	self->addr = loopback(variant->family, PORT);
	self->listener = socket(variant->family, SOCK_STREAM, 0);
	self->client = socket(variant->family, SOCK_STREAM, IPPROTO_TCP);
	ASSERT_LE(0, self->listener);
	ASSERT_LE(0, self->client);
	ASSERT_EQ(0, setsockopt(self->listener, SOL_SOCKET, SO_REUSEADDR, &one,
				sizeof(one)));
	ASSERT_EQ(0, bind(self->listener, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, listen(self->listener, 8));
	ASSERT_EQ(0, connect(self->client, &self->addr.sa, self->addr.len));
	self->server = accept(self->listener, NULL, NULL);
	ASSERT_LE(0, self->server);
	EXPECT_TAKEN_OVER(self->listener);
	EXPECT_TAKEN_OVER(self->client);
	EXPECT_TAKEN_OVER(self->server);
}

FIXTURE_TEARDOWN(pair)
{
	close(self->server);
	close(self->client);
	close(self->listener);
}

/* ---- Datagrams ---------------------------------------------------------- */

FIXTURE(dgram)
{
	struct address addr;
	int bound;
	int other;
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
	ASSERT_EQ(0, new_netns());
	self->addr = loopback(variant->family, PORT);
	self->bound = socket(variant->family, SOCK_DGRAM, 0);
	self->other = socket(variant->family, SOCK_DGRAM, IPPROTO_UDP);
	ASSERT_LE(0, self->bound);
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, bind(self->bound, &self->addr.sa, self->addr.len));
	EXPECT_TAKEN_OVER(self->bound);
	EXPECT_TAKEN_OVER(self->other);
}

FIXTURE_TEARDOWN(dgram)
{
	close(self->other);
	close(self->bound);
}

#pragma GCC diagnostic pop

#endif /* KSOCK_TEST_PRELOAD_H */
