// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timeouts of single calls, and the end of a connection at once.
 */
#define _GNU_SOURCE

#include "lib.h"

/* Whether the call that began at @start waited as long as it was told to. */
static bool waited(int64_t start)
{
	int64_t took = now_ns() - start;

	return took >= SHORT_NS && took < WAIT_NS;
}

/* Fills what can be queued towards the peer, until no more goes there. */
static int fill(struct ksock_sock *sock)
{
	static char buf[65536];
	int tries;

	for (tries = 0; tries < 10000; tries++) {
		if (ksock_sendto_timed(sock, buf, sizeof(buf), 0, NULL,
				       4 * SHORT_NS) < 0)
			return errno == EAGAIN ? 0 : -1;
	}
	return -1;
}

static int set_nonblocking(struct ksock_sock *sock)
{
	return fcntl(ksock_sock_get_fd(sock), F_SETFL, O_NONBLOCK);
}

TEST_F(pair, accept_ends_with_eagain_when_the_time_is_over)
{
	int64_t start = now_ns();

	EXPECT_EQ(EAGAIN, ERRNO_PTR(ksock_accept_timed(self->listener, NULL, 0,
						       SHORT_NS)));
	EXPECT_TRUE(waited(start));
	start = now_ns();
	EXPECT_EQ(EAGAIN, ERRNO_PTR(ksock_accept_timed(self->listener, NULL, 0,
						       0)));
	EXPECT_GT(WAIT_NS, now_ns() - start);
}

TEST_F(pair, accept_in_time_gives_a_socket_and_its_peer)
{
	struct ksock_addr addr = loopback(variant->family, PORT), peer = { 0 };
	struct ksock_sock *client, *server;

	client = ksock_socket(self->ctx, variant->family, SOCK_STREAM, 0);
	ASSERT_NE(NULL, client);
	ASSERT_EQ(0, ksock_connect_timed(client, &addr, WAIT_NS));
	server = ksock_accept_timed(self->listener, &peer, SOCK_CLOEXEC,
				    WAIT_NS);
	ASSERT_NE(NULL, server);
	EXPECT_EQ(addr.len, peer.len);
	EXPECT_EQ(FD_CLOEXEC, fcntl(ksock_sock_get_fd(server), F_GETFD));
	ksock_sock_close(server);
	ksock_sock_close(client);
}

TEST_F(pair, connect_ends_with_einprogress_when_the_time_is_over)
{
	struct ksock_addr addr = loopback(variant->family, PORT + 1);
	struct ksock_sock *listener, *first, *second, *accepted;
	int64_t start;
	int err = -1;
	socklen_t len = sizeof(err);

	listener = ksock_socket(self->ctx, variant->family, SOCK_STREAM, 0);
	first = ksock_socket(self->ctx, variant->family, SOCK_STREAM, 0);
	second = ksock_socket(self->ctx, variant->family, SOCK_STREAM, 0);
	ASSERT_NE(NULL, listener);
	ASSERT_NE(NULL, first);
	ASSERT_NE(NULL, second);
	ASSERT_EQ(0, ksock_bind(listener, &addr));
	ASSERT_EQ(0, ksock_listen(listener, 0));
	ASSERT_EQ(0, ksock_connect(first, &addr));
	ASSERT_EQ(POLLIN, wait_for(listener, POLLIN));

	/* The queue is full, so nobody answers. */
	start = now_ns();
	EXPECT_EQ(EINPROGRESS, ERRNO(ksock_connect_timed(second, &addr,
							 SHORT_NS)));
	EXPECT_TRUE(waited(start));
	EXPECT_EQ(EALREADY, ERRNO(ksock_connect_timed(second, &addr, 0)));

	accepted = ksock_accept(listener, NULL, 0);
	ASSERT_NE(NULL, accepted);
	EXPECT_EQ(POLLOUT, wait_for(second, POLLOUT));
	EXPECT_EQ(0, ksock_getsockopt(second, SOL_SOCKET, SO_ERROR, &err,
				      &len));
	EXPECT_EQ(0, err);
	ksock_sock_close(accepted);
	ksock_sock_close(second);
	ksock_sock_close(first);
	ksock_sock_close(listener);
}

TEST_F(pair, receive_ends_with_eagain_when_the_time_is_over)
{
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int64_t start = now_ns();

	EXPECT_EQ(EAGAIN, ERRNO(ksock_recvfrom_timed(self->client, &byte, 1, 0,
						     NULL, NULL, SHORT_NS)));
	EXPECT_TRUE(waited(start));
	start = now_ns();
	EXPECT_EQ(EAGAIN, ERRNO(ksock_recvmsg_timed(self->client, &msg, 0,
						    SHORT_NS)));
	EXPECT_TRUE(waited(start));
	EXPECT_EQ(EAGAIN, ERRNO(ksock_recvfrom_timed(self->client, &byte, 1, 0,
						     NULL, NULL, 0)));
	EXPECT_EQ(EAGAIN, ERRNO(ksock_recvmsg_timed(self->client, &msg, 0, 0)));
}

