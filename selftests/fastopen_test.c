// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSG_FASTOPEN: a send that connects, with the data in the first packet where
 * both ends allow it.
 */
#include "control.h"

#ifndef TCPI_OPT_SYN_DATA
#define TCPI_OPT_SYN_DATA	32
#endif

/* Bits of net.ipv4.tcp_fastopen. */
#define CLIENT			0x1
#define SERVER			0x2
/* The client sends data, and the server takes it, without a cookie. */
#define CLIENT_NO_COOKIE	0x4
#define SERVER_NO_COOKIE	0x200
/* Listeners need not ask for it. */
#define SERVER_ALL		0x400

#define NO_COOKIES (CLIENT | SERVER | CLIENT_NO_COOKIE | SERVER_NO_COOKIE | \
		    SERVER_ALL)

/* Sets net.ipv4.tcp_fastopen of the test's network namespace. */
static int fastopen_set(int value)
{
	char text[16];
	int fd, len, ret;

	fd = open("/proc/sys/net/ipv4/tcp_fastopen", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = snprintf(text, sizeof(text), "%d", value);
	ret = ret_errno(write(fd, text, len));
	close(fd);
	return ret == len ? 0 : ret;
}

/* Whether the first packet carried data and the peer took it, or -errno. */
static int data_was_in_syn(const struct face *face, int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);
	int ret;

	ret = face->getsockopt(fd, SOL_TCP, TCP_INFO, &info, &len);
	return ret ? ret : !!(info.tcpi_options & TCPI_OPT_SYN_DATA);
}

/*
 * Accepts a connection, which must have brought "hello".  Returns it or
 * -errno.
 */
static int accept_hello(int listener)
{
	char buf[8];
	int fd;

	if (wait_events(listener, POLLIN, WAIT_MS) != POLLIN)
		return -ETIME;
	fd = plain_accept(listener, NULL, NULL, 0);
	if (fd < 0)
		return fd;
	if (wait_events(fd, POLLIN, WAIT_MS) != POLLIN)
		return -ETIME;
	if (face_recv(&plain_face, fd, buf, sizeof(buf), MSG_DONTWAIT) != 5 ||
	    memcmp("hello", buf, 5))
		return -EBADMSG;
	return fd;
}

static ssize_t send_hello(const struct face *face, int fd,
			  const struct addr *addr, int flags)
{
	return face->sendto(fd, "hello", 5, MSG_FASTOPEN | flags, &addr->sa,
			    addr->len);
}

TEST_F(stream, send_with_an_address_connects_and_delivers)
{
	int listener, fd, peer;
	char byte;

	ASSERT_EQ(0, fastopen_set(NO_COOKIES));
	listener = listener_at(&plain_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(5, send_hello(self->face, fd, &self->addr, 0));
	peer = accept_hello(listener);
	ASSERT_LE(0, peer);
	EXPECT_EQ(1, data_was_in_syn(self->face, fd));

	ASSERT_EQ(1, face_send(&plain_face, peer, "y", 1, 0));
	EXPECT_EQ(1, face_recv(self->face, fd, &byte, 1, 0));
	EXPECT_EQ(1, face_send(self->face, fd, "z", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, peer, &byte, 1, 0));
	EXPECT_EQ('z', byte);
}

TEST_F(stream, sendmsg_with_a_name_connects_and_delivers)
{
	struct iovec iov[] = { { "hel", 3 }, { NULL, 0 }, { "lo", 2 } };
	struct msghdr msg = {
		.msg_name = &self->addr.sa, .msg_namelen = self->addr.len,
		.msg_iov = iov, .msg_iovlen = 3,
	};
	int listener, fd;

	ASSERT_EQ(0, fastopen_set(NO_COOKIES));
	listener = listener_at(&plain_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(5, self->face->sendmsg(fd, &msg, MSG_FASTOPEN));
	EXPECT_LE(0, accept_hello(listener));
	EXPECT_EQ(1, data_was_in_syn(self->face, fd));
}

TEST_F(stream, a_listener_of_the_face_takes_the_data)
{
	int listener, fd, peer;
	char buf[8];

	ASSERT_EQ(0, fastopen_set(CLIENT | SERVER | CLIENT_NO_COOKIE |
				  SERVER_NO_COOKIE));
	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, face_set_int(self->face, listener, SOL_TCP, TCP_FASTOPEN,
				  4));
	fd = plain_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(5, send_hello(&plain_face, fd, &self->addr, 0));
	ASSERT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));
	peer = self->face->accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, peer);
	EXPECT_EQ(5, face_recv(self->face, peer, buf, sizeof(buf),
			       MSG_DONTWAIT));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
	EXPECT_EQ(1, data_was_in_syn(&plain_face, fd));
}

