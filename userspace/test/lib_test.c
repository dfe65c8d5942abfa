// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts and the making of sockets and connections through the library on a
 * loaded module: every function, its result and its errno.  What the stack
 * itself does is not the subject of these files; the tests of the kernel module
 * compare that with ordinary sockets.  Each test has a network namespace of its
 * own and is skipped where there is no device.
 */
#define _GNU_SOURCE

#include "lib.h"

#include <sys/resource.h>

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
	EXPECT_EQ(KSOCK_FEATURE_USER | KSOCK_FEATURE_MSG |
		  KSOCK_FEATURE_TIMEOUT | KSOCK_FEATURE_OPT |
		  KSOCK_FEATURE_ABORT | KSOCK_FEATURE_BATCH,
		  ksock_ctx_info_get_features(info) & 0x3f);
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
		  ERRNO_PTR(ksock_socket(ctx, AF_INET, SOCK_SEQPACKET, 0)));
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

static bool is_kern(struct ksock_sock *sock)
{
	struct ksock_sock_info *info = ksock_sock_get_info(sock);
	bool kern = info && ksock_sock_info_is_kern(info);

	ksock_sock_info_free(info);
	return kern;
}

TEST_F(stream, of_the_kernels_own_talks_to_the_callers)
{
	struct ksock_ctx *ctx = ksock_open(NULL);
	struct ksock_sock *listener, *sock;
	char byte = 0;

	ASSERT_NE(NULL, ctx);
	listener = ksock_socket_kern(ctx, variant->family, SOCK_STREAM, 0);
	ASSERT_NE(NULL, listener);
	EXPECT_EQ(EAFNOSUPPORT, ERRNO_PTR(ksock_socket_kern(ctx, AF_UNIX,
							    SOCK_STREAM, 0)));
	EXPECT_EQ(EINVAL, ERRNO_PTR(ksock_socket_kern(ctx, AF_INET,
						      SOCK_STREAM | 0x10, 0)));
	ksock_close(ctx);

	ASSERT_EQ(0, stream_listen(listener, &self->addr));
	ASSERT_EQ(0, ksock_connect(self->client, &self->addr));
	sock = ksock_accept(listener, NULL, 0);
	ASSERT_NE(NULL, sock);
	EXPECT_TRUE(is_kern(listener));
	EXPECT_TRUE(is_kern(sock));
	EXPECT_FALSE(is_kern(self->client));
	EXPECT_EQ(1, ksock_send(sock, "x", 1, 0));
	EXPECT_EQ(1, ksock_recv(self->client, &byte, 1, 0));
	EXPECT_EQ('x', byte);
	EXPECT_EQ(EOPNOTSUPP, ERRNO(ksock_send(sock, "x", 1, MSG_ZEROCOPY)));
	ksock_sock_close(sock);
	ksock_sock_close(listener);
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

TEST_HARNESS_MAIN