TEST_F(pair, receive_in_time_returns_the_data)
{
	struct ksock_addr from = { .len = 77 };
	int flags = 77;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	ASSERT_EQ(3, ksock_send(self->server, "abc", 3, 0));
	EXPECT_EQ(1, ksock_recvfrom_timed(self->client, &byte, 1, 0, &from,
					  &flags, WAIT_NS));
	EXPECT_EQ('a', byte);
	EXPECT_EQ(0, from.len);
	EXPECT_EQ(0, flags);
	EXPECT_EQ(1, ksock_recvmsg_timed(self->client, &msg, 0, WAIT_NS));
	EXPECT_EQ('b', byte);
	EXPECT_EQ(1, ksock_recvfrom_timed(self->client, &byte, 1, 0, NULL, NULL,
					  KSOCK_FOREVER));
	EXPECT_EQ('c', byte);
}

TEST_F(pair, receive_of_all_returns_what_came_in_time)
{
	int64_t start = now_ns();
	char buf[4];

	ASSERT_EQ(2, ksock_send(self->server, "ab", 2, 0));
	ASSERT_EQ(POLLIN, wait_for(self->client, POLLIN));
	EXPECT_EQ(2, ksock_recvfrom_timed(self->client, buf, 4, MSG_WAITALL,
					  NULL, NULL, SHORT_NS));
	EXPECT_TRUE(waited(start));
	EXPECT_EQ(EINVAL, ERRNO(ksock_recvfrom_timed(self->client, buf, 4,
						     MSG_WAITALL | MSG_PEEK,
						     NULL, NULL, SHORT_NS)));
}

TEST_F(pair, send_ends_with_eagain_when_the_time_is_over)
{
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int64_t start;

	ASSERT_EQ(0, fill(self->client));
	start = now_ns();
	EXPECT_EQ(EAGAIN, ERRNO(ksock_sendto_timed(self->client, &byte, 1, 0,
						   NULL, SHORT_NS)));
	EXPECT_TRUE(waited(start));
	start = now_ns();
	EXPECT_EQ(EAGAIN, ERRNO(ksock_sendmsg_timed(self->client, &msg, 0,
						    SHORT_NS)));
	EXPECT_TRUE(waited(start));
	EXPECT_EQ(EAGAIN, ERRNO(ksock_sendto_timed(self->client, &byte, 1, 0,
						   NULL, 0)));
	EXPECT_EQ(EAGAIN, ERRNO(ksock_sendmsg_timed(self->client, &msg, 0, 0)));
}

TEST_F(pair, descriptor_that_does_not_wait_does_not_whatever_the_timeout)
{
	char byte;

	ASSERT_EQ(0, set_nonblocking(self->client));
	ASSERT_EQ(0, set_nonblocking(self->listener));
	EXPECT_EQ(EAGAIN, ERRNO(ksock_recvfrom_timed(self->client, &byte, 1, 0,
						     NULL, NULL, INT64_MAX)));
	EXPECT_EQ(EAGAIN, ERRNO_PTR(ksock_accept_timed(self->listener, NULL, 0,
						       INT64_MAX)));
}

TEST_F(dgram, datagram_goes_and_comes_with_timeouts)
{
	struct ksock_addr from = { 0 };
	char byte;

	EXPECT_EQ(1, ksock_sendto_timed(self->other, "x", 1, 0, &self->addr,
					WAIT_NS));
	EXPECT_EQ(1, ksock_recvfrom_timed(self->bound, &byte, 1, 0, &from, NULL,
					  WAIT_NS));
	EXPECT_EQ(self->addr.len, from.len);
	self->addr.len = sizeof(self->addr.storage) + 1;
	EXPECT_EQ(EINVAL, ERRNO(ksock_sendto_timed(self->other, "x", 1, 0,
						   &self->addr, WAIT_NS)));
}

/* ---- Abort --------------------------------------------------------------- */

TEST_F(pair, abort_resets_the_connection)
{
	struct ksock_addr addr = loopback(variant->family, PORT);
	char byte;

	EXPECT_EQ(1, ksock_send(self->server, "x", 1, 0));
	errno = EXDEV;
	EXPECT_EQ(0, ksock_abort(self->client));
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(ECONNRESET, ERRNO(ksock_recv(self->client, &byte, 1, 0)));
	EXPECT_EQ(ENOTCONN, ERRNO(ksock_recv(self->client, &byte, 1, 0)));
	EXPECT_EQ(ECONNRESET, ERRNO(ksock_recv(self->server, &byte, 1, 0)));

	ASSERT_EQ(0, ksock_connect(self->client, &addr));
}

TEST_F(dgram, abort_fails_with_eopnotsupp)
{
	EXPECT_EQ(EOPNOTSUPP, ERRNO(ksock_abort(self->other)));
}

TEST_HARNESS_MAIN