/* The first connection brings the cookie, the second one uses it. */
TEST_F(stream, the_second_connection_has_a_cookie)
{
	int listener, fd, i;

	ASSERT_EQ(0, fastopen_set(CLIENT | SERVER));
	listener = listener_at(&plain_face, &self->addr, 4);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, face_set_int(&plain_face, listener, SOL_TCP, TCP_FASTOPEN,
				  4));
	for (i = 0; i < 2; i++) {
		fd = self->face->socket(variant->family, SOCK_STREAM, 0);
		ASSERT_LE(0, fd);
		EXPECT_EQ(5, send_hello(self->face, fd, &self->addr, 0));
		EXPECT_LE(0, accept_hello(listener));
		EXPECT_EQ(i, data_was_in_syn(self->face, fd));
	}
}

TEST_F(stream, a_listener_without_fastopen_gets_the_data_after_it_connected)
{
	int listener, fd;

	ASSERT_EQ(0, fastopen_set(CLIENT | CLIENT_NO_COOKIE));
	listener = listener_at(&plain_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(5, send_hello(self->face, fd, &self->addr, 0));
	EXPECT_LE(0, accept_hello(listener));
	EXPECT_EQ(0, data_was_in_syn(self->face, fd));
}

TEST_F(stream, fastopen_to_nobody_fails_with_econnrefused)
{
	int fd;

	ASSERT_EQ(0, fastopen_set(CLIENT));
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ECONNREFUSED, send_hello(self->face, fd, &self->addr, 0));
}

TEST_F(stream, fastopen_on_a_connected_socket_fails_with_eisconn)
{
	struct pair pair;

	ASSERT_EQ(0, fastopen_set(NO_COOKIES));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(-EISCONN, send_hello(self->face, pair.fd, &self->addr, 0));
	EXPECT_EQ(-EISCONN,
		  face_send(self->face, pair.fd, "x", 1, MSG_FASTOPEN));
}

TEST_F(stream, fastopen_on_a_listening_socket_fails_with_eisconn)
{
	int listener;

	ASSERT_EQ(0, fastopen_set(NO_COOKIES));
	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	EXPECT_EQ(-EISCONN, send_hello(self->face, listener, &self->addr, 0));
}

TEST_F(stream, fastopen_that_the_system_forbids_fails_with_eopnotsupp)
{
	int fd;

	ASSERT_EQ(0, fastopen_set(0));
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EOPNOTSUPP, send_hello(self->face, fd, &self->addr, 0));
}

TEST_F(stream, fastopen_to_a_wrong_address_fails)
{
	struct addr addr = self->addr;
	int fd;

	ASSERT_EQ(0, fastopen_set(NO_COOKIES));
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINVAL,
		  face_send(self->face, fd, "hello", 5, MSG_FASTOPEN));
	addr.len = sizeof(addr.sa.sa_family);
	EXPECT_EQ(-EINVAL, send_hello(self->face, fd, &addr, 0));
	addr.len = self->addr.len;
	addr.sa.sa_family = AF_UNSPEC;
	EXPECT_EQ(-EOPNOTSUPP, send_hello(self->face, fd, &addr, 0));
	addr.sa.sa_family = AF_APPLETALK;
	EXPECT_EQ(-EAFNOSUPPORT, send_hello(self->face, fd, &addr, 0));
	EXPECT_EQ(-EFAULT,
		  self->face->sendto(fd, "hello", 5, MSG_FASTOPEN,
				     page_missing(), self->addr.len));
}

