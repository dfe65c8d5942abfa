// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library on a loaded module: every function, its result and its errno.
 * What the stack itself does is not this file's subject; the tests of the
 * kernel module compare that with ordinary sockets.  Each test has a network
 * namespace of its own and is skipped where there is no device.
 */
#define _GNU_SOURCE

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
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define PORT 7000

/* As long as any step may take before the test counts as stuck. */
#define WAIT_MS 10000

static int loopback_up(void)
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

static struct ksock_ctx *open_in_new_netns(void)
{
	if (unshare(CLONE_NEWNET) || loopback_up())
		return NULL;
	return ksock_open(NULL);
}

static struct ksock_addr loopback(int family, unsigned int port)
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

static unsigned int port_of(const struct ksock_addr *addr)
{
	if (addr->storage.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&addr->storage)->sin6_port);
	return ntohs(((struct sockaddr_in *)&addr->storage)->sin_port);
}

static int poll_one(int fd, short events)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	return poll(&pfd, 1, WAIT_MS) == 1 ? pfd.revents : -1;
}

static int wait_for(struct ksock_sock *sock, short events)
{
	return poll_one(ksock_sock_get_fd(sock), events);
}

static uint64_t own_netns(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}

/* An errno as the result of a call, so that one comparison says both. */
#define ERRNO(call) ((call) < 0 ? errno : 0)
#define ERRNO_PTR(call) ((call) ? 0 : errno)

/* ---- Contexts ----------------------------------------------------------- */

FIXTURE(ctx)
{
	struct ksock_ctx *ctx;
};

FIXTURE_SETUP(ctx)
{
	if (access("/dev/ksock", F_OK))
		SKIP(return, "no /dev/ksock");
	self->ctx = open_in_new_netns();
	ASSERT_NE(NULL, self->ctx);
}

FIXTURE_TEARDOWN(ctx)
{
	ksock_close(self->ctx);
}

TEST_F(ctx, descriptor_is_closed_on_exec)
{
	EXPECT_EQ(FD_CLOEXEC, fcntl(ksock_get_fd(self->ctx), F_GETFD));
}

TEST_F(ctx, path_can_be_given)
{
	struct ksock_ctx *ctx = ksock_open("/dev/ksock");

	ASSERT_NE(NULL, ctx);
	EXPECT_NE(ksock_get_fd(self->ctx), ksock_get_fd(ctx));
	ksock_close(ctx);
}

TEST_F(ctx, close_keeps_errno_and_closes_the_descriptor)
{
	int fd = ksock_get_fd(self->ctx);

	errno = EXDEV;
	ksock_close(self->ctx);
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(EBADF, ERRNO(fcntl(fd, F_GETFD)));
	self->ctx = NULL;
}

TEST_F(ctx, open_fd_takes_over_a_descriptor)
{
	int fd = dup(ksock_get_fd(self->ctx));
	struct ksock_ctx *ctx = ksock_open_fd(fd);

	ASSERT_NE(NULL, ctx);
	EXPECT_EQ(fd, ksock_get_fd(ctx));
	ksock_close(ctx);
	EXPECT_EQ(EBADF, ERRNO(fcntl(fd, F_GETFD)));
}

TEST_F(ctx, descriptor_of_the_other_kind_fails_with_enotty)
{
	struct ksock_sock *sock;

	sock = ksock_socket(self->ctx, AF_INET, SOCK_STREAM, 0);
	ASSERT_NE(NULL, sock);
	EXPECT_EQ(ENOTTY, ERRNO_PTR(ksock_open_fd(ksock_sock_get_fd(sock))));
	EXPECT_EQ(ENOTTY,
		  ERRNO_PTR(ksock_sock_open_fd(ksock_get_fd(self->ctx))));
	EXPECT_EQ(0, ERRNO(fcntl(ksock_sock_get_fd(sock), F_GETFD)));
	EXPECT_EQ(0, ERRNO(fcntl(ksock_get_fd(self->ctx), F_GETFD)));
	ksock_sock_close(sock);
}