TEST_F(stream, fastopen_that_must_not_wait_sends_what_the_first_packet_holds)
{
	int listener, fd;

	ASSERT_EQ(0, fastopen_set(NO_COOKIES));
	listener = listener_at(&plain_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family, SOCK_STREAM | SOCK_NONBLOCK,
				0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(5, send_hello(self->face, fd, &self->addr, 0));
	EXPECT_LE(0, accept_hello(listener));
	EXPECT_EQ(POLLOUT, wait_events(fd, POLLOUT, WAIT_MS));
}

/* Without a cookie nothing was sent, and the connection is under way. */
TEST_F(stream, fastopen_that_must_not_wait_fails_with_einprogress)
{
	int listener, fd;

	ASSERT_EQ(0, fastopen_set(CLIENT | SERVER));
	listener = listener_at(&plain_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINPROGRESS, send_hello(self->face, fd, &self->addr,
					   MSG_DONTWAIT));
	EXPECT_EQ(POLLOUT, wait_events(fd, POLLOUT, WAIT_MS));
	EXPECT_EQ(5, face_send(self->face, fd, "hello", 5, 0));
	EXPECT_LE(0, accept_hello(listener));
}

/* Then connect(2) waits for nothing, and the first send connects. */
TEST_F(stream, the_option_defers_a_connect_to_the_first_send)
{
	int listener, fd;

	ASSERT_EQ(0, fastopen_set(NO_COOKIES));
	listener = listener_at(&plain_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, face_set_int(self->face, fd, SOL_TCP, TCP_FASTOPEN_CONNECT,
				  1));
	ASSERT_EQ(0, self->face->connect(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(0, wait_events(listener, POLLIN, 0));
	EXPECT_EQ(5, face_send(self->face, fd, "hello", 5, 0));
	EXPECT_LE(0, accept_hello(listener));
	EXPECT_EQ(1, data_was_in_syn(self->face, fd));
}

TEST(fastopen_with_a_timeout_fails_with_einval)
{
	struct addr addr = addr_loopback(AF_INET, PORT);
	struct ksock_sendmsg_args message = {
		.flags = MSG_FASTOPEN,
		.addr_len = addr.len,
		.addr_ptr = (uintptr_t)&addr.storage,
		.timeout_ns = 1,
	};
	struct ksock_send_args send = {
		.flags = MSG_FASTOPEN,
		.addr_len = addr.len,
		.addr_ptr = (uintptr_t)&addr.storage,
		.timeout_ns = 1,
	};
	int listener, fd;

	SETUP_KSOCK();
	ASSERT_EQ(0, fastopen_set(NO_COOKIES));
	listener = listener_at(&plain_face, &addr, 1);
	ASSERT_LE(0, listener);
	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINVAL, ret_errno(ioctl(fd, KSOCK_IOC_SEND, &send)));
	EXPECT_EQ(-EINVAL, ret_errno(ioctl(fd, KSOCK_IOC_SENDMSG, &message)));
	EXPECT_EQ(0, wait_events(listener, POLLIN, 0));
}

TEST_F(dgram, a_datagram_is_sent_as_without_the_flag)
{
	struct pair pair;
	char buf[8];

	ASSERT_EQ(0, fastopen_set(NO_COOKIES));
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(self->face, pair.fd, "hello", 5, MSG_FASTOPEN));
	EXPECT_EQ(5, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_HARNESS_MAIN