TEST_F(ctx, info_tells_revision_features_namespace_and_count)
{
	struct ksock_ctx_info *info;
	struct ksock_sock *sock;
	unsigned int before;

	errno = EXDEV;
	info = ksock_get_info(self->ctx);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(EXDEV, errno);
	EXPECT_LT(0, ksock_ctx_info_get_abi_revision(info));
	EXPECT_EQ(1, ksock_ctx_info_get_features(info) & 1);
	EXPECT_EQ(own_netns(), ksock_ctx_info_get_netns(info));
	EXPECT_LE(ksock_ctx_info_is_relaxed(info), 1);
	before = ksock_ctx_info_get_sockets(info);
	if (ksock_ctx_info_get_max_sockets(info))
		EXPECT_LE(before, ksock_ctx_info_get_max_sockets(info));
	ksock_ctx_info_free(info);

	sock = ksock_socket(self->ctx, AF_INET, SOCK_STREAM, 0);
	ASSERT_NE(NULL, sock);
	info = ksock_get_info(self->ctx);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(before + 1, ksock_ctx_info_get_sockets(info));
	ksock_ctx_info_free(info);
	ksock_sock_close(sock);
}

TEST_F(ctx, socket_of_another_kind_fails_with_its_errno)
{
	struct ksock_ctx *ctx = self->ctx;

	EXPECT_EQ(EAFNOSUPPORT,
		  ERRNO_PTR(ksock_socket(ctx, AF_UNIX, SOCK_STREAM, 0)));
	EXPECT_EQ(ESOCKTNOSUPPORT,
		  ERRNO_PTR(ksock_socket(ctx, AF_INET, SOCK_RAW, 0)));
	EXPECT_EQ(EPROTONOSUPPORT,
		  ERRNO_PTR(ksock_socket(ctx, AF_INET, SOCK_STREAM,
					 IPPROTO_UDP)));
	EXPECT_EQ(EINVAL,
		  ERRNO_PTR(ksock_socket(ctx, AF_INET,
					 SOCK_STREAM | 0x40000000, 0)));
}

TEST_F(ctx, socket_flags_act_on_the_descriptor)
{
	struct ksock_sock *plain, *flagged;

	plain = ksock_socket(self->ctx, AF_INET, SOCK_STREAM, 0);
	flagged = ksock_socket(self->ctx, AF_INET,
			       SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ASSERT_NE(NULL, plain);
	ASSERT_NE(NULL, flagged);
	EXPECT_EQ(0, fcntl(ksock_sock_get_fd(plain), F_GETFD));
	EXPECT_EQ(0, fcntl(ksock_sock_get_fd(plain), F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(FD_CLOEXEC, fcntl(ksock_sock_get_fd(flagged), F_GETFD));
	EXPECT_EQ(O_NONBLOCK,
		  fcntl(ksock_sock_get_fd(flagged), F_GETFL) & O_NONBLOCK);
	ksock_sock_close(plain);
	ksock_sock_close(flagged);
}

TEST_F(ctx, socket_outlives_its_context)
{
	struct ksock_addr addr = loopback(AF_INET, PORT);
	struct ksock_sock *sock;

	sock = ksock_socket(self->ctx, AF_INET, SOCK_STREAM, 0);
	ASSERT_NE(NULL, sock);
	ksock_close(self->ctx);
	self->ctx = NULL;
	EXPECT_EQ(0, ksock_bind(sock, &addr));
	EXPECT_EQ(0, ksock_listen(sock, 1));
	ksock_sock_close(sock);
}

TEST_F(ctx, sockets_stay_in_the_namespace_of_the_context)
{
	struct ksock_sock_info *info;
	unsigned long long netns;
	struct ksock_sock *sock;

	netns = own_netns();
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	ASSERT_NE(netns, own_netns());
	sock = ksock_socket(self->ctx, AF_INET, SOCK_STREAM, 0);
	ASSERT_NE(NULL, sock);
	info = ksock_sock_get_info(sock);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(netns, ksock_sock_info_get_netns(info));
	ksock_sock_info_free(info);
	ksock_sock_close(sock);
}

TEST_F(ctx, caller_without_capability_gets_eperm_unless_relaxed)
{
	struct ksock_addr addr = loopback(AF_INET, PORT);
	struct ksock_ctx_info *info;
	struct ksock_sock *sock;
	int err;

	info = ksock_get_info(self->ctx);
	ASSERT_NE(NULL, info);
	err = ksock_ctx_info_is_relaxed(info) ? 0 : EPERM;
	ksock_ctx_info_free(info);

	sock = ksock_socket(self->ctx, AF_INET, SOCK_STREAM, 0);
	ASSERT_NE(NULL, sock);
	ASSERT_EQ(0, setresuid(65534, 65534, 65534));
	EXPECT_EQ(err, ERRNO_PTR(ksock_socket(self->ctx, AF_INET, SOCK_STREAM,
					      0)));
	EXPECT_EQ(err, ERRNO(ksock_bind(sock, &addr)));
	EXPECT_EQ(err, ERRNO(ksock_listen(sock, 1)));
	ksock_sock_close(sock);
}

/* ---- Streams ------------------------------------------------------------ */

FIXTURE(stream)
{
	struct ksock_ctx *ctx;
	struct ksock_addr addr;
	struct ksock_sock *listener;
	struct ksock_sock *client;
	struct ksock_sock *server;
};

FIXTURE_VARIANT(stream)
{
	int family;
};

FIXTURE_VARIANT_ADD(stream, ipv4)
{
	.family = AF_INET,
};

FIXTURE_VARIANT_ADD(stream, ipv6)
{
	.family = AF_INET6,
};

FIXTURE_SETUP(stream)
{
	if (access("/dev/ksock", F_OK))
		SKIP(return, "no /dev/ksock");
	self->ctx = open_in_new_netns();
	ASSERT_NE(NULL, self->ctx);

	self->addr = loopback(variant->family, PORT);
	self->listener = ksock_socket(self->ctx, variant->family, SOCK_STREAM,
				      0);
	self->client = ksock_socket(self->ctx, variant->family, SOCK_STREAM, 0);
	ASSERT_NE(NULL, self->listener);
	ASSERT_NE(NULL, self->client);
}

FIXTURE_TEARDOWN(stream)
{
	ksock_sock_close(self->server);
	ksock_sock_close(self->client);
	ksock_sock_close(self->listener);
	ksock_close(self->ctx);
}

static int stream_listen(struct ksock_sock *listener,
			 const struct ksock_addr *addr)
{
	return ksock_bind(listener, addr) || ksock_listen(listener, 8) ? -1 : 0;
}

TEST_F(stream, talks_with_an_ordinary_socket)
{
	char buf[16];
	int fd;

	ASSERT_EQ(0, stream_listen(self->listener, &self->addr));
	fd = socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, connect(fd, (struct sockaddr *)&self->addr.storage,
			     self->addr.len));
	self->server = ksock_accept(self->listener, NULL, 0);
	ASSERT_NE(NULL, self->server);
	EXPECT_EQ(3, send(fd, "one", 3, 0));
	EXPECT_EQ(3, ksock_recv(self->server, buf, sizeof(buf), 0));
	EXPECT_EQ(3, ksock_send(self->server, "two", 3, 0));
	EXPECT_EQ(3, recv(fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp(buf, "two", 3));
	close(fd);
}

TEST_F(stream, bind_to_port_zero_takes_a_free_one)
{
	struct ksock_addr addr = loopback(variant->family, 0);

	EXPECT_EQ(0, ksock_bind(self->listener, &addr));
	EXPECT_EQ(0, ksock_getsockname(self->listener, &addr));
	EXPECT_NE(0, port_of(&addr));
}

TEST_F(stream, bind_to_a_used_address_fails_with_eaddrinuse)
{
	ASSERT_EQ(0, stream_listen(self->listener, &self->addr));
	EXPECT_EQ(EADDRINUSE, ERRNO(ksock_bind(self->client, &self->addr)));
}

TEST_F(stream, address_longer_than_its_storage_fails_with_einval)
{
	struct ksock_addr addr = self->addr;

	addr.len = sizeof(addr.storage) + 1;
	EXPECT_EQ(EINVAL, ERRNO(ksock_bind(self->client, &addr)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_connect(self->client, &addr)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_sendto(self->client, "x", 1, 0, &addr)));
	addr.len = UINT32_MAX;
	EXPECT_EQ(EINVAL, ERRNO(ksock_bind(self->client, &addr)));
}

TEST_F(stream, address_too_short_for_its_family_fails_with_einval)
{
	struct ksock_addr addr = self->addr;

	addr.len = sizeof(sa_family_t);
	EXPECT_EQ(EINVAL, ERRNO(ksock_bind(self->client, &addr)));
	addr.len = 0;
	EXPECT_EQ(EINVAL, ERRNO(ksock_bind(self->client, &addr)));
}

TEST_F(stream, accept_fills_in_the_peer)
{
	struct ksock_addr own, peer = { .len = 1 };

	ASSERT_EQ(0, stream_listen(self->listener, &self->addr));
	ASSERT_EQ(0, ksock_connect(self->client, &self->addr));
	self->server = ksock_accept(self->listener, &peer, 0);
	ASSERT_NE(NULL, self->server);
	ASSERT_EQ(0, ksock_getsockname(self->client, &own));
	EXPECT_EQ(own.len, peer.len);
	EXPECT_EQ(0, memcmp(&own.storage, &peer.storage, own.len));
}

TEST_F(stream, accept_flags_act_on_the_new_descriptor)
{
	int fd;

	ASSERT_EQ(0, stream_listen(self->listener, &self->addr));
	ASSERT_EQ(0, ksock_connect(self->client, &self->addr));
	self->server = ksock_accept(self->listener, NULL,
				    SOCK_NONBLOCK | SOCK_CLOEXEC);
	ASSERT_NE(NULL, self->server);
	fd = ksock_sock_get_fd(self->server);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(O_NONBLOCK, fcntl(fd, F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(EINVAL, ERRNO_PTR(ksock_accept(self->listener, NULL, 1)));
}

TEST_F(stream, accept_with_nobody_there_fails_with_eagain_when_nonblocking)
{
	int fd = ksock_sock_get_fd(self->listener);

	ASSERT_EQ(0, stream_listen(self->listener, &self->addr));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(EAGAIN, ERRNO_PTR(ksock_accept(self->listener, NULL, 0)));
}

TEST_F(stream, accept_without_listen_fails_with_einval)
{
	EXPECT_EQ(EINVAL, ERRNO_PTR(ksock_accept(self->listener, NULL, 0)));
}

TEST_F(stream, accept_without_a_free_descriptor_loses_no_connection)
{
	struct rlimit none = { 0 }, limit;
	char byte;

	ASSERT_EQ(0, stream_listen(self->listener, &self->addr));
	ASSERT_EQ(0, ksock_connect(self->client, &self->addr));
	ASSERT_EQ(1, ksock_send(self->client, "x", 1, 0));

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	none.rlim_max = limit.rlim_max;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	EXPECT_EQ(EMFILE, ERRNO_PTR(ksock_accept(self->listener, NULL, 0)));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));

	self->server = ksock_accept(self->listener, NULL, 0);
	ASSERT_NE(NULL, self->server);
	EXPECT_EQ(1, ksock_recv(self->server, &byte, 1, 0));
}

TEST_F(stream, connect_with_nobody_there_fails_with_econnrefused)
{
	EXPECT_EQ(ECONNREFUSED,
		  ERRNO(ksock_connect(self->client, &self->addr)));
}

TEST_F(stream, nonblocking_connect_is_finished_by_a_second_one)
{
	int fd = ksock_sock_get_fd(self->client);

	ASSERT_EQ(0, stream_listen(self->listener, &self->addr));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(EINPROGRESS, ERRNO(ksock_connect(self->client, &self->addr)));
	EXPECT_EQ(POLLOUT, wait_for(self->client, POLLOUT));
	EXPECT_EQ(0, ksock_connect(self->client, &self->addr));
	EXPECT_EQ(EISCONN, ERRNO(ksock_connect(self->client, &self->addr)));
}

TEST_F(stream, unconnected_socket_fails_with_enotconn)
{
	struct ksock_addr addr;
	char byte;

	EXPECT_EQ(ENOTCONN, ERRNO(ksock_recv(self->client, &byte, 1, 0)));
	EXPECT_EQ(ENOTCONN, ERRNO(ksock_getpeername(self->client, &addr)));
	EXPECT_EQ(ENOTCONN, ERRNO(ksock_shutdown(self->client, SHUT_WR)));
}

TEST_F(stream, inode_is_the_one_in_proc_net)
{
	struct ksock_sock_info *info;
	unsigned long long inode;
	char line[512], *token;
	bool found = false;
	FILE *file;
	int i;

	ASSERT_EQ(0, stream_listen(self->listener, &self->addr));
	info = ksock_sock_get_info(self->listener);
	ASSERT_NE(NULL, info);
	inode = ksock_sock_info_get_inode(info);
	ksock_sock_info_free(info);

	file = fopen(variant->family == AF_INET ? "/proc/thread-self/net/tcp" :
		     "/proc/thread-self/net/tcp6", "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file)) {
		token = strtok(line, " ");
		for (i = 0; token && i < 9; i++)
			token = strtok(NULL, " ");
		if (token && strtoull(token, NULL, 10) == inode)
			found = true;
	}
	fclose(file);
	EXPECT_TRUE(found);
}

TEST_F(stream, duplicate_descriptor_can_be_taken_over)
{
	struct ksock_sock_info *one, *two;
	struct ksock_sock *sock;

	sock = ksock_sock_open_fd(dup(ksock_sock_get_fd(self->client)));
	ASSERT_NE(NULL, sock);
	one = ksock_sock_get_info(self->client);
	two = ksock_sock_get_info(sock);
	ASSERT_NE(NULL, one);
	ASSERT_NE(NULL, two);
	EXPECT_EQ(ksock_sock_info_get_cookie(one),
		  ksock_sock_info_get_cookie(two));
	ksock_sock_info_free(one);
	ksock_sock_info_free(two);

	errno = EXDEV;
	ksock_sock_close(sock);
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(0, ksock_bind(self->client, &self->addr));
}

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

TEST_F(pair, talks_both_ways)
{
	char buf[16];

	errno = EXDEV;
	EXPECT_EQ(5, ksock_send(self->client, "hello", 5, 0));
	EXPECT_EQ(5, ksock_recv(self->server, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp(buf, "hello", 5));
	EXPECT_EQ(5, ksock_send(self->server, "world", 5, MSG_NOSIGNAL));
	EXPECT_EQ(5, ksock_recv(self->client, buf, 5, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(buf, "world", 5));
	EXPECT_EQ(EXDEV, errno);
}

TEST_F(pair, descriptor_takes_read_and_write)
{
	char buf[16];

	EXPECT_EQ(5, write(ksock_sock_get_fd(self->client), "hello", 5));
	EXPECT_EQ(5, read(ksock_sock_get_fd(self->server), buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp(buf, "hello", 5));
}

TEST_F(pair, names_agree_at_both_ends)
{
	struct ksock_addr own, peer;

	ASSERT_EQ(0, ksock_getsockname(self->client, &own));
	ASSERT_EQ(0, ksock_getpeername(self->server, &peer));
	EXPECT_EQ(own.len, peer.len);
	EXPECT_EQ(0, memcmp(&own.storage, &peer.storage, own.len));
	EXPECT_EQ(loopback(variant->family, 0).len, own.len);
	EXPECT_EQ(variant->family, own.storage.ss_family);

	ASSERT_EQ(0, ksock_getpeername(self->client, &peer));
	EXPECT_EQ(PORT, port_of(&peer));
}

TEST_F(pair, accepted_socket_stands_on_its_own)
{
	char buf[4];

	ksock_sock_close(self->listener);
	self->listener = NULL;
	EXPECT_EQ(4, ksock_send(self->client, "ping", 4, 0));
	EXPECT_EQ(4, ksock_recv(self->server, buf, 4, MSG_WAITALL));
}

TEST_F(pair, receive_without_data_fails_with_eagain_when_asked)
{
	char byte;

	EXPECT_EQ(EAGAIN, ERRNO(ksock_recv(self->client, &byte, 1,
					   MSG_DONTWAIT)));
}

TEST_F(pair, unknown_flags_fail_with_einval)
{
	char byte = 'x';

	EXPECT_EQ(EINVAL, ERRNO(ksock_send(self->client, &byte, 1,
					   MSG_FASTOPEN)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_send(self->client, &byte, 1, -1)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_recv(self->client, &byte, 1,
					   MSG_ERRQUEUE)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_shutdown(self->client, 3)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_shutdown(self->client, -1)));
}

TEST_F(pair, peek_leaves_the_data)
{
	char byte;

	EXPECT_EQ(1, ksock_send(self->client, "x", 1, 0));
	EXPECT_EQ(1, ksock_recv(self->server, &byte, 1, MSG_PEEK));
	EXPECT_EQ(1, ksock_recv(self->server, &byte, 1, MSG_DONTWAIT));
	EXPECT_EQ('x', byte);
}

TEST_F(pair, sender_of_a_stream_has_no_length)
{
	struct ksock_addr from = { .len = 77 };
	int flags = 77;
	char byte;

	EXPECT_EQ(1, ksock_send(self->client, "x", 1, 0));
	EXPECT_EQ(1, ksock_recvfrom(self->server, &byte, 1, 0, &from, &flags));
	EXPECT_EQ(0, from.len);
	EXPECT_EQ(0, flags);
}

TEST_F(pair, shutdown_of_writing_ends_the_peers_stream)
{
	char buf[4];

	EXPECT_EQ(4, ksock_send(self->client, "last", 4, 0));
	EXPECT_EQ(0, ksock_shutdown(self->client, SHUT_WR));
	EXPECT_EQ(4, ksock_recv(self->server, buf, 4, MSG_WAITALL));
	EXPECT_EQ(0, ksock_recv(self->server, buf, 4, 0));
	EXPECT_EQ(EPIPE, ERRNO(ksock_send(self->client, "x", 1, MSG_NOSIGNAL)));
	EXPECT_EQ(1, ksock_send(self->server, "x", 1, 0));
	EXPECT_EQ(1, ksock_recv(self->client, buf, 4, 0));
}

TEST_F_SIGNAL(pair, send_after_shutdown_raises_sigpipe, SIGPIPE)
{
	EXPECT_EQ(0, ksock_shutdown(self->client, SHUT_WR));
	ksock_send(self->client, "x", 1, 0);
}

struct receiver {
	struct ksock_sock *sock;
	atomic_int tid;
};

static void *receiver_run(void *arg)
{
	struct receiver *receiver = arg;
	char byte;

	receiver->tid = syscall(SYS_gettid);
	return (void *)ksock_recv(receiver->sock, &byte, 1, 0);
}

/* A thread that sleeps in the kernel is in state S. */
static bool thread_sleeps(pid_t tid)
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

TEST_F(pair, shutdown_wakes_a_blocked_receiver)
{
	struct receiver receiver = { 0 };
	pthread_t thread;
	void *ret;

	receiver.sock = self->server;
	ASSERT_EQ(0, pthread_create(&thread, NULL, receiver_run, &receiver));
	while (!receiver.tid || !thread_sleeps(receiver.tid))
		sched_yield();
	EXPECT_EQ(0, ksock_shutdown(self->server, SHUT_RDWR));
	EXPECT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(NULL, ret);
}

TEST_F(pair, info_tells_what_it_is_and_counts_what_it_does)
{
	struct ksock_sock_info *info;
	char buf[16];

	EXPECT_EQ(5, ksock_send(self->client, "hello", 5, 0));
	EXPECT_EQ(3, ksock_send(self->client, "you", 3, 0));
	EXPECT_EQ(8, ksock_recv(self->server, buf, 8, MSG_WAITALL));
	EXPECT_EQ(1, ksock_send(self->server, "!", 1, 0));
	EXPECT_EQ(1, ksock_recv(self->client, buf, sizeof(buf), 0));

	errno = EXDEV;
	info = ksock_sock_get_info(self->client);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(variant->family, ksock_sock_info_get_family(info));
	EXPECT_EQ(SOCK_STREAM, ksock_sock_info_get_type(info));
	EXPECT_EQ(IPPROTO_TCP, ksock_sock_info_get_protocol(info));
	EXPECT_EQ(1, ksock_sock_info_get_state(info));
	EXPECT_EQ(getuid(), ksock_sock_info_get_uid(info));
	EXPECT_EQ(own_netns(), ksock_sock_info_get_netns(info));
	EXPECT_NE(0, ksock_sock_info_get_inode(info));
	EXPECT_NE(0, ksock_sock_info_get_cookie(info));
	EXPECT_EQ(2, ksock_sock_info_get_sent_ops(info));
	EXPECT_EQ(8, ksock_sock_info_get_sent_bytes(info));
	EXPECT_EQ(1, ksock_sock_info_get_received_ops(info));
	EXPECT_EQ(1, ksock_sock_info_get_received_bytes(info));
	ksock_sock_info_free(info);

	info = ksock_sock_get_info(self->listener);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(10, ksock_sock_info_get_state(info));
	ksock_sock_info_free(info);
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

TEST_F(dgram, answer_goes_to_the_sender)
{
	struct ksock_addr from, own;
	int flags = 77;
	char buf[16];

	EXPECT_EQ(5, ksock_sendto(self->other, "hello", 5, 0, &self->addr));
	EXPECT_EQ(5, ksock_recvfrom(self->bound, buf, sizeof(buf), 0, &from,
				    &flags));
	EXPECT_EQ(0, memcmp(buf, "hello", 5));
	EXPECT_EQ(0, flags);
	ASSERT_EQ(0, ksock_getsockname(self->other, &own));
	EXPECT_EQ(self->addr.len, from.len);
	EXPECT_EQ(variant->family, from.storage.ss_family);
	EXPECT_EQ(port_of(&own), port_of(&from));

	EXPECT_EQ(5, ksock_sendto(self->bound, "world", 5, 0, &from));
	EXPECT_EQ(5, ksock_recv(self->other, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp(buf, "world", 5));
}

TEST_F(dgram, connected_socket_sends_without_an_address)
{
	struct ksock_addr peer;
	char byte;

	ASSERT_EQ(0, ksock_connect(self->other, &self->addr));
	ASSERT_EQ(0, ksock_getpeername(self->other, &peer));
	EXPECT_EQ(PORT, port_of(&peer));
	EXPECT_EQ(1, ksock_send(self->other, "x", 1, 0));
	EXPECT_EQ(1, ksock_recv(self->bound, &byte, 1, 0));
}

TEST_F(dgram, connect_to_no_family_dissolves_the_association)
{
	struct ksock_addr none = { .len = sizeof(struct sockaddr) };
	struct ksock_addr peer;

	ASSERT_EQ(0, ksock_connect(self->other, &self->addr));
	EXPECT_EQ(0, ksock_connect(self->other, &none));
	EXPECT_EQ(ENOTCONN, ERRNO(ksock_getpeername(self->other, &peer)));
}

TEST_F(dgram, send_to_nowhere_fails_with_edestaddrreq)
{
	EXPECT_EQ(EDESTADDRREQ, ERRNO(ksock_send(self->other, "x", 1, 0)));
}

TEST_F(dgram, datagram_that_does_not_fit_is_told)
{
	int flags = 0;
	char buf[4];

	EXPECT_EQ(8, ksock_sendto(self->other, "12345678", 8, 0, &self->addr));
	EXPECT_EQ(4, ksock_recvfrom(self->bound, buf, 4, 0, NULL, &flags));
	EXPECT_EQ(MSG_TRUNC, flags);

	EXPECT_EQ(8, ksock_sendto(self->other, "12345678", 8, 0, &self->addr));
	EXPECT_EQ(8, ksock_recv(self->bound, buf, 4, MSG_TRUNC));
}

TEST_F(dgram, empty_datagram_has_a_sender)
{
	struct ksock_addr from = { 0 };
	char byte;

	EXPECT_EQ(0, ksock_sendto(self->other, NULL, 0, 0, &self->addr));
	EXPECT_EQ(0, ksock_recvfrom(self->bound, &byte, 1, 0, &from, NULL));
	EXPECT_EQ(self->addr.len, from.len);
}

TEST_F(dgram, stream_functions_fail_with_eopnotsupp)
{
	EXPECT_EQ(EOPNOTSUPP, ERRNO(ksock_listen(self->bound, 1)));
	EXPECT_EQ(EOPNOTSUPP, ERRNO_PTR(ksock_accept(self->bound, NULL, 0)));
}

TEST_F(dgram, info_tells_what_it_is)
{
	struct ksock_sock_info *info;

	info = ksock_sock_get_info(self->other);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(variant->family, ksock_sock_info_get_family(info));
	EXPECT_EQ(SOCK_DGRAM, ksock_sock_info_get_type(info));
	EXPECT_EQ(IPPROTO_UDP, ksock_sock_info_get_protocol(info));
	EXPECT_EQ(7, ksock_sock_info_get_state(info));
	ksock_sock_info_free(info);

	ASSERT_EQ(0, ksock_connect(self->other, &self->addr));
	info = ksock_sock_get_info(self->other);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(1, ksock_sock_info_get_state(info));
	ksock_sock_info_free(info);
}

TEST_F(dgram, descriptor_polls_readable_when_a_datagram_is_there)
{
	EXPECT_EQ(1, ksock_sendto(self->other, "x", 1, 0, &self->addr));
	EXPECT_EQ(POLLIN, wait_for(self->bound, POLLIN));
}

TEST_F(dgram, descriptor_survives_a_trip_through_a_unix_socket)
{
	union {
		struct cmsghdr hdr;
		char buf[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.buf),
	};
	struct ksock_sock *sock;
	int pair[2], fd;
	char byte;

	control.hdr.cmsg_level = SOL_SOCKET;
	control.hdr.cmsg_type = SCM_RIGHTS;
	control.hdr.cmsg_len = CMSG_LEN(sizeof(int));
	fd = ksock_sock_get_fd(self->bound);
	memcpy(CMSG_DATA(&control.hdr), &fd, sizeof(fd));

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ASSERT_EQ(1, sendmsg(pair[0], &msg, 0));
	ksock_sock_close(self->bound);
	self->bound = NULL;

	iov.iov_base = &byte;
	ASSERT_EQ(1, recvmsg(pair[1], &msg, 0));
	memcpy(&fd, CMSG_DATA(&control.hdr), sizeof(fd));
	sock = ksock_sock_open_fd(fd);
	ASSERT_NE(NULL, sock);
	EXPECT_EQ(1, ksock_sendto(self->other, "y", 1, 0, &self->addr));
	EXPECT_EQ(1, ksock_recv(sock, &byte, 1, 0));
	EXPECT_EQ('y', byte);
	ksock_sock_close(sock);
	close(pair[0]);
	close(pair[1]);
}

TEST_HARNESS_MAIN
